// Windowing: modality values to display values (PS3.3 C.11.2).
#include "wt_imaging.h"
#include "imaging_wide.h"

#include <math.h>

WT_WIDE static void ramp_row(
    const float *in, float *out, size_t count, float center, float scale) {
    for (size_t i = 0; i < count; i++) {
        float y = (in[i] - center) * scale + 127.5f;
        y = y > 0.0f ? y : 0.0f;
        out[i] = y < 255.0f ? y : 255.0f;
    }
}

WT_WIDE static void threshold_row(const float *in, float *out, size_t count, float center) {
    for (size_t i = 0; i < count; i++) {
        out[i] = in[i] > center ? 255.0f : 0.0f;
    }
}

// exp(x) for |x| <= 80 as 2^n * p(r): Cephes' expf polynomial, relative error below 2e-7.
static inline float fast_exp(float x) {
    x = x < 80.0f ? (x > -80.0f ? x : -80.0f) : 80.0f;
    float n = __builtin_floorf(x * 1.44269504f + 0.5f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    union {
        int32_t bits;
        float value;
    } power = {((int32_t)n + 127) << 23};
    return p * power.value;
}

WT_WIDE static void sigmoid_row(
    const float *in, float *out, size_t count, float center, float scale) {
    for (size_t i = 0; i < count; i++) {
        float x = (center - in[i]) * scale;
        x = x == x ? x : 80.0f;
        out[i] = 255.0f / (1.0f + fast_exp(x));
    }
}

static void table_row(const wt_window *window, const float *in, float *out, size_t count) {
    const float last = (float)(window->table_count - 1);
    for (size_t i = 0; i < count; i++) {
        float at = roundf(in[i] - window->center);
        at = at > 0.0f ? at : 0.0f;
        at = at < last ? at : last;
        out[i] = 255.0f * window->table[(size_t)at];
    }
}

WT_WIDE static void invert_row(float *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        out[i] = 255.0f - out[i];
    }
}

WT_WIDE static void blacken_row(const uint8_t *padding, float *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        out[i] = padding[i] ? 0.0f : out[i];
    }
}

void wt_window_row(
    const wt_window *window, const float *in, const uint8_t *padding, float *out, size_t count) {
    switch (window->kind) {
    case WT_WINDOW_RAMP:
        ramp_row(in, out, count, window->center, window->scale);
        break;
    case WT_WINDOW_THRESHOLD:
        threshold_row(in, out, count, window->center);
        break;
    case WT_WINDOW_SIGMOID:
        sigmoid_row(in, out, count, window->center, window->scale);
        break;
    case WT_WINDOW_TABLE:
        table_row(window, in, out, count);
        break;
    }
    if (window->is_inverted) {
        invert_row(out, count);
    }
    if (padding != NULL) {
        blacken_row(padding, out, count);
    }
}
