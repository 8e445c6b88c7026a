// Memory for weights and maps. Large blocks ask for huge pages: a fresh 4 KiB page costs the kernel
// about a microsecond, which for tens of megabytes is more than a pass through a small network.

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "CKernels.h"

static const size_t huge_page = 2u << 20;

static size_t block_size(size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

void *wt_memory_allocate(size_t bytes) {
    void *memory = NULL;
    if (bytes > SIZE_MAX / 4) return NULL;
    if (bytes < huge_page)
        return posix_memalign(&memory, 64, bytes > 0 ? bytes : 64) == 0 ? memory : NULL;
    if (posix_memalign(&memory, huge_page, block_size(bytes)) != 0) return NULL;
#if defined(MADV_HUGEPAGE)
    madvise(memory, block_size(bytes), MADV_HUGEPAGE);
#endif
    return memory;
}

void wt_memory_free(void *memory) { free(memory); }

void wt_memory_return_large_blocks(void) {
    // A frame of a large screen needs blocks of up to 4 MiB; given back and cleared anew they would
    // cost a fifth of its time. Images are larger.
    mallopt(M_MMAP_THRESHOLD, 6 << 20);
    mallopt(M_TRIM_THRESHOLD, 24 << 20);
    mallopt(M_ARENA_MAX, 2);
}
