#include "crypto/json.hpp"
#include "crypto/log_entry.hpp"

#include <cstdlib>

/// An entry that is taken is canonical JSON and is written as it came.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    ByteView const input(data, size);
    auto const entry = LogEntry::parse(input);
    if (!entry) {
        if (entry.error().code.empty()) std::abort();
        return 0;
    }
    if (entry->text() != as_text(input)) std::abort();
    if (canonical_json(parse_json(as_text(input)).value()) != as_text(input)) std::abort();
    return 0;
}
