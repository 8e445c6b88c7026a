// Kernels for any processor: four floats (SSE2, NEON).
#include <math.h>
#include <string.h>

#include "kernels.h"

#define LANES 4
#define ROWS_MAX 6
#define TABLE wt_kernels_4
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
