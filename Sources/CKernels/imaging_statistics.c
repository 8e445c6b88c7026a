// Range, histogram, clipped counts and difference energies of pixel values.
#include "wt_imaging.h"
#include "imaging_wide.h"

#include <float.h>

// Sixteen strands of least and most, so that the loop becomes vectors. Comparisons with NaN are
// false, and infinities lie outside the finite range that is asked for.
WT_WIDE static void range_of(
    const float *values, const uint8_t *padding, size_t count, float *low, float *high) {
    float least[16], most[16];
    for (size_t k = 0; k < 16; k++) {
        least[k] = FLT_MAX;
        most[k] = -FLT_MAX;
    }
    size_t i = 0;
    if (padding == NULL) {
        for (; i + 16 <= count; i += 16) {
            for (size_t k = 0; k < 16; k++) {
                float v = values[i + k];
                float down = v >= -FLT_MAX ? v : FLT_MAX;
                float up = v <= FLT_MAX ? v : -FLT_MAX;
                least[k] = down < least[k] ? down : least[k];
                most[k] = up > most[k] ? up : most[k];
            }
        }
    }
    for (; i < count; i++) {
        float v = values[i];
        if ((padding != NULL && padding[i]) || !(v >= -FLT_MAX && v <= FLT_MAX)) {
            continue;
        }
        least[0] = v < least[0] ? v : least[0];
        most[0] = v > most[0] ? v : most[0];
    }
    for (size_t k = 1; k < 16; k++) {
        least[0] = least[k] < least[0] ? least[k] : least[0];
        most[0] = most[k] > most[0] ? most[k] : most[0];
    }
    *low = least[0];
    *high = most[0];
}

int wt_value_range(
    const float *values, const uint8_t *padding, size_t count, float *low, float *high) {
    range_of(values, padding, count, low, high);
    return *low <= *high;
}

uint64_t wt_histogram(
    const float *values, const uint8_t *padding, size_t count, size_t stride, float low,
    float high, float scale, uint32_t bins, uint32_t *counts) {
    uint64_t counted = 0;
    const float last = (float)(bins - 1);
    for (size_t i = 0; i < count; i += stride) {
        float v = values[i];
        if (!(v >= low && v <= high) || (padding != NULL && padding[i])) {
            continue;
        }
        float at = (v - low) * scale;
        at = at < last ? at : last;
        counts[(uint32_t)at]++;
        counted++;
    }
    return counted;
}

WT_WIDE static void count_block(
    const float *values, const uint8_t *padding, size_t count, float low, float high,
    uint32_t *at_low, uint32_t *at_high, uint32_t *unpadded) {
    uint32_t below = 0, above = 0, kept = 0;
    if (padding == NULL) {
        for (size_t i = 0; i < count; i++) {
            below += values[i] <= low;
            above += values[i] >= high;
        }
        kept = (uint32_t)count;
    } else {
        for (size_t i = 0; i < count; i++) {
            uint32_t counts = padding[i] == 0;
            below += counts & (values[i] <= low);
            above += counts & (values[i] >= high);
            kept += counts;
        }
    }
    *at_low = below;
    *at_high = above;
    *unpadded = kept;
}

void wt_count_outside(
    const float *values, const uint8_t *padding, size_t count, float low, float high,
    uint64_t *at_low, uint64_t *at_high, uint64_t *unpadded) {
    *at_low = *at_high = *unpadded = 0;
    const size_t block = 1 << 20;
    for (size_t i = 0; i < count; i += block) {
        size_t length = count - i < block ? count - i : block;
        uint32_t below, above, kept;
        count_block(values + i, padding == NULL ? NULL : padding + i, length, low, high, &below,
                    &above, &kept);
        *at_low += below;
        *at_high += above;
        *unpadded += kept;
    }
}

// Sixteen lanes summed in one fixed order, whatever the vector width.
WT_WIDE static void energy(
    const float *a, const float *b, const float *c, size_t count, double *one, double *two) {
    float near[16] = {0};
    float far[16] = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        for (size_t k = 0; k < 16; k++) {
            float p = b[i + k] - a[i + k];
            float q = c[i + k] - a[i + k];
            near[k] += p * p;
            far[k] += q * q;
        }
    }
    double first = 0.0, second = 0.0;
    for (size_t k = 0; k < 16; k++) {
        first += near[k];
        second += far[k];
    }
    for (; i < count; i++) {
        double p = b[i] - a[i];
        double q = c[i] - a[i];
        first += p * p;
        second += q * q;
    }
    *one += first;
    *two += second;
}

void wt_difference_energy(
    const float *a, const float *b, const float *c, size_t count, double *one, double *two) {
    energy(a, b, c, count, one, two);
}
