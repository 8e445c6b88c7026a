// Worker threads for loops: a run costs a few microseconds, because waiting threads look at the
// ticket for a moment before they sleep.

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "CKernels.h"

enum { SPINS = 4000, THREADS_MAX = 256 };

typedef struct {
    float *memory;
    size_t floats;
} wt_scratch;

/// The items of one worker, on a cache line of its own.
typedef struct {
    _Alignas(64) atomic_int next;
    int end;
} wt_share;

struct wt_pool {
    int threads;
    int started;
    pthread_t *handles;
    wt_scratch *scratch;
    wt_share *shares;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_cond_t finished;
    atomic_uint ticket;   // one higher for each run; threads wait for it to change
    atomic_int active;    // threads that have not yet left the current run
    atomic_bool stopping;
    void (*body)(void *, int, int);
    void *context;
};

typedef struct {
    wt_pool *pool;
    int worker;
} wt_start;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Each worker begins with its own run of items, the same part of the image from layer to layer, so
// that what it reads still lies in its core's cache; then it helps the others.
static void work(wt_pool *pool, int worker) {
    for (int turn = 0; turn < pool->threads; turn++) {
        wt_share *share = &pool->shares[(worker + turn) % pool->threads];
        for (;;) {
            int item = atomic_fetch_add_explicit(&share->next, 1, memory_order_relaxed);
            if (item >= share->end) break;
            pool->body(pool->context, item, worker);
        }
    }
}

static void *thread_main(void *argument) {
    wt_start start = *(wt_start *)argument;
    free(argument);
    wt_pool *pool = start.pool;
    unsigned seen = 0;
    for (;;) {
        for (int spin = 0; spin < SPINS && atomic_load(&pool->ticket) == seen; spin++) relax();
        if (atomic_load(&pool->ticket) == seen) {
            pthread_mutex_lock(&pool->mutex);
            while (atomic_load(&pool->ticket) == seen)
                pthread_cond_wait(&pool->wake, &pool->mutex);
            pthread_mutex_unlock(&pool->mutex);
        }
        seen = atomic_load(&pool->ticket);
        if (atomic_load(&pool->stopping)) return NULL;
        work(pool, start.worker);
        if (atomic_fetch_sub(&pool->active, 1) == 1) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->finished);
            pthread_mutex_unlock(&pool->mutex);
        }
    }
}

static int start_thread(wt_pool *pool, int worker) {
    wt_start *start = malloc(sizeof *start);
    if (!start) return -1;
    *start = (wt_start){pool, worker};
    if (pthread_create(&pool->handles[pool->started], NULL, thread_main, start) != 0) {
        free(start);
        return -1;
    }
    pool->started++;
    return 0;
}

wt_pool *wt_pool_create(int threads) {
    if (threads < 1) threads = 1;
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    wt_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->handles = calloc((size_t)threads, sizeof *pool->handles);
    pool->scratch = calloc((size_t)threads, sizeof *pool->scratch);
    void *shares = NULL;
    if (posix_memalign(&shares, 64, (size_t)threads * sizeof *pool->shares) == 0)
        pool->shares = shares;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->finished, NULL);
    pool->threads = threads;
    int failed = !pool->handles || !pool->scratch || !pool->shares;
    for (int worker = 1; worker < threads && !failed; worker++)
        failed = start_thread(pool, worker) != 0;
    if (failed) {
        wt_pool_destroy(pool);
        return NULL;
    }
    return pool;
}

void wt_pool_destroy(wt_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->stopping, true);
    atomic_fetch_add(&pool->ticket, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
    if (pool->scratch)
        for (int i = 0; i < pool->threads; i++) free(pool->scratch[i].memory);
    pthread_cond_destroy(&pool->finished);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->shares);
    free(pool->scratch);
    free(pool->handles);
    free(pool);
}

int wt_pool_threads(const wt_pool *pool) { return pool->threads; }

void wt_pool_run(wt_pool *pool, int items, void (*body)(void *, int, int), void *context) {
    if (pool->started == 0 || items <= 1) {
        for (int item = 0; item < items; item++) body(context, item, 0);
        return;
    }
    pool->body = body;
    pool->context = context;
    for (int w = 0; w < pool->threads; w++) {
        wt_share *share = &pool->shares[w];
        atomic_store_explicit(&share->next, (int)((int64_t)items * w / pool->threads),
                              memory_order_relaxed);
        share->end = (int)((int64_t)items * (w + 1) / pool->threads);
    }
    atomic_store(&pool->active, pool->started);
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->ticket, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    work(pool, 0);
    for (int spin = 0; spin < SPINS && atomic_load(&pool->active) != 0; spin++) relax();
    if (atomic_load(&pool->active) == 0) return;
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(&pool->active) != 0) pthread_cond_wait(&pool->finished, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

float *wt_pool_scratch(wt_pool *pool, int worker, size_t floats) {
    wt_scratch *scratch = &pool->scratch[worker];
    if (scratch->floats >= floats) return scratch->memory;
    free(scratch->memory);
    *scratch = (wt_scratch){NULL, 0};
    void *memory = NULL;
    if (floats > SIZE_MAX / sizeof(float) / 2) return NULL;
    if (posix_memalign(&memory, 64, floats * sizeof(float)) != 0) return NULL;
    *scratch = (wt_scratch){memory, floats};
    return memory;
}

size_t wt_pool_scratch_bytes(const wt_pool *pool) {
    size_t floats = 0;
    for (int i = 0; i < pool->threads; i++) floats += pool->scratch[i].floats;
    return floats * sizeof(float);
}
