// What the C++ files of this room share.

#ifndef WT_COMMON_HPP
#define WT_COMMON_HPP

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "include/CDICOM.h"

namespace wt {

/// Loads the dictionary, silences the logger and registers the codecs, once for the process.
void prepare();

/// While it lives, keeps what DCMTK says on this thread.
struct WarningScope {
    /// The first error.
    std::string error;
    /// The first warning that a decoder invented pixels.
    std::string invention;
    WarningScope();
    ~WarningScope();
    WarningScope(const WarningScope &) = delete;
    WarningScope &operator=(const WarningScope &) = delete;
};

/// Writes a reason into the caller's buffer, cut to its size.
inline void say(char *message, size_t capacity, const char *text) {
    if (message == nullptr || capacity == 0) return;
    std::snprintf(message, capacity, "%s", text == nullptr ? "" : text);
}

/// Runs a body that may throw and turns what it throws into a status.
template <typename Body>
wt_status guarded(char *message, size_t capacity, Body body) noexcept {
    try {
        return body();
    } catch (const std::bad_alloc &) {
        say(message, capacity, "not enough memory");
        return wt_status_limit;
    } catch (const std::exception &error) {
        say(message, capacity, error.what());
        return wt_status_damaged;
    } catch (...) {
        say(message, capacity, "unknown failure in a library");
        return wt_status_damaged;
    }
}

/// A `malloc` copy for the caller; throws `std::bad_alloc`.
inline uint8_t *copied(const void *bytes, size_t count) {
    auto *copy = static_cast<uint8_t *>(std::malloc(count == 0 ? 1 : count));
    if (copy == nullptr) throw std::bad_alloc();
    if (count > 0) std::memcpy(copy, bytes, count);
    return copy;
}

}  // namespace wt

#endif
