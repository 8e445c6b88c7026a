// Work on each value alone: scale and shift a channel, add two maps, clamp; and dropout.

enum { POINTWISE_PIXELS = 64 };

static void pointwise_item(void *context, int item, int worker) {
    (void)worker;
    const wt_pointwise *work = context;
    ptrdiff_t first = (ptrdiff_t)item * POINTWISE_PIXELS;
    ptrdiff_t end = first + POINTWISE_PIXELS < work->pixels ? first + POINTWISE_PIXELS : work->pixels;
    wt_vector low = splat(work->clamp_low), high = splat(work->clamp_high);
    for (ptrdiff_t p = first; p < end; p++)
        for (int c = 0; c < work->channels; c += LANES) {
            int part = work->channels - c;
            wt_vector value = load_part(work->a + p * work->a_stride + c, part);
            if (work->scale)
                value = fma_(value, load_part(work->scale + c, part),
                             load_part(work->shift + c, part));
            if (work->b) value += load_part(work->b + p * work->b_stride + c, part);
            store_part(work->output + p * work->output_stride + c, clamp(value, low, high), part);
        }
}

static void pointwise_run(wt_pool *pool, const wt_pointwise *work) {
    ptrdiff_t items = (work->pixels + POINTWISE_PIXELS - 1) / POINTWISE_PIXELS;
    wt_pool_run(pool, (int)items, pointwise_item, (void *)work);
}

enum { PHILOX_BATCH = 64 };

/// Philox4x32-10 for PHILOX_BATCH neighbouring counters; words[word][block].
static void philox_batch(uint32_t first, const wt_dropout *work, uint32_t words[4][PHILOX_BATCH]) {
    for (int i = 0; i < PHILOX_BATCH; i++) {
        words[0][i] = first + (uint32_t)i;
        words[1][i] = work->node;
        words[2][i] = work->pass;
        words[3][i] = 0;
    }
    uint32_t k0 = (uint32_t)work->seed, k1 = (uint32_t)(work->seed >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
#pragma clang loop vectorize(enable)
        for (int i = 0; i < PHILOX_BATCH; i++) {
            uint64_t a = (uint64_t)words[0][i] * 0xD2511F53u;
            uint64_t b = (uint64_t)words[2][i] * 0xCD9E8D57u;
            uint32_t w1 = words[1][i], w3 = words[3][i];
            words[0][i] = (uint32_t)(b >> 32) ^ w1 ^ k0;
            words[1][i] = (uint32_t)b;
            words[2][i] = (uint32_t)(a >> 32) ^ w3 ^ k1;
            words[3][i] = (uint32_t)a;
        }
    }
}

static void dropout_run(const wt_dropout *work) {
    // A word below this is dropped: ratio as a fraction of 2^32.
    double bound = (double)work->ratio * 4294967296.0;
    uint64_t threshold = bound >= 4294967296.0 ? 4294967296ull : (uint64_t)bound;
    float keep = work->ratio < 1.0f ? 1.0f / (1.0f - work->ratio) : 0.0f;
    uint32_t words[4][PHILOX_BATCH];
    uint64_t element = 0, ready = 0;
    for (ptrdiff_t p = 0; p < work->pixels; p++) {
        const float *from = work->input + p * work->input_stride;
        float *to = work->output + p * work->output_stride;
        for (int c = 0; c < work->channels; c++, element++) {
            if (element == ready) {
                philox_batch((uint32_t)(element / 4), work, words);
                ready += 4 * PHILOX_BATCH;
            }
            uint32_t within = (uint32_t)(element % (4 * PHILOX_BATCH));
            uint32_t word = words[within % 4][within / 4];
            to[c] = word >= threshold ? from[c] * keep : 0.0f;
        }
    }
}
