#include "crypto/tokens/sd_jwt.hpp"
#include "crypto/tokens/sd_jwt_disclosure.hpp"

#include <cstdlib>

/// Lines of input are a payload and its disclosures, as JSON; and the whole is a token as it stands. @n in a
/// text stands for the digest of the n-th disclosure, so that the fuzzer need not find digests.
namespace {

using namespace sponsio::crypto;

std::string with_digests(std::string text, std::vector<std::string> const& disclosures) {
    for (std::size_t i = 0; i != disclosures.size() && i != 10; ++i) {
        std::string const mark = '@' + std::to_string(i);
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
            text.replace(at, mark.size(), disclosure::digest_of(disclosures[i]));
    }
    return text;
}

/// No trace of the mechanism is left in what was processed.
void check_processed(json::Value const& value) {
    if (json::Array const* const array = value.if_array())
        for (json::Value const& v : *array) check_processed(v);
    if (json::Object const* const object = value.if_object())
        for (json::Member const& m : *object) {
            if (m.key == "_sd" || m.key == "_sd_alg" || m.key == "...") std::abort();
            check_processed(m.value);
        }
}

void unpack_lines(std::string_view text) {
    std::vector<std::string> disclosures;
    std::optional<std::string> payload;
    while (!text.empty()) {
        auto const end = text.find('\n');
        std::string line = with_digests(std::string(text.substr(0, end)), disclosures);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (text.empty()) {
            payload = std::move(line);
        } else {
            disclosures.push_back(to_base64url(as_bytes(line)));
        }
    }
    auto parsed = json::parse(payload.value_or("{}"));
    if (!parsed || !parsed->is_object()) return;
    auto const unpacked = disclosure::unpack(parsed->as_object(), disclosures, {});
    if (!unpacked) {
        if (unpacked.error().code.empty()) std::abort();
        return;
    }
    json::Value const processed = unpacked->payload;
    check_processed(processed);
    if (unpacked->placed.size() != disclosures.size()) std::abort();
    for (auto const& placed : unpacked->placed)
        if (!processed.at_pointer(placed.pointer)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text = as_text({data, size});
    auto const nobody = [](std::string_view) { return std::optional<PublicKey>(); };
    if (sd_jwt_verify(text, nobody, {})) std::abort();
    if (auto const listed = sd_jwt_disclosable(text))
        if (!sd_jwt_present(text, *listed)) std::abort();
    unpack_lines(text);
    return 0;
}
