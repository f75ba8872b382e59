#include "crypto/draw/hidden.hpp"

#include "crypto/draw/text.hpp"

namespace sponsio::crypto::draw {
namespace {

constexpr std::size_t salt_digits = 32;

}  // namespace

std::string Opening::text() const {
    std::string out = id.text() + ' ' + stratum + ' ' + std::to_string(weight) + ' ' + salt;
    for (InspectorRef const ref : barred) out += ' ' + ref.text();
    return out;
}

std::optional<Opening> Opening::parse(std::string_view text) {
    std::string_view rest = text;
    auto const id = ObjectId::parse(take_until(rest, ' '));
    Opening out{.id = id.value_or(ObjectId{}), .stratum = std::string(take_until(rest, ' ')), .salt = {}};
    auto const weight = number_up_to(take_until(rest, ' '), max_weight);
    out.salt = take_until(rest, ' ');
    if (!id || !is_stratum_name(out.stratum) || !weight || *weight == 0 || out.salt.size() != salt_digits ||
        !is_lower_hex(out.salt))
        return std::nullopt;
    out.weight = static_cast<std::uint32_t>(*weight);
    while (!rest.empty()) {
        auto const ref = InspectorRef::parse(take_until(rest, ' '));
        if (!ref || (!out.barred.empty() && *ref <= out.barred.back())) return std::nullopt;
        out.barred.push_back(*ref);
    }
    return out.text() == text ? std::optional(std::move(out)) : std::nullopt;
}

Digest Opening::root() const {
    return sha256(as_bytes(text()));
}

std::vector<Digest> lots_of(Digest const& root, std::uint32_t weight) {
    if (weight == 1) return {root};
    std::string const stem = to_hex(root) + ' ';
    std::vector<Digest> lots;
    for (std::uint32_t lot = 1; lot <= weight; ++lot)
        lots.push_back(sha256(as_bytes(stem + std::to_string(lot))));
    return lots;
}

Digest Hider::root(Candidate const& object, std::string_view stratum) const {
    buffer_ = object.id.text();
    std::size_t const id = buffer_.size();
    buffer_ += ' ';
    buffer_ += stratum;
    buffer_ += ' ';
    buffer_ += std::to_string(object.weight);
    buffer_ += ' ';
    append_salt(buffer_, std::string_view(buffer_).substr(0, id));
    for (InspectorRef const ref : object.barred) {
        buffer_ += ' ';
        buffer_ += ref.text();
    }
    return sha256(as_bytes(buffer_));
}

std::optional<Opening> Hider::opening(std::string_view line) const {
    if (take_until(line, ' ') != "object") return std::nullopt;
    std::string_view const object = take_until(line, ' ');
    std::string_view const stratum = take_until(line, ' ');
    std::string_view const weight = take_until(line, ' ');
    std::string text;
    for (std::string_view const word : {object, stratum, weight}) text += std::string(word) + ' ';
    append_salt(text, object);
    if (!line.empty()) text += ' ' + std::string(line);
    return Opening::parse(text);
}

void Hider::append_salt(std::string& text, std::string_view object) const {
    Digest const digest = hmac_(object);
    text += Hex<salt_digits / 2>(digest.data()).view();
}

InspectorRef Hider::seen(std::string_view lot, InspectorRef ref) const {
    Digest const digest = hmac_(std::string(lot) + ' ' + ref.text());
    InspectorRef out;
    for (std::size_t i = 0; i != sizeof out.value; ++i) out.value = out.value << 8 | digest[i];
    return out;
}

}  // namespace sponsio::crypto::draw
