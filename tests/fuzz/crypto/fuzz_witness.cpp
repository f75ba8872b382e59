#include "crypto/log/witness.hpp"

#include <cstdlib>

/// A request that is taken is written as it came; nobody's checkpoint is opened for a witness that follows no
/// log.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    std::string_view const text = as_text({data, size});
    auto const request = AddCheckpoint::parse(text);
    if (!request) {
        if (request.error().code != witness_error::malformed || request.error().offset > size) std::abort();
        return 0;
    }
    if (request->text() != text || request->proof.size() > 63) std::abort();
    if (open_for_witness(request->checkpoint, {})) std::abort();
    Checkpoint const last{.origin = "a", .size = request->old_size, .root = sha256(as_bytes("a root"))};
    for (std::uint64_t const bigger : {std::uint64_t{0}, request->old_size, ~std::uint64_t{0}}) {
        Checkpoint const head{.origin = "a", .size = bigger, .root = sha256(as_bytes("another root"))};
        if (bigger <= request->old_size && check_growth(last, *request, head)) std::abort();
    }
    return 0;
}
