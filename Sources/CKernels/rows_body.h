// Functions of each value of a row-major array, and of its rows: what transformers and gated
// networks spend their time in beside matrix products.

INLINE wt_vector select_(wt_mask mask, wt_vector yes, wt_vector no) {
    return (wt_vector)((mask & (wt_mask)yes) | (~mask & (wt_mask)no));
}

/// e^x to 1e-7 relative: 2^n times a polynomial (Cephes expf). Below -87 zero.
INLINE wt_vector exp_(wt_vector x) {
    wt_vector bounded = clamp(x, splat(-87.3f), splat(88.72f));
    wt_vector magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
    wt_vector n = fma_(bounded, splat(1.44269504088896341f), magic) - magic;
    wt_vector r = fma_(n, splat(-0.693359375f), bounded);
    r = fma_(n, splat(2.12194440e-4f), r);
    wt_vector p = splat(1.9875691500e-4f);
    p = fma_(p, r, splat(1.3981999507e-3f));
    p = fma_(p, r, splat(8.3334519073e-3f));
    p = fma_(p, r, splat(4.1665795894e-2f));
    p = fma_(p, r, splat(1.6666665459e-1f));
    p = fma_(p, r, splat(5.0000001201e-1f));
    p = fma_(p * r, r, r) + splat(1.0f);
    // 2^(n - 1), twice, since 2^128 is none.
    wt_mask half = (__builtin_convertvector(n, wt_mask) + 126) << 23;
    p = p * (wt_vector)half * splat(2.0f);
    return select_(x > splat(88.72f), splat(INFINITY), p);
}

/// Odd polynomial over even one, in x.
INLINE wt_vector rational(wt_vector x, const float *top, int tops, const float *bottom,
                          int bottoms) {
    wt_vector square = x * x, p = splat(top[0]), q = splat(bottom[0]);
#pragma clang loop unroll(full)
    for (int i = 1; i < tops; i++) p = fma_(p, square, splat(top[i]));
#pragma clang loop unroll(full)
    for (int i = 1; i < bottoms; i++) q = fma_(q, square, splat(bottom[i]));
    return x * p / q;
}

/// tanh to 4e-7 relative, by the rational approximation that Eigen and XLA use.
INLINE wt_vector tanh_(wt_vector x) {
    static const float top[] = {-2.76076847742355e-16f, 2.00018790482477e-13f,
                                -8.60467152213735e-11f, 5.12229709037114e-08f,
                                1.48572235717979e-05f,  6.37261928875436e-04f,
                                4.89352455891786e-03f};
    static const float bottom[] = {1.19825839466702e-06f, 1.18534705686654e-04f,
                                   2.26843463243900e-03f, 4.89352518554385e-03f};
    return rational(clamp(x, splat(-7.90531110763549805f), splat(7.90531110763549805f)), top, 7,
                    bottom, 4);
}

/// erf to 5e-7, from the same source.
INLINE wt_vector erf_(wt_vector x) {
    static const float top[] = {-2.72614225801306e-10f, 2.77068142495902e-08f,
                                -2.10102402082508e-06f, -5.69250639462346e-05f,
                                -7.34990630326855e-04f, -2.95459980854025e-03f,
                                -1.60960333262415e-02f};
    static const float bottom[] = {-1.45660718464996e-05f, -2.13374055278905e-04f,
                                   -1.68282697438203e-03f, -7.37332916720468e-03f,
                                   -1.42647390514189e-02f};
    return rational(clamp(x, splat(-4.0f), splat(4.0f)), top, 7, bottom, 5);
}

INLINE wt_vector function_value(const wt_function function, wt_vector x, wt_vector alpha,
                                wt_vector beta) {
    wt_vector one = splat(1.0f), zero = {};
    switch (function) {
    case WT_EXP: return exp_(x);
    case WT_SIGMOID: return one / (one + exp_(-x));
    case WT_TANH: return tanh_(x);
    case WT_ERF: return erf_(x);
    case WT_GELU: return splat(0.5f) * x * (one + erf_(x * splat(0.70710678118654752f)));
    case WT_SILU: return x / (one + exp_(-x));
    case WT_HARD_SIGMOID: return clamp(fma_(x, alpha, beta), zero, one);
    case WT_HARD_SWISH: return x * clamp(fma_(x, alpha, beta), zero, one);
    case WT_LEAKY: return select_(x < zero, x * alpha, x);
    case WT_CLAMP: return clamp(x, alpha, beta);
    }
    return x;
}


enum { FUNCTION_ITEM = 16384 };

INLINE void function_loop(const wt_function function, const wt_rows_work *work, ptrdiff_t first,
                          ptrdiff_t end) {
    wt_vector alpha = splat(work->alpha), beta = splat(work->beta);
    for (ptrdiff_t i = first; i < end; i += LANES) {
        int part = end - i < LANES ? (int)(end - i) : LANES;
        store_part(work->output + i,
                   function_value(function, load_part(work->input + i, part), alpha, beta), part);
    }
}

#define FUNCTION(name)                                                                             \
    case name: function_loop(name, work, first, end); break;

static void function_item(void *context, int item, int worker) {
    (void)worker;
    const wt_rows_work *work = context;
    ptrdiff_t first = (ptrdiff_t)item * FUNCTION_ITEM, count = work->rows * work->length;
    ptrdiff_t end = first + FUNCTION_ITEM < count ? first + FUNCTION_ITEM : count;
    switch (work->function) {
        FUNCTION(WT_EXP)
        FUNCTION(WT_SIGMOID)
        FUNCTION(WT_TANH)
        FUNCTION(WT_ERF)
        FUNCTION(WT_GELU)
        FUNCTION(WT_SILU)
        FUNCTION(WT_HARD_SIGMOID)
        FUNCTION(WT_HARD_SWISH)
        FUNCTION(WT_LEAKY)
        FUNCTION(WT_CLAMP)
    }
}

static void function_run(wt_pool *pool, const wt_rows_work *work) {
    ptrdiff_t count = work->rows * work->length;
    wt_pool_run(pool, (int)((count + FUNCTION_ITEM - 1) / FUNCTION_ITEM), function_item,
                (void *)work);
}

/// The sum of the lanes, first to last.
INLINE float lane_sum(wt_vector v) {
    float sum = 0;
    for (int i = 0; i < LANES; i++) sum += v[i];
    return sum;
}

static void softmax_item(void *context, int item, int worker) {
    (void)worker;
    const wt_rows_work *work = context;
    ptrdiff_t length = work->length;
    const float *from = work->input + item * length;
    float *to = work->output + item * length;
    wt_vector greatest = splat(-INFINITY);
    ptrdiff_t whole = length / LANES * LANES;
    for (ptrdiff_t i = 0; i < whole; i += LANES) greatest = maximum(greatest, load(from + i));
    float top = -INFINITY;
    for (int i = 0; i < LANES; i++) top = greatest[i] > top || top != top ? greatest[i] : top;
    for (ptrdiff_t i = whole; i < length; i++) top = from[i] > top ? from[i] : top;
    wt_vector sums = {}, shift = splat(top);
    for (ptrdiff_t i = 0; i < length; i += LANES) {
        int part = length - i < LANES ? (int)(length - i) : LANES;
        wt_vector value = exp_(load_part(from + i, part) - shift);
        store_part(to + i, value, part);
        if (part == LANES) sums += value;
        else
            for (int k = 0; k < part; k++) sums[k] += value[k];
    }
    wt_vector sum = splat(lane_sum(sums));
    for (ptrdiff_t i = 0; i < length; i += LANES) {
        int part = length - i < LANES ? (int)(length - i) : LANES;
        store_part(to + i, load_part(to + i, part) / sum, part);
    }
}

static void normalize_item(void *context, int item, int worker) {
    (void)worker;
    const wt_rows_work *work = context;
    ptrdiff_t length = work->length;
    const float *from = work->input + item * length;
    float *to = work->output + item * length;
    wt_vector sums = {};
    for (ptrdiff_t i = 0; i < length; i += LANES)
        sums += load_part(from + i, length - i < LANES ? (int)(length - i) : LANES);
    wt_vector mean = splat(lane_sum(sums) / (float)length), squares = {};
    for (ptrdiff_t i = 0; i < length; i += LANES) {
        int part = length - i < LANES ? (int)(length - i) : LANES;
        wt_vector d = load_part(from + i, part) - mean;
        for (int k = part; k < LANES; k++) d[k] = 0;
        squares = fma_(d, d, squares);
    }
    float variance = lane_sum(squares) / (float)length;
    wt_vector factor = splat(1.0f / __builtin_sqrtf(variance + work->alpha));
    for (ptrdiff_t i = 0; i < length; i += LANES) {
        int part = length - i < LANES ? (int)(length - i) : LANES;
        wt_vector value = (load_part(from + i, part) - mean) * factor;
        if (work->scale) value *= load_part(work->scale + i, part);
        if (work->shift) value += load_part(work->shift + i, part);
        store_part(to + i, value, part);
    }
}

static void rows_run(wt_pool *pool, const wt_rows_work *work) {
    if (work->rows * work->length == 0) return;
    wt_pool_run(pool, (int)work->rows, work->normalizes ? normalize_item : softmax_item,
                (void *)work);
}
