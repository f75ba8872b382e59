#include "crypto/digest.hpp"
#include "crypto/keys/signer.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "crypto/tokens/sd_jwt_disclosure.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace sponsio::crypto {
namespace {

Error refuse(std::string_view code, char const* message, std::string where) {
    return {.code = code, .message = message, .where = std::move(where)};
}

/// The pointer of a member name that SD-JWT reserves: the caller's claims may not use one.
std::optional<std::string> reserved_name(json::Value const& value) {
    if (json::Array const* const array = value.if_array()) {
        for (std::size_t i = 0; i != array->size(); ++i)
            if (auto const within = reserved_name((*array)[i]))
                return json::pointer_step("", std::to_string(i)) + *within;
    } else if (json::Object const* const object = value.if_object()) {
        for (json::Member const& m : *object) {
            if (m.key == disclosure::digests_name || m.key == disclosure::element_name ||
                m.key == disclosure::algorithm_name)
                return json::pointer_step("", m.key);
            if (auto const within = reserved_name(m.value)) return json::pointer_step("", m.key) + *within;
        }
    }
    return std::nullopt;
}

Result<void> check_plan(json::Value const& payload, SdJwtPlan const& plan) {
    std::set<std::string_view> seen;
    for (std::string const& pointer : plan.disclosable) {
        if (pointer.empty() || !payload.at_pointer(pointer))
            return refuse(sd_error::no_such_claim, "There is no such claim.", pointer);
        if (!seen.insert(pointer).second)
            return refuse(sd_error::bad_claim, "This claim is planned for disclosure twice.", pointer);
        if (disclosure::stays_in_clear(json::pointer_steps(pointer)->front()))
            return refuse(sd_error::not_disclosable, "This claim must be in clear.", pointer);
    }
    for (Decoys const& decoys : plan.decoys) {
        json::Value const* const place = payload.at_pointer(decoys.pointer);
        if (!place || !(place->is_object() || place->is_array()))
            return refuse(sd_error::no_such_claim, "There is no object or array for decoys.", decoys.pointer);
    }
    return {};
}

/// Goes through a payload from the leaves up, taking claims out and putting digests in.
class Concealer {
  public:
    Concealer(SdJwtPlan const& plan, Entropy& entropy)
        : planned_(plan.disclosable.begin(), plan.disclosable.end()), entropy_(entropy) {
        for (Decoys const& d : plan.decoys) decoys_[d.pointer] += d.count;
    }

    void value(json::Value& v, std::string const& pointer) {
        if (json::Object* const o = v.if_object()) object(*o, pointer);
        if (json::Array* const a = v.if_array()) array(*a, pointer);
    }

    std::vector<std::string> disclosures() && { return std::move(disclosures_); }

  private:
    void object(json::Object& o, std::string const& pointer) {
        json::Array digests;
        json::Object kept;
        for (json::Member& m : o) {
            std::string const where = json::pointer_step(pointer, m.key);
            if (planned_.contains(where)) {
                digests.emplace_back(conceal(&m.key, m.value, where));
            } else {
                value(m.value, where);
                kept.add(std::move(m.key), std::move(m.value));
            }
        }
        for (std::size_t i = decoy_count(pointer); i != 0; --i) digests.emplace_back(decoy());
        std::ranges::sort(digests, {},
                          [](json::Value const& v) -> std::string const& { return v.as_string(); });
        if (!digests.empty()) kept.add(std::string(disclosure::digests_name), std::move(digests));
        o = std::move(kept);
    }

    void array(json::Array& a, std::string const& pointer) {
        auto const in_place = [](std::string digest) {
            return json::Object{{std::string(disclosure::element_name), std::move(digest)}};
        };
        for (std::size_t i = 0; i != a.size(); ++i) {
            std::string const where = json::pointer_step(pointer, std::to_string(i));
            if (planned_.contains(where)) {
                a[i] = in_place(conceal(nullptr, a[i], where));
            } else {
                value(a[i], where);
            }
        }
        for (std::size_t i = decoy_count(pointer); i != 0; --i) a.emplace_back(in_place(decoy()));
    }

    /// The digest of a new disclosure of this claim. Its index is reserved before those of its children.
    std::string conceal(std::string const* name, json::Value& content, std::string const& where) {
        std::size_t const place = disclosures_.size();
        disclosures_.emplace_back();
        value(content, where);
        json::Array parts{to_base64url(entropy_.array<16>())};
        if (name) parts.emplace_back(*name);
        parts.push_back(std::move(content));
        disclosures_[place] = to_base64url(as_bytes(json::write(std::move(parts))));
        return disclosure::digest_of(disclosures_[place]);
    }

    std::size_t decoy_count(std::string const& pointer) const {
        auto const found = decoys_.find(pointer);
        return found == decoys_.end() ? 0 : found->second;
    }

    std::string decoy() { return to_base64url(sha256(entropy_.array<32>())); }

    std::set<std::string> planned_;
    std::map<std::string, std::size_t> decoys_;
    Entropy& entropy_;
    std::vector<std::string> disclosures_;
};

}  // namespace

Result<SdJwtDraft> sd_jwt_prepare(json::Value payload, SdJwtPlan const& plan, Entropy& entropy) {
    if (!payload.is_object()) return refuse(sd_error::bad_claim, "The payload is an object.", "");
    if (auto const where = reserved_name(payload))
        return refuse(sd_error::bad_claim, "This name is reserved.", *where);
    if (auto const good = check_plan(payload, plan); !good) return good.error();
    Concealer concealer(plan, entropy);
    concealer.value(payload, "");
    auto disclosures = std::move(concealer).disclosures();
    if (!disclosures.empty() || !plan.decoys.empty())
        payload.as_object().add(std::string(disclosure::algorithm_name), disclosure::algorithm_value);
    return SdJwtDraft{json::canonical(payload), std::move(disclosures)};
}

std::string sd_jwt_sign(SdJwtDraft const& draft, Signer const& signer, std::string_view typ,
                        json::Object const& extra_header) {
    return SdJwt{jws_sign(typ, draft.payload, signer, extra_header), draft.disclosures, {}}.text();
}

std::string sd_jwt_bind(std::string presentation, Signer const& holder, std::string_view audience,
                        std::string_view nonce, std::chrono::sys_seconds now) {
    json::Object const payload{{"aud", audience},
                               {"iat", now.time_since_epoch().count()},
                               {"nonce", nonce},
                               {"sd_hash", disclosure::digest_of(presentation)}};
    presentation += jws_sign("kb+jwt", json::canonical(payload), holder);
    return presentation;
}

}  // namespace sponsio::crypto
