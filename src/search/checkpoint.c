/* Checkpoints: see checkpoint.h. A tree is saved as a list of pieces of the workers' stores, whose text is
 * written once and never changes; only the list is made under the lock. */
#include "search/checkpoint.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "search/limit.h"

struct snapshot {
    char *head;      /* the lines before the tree, owned */
    tree_text *text; /* in the order of the tree; length 0: a node that has not been visited */
    size_t count, capacity;
};

static void add_piece(snapshot *shot, const tree_node *node)
{
    tree_text text = node->kind == TREE_OPEN ? (tree_text){.length = 0} : node->text;
    tree_text *last = shot->count == 0 ? NULL : &shot->text[shot->count - 1];
    if (last != NULL && last->length > 0 && text.length > 0 && tree_text_follows(&text, last)) {
        last->length += text.length;
        return;
    }
    shot->text = mem_grow(shot->text, &shot->capacity, shot->count + 1, sizeof *shot->text);
    shot->text[shot->count++] = text;
}

static char *head_text(const search *s)
{
    mem_text head;
    FILE *out = mem_text_begin(&head);
    fputs(CHECKPOINT_FIRST_LINE "\n", out);
    writer_question(out, s->q);
    fprintf(out, "nodes %zu\nmilliseconds %.0f\npoint", s->nodes,
            floor(1000 * (limit_now() - s->started + s->earlier_seconds)));
    for (size_t i = 0; i < s->q->f->inputs; i++)
        gmp_fprintf(out, " %Qd", s->best.point[i]);
    fputs("\ntree\n", out);
    return mem_text_end(&head);
}

snapshot *snapshot_take(const search *s)
{
    snapshot *shot = mem_alloc(1, sizeof *shot);
    shot->head = head_text(s);
    for (const tree_node *node = s->root; node != NULL;) {
        add_piece(shot, node);
        if (tree_is_split(node)) {
            node = tree_first(node);
            continue;
        }
        while (node != s->root && node == tree_second(node->parent))
            node = node->parent;
        node = node == s->root ? NULL : tree_second(node->parent);
    }
    return shot;
}

void snapshot_free(snapshot *shot)
{
    free(shot->head);
    free(shot->text);
    free(shot);
}

bool snapshot_save(const snapshot *shot, const search *s, const char *path, error *e)
{
    file_output out;
    if (!file_output_open(&out, path, e))
        return false;
    fputs(shot->head, out.stream);
    for (size_t k = 0; k < shot->count; k++) {
        const tree_text *text = &shot->text[k];
        if (text->length == 0) {
            fputs(CHECKPOINT_OPEN "\n", out.stream);
        } else if (!writer_copy(out.stream, s->store[text->store], text)) {
            file_output_discard(&out);
            return writer_complain(atomic_load(&s->text_failure), e);
        }
    }
    fputs("end\n", out.stream);
    return file_output_commit(&out, e);
}

/* Tells how it went: of a failure when it is the first one, or the first after a success. */
static void tell(checkpoint_thread *c, bool saved, const error *e)
{
    search *s = c->s;
    pthread_mutex_lock(&s->lock);
    if (saved)
        search_note(s, SEARCH_CHECKPOINT, 0);
    else if (!c->failing)
        search_warn(s, e);
    pthread_mutex_unlock(&s->lock);
    c->failing = !saved;
}

/* Saves the state, unless there is none yet. */
static void save(void *context)
{
    checkpoint_thread *c = context;
    search *s = c->s;
    error e = ERROR_NONE;
    pthread_mutex_lock(&s->lock);
    snapshot *shot = s->resuming || s->root->kind == TREE_OPEN ? NULL : snapshot_take(s);
    pthread_mutex_unlock(&s->lock);
    if (shot == NULL)
        return;
    bool saved = snapshot_save(shot, s, s->options->checkpoint, &e);
    tell(c, saved, &e);
    snapshot_free(shot);
    error_clear(&e);
}

static void *run(void *argument)
{
    checkpoint_thread *c = argument;
    double interval = c->s->options->checkpoint_interval;
    pthread_mutex_lock(&c->lock);
    while (!c->ending) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        double next = (double)until.tv_sec + 1e-9 * (double)until.tv_nsec + interval;
        until.tv_sec = (time_t)next;
        until.tv_nsec = (long)(1e9 * (next - floor(next)));
        int waited = 0;
        while (!c->ending && waited == 0)
            waited = pthread_cond_timedwait(&c->changed, &c->lock, &until);
        if (c->ending || waited != ETIMEDOUT)
            continue;
        pthread_mutex_unlock(&c->lock);
        search_guard(c->s, save, c);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

void checkpoint_start(checkpoint_thread *c, search *s)
{
    *c = (checkpoint_thread){.s = s};
    if (s->options->checkpoint == NULL)
        return;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&c->changed, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&c->lock, NULL);
    c->running = pthread_create(&c->thread, NULL, run, c) == 0;
}

void checkpoint_end(checkpoint_thread *c)
{
    if (c->s == NULL || c->s->options->checkpoint == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->ending = true;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
    if (c->running)
        pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    c->s = NULL;
}
