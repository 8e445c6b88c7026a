// The filters of a Winograd convolution: transformed when they are packed, or as they are used.
// Transformed ones take 36 (16) floats for 9. A small map uses each filter for few tiles, so that
// it waits for memory; then the transform costs less than the bytes it saves.

enum { WINOGRAD_EDGE_MAX = 6 };

/// One column or row of the weight transform, G x, of three taps `step` apart.
INLINE void winograd_filter(const int tile, const wt_vector *x, int step, wt_vector *y,
                            int out_step) {
    wt_vector a = x[0], b = x[step], c = x[2 * step];
    if (tile == 2) {
        wt_vector half = splat(0.5f), outer = half * (a + c), middle = half * b;
        y[0] = a;
        y[out_step] = outer + middle;
        y[2 * out_step] = outer - middle;
        y[3 * out_step] = c;
        return;
    }
    wt_vector sixth = splat(-1.0f / 6), outer = sixth * (a + c), middle = sixth * b;
    wt_vector far = splat(1.0f / 24) * a + splat(1.0f / 6) * c, near = splat(1.0f / 12) * b;
    y[0] = splat(0.25f) * a;
    y[out_step] = outer + middle;
    y[2 * out_step] = outer - middle;
    y[3 * out_step] = far + near;
    y[4 * out_step] = far - near;
    y[5 * out_step] = c;
}

/// G g G^T of LANES filters of one input channel, written to each plane.
INLINE void winograd_filters(const int tile, const wt_vector taps[9], float *packed, size_t plane) {
    const int edge = tile + 2;
    wt_vector half[WINOGRAD_EDGE_MAX * 3], whole[WINOGRAD_EDGE_MAX];
#pragma clang loop unroll(full)
    for (int j = 0; j < 3; j++) winograd_filter(tile, taps + j, 3, half + j, 3);
#pragma clang loop unroll(full)
    for (int i = 0; i < edge; i++) {
        winograd_filter(tile, half + i * 3, 1, whole, 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < edge; j++) store(packed + (size_t)(i * edge + j) * plane, whole[j]);
    }
}

/// Transforms the filters of `channels` input channels and COLUMNS output channels, packed by
/// wt_filters_pack, to `planes`, one plane `plane` floats behind the other.
INLINE void winograd_filter_block(const int tile, const float *filters, int channels, float *planes,
                                  size_t plane) {
    for (int c = 0; c < channels; c++)
        for (int half = 0; half < 2; half++) {
            wt_vector taps[9];
#pragma clang loop unroll(full)
            for (int tap = 0; tap < 9; tap++)
                taps[tap] = load(filters + (c * 9 + tap) * COLUMNS + half * LANES);
            winograd_filters(tile, taps, planes + c * COLUMNS + half * LANES, plane);
        }
}

static void winograd_pack(int tile, const void *weights, const float *scale, int out_channels,
                          int channels, float *packed) {
    size_t plane = (size_t)wt_round_up(out_channels, COLUMNS) * (size_t)channels;
    for (int first = 0; first < wt_round_up(out_channels, COLUMNS); first += LANES) {
        float factors[LANES];
        for (int i = 0; i < LANES; i++)
            factors[i] = first + i < out_channels ? scale ? scale[first + i] : 1.0f : 0.0f;
        for (int c = 0; c < channels; c++) {
            float gathered[9][LANES] = {{0}};
            for (int i = 0; i < LANES && first + i < out_channels; i++) {
                float kernel[9];
                size_t at = (size_t)(first + i) * (size_t)channels + (size_t)c;
                memcpy(kernel, (const char *)weights + at * sizeof kernel, sizeof kernel);
                for (int tap = 0; tap < 9; tap++) gathered[tap][i] = kernel[tap];
            }
            wt_vector taps[9];
            for (int tap = 0; tap < 9; tap++) taps[tap] = load(gathered[tap]) * load(factors);
            float *to = packed + (size_t)(first / COLUMNS) * (size_t)channels * COLUMNS
                + (size_t)c * COLUMNS + (size_t)(first % COLUMNS);
            if (tile == 2)
                winograd_filters(2, taps, to, plane);
            else
                winograd_filters(4, taps, to, plane);
        }
    }
}
