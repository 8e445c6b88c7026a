// Depthwise convolution: each channel has its own kernel, so lanes are channels and the sum runs
// over taps in order. One item of work is one output row of one image.

typedef struct {
    wt_pool *pool;
    const wt_conv *conv;
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

/// `count` neighbouring output pixels of a 3x3 window that lies inside the image: the nine weights
/// of a group of channels stay in registers.
INLINE void depthwise_run_of_3x3(const wt_conv *conv, const float *origin, float *output, int count) {
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    ptrdiff_t line = (ptrdiff_t)conv->width * conv->input_stride;
    ptrdiff_t step = (ptrdiff_t)conv->stride_width * conv->input_stride;
    for (int c = 0; c < conv->channels; c += LANES) {
        int part = conv->channels - c;
        wt_vector weights[9];
#pragma clang loop unroll(full)
        for (int tap = 0; tap < 9; tap++)
            weights[tap] = load_part(conv->weights + (ptrdiff_t)tap * conv->channels + c, part);
        wt_vector bias = {};
        if (conv->bias) bias = load_part(conv->bias + c, part);
        const float *from = origin + c;
        for (int i = 0; i < count; i++, from += step) {
            wt_vector sum = {};
#pragma clang loop unroll(full)
            for (int tap = 0; tap < 9; tap++)
                sum = fma_(load_part(from + tap / 3 * line + tap % 3 * conv->input_stride, part),
                           weights[tap], sum);
            store_part(output + i * conv->output_stride + c, clamp(sum + bias, low, high), part);
        }
    }
}

static void depthwise_item(void *context, int item, int worker) {
    (void)worker;
    const wt_conv *conv = ((wt_window_job *)context)->conv;
    int y = item % conv->out_height;
    ptrdiff_t n = item / conv->out_height;
    const float *image
        = conv->input + n * conv->height * (ptrdiff_t)conv->width * conv->input_stride;
    float *output = conv->output + (ptrdiff_t)item * conv->out_width * conv->output_stride;
    int top = y * conv->stride_height - conv->pad_top;
    int plain = conv->kernel_height == 3 && conv->kernel_width == 3 && conv->dilation_height == 1
        && conv->dilation_width == 1 && top >= 0 && top + 3 <= conv->height;
    int x = 0;
    while (x < conv->out_width) {
        int left = x * conv->stride_width - conv->pad_left;
        int last = (conv->width - 3 + conv->pad_left);
        int end = last < 0 ? 0 : last / conv->stride_width + 1;
        if (end > conv->out_width) end = conv->out_width;
        if (plain && left >= 0 && end > x) {
            const float *origin
                = image + ((ptrdiff_t)top * conv->width + left) * conv->input_stride;
            depthwise_run_of_3x3(conv, origin, output + x * conv->output_stride, end - x);
            x = end;
        } else {
            depthwise_pixel(conv, image, output + x * conv->output_stride, y, x);
            x++;
        }
    }
}

static int depthwise_run(wt_pool *pool, const wt_conv *conv) {
    wt_window_job job = {pool, conv};
    wt_pool_run(pool, conv->images * conv->out_height, depthwise_item, &job);
    return 0;
}
