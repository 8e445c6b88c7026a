// The entry points: which decoder, and the limits before either is asked for pixels.
#include "raster_internal.h"

#include <stdio.h>
#include <string.h>

void wt_raster_say(char *message, size_t message_size, const char *text) {
    if (message != NULL && message_size > 0) {
        snprintf(message, message_size, "%s", text);
    }
}

int wt_raster_kind(const uint8_t *bytes, size_t count) {
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    if (count >= 8 && memcmp(bytes, png, 8) == 0) {
        return 1;
    }
    if (count >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF) {
        return 2;
    }
    return 0;
}

wt_raster_status wt_raster_check_size(
    uint64_t width, uint64_t height, uint64_t pixel_limit, char *message, size_t message_size) {
    if (width == 0 || height == 0 || height > pixel_limit / width) {
        char text[96];
        snprintf(text, sizeof text, "%llu x %llu pixels", (unsigned long long)width,
                 (unsigned long long)height);
        wt_raster_say(message, message_size, text);
        return WT_RASTER_DIMENSIONS;
    }
    return WT_RASTER_OK;
}

wt_raster_status wt_raster_read_header(
    const uint8_t *bytes, size_t count, uint64_t pixel_limit, wt_raster_header *header,
    char *message, size_t message_size) {
    memset(header, 0, sizeof *header);
    wt_raster_status status = WT_RASTER_UNKNOWN;
    switch (wt_raster_kind(bytes, count)) {
    case 1:
        status = wt_png_header(bytes, count, header, message, message_size);
        break;
    case 2:
        status = wt_jpeg_header(bytes, count, header, message, message_size);
        break;
    default:
        return status;
    }
    if (status != WT_RASTER_OK) {
        return status;
    }
    return wt_raster_check_size(
        header->width, header->height, pixel_limit, message, message_size);
}

wt_raster_status wt_raster_read_grey(
    const uint8_t *bytes, size_t count, const wt_raster_header *header, float *grey,
    char *message, size_t message_size) {
    switch (wt_raster_kind(bytes, count)) {
    case 1:
        return wt_png_grey(bytes, count, header, grey, message, message_size);
    case 2:
        return wt_jpeg_grey(bytes, count, header, grey, message, message_size);
    default:
        return WT_RASTER_UNKNOWN;
    }
}
