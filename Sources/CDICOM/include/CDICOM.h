// DCMTK, OpenJPEG, zlib and iconv behind plain C. No C++ type, no exception and no allocation that
// the caller must know how to free leaves this header, except where a function says so.
//
// All functions may be called from any thread. A handle must be used by one thread at a time.

#ifndef CDICOM_H
#define CDICOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a call came to.
typedef enum __attribute__((enum_extensibility(closed))) {
    wt_status_ok __attribute__((swift_name("ok"))) = 0,
    /// The bytes end before what they announce.
    wt_status_truncated __attribute__((swift_name("truncated"))) = 1,
    /// The bytes contradict themselves or the format.
    wt_status_damaged __attribute__((swift_name("damaged"))) = 2,
    /// What the bytes hold differs in size or depth from what the caller expects.
    wt_status_mismatch __attribute__((swift_name("mismatch"))) = 3,
    /// Well formed, but no decoder or encoder for it is at hand.
    wt_status_unsupported __attribute__((swift_name("unsupported"))) = 4,
    /// A limit of this header was reached (nesting, output size, memory).
    wt_status_limit __attribute__((swift_name("limit"))) = 5
} wt_status __attribute__((swift_name("CDICOMStatus")));

/// How a data set's elements are written.
typedef enum __attribute__((enum_extensibility(closed))) {
    /// To be found out from the bytes.
    wt_encoding_unknown __attribute__((swift_name("unknown"))) = 0,
    wt_encoding_implicit_little __attribute__((swift_name("implicitLittle"))) = 1,
    wt_encoding_explicit_little __attribute__((swift_name("explicitLittle"))) = 2,
    wt_encoding_explicit_big __attribute__((swift_name("explicitBig"))) = 3,
    /// Explicit little endian whose pixel data may be a sequence of fragments.
    wt_encoding_encapsulated __attribute__((swift_name("encapsulated"))) = 4
} wt_encoding __attribute__((swift_name("CDICOMEncoding")));

/// A parsed data set.
typedef struct wt_dataset wt_dataset;

/// One element of a data set, in file order, depth first. An item of a sequence is listed as
/// (FFFE,E000) with the length 0.
typedef struct {
    uint16_t group;
    uint16_t element;
    /// Two ASCII letters; `??` where unknown.
    char vr[2];
    /// 0 for the data set itself, 1 inside an item of a sequence, and so on.
    uint16_t depth;
    /// Bytes of the value; 0 for sequences, items and encapsulated pixel data.
    uint32_t length;
    /// True for pixel data that is a sequence of fragments.
    bool is_encapsulated;
} wt_element;

/// Loads DCMTK's dictionary (about 20 ms, once for the process) and registers the codecs. Every
/// other function does it by itself; call it early on another thread to hide the time.
/// @return the number of dictionary entries; 0 where the dictionary file is missing.
int32_t wt_library_prepare(void);

/// Names and versions of the libraries in use, as one line; never NULL, static storage.
const char *wt_library_versions(void);

/// The dictionary's keyword of a standard attribute.
/// @return bytes written to `buffer` (no terminator), 0 for an unknown or private one.
size_t wt_dictionary_keyword(uint16_t group, uint16_t element, char *buffer, size_t capacity);

/// Parses a data set (without preamble and meta header) from memory; copies what it keeps.
/// @param encoding replaced by what was found where it was `unknown`.
/// @param message receives a NUL-terminated reason of at most `message_capacity` bytes.
/// @return `ok`, and a handle in `out` to be closed; otherwise nothing to close.
wt_status wt_dataset_open(
    const uint8_t *bytes, size_t count, wt_encoding *encoding, wt_dataset **out, char *message,
    size_t message_capacity);

/// Frees a handle; NULL is allowed.
void wt_dataset_close(wt_dataset *dataset);

/// Number of listed elements.
size_t wt_dataset_count(const wt_dataset *dataset);

/// One listed element; `index` below the count.
wt_element wt_dataset_element(const wt_dataset *dataset, size_t index);

/// Copies `count` bytes of an element's value from `offset`, in the file's own byte order.
/// @return false where the range is outside the value, or the element has no plain value.
bool wt_dataset_value(
    wt_dataset *dataset, size_t index, size_t offset, size_t count, uint8_t *buffer);

/// Number of fragments of encapsulated pixel data, with the basic offset table as number 0.
size_t wt_dataset_fragment_count(wt_dataset *dataset, size_t index);

/// Length of a fragment in bytes.
size_t wt_dataset_fragment_length(wt_dataset *dataset, size_t index, size_t fragment);

/// Copies a whole fragment; `buffer` holds its length.
bool wt_dataset_fragment(wt_dataset *dataset, size_t index, size_t fragment, uint8_t *buffer);

/// How the samples of one frame lie: row by row, colour by pixel.
typedef struct {
    uint32_t rows;
    uint32_t columns;
    /// 1 or 3.
    uint32_t samples;
    /// 1, 2 or 4.
    uint32_t bytes_per_sample;
    /// Bits that carry information.
    uint32_t precision;
    bool is_signed;
    /// True where the three samples are luma and chroma.
    bool is_ybr;
} wt_frame_format;

/// Decodes one frame of JPEG (all processes), JPEG-LS or RLE with DCMTK.
/// @param transfer_syntax UID.
/// @param samples receives rows * columns * samples * bytes_per_sample bytes in the machine's byte
///   order, colour components as they are coded (no colour conversion).
/// @param capacity at least that number, rounded up to even.
wt_status wt_frame_decode(
    const char *transfer_syntax, const wt_frame_format *format, const uint8_t *bytes, size_t count,
    uint8_t *samples, size_t capacity, char *message, size_t message_capacity);

/// Encodes one frame losslessly (JPEG lossless, JPEG-LS lossless, RLE) or, for JPEG baseline and
/// extended, at the given quality 1...100, with DCMTK.
/// @param out receives memory to be freed with `wt_free`.
wt_status wt_frame_encode(
    const char *transfer_syntax, const wt_frame_format *format, const uint8_t *samples,
    size_t count, int32_t quality, uint8_t **out, size_t *out_count, char *message,
    size_t message_capacity);

/// What a JPEG 2000 or HTJ2K codestream says of itself.
typedef struct {
    uint32_t width;
    uint32_t height;
    uint32_t components;
    uint32_t precision;
    bool is_signed;
    /// True where the stream carries a colour transform, which decoding undoes.
    bool has_colour_transform;
} wt_j2k_header;

/// Decodes a JPEG 2000 (Part 1) or HTJ2K codestream, raw or in a JP2 box, with OpenJPEG.
/// @param expected width, height and components; a stream of other sizes is refused (`mismatch`)
///   before anything is decoded.
/// @param found receives what the stream says.
/// @param samples receives components * height * width values, plane after plane.
/// @param threads helper threads, 0 for none.
wt_status wt_j2k_decode(
    const uint8_t *bytes, size_t count, const wt_j2k_header *expected, wt_j2k_header *found,
    int32_t *samples, int32_t threads, char *message, size_t message_capacity);

/// Encodes one component losslessly as a JPEG 2000 codestream.
/// @param out receives memory to be freed with `wt_free`.
wt_status wt_j2k_encode(
    const int32_t *samples, uint32_t width, uint32_t height, uint32_t precision, bool is_signed,
    uint8_t **out, size_t *out_count, char *message, size_t message_capacity);

/// Undoes raw deflate (RFC 1951), giving up over `limit` bytes.
/// @param out receives memory to be freed with `wt_free`.
wt_status wt_inflate(
    const uint8_t *bytes, size_t count, size_t limit, uint8_t **out, size_t *out_count);

/// Raw deflate (RFC 1951) at level 6.
/// @param out receives memory to be freed with `wt_free`.
wt_status wt_deflate(const uint8_t *bytes, size_t count, uint8_t **out, size_t *out_count);

/// Converts text to UTF-8 with the C library's iconv; a byte that cannot be converted becomes
/// U+FFFD and is counted.
/// @param encoding iconv's name.
/// @param out receives memory to be freed with `wt_free`.
/// @return the number of replaced bytes; -1 where the encoding is not available.
int64_t wt_text_to_utf8(
    const char *encoding, const uint8_t *bytes, size_t count, uint8_t **out, size_t *out_count);

/// Converts UTF-8 to another encoding.
/// @return false where a character does not exist there.
bool wt_text_from_utf8(
    const char *encoding, const uint8_t *bytes, size_t count, uint8_t **out, size_t *out_count);

/// Frees what a function of this header allocated; NULL is allowed.
void wt_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
