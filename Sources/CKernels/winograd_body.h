// Winograd convolution F(m x m, 3x3) for m = 2 and 4, after Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks" (2016): each m x m tile of output comes from an (m+2) x (m+2) tile
// of input with (m+2)^2 multiplications a channel pair instead of 9 m^2.
//
// One item of work takes a block of tiles: transform the input (lanes are channels), multiply each
// of the (m+2)^2 planes by its matrix of transformed weights, transform the sums back, add bias and
// residual, clamp.

enum { SMALL_TILES = 28 };

/// One column or row of the input transform, B^T x.
INLINE void winograd_input(const int tile, const wt_vector *x, int step, wt_vector *y,
                           int out_step) {
    if (tile == 2) {
        wt_vector a = x[0], b = x[step], c = x[2 * step], d = x[3 * step];
        y[0] = a - c;
        y[out_step] = b + c;
        y[2 * out_step] = c - b;
        y[3 * out_step] = b - d;
        return;
    }
    wt_vector a = x[0], b = x[step], c = x[2 * step], d = x[3 * step], e = x[4 * step],
              f = x[5 * step];
    wt_vector four = splat(4.0f), five = splat(-5.0f), two = splat(2.0f);
    wt_vector even = fma_(-four, c, e), odd = fma_(-four, b, d);
    wt_vector even2 = e - c, odd2 = two * (d - b);
    y[0] = fma_(four, a, fma_(five, c, e));
    y[out_step] = even + odd;
    y[2 * out_step] = even - odd;
    y[3 * out_step] = even2 + odd2;
    y[4 * out_step] = even2 - odd2;
    y[5 * out_step] = fma_(four, b, fma_(five, d, f));
}

/// One column or row of the output transform, A^T x.
INLINE void winograd_output(const int tile, const wt_vector *x, int step, wt_vector *y,
                            int out_step) {
    if (tile == 2) {
        wt_vector b = x[step], c = x[2 * step];
        y[0] = x[0] + b + c;
        y[out_step] = b - c - x[3 * step];
        return;
    }
    wt_vector sum = x[step] + x[2 * step], difference = x[step] - x[2 * step];
    wt_vector sum2 = x[3 * step] + x[4 * step], difference2 = x[3 * step] - x[4 * step];
    y[0] = x[0] + sum + sum2;
    y[out_step] = fma_(splat(2.0f), difference2, difference);
    y[2 * out_step] = fma_(splat(4.0f), sum2, sum);
    y[3 * out_step] = fma_(splat(8.0f), difference2, difference) + x[5 * step];
}

typedef struct {
    wt_pool *pool;
    const wt_conv *conv;
    int tiles_y, tiles_x, tiles, block_tiles, panels, block_panels, tile_items;
    ptrdiff_t a_stride;
    // Floats from one plane to the next: an odd number of cache lines, so that the places of a tile
    // in all planes fall into different sets of the first cache.
    ptrdiff_t input_plane, sum_plane, filter_plane;
    int plain_filters;   // transformed as they are used, `chunk` channels at a time
    int chunk;
    int failed;
} wt_winograd_job;

/// Transforms `part` channels of a tile that lies inside the image.
INLINE void winograd_load_inside(const int tile, const wt_conv *conv, const float *from, int part,
                                 float *planes, ptrdiff_t plane_stride) {
    const int edge = tile + 2;
    ptrdiff_t line = (ptrdiff_t)conv->width * conv->input_stride;
    wt_vector x[WINOGRAD_EDGE_MAX], y[WINOGRAD_EDGE_MAX * WINOGRAD_EDGE_MAX];
#pragma clang loop unroll(full)
    for (int j = 0; j < edge; j++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < edge; i++)
            x[i] = load_part(from + i * line + j * conv->input_stride, part);
        winograd_input(tile, x, 1, y + j, edge);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < edge; i++) {
        winograd_input(tile, y + i * edge, 1, x, 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < edge; j++)
            store_part(planes + (i * edge + j) * plane_stride, x[j], part);
    }
}

/// Transforms one tile of input into `planes[plane * plane_stride + channel]`.
INLINE void winograd_load_tile(const int tile, const wt_conv *conv, const float *image, int top,
                               int left, float *planes, ptrdiff_t plane_stride) {
    const int edge = tile + 2;
    int channels = conv->channels;
    if (top >= 0 && left >= 0 && top + edge <= conv->height && left + edge <= conv->width
        && !conv->prologue_scale) {
        const float *from = image + ((ptrdiff_t)top * conv->width + left) * conv->input_stride;
        int c = 0;
        for (; c + LANES <= channels; c += LANES)
            winograd_load_inside(tile, conv, from + c, LANES, planes + c, plane_stride);
        if (c < channels)
            winograd_load_inside(tile, conv, from + c, channels - c, planes + c, plane_stride);
        return;
    }
    for (int c = 0; c < channels; c += LANES) {
        int part = channels - c;
        wt_vector x[WINOGRAD_EDGE_MAX * WINOGRAD_EDGE_MAX], y[WINOGRAD_EDGE_MAX * WINOGRAD_EDGE_MAX];
        for (int i = 0; i < edge; i++)
            for (int j = 0; j < edge; j++) {
                int iy = top + i, ix = left + j;
                wt_vector value = {};
                if (iy >= 0 && iy < conv->height && ix >= 0 && ix < conv->width) {
                    value = load_part(
                        image + ((ptrdiff_t)iy * conv->width + ix) * conv->input_stride + c, part);
                    if (conv->prologue_scale)
                        value = clamp(fma_(value, load_part(conv->prologue_scale + c, part),
                                           load_part(conv->prologue_shift + c, part)),
                                      splat(conv->prologue_low), splat(INFINITY));
                }
                x[i * edge + j] = value;
            }
        for (int j = 0; j < edge; j++) winograd_input(tile, x + j, edge, y + j, edge);
        for (int i = 0; i < edge; i++) {
            winograd_input(tile, y + i * edge, 1, x, 1);
            for (int j = 0; j < edge; j++)
                store_part(planes + (i * edge + j) * plane_stride + c, x[j], part);
        }
    }
}

/// Transforms the sums of one tile back and writes up to `tile` x `tile` pixels of two vectors.
INLINE void winograd_store_tile(const int tile, const wt_conv *conv, const float *sums,
                                ptrdiff_t plane_stride, ptrdiff_t image, int y0, int x0,
                                int column) {
    const int edge = tile + 2;
    int rows = wt_min(tile, conv->out_height - y0), columns = wt_min(tile, conv->out_width - x0);
    wt_vector low = splat(conv->clamp_low), high = splat(conv->clamp_high);
    for (int half = 0; half < 2 && column < conv->out_channels; half++, column += LANES) {
        int part = conv->out_channels - column;
        wt_vector x[WINOGRAD_EDGE_MAX], y[4 * WINOGRAD_EDGE_MAX], z[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < edge; j++) {
#pragma clang loop unroll(full)
            for (int i = 0; i < edge; i++)
                x[i] = load(sums + (i * edge + j) * plane_stride + half * LANES);
            winograd_output(tile, x, 1, y + j, edge);
        }
        wt_vector bias = {};
        if (conv->bias) bias = load_part(conv->bias + column, part);
        for (int i = 0; i < rows; i++) {
            winograd_output(tile, y + i * edge, 1, z, 1);
            for (int j = 0; j < columns; j++) {
                ptrdiff_t pixel = (image * conv->out_height + y0 + i) * conv->out_width + x0 + j;
                wt_vector value = z[j] + bias;
                if (conv->residual)
                    value += load_part(conv->residual + pixel * conv->residual_stride + column, part);
                store_part(conv->output + pixel * conv->output_stride + column,
                           clamp(value, low, high), part);
            }
        }
    }
}

/// The sums of one panel of output channels for `count` tiles, to `output`, plane by plane.
INLINE void winograd_panel(const int tile, const wt_winograd_job *job, int panel, int count,
                           const float *input, float *filters, float *output) {
    const wt_conv *conv = job->conv;
    const int planes = (tile + 2) * (tile + 2);
    ptrdiff_t panel_filters = (ptrdiff_t)conv->channels * COLUMNS;
    for (int c = 0; c < conv->channels; c += job->chunk) {
        int depth = wt_min(job->chunk, conv->channels - c);
        const float *plain = conv->weights + (panel * panel_filters + (ptrdiff_t)c * COLUMNS) * 9;
        if (job->plain_filters)
            winograd_filter_block(tile, plain, depth, filters, (size_t)job->filter_plane);
        // The weights that come next are on their way from memory while these are used.
        const float *ahead = plain + (ptrdiff_t)depth * COLUMNS * 9;
        for (int p = 0; p < planes; p++) {
            const float *b = filters + p * job->filter_plane;
            if (!job->plain_filters) {
                b = conv->weights + ((ptrdiff_t)p * job->panels + panel) * panel_filters;
                ahead = b + job->panels * panel_filters;
            }
            for (int i = 0; i < count;) {
                int left = (count - i + ROWS_MAX - 1) / ROWS_MAX;
                int rows = (count - i + left - 1) / left;
                const float *a = input + p * job->input_plane + i * job->a_stride + c;
                // Two vectors a row, one row after the other: as the plane of sums is laid out.
                float *to = output + p * job->sum_plane + i * COLUMNS;
                sums_of[rows](&a, 1, job->a_stride, b, depth, ahead, (wt_vector(*)[2])to, c > 0);
                ahead += depth * 16;
                i += rows;
            }
        }
    }
}

INLINE void winograd_block(const int tile, wt_winograd_job *job, int item, int worker) {
    const wt_conv *conv = job->conv;
    const int planes = (tile + 2) * (tile + 2);
    int first = item % job->tile_items * job->block_tiles;
    int count = wt_min(job->block_tiles, job->tiles - first);
    ptrdiff_t floats = planes * (job->input_plane + job->sum_plane + job->filter_plane);
    float *input = wt_pool_scratch(job->pool, worker, (size_t)floats);
    if (!input) {
        __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
        return;
    }
    float *output = input + planes * job->input_plane;
    float *filters = output + planes * job->sum_plane;
    int per_image = job->tiles_y * job->tiles_x;
    ptrdiff_t image_size = (ptrdiff_t)conv->height * conv->width * conv->input_stride;
    for (int i = 0; i < count; i++) {
        int within = (first + i) % per_image;
        winograd_load_tile(tile, conv, conv->input + (first + i) / per_image * image_size,
                           within / job->tiles_x * tile - conv->pad_top,
                           within % job->tiles_x * tile - conv->pad_left, input + i * job->a_stride,
                           job->input_plane);
    }
    int panel = item / job->tile_items * job->block_panels;
    int panel_end = wt_min(job->panels, panel + job->block_panels);
    for (; panel < panel_end; panel++) {
        winograd_panel(tile, job, panel, count, input, filters, output);
        for (int i = 0; i < count; i++) {
            int within = (first + i) % per_image;
            winograd_store_tile(tile, conv, output + i * COLUMNS, job->sum_plane,
                                (first + i) / per_image, within / job->tiles_x * tile,
                                within % job->tiles_x * tile, panel * COLUMNS);
        }
    }
}

static void winograd_item_2(void *context, int item, int worker) {
    winograd_block(2, context, item, worker);
}

static void winograd_item_4(void *context, int item, int worker) {
    winograd_block(4, context, item, worker);
}

/// At least this many floats, as an odd number of cache lines.
INLINE ptrdiff_t odd_lines(ptrdiff_t floats) { return ((floats + 15) / 16 | 1) * 16; }

static int winograd_run(wt_pool *pool, int tile, int plain_filters, const wt_conv *conv) {
    wt_winograd_job job = {.pool = pool, .conv = conv, .plain_filters = plain_filters};
    job.tiles_y = (conv->out_height + tile - 1) / tile;
    job.tiles_x = (conv->out_width + tile - 1) / tile;
    job.tiles = conv->images * job.tiles_y * job.tiles_x;
    job.panels = (conv->out_channels + COLUMNS - 1) / COLUMNS;
    job.block_panels = job.panels;
    job.a_stride = wt_round_up(conv->channels, 16) + 16;
    if (job.tiles == 0 || conv->out_channels == 0) return 0;
    // Transformed inputs of a block within half a mebibyte, so that they stay in the second cache;
    // but a small map in one block, since each block reads all the weights.
    int planes = (tile + 2) * (tile + 2);
    int fit = (int)(131072 / (planes * job.a_stride)) / ROWS_MAX * ROWS_MAX;
    fit = fit < SMALL_TILES ? SMALL_TILES : fit > 8 * ROWS_MAX ? 8 * ROWS_MAX : fit;
    int threads = wt_pool_threads(pool);
    // Threads share the panels of a small map, the tiles of a large one.
    int shares_panels = job.tiles <= SMALL_TILES && job.panels >= threads;
    job.block_tiles = wt_share_units(job.tiles, fit, shares_panels ? 1 : threads);
    // Transformed filters of a chunk in some 300 KiB, all chunks of one size.
    int chunk = 73728 / (planes * COLUMNS);
    int chunks = plain_filters ? (conv->channels + chunk - 1) / chunk : 1;
    job.chunk = (conv->channels + chunks - 1) / chunks;
    job.input_plane = odd_lines((ptrdiff_t)job.block_tiles * job.a_stride);
    job.sum_plane = odd_lines((ptrdiff_t)job.block_tiles * COLUMNS);
    job.filter_plane = plain_filters ? odd_lines((ptrdiff_t)job.chunk * COLUMNS) : 0;
    job.tile_items = (job.tiles + job.block_tiles - 1) / job.block_tiles;
    if (shares_panels)
        job.block_panels = (job.panels + threads - 1) / threads;
    int items = job.tile_items * ((job.panels + job.block_panels - 1) / job.block_panels);
    wt_pool_run(pool, items, tile == 2 ? winograd_item_2 : winograd_item_4, &job);
    return job.failed ? -1 : 0;
}
