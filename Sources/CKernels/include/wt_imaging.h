// Kernels of the room Imaging: windowing, area resampling, statistics.
//
// Compiled for several vector widths, chosen when the program starts. Element-wise kernels give the
// same bits on every processor (no fused multiply-add: -ffp-contract=off); sums run in a fixed order
// of lanes that does not depend on the vector width. No kernel allocates.
#ifndef WT_IMAGING_H
#define WT_IMAGING_H

#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) {
    // y = (v - center) * scale + 127.5, clamped to 0...255.
    WT_WINDOW_RAMP __attribute__((swift_name("ramp"))) = 0,
    // y = v <= center ? 0 : 255.
    WT_WINDOW_THRESHOLD __attribute__((swift_name("threshold"))) = 1,
    // y = 255 / (1 + exp(-(v - center) * scale)).
    WT_WINDOW_SIGMOID __attribute__((swift_name("sigmoid"))) = 2,
    // y = 255 * table[round(v - center)], the index clamped.
    WT_WINDOW_TABLE __attribute__((swift_name("table"))) = 3,
} wt_window_kind;

typedef struct {
    wt_window_kind kind;
    float center;
    float scale;
    // 1: y becomes 255 - y.
    int32_t is_inverted;
    // table_count floats of 0...1 for WT_WINDOW_TABLE, else NULL and 0.
    const float *table;
    size_t table_count;
} wt_window;

// Display values 0...255 of `count` modality values. `padding` (or NULL) marks pixels that become 0.
// NaN becomes 0 before inversion. `in` and `out` may be the same.
void wt_window_row(
    const wt_window *window, const float *in, const uint8_t *padding, float *out, size_t count);

// sum[i] += weight * row[i].
void wt_add_scaled_row(float *sum, const float *row, float weight, size_t count);

// sum[i] += padding[i] ? 0 : weight * row[i]; weights[i] += padding[i] ? 0 : weight.
void wt_add_scaled_row_unpadded(
    float *sum, float *weights, const float *row, const uint8_t *padding, float weight,
    size_t count);

/// Positions `first...last` below one cell of an axis, none where `last` is less, with a weight at
/// each end and one for all between.
typedef struct {
    int32_t first, last;
    float first_weight, last_weight, inner_weight;
    // The weights as shares of the mean.
    float first_share, inner_share, last_share;
} wt_area_cell;

// out[i] = scale * the mean of the sums below cells[i] by their shares (position p at
// sums[p - offset]). A share of 0 leaves out even what is no number; empty cells are left as they are.
void wt_area_means(
    const float *sums, int32_t offset, const wt_area_cell *cells, size_t count, float scale,
    float *out);

// The area averages of one row: out[i] = sum of in[j] * overlap of [j, j + 1) with
// [start + i * step, start + (i + 1) * step), not divided. All of it must lie inside 0...in_count.
void wt_area_row(
    const float *in, size_t in_count, double start, double step, float *out, size_t out_count);

// Smallest and largest finite value of the unpadded; returns 0 when there is none.
int wt_value_range(
    const float *values, const uint8_t *padding, size_t count, float *low, float *high);

// Counts each `stride`-th value v with low <= v <= high in bin floor((v - low) * scale), clamped to
// bins - 1; `counts` has `bins` entries and is added to. Returns how many were counted.
uint64_t wt_histogram(
    const float *values, const uint8_t *padding, size_t count, size_t stride, float low,
    float high, float scale, uint32_t bins, uint32_t *counts);

// How many unpadded values are <= low and how many >= high; `unpadded` receives their number.
void wt_count_outside(
    const float *values, const uint8_t *padding, size_t count, float low, float high,
    uint64_t *at_low, uint64_t *at_high, uint64_t *unpadded);

// Adds to *one the sum of (b[i] - a[i])^2 and to *two the sum of (c[i] - a[i])^2.
void wt_difference_energy(
    const float *a, const float *b, const float *c, size_t count, double *one, double *two);

#endif
