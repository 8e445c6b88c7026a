// Area resampling: rows are summed first (wide and contiguous), then each sum is reduced once.
#include "wt_imaging.h"
#include "imaging_wide.h"

#include <math.h>

WT_WIDE static void add_scaled(float *sum, const float *row, float weight, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sum[i] += weight * row[i];
    }
}

WT_WIDE static void add_scaled_unpadded(
    float *sum, float *weights, const float *row, const uint8_t *padding, float weight,
    size_t count) {
    for (size_t i = 0; i < count; i++) {
        float kept = padding[i] ? 0.0f : weight;
        float value = padding[i] ? 0.0f : row[i];
        sum[i] += kept * value;
        weights[i] += kept;
    }
}

void wt_add_scaled_row(float *sum, const float *row, float weight, size_t count) {
    add_scaled(sum, row, weight, count);
}

void wt_add_scaled_row_unpadded(
    float *sum, float *weights, const float *row, const uint8_t *padding, float weight,
    size_t count) {
    add_scaled_unpadded(sum, weights, row, padding, weight, count);
}

enum { FEW = 8 };  // so many values sum up exactly enough in a float

void wt_area_means(
    const float *sums, int32_t offset, const wt_area_cell *cells, size_t count, float scale,
    float *out) {
    for (size_t i = 0; i < count; i++) {
        const wt_area_cell *cell = cells + i;
        int32_t inner = cell->last - cell->first - 1;
        if (inner < -1) continue;
        const float *first = sums + (cell->first - offset);
        float mean = cell->first_share != 0 ? cell->first_share * first[0] : 0.0f;
        if (inner <= 1) {
            // Without branches: whether there is one between changes from cell to cell.
            float between = cell->inner_share * first[inner > 0];
            float last = cell->last_share * first[inner + 1];
            mean += inner > 0 ? between : 0.0f;
            mean += cell->last_share != 0 ? last : 0.0f;
            out[i] = mean * scale;
            continue;
        }
        if (inner > FEW) {
            double sum = 0;
            for (int32_t j = 1; j <= inner; j++) sum += (double)first[j];
            mean += (float)((double)cell->inner_share * sum);
        } else {
            float sum = first[1];
            for (int32_t j = 2; j <= inner; j++) sum += first[j];
            mean += cell->inner_share * sum;
        }
        if (cell->last_share != 0) mean += cell->last_share * first[inner + 1];
        out[i] = mean * scale;
    }
}

void wt_area_row(
    const float *in, size_t in_count, double start, double step, float *out, size_t out_count) {
    for (size_t i = 0; i < out_count; i++) {
        double low = start + (double)i * step;
        double high = start + (double)(i + 1) * step;
        low = low > 0.0 ? low : 0.0;
        high = high < (double)in_count ? high : (double)in_count;
        size_t first = (size_t)low;
        size_t last = (size_t)ceil(high);
        double sum = 0.0;
        for (size_t j = first; j < last && j < in_count; j++) {
            double left = (double)j > low ? (double)j : low;
            double right = (double)(j + 1) < high ? (double)(j + 1) : high;
            if (right > left) {
                sum += (right - left) * (double)in[j];
            }
        }
        out[i] = (float)sum;
    }
}
