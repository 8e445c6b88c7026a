// JPEG 2000 and HTJ2K with OpenJPEG, from and to memory.

#include <openjpeg-2.5/openjpeg.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string>
#include <vector>

#include "Common.hpp"

namespace {

struct Source {
    const uint8_t *bytes;
    size_t count;
    size_t position;
};

OPJ_SIZE_T readSource(void *buffer, OPJ_SIZE_T wanted, void *context) {
    auto *source = static_cast<Source *>(context);
    size_t part = std::min<size_t>(wanted, source->count - source->position);
    if (part == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(buffer, source->bytes + source->position, part);
    source->position += part;
    return part;
}

OPJ_OFF_T skipSource(OPJ_OFF_T wanted, void *context) {
    auto *source = static_cast<Source *>(context);
    if (wanted < 0) return -1;
    size_t part = std::min<size_t>(static_cast<size_t>(wanted), source->count - source->position);
    source->position += part;
    return static_cast<OPJ_OFF_T>(part);
}

OPJ_BOOL seekSource(OPJ_OFF_T position, void *context) {
    auto *source = static_cast<Source *>(context);
    if (position < 0 || static_cast<size_t>(position) > source->count) return OPJ_FALSE;
    source->position = static_cast<size_t>(position);
    return OPJ_TRUE;
}

struct Sink {
    std::vector<uint8_t> bytes;
    size_t position = 0;
    bool failed = false;
};

OPJ_SIZE_T writeSink(void *buffer, OPJ_SIZE_T count, void *context) {
    auto *sink = static_cast<Sink *>(context);
    try {
        if (sink->position + count > sink->bytes.size()) sink->bytes.resize(sink->position + count);
    } catch (...) {
        sink->failed = true;
        return static_cast<OPJ_SIZE_T>(-1);
    }
    std::memcpy(sink->bytes.data() + sink->position, buffer, count);
    sink->position += count;
    return count;
}

OPJ_OFF_T skipSink(OPJ_OFF_T count, void *context) {
    auto *sink = static_cast<Sink *>(context);
    if (count < 0) return -1;
    sink->position += static_cast<size_t>(count);
    return count;
}

OPJ_BOOL seekSink(OPJ_OFF_T position, void *context) {
    auto *sink = static_cast<Sink *>(context);
    if (position < 0) return OPJ_FALSE;
    sink->position = static_cast<size_t>(position);
    return OPJ_TRUE;
}

/// Keeps the first message, which names the cause; later ones only follow from it.
void keepMessage(const char *text, void *context) {
    auto *kept = static_cast<std::string *>(context);
    try {
        if (kept->empty() && text != nullptr) *kept = text;
        while (!kept->empty() && std::isspace(static_cast<unsigned char>(kept->back()))) {
            kept->pop_back();
        }
    } catch (...) {
        kept->clear();
    }
}

void dropMessage(const char *, void *) {}

using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

Stream openStream(Source &source) {
    Stream stream(opj_stream_create(1 << 16, OPJ_TRUE), opj_stream_destroy);
    if (!stream) throw std::bad_alloc();
    opj_stream_set_user_data(stream.get(), &source, nullptr);
    opj_stream_set_user_data_length(stream.get(), source.count);
    opj_stream_set_read_function(stream.get(), readSource);
    opj_stream_set_skip_function(stream.get(), skipSource);
    opj_stream_set_seek_function(stream.get(), seekSource);
    return stream;
}

void listen(opj_codec_t *codec, std::string &kept) {
    opj_set_info_handler(codec, dropMessage, nullptr);
    opj_set_warning_handler(codec, dropMessage, nullptr);
    opj_set_error_handler(codec, keepMessage, &kept);
}

bool hasColourTransform(opj_codec_t *codec) {
    opj_codestream_info_v2_t *info = opj_get_cstr_info(codec);
    bool has = info != nullptr && info->m_default_tile_info.mct != 0;
    if (info != nullptr) opj_destroy_cstr_info(&info);
    return has;
}

/// True where all components have the size of the first and one precision of at most 32 bits.
bool isUniform(const opj_image_t *image) {
    if (image->numcomps == 0 || image->comps == nullptr) return false;
    const opj_image_comp_t &first = image->comps[0];
    for (OPJ_UINT32 i = 0; i < image->numcomps; i++) {
        const opj_image_comp_t &component = image->comps[i];
        if (component.dx != 1 || component.dy != 1 || component.prec != first.prec
            || component.prec > 32 || component.sgnd != first.sgnd) {
            return false;
        }
    }
    return true;
}

}  // namespace

wt_status wt_j2k_decode(
    const uint8_t *bytes, size_t count, const wt_j2k_header *expected, wt_j2k_header *found,
    int32_t *samples, int32_t threads, char *message, size_t message_capacity) {
    return wt::guarded(message, message_capacity, [&]() -> wt_status {
        static const uint8_t box[] = {0, 0, 0, 12, 'j', 'P', ' ', ' '};
        bool isBoxed = count > sizeof box && std::memcmp(bytes, box, sizeof box) == 0;
        Source source = {bytes, count, 0};
        std::string reason;
        Stream stream = openStream(source);
        Codec codec(
            opj_create_decompress(isBoxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K), opj_destroy_codec);
        if (!codec) throw std::bad_alloc();
        listen(codec.get(), reason);
        opj_dparameters_t parameters;
        opj_set_default_decoder_parameters(&parameters);
        auto fail = [&](wt_status status, const char *fallback) {
            wt::say(message, message_capacity, reason.empty() ? fallback : reason.c_str());
            return status;
        };
        if (!opj_setup_decoder(codec.get(), &parameters)) return fail(wt_status_damaged, "set-up");
        if (threads > 0) opj_codec_set_threads(codec.get(), threads);
        opj_image_t *raw = nullptr;
        if (!opj_read_header(stream.get(), codec.get(), &raw)) {
            return fail(wt_status_damaged, "no JPEG 2000 header");
        }
        Image image(raw, opj_image_destroy);
        if (!isUniform(image.get())) return fail(wt_status_unsupported, "components differ");
        found->width = image->x1 - image->x0;
        found->height = image->y1 - image->y0;
        found->components = image->numcomps;
        found->precision = image->comps[0].prec;
        found->is_signed = image->comps[0].sgnd != 0;
        found->has_colour_transform = hasColourTransform(codec.get());
        if (found->width != expected->width || found->height != expected->height
            || found->components != expected->components) {
            return fail(wt_status_mismatch, "the codestream has another size");
        }
        if (!opj_decode(codec.get(), stream.get(), image.get())
            || !opj_end_decompress(codec.get(), stream.get())) {
            return fail(wt_status_damaged, "the codestream cannot be decoded");
        }
        size_t plane = static_cast<size_t>(found->width) * found->height;
        for (OPJ_UINT32 i = 0; i < image->numcomps; i++) {
            const opj_image_comp_t &component = image->comps[i];
            if (component.data == nullptr || component.w != found->width
                || component.h != found->height) {
                return fail(wt_status_damaged, "a component is missing");
            }
            std::memcpy(samples + i * plane, component.data, plane * sizeof(int32_t));
        }
        return wt_status_ok;
    });
}

wt_status wt_j2k_encode(
    const int32_t *samples, uint32_t width, uint32_t height, uint32_t precision, bool is_signed,
    uint8_t **out, size_t *out_count, char *message, size_t message_capacity) {
    return wt::guarded(message, message_capacity, [&]() -> wt_status {
        opj_image_cmptparm_t component = {};
        component.dx = 1;
        component.dy = 1;
        component.w = width;
        component.h = height;
        component.prec = precision;
        component.sgnd = is_signed ? 1 : 0;
        Image image(opj_image_create(1, &component, OPJ_CLRSPC_GRAY), opj_image_destroy);
        if (!image) throw std::bad_alloc();
        image->x1 = width;
        image->y1 = height;
        size_t plane = static_cast<size_t>(width) * height;
        std::memcpy(image->comps[0].data, samples, plane * sizeof(int32_t));
        opj_cparameters_t parameters;
        opj_set_default_encoder_parameters(&parameters);
        parameters.irreversible = 0;
        parameters.tcp_numlayers = 1;
        parameters.tcp_rates[0] = 0;
        parameters.cp_disto_alloc = 1;
        // Each resolution halves the picture, so tiny ones take fewer.
        uint32_t side = std::min(width, height);
        while (parameters.numresolution > 1 && (side >> (parameters.numresolution - 1)) == 0) {
            parameters.numresolution -= 1;
        }
        Codec codec(opj_create_compress(OPJ_CODEC_J2K), opj_destroy_codec);
        if (!codec) throw std::bad_alloc();
        std::string reason;
        listen(codec.get(), reason);
        Sink sink;
        Stream stream(opj_stream_create(1 << 16, OPJ_FALSE), opj_stream_destroy);
        if (!stream) throw std::bad_alloc();
        opj_stream_set_user_data(stream.get(), &sink, nullptr);
        opj_stream_set_write_function(stream.get(), writeSink);
        opj_stream_set_skip_function(stream.get(), skipSink);
        opj_stream_set_seek_function(stream.get(), seekSink);
        bool done = opj_setup_encoder(codec.get(), &parameters, image.get())
            && opj_start_compress(codec.get(), image.get(), stream.get())
            && opj_encode(codec.get(), stream.get())
            && opj_end_compress(codec.get(), stream.get());
        stream.reset();
        if (!done || sink.failed) {
            wt::say(message, message_capacity, reason.c_str());
            return wt_status_unsupported;
        }
        *out = wt::copied(sink.bytes.data(), sink.bytes.size());
        *out_count = sink.bytes.size();
        return wt_status_ok;
    });
}
