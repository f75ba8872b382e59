#include "server/domain/batch.hpp"

#include "server/base/form.hpp"

#include <algorithm>
#include <cstdio>

namespace sponsio::domain {
namespace {

constexpr std::string_view algorithm = "SM2-with-SM3";
constexpr std::string_view distinguishing_id = "1234567812345678";
constexpr std::string_view between_languages = " / ";

constexpr Reason not_base64{"bad_format", "is not base64", "不是 base64"};

Json party_json(BatchParty const& party) {
    return JsonObject{{"uscc", party.uscc.empty() ? Json() : Json(party.uscc)}, {"name", party.name}};
}

BatchParty read_party(Fields& fields, std::string_view name, bool code_needed) {
    BatchParty party;
    fields.object(name, [&](Fields& part) {
        party.uscc = code_needed ? part.text("uscc", {.max = 18})
                                 : part.optional_text("uscc", {.max = 18}).value_or(std::string());
        party.name = part.text("name", {.max = 200});
    });
    return party;
}

crypto::Digest read_digest(Fields& fields, std::string_view name) {
    crypto::Digest digest{};
    std::string const text = fields.text(name, {.max = 64});
    auto const bytes = from_hex(text);
    if (bytes && bytes->size() == digest.size())
        std::ranges::copy(*bytes, digest.begin());
    else if (!text.empty())
        fields.refuse(name, reason::bad_format);
    return digest;
}

/// Reads a member that can have only one value.
void read_constant(Fields& fields, std::string_view name, std::string_view value) {
    std::string const text = fields.text(name, {.max = 64});
    if (!text.empty() && text != value)
        fields.refuse(name, reason::unknown_value, {.words = {std::string(value)}});
}

std::string read_number(Fields& fields, std::string_view name) {
    std::string text = fields.text(name, {.max = 64});
    if (!text.empty() && !is_exchange_number(text)) fields.refuse(name, reason::bad_character, form::key);
    return text;
}

ReportError read_error(Fields& fields) {
    ReportError error;
    error.code = fields.text("code", {.max = 64});
    error.field = fields.optional_text("field", {.max = 128}).value_or(std::string());
    std::string const message = fields.text("message", {.max = 1000});
    error.message = {message, message};
    return error;
}

RecordVerdict read_verdict(Fields& fields) {
    RecordVerdict verdict;
    verdict.record_no = read_number(fields, "record_no");
    verdict.accepted = fields.choice<BatchVerdict>("status") == BatchVerdict::accepted;
    fields.objects("errors", {.min = 0, .max = 100},
                   [&](Fields& part) { verdict.errors.push_back(read_error(part)); });
    if (verdict.accepted != verdict.errors.empty()) fields.refuse("errors", reason::not_allowed_here);
    return verdict;
}

Outcome<Json> parse_large(std::string_view text) {
    auto parsed = json::parse(text, {.max_bytes = 2 * batch_max_bytes, .max_values = 2'000'000});
    if (!parsed) return fault(problem::bad_json, parsed.error().message);
    return std::move(*parsed);
}

}  // namespace

std::string batch_no(std::string_view uscc, Date on, int serial) {
    char tail[32];
    int const n = std::snprintf(tail, sizeof tail, "-%04d%02u%02u-%06d", int{on.year()}, unsigned{on.month()},
                                unsigned{on.day()}, serial);
    return std::string(uscc) + std::string(tail, static_cast<std::size_t>(n));
}

bool is_exchange_number(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
               c == '_' || c == '-';
    });
}

std::string join_lines(std::vector<std::string> const& lines) {
    std::size_t size = 0;
    for (std::string const& line : lines) size += line.size() + 1;
    std::string text;
    text.reserve(size);
    for (std::string const& line : lines) text.append(line).push_back('\n');
    return text;
}

std::optional<std::vector<std::string_view>> split_lines(std::string_view records) {
    std::vector<std::string_view> lines;
    while (!records.empty()) {
        std::size_t const end = records.find('\n');
        if (end == std::string_view::npos || end == 0) return std::nullopt;
        lines.push_back(records.substr(0, end));
        records.remove_prefix(end + 1);
    }
    return lines;
}

std::string BatchManifest::bytes() const {
    return json::canonical(JsonObject{{"batch_no", batch_no},
                                      {"sender", party_json(sender)},
                                      {"receiver", party_json(receiver)},
                                      {"resource_code", resource_code},
                                      {"schema_version", schema_version},
                                      {"record_count", record_count},
                                      {"digest_sm3", to_hex(digest_sm3)},
                                      {"created_at", to_rfc3339(created_at)},
                                      {"signature_algorithm", algorithm},
                                      {"distinguishing_id", distinguishing_id},
                                      {"kid", kid}});
}

Outcome<BatchManifest> BatchManifest::parse(std::string_view text) {
    auto json = parse_json(text);
    if (!json) return json.error();
    auto manifest = decode(*json, [](Fields& fields) {
        BatchManifest m;
        m.batch_no = read_number(fields, "batch_no");
        m.sender = read_party(fields, "sender", true);
        m.receiver = read_party(fields, "receiver", false);
        m.resource_code = fields.text("resource_code", {.max = 64});
        m.schema_version = fields.text("schema_version", {.max = 16});
        m.record_count = fields.integer("record_count", 1, 100'000);
        m.digest_sm3 = read_digest(fields, "digest_sm3");
        m.created_at = fields.instant("created_at");
        read_constant(fields, "signature_algorithm", algorithm);
        read_constant(fields, "distinguishing_id", distinguishing_id);
        m.kid = fields.text("kid", {.max = 128});
        return m;
    });
    if (manifest && manifest->bytes() != text)
        return fault(problem::invalid, "The manifest is not canonical JSON (RFC 8785).",
                     "批次清单不是规范化 JSON（RFC 8785）。");
    return manifest;
}

std::string BatchBytes::body() const {
    return json::write(JsonObject{
        {"manifest", manifest}, {"records", records}, {"signature", to_base64(as_bytes(signature))}});
}

Outcome<BatchBytes> BatchBytes::parse_body(std::string_view body) {
    auto json = parse_large(body);
    if (!json) return json.error();
    JsonObject const* object = json->if_object();
    if (!object) return bad_field("", reason::wrong_type);
    BatchBytes bytes;
    Fault refused{.problem = &problem::invalid};
    auto take = [&](std::string_view name, std::size_t longest) -> std::string {
        Json const* value = object->find(name);
        std::string const* text = value ? value->if_string() : nullptr;
        std::string pointer = "/" + std::string(name);
        if (!value)
            refused.fields.push_back({std::move(pointer), &reason::required});
        else if (!text)
            refused.fields.push_back({std::move(pointer), &reason::wrong_type});
        else if (text->size() > longest)
            refused.fields.push_back({std::move(pointer), &reason::too_long});
        else
            return *text;
        return {};
    };
    bytes.manifest = take("manifest", 64 * 1024);
    bytes.records = take("records", batch_max_bytes);
    auto signature = from_base64(take("signature", 256));
    if (signature)
        bytes.signature = to_string(*signature);
    else
        refused.fields.push_back({"/signature", &not_base64});
    for (auto const& [name, value] : *object)
        if (name != "manifest" && name != "records" && name != "signature")
            refused.fields.push_back({json::pointer_step("", name), &reason::unknown_field});
    if (!refused.fields.empty()) return refused;
    return bytes;
}

Json errors_json(std::vector<ReportError> const& errors) {
    json::Array list;
    for (ReportError const& e : errors) {
        // Platforms may give their message in one language only.
        std::string const message = e.message.zh == e.message.en
                                        ? e.message.zh
                                        : e.message.zh + std::string(between_languages) + e.message.en;
        list.push_back(JsonObject{
            {"code", e.code}, {"field", e.field.empty() ? Json() : Json(e.field)}, {"message", message}});
    }
    return list;
}

Json BatchAnswer::to_json() const {
    json::Array list;
    list.reserve(records.size());
    for (RecordVerdict const& v : records)
        list.push_back(
            JsonObject{{"record_no", v.record_no},
                       {"status", word(v.accepted ? BatchVerdict::accepted : BatchVerdict::rejected)},
                       {"errors", errors_json(v.errors)}});
    return JsonObject{{"batch_no", batch_no},
                      {"received_at", to_rfc3339(received_at)},
                      {"digest_sm3", to_hex(digest_sm3)},
                      {"records", std::move(list)}};
}

Outcome<BatchAnswer> BatchAnswer::parse(std::string_view bytes) {
    auto json = parse_large(bytes);
    if (!json) return json.error();
    return decode(*json, [](Fields& fields) {
        BatchAnswer answer;
        answer.batch_no = read_number(fields, "batch_no");
        answer.received_at = fields.instant("received_at");
        answer.digest_sm3 = read_digest(fields, "digest_sm3");
        fields.objects("records", {.min = 1, .max = 100'000},
                       [&](Fields& part) { answer.records.push_back(read_verdict(part)); });
        return answer;
    });
}

bool BatchAnswer::answers(BatchManifest const& manifest, std::vector<std::string> record_nos) const {
    std::vector<std::string> judged;
    for (RecordVerdict const& v : records) judged.push_back(v.record_no);
    std::ranges::sort(judged);
    std::ranges::sort(record_nos);
    return batch_no == manifest.batch_no && digest_sm3 == manifest.digest_sm3 && judged == record_nos;
}

}  // namespace sponsio::domain
