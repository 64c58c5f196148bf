/* Threads that wait for rounds of tasks: see crew.h. */
#include "fool/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/processors.h"

typedef struct crew_member {
    crew *c;
    unsigned worker;
    pthread_t thread;
} crew_member;

struct crew {
    unsigned size; /* the caller included */
    crew_member *member;
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    unsigned long round;
    unsigned busy; /* members that have not finished this round */
    bool dismissed;
    crew_work *work;
    void *context;
    size_t count;
    atomic_size_t next;
};

static void work_off(crew *c, unsigned worker)
{
    for (size_t task; (task = atomic_fetch_add(&c->next, 1)) < c->count;)
        c->work(c->context, task, worker);
}

static void *serve(void *argument)
{
    crew_member *m = argument;
    crew *c = m->c;
    unsigned long seen = 0;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (c->round == seen && !c->dismissed)
            pthread_cond_wait(&c->begin, &c->lock);
        if (c->dismissed)
            break;
        seen = c->round;
        pthread_mutex_unlock(&c->lock);
        work_off(c, m->worker);
        pthread_mutex_lock(&c->lock);
        if (--c->busy == 0)
            pthread_cond_signal(&c->end);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

crew *crew_new(unsigned threads)
{
    crew *c = mem_alloc(1, sizeof *c);
    unsigned wanted = threads > 0 ? threads : processors_usable();
    c->member = mem_alloc(wanted, sizeof *c->member);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->begin, NULL);
    pthread_cond_init(&c->end, NULL);
    for (c->size = 1; c->size < wanted; c->size++) {
        crew_member *m = &c->member[c->size];
        m->c = c;
        m->worker = c->size;
        if (pthread_create(&m->thread, NULL, serve, m) != 0)
            break;
    }
    return c;
}

void crew_free(crew *c)
{
    pthread_mutex_lock(&c->lock);
    c->dismissed = true;
    pthread_cond_broadcast(&c->begin);
    pthread_mutex_unlock(&c->lock);
    for (unsigned k = 1; k < c->size; k++)
        pthread_join(c->member[k].thread, NULL);
    pthread_cond_destroy(&c->begin);
    pthread_cond_destroy(&c->end);
    pthread_mutex_destroy(&c->lock);
    free(c->member);
    free(c);
}

unsigned crew_size(const crew *c)
{
    return c->size;
}

void crew_run(crew *c, crew_work *work, void *context, size_t count)
{
    pthread_mutex_lock(&c->lock);
    c->work = work;
    c->context = context;
    c->count = count;
    atomic_store(&c->next, 0);
    c->busy = c->size - 1;
    c->round++;
    pthread_cond_broadcast(&c->begin);
    pthread_mutex_unlock(&c->lock);
    work_off(c, 0);
    pthread_mutex_lock(&c->lock);
    while (c->busy > 0)
        pthread_cond_wait(&c->end, &c->lock);
    pthread_mutex_unlock(&c->lock);
}
