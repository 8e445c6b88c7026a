// Pooling: lanes are channels, one item of work is one output row of one image.

typedef struct {
    const wt_conv *window;
    int average, count_padding, pad_bottom, pad_right;
} wt_pooling_job;

/// What an average divides by. With padding counted it is the part of the window that lies in the
/// padded image: a window that `ceil_mode` lets run over the far edge is smaller.
static int pool_divisor(const wt_pooling_job *job, int top, int left, int inside_count) {
    const wt_conv *w = job->window;
    if (!job->count_padding) return inside_count;
    int rows = 0, columns = 0;
    for (int ky = 0; ky < w->kernel_height; ky++)
        rows += top + ky * w->dilation_height < w->height + job->pad_bottom;
    for (int kx = 0; kx < w->kernel_width; kx++)
        columns += left + kx * w->dilation_width < w->width + job->pad_right;
    return rows * columns;
}

static void pool_item(void *context, int item, int worker) {
    (void)worker;
    const wt_pooling_job *job = context;
    const wt_conv *w = job->window;
    int y = item % w->out_height, ky0, ky1, kx0, kx1;
    ptrdiff_t n = item / w->out_height;
    const float *image = w->input + n * w->height * (ptrdiff_t)w->width * w->input_stride;
    float *output = w->output + (ptrdiff_t)item * w->out_width * w->output_stride;
    int top = y * w->stride_height - w->pad_top;
    wt_vector low = splat(w->clamp_low), high = splat(w->clamp_high);
    inside(top, w->height, w->kernel_height, w->dilation_height, &ky0, &ky1);
    for (int x = 0; x < w->out_width; x++, output += w->output_stride) {
        int left = x * w->stride_width - w->pad_left;
        inside(left, w->width, w->kernel_width, w->dilation_width, &kx0, &kx1);
        float divisor = (float)pool_divisor(job, top, left, (ky1 - ky0) * (kx1 - kx0));
        for (int c = 0; c < w->channels; c += LANES) {
            int part = w->channels - c;
            wt_vector result = splat(job->average ? 0.0f : -INFINITY);
            wt_vector scale = {}, shift = {}, floor_ = splat(w->prologue_low);
            if (w->prologue_scale) {
                scale = load_part(w->prologue_scale + c, part);
                shift = load_part(w->prologue_shift + c, part);
            }
            for (int ky = ky0; ky < ky1; ky++)
                for (int kx = kx0; kx < kx1; kx++) {
                    ptrdiff_t pixel = (ptrdiff_t)(top + ky * w->dilation_height) * w->width + left
                        + kx * w->dilation_width;
                    wt_vector value = load_part(image + pixel * w->input_stride + c, part);
                    if (w->prologue_scale)
                        value = clamp(fma_(value, scale, shift), floor_, splat(INFINITY));
                    result = job->average ? result + value : maximum(result, value);
                }
            if (job->average) result = result / splat(divisor);
            store_part(output + c, clamp(result, low, high), part);
        }
    }
}

static int pool_run(wt_pool *pool, const wt_conv *window, int average, int count_padding,
                    int pad_bottom, int pad_right) {
    wt_pooling_job job = {window, average, count_padding, pad_bottom, pad_right};
    wt_pool_run(pool, window->images * window->out_height, pool_item, &job);
    return 0;
}

static void global_average_item(void *context, int item, int worker) {
    (void)worker;
    const wt_conv *map = ((wt_window_job *)context)->conv;
    ptrdiff_t pixels = (ptrdiff_t)map->height * map->width;
    const float *image = map->input + item * pixels * map->input_stride;
    float *output = map->output + item * map->output_stride;
    for (int c = 0; c < map->channels; c += LANES) {
        int part = map->channels - c;
        wt_vector sum = {}, scale = {}, shift = {}, low = splat(map->prologue_low);
        if (map->prologue_scale) {
            scale = load_part(map->prologue_scale + c, part);
            shift = load_part(map->prologue_shift + c, part);
        }
        for (ptrdiff_t p = 0; p < pixels; p++) {
            wt_vector value = load_part(image + p * map->input_stride + c, part);
            if (map->prologue_scale)
                value = clamp(fma_(value, scale, shift), low, splat(INFINITY));
            sum += value;
        }
        store_part(output + c, sum / splat((float)pixels), part);
    }
}

static int global_average(wt_pool *pool, const wt_conv *map) {
    wt_window_job job = {pool, map, 0};
    wt_pool_run(pool, map->images, global_average_item, &job);
    return 0;
}
