// Convolution as a matrix product: rows are output pixels, columns output channels, and the sum
// runs over kernel taps and input channels. Rows are gathered (im2col) for one block of pixels at a
// time into scratch memory, with the fused prologue applied, unless a row already lies in memory as
// it is needed (1x1, stride 1, no prologue).
//
// Each output element is one chain of fused multiply-adds in the order of k = (tap, channel), so
// its bits do not depend on blocking, batch or threads.

#define COLUMNS (2 * LANES)

/// A block of products, a[row * a_stride + k] * b[k * COLUMNS + column], `vectors` (1 or 2) wide.
INLINE void micro(const int rows, const int vectors, const float *a, ptrdiff_t a_stride,
                  const float *b, ptrdiff_t depth, wt_vector sums[][2]) {
    wt_vector c[ROWS_MAX][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) c[i][0] = c[i][1] = (wt_vector){};
#pragma clang loop unroll(disable) vectorize(disable)
    for (ptrdiff_t k = 0; k < depth; k++) {
        wt_vector b0 = load(b + k * COLUMNS), b1 = {};
        if (vectors == 2) b1 = load(b + k * COLUMNS + LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            wt_vector x = splat(a[i * a_stride + k]);
            c[i][0] = fma_(x, b0, c[i][0]);
            if (vectors == 2) c[i][1] = fma_(x, b1, c[i][1]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        sums[i][0] = c[i][0];
        sums[i][1] = c[i][1];
    }
}

#define MICRO(n)                                                                                   \
    static __attribute__((noinline)) void micro_##n(const float *a, ptrdiff_t a_stride,            \
                                                    const float *b, ptrdiff_t depth,               \
                                                    wt_vector sums[][2]) {                         \
        micro(n, 2, a, a_stride, b, depth, sums);                                                  \
    }                                                                                              \
    static __attribute__((noinline)) void micro_half_##n(const float *a, ptrdiff_t a_stride,       \
                                                         const float *b, ptrdiff_t depth,          \
                                                         wt_vector sums[][2]) {                    \
        micro(n, 1, a, a_stride, b, depth, sums);                                                  \
    }
MICRO(1)
MICRO(2)
MICRO(3)
MICRO(4)
MICRO(5)
MICRO(6)
#if ROWS_MAX > 6
MICRO(7)
MICRO(8)
MICRO(9)
MICRO(10)
MICRO(11)
MICRO(12)
MICRO(13)
MICRO(14)
#define ALL(name)                                                                                  \
    {NULL,    name##1,  name##2,  name##3,  name##4,  name##5,  name##6, name##7,                  \
     name##8, name##9,  name##10, name##11, name##12, name##13, name##14}
#else
#define ALL(name) {NULL, name##1, name##2, name##3, name##4, name##5, name##6}
#endif

typedef void (*wt_micro)(const float *, ptrdiff_t, const float *, ptrdiff_t, wt_vector[][2]);

static const wt_micro micros[ROWS_MAX + 1] = ALL(micro_);
// For a last panel of which only the first vector holds columns.
static const wt_micro half_micros[ROWS_MAX + 1] = ALL(micro_half_);

/// Adds bias and residual, clamps, and writes `first` and `second` columns of a block of sums.
INLINE void finish_rows(const wt_conv *conv, wt_vector sums[][2], ptrdiff_t row, int rows,
                        int column, int first, int second) {
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    wt_vector bias0 = {}, bias1 = {};
    if (conv->bias) {
        bias0 = load_part(conv->bias + column, first);
        if (second > 0) bias1 = load_part(conv->bias + column + LANES, second);
    }
    float *output = conv->output + row * conv->output_stride + column;
    const float *residual
        = conv->residual ? conv->residual + row * conv->residual_stride + column : NULL;
    for (int i = 0; i < rows; i++, output += conv->output_stride) {
        wt_vector x0 = sums[i][0] + bias0, x1 = sums[i][1] + bias1;
        if (residual) {
            x0 += load_part(residual, first);
            if (second > 0) x1 += load_part(residual + LANES, second);
            residual += conv->residual_stride;
        }
        store_part(output, clamp(x0, low, high), first);
        if (second > 0) store_part(output + LANES, clamp(x1, low, high), second);
    }
}

INLINE void finish_block(const wt_conv *conv, wt_vector sums[][2], ptrdiff_t row, int rows,
                         int column) {
    int left = conv->out_channels - column;
    if (left >= COLUMNS)
        finish_rows(conv, sums, row, rows, column, LANES, LANES);
    else if (left > LANES)
        finish_rows(conv, sums, row, rows, column, LANES, left - LANES);
    else
        finish_rows(conv, sums, row, rows, column, left, 0);
}

/// Copies `count` channels of one pixel, with the prologue if there is one.
INLINE void copy_pixel(const wt_conv *conv, const float *from, float *to, int count) {
    int c = 0;
    if (!conv->prologue_scale) {
        for (; c + LANES <= count; c += LANES) store(to + c, load(from + c));
        for (; c < count; c++) to[c] = from[c];
        return;
    }
    wt_vector low = splat(conv->prologue_low), high = splat(INFINITY);
    const float *scale = conv->prologue_scale, *shift = conv->prologue_shift;
    for (; c + LANES <= count; c += LANES)
        store(to + c, clamp(fma_(load(from + c), load(scale + c), load(shift + c)), low, high));
    if (c < count) {
        int part = count - c;
        wt_vector x = fma_(load_part(from + c, part), load_part(scale + c, part),
                           load_part(shift + c, part));
        store_part(to + c, clamp(x, low, high), part);
    }
}

/// Copies `count` values; may write up to a vector beyond them, never reads beyond.
INLINE void copy_run(const float *from, float *to, int count) {
    int c = 0;
    for (; c + LANES <= count; c += LANES) store(to + c, load(from + c));
    if (c < count) store(to + c, load_part(from + c, count - c));
}

/// Writes the inputs of output pixel (image, y, x) as taps * channels values; zero outside the
/// image.
INLINE void gather_row(const wt_conv *conv, ptrdiff_t image, int y, int x, float *to) {
    int channels = conv->channels;
    int left = x * conv->stride_width - conv->pad_left;
    int run = channels * conv->kernel_width;
    // Few channels without gaps: the whole line of taps is one run of values.
    int is_run = conv->input_stride == channels && conv->dilation_width == 1
        && !conv->prologue_scale && left >= 0 && left + conv->kernel_width <= conv->width;
    for (int ky = 0; ky < conv->kernel_height; ky++) {
        int iy = y * conv->stride_height - conv->pad_top + ky * conv->dilation_height;
        if (iy < 0 || iy >= conv->height) {
            memset(to, 0, sizeof(float) * (size_t)run);
            to += run;
            continue;
        }
        const float *line = conv->input
            + (image * conv->height + iy) * (ptrdiff_t)conv->width * conv->input_stride;
        if (is_run) {
            copy_run(line + (ptrdiff_t)left * channels, to, run);
            to += run;
            continue;
        }
        for (int kx = 0; kx < conv->kernel_width; kx++, to += channels) {
            int ix = left + kx * conv->dilation_width;
            if (ix < 0 || ix >= conv->width)
                memset(to, 0, sizeof(float) * (size_t)channels);
            else
                copy_pixel(conv, line + ix * conv->input_stride, to, channels);
        }
    }
}

/// Gathers `count` output pixels in order from `first` on, `row_stride` floats each.
static void gather_rows(const wt_conv *conv, ptrdiff_t first, int count, float *to,
                        ptrdiff_t row_stride) {
    int x = (int)(first % conv->out_width);
    int y = (int)(first / conv->out_width % conv->out_height);
    ptrdiff_t image = first / conv->out_width / conv->out_height;
    for (int i = 0; i < count; i++, to += row_stride) {
        gather_row(conv, image, y, x, to);
        if (++x < conv->out_width) continue;
        x = 0;
        if (++y < conv->out_height) continue;
        y = 0;
        image++;
    }
}

typedef struct {
    wt_pool *pool;
    const wt_conv *conv;
    ptrdiff_t rows;
    ptrdiff_t depth;
    ptrdiff_t block_rows;    // rows of one item of work
    int block_panels;        // column panels of one item
    int row_items;
    int direct;              // rows are used where they lie
    int failed;
} wt_conv_job;

static void conv_item(void *context, int item, int worker) {
    wt_conv_job *job = context;
    const wt_conv *conv = job->conv;
    ptrdiff_t first = (item % job->row_items) * job->block_rows;
    int count = (int)(first + job->block_rows <= job->rows ? job->block_rows : job->rows - first);
    const float *a = conv->input + first * conv->input_stride;
    ptrdiff_t a_stride = conv->input_stride;
    if (!job->direct) {
        a_stride = (job->depth + 15) / 16 * 16 + 16;
        float *scratch = wt_pool_scratch(job->pool, worker, (size_t)(job->block_rows * a_stride));
        if (!scratch) {
            __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
            return;
        }
        gather_rows(conv, first, count, scratch, a_stride);
        a = scratch;
    }
    int panels = (conv->out_channels + COLUMNS - 1) / COLUMNS;
    int panel = item / job->row_items * job->block_panels;
    int panel_end = wt_min(panels, panel + job->block_panels);
    wt_vector sums[ROWS_MAX][2];
    for (; panel < panel_end; panel++) {
        const float *b = conv->weights + panel * job->depth * COLUMNS;
        const wt_micro *table
            = conv->out_channels - panel * COLUMNS > LANES ? micros : half_micros;
        for (int i = 0; i < count;) {
            // Even shares: 16 rows as 8 + 8, not 14 + 2.
            int left = (count - i + ROWS_MAX - 1) / ROWS_MAX;
            int rows = (count - i + left - 1) / left;
            table[rows](a + i * a_stride, a_stride, b, job->depth, sums);
            finish_block(conv, sums, first + i, rows, panel * COLUMNS);
            i += rows;
        }
    }
}

static int conv_run(wt_pool *pool, const wt_conv *conv) {
    int taps = conv->kernel_height * conv->kernel_width;
    wt_conv_job job = {.pool = pool, .conv = conv};
    job.rows = (ptrdiff_t)conv->images * conv->out_height * conv->out_width;
    job.depth = (ptrdiff_t)taps * conv->channels;
    job.direct = taps == 1 && conv->stride_height == 1 && conv->stride_width == 1
        && conv->pad_top == 0 && conv->pad_left == 0 && !conv->prologue_scale
        && conv->out_height == conv->height && conv->out_width == conv->width;
    if (job.rows == 0 || conv->out_channels == 0) return 0;
    // About 128 KiB of gathered rows an item, at least one micro-kernel's worth.
    ptrdiff_t fit = 32768 / (job.depth > 0 ? job.depth : 1) / ROWS_MAX * ROWS_MAX;
    job.block_rows = fit < ROWS_MAX ? ROWS_MAX : fit > 8 * ROWS_MAX ? 8 * ROWS_MAX : fit;
    int panels = (conv->out_channels + COLUMNS - 1) / COLUMNS;
    job.block_panels = panels;
    if (panels * COLUMNS * job.depth * 4 > 1 << 20 && job.rows <= 64) job.block_rows = job.rows;
    job.row_items = (int)((job.rows + job.block_rows - 1) / job.block_rows);
    int threads = wt_pool_threads(pool);
    // Too few items to keep the threads busy: cut rows, then columns.
    while (job.row_items < 3 * threads && job.block_rows > 2 * ROWS_MAX) {
        job.block_rows = (job.block_rows / 2 + ROWS_MAX - 1) / ROWS_MAX * ROWS_MAX;
        job.row_items = (int)((job.rows + job.block_rows - 1) / job.block_rows);
    }
    if (threads > 1 && job.row_items < 2 * threads)
        job.block_panels = (panels + threads - 1) / threads;
    int items = job.row_items * ((panels + job.block_panels - 1) / job.block_panels);
    wt_pool_run(pool, items, conv_item, &job);
    return job.failed ? -1 : 0;
}
