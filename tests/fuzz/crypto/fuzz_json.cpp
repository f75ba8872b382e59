#include "text/bytes.hpp"
#include "text/json.hpp"

#include <cstdlib>

/// What is read can be written, and reads back as the same; canonical text is a fixed point; a refusal has a
/// word and a place in the text.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    std::string_view const text = as_text({data, size});
    auto const value = json::parse(text);
    if (!value) {
        Error const& error = value.error();
        if (error.code.empty() || error.offset > size || !json::pointer_steps(error.where)) std::abort();
        return 0;
    }
    if (json::parse(json::write(*value)).value() != *value) std::abort();
    std::string const canonical = json::canonical(*value);
    if (json::canonical(json::parse(canonical).value()) != canonical) std::abort();
    return 0;
}
