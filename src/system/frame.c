/* Frames: see frame.h. */
#include "system/frame.h"

#include <stdlib.h>

#include "base/memory.h"

void frame_alloc(frame *fr, size_t inputs, size_t count, size_t outputs)
{
    size_t sources = mem_sum(inputs, count);
    *fr = (frame){.inputs = inputs, .count = count, .outputs = outputs};
    fr->neuron = mem_alloc(count, sizeof *fr->neuron);
    fr->partner = mem_alloc(count, sizeof *fr->partner);
    fr->order = mem_alloc(count, sizeof *fr->order);
    fr->position = mem_alloc(count, sizeof *fr->position);
    fr->depth = mem_alloc(count, sizeof *fr->depth);
    fr->column = mem_alloc(sources, sizeof *fr->column);
    fr->bias = mem_alloc(count, sizeof *fr->bias);
    fr->radius = mem_alloc(count, sizeof *fr->radius);
    fr->narrow_radius = mem_alloc(count, sizeof *fr->narrow_radius);
    fr->objective = mem_alloc(outputs, sizeof *fr->objective);
    for (size_t j = 0; j < outputs; j++)
        fr->objective[j].weight = mem_alloc(sources, sizeof(fix));
}

void frame_clear(frame *fr)
{
    for (size_t s = 0; s < fr->inputs + fr->count; s++) {
        free(fr->column[s].weight);
        free(fr->column[s].narrow);
    }
    for (size_t j = 0; j < fr->outputs; j++)
        free(fr->objective[j].weight);
    free(fr->neuron);
    free(fr->partner);
    free(fr->order);
    free(fr->position);
    free(fr->depth);
    free(fr->column);
    free(fr->bias);
    free(fr->radius);
    free(fr->narrow_radius);
    free(fr->objective);
    *fr = (frame){0};
}

static fix largest_weight(const frame *fr)
{
    fix largest = 0;
    for (size_t s = 0; s < fr->inputs + fr->count; s++)
        for (size_t k = 0; k < fr->column[s].end - fr->column[s].begin; k++) {
            fix size = fr->column[s].weight[k] < 0 ? -fr->column[s].weight[k] : fr->column[s].weight[k];
            largest = size > largest ? size : largest;
        }
    return largest;
}

/* Weights are rounded to the nearest unit; since every source is at most 1 in size, each moves its row by no
 * more than its error. */
static void narrow_column(frame *fr, frame_column *column, int shift)
{
    size_t count = column->end - column->begin;
    column->narrow = mem_alloc(count, sizeof *column->narrow);
    for (size_t k = 0; k < count; k++) {
        fix weight = column->weight[k], unit = (fix)1 << shift, rounded = (weight + unit / 2) >> shift;
        fix lost = weight - rounded * unit;
        column->narrow[k] = (int32_t)rounded;
        fr->narrow_radius[column->begin + k] += lost < 0 ? -lost : lost;
    }
}

static void narrow(frame *fr, int bits)
{
    int shift = 0;
    for (fix largest = largest_weight(fr); largest >> shift >= ((fix)1 << NARROW_WEIGHT) - 1;)
        shift++;
    fr->narrow_bits = bits - shift;
    for (size_t r = 0; r < fr->count; r++)
        fr->narrow_radius[r] = fr->radius[r];
    for (size_t s = 0; s < fr->inputs + fr->count; s++)
        narrow_column(fr, &fr->column[s], shift);
}

/* Every pass relies on the order: when it comes to a row, all that read the row have been replaced. */
static bool find_depths(frame *fr)
{
    bool in_order = true;
    for (size_t r = 0; r < fr->count; r++)
        fr->depth[r] = 1;
    for (size_t k = 0; k < fr->count; k++) {
        size_t next = fr->depth[fr->order[k]] + 1;
        const frame_column *column = &fr->column[fr->inputs + fr->order[k]];
        for (size_t r = column->begin; r < column->end; r++)
            if (column->weight[r - column->begin] != 0) {
                in_order &= fr->position[r] > k;
                fr->depth[r] = fr->depth[r] < next ? next : fr->depth[r];
            }
    }
    return in_order;
}

bool frame_finish(frame *fr, int bits)
{
    narrow(fr, bits);
    return find_depths(fr);
}

void frame_pair(frame *fr, const size_t *partner)
{
    size_t g = fr->f_end, next = 0;
    for (size_t r = 0; r < fr->count; r++)
        fr->partner[r] = SYSTEM_NO_NEURON;
    for (size_t r = 0; r < fr->f_end; r++) {
        size_t wanted = partner[fr->neuron[r]];
        for (; wanted != SYSTEM_NO_NEURON && g < fr->count && fr->neuron[g] < wanted; g++)
            fr->order[next++] = g; /* g's rows before the partner */
        fr->order[next++] = r;
        if (wanted != SYSTEM_NO_NEURON && g < fr->count && fr->neuron[g] == wanted) {
            fr->partner[r] = g;
            fr->order[next++] = g++;
        }
    }
    for (; g < fr->count; g++)
        fr->order[next++] = g;
    for (size_t k = 0; k < fr->count; k++)
        fr->position[fr->order[k]] = k;
}
