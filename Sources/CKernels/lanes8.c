// Kernels for AVX2 with FMA: eight floats, 16 registers, so micro-kernels of up to 6 rows.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), \
                             apply_to = function)
#define LANES 8
#define ROWS_MAX 6
#define TABLE wt_kernels_8
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
typedef int wt_no_avx2;
#endif
