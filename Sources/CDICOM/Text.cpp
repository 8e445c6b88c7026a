// Character conversion with the C library's iconv, and raw deflate with zlib.

#include <iconv.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>
#include <vector>

#include "Common.hpp"

namespace {

/// An open conversion, closed at the end of its scope.
struct Conversion {
    iconv_t handle;
    Conversion(const char *to, const char *from) : handle(iconv_open(to, from)) {}
    ~Conversion() {
        if (isOpen()) iconv_close(handle);
    }
    Conversion(const Conversion &) = delete;
    Conversion &operator=(const Conversion &) = delete;
    bool isOpen() const { return handle != reinterpret_cast<iconv_t>(-1); }
};

/// Converts all bytes; what cannot be converted is replaced by `replacement`, one byte at a time.
/// Returns the number of replaced bytes, or -1 where `replacement` is NULL and one was met.
int64_t convert(
    Conversion &conversion, const uint8_t *bytes, size_t count, const char *replacement,
    std::string &result) {
    char *input = reinterpret_cast<char *>(const_cast<uint8_t *>(bytes));
    size_t left = count;
    int64_t replaced = 0;
    char chunk[512];
    while (left > 0) {
        char *output = chunk;
        size_t room = sizeof chunk;
        size_t done = iconv(conversion.handle, &input, &left, &output, &room);
        int reason = errno;
        result.append(chunk, sizeof chunk - room);
        if (done != static_cast<size_t>(-1) || reason == E2BIG) continue;
        if (replacement == nullptr) return -1;
        result.append(replacement);
        replaced += 1;
        input += 1;
        left -= 1;
        iconv(conversion.handle, nullptr, nullptr, nullptr, nullptr);
    }
    return replaced;
}

/// Runs zlib's loop into a growing buffer of at most `limit` bytes.
template <typename Step>
int pump(z_stream &stream, const uint8_t *bytes, size_t count, size_t limit,
         std::vector<uint8_t> &result, Step step) {
    const uint8_t *next = bytes;
    size_t left = count;
    std::vector<uint8_t> chunk(1 << 16);
    int code = Z_OK;
    while (code == Z_OK) {
        if (stream.avail_in == 0 && left > 0) {
            size_t part = std::min<size_t>(left, UINT_MAX);
            stream.next_in = const_cast<uint8_t *>(next);
            stream.avail_in = static_cast<uInt>(part);
            next += part;
            left -= part;
        }
        stream.next_out = chunk.data();
        stream.avail_out = static_cast<uInt>(chunk.size());
        code = step(left == 0 ? Z_FINISH : Z_NO_FLUSH);
        size_t made = chunk.size() - stream.avail_out;
        if (made > limit - result.size()) return Z_MEM_ERROR;
        result.insert(result.end(), chunk.begin(), chunk.begin() + made);
        // With Z_FINISH, Z_BUF_ERROR means that the output was full, or that the input is cut.
        if (code == Z_BUF_ERROR && made > 0) code = Z_OK;
    }
    return code;
}

}  // namespace

int64_t wt_text_to_utf8(
    const char *encoding, const uint8_t *bytes, size_t count, uint8_t **out, size_t *out_count) {
    try {
        Conversion conversion("UTF-8", encoding);
        if (!conversion.isOpen()) return -1;
        std::string result;
        int64_t replaced = convert(conversion, bytes, count, "\xEF\xBF\xBD", result);
        *out = wt::copied(result.data(), result.size());
        *out_count = result.size();
        return replaced;
    } catch (...) {
        return -1;
    }
}

bool wt_text_from_utf8(
    const char *encoding, const uint8_t *bytes, size_t count, uint8_t **out, size_t *out_count) {
    try {
        Conversion conversion(encoding, "UTF-8");
        if (!conversion.isOpen()) return false;
        std::string result;
        if (convert(conversion, bytes, count, nullptr, result) < 0) return false;
        *out = wt::copied(result.data(), result.size());
        *out_count = result.size();
        return true;
    } catch (...) {
        return false;
    }
}

wt_status wt_inflate(
    const uint8_t *bytes, size_t count, size_t limit, uint8_t **out, size_t *out_count) {
    return wt::guarded(nullptr, 0, [&]() -> wt_status {
        z_stream stream = {};
        if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return wt_status_limit;
        std::vector<uint8_t> result;
        int code;
        try {
            code = pump(stream, bytes, count, limit, result, [&](int) {
                return inflate(&stream, Z_NO_FLUSH);
            });
        } catch (...) {
            inflateEnd(&stream);
            throw;
        }
        inflateEnd(&stream);
        if (code == Z_MEM_ERROR) return wt_status_limit;
        if (code == Z_BUF_ERROR) return wt_status_truncated;
        if (code != Z_STREAM_END) return wt_status_damaged;
        *out = wt::copied(result.data(), result.size());
        *out_count = result.size();
        return wt_status_ok;
    });
}

wt_status wt_deflate(const uint8_t *bytes, size_t count, uint8_t **out, size_t *out_count) {
    return wt::guarded(nullptr, 0, [&]() -> wt_status {
        z_stream stream = {};
        int code = deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        if (code != Z_OK) return wt_status_limit;
        std::vector<uint8_t> result;
        try {
            code = pump(stream, bytes, count, SIZE_MAX / 2, result, [&](int flush) {
                return deflate(&stream, flush);
            });
        } catch (...) {
            deflateEnd(&stream);
            throw;
        }
        deflateEnd(&stream);
        if (code != Z_STREAM_END) return wt_status_damaged;
        *out = wt::copied(result.data(), result.size());
        *out_count = result.size();
        return wt_status_ok;
    });
}
