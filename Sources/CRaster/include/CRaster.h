// PNG and JPEG in memory, read as grey and written as 8-bit PNG; libpng and libjpeg-turbo behind it.
//
// No libpng or libjpeg type, and no longjmp, leaves this header's functions. All are re-entrant.
#ifndef WT_CRASTER_H
#define WT_CRASTER_H

#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) {
    WT_RASTER_OK __attribute__((swift_name("ok"))) = 0,
    // Neither PNG nor JPEG by its first bytes.
    WT_RASTER_UNKNOWN __attribute__((swift_name("unknown"))) = 1,
    // Cut short, wrong checksum, impossible code: no picture, not half of one.
    WT_RASTER_DAMAGED __attribute__((swift_name("damaged"))) = 2,
    // More pixels than the caller allows, or a side of zero.
    WT_RASTER_DIMENSIONS __attribute__((swift_name("dimensions"))) = 3,
    // A valid file of a kind that is not read here (CMYK, 12-bit or arithmetic JPEG).
    WT_RASTER_UNSUPPORTED __attribute__((swift_name("unsupported"))) = 4,
    WT_RASTER_MEMORY __attribute__((swift_name("memory"))) = 5,
} wt_raster_status;

typedef struct {
    uint32_t width;
    uint32_t height;
    // Bits of a decoded sample: 8 or 16 (1, 2 and 4 bit PNG are expanded to 8).
    uint32_t bits;
    // 1 when the file has three colour channels (or a palette).
    uint32_t is_colour;
    // 1 when an alpha channel or transparency was there (and is dropped, not blended).
    uint32_t has_alpha;
    // 0 PNG, 1 JPEG.
    uint32_t is_jpeg;
} wt_raster_header;

// 0 neither, 1 PNG, 2 JPEG, by the first bytes.
int wt_raster_kind(const uint8_t *bytes, size_t count);

// Reads the header only. `message` (may be NULL) receives at most `message_size` bytes, NUL included.
wt_raster_status wt_raster_read_header(
    const uint8_t *bytes, size_t count, uint64_t pixel_limit, wt_raster_header *header,
    char *message, size_t message_size);

// Decodes to `grey`, width * height floats of the caller, row-major: 0...255 for 8-bit files,
// 0...65535 for 16-bit ones; colour is 0.299 R + 0.587 G + 0.114 B, not rounded.
// `header` must be what wt_raster_read_header gave for the same bytes.
wt_raster_status wt_raster_read_grey(
    const uint8_t *bytes, size_t count, const wt_raster_header *header, float *grey,
    char *message, size_t message_size);

// Writes an 8-bit PNG with `channels` 1 (grey) or 3 (RGB). On success *out is to be given to
// wt_raster_free. The same pixels give the same bytes.
wt_raster_status wt_raster_write_png(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t **out,
    size_t *out_count);

void wt_raster_free(uint8_t *bytes);

#endif
