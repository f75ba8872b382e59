#include "crypto/bytes.hpp"
#include "crypto/json.hpp"

#include <cstdlib>

/// What is read can be written, and reads back as the same; canonical text is a fixed point; a refusal has a
/// word and a place in the text.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    std::string_view const text = as_text({data, size});
    auto const value = parse_json(text);
    if (!value) {
        Error const& error = value.error();
        if (error.code.empty() || error.offset > size || !pointer_steps(error.where)) std::abort();
        return 0;
    }
    if (parse_json(write_json(*value)).value() != *value) std::abort();
    std::string const canonical = canonical_json(*value);
    if (canonical_json(parse_json(canonical).value()) != canonical) std::abort();
    return 0;
}
