// Parsing with DCMTK: bytes in, a flat list of elements and their values out.

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <pthread.h>

#include <functional>
#include <memory>
#include <vector>

#include "Common.hpp"

namespace {

/// DCMTK parses and frees nested sequences by recursion. No data set can nest deeper than it has
/// item tags, so their number bounds the stack; a kilobyte or two is used for each level.
constexpr size_t itemsOnPlainStack = 512;
constexpr size_t itemsAtMost = 100000;
constexpr size_t stackBytesPerItem = 4096;

size_t occurrences(const uint8_t *bytes, size_t count, const char *pattern) {
    size_t found = 0;
    const uint8_t *end = bytes + count;
    while (bytes < end) {
        auto *hit = static_cast<const uint8_t *>(memmem(bytes, end - bytes, pattern, 4));
        if (hit == nullptr) break;
        found += 1;
        bytes = hit + 4;
    }
    return found;
}

void *runBody(void *context) {
    (*static_cast<std::function<void()> *>(context))();
    return nullptr;
}

/// Runs `body` on a stack that is large enough for `items` levels; false where there is none.
bool onDeepStack(size_t items, std::function<void()> body) {
    if (items <= itemsOnPlainStack) {
        body();
        return true;
    }
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_t thread;
    size_t stackBytes = (1 << 20) + items * stackBytesPerItem;
    bool started = pthread_attr_setstacksize(&attributes, stackBytes) == 0
        && pthread_create(&thread, &attributes, runBody, &body) == 0;
    pthread_attr_destroy(&attributes);
    if (started) pthread_join(thread, nullptr);
    return started;
}

struct Listed {
    wt_element element;
    DcmElement *source;
};

E_TransferSyntax syntax(wt_encoding encoding) {
    switch (encoding) {
        case wt_encoding_implicit_little: return EXS_LittleEndianImplicit;
        case wt_encoding_explicit_little: return EXS_LittleEndianExplicit;
        case wt_encoding_explicit_big: return EXS_BigEndianExplicit;
        case wt_encoding_encapsulated: return EXS_JPEGProcess14SV1;
        case wt_encoding_unknown: break;
    }
    return EXS_Unknown;
}

wt_encoding encoding(E_TransferSyntax found) {
    switch (found) {
        case EXS_LittleEndianImplicit: return wt_encoding_implicit_little;
        case EXS_LittleEndianExplicit: return wt_encoding_explicit_little;
        case EXS_BigEndianExplicit: return wt_encoding_explicit_big;
        case EXS_JPEGProcess14SV1: return wt_encoding_encapsulated;
        default: return wt_encoding_unknown;
    }
}

wt_status status(const OFCondition &condition) {
    if (condition.good()) return wt_status_ok;
    if (condition == EC_StreamNotifyClient || condition == EC_EndOfStream
        || condition == EC_InvalidStream || condition == EC_SequDelimitationItemMissing
        || condition == EC_ItemDelimitationItemMissing
        || condition == EC_PrematureSequDelimitationItem
        || condition == EC_ElemLengthLargerThanItem) {
        return wt_status_truncated;
    }
    if (condition == EC_MemoryExhausted) return wt_status_limit;
    return wt_status_damaged;
}

}  // namespace

struct wt_dataset {
    std::unique_ptr<DcmDataset> root;
    std::vector<Listed> elements;
    size_t items = 0;
    bool isBigEndian = false;

    void list();
    DcmPixelSequence *fragments(size_t index) const;
};

void wt_dataset::list() {
    DcmStack stack;
    // The data set itself lies at the bottom of the stack, and each level adds a sequence and item.
    while (root->nextObject(stack, OFTrue).good()) {
        DcmObject *object = stack.top();
        if (object == nullptr) continue;
        DcmObject *parent = stack.card() > 1 ? stack.elem(1) : nullptr;
        // Fragments are asked for one by one.
        if (parent != nullptr && parent->ident() == EVR_pixelSQ) continue;
        if (object->ident() == EVR_pixelSQ) continue;
        Listed entry = {};
        entry.element.group = object->getGTag();
        entry.element.element = object->getETag();
        const char *name = DcmVR(object->getVR()).getValidVRName();
        bool isSequence = object->ident() == EVR_SQ;
        bool isItem = object->ident() == EVR_item;
        entry.element.vr[0] = isItem ? '?' : name[0];
        entry.element.vr[1] = isItem ? '?' : name[1];
        // An item counts with its sequence, so that its elements lie one deeper than it.
        size_t above = stack.card() > 2 ? (stack.card() - 2) / 2 : 0;
        entry.element.depth = static_cast<uint16_t>(above > 65535 ? 65535 : above);
        if (!isSequence && !isItem && object->isLeaf()) {
            entry.source = static_cast<DcmElement *>(object);
            entry.element.length = entry.source->getLengthField();
        }
        elements.push_back(entry);
        size_t last = elements.size() - 1;
        if (object->getTag() == DCM_PixelData && fragments(last) != nullptr) {
            elements[last].element.is_encapsulated = true;
            elements[last].element.length = 0;
        }
    }
}

DcmPixelSequence *wt_dataset::fragments(size_t index) const {
    if (index >= elements.size()) return nullptr;
    auto *pixels = dynamic_cast<DcmPixelData *>(elements[index].source);
    if (pixels == nullptr) return nullptr;
    E_TransferSyntax original = EXS_Unknown;
    const DcmRepresentationParameter *parameter = nullptr;
    pixels->getOriginalRepresentationKey(original, parameter);
    DcmPixelSequence *sequence = nullptr;
    if (pixels->getEncapsulatedRepresentation(original, parameter, sequence).bad()) return nullptr;
    return sequence;
}

wt_status wt_dataset_open(
    const uint8_t *bytes, size_t count, wt_encoding *encodingInOut, wt_dataset **out, char *message,
    size_t message_capacity) {
    return wt::guarded(message, message_capacity, [&]() -> wt_status {
        *out = nullptr;
        wt::prepare();
        size_t items = occurrences(bytes, count, "\xFE\xFF\x00\xE0");
        if (*encodingInOut == wt_encoding_explicit_big || *encodingInOut == wt_encoding_unknown) {
            items += occurrences(bytes, count, "\xFF\xFE\xE0\x00");
        }
        if (items > itemsAtMost) {
            wt::say(message, message_capacity, "more than 100,000 sequence items");
            return wt_status_limit;
        }
        auto handle = std::make_unique<wt_dataset>();
        handle->items = items;
        wt_status result = wt_status_limit;
        bool ran = onDeepStack(items, [&] {
            result = wt::guarded(message, message_capacity, [&]() -> wt_status {
                wt::WarningScope warnings;
                handle->root = std::make_unique<DcmDataset>();
                DcmInputBufferStream stream;
                stream.setBuffer(bytes, static_cast<offile_off_t>(count));
                stream.setEos();
                handle->root->transferInit();
                OFCondition condition = handle->root->read(
                    stream, syntax(*encodingInOut), EGL_noChange, DCM_MaxReadLength);
                handle->root->transferEnd();
                if (condition.bad()) {
                    const char *said = warnings.error.c_str();
                    wt::say(message, message_capacity, *said == 0 ? condition.text() : said);
                    handle->root.reset();
                    return status(condition);
                }
                E_TransferSyntax found = handle->root->getOriginalXfer();
                *encodingInOut = encoding(found);
                handle->isBigEndian = DcmXfer(found).isBigEndian();
                handle->list();
                return wt_status_ok;
            });
            if (result != wt_status_ok) handle->root.reset();
        });
        if (!ran) wt::say(message, message_capacity, "not enough memory for nested sequences");
        if (result == wt_status_ok) *out = handle.release();
        return result;
    });
}

void wt_dataset_close(wt_dataset *dataset) {
    if (dataset == nullptr) return;
    try {
        bool freed = onDeepStack(dataset->items, [&] { dataset->root.reset(); });
        if (!freed) (void)dataset->root.release();  // leaked rather than freed on a short stack
        delete dataset;
    } catch (...) {
        // Nothing can be reported from here; the handle is gone either way.
    }
}

size_t wt_dataset_count(const wt_dataset *dataset) { return dataset->elements.size(); }

wt_element wt_dataset_element(const wt_dataset *dataset, size_t index) {
    if (index >= dataset->elements.size()) return wt_element{};
    return dataset->elements[index].element;
}

bool wt_dataset_value(
    wt_dataset *dataset, size_t index, size_t offset, size_t count, uint8_t *buffer) {
    try {
        if (index >= dataset->elements.size() || buffer == nullptr) return false;
        Listed &entry = dataset->elements[index];
        if (entry.source == nullptr || entry.element.is_encapsulated) return false;
        size_t length = entry.element.length;
        if (offset > length || count > length - offset) return false;
        if (count == 0) return true;
        E_ByteOrder order = dataset->isBigEndian ? EBO_BigEndian : EBO_LittleEndian;
        return entry.source
            ->getPartialValue(
                buffer, static_cast<Uint32>(offset), static_cast<Uint32>(count), nullptr, order)
            .good();
    } catch (...) {
        return false;
    }
}

static DcmPixelItem *fragment(wt_dataset *dataset, size_t index, size_t number) {
    DcmPixelSequence *sequence = dataset->fragments(index);
    DcmPixelItem *item = nullptr;
    if (sequence == nullptr || number >= sequence->card()) return nullptr;
    return sequence->getItem(item, number).good() ? item : nullptr;
}

size_t wt_dataset_fragment_count(wt_dataset *dataset, size_t index) {
    try {
        DcmPixelSequence *sequence = dataset->fragments(index);
        return sequence == nullptr ? 0 : sequence->card();
    } catch (...) {
        return 0;
    }
}

size_t wt_dataset_fragment_length(wt_dataset *dataset, size_t index, size_t number) {
    try {
        DcmPixelItem *item = fragment(dataset, index, number);
        return item == nullptr ? 0 : item->getLength();
    } catch (...) {
        return 0;
    }
}

bool wt_dataset_fragment(wt_dataset *dataset, size_t index, size_t number, uint8_t *buffer) {
    try {
        DcmPixelItem *item = fragment(dataset, index, number);
        if (item == nullptr || buffer == nullptr) return false;
        if (item->getLength() == 0) return true;
        return item->getPartialValue(buffer, 0, item->getLength()).good();
    } catch (...) {
        return false;
    }
}
