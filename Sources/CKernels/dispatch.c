// Chooses the kernels of one vector width, and the work that needs no width.

#include <math.h>
#include <string.h>

#include "kernels.h"

int wt_lanes_available(wt_lanes lanes) {
    switch (lanes) {
    case WT_LANES_4:
        return 1;
#if defined(__x86_64__)
    case WT_LANES_8:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case WT_LANES_16:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
            && __builtin_cpu_supports("fma");
#else
    case WT_LANES_8:
    case WT_LANES_16:
        return 0;
#endif
    }
    return 0;
}

wt_lanes wt_lanes_best(void) {
    if (wt_lanes_available(WT_LANES_16)) return WT_LANES_16;
    return wt_lanes_available(WT_LANES_8) ? WT_LANES_8 : WT_LANES_4;
}

static const wt_kernels *kernels(wt_lanes lanes) {
#if defined(__x86_64__)
    if (lanes == WT_LANES_16) return &wt_kernels_16;
    if (lanes == WT_LANES_8) return &wt_kernels_8;
#endif
    (void)lanes;
    return &wt_kernels_4;
}

// ---- packing ----------------------------------------------------------------------------------

size_t wt_conv_packed_count(wt_lanes lanes, int out_channels, int channels, int taps) {
    return (size_t)wt_round_up(out_channels, 2 * (int)lanes) * (size_t)channels * (size_t)taps;
}

static inline float read_float(const char *from) {
    float value;
    memcpy(&value, from, sizeof value);
    return value;
}

void wt_conv_pack(wt_lanes lanes, const void *weights, const float *scale, int out_channels,
                  int channels, int taps, float *packed) {
    int columns = 2 * (int)lanes;
    for (int panel = 0; panel < out_channels; panel += columns)
        for (int tap = 0; tap < taps; tap++)
            for (int c = 0; c < channels; c++)
                for (int i = 0; i < columns; i++) {
                    int o = panel + i;
                    float value = 0;
                    if (o < out_channels) {
                        size_t at = ((size_t)o * (size_t)channels + (size_t)c) * (size_t)taps
                            + (size_t)tap;
                        value = read_float((const char *)weights + at * sizeof(float));
                        if (scale) value *= scale[o];
                    }
                    *packed++ = value;
                }
}

void wt_matrix_pack(wt_lanes lanes, const void *matrix, int rows, int columns,
                    ptrdiff_t row_stride, ptrdiff_t column_stride, float scale, float *packed) {
    int width = 2 * (int)lanes;
    for (int panel = 0; panel < columns; panel += width)
        for (int k = 0; k < rows; k++)
            for (int i = 0; i < width; i++) {
                int n = panel + i;
                ptrdiff_t at = k * row_stride + n * column_stride;
                *packed++ = n < columns
                    ? read_float((const char *)matrix + at * (ptrdiff_t)sizeof(float)) * scale
                    : 0.0f;
            }
}

size_t wt_winograd_packed_count(wt_lanes lanes, int tile, int out_channels, int channels) {
    return (size_t)((tile + 2) * (tile + 2)) * wt_conv_packed_count(lanes, out_channels, channels, 1);
}

void wt_winograd_pack(wt_lanes lanes, int tile, const void *weights, const float *scale,
                      int out_channels, int channels, float *packed) {
    kernels(lanes)->winograd_pack(tile, weights, scale, out_channels, channels, packed);
}

// ---- running ----------------------------------------------------------------------------------

int wt_conv_run(wt_lanes lanes, wt_pool *pool, const wt_conv *conv) {
    return kernels(lanes)->conv_run(pool, conv);
}

int wt_winograd_run(wt_lanes lanes, wt_pool *pool, int tile, const wt_conv *conv) {
    return kernels(lanes)->winograd_run(pool, tile, conv);
}

int wt_depthwise_run(wt_lanes lanes, wt_pool *pool, const wt_conv *conv) {
    return kernels(lanes)->depthwise_run(pool, conv);
}

int wt_pool_max(wt_lanes lanes, wt_pool *pool, const wt_conv *window) {
    return kernels(lanes)->pool_run(pool, window, 0, 0, 0, 0);
}

int wt_pool_average(wt_lanes lanes, wt_pool *pool, const wt_conv *window, int count_padding,
                    int pad_bottom, int pad_right) {
    return kernels(lanes)->pool_run(pool, window, 1, count_padding, pad_bottom, pad_right);
}

int wt_global_average(wt_lanes lanes, wt_pool *pool, const wt_conv *map) {
    return kernels(lanes)->global_average(pool, map);
}

void wt_pointwise_run(wt_lanes lanes, wt_pool *pool, const wt_pointwise *work) {
    kernels(lanes)->pointwise_run(pool, work);
}

void wt_dropout_run(wt_lanes lanes, const wt_dropout *work) { kernels(lanes)->dropout_run(work); }

void wt_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]) {
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        uint64_t a = (uint64_t)c0 * 0xD2511F53u, b = (uint64_t)c2 * 0xCD9E8D57u;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
    }
    words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

int wt_has_nan(const void *values, ptrdiff_t count) {
    const char *from = values;
    uint32_t found = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, from + 4 * i, sizeof bits);
        found |= (uint32_t)((bits & 0x7FFFFFFFu) > 0x7F800000u);
    }
    return found != 0;
}

// ---- layouts ----------------------------------------------------------------------------------

enum { LAYOUT_PIXELS = 256 };

typedef struct {
    const float *from;
    float *to;
    int channels;
    ptrdiff_t pixels, stride;
    int blocks;
} wt_layout_job;

static void to_channels_last_item(void *context, int item, int worker) {
    (void)worker;
    wt_layout_job *job = context;
    ptrdiff_t image = item / job->blocks, first = (ptrdiff_t)(item % job->blocks) * LAYOUT_PIXELS;
    ptrdiff_t end = first + LAYOUT_PIXELS < job->pixels ? first + LAYOUT_PIXELS : job->pixels;
    for (int c = 0; c < job->channels; c++) {
        const float *from = job->from + (image * job->channels + c) * job->pixels;
        float *to = job->to + image * job->pixels * job->stride + c;
        for (ptrdiff_t p = first; p < end; p++) to[p * job->stride] = from[p];
    }
}

static void to_plain_item(void *context, int item, int worker) {
    (void)worker;
    wt_layout_job *job = context;
    ptrdiff_t image = item / job->blocks, first = (ptrdiff_t)(item % job->blocks) * LAYOUT_PIXELS;
    ptrdiff_t end = first + LAYOUT_PIXELS < job->pixels ? first + LAYOUT_PIXELS : job->pixels;
    for (int c = 0; c < job->channels; c++) {
        const float *from = job->from + image * job->pixels * job->stride + c;
        float *to = job->to + (image * job->channels + c) * job->pixels;
        for (ptrdiff_t p = first; p < end; p++) to[p] = from[p * job->stride];
    }
}

static void layout_run(wt_pool *pool, wt_layout_job job, int images,
                       void (*body)(void *, int, int)) {
    job.blocks = (int)((job.pixels + LAYOUT_PIXELS - 1) / LAYOUT_PIXELS);
    wt_pool_run(pool, images * job.blocks, body, &job);
}

void wt_to_channels_last(wt_pool *pool, const float *plain, int images, int channels,
                         ptrdiff_t pixels, float *output, ptrdiff_t output_stride) {
    wt_layout_job job = {plain, output, channels, pixels, output_stride, 0};
    layout_run(pool, job, images, to_channels_last_item);
}

void wt_to_plain(wt_pool *pool, const float *input, ptrdiff_t input_stride, int images,
                 int channels, ptrdiff_t pixels, float *plain) {
    wt_layout_job job = {input, plain, channels, pixels, input_stride, 0};
    layout_run(pool, job, images, to_plain_item);
}
