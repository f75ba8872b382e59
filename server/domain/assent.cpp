#include "server/domain/assent.hpp"

#include "server/base/form.hpp"

#include <algorithm>
#include <string_view>

namespace sponsio::domain {
namespace {

constexpr std::string_view stated[] = {"agent",         "committer", "made_on",
                                       "notice_digest", "reason",    "valid_until"};

void read_digest(Fields& part, std::string_view name, crypto::Digest& digest) {
    std::string const text = part.text(name, {.max = 64});
    auto const bytes = from_hex(text);
    if (bytes && bytes->size() == digest.size() && is_lower_hex(text))
        std::ranges::copy(*bytes, digest.begin());
    else if (!text.empty())
        part.refuse(name, reason::bad_format, form::hex);
}

/// The members that define a public key, and no others.
Json read_key(Fields& part) {
    JsonObject key;
    part.object("key", [&](Fields& jwk) {
        for (std::string_view name : {"crv", "kty", "x"})
            key.add(std::string(name), jwk.text(name, {.max = 64}));
        if (auto const y = jwk.optional_text("y", {.max = 64})) key.add("y", *y);
    });
    return key;
}

}  // namespace

std::optional<Assent> Assent::read(Fields& fields) {
    std::optional<Assent> assent;
    fields.optional_object("assent", [&](Fields& part) {
        assent = Assent{.kind = part.choice<AssentKind>("kind")};
        if (assent->kind == AssentKind::signed_paper) {
            read_digest(part, "digest_sha256", assent->digest);
            return;
        }
        assent->key = read_key(part);
        read_digest(part, "notice_digest", assent->digest);
        assent->signature = part.text("signature", {.max = 200});
    });
    return assent;
}

Json Assent::to_json() const {
    if (kind == AssentKind::signed_paper)
        return JsonObject{{"digest_sha256", to_hex(digest)}, {"kind", word(kind)}};
    return JsonObject{
        {"key", key}, {"kind", word(kind)}, {"notice_digest", to_hex(digest)}, {"signature", signature}};
}

std::string assent_text(Json const& content) {
    JsonObject text;
    for (std::string_view name : stated)
        if (Json const* member = content.find(name)) text.add(std::string(name), *member);
    return json::canonical(Json(std::move(text)));
}

AssentState assent_state(Json const& content, bool paper_kept) {
    if (!content.find("content_version")) return AssentState::not_asked;
    Json const* assent = content.find("assent");
    if (!assent) return AssentState::none;
    bool const on_paper = assent->at("kind").as_string() == word(AssentKind::signed_paper);
    return on_paper && !paper_kept ? AssentState::paper_missing : AssentState::shown;
}

}  // namespace sponsio::domain
