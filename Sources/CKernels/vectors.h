// One vector of LANES floats, and the few operations the kernels need. Included by lanes4.c,
// lanes8.c and lanes16.c after they define LANES; no include guard, one inclusion per file.

typedef float wt_vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t wt_mask __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE wt_vector load(const float *from) { return *(const wt_vector *)from; }

INLINE void store(float *to, wt_vector value) { *(wt_vector *)to = value; }

INLINE wt_vector splat(float value) { return value - (wt_vector){}; }

/// The first `count` values, the rest zero; reads nothing beyond them.
INLINE wt_vector load_part(const float *from, int count) {
    if (count >= LANES) return load(from);
#if LANES == 16
    return (wt_vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
    float values[LANES] = {0};
    for (int i = 0; i < count; i++) values[i] = from[i];
    return load(values);
#endif
}

/// Writes the first `count` values and nothing else.
INLINE void store_part(float *to, wt_vector value, int count) {
    if (count >= LANES) {
        store(to, value);
        return;
    }
#if LANES == 16
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)value);
#else
    for (int i = 0; i < count; i++) to[i] = value[i];
#endif
}

/// a * b + c; one rounding where the processor can, two otherwise.
INLINE wt_vector fma_(wt_vector a, wt_vector b, wt_vector c) {
#if LANES > 4 || defined(__aarch64__)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/// The value within two bounds. Not a number stays not a number, as ONNX asks of Relu and Clip: the
/// x86 instructions give their second operand if either is none.
INLINE wt_vector clamp(wt_vector value, wt_vector low, wt_vector high) {
#if LANES == 16
    value = (wt_vector)_mm512_max_ps((__m512)low, (__m512)value);
    return (wt_vector)_mm512_min_ps((__m512)high, (__m512)value);
#elif LANES == 8
    value = (wt_vector)_mm256_max_ps((__m256)low, (__m256)value);
    return (wt_vector)_mm256_min_ps((__m256)high, (__m256)value);
#else
    wt_mask below = value < low;
    value = (wt_vector)((below & (wt_mask)low) | (~below & (wt_mask)value));
    wt_mask above = value > high;
    return (wt_vector)((above & (wt_mask)high) | (~above & (wt_mask)value));
#endif
}

/// The greater one; not a number if either is.
INLINE wt_vector maximum(wt_vector a, wt_vector b) {
    wt_mask keep = (a >= b) | (a != a);
    return (wt_vector)((keep & (wt_mask)a) | (~keep & (wt_mask)b));
}
