// Kernels for AVX-512: sixteen floats, 32 registers, so micro-kernels of up to 14 rows.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)
#define LANES 16
#define ROWS_MAX 14
#define TABLE wt_kernels_16
#include "vectors.h"
#include "conv_body.h"
#include "winograd_filters_body.h"
#include "winograd_body.h"
#include "depthwise_body.h"
#include "separable_body.h"
#include "pool_body.h"
#include "pointwise_body.h"
#include "rows_body.h"
#include "table_body.h"
#pragma clang attribute pop
#else
typedef int wt_no_avx512;
#endif
