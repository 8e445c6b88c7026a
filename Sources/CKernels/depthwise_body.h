// Depthwise convolution: each channel has its own kernel, so lanes are channels and the sum runs
// over taps in order. One item of work is one output row of one image.

typedef struct {
    wt_pool *pool;
    const wt_conv *conv;
    int failed;
} wt_window_job;

/// Taps of a window that lie inside the image along one axis: first..<end.
INLINE void inside(int origin, int extent, int taps, int dilation, int *first, int *end) {
    int from = 0, to = taps;
    while (from < taps && origin + from * dilation < 0) from++;
    while (to > from && origin + (to - 1) * dilation >= extent) to--;
    *first = from;
    *end = to;
}

/// One output pixel, any window.
INLINE void depthwise_pixel(const wt_conv *conv, const float *image, float *output, int y, int x) {
    int ky0, ky1, kx0, kx1;
    int top = y * conv->stride_height - conv->pad_top;
    int left = x * conv->stride_width - conv->pad_left;
    inside(top, conv->height, conv->kernel_height, conv->dilation_height, &ky0, &ky1);
    inside(left, conv->width, conv->kernel_width, conv->dilation_width, &kx0, &kx1);
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    for (int c = 0; c < conv->channels; c += LANES) {
        int part = conv->channels - c;
        wt_vector sum = {};
        for (int ky = ky0; ky < ky1; ky++)
            for (int kx = kx0; kx < kx1; kx++) {
                ptrdiff_t pixel = (ptrdiff_t)(top + ky * conv->dilation_height) * conv->width + left
                    + kx * conv->dilation_width;
                const float *weight
                    = conv->weights + (ptrdiff_t)(ky * conv->kernel_width + kx) * conv->channels + c;
                sum = fma_(load_part(image + pixel * conv->input_stride + c, part),
                           load_part(weight, part), sum);
            }
        if (conv->bias) sum += load_part(conv->bias + c, part);
        store_part(output + c, clamp(sum, low, high), part);
    }
}

/// `part` channels (LANES if `whole`) of `count` neighbouring output pixels of a 3x3 window whose
/// columns lie inside the image: the nine weights stay in registers.
INLINE void depthwise_lanes(const wt_conv *conv, const float *const rows[3], ptrdiff_t offset,
                            float *output, int count, int c, const int whole) {
    int part = whole ? LANES : conv->channels - c;
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    ptrdiff_t stride = conv->input_stride, step = (ptrdiff_t)conv->stride_width * stride;
    const float *top = rows[0] + offset, *middle = rows[1] + offset, *bottom = rows[2] + offset;
    wt_vector w[9], bias = {};
#pragma clang loop unroll(full)
    for (int tap = 0; tap < 9; tap++)
        w[tap] = load_part(conv->weights + (ptrdiff_t)tap * conv->channels + c, part);
    if (conv->bias) bias = load_part(conv->bias + c, part);
    for (int i = 0; i < count; i++, output += conv->output_stride) {
        wt_vector sum = load_part(top, part) * w[0];
        sum = fma_(load_part(top + stride, part), w[1], sum);
        sum = fma_(load_part(top + 2 * stride, part), w[2], sum);
        sum = fma_(load_part(middle, part), w[3], sum);
        sum = fma_(load_part(middle + stride, part), w[4], sum);
        sum = fma_(load_part(middle + 2 * stride, part), w[5], sum);
        sum = fma_(load_part(bottom, part), w[6], sum);
        sum = fma_(load_part(bottom + stride, part), w[7], sum);
        sum = fma_(load_part(bottom + 2 * stride, part), w[8], sum);
        store_part(output, clamp(sum + bias, low, high), part);
        top += step, middle += step, bottom += step;
    }
}

/// The columns first..<end of one output row of a 3x3 window; lines outside the image are zeros.
static int depthwise_line_3x3(wt_pool *pool, int worker, const wt_conv *conv, const float *image,
                              int top, int first, int end, float *output) {
    ptrdiff_t line = (ptrdiff_t)conv->width * conv->input_stride;
    const float *rows[3];
    float *zeros = NULL;
    for (int ky = 0; ky < 3; ky++) {
        if (top + ky >= 0 && top + ky < conv->height) {
            rows[ky] = image + (top + ky) * line;
            continue;
        }
        if (!zeros) {
            zeros = wt_pool_scratch(pool, worker, (size_t)line);
            if (!zeros) return -1;
            memset(zeros, 0, (size_t)line * sizeof(float));
        }
        rows[ky] = zeros;
    }
    int left = first * conv->stride_width - conv->pad_left;
    ptrdiff_t offset = (ptrdiff_t)left * conv->input_stride;
    int c = 0;
    for (; c + LANES <= conv->channels; c += LANES)
        depthwise_lanes(conv, rows, offset + c, output + c, end - first, c, 1);
    if (c < conv->channels)
        depthwise_lanes(conv, rows, offset + c, output + c, end - first, c, 0);
    return 0;
}

static void depthwise_item(void *context, int item, int worker) {
    wt_window_job *job = context;
    const wt_conv *conv = job->conv;
    int y = item % conv->out_height;
    ptrdiff_t n = item / conv->out_height;
    const float *image
        = conv->input + n * conv->height * (ptrdiff_t)conv->width * conv->input_stride;
    float *output = conv->output + (ptrdiff_t)item * conv->out_width * conv->output_stride;
    int first = 0, end = 0;
    if (conv->kernel_height == 3 && conv->kernel_width == 3 && conv->dilation_height == 1
        && conv->dilation_width == 1 && conv->width >= 3) {
        // Output columns whose three taps lie inside the image.
        first = (conv->pad_left + conv->stride_width - 1) / conv->stride_width;
        end = (conv->width - 3 + conv->pad_left) / conv->stride_width + 1;
        end = wt_min(end, conv->out_width);
    }
    if (end > first) {
        int top = y * conv->stride_height - conv->pad_top;
        if (depthwise_line_3x3(job->pool, worker, conv, image, top, first, end,
                               output + first * conv->output_stride)
            != 0)
            __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
    } else {
        first = end = conv->out_width;
    }
    for (int x = 0; x < first; x++)
        depthwise_pixel(conv, image, output + x * conv->output_stride, y, x);
    for (int x = end; x < conv->out_width; x++)
        depthwise_pixel(conv, image, output + x * conv->output_stride, y, x);
}

static int depthwise_run(wt_pool *pool, const wt_conv *conv) {
    wt_window_job job = {pool, conv, 0};
    wt_pool_run(pool, conv->images * conv->out_height, depthwise_item, &job);
    return job.failed ? -1 : 0;
}
