#include "crypto/log/merkle.hpp"
#include "crypto/log/tlog_proof.hpp"

#include <cstdlib>

/// A proof that is taken is written as it came, and leads nowhere but to the root that its hashes give.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sponsio::crypto;
    std::string_view const text = as_text({data, size});
    auto const proof = TlogProof::parse(text);
    if (!proof) {
        if (proof.error().code.empty() || proof.error().offset > size) std::abort();
        return 0;
    }
    if (proof->text() != text) std::abort();
    Digest const leaf = leaf_hash({});
    Digest other = leaf;
    other[0] ^= 1;
    for (std::uint64_t const tree :
         {proof->index, proof->index + 1, 2 * proof->index + 1, ~std::uint64_t{0}}) {
        if (proof->hashes.empty()) continue;
        if (verify_inclusion(proof->index, tree, leaf, proof->hashes, leaf)) std::abort();
        if (verify_consistency(proof->index, tree, leaf, other, proof->hashes) && proof->index == tree)
            std::abort();
    }
    return 0;
}
