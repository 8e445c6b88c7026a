#ifndef WT_CKERNELS_H
#define WT_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "wt_imaging.h"
#include "wt_picture.h"

// The loops of the inference engine that need wide vectors. Feature maps are channels-last:
// element (image, y, x, channel) lies at ((image * height + y) * width + x) * stride + channel,
// where `stride` (floats from one pixel to the next) is at least the channel count, so that a map
// may be a slice of channels of a wider one. Every kernel exists for three vector widths; all sum
// each output element in one fixed order, so that results depend neither on the number of threads
// nor on how rows are grouped.

/// The vector width a kernel is compiled for.
typedef enum __attribute__((enum_extensibility(closed))) {
    WT_LANES_4 __attribute__((swift_name("four"))) = 4,       // SSE2 or NEON
    WT_LANES_8 __attribute__((swift_name("eight"))) = 8,      // AVX2 and FMA
    WT_LANES_16 __attribute__((swift_name("sixteen"))) = 16,  // AVX-512 F/BW/DQ/VL
} wt_lanes;

/// The widest vectors that this processor has kernels for.
wt_lanes wt_lanes_best(void);

/// Whether kernels of this width can run on this processor.
int wt_lanes_available(wt_lanes lanes);

// ---- worker threads ---------------------------------------------------------------------------

typedef struct wt_pool wt_pool;

/// Starts `threads - 1` threads (the caller is the remaining one). NULL when none can be started.
wt_pool *wt_pool_create(int threads);

/// Stops the threads and frees the pool. No run may be in progress.
void wt_pool_destroy(wt_pool *pool);

int wt_pool_threads(const wt_pool *pool);

/// Calls `body(context, item, worker)` once for each item in 0..<items and returns when all are
/// done. Each thread begins with its own run of neighbouring items and then helps the others.
void wt_pool_run(wt_pool *pool, int items, void (*body)(void *context, int item, int worker),
                 void *context);

/// 64-byte aligned memory that belongs to one worker, valid until its next call. NULL if there is
/// not enough memory.
float *wt_pool_scratch(wt_pool *pool, int worker, size_t floats);

/// Bytes of scratch memory that all workers hold.
size_t wt_pool_scratch_bytes(const wt_pool *pool);

// ---- convolution and matrix product -----------------------------------------------------------

/// A convolution (or, with one pixel a row, a matrix product) and what is fused into it:
/// out = clamp(conv(max(in * prologue_scale + prologue_shift, prologue_low)) + bias + residual).
typedef struct {
    const float *input;
    int images, height, width, channels;
    ptrdiff_t input_stride;
    float *output;
    int out_height, out_width, out_channels;
    ptrdiff_t output_stride;
    int kernel_height, kernel_width;
    int stride_height, stride_width;
    int dilation_height, dilation_width;
    int pad_top, pad_left;
    const float *weights;         // packed by wt_conv_pack or wt_winograd_pack
    const float *bias;            // out_channels values, or NULL
    const float *prologue_scale;  // channels values, or NULL for no prologue
    const float *prologue_shift;
    float prologue_low;           // 0 for ReLU, -INFINITY for none
    const float *residual;        // added before the clamp, or NULL
    ptrdiff_t residual_stride;
    float clamp_low, clamp_high;  // -INFINITY and INFINITY for none
} wt_conv;

/// Floats that packed weights take: `taps` = kernel height * kernel width.
size_t wt_conv_packed_count(wt_lanes lanes, int out_channels, int channels, int taps);

/// Packs `[out_channels][channels][taps]` (ONNX order; not necessarily aligned) for wt_conv_run.
/// Each row is multiplied by `scale[out_channel]` if that is not NULL.
void wt_conv_pack(wt_lanes lanes, const void *weights, const float *scale, int out_channels,
                  int channels, int taps, float *packed);

/// Packs a matrix: element (row k, column n) at `k * row_stride + n * column_stride` floats.
void wt_matrix_pack(wt_lanes lanes, const void *matrix, int rows, int columns,
                    ptrdiff_t row_stride, ptrdiff_t column_stride, float scale, float *packed);

/// Direct convolution. Returns 0, or -1 if there is not enough memory.
int wt_conv_run(wt_lanes lanes, wt_pool *pool, const wt_conv *conv);

/// Winograd F(tile x tile, 3x3), tile 2 or 4, for 3x3 kernels with stride and dilation 1.
size_t wt_winograd_packed_count(wt_lanes lanes, int tile, int out_channels, int channels);
void wt_winograd_pack(wt_lanes lanes, int tile, const void *weights, const float *scale,
                      int out_channels, int channels, float *packed);

/// Packs 3x3 filters as they are (room as for wt_conv_pack): `plain_filters` of wt_winograd_run,
/// which then transforms them as it uses them. The results have the same bits.
void wt_filters_pack(wt_lanes lanes, const void *weights, const float *scale, int out_channels,
                     int channels, float *packed);

/// Returns 0, or -1 if there is not enough memory.
int wt_winograd_run(wt_lanes lanes, wt_pool *pool, int tile, int plain_filters,
                    const wt_conv *conv);

/// Depthwise convolution (one filter a channel); `weights` are [tap][channel], not packed.
/// The prologue and residual fields must be NULL.
int wt_depthwise_run(wt_lanes lanes, wt_pool *pool, const wt_conv *conv);

/// A depthwise convolution between two dense ones, whose wide values never leave the caches: each
/// worker takes a band of output rows, and makes the lines between as it needs them.
typedef struct {
    wt_conv expand;     // packed for wt_conv_run, without residual; only if `expands`
    wt_conv depthwise;  // `input` is read only if not `expands`; `output` is not used
    wt_conv project;    // 1x1, stride 1, without prologue; `input` is not used
    int expands;
} wt_separable;

/// Gives each value as the three convolutions one after another would. Only for depthwise kernels
/// of 3x3 without dilation. Returns 0, or -1 if there is not enough memory.
int wt_separable_run(wt_lanes lanes, wt_pool *pool, const wt_separable *work);

// ---- pooling and pointwise work ---------------------------------------------------------------

/// Maximum or average over windows; fields of `wt_conv` as for a depthwise convolution.
/// Average: `count_padding` divides by the whole window (as far as it lies in the padded image,
/// whose far edges are `pad_bottom` and `pad_right`), else by the pixels of the image in it.
int wt_pool_max(wt_lanes lanes, wt_pool *pool, const wt_conv *window);
int wt_pool_average(wt_lanes lanes, wt_pool *pool, const wt_conv *window, int count_padding,
                    int pad_bottom, int pad_right);

/// Mean over all pixels of each image and channel: `output` is [images][output_stride].
/// The prologue of `map` is applied to each value first.
int wt_global_average(wt_lanes lanes, wt_pool *pool, const wt_conv *map);

/// out = clamp(a * scale[channel] + shift[channel] + b); scale/shift or b may be NULL.
typedef struct {
    const float *a;
    ptrdiff_t a_stride;
    const float *b;
    ptrdiff_t b_stride;
    float *output;
    ptrdiff_t output_stride;
    ptrdiff_t pixels;
    int channels;
    const float *scale;
    const float *shift;
    float clamp_low, clamp_high;
} wt_pointwise;

void wt_pointwise_run(wt_lanes lanes, wt_pool *pool, const wt_pointwise *work);

/// Plain `[images][channels][pixels]` to channels-last and back.
void wt_to_channels_last(wt_pool *pool, const float *plain, int images, int channels,
                         ptrdiff_t pixels, float *output, ptrdiff_t output_stride);
void wt_to_plain(wt_pool *pool, const float *input, ptrdiff_t input_stride, int images,
                 int channels, ptrdiff_t pixels, float *plain);

/// Inverted dropout by Philox4x32-10: element e of the pass is kept (and divided by 1 - ratio) when
/// word e % 4 of block (e / 4, node, pass) under key `seed`, as a fraction of 2^32, is >= ratio.
/// Elements count pixel by pixel, channel by channel within `pixels` pixels of one image.
typedef struct {
    const float *input;
    ptrdiff_t input_stride;
    float *output;
    ptrdiff_t output_stride;
    ptrdiff_t pixels;
    int channels;
    uint64_t seed;
    uint32_t node;
    uint32_t pass;
    float ratio;
} wt_dropout;

void wt_dropout_run(wt_lanes lanes, const wt_dropout *work);

/// One Philox4x32-10 block: four words for a counter and a key.
void wt_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);

// ---- values and rows of row-major arrays ------------------------------------------------------

/// A function of each value; `alpha` and `beta` as ONNX names them, bounds for WT_CLAMP.
typedef enum __attribute__((enum_extensibility(closed))) {
    WT_EXP __attribute__((swift_name("exponential"))),
    WT_SIGMOID __attribute__((swift_name("sigmoid"))),
    WT_TANH __attribute__((swift_name("tanh"))),
    WT_ERF __attribute__((swift_name("erf"))),
    WT_GELU __attribute__((swift_name("gelu"))),
    WT_SILU __attribute__((swift_name("silu"))),
    WT_HARD_SIGMOID __attribute__((swift_name("hardSigmoid"))),
    WT_HARD_SWISH __attribute__((swift_name("hardSwish"))),
    WT_LEAKY __attribute__((swift_name("leaky"))),
    WT_CLAMP __attribute__((swift_name("clamp"))),
} wt_function;

/// Rows of `length` values without gaps, in and out (which may be the same).
typedef struct {
    const float *input;
    float *output;
    ptrdiff_t rows, length;
    wt_function function;  // of wt_function_run
    float alpha, beta;     // of the function; alpha is the epsilon of a normalisation
    int normalizes;        // of wt_rows_run: mean 0 and variance 1, else softmax
    const float *scale;    // `length` values after a normalisation, or NULL
    const float *shift;
} wt_rows_work;

/// Applies a function to each value, to some 5e-7 relative.
void wt_function_run(wt_lanes lanes, wt_pool *pool, const wt_rows_work *work);

/// Softmax or normalisation of each row.
void wt_rows_run(wt_lanes lanes, wt_pool *pool, const wt_rows_work *work);

// ---- forests of decision trees ----------------------------------------------------------------

/// One node: a value <= `threshold` leads to node `child`, any other to the one behind it. A leaf
/// leads to itself: its threshold is infinite and its feature the one behind the last.
typedef struct {
    float threshold;
    int32_t feature;
    int32_t child;
    int32_t missing_goes_first;  // 1 if a value that is not a number leads to `child`
} wt_tree_node;

/// Trees and what their leaves add. Leaf `node` holds the entries leaves[node]..<leaves[node + 1].
typedef struct {
    const wt_tree_node *nodes;
    const int32_t *roots;   // of each tree
    const int32_t *depths;  // steps from each root to its deepest leaf
    int trees;
    int features;
    const int32_t *leaves;
    const int32_t *leaf_targets;
    const float *leaf_weights;
    int targets;
    int tracks_missing;  // whether any node has missing_goes_first
} wt_forest;

/// Sums of leaf weights, [rows][targets], added in the order of the trees, of rows of `columns`
/// (at least `features`) values. Returns 0, or -1 if there is not enough memory.
int wt_forest_run(wt_pool *pool, const wt_forest *forest, const float *values, ptrdiff_t rows,
                  ptrdiff_t columns, float *sums);

/// 64-byte aligned memory, in huge pages where it is large. NULL if there is none.
void *wt_memory_allocate(size_t bytes);
void wt_memory_free(void *memory);

/// Has blocks of 6 MiB and more go back to the system when they are freed, and smaller ones stay, for the
/// rest of the process: glibc otherwise learns to keep images as well, and a program that decodes one after
/// another grows.
void wt_memory_return_large_blocks(void);

/// Whether any of `count` float32 values (any alignment) is not a number.
int wt_has_nan(const void *values, ptrdiff_t count);

#endif
