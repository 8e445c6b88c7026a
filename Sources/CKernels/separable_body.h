// A depthwise 3x3 convolution between two dense ones (MobileNet's blocks), without the maps between
// them: they are several times as wide as what goes in and comes out, and would be written to
// memory and read back.
//
// One item of work is a band of output rows of one image. It keeps the last three lines of the wide
// map, with the padding around them, in a ring; a fourth line holds zeros, for rows outside the map.

typedef struct {
    wt_pool *pool;
    const wt_separable *work;
    int bands, band_rows;
    ptrdiff_t wide_stride;   // floats from one pixel to the next of a line
    ptrdiff_t line_floats;
    ptrdiff_t gather_floats; // room for what one row of `expand` reads, if it does not lie so
    int failed;
} wt_separable_job;

/// Whether rows of a convolution are used where they lie.
INLINE int is_plain_product(const wt_conv *conv) {
    return conv->kernel_height * conv->kernel_width == 1 && conv->stride_height == 1
        && conv->stride_width == 1 && conv->pad_top == 0 && conv->pad_left == 0
        && !conv->prologue_scale && conv->out_width == conv->width
        && conv->out_height == conv->height;
}

INLINE ptrdiff_t gathered_depth(const wt_conv *conv) {
    return (ptrdiff_t)conv->kernel_height * conv->kernel_width * conv->channels;
}

/// Computes line `y` of the wide map to `to`, whose left padding is already there.
static void expand_line(const wt_separable_job *job, ptrdiff_t image, int y, float *gathered,
                        float *to) {
    const wt_conv *expand = &job->work->expand;
    ptrdiff_t first = (image * expand->out_height + y) * expand->out_width;
    wt_rows rows;
    if (is_plain_product(expand)) {
        rows = (wt_rows){.from = {expand->input + first * expand->input_stride},
                         .segments = 1,
                         .stride = expand->input_stride,
                         .depth = expand->channels};
    } else if (has_lines(expand)) {
        rows = gather_lines(expand, image, y, gathered);
    } else {
        ptrdiff_t depth = gathered_depth(expand);
        rows = (wt_rows){.from = {gathered}, .segments = 1, .stride = depth, .depth = depth};
        gather_rows(expand, first, expand->out_width, gathered, depth);
    }
    wt_conv line = *expand;
    line.output = to;
    line.output_stride = job->wide_stride;
    product(&line, &rows, 0, expand->out_width, 0, panel_count(expand));
}

/// The rows first..<end of the output of one image, by way of a ring of lines.
static void separable_band(const wt_separable_job *job, ptrdiff_t image, int first, int end,
                           float *scratch) {
    wt_conv depthwise = job->work->depthwise;
    const wt_conv *project = &job->work->project;
    float *ring = scratch, *zeros = ring + 3 * job->line_floats, *narrow = zeros + job->line_floats;
    float *gathered = narrow + (ptrdiff_t)depthwise.out_width * job->wide_stride;
    memset(ring, 0, 4 * (size_t)job->line_floats * sizeof(float));
    depthwise.input_stride = depthwise.output_stride = job->wide_stride;
    wt_rows rows = {
        .from = {narrow}, .segments = 1, .stride = job->wide_stride, .depth = depthwise.channels};
    int made = 0;
    for (int y = first; y < end; y++) {
        int top = y * depthwise.stride_height - depthwise.pad_top;
        const float *lines[3];
        for (int ky = 0; ky < 3; ky++) {
            int iy = top + ky;
            float *line = ring + (ptrdiff_t)((unsigned)iy % 3) * job->line_floats;
            lines[ky] = iy >= 0 && iy < depthwise.height ? line : zeros;
            if (lines[ky] == zeros || iy < made) continue;
            expand_line(job, image, iy, gathered, line + depthwise.pad_left * job->wide_stride);
            made = iy + 1;
        }
        depthwise_line_3x3(&depthwise, lines, 0, depthwise.out_width, narrow);
        product(project, &rows, (image * project->out_height + y) * project->out_width,
                project->out_width, 0, panel_count(project));
    }
}

/// The same where the wide map is there: its rows are convolved and projected one by one.
static void separable_rows(const wt_separable_job *job, ptrdiff_t image, int first, int end,
                           float *scratch) {
    wt_conv depthwise = job->work->depthwise;
    const wt_conv *project = &job->work->project;
    float *zeros = scratch, *narrow = scratch + 4 * job->line_floats;
    memset(zeros, 0, (size_t)depthwise.width * (size_t)depthwise.input_stride * sizeof(float));
    depthwise.output_stride = job->wide_stride;
    wt_rows rows = {
        .from = {narrow}, .segments = 1, .stride = job->wide_stride, .depth = depthwise.channels};
    for (int y = first; y < end; y++) {
        depthwise_row(&depthwise, image, y, zeros, narrow);
        product(project, &rows, (image * project->out_height + y) * project->out_width,
                project->out_width, 0, panel_count(project));
    }
}

static void separable_item(void *context, int item, int worker) {
    wt_separable_job *job = context;
    const wt_conv *depthwise = &job->work->depthwise;
    ptrdiff_t floats = 4 * job->line_floats + (ptrdiff_t)depthwise->out_width * job->wide_stride
        + job->gather_floats;
    float *scratch = wt_pool_scratch(job->pool, worker, (size_t)floats);
    if (!scratch) {
        __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
        return;
    }
    int first = item % job->bands * job->band_rows;
    int end = wt_min(first + job->band_rows, depthwise->out_height);
    if (job->work->expands)
        separable_band(job, item / job->bands, first, end, scratch);
    else
        separable_rows(job, item / job->bands, first, end, scratch);
}

static int separable_run(wt_pool *pool, const wt_separable *work) {
    const wt_conv *depthwise = &work->depthwise, *expand = &work->expand;
    wt_separable_job job = {.pool = pool, .work = work};
    // As for maps: lines of the cache, and no multiple of 256 floats.
    job.wide_stride = wt_round_up(depthwise->channels, 16);
    if (job.wide_stride % 256 == 0) job.wide_stride += 16;
    int pixels = (depthwise->out_width - 1) * depthwise->stride_width + 3;
    int padded = depthwise->pad_left + depthwise->width;
    job.line_floats = (pixels > padded ? pixels : padded) * job.wide_stride;
    if (!work->expands) {
        ptrdiff_t line = (ptrdiff_t)depthwise->width * depthwise->input_stride;
        if (line > job.line_floats) job.line_floats = line;
    } else if (has_lines(expand)) {
        job.gather_floats = expand->kernel_height * line_floats(expand);
    } else if (!is_plain_product(expand)) {
        job.gather_floats = expand->out_width * gathered_depth(expand);
    }
    job.gather_floats += 2 * LANES;
    int threads = wt_pool_threads(pool);
    // A band makes two lines that its neighbour makes as well, so that few bands are better.
    job.bands = threads == 1 ? 1 : wt_min(threads, (depthwise->out_height + 3) / 4);
    job.band_rows = (depthwise->out_height + job.bands - 1) / job.bands;
    job.bands = (depthwise->out_height + job.band_rows - 1) / job.band_rows;
    wt_pool_run(pool, depthwise->images * job.bands, separable_item, &job);
    return job.failed ? -1 : 0;
}
