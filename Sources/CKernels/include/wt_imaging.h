// Kernels of the room Imaging: windowing, area resampling, statistics.
#ifndef WT_IMAGING_H
#define WT_IMAGING_H

#include <stddef.h>
#include <stdint.h>

#endif
