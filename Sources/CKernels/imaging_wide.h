// One spelling for "compile this loop for several vector widths and choose at start".
#ifndef WT_IMAGING_WIDE_H
#define WT_IMAGING_WIDE_H

#if defined(__x86_64__) && defined(__linux__)
#define WT_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WT_WIDE
#endif

#endif
