// The table of kernels of one vector width, and what dispatch.c needs to choose among them.
#ifndef WT_KERNELS_INTERNAL_H
#define WT_KERNELS_INTERNAL_H

#include "CKernels.h"

typedef struct {
    int lanes;
    int rows_max;  // rows of the widest micro-kernel
    int (*conv_run)(wt_pool *, const wt_conv *);
    void (*winograd_pack)(int, const void *, const float *, int, int, float *);
    int (*winograd_run)(wt_pool *, int, int, const wt_conv *);
    int (*depthwise_run)(wt_pool *, const wt_conv *);
    int (*separable_run)(wt_pool *, const wt_separable *);
    int (*pool_run)(wt_pool *, const wt_conv *, int average, int count_padding, int pad_bottom,
                    int pad_right);
    int (*global_average)(wt_pool *, const wt_conv *);
    void (*pointwise_run)(wt_pool *, const wt_pointwise *);
    void (*function_run)(wt_pool *, const wt_rows_work *);
    void (*rows_run)(wt_pool *, const wt_rows_work *);
    void (*dropout_run)(const wt_dropout *);
} wt_kernels;

extern const wt_kernels wt_kernels_4;
#if defined(__x86_64__)
extern const wt_kernels wt_kernels_8;
extern const wt_kernels wt_kernels_16;
#endif

static inline int wt_round_up(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

static inline int wt_min(int a, int b) { return a < b ? a : b; }

/// How many of `units` pieces of work make one item, at most `most`, so that threads end together:
/// the fewest items among those that keep all threads busy.
static inline int wt_share_units(int units, int most, int threads) {
    int items = (units + most - 1) / most;
    if (threads == 1) return (units + items - 1) / items;
    int best = 0, best_span = 0;
    for (int rounds = (items + threads - 1) / threads, tried = 0; tried < 4; rounds++, tried++) {
        int share = (units + rounds * threads - 1) / (rounds * threads);
        int span = ((units + share - 1) / share + threads - 1) / threads * share;
        if (best == 0 || span < best_span) best = share, best_span = span;
    }
    return best;
}

#endif
