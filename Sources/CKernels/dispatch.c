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

enum { PACK_CHANNELS = 16 };

typedef float wt_four __attribute__((vector_size(16), aligned(4), may_alias));

/// Transposes a 4x4 block: to[c * step + i] = from[i][c] * factor[i].
static inline void pack_four(const char *from, size_t row_bytes, const float *factor, float *to,
                             size_t step) {
    wt_four a = *(const wt_four *)(const void *)from * factor[0];
    wt_four b = *(const wt_four *)(const void *)(from + row_bytes) * factor[1];
    wt_four c = *(const wt_four *)(const void *)(from + 2 * row_bytes) * factor[2];
    wt_four d = *(const wt_four *)(const void *)(from + 3 * row_bytes) * factor[3];
    wt_four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    wt_four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    wt_four ab_ = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    wt_four cd_ = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(wt_four *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(wt_four *)(to + step) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(wt_four *)(to + 2 * step) = __builtin_shufflevector(ab_, cd_, 0, 1, 4, 5);
    *(wt_four *)(to + 3 * step) = __builtin_shufflevector(ab_, cd_, 2, 3, 6, 7);
}

/// One panel of a 1x1 kernel whose columns all exist and whose channels are a multiple of four.
static void pack_panel_1x1(const char *from, const float *scale, int columns, int channels,
                           float *to) {
    size_t row = (size_t)channels * sizeof(float);
    for (int i = 0; i < columns; i += 4) {
        float factor[4];
        for (int k = 0; k < 4; k++) factor[k] = scale ? scale[i + k] : 1.0f;
        for (int c = 0; c < channels; c += 4)
            pack_four(from + (size_t)i * row + (size_t)c * sizeof(float), row, factor,
                      to + (size_t)c * (size_t)columns + (size_t)i, (size_t)columns);
    }
}

// Filters are read in runs of some channels, so that reads are long and the lines that are written
// stay in the first cache until all columns of a panel have passed.
void wt_conv_pack(wt_lanes lanes, const void *weights, const float *scale, int out_channels,
                  int channels, int taps, float *packed) {
    int columns = 2 * (int)lanes;
    size_t filter = (size_t)channels * (size_t)taps;
    for (int panel = 0; panel < out_channels; panel += columns) {
        float *to = packed + (size_t)panel * filter;
        const char *filters = (const char *)weights + (size_t)panel * filter * sizeof(float);
        if (taps == 1 && channels % 4 == 0 && panel + columns <= out_channels) {
            pack_panel_1x1(filters, scale ? scale + panel : NULL, columns, channels, to);
            continue;
        }
        for (int first = 0; first < channels; first += PACK_CHANNELS) {
            int end = wt_min(channels, first + PACK_CHANNELS);
            for (int i = 0; i < columns; i++) {
                int o = panel + i;
                const char *from = filters
                    + ((size_t)i * filter + (size_t)first * (size_t)taps) * sizeof(float);
                float factor = scale && o < out_channels ? scale[o] : 1.0f;
                for (int c = first; c < end; c++)
                    for (int tap = 0; tap < taps; tap++, from += sizeof(float))
                        to[((size_t)tap * (size_t)channels + (size_t)c) * (size_t)columns
                           + (size_t)i] = o < out_channels ? read_float(from) * factor : 0.0f;
            }
        }
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

void wt_filters_pack(wt_lanes lanes, const void *weights, const float *scale, int out_channels,
                     int channels, float *packed) {
    int columns = 2 * (int)lanes;
    size_t filter = (size_t)channels * 9;
    for (int panel = 0; panel < out_channels; panel += columns) {
        float *to = packed + (size_t)panel * filter;
        for (int first = 0; first < channels; first += PACK_CHANNELS)
            for (int i = 0; i < columns; i++) {
                int o = panel + i, values = wt_min(PACK_CHANNELS, channels - first) * 9;
                const char *from = (const char *)weights
                    + ((size_t)o * filter + (size_t)first * 9) * sizeof(float);
                float factor = scale && o < out_channels ? scale[o] : 1.0f;
                float *column = to + (size_t)first * 9 * (size_t)columns + (size_t)i;
                for (int k = 0; k < values; k++, from += sizeof(float))
                    column[(size_t)k * (size_t)columns]
                        = o < out_channels ? read_float(from) * factor : 0.0f;
            }
    }
}

// ---- running ----------------------------------------------------------------------------------

int wt_conv_run(wt_lanes lanes, wt_pool *pool, const wt_conv *conv) {
    return kernels(lanes)->conv_run(pool, conv);
}

int wt_winograd_run(wt_lanes lanes, wt_pool *pool, int tile, int plain_filters,
                    const wt_conv *conv) {
    return kernels(lanes)->winograd_run(pool, tile, plain_filters, conv);
}

int wt_depthwise_run(wt_lanes lanes, wt_pool *pool, const wt_conv *conv) {
    return kernels(lanes)->depthwise_run(pool, conv);
}

int wt_separable_run(wt_lanes lanes, wt_pool *pool, const wt_separable *work) {
    return kernels(lanes)->separable_run(pool, work);
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

void wt_function_run(wt_lanes lanes, wt_pool *pool, const wt_rows_work *work) {
    kernels(lanes)->function_run(pool, work);
}

void wt_rows_run(wt_lanes lanes, wt_pool *pool, const wt_rows_work *work) {
    kernels(lanes)->rows_run(pool, work);
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
