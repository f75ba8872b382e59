#include "crypto/tokens/sd_jwt_disclosure.hpp"

#include "crypto/digest.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "text/bytes.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace sponsio::crypto::disclosure {
namespace {

/// What a disclosure says: a member of an object when it has a name, else an element of an array.
struct Content {
    std::optional<std::string> name;
    json::Value value;
    bool used = false;
};

/// A function that returns false has left the reason in `error_`.
class Unpacker {
  public:
    explicit Unpacker(json::Limits const& limits) : limits_(limits) {}

    Result<Unpacked> run(json::Object payload, std::span<std::string const> disclosures) {
        Unpacked out;
        for (std::string const& text : disclosures)
            if (!decode(text)) return std::move(error_);
        if (!take_algorithm(payload) || !object(payload, "") || !all_used()) return std::move(error_);
        out.payload = std::move(payload);
        out.placed = std::move(placed_);
        return out;
    }

  private:
    bool fail(std::string_view code, char const* message, std::string where = {}) {
        error_ = {.code = code, .message = message, .where = std::move(where)};
        return false;
    }

    bool decode(std::string const& text) {
        if (!by_digest_.emplace(digest_of(text), contents_.size()).second)
            return fail(sd_error::duplicate_disclosure, "A disclosure comes twice.");
        auto const bytes = from_base64url(text);
        if (!bytes) return fail(sd_error::bad_disclosure, "A disclosure is not strict base64url.");
        auto parsed = json::parse(as_text(*bytes), limits_);
        if (!parsed) {
            error_ = std::move(parsed).error();
            return false;
        }
        json::Array* const parts = parsed->if_array();
        if (!parts || parts->size() < 2 || parts->size() > 3 || !parts->front().is_string())
            return fail(sd_error::bad_disclosure, "A disclosure is an array of salt, name and value.");
        Content content;
        if (parts->size() == 3) {
            if (!(*parts)[1].is_string())
                return fail(sd_error::bad_disclosure, "The name in a disclosure is not a string.");
            content.name = (*parts)[1].as_string();
        }
        content.value = std::move(parts->back());
        contents_.push_back(std::move(content));
        return true;
    }

    bool take_algorithm(json::Object& payload) {
        json::Value const* const named = payload.find(algorithm_name);
        if (!named) return true;
        if (*named != json::Value(algorithm_value))
            return fail(sd_error::hash_algorithm, "Digests are of sha-256.",
                        json::pointer_step("", algorithm_name));
        payload.erase(algorithm_name);
        return true;
    }

    bool deeper(std::string const& pointer) {
        if (++depth_ > limits_.max_depth)
            return fail(json::error::too_deep, "Disclosures are nested too deep.", pointer);
        return true;
    }

    bool value(json::Value& v, std::string const& pointer) {
        if (json::Object* const o = v.if_object()) return object(*o, pointer);
        if (json::Array* const a = v.if_array()) return array(*a, pointer);
        return true;
    }

    bool object(json::Object& o, std::string const& pointer) {
        if (!deeper(pointer)) return false;
        if (o.contains(element_name))
            return fail(sd_error::bad_claim, "The name ... cannot stand here.",
                        json::pointer_step(pointer, element_name));
        if (o.contains(algorithm_name))
            return fail(sd_error::bad_claim, "_sd_alg stands at the top only.",
                        json::pointer_step(pointer, algorithm_name));
        for (json::Member& m : o)
            if (m.key != digests_name && !value(m.value, json::pointer_step(pointer, m.key))) return false;
        if (json::Value const* const listed = o.find(digests_name)) {
            json::Value const digests = *listed;
            o.erase(digests_name);
            if (!members(o, digests, pointer)) return false;
        }
        --depth_;
        return true;
    }

    /// Puts the members disclosed for its `_sd` into `o`.
    bool members(json::Object& o, json::Value const& digests, std::string const& pointer) {
        std::string const where = json::pointer_step(pointer, digests_name);
        if (!digests.is_array()) return fail(sd_error::bad_claim, "_sd is an array of digests.", where);
        for (json::Value const& digest : digests.as_array()) {
            if (!digest.is_string()) return fail(sd_error::bad_claim, "A digest is a string.", where);
            std::optional<std::size_t> index;
            if (!look_up(digest.as_string(), where, index)) return false;
            if (index && !member(o, *index, pointer)) return false;
        }
        return true;
    }

    bool member(json::Object& o, std::size_t index, std::string const& pointer) {
        Content& content = contents_[index];
        if (!content.name)
            return fail(sd_error::wrong_place, "A disclosed element stands among members.", pointer);
        std::string const& name = *content.name;
        std::string const where = json::pointer_step(pointer, name);
        if (name == digests_name || name == element_name)
            return fail(sd_error::bad_claim, "A disclosed claim has a reserved name.", where);
        if (pointer.empty() && name == algorithm_name)
            return fail(sd_error::bad_claim, "A disclosed claim has a reserved name.", where);
        if (pointer.empty() && stays_in_clear(name))
            return fail(sd_error::not_disclosable, "This claim must be in clear.", where);
        if (o.contains(name))
            return fail(sd_error::claim_collision, "A disclosed claim is there already.", where);
        placed_.push_back({index, where});
        if (!value(content.value, where)) return false;
        o.add(name, std::move(content.value));
        return true;
    }

    bool array(json::Array& a, std::string const& pointer) {
        if (!deeper(pointer)) return false;
        json::Array kept;
        kept.reserve(a.size());
        for (json::Value& element : a) {
            std::string const where = json::pointer_step(pointer, std::to_string(kept.size()));
            if (json::Value const* const digest = element.find(element_name)) {
                if (element.as_object().size() != 1 || !digest->is_string())
                    return fail(sd_error::bad_claim, "The name ... stands alone, with a digest.", where);
                std::optional<std::size_t> index;
                if (!look_up(digest->as_string(), where, index)) return false;
                if (!index) continue;
                if (contents_[*index].name)
                    return fail(sd_error::wrong_place, "A disclosed member stands among elements.", where);
                placed_.push_back({*index, where});
                if (!value(contents_[*index].value, where)) return false;
                kept.push_back(std::move(contents_[*index].value));
            } else {
                if (!value(element, where)) return false;
                kept.push_back(std::move(element));
            }
        }
        a = std::move(kept);
        --depth_;
        return true;
    }

    /// Finds the disclosure of a digest, if it was given; fails when the digest occurred before.
    bool look_up(std::string const& digest, std::string const& where, std::optional<std::size_t>& index) {
        if (!met_.insert(digest).second)
            return fail(sd_error::duplicate_digest, "A digest comes twice.", where);
        auto const found = by_digest_.find(digest);
        if (found == by_digest_.end()) return true;
        index = found->second;
        contents_[*index].used = true;
        return true;
    }

    bool all_used() {
        if (std::ranges::all_of(contents_, &Content::used)) return true;
        return fail(sd_error::unreferenced_disclosure, "A disclosure belongs to no digest.");
    }

    json::Limits const& limits_;
    unsigned depth_ = 0;
    std::vector<Content> contents_;
    std::unordered_map<std::string, std::size_t> by_digest_;
    std::unordered_set<std::string> met_;
    std::vector<Placed> placed_;
    Error error_;
};

}  // namespace

bool stays_in_clear(std::string_view claim) {
    constexpr std::array<std::string_view, 7> names{"iss", "nbf",           "exp",   "cnf",
                                                    "vct", "vct#integrity", "status"};
    return std::ranges::find(names, claim) != names.end();
}

std::string digest_of(std::string_view text) {
    return to_base64url(sha256(as_bytes(text)));
}

Result<Unpacked> unpack(json::Object payload, std::span<std::string const> disclosures,
                        json::Limits const& limits) {
    return Unpacker(limits).run(std::move(payload), disclosures);
}

}  // namespace sponsio::crypto::disclosure
