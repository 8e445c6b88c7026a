// JPEG through libjpeg-turbo, from memory to grey floats.
#include "raster_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <jerror.h>

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf landing;
    char *message;
    size_t message_size;
    int is_damaged;
} jpeg_errors;

static void say_last(j_common_ptr common) {
    jpeg_errors *errors = (jpeg_errors *)common->err;
    char text[JMSG_LENGTH_MAX];
    errors->base.format_message(common, text);
    wt_raster_say(errors->message, errors->message_size, text);
}

static void refuse(j_common_ptr common) {
    jpeg_errors *errors = (jpeg_errors *)common->err;
    say_last(common);
    longjmp(errors->landing, 1);
}

// libjpeg only warns of data that end early or make no sense, and paints the rest grey. A picture
// partly invented is worse than none, so these warnings refuse the file.
static void take_warning(j_common_ptr common, int level) {
    jpeg_errors *errors = (jpeg_errors *)common->err;
    if (level >= 0) {
        return;
    }
    switch (errors->base.msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_JPEG_EOF:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_NOT_SEQUENTIAL:
        refuse(common);
        break;
    default:
        break;
    }
}

static void prepare(
    struct jpeg_decompress_struct *jpeg, jpeg_errors *errors, char *message,
    size_t message_size) {
    jpeg->err = jpeg_std_error(&errors->base);
    errors->base.error_exit = refuse;
    errors->base.emit_message = take_warning;
    errors->message = message;
    errors->message_size = message_size;
}

static wt_raster_status cause(const jpeg_errors *errors) {
    switch (errors->base.msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
        return WT_RASTER_UNSUPPORTED;
    case JERR_OUT_OF_MEMORY:
        return WT_RASTER_MEMORY;
    case JERR_EMPTY_IMAGE:
    case JERR_IMAGE_TOO_BIG:
        return WT_RASTER_DIMENSIONS;
    default:
        return WT_RASTER_DAMAGED;
    }
}

wt_raster_status wt_jpeg_header(
    const uint8_t *bytes, size_t count, wt_raster_header *header, char *message,
    size_t message_size) {
    struct jpeg_decompress_struct jpeg;
    jpeg_errors errors;
    prepare(&jpeg, &errors, message, message_size);
    jpeg_create_decompress(&jpeg);
    if (setjmp(errors.landing)) {
        jpeg_destroy_decompress(&jpeg);
        return cause(&errors);
    }
    jpeg_mem_src(&jpeg, bytes, count);
    jpeg_read_header(&jpeg, TRUE);
    header->width = jpeg.image_width;
    header->height = jpeg.image_height;
    header->bits = 8;
    header->is_colour = jpeg.num_components > 1;
    header->is_jpeg = 1;
    int components = jpeg.num_components;
    jpeg_destroy_decompress(&jpeg);
    if (components != 1 && components != 3) {
        wt_raster_say(message, message_size, "four colour channels (CMYK)");
        return WT_RASTER_UNSUPPORTED;
    }
    return WT_RASTER_OK;
}

wt_raster_status wt_jpeg_grey(
    const uint8_t *bytes, size_t count, const wt_raster_header *header, float *grey,
    char *message, size_t message_size) {
    struct jpeg_decompress_struct jpeg;
    jpeg_errors errors;
    uint8_t *volatile row = NULL;
    prepare(&jpeg, &errors, message, message_size);
    jpeg_create_decompress(&jpeg);
    if (setjmp(errors.landing)) {
        free(row);
        jpeg_destroy_decompress(&jpeg);
        return cause(&errors);
    }
    jpeg_mem_src(&jpeg, bytes, count);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = header->is_colour ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_start_decompress(&jpeg);
    const size_t channels = header->is_colour ? 3 : 1;
    if (jpeg.output_width != header->width || jpeg.output_height != header->height ||
        (size_t)jpeg.output_components != channels) {
        jpeg_destroy_decompress(&jpeg);
        wt_raster_say(message, message_size, "the header changed between two readings");
        return WT_RASTER_DAMAGED;
    }
    row = malloc((size_t)header->width * channels);
    if (row == NULL) {
        jpeg_destroy_decompress(&jpeg);
        return WT_RASTER_MEMORY;
    }
    while (jpeg.output_scanline < jpeg.output_height) {
        float *out = grey + (size_t)jpeg.output_scanline * header->width;
        JSAMPROW rows[1] = {row};
        jpeg_read_scanlines(&jpeg, rows, 1);
        for (size_t x = 0; x < header->width; x++) {
            const uint8_t *at = row + x * channels;
            out[x] = channels == 1 ? (float)at[0] : wt_luma(at[0], at[1], at[2]);
        }
    }
    jpeg_finish_decompress(&jpeg);
    free(row);
    jpeg_destroy_decompress(&jpeg);
    return WT_RASTER_OK;
}
