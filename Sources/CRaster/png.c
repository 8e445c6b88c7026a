// PNG through libpng, from memory to grey floats and back.
#include "raster_internal.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
    char *message;
    size_t message_size;
} png_source;

static void refuse(png_structp png, png_const_charp text) {
    png_source *source = png_get_error_ptr(png);
    wt_raster_say(source->message, source->message_size, text);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep out, size_t wanted) {
    png_source *source = png_get_io_ptr(png);
    if (wanted > source->count - source->position) {
        png_error(png, "the file ends before the picture does");
    }
    memcpy(out, source->bytes + source->position, wanted);
    source->position += wanted;
}

// Creates a reader whose memory for ancillary chunks is bounded (no zTXt or iCCP bombs).
static png_structp make_reader(png_source *source) {
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, source, refuse, ignore_warning);
    if (png != NULL) {
        png_set_read_fn(png, source, read_bytes);
        png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
        png_set_chunk_cache_max(png, 64);
        png_set_chunk_malloc_max(png, 4 << 20);
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    }
    return png;
}

wt_raster_status wt_png_header(
    const uint8_t *bytes, size_t count, wt_raster_header *header, char *message,
    size_t message_size) {
    png_source source = {bytes, count, 0, message, message_size};
    png_structp png = make_reader(&source);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        return WT_RASTER_MEMORY;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return WT_RASTER_DAMAGED;
    }
    png_read_info(png, info);
    int colour = png_get_color_type(png, info);
    header->width = png_get_image_width(png, info);
    header->height = png_get_image_height(png, info);
    header->bits = png_get_bit_depth(png, info) == 16 ? 16 : 8;
    header->is_colour = (colour & PNG_COLOR_MASK_COLOR) != 0;
    header->has_alpha =
        (colour & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    png_destroy_read_struct(&png, &info, NULL);
    return WT_RASTER_OK;
}

static float sample(const uint8_t *at, int is_wide) {
    return is_wide ? (float)((unsigned)at[0] << 8 | at[1]) : (float)at[0];
}

static void row_to_grey(
    const uint8_t *row, uint32_t width, int channels, int is_wide, float *grey) {
    const size_t step = (size_t)channels * (is_wide ? 2 : 1);
    const size_t next = is_wide ? 2 : 1;
    for (uint32_t x = 0; x < width; x++, row += step) {
        float first = sample(row, is_wide);
        grey[x] = channels < 3 ? first
                               : wt_luma(first, sample(row + next, is_wide),
                                         sample(row + 2 * next, is_wide));
    }
}

wt_raster_status wt_png_grey(
    const uint8_t *bytes, size_t count, const wt_raster_header *header, float *grey,
    char *message, size_t message_size) {
    png_source source = {bytes, count, 0, message, message_size};
    png_structp png = make_reader(&source);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    uint8_t *volatile buffer = NULL;
    png_bytep *volatile rows = NULL;
    volatile wt_raster_status status = WT_RASTER_DAMAGED;
    if (info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        return WT_RASTER_MEMORY;
    }
    if (setjmp(png_jmpbuf(png))) {
        goto done;
    }
    png_read_info(png, info);
    if (png_get_image_width(png, info) != header->width ||
        png_get_image_height(png, info) != header->height) {
        png_error(png, "the header changed between two readings");
    }
    int colour = png_get_color_type(png, info);
    if (colour == PNG_COLOR_TYPE_PALETTE) {
        png_set_palette_to_rgb(png);
    }
    if (colour == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8) {
        png_set_expand_gray_1_2_4_to_8(png);
    }
    if (colour & PNG_COLOR_MASK_ALPHA) {
        png_set_strip_alpha(png);
    }
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    int channels = png_get_channels(png, info);
    int is_wide = png_get_bit_depth(png, info) == 16;
    size_t row_bytes = png_get_rowbytes(png, info);
    size_t kept_rows = passes > 1 ? header->height : 1;
    buffer = malloc(row_bytes * kept_rows);
    rows = passes > 1 ? malloc(sizeof(png_bytep) * kept_rows) : NULL;
    if (buffer == NULL || (passes > 1 && rows == NULL)) {
        status = WT_RASTER_MEMORY;
        goto done;
    }
    if (passes > 1) {
        for (size_t y = 0; y < kept_rows; y++) {
            rows[y] = buffer + y * row_bytes;
        }
        png_read_image(png, rows);
    }
    for (uint32_t y = 0; y < header->height; y++) {
        if (passes == 1) {
            png_read_row(png, buffer, NULL);
        }
        const uint8_t *row = passes > 1 ? rows[y] : buffer;
        row_to_grey(row, header->width, channels, is_wide, grey + (size_t)y * header->width);
    }
    png_read_end(png, NULL);
    status = WT_RASTER_OK;
done:
    free(rows);
    free(buffer);
    png_destroy_read_struct(&png, &info, NULL);
    return status;
}

typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} png_sink;

static void write_bytes(png_structp png, png_bytep data, size_t count) {
    png_sink *sink = png_get_io_ptr(png);
    if (count > sink->capacity - sink->count) {
        size_t capacity = sink->capacity * 2 + count + 4096;
        uint8_t *grown = realloc(sink->bytes, capacity);
        if (grown == NULL) {
            png_error(png, "out of memory");
        }
        sink->bytes = grown;
        sink->capacity = capacity;
    }
    memcpy(sink->bytes + sink->count, data, count);
    sink->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

wt_raster_status wt_raster_write_png(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, uint8_t **out,
    size_t *out_count) {
    png_source silent = {NULL, 0, 0, NULL, 0};
    png_sink sink = {NULL, 0, 0};
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, &silent, refuse, ignore_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_write_struct(&png, NULL);
        return WT_RASTER_MEMORY;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        free(sink.bytes);
        return WT_RASTER_MEMORY;
    }
    png_set_write_fn(png, &sink, write_bytes, flush_nothing);
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
    png_set_IHDR(png, info, width, height, 8,
                 channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (uint32_t y = 0; y < height; y++) {
        png_write_row(png, pixels + (size_t)y * width * channels);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    *out = sink.bytes;
    *out_count = sink.count;
    return WT_RASTER_OK;
}

void wt_raster_free(uint8_t *bytes) { free(bytes); }
