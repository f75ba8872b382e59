#include "crypto/log/entry.hpp"
#include "text/json.hpp"

#include <cstdlib>

/// An entry that is taken is canonical JSON and is written as it came.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    std::string_view const text = as_text({data, size});
    std::string_view const line = text.substr(0, text.find('\n'));
    auto const entry = LogEntry::parse(as_bytes(line));
    if (!entry) {
        if (entry.error().code.empty()) std::abort();
        return 0;
    }
    if (entry->text() != line) std::abort();
    if (json::canonical(json::parse(line).value()) != line) std::abort();
    return 0;
}
