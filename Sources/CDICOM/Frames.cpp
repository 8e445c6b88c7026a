// JPEG, JPEG-LS and RLE frames with DCMTK's codecs. Each call builds a small data set of its own
// around one frame, so that nothing depends on the file's fragments or on its other attributes.

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include <memory>

#include "Common.hpp"

namespace {

void describe(DcmDataset &dataset, const wt_frame_format &format) {
    auto put = [&](const DcmTagKey &tag, uint32_t value) {
        dataset.putAndInsertUint16(tag, static_cast<Uint16>(value));
    };
    put(DCM_SamplesPerPixel, format.samples);
    const char *photometric = format.samples == 1 ? "MONOCHROME2"
        : format.is_ybr                           ? "YBR_FULL"
                                                  : "RGB";
    dataset.putAndInsertString(DCM_PhotometricInterpretation, photometric);
    if (format.samples > 1) put(DCM_PlanarConfiguration, 0);
    put(DCM_Rows, format.rows);
    put(DCM_Columns, format.columns);
    put(DCM_BitsAllocated, format.bytes_per_sample * 8);
    put(DCM_BitsStored, format.precision);
    put(DCM_HighBit, format.precision - 1);
    put(DCM_PixelRepresentation, format.is_signed ? 1 : 0);
    dataset.putAndInsertString(DCM_NumberOfFrames, "1");
}

size_t byteCount(const wt_frame_format &format) {
    return static_cast<size_t>(format.rows) * format.columns * format.samples
        * format.bytes_per_sample;
}

/// A pixel element that holds one compressed frame in one fragment.
std::unique_ptr<DcmPixelData> wrap(E_TransferSyntax syntax, const uint8_t *bytes, size_t count) {
    auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, EVR_OB));
    for (int number = 0; number < 2; number++) {
        auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
        if (number == 1) {
            // DCMTK pads an odd fragment itself.
            item->putUint8Array(bytes, static_cast<unsigned long>(count));
        }
        if (sequence->insert(item.get()).bad()) throw std::bad_alloc();
        (void)item.release();
    }
    auto element = std::make_unique<DcmPixelData>(DCM_PixelData);
    element->putOriginalRepresentation(syntax, nullptr, sequence.release());
    return element;
}

std::unique_ptr<DcmRepresentationParameter> parameter(E_TransferSyntax syntax, int32_t quality) {
    switch (syntax) {
        case EXS_JPEGProcess1:
        case EXS_JPEGProcess2_4: return std::make_unique<DJ_RPLossy>(quality);
        case EXS_JPEGProcess14:
        case EXS_JPEGProcess14SV1: return std::make_unique<DJ_RPLossless>(1, 0);
        case EXS_JPEGLSLossless: return std::make_unique<DJLSRepresentationParameter>(0, OFTrue);
        case EXS_RLELossless: return std::make_unique<DcmRLERepresentationParameter>();
        default: return nullptr;
    }
}

}  // namespace

wt_status wt_frame_decode(
    const char *transfer_syntax, const wt_frame_format *format, const uint8_t *bytes, size_t count,
    uint8_t *samples, size_t capacity, char *message, size_t message_capacity) {
    return wt::guarded(message, message_capacity, [&]() -> wt_status {
        wt::prepare();
        E_TransferSyntax syntax = DcmXfer(transfer_syntax).getXfer();
        size_t needed = byteCount(*format);
        size_t rounded = needed + (needed & 1);
        if (rounded > capacity || rounded > UINT32_MAX || count > UINT32_MAX - 2) {
            wt::say(message, message_capacity, "the frame is too large");
            return wt_status_limit;
        }
        DcmDataset dataset;
        describe(dataset, *format);
        DcmPixelData *pixels = wrap(syntax, bytes, count).release();
        if (dataset.insert(pixels).bad()) {
            delete pixels;
            return wt_status_damaged;
        }
        wt::WarningScope warnings;
        Uint32 start = 0;
        OFString colours;
        OFCondition condition = pixels->getUncompressedFrame(
            &dataset, 0, start, samples, static_cast<Uint32>(rounded), colours);
        if (condition.good() && warnings.invention.empty()) return wt_status_ok;
        wt::say(
            message, message_capacity,
            condition.bad() ? condition.text() : warnings.invention.c_str());
        return condition == EC_MemoryExhausted ? wt_status_limit : wt_status_damaged;
    });
}

wt_status wt_frame_encode(
    const char *transfer_syntax, const wt_frame_format *format, const uint8_t *samples,
    size_t count, int32_t quality, uint8_t **out, size_t *out_count, char *message,
    size_t message_capacity) {
    return wt::guarded(message, message_capacity, [&]() -> wt_status {
        wt::prepare();
        if (count != byteCount(*format) || count > UINT32_MAX - 1) return wt_status_mismatch;
        E_TransferSyntax syntax = DcmXfer(transfer_syntax).getXfer();
        std::unique_ptr<DcmRepresentationParameter> wanted = parameter(syntax, quality);
        if (!wanted || format->bytes_per_sample > 2) return wt_status_unsupported;
        DcmDataset dataset;
        describe(dataset, *format);
        if (format->bytes_per_sample == 1) {
            dataset.putAndInsertUint8Array(
                DCM_PixelData, samples, static_cast<unsigned long>(count));
        } else {
            dataset.putAndInsertUint16Array(
                DCM_PixelData, reinterpret_cast<const Uint16 *>(samples),
                static_cast<unsigned long>(count / 2));
        }
        OFCondition condition = dataset.chooseRepresentation(syntax, wanted.get());
        DcmElement *element = nullptr;
        DcmPixelSequence *sequence = nullptr;
        DcmPixelItem *item = nullptr;
        if (condition.good()) condition = dataset.findAndGetElement(DCM_PixelData, element);
        if (condition.good()) {
            condition = static_cast<DcmPixelData *>(element)->getEncapsulatedRepresentation(
                syntax, wanted.get(), sequence);
        }
        if (condition.good()) condition = sequence->getItem(item, 1);
        Uint8 *encoded = nullptr;
        if (condition.good()) condition = item->getUint8Array(encoded);
        if (condition.bad() || encoded == nullptr) {
            wt::say(message, message_capacity, condition.text());
            return wt_status_unsupported;
        }
        *out = wt::copied(encoded, item->getLength());
        *out_count = item->getLength();
        return wt_status_ok;
    });
}
