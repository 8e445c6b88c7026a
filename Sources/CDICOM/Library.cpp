// One-time set-up of DCMTK, its dictionary, and names.

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/oflog/appender.h>
#include <dcmtk/oflog/oflog.h>
#include <dcmtk/oflog/spi/logevent.h>
#include <openjpeg-2.5/openjpeg.h>
#include <zlib.h>

#include <algorithm>
#include <mutex>
#include <string>

#include "Common.hpp"

namespace wt {

static std::once_flag preparedOnce;
static int32_t dictionaryEntries = 0;
static thread_local WarningScope *listening = nullptr;

namespace {

namespace log = dcmtk::log4cplus;

/// Takes the place of DCMTK's output to stderr, which would run over the screens. The decoders of
/// DCMTK fill what is missing and merely warn of it, so warnings have to be listened to.
class Listener : public log::Appender {
public:
    ~Listener() override { destructorImpl(); }
    void close() override {}

protected:
    void append(const log::spi::InternalLoggingEvent &event) override {
        if (listening == nullptr) return;
        const auto &text = event.getMessage();
        if (listening->error.empty() && event.getLogLevel() >= log::ERROR_LOG_LEVEL) {
            listening->error = text.c_str();
        }
        for (const char *sign : {"remature end", "bad Huffman", "instead of RST", "insufficient"}) {
            if (!listening->invention.empty() || text.find(sign) == OFString_npos) continue;
            listening->invention = text.c_str();
        }
    }
};

}  // namespace

WarningScope::WarningScope() { listening = this; }

WarningScope::~WarningScope() { listening = nullptr; }

void prepare() {
    std::call_once(preparedOnce, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        log::Logger root = log::Logger::getRoot();
        root.removeAllAppenders();
        root.addAppender(log::SharedAppenderPtr(new Listener()));
        root.setLogLevel(log::WARN_LOG_LEVEL);
        // Elements written as UN get the representation that the dictionary knows.
        dcmEnableUnknownVRConversion.set(OFTrue);
        if (dcmDataDict.isDictionaryLoaded()) {
            dictionaryEntries = dcmDataDict.rdlock().numberOfEntries();
            dcmDataDict.rdunlock();
        }
        // Colour stays as coded: luma is then exactly the component that is in the stream.
        DJDecoderRegistration::registerCodecs(EDC_never, EUC_never, EPC_colorByPixel);
        DJEncoderRegistration::registerCodecs(
            ECC_lossyYCbCr, EUC_never, OFFalse, 0, 0, 0, OFTrue, ESS_444, OFFalse, OFFalse, 0, 0,
            0.0, 0.0, 0, 0, 0, 0, OFFalse);
        DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel);
        // "Raw" encoding takes the samples as they are; "cooked" shifts and rewrites them, and for
        // signed ones leaves bytes of the result unset.
        DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFFalse);
        DcmRLEDecoderRegistration::registerCodecs();
        DcmRLEEncoderRegistration::registerCodecs();
    });
}

}  // namespace wt

int32_t wt_library_prepare(void) {
    try {
        wt::prepare();
        return wt::dictionaryEntries;
    } catch (...) {
        return 0;
    }
}

const char *wt_library_versions(void) {
    try {
        static const std::string line =
            std::string("DCMTK " OFFIS_DCMTK_VERSION_STRING ", OpenJPEG ") + opj_version()
            + ", zlib " + zlibVersion();
        return line.c_str();
    } catch (...) {
        return "DCMTK " OFFIS_DCMTK_VERSION_STRING;
    }
}

static size_t written(const char *text, char *buffer, size_t capacity) {
    if (text == nullptr || buffer == nullptr) return 0;
    size_t count = std::min(std::strlen(text), capacity);
    std::memcpy(buffer, text, count);
    return count;
}

size_t wt_dictionary_keyword(uint16_t group, uint16_t element, char *buffer, size_t capacity) {
    try {
        wt::prepare();
        if ((group & 1) != 0) return 0;
        const DcmDataDictionary &dictionary = dcmDataDict.rdlock();
        const DcmDictEntry *entry = dictionary.findEntry(DcmTagKey(group, element), nullptr);
        size_t count = entry == nullptr ? 0 : written(entry->getTagName(), buffer, capacity);
        dcmDataDict.rdunlock();
        return count;
    } catch (...) {
        return 0;
    }
}

void wt_free(void *memory) { std::free(memory); }
