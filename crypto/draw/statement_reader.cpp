#include "crypto/draw/statement.hpp"
#include "crypto/draw/text.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/tokens/jws.hpp"

#include <algorithm>

namespace sponsio::crypto::draw {
namespace {

/// Room for a million drawn objects with five inspectors each.
constexpr json::Limits file_limits{.max_bytes = std::size_t{512} << 20, .max_values = 20'000'000};

Error malformed(std::string message, std::string where) {
    return refusal(draw_error::malformed, std::move(message), std::move(where));
}

/// Takes members of an object; the first that is missing or of another form becomes the error.
class Members {
  public:
    explicit Members(json::Object const* object, std::string where = {}) : where_(std::move(where)) {
        if (object)
            object_ = object;
        else
            error_ = malformed("It is no object.", where_);
    }

    std::string text(std::string_view name) {
        json::Value const* const value = take(name);
        if (!value || !value->is_string()) return refuse(name, "a text"), std::string();
        return value->as_string();
    }

    std::optional<std::string> text_or_null(std::string_view name) {
        json::Value const* const value = object_->find(name);
        if (!value || !value->is_null()) return text(name);
        ++taken_;
        return std::nullopt;
    }

    [[nodiscard]] bool has(std::string_view name) const { return object_->find(name) != nullptr; }

    std::string time(std::string_view name) {
        std::string text = this->text(name);
        if (!is_utc_time(text)) refuse(name, "a time in UTC");
        return text;
    }

    std::uint64_t count(std::string_view name) {
        json::Value const* const value = take(name);
        if (!value || !value->is_int() || value->as_int() < 0) return refuse(name, "a count"), 0;
        return static_cast<std::uint64_t>(value->as_int());
    }

    Digest digest(std::string_view name) {
        std::string const text = this->text(name);
        auto const bytes = is_lower_hex(text) ? from_hex(text) : std::nullopt;
        Digest out{};
        if (bytes && bytes->size() == out.size())
            std::ranges::copy(*bytes, out.begin());
        else
            refuse(name, "32 bytes in lower-case hexadecimal");
        return out;
    }

    Members object(std::string_view name) {
        json::Value const* const value = take(name);
        return Members(value ? value->if_object() : nullptr, where_ + "/" + std::string(name));
    }

    json::Value const* array(std::string_view name) {
        json::Value const* const value = take(name);
        if (value && value->is_array()) return value;
        refuse(name, "an array");
        return nullptr;
    }

    void refuse(std::string_view name, std::string const& what) {
        if (!error_) error_ = malformed("It is not " + what + ".", where_ + "/" + std::string(name));
    }

    /// Refuses an object with members left over.
    Result<void> done() {
        if (!error_ && taken_ != object_->size()) error_ = malformed("There are other members.", where_);
        if (error_) return *error_;
        return {};
    }

  private:
    json::Value const* take(std::string_view name) {
        ++taken_;
        return object_->find(name);
    }

    static json::Object const& nothing() {
        static json::Object const empty;
        return empty;
    }

    json::Object const* object_ = &nothing();
    std::string where_;
    std::size_t taken_ = 0;
    std::optional<Error> error_;
};

Result<CommittedLeaf> read_leaf(Members from) {
    CommittedLeaf leaf{.shard = from.count("shard"),
                       .leaf_index = from.count("leaf_index"),
                       .entry = from.text("entry"),
                       .content = from.text("content")};
    if (auto const good = from.done(); !good) return good.error();
    return leaf;
}

/// What a result may call an object.
bool is_name(std::string_view text, unsigned version) {
    if (version == 1) return ObjectId::parse(text).has_value();
    return text.size() == 2 * std::tuple_size_v<Digest> && is_lower_hex(text);
}

Result<std::vector<Recusal>> read_recusals(json::Array const& list, unsigned version) {
    std::vector<Recusal> out;
    for (json::Value const& value : list) {
        std::string const where = "/recusals/" + std::to_string(out.size());
        Members from(value.if_object(), where);
        std::string object = from.text("object");
        auto const inspector = InspectorRef::parse(from.text("inspector"));
        if (auto const good = from.done(); !good) return good.error();
        if (!is_name(object, version) || !inspector)
            return malformed("It names no object and inspector.", where);
        out.push_back({std::move(object), *inspector});
    }
    return out;
}

Result<std::vector<Reassignment>> read_reassigned(json::Array const& list, unsigned version) {
    std::vector<Reassignment> out;
    for (json::Value const& value : list) {
        std::string const where = "/reassigned/" + std::to_string(out.size());
        Members from(value.if_object(), where);
        std::string object = from.text("object");
        auto const seat = from.count("seat");
        auto const inspector = from.text_or_null("inspector");
        auto const ref = inspector ? InspectorRef::parse(*inspector) : std::nullopt;
        if (auto const good = from.done(); !good) return good.error();
        if (!is_name(object, version) || seat < 1 || seat > max_assign ||
            inspector.has_value() != ref.has_value())
            return malformed("It names no seat of an object.", where);
        out.push_back({std::move(object), static_cast<unsigned>(seat), ref});
    }
    if (out.empty()) return malformed("It is left out where there is none.", "/reassigned");
    return out;
}

Result<std::vector<Digest>> read_repeats(json::Array const& list) {
    std::vector<Digest> out;
    for (json::Value const& value : list) {
        std::string const where = "/repeats/" + std::to_string(out.size());
        auto const root = value.is_string() && is_lower_hex(value.as_string())
                              ? as_digest(from_hex(value.as_string()))
                              : std::nullopt;
        if (!root || (!out.empty() && *root <= out.back()))
            return malformed("It is not 32 bytes in lower-case hexadecimal, after the one before.", where);
        out.push_back(*root);
    }
    return out;
}

Result<Statement> read_statement(Members& from) {
    Statement said;
    std::string const named = from.text("algorithm");
    if (named == algorithm(1)) said.version = 1;
    if (named != algorithm(said.version)) {
        from.refuse("algorithm", "one that is known");
        return from.done().error();
    }
    said.draw_id = from.text("draw_id");
    Members pool = from.object("pool");
    said.pool_digest = pool.digest("digest_sha256");
    said.objects = pool.count("objects");
    said.inspectors = pool.count("inspectors");
    if (auto const good = pool.done(); !good) return good.error();
    said.seed_commitment = from.digest("seed_commitment");
    said.committed_at = from.time("committed_at");
    auto leaf = read_leaf(from.object("committed_leaf"));
    if (!leaf) return leaf.error();
    said.committed_leaf = std::move(*leaf);
    said.reveal_by = from.time("reveal_by");
    said.public_input = from.text("public_input");
    said.public_input_at = from.time("public_input_at");
    if (said.version != 1 && from.has("beacon_key")) {
        said.beacon_key = from.text("beacon_key");
        said.beacon_note = from.text("beacon_note");
        if (said.beacon_key.empty()) from.refuse("beacon_key", "a verifier key");
    }
    if (said.version != 1 && from.has("protocol_sha256"))
        said.protocol = to_hex(from.digest("protocol_sha256"));
    said.seed = from.digest("seed");
    said.revealed_at = from.time("revealed_at");
    said.revision = from.count("revision");
    if (said.revision == 0) from.refuse("revision", "1 or more");
    if (json::Value const* const list = from.array("recusals")) {
        auto recusals = read_recusals(list->as_array(), said.version);
        if (!recusals) return recusals.error();
        said.recusals = std::move(*recusals);
    }
    if (json::Value const* const list = from.has("reassigned") ? from.array("reassigned") : nullptr) {
        auto reassigned = read_reassigned(list->as_array(), said.version);
        if (!reassigned) return reassigned.error();
        said.reassigned = std::move(*reassigned);
    }
    if (json::Value const* const list = said.version == 1 ? nullptr : from.array("repeats")) {
        auto repeats = read_repeats(list->as_array());
        if (!repeats) return repeats.error();
        said.repeats = std::move(*repeats);
    }
    said.result_digest = from.digest("result_digest_sha256");
    return said;
}

}  // namespace

Result<StatementFile> StatementFile::parse(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    auto json = json::parse(text, file_limits);
    if (!json) return json.error();
    if (json::canonical(*json) != text) return malformed("It is not canonical JSON (RFC 8785).", {});
    Members from(json->if_object());
    auto said = read_statement(from);
    if (!said) return said.error();
    StatementFile out{.said = std::move(*said), .result = {}, .jws = from.text("statement")};
    from.array("result");
    if (auto const good = from.done(); !good) return good.error();
    out.result = std::move(*json->as_object().find("result"));
    return out;
}

Result<void> check_payload(StatementFile const& file) {
    auto const jws = jws_parse(file.jws);
    if (!jws) return jws.error();
    if (as_text(jws->payload) != file.said.payload())
        return refusal(draw_error::payload_differs, "What was signed is not what the file says.",
                       "/statement");
    return {};
}

Result<std::string> verify_signature(StatementFile const& file, KeyResolver const& keys) {
    if (auto const good = check_payload(file); !good) return good.error();
    auto const jws = jws_verify(file.jws, keys, {.typ = std::string(statement_typ), .ed25519 = false});
    if (!jws) return jws.error();
    return jws->header.at("kid").as_string();
}

}  // namespace sponsio::crypto::draw
