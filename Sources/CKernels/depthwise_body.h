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

/// One column of a 3x3 window: three values, one a line.
typedef struct {
    wt_vector top, middle, bottom;
} wt_column;

INLINE wt_column load_column(const float *const lines[3], ptrdiff_t at, int part) {
    return (wt_column){load_part(lines[0] + at, part), load_part(lines[1] + at, part),
                       load_part(lines[2] + at, part)};
}

INLINE wt_vector column_sum(const wt_vector w[9], wt_column a, wt_column b, wt_column c) {
    wt_vector sum = a.top * w[0];
    sum = fma_(b.top, w[1], sum);
    sum = fma_(c.top, w[2], sum);
    sum = fma_(a.middle, w[3], sum);
    sum = fma_(b.middle, w[4], sum);
    sum = fma_(c.middle, w[5], sum);
    sum = fma_(a.bottom, w[6], sum);
    sum = fma_(b.bottom, w[7], sum);
    return fma_(c.bottom, w[8], sum);
}

/// `part` channels of `count` neighbouring output pixels of a 3x3 window whose columns lie in
/// memory: the nine weights stay in registers, and so do the columns that neighbours share.
INLINE void depthwise_lanes(const wt_conv *conv, const float *const lines[3], ptrdiff_t at,
                            float *output, int count, int c, int part) {
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    ptrdiff_t stride = conv->input_stride, step = (ptrdiff_t)conv->stride_width * stride;
    wt_vector w[9], bias = {};
#pragma clang loop unroll(full)
    for (int tap = 0; tap < 9; tap++)
        w[tap] = load_part(conv->weights + (ptrdiff_t)tap * conv->channels + c, part);
    if (conv->bias) bias = load_part(conv->bias + c, part);
    at += c;
    output += c;
    wt_column first = load_column(lines, at, part), second = first;
    if (conv->stride_width == 1) second = load_column(lines, at + stride, part);
    int i = 0;
    for (; conv->stride_width == 1 && i + 2 <= count; i += 2, at += 2 * stride) {
        wt_column third = load_column(lines, at + 2 * stride, part);
        wt_column fourth = load_column(lines, at + 3 * stride, part);
        wt_vector one = column_sum(w, first, second, third);
        wt_vector two = column_sum(w, second, third, fourth);
        store_part(output, clamp(one + bias, low, high), part);
        store_part(output + conv->output_stride, clamp(two + bias, low, high), part);
        output += 2 * conv->output_stride;
        first = third;
        second = fourth;
    }
    for (; i < count; i++, at += step, output += conv->output_stride) {
        first = conv->stride_width > 2 ? load_column(lines, at, part) : first;
        second = load_column(lines, at + stride, part);
        wt_column third = load_column(lines, at + 2 * stride, part);
        wt_vector sum = column_sum(w, first, second, third);
        store_part(output, clamp(sum + bias, low, high), part);
        first = conv->stride_width == 1 ? second : third;
    }
}

/// `count` output pixels of one row of a 3x3 window whose columns lie in memory from `lines` on.
static void depthwise_line_3x3(const wt_conv *conv, const float *const lines[3], ptrdiff_t at,
                               int count, float *output) {
    int c = 0;
    for (; c + LANES <= conv->channels; c += LANES)
        depthwise_lanes(conv, lines, at, output, count, c, LANES);
    if (c < conv->channels)
        depthwise_lanes(conv, lines, at, output, count, c, conv->channels - c);
}

/// The lines that a row of windows reads; those outside the image are `zeros`.
INLINE void window_lines(const wt_conv *conv, const float *image, int top, const float *zeros,
                         const float *lines[3]) {
    for (int ky = 0; ky < 3; ky++)
        lines[ky] = top + ky >= 0 && top + ky < conv->height
            ? image + (ptrdiff_t)(top + ky) * conv->width * conv->input_stride
            : zeros;
}

/// One row of output pixels. `zeros` holds a line of zeros, as wide as one of the image.
static void depthwise_row(const wt_conv *conv, ptrdiff_t n, int y, const float *zeros,
                          float *output) {
    const float *image
        = conv->input + n * conv->height * (ptrdiff_t)conv->width * conv->input_stride;
    int first = 0, end = 0;
    if (conv->kernel_height == 3 && conv->kernel_width == 3 && conv->dilation_height == 1
        && conv->dilation_width == 1 && conv->width >= 3) {
        // Output columns whose three taps lie inside the image.
        first = (conv->pad_left + conv->stride_width - 1) / conv->stride_width;
        end = (conv->width - 3 + conv->pad_left) / conv->stride_width + 1;
        end = wt_min(end, conv->out_width);
    }
    if (end > first) {
        const float *lines[3];
        window_lines(conv, image, y * conv->stride_height - conv->pad_top, zeros, lines);
        int left = first * conv->stride_width - conv->pad_left;
        depthwise_line_3x3(conv, lines, (ptrdiff_t)left * conv->input_stride, end - first,
                           output + first * conv->output_stride);
    } else {
        first = end = conv->out_width;
    }
    for (int x = 0; x < first; x++)
        depthwise_pixel(conv, image, output + x * conv->output_stride, y, x);
    for (int x = end; x < conv->out_width; x++)
        depthwise_pixel(conv, image, output + x * conv->output_stride, y, x);
}

static void depthwise_item(void *context, int item, int worker) {
    wt_window_job *job = context;
    const wt_conv *conv = job->conv;
    int top = item % conv->out_height * conv->stride_height - conv->pad_top;
    float *zeros = NULL;
    if (top < 0 || top + 3 > conv->height) {
        size_t floats = (size_t)conv->width * (size_t)conv->input_stride;
        zeros = wt_pool_scratch(job->pool, worker, floats);
        if (!zeros) {
            __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
            return;
        }
        memset(zeros, 0, floats * sizeof(float));
    }
    float *output = conv->output + (ptrdiff_t)item * conv->out_width * conv->output_stride;
    depthwise_row(conv, item / conv->out_height, item % conv->out_height, zeros, output);
}

static int depthwise_run(wt_pool *pool, const wt_conv *conv) {
    wt_window_job job = {pool, conv, 0};
    wt_pool_run(pool, conv->images * conv->out_height, depthwise_item, &job);
    return job.failed ? -1 : 0;
}
