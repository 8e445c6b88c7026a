// The variants of picture_fit_body.h and picture_rows_body.h, and the choice between them.
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "wt_picture.h"

// A cell's summary.
enum { LEFTS = 0, RIGHTS = 12, COLUMNS = 24, SQUARES = 30, TOTAL = 31, MEANS = 32 };

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))

typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t i8 __attribute__((vector_size(32)));

static const v8 ones6 = {1, 1, 1, 1, 1, 1, 0, 0};
static const v8 none8 = {INFINITY, INFINITY, INFINITY, INFINITY,
                         INFINITY, INFINITY, INFINITY, INFINITY};

// An eighth is a row and a half, or three quarters of a column: shares of each row (from the top)
// in the lowest 1, 2, ... 7 eighths, and of each column in the leftmost.
static const v8 lower_eighths[12] = {
    {0}, {0, 0, 0, 0, 0, 0, .5f}, {0, 0, 0, 0, 0, 0, 1}, {0, 0, 0, 0, 0, 1, 1},
    {0, 0, 0, 0, .5f, 1, 1}, {0, 0, 0, 0, 1, 1, 1}, {0, 0, 0, 1, 1, 1, 1},
    {0, 0, .5f, 1, 1, 1, 1}, {0, 0, 1, 1, 1, 1, 1}, {0, 1, 1, 1, 1, 1, 1},
    {.5f, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1},
};
static const v8 left_eighths[6] = {
    {.75f, 1, 1, 1, 1, 1, 1}, {0, .5f, 1, 1, 1, 1, 1}, {0, 0, .25f, 1, 1, 1, 1},
    {0, 0, 0, 0, .75f, 1, 1}, {0, 0, 0, 0, 0, .5f, 1}, {0, 0, 0, 0, 0, 0, .25f},
};

#define load8(from) (*(const v8 *)(from))
#define store8(to, value) (*(v8 *)(to) = (value))
#define choose8(mask, yes, no) ((v8)(((mask) & (i8)(yes)) | (~(mask) & (i8)(no))))
#define least8(a, b)                        \
    ({                                      \
        v8 first_ = (a), second_ = (b);     \
        choose8(first_ < second_, first_, second_); \
    })
#define sum8(v)                                                               \
    ({                                                                        \
        v8 v_ = (v);                                                          \
        ((v_[0] + v_[4]) + (v_[2] + v_[6])) + ((v_[1] + v_[5]) + (v_[3] + v_[7])); \
    })
// Levels within 0...255, NaN as 0.
#define within(v)                                                        \
    ({                                                                   \
        v8 v_ = (v), top_ = 255 - (v8){};                                \
        v_ = choose8(v_ > 0, v_, (v8){});                                \
        choose8(v_ < top_, v_, top_);                                    \
    })

// Functions that take or give vectors are all inlined, so how they are passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// lanes8: a bit for each lane where a comparison holds.
#define V(name) name##_plain
#define lanes8(mask)                                                    \
    ({                                                                  \
        i8 mask_ = (mask);                                              \
        int bits_ = 0;                                                  \
        for (int i_ = 0; i_ < 8; i_++) bits_ |= (mask_[i_] & 1) << i_;  \
        bits_;                                                          \
    })
#include "picture_fit_body.h"
#include "picture_rows_body.h"
#undef lanes8
#undef V

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define V(name) name##_avx2
#define lanes8(mask) _mm256_movemask_ps((__m256)(mask))
#include "picture_fit_body.h"
#include "picture_rows_body.h"
#undef V
#pragma clang attribute pop
#endif

wt_picture_variant wt_picture_best(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return WT_PICTURE_AVX2;
#endif
    return WT_PICTURE_PLAIN;
}

void wt_picture_summarise(wt_picture_variant variant, const wt_picture_tables *tables,
                          const float *levels, int first_row, int end_row, float *summaries) {
#if defined(__x86_64__)
    if (variant == WT_PICTURE_AVX2) {
        summarise_avx2(tables, levels, first_row, end_row, summaries);
        return;
    }
#endif
    (void)variant;
    summarise_plain(tables, levels, first_row, end_row, summaries);
}

void wt_picture_fit(wt_picture_variant variant, const wt_picture_tables *tables,
                    const float *summaries, int first_row, int end_row, int first_sweep,
                    float *errors, const float *above, const float *below, float *scratch,
                    const wt_picture_cells *cells) {
#if defined(__x86_64__)
    if (variant == WT_PICTURE_AVX2) {
        fit_rows_avx2(tables, summaries, first_row, end_row, first_sweep, errors, above, below,
                      scratch, cells);
        return;
    }
#endif
    (void)variant;
    fit_rows_plain(tables, summaries, first_row, end_row, first_sweep, errors, above, below,
                   scratch, cells);
}
