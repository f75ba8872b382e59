#include "crypto/draw/statement.hpp"
#include "text/json.hpp"

#include <cstdlib>

/// A statement that is taken is written as it came.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    std::string_view text = as_text({data, size});
    auto const file = draw::StatementFile::parse(text);
    if (!file) {
        if (file.error().code.empty()) std::abort();
        return 0;
    }
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (file->said.file(json::canonical(file->result), file->jws) != std::string(text) + "\n") std::abort();
    (void)draw::check_payload(*file).has_value();
    (void)draw::check_committed(file->said, {}).has_value();
    return 0;
}
