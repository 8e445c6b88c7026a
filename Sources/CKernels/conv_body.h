// Convolution as a matrix product: rows are output pixels, columns output channels, and the sum
// runs over kernel taps and input channels. Rows are gathered (im2col) for one block of pixels at a
// time into scratch memory, with the fused prologue applied, unless a row already lies in memory as
// it is needed (1x1, stride 1, no prologue).
//
// Each output element is one chain of fused multiply-adds in the order of k = (tap, channel), so
// its bits do not depend on blocking, batch or threads.

#define COLUMNS (2 * LANES)

enum { SEGMENTS_MAX = 16 };

/// Rows of a matrix product: where they lie, in `segments` runs of `depth` values each.
typedef struct {
    const float *from[SEGMENTS_MAX];
    int segments;
    ptrdiff_t stride;
    ptrdiff_t depth;
} wt_rows;

/// A block of products, from[segment][row * stride + k] * b[(segment * depth + k) * COLUMNS + column],
/// `vectors` (1 or 2) wide, added to `c`. Meanwhile a cache line for each k is fetched from `ahead`
/// on, unless that is NULL.
INLINE void multiply(const int rows, const int vectors, const float *const *from, int segments,
                     ptrdiff_t stride, const float *b, ptrdiff_t depth, const float *ahead,
                     wt_vector c[][2]) {
    for (int s = 0; s < segments; s++) {
        const float *a = from[s];
#pragma clang loop unroll(disable) vectorize(disable)
        for (ptrdiff_t k = 0; k < depth; k++, b += COLUMNS) {
            wt_vector b0 = load(b), b1 = {};
            if (vectors == 2) b1 = load(b + LANES);
            if (ahead) __builtin_prefetch(ahead + k * 16, 0, 2);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                wt_vector x = splat(a[i * stride + k]);
                c[i][0] = fma_(x, b0, c[i][0]);
                if (vectors == 2) c[i][1] = fma_(x, b1, c[i][1]);
            }
        }
    }
}

/// Where finished sums go: row `row` and column `column` of the output of `conv`.
typedef struct {
    const wt_conv *conv;
    ptrdiff_t row;
    int column;
} wt_place;

/// Adds bias and residual, clamps and writes whole vectors.
INLINE void finish(const int rows, const int vectors, wt_place place, wt_vector c[][2]) {
    const wt_conv *conv = place.conv;
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    wt_vector bias[2] = {{}, {}};
    float *output = conv->output + place.row * conv->output_stride + place.column;
    if (conv->bias)
        for (int v = 0; v < vectors; v++) bias[v] = load(conv->bias + place.column + v * LANES);
    if (conv->residual) {
        const float *residual = conv->residual + place.row * conv->residual_stride + place.column;
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
            for (int v = 0; v < vectors; v++)
                c[i][v] = c[i][v] + bias[v] + load(residual + i * conv->residual_stride + v * LANES);
    } else {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
            for (int v = 0; v < vectors; v++) c[i][v] += bias[v];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++)
            store(output + i * conv->output_stride + v * LANES, clamp(c[i][v], low, high));
}

// For each number of rows: sums as they are (added to those that are there, if `adds`), and finished
// ones of two vectors or one.
#define MICRO(n)                                                                                   \
    static __attribute__((noinline)) void sum_##n(const float *const *from, int segments,          \
                                                  ptrdiff_t stride, const float *b,                \
                                                  ptrdiff_t depth, const float *ahead,             \
                                                  wt_vector sums[][2], int adds) {                 \
        wt_vector c[n][2] = {{{0}}};                                                               \
        if (adds)                                                                                  \
            for (int i = 0; i < n; i++) c[i][0] = sums[i][0], c[i][1] = sums[i][1];                \
        multiply(n, 2, from, segments, stride, b, depth, ahead, c);                                \
        for (int i = 0; i < n; i++) sums[i][0] = c[i][0], sums[i][1] = c[i][1];                    \
    }                                                                                              \
    static __attribute__((noinline)) void whole_##n(const float *const *from, const wt_rows *rows, \
                                                    const float *b, wt_place place) {              \
        wt_vector c[n][2] = {{{0}}};                                                               \
        multiply(n, 2, from, rows->segments, rows->stride, b, rows->depth, NULL, c);               \
        finish(n, 2, place, c);                                                                    \
    }                                                                                              \
    static __attribute__((noinline)) void half_##n(const float *const *from, const wt_rows *rows,  \
                                                   const float *b, wt_place place) {               \
        wt_vector c[n][2] = {{{0}}};                                                               \
        multiply(n, 1, from, rows->segments, rows->stride, b, rows->depth, NULL, c);               \
        finish(n, 1, place, c);                                                                    \
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

typedef void (*wt_sum)(const float *const *, int, ptrdiff_t, const float *, ptrdiff_t,
                       const float *, wt_vector[][2], int);
typedef void (*wt_product)(const float *const *, const wt_rows *, const float *, wt_place);

static const wt_sum sums_of[ROWS_MAX + 1] = ALL(sum_);
static const wt_product wholes_of[ROWS_MAX + 1] = ALL(whole_);
// For a last panel of which only the first vector holds columns.
static const wt_product halves_of[ROWS_MAX + 1] = ALL(half_);

/// Adds bias and residual, clamps, and writes the columns from `column` on that there are.
static void finish_part(const wt_conv *conv, wt_vector sums[][2], ptrdiff_t row, int rows,
                        int column) {
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    for (int v = 0; v < 2 && column < conv->out_channels; v++, column += LANES) {
        int part = wt_min(LANES, conv->out_channels - column);
        wt_vector bias = {};
        if (conv->bias) bias = load_part(conv->bias + column, part);
        for (int i = 0; i < rows; i++) {
            wt_vector x = sums[i][v] + bias;
            if (conv->residual)
                x += load_part(conv->residual + (row + i) * conv->residual_stride + column, part);
            store_part(conv->output + (row + i) * conv->output_stride + column,
                       clamp(x, low, high), part);
        }
    }
}

/// Multiplies `count` rows by the panels panel..<panel_end of the weights and finishes them as rows
/// `first` and on of the output.
static void product(const wt_conv *conv, const wt_rows *rows, ptrdiff_t first, int count, int panel,
                    int panel_end) {
    ptrdiff_t depth = rows->depth * rows->segments;
    for (; panel < panel_end; panel++) {
        const float *b = conv->weights + panel * depth * COLUMNS;
        int columns = conv->out_channels - panel * COLUMNS;
        for (int i = 0; i < count;) {
            // Even shares: 16 rows as 8 + 8, not 14 + 2.
            int left = (count - i + ROWS_MAX - 1) / ROWS_MAX;
            int share = (count - i + left - 1) / left;
            const float *a[SEGMENTS_MAX];
            for (int s = 0; s < rows->segments; s++) a[s] = rows->from[s] + i * rows->stride;
            wt_place place = {conv, first + i, panel * COLUMNS};
            if (columns >= COLUMNS) {
                wholes_of[share](a, rows, b, place);
            } else if (columns == LANES) {
                halves_of[share](a, rows, b, place);
            } else {
                wt_vector sums[ROWS_MAX][2];
                sums_of[share](a, rows->segments, rows->stride, b, rows->depth, NULL,
                               sums, 0);
                finish_part(conv, sums, place.row, share, place.column);
            }
            i += share;
        }
    }
}

INLINE int panel_count(const wt_conv *conv) { return (conv->out_channels + COLUMNS - 1) / COLUMNS; }

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

/// Whether the values of a line of taps lie in one run and lines can be padded cheaply: pictures.
/// Rows are then not gathered; each kernel row is a segment of the sum.
INLINE int has_lines(const wt_conv *conv) {
    return conv->channels <= 4 && conv->input_stride == conv->channels && conv->kernel_width > 1
        && conv->kernel_height <= SEGMENTS_MAX && conv->dilation_width == 1
        && !conv->prologue_scale;
}

/// Floats of one padded line, as output pixels of a row read it.
INLINE ptrdiff_t line_floats(const wt_conv *conv) {
    ptrdiff_t pixels = (ptrdiff_t)(conv->out_width - 1) * conv->stride_width + conv->kernel_width;
    return (pixels * conv->channels + 15) / 16 * 16 + LANES;
}

/// Copies the lines that output row `y` reads, with zeros around them.
static wt_rows gather_lines(const wt_conv *conv, ptrdiff_t image, int y, float *to) {
    wt_rows rows = {.segments = conv->kernel_height,
                    .stride = (ptrdiff_t)conv->stride_width * conv->channels,
                    .depth = (ptrdiff_t)conv->kernel_width * conv->channels};
    ptrdiff_t floats = line_floats(conv);
    int pixels = (conv->out_width - 1) * conv->stride_width + conv->kernel_width;
    int left = wt_min(conv->pad_left, pixels), count = wt_min(conv->width, pixels - left);
    for (int ky = 0; ky < conv->kernel_height; ky++, to += floats) {
        int iy = y * conv->stride_height - conv->pad_top + ky * conv->dilation_height;
        rows.from[ky] = to;
        memset(to, 0, (size_t)floats * sizeof(float));
        if (iy < 0 || iy >= conv->height) continue;
        memcpy(to + left * conv->channels,
               conv->input
                   + (image * conv->height + iy) * (ptrdiff_t)conv->width * conv->input_stride,
               (size_t)count * (size_t)conv->channels * sizeof(float));
    }
    return rows;
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

/// One output row of a picture.
static void conv_line_item(void *context, int item, int worker) {
    wt_conv_job *job = context;
    const wt_conv *conv = job->conv;
    float *scratch = wt_pool_scratch(job->pool, worker,
                                     (size_t)(conv->kernel_height * line_floats(conv)));
    if (!scratch) {
        __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
        return;
    }
    wt_rows rows = gather_lines(conv, item / conv->out_height, item % conv->out_height, scratch);
    product(conv, &rows, (ptrdiff_t)item * conv->out_width, conv->out_width, 0, panel_count(conv));
}

static void conv_item(void *context, int item, int worker) {
    wt_conv_job *job = context;
    const wt_conv *conv = job->conv;
    ptrdiff_t first = (item % job->row_items) * job->block_rows;
    int count = (int)(first + job->block_rows <= job->rows ? job->block_rows : job->rows - first);
    wt_rows rows = {.from = {conv->input + first * conv->input_stride},
                    .segments = 1,
                    .stride = conv->input_stride,
                    .depth = job->depth};
    if (!job->direct) {
        rows.stride = (job->depth + 15) / 16 * 16 + 16;
        float *scratch
            = wt_pool_scratch(job->pool, worker, (size_t)(job->block_rows * rows.stride));
        if (!scratch) {
            __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
            return;
        }
        gather_rows(conv, first, count, scratch, rows.stride);
        rows.from[0] = scratch;
    }
    int panel = item / job->row_items * job->block_panels;
    product(conv, &rows, first, count, panel,
            wt_min(panel_count(conv), panel + job->block_panels));
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
    if (has_lines(conv)) {
        wt_pool_run(pool, conv->images * conv->out_height, conv_line_item, &job);
        return job.failed ? -1 : 0;
    }
    // About 128 KiB of gathered rows an item, at least one micro-kernel's worth.
    ptrdiff_t fit = 32768 / (job.depth > 0 ? job.depth : 1) / ROWS_MAX;
    int most = fit < 1 ? 1 : fit > 8 ? 8 : (int)fit, threads = wt_pool_threads(pool);
    int panels = panel_count(conv), units = (int)((job.rows + ROWS_MAX - 1) / ROWS_MAX);
    job.block_panels = panels;
    // Few rows and many weights: all rows at once, so that weights are read once.
    if (panels * COLUMNS * job.depth * 4 > 1 << 20 && job.rows <= 64) most = units;
    int share = wt_share_units(units, most, threads);
    // Threads share the columns where rows do not come out even.
    if (threads > 1 && panels >= threads && units < 8 * threads && units % (share * threads) != 0) {
        share = wt_share_units(units, most, 1);
        job.block_panels = (panels + threads - 1) / threads;
    }
    job.block_rows = (ptrdiff_t)share * ROWS_MAX;
    job.row_items = (units + share - 1) / share;
    int items = job.row_items * ((panels + job.block_panels - 1) / job.block_panels);
    wt_pool_run(pool, items, conv_item, &job);
    return job.failed ? -1 : 0;
}
