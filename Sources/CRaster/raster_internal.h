// What the PNG and the JPEG half of this target share.
#ifndef WT_RASTER_INTERNAL_H
#define WT_RASTER_INTERNAL_H

#include "CRaster.h"

// ITU-R BT.601 luma, in Float32 and in this order: what the model packages' preprocessing states.
static inline float wt_luma(float red, float green, float blue) {
    return red * 0.299f + green * 0.587f + blue * 0.114f;
}

void wt_raster_say(char *message, size_t message_size, const char *text);

wt_raster_status wt_raster_check_size(
    uint64_t width, uint64_t height, uint64_t pixel_limit, char *message, size_t message_size);

wt_raster_status wt_png_header(
    const uint8_t *bytes, size_t count, wt_raster_header *header, char *message,
    size_t message_size);
wt_raster_status wt_png_grey(
    const uint8_t *bytes, size_t count, const wt_raster_header *header, float *grey,
    char *message, size_t message_size);
wt_raster_status wt_jpeg_header(
    const uint8_t *bytes, size_t count, wt_raster_header *header, char *message,
    size_t message_size);
wt_raster_status wt_jpeg_grey(
    const uint8_t *bytes, size_t count, const wt_raster_header *header, float *grey,
    char *message, size_t message_size);

#endif
