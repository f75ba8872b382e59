#include "reference/platform/judge.hpp"

#include <algorithm>
#include <set>

namespace sponsio::platform {
namespace {

using domain::Json;
namespace why = domain::report_reason;

constexpr Reason bad_signature{"bad_signature", "is not the sender's signature of the manifest",
                               "不是报送单位对批次清单的有效签名"};
constexpr Reason digest_mismatch{"digest_mismatch", "is not the SM3 digest of the records",
                                 "与记录内容的 SM3 摘要不一致"};
constexpr Reason count_mismatch{"count_mismatch", "is not the number of lines", "与记录行数不一致"};
constexpr Reason bad_lines{"bad_lines", "must be JSON objects, one a line, each with a record_no of its own",
                           "须为每行一个 JSON 对象，且各有不重复的 record_no"};
constexpr Reason foreign_number{"foreign_number", "must begin with the sender's code",
                                "须以报送单位统一社会信用代码开头"};

bool signed_by_sender(domain::BatchManifest const& manifest, domain::BatchBytes const& bytes,
                      Registry const& registry, std::vector<crypto::PublicKey> const& sender_keys) {
    auto const fits = [&](crypto::PublicKey const& key) {
        return key.verify(as_bytes(bytes.manifest), as_bytes(bytes.signature));
    };
    Unit const* unit = registry.find(manifest.sender.uscc);
    return (unit && unit->key && fits(*unit->key)) || std::ranges::any_of(sender_keys, fits);
}

std::string text_at(Json const& line, std::string_view name) {
    Json const* value = line.find(name);
    return value && value->is_string() ? value->as_string() : std::string();
}

bool all_addressable(std::vector<std::string_view> const& lines) {
    std::set<std::string> numbers;
    return std::ranges::all_of(lines, [&](std::string_view text) {
        auto const line = json::parse(text);
        if (!line) return false;
        std::string number = text_at(*line, "record_no");
        return domain::is_exchange_number(number) && numbers.insert(std::move(number)).second;
    });
}

}  // namespace

Outcome<void> check_batch(domain::BatchManifest const& manifest, domain::BatchBytes const& bytes,
                          Registry const& registry, std::vector<crypto::PublicKey> const& sender_keys) {
    Fault refused{.problem = &problem::invalid};
    auto const refuse = [&](char const* pointer, Reason const& reason) {
        refused.fields.push_back({pointer, &reason});
    };
    if (!manifest.batch_no.starts_with(manifest.sender.uscc + "-"))
        refuse("/manifest/batch_no", foreign_number);
    if (manifest.schema_version != domain::report_schema_version)
        refuse("/manifest/schema_version", why::unknown_schema);
    if (!registry.open() && !registry.find(manifest.sender.uscc))
        refuse("/manifest/sender/uscc", why::unit_unknown);
    else if (!signed_by_sender(manifest, bytes, registry, sender_keys))
        refuse("/signature", bad_signature);
    if (crypto::sm3(as_bytes(bytes.records)) != manifest.digest_sm3)
        refuse("/manifest/digest_sm3", digest_mismatch);
    auto const lines = domain::split_lines(bytes.records);
    if (!lines || !all_addressable(*lines))
        refuse("/records", bad_lines);
    else if (static_cast<std::int64_t>(lines->size()) != manifest.record_count)
        refuse("/manifest/record_count", count_mismatch);
    if (!refused.fields.empty()) return refused;
    return {};
}

std::vector<domain::RecordVerdict> Judge::verdicts(std::string const& sender,
                                                   std::string_view records) const {
    std::vector<domain::RecordVerdict> list;
    std::map<std::string, bool> changed;
    auto const lines = domain::split_lines(records);
    for (std::string_view text : lines.value()) list.push_back(verdict(sender, text, changed));
    return list;
}

domain::RecordVerdict Judge::verdict(std::string const& sender, std::string_view text,
                                     std::map<std::string, bool>& changed) const {
    Json const line = json::parse(text).value();
    domain::RecordVerdict verdict{.record_no = text_at(line, "record_no")};
    if (Judged const* before = archive_.judged(sender, verdict.record_no)) {
        if (before->digest_sm3 == crypto::sm3(as_bytes(text))) return before->verdict;
        verdict.errors.push_back(domain::report_error("record_no", why::record_no_reused));
        return verdict;
    }
    if (domain::report_line(line) != text)
        verdict.errors.push_back(domain::report_error("", why::not_canonical));
    std::ranges::move(domain::check_report_line(line, regions_, today_), std::back_inserter(verdict.errors));
    check_units(line, verdict.errors);
    if (!verdict.errors.empty()) return verdict;

    // Effects of earlier lines of the same batch already count.
    std::string const record = text_at(line, "record_id");
    auto const op = domain::from_word<domain::ReportOp>(text_at(line, "op"));
    auto const earlier = changed.find(record);
    bool const held = earlier != changed.end() ? earlier->second : archive_.copy(sender, record) != nullptr;
    if (held == (op == domain::ReportOp::add))
        verdict.errors.push_back(
            domain::report_error("record_id", held ? why::duplicate_record : why::no_such_record));
    verdict.accepted = verdict.errors.empty();
    if (verdict.accepted) changed[record] = op == domain::ReportOp::add || op == domain::ReportOp::change;
    return verdict;
}

void Judge::check_units(Json const& line, std::vector<domain::ReportError>& errors) const {
    if (registry_.open()) return;
    for (auto const& [code_field, name_field] :
         {std::pair{"performance_unit_uscc", "performance_unit"}, {"accept_unit_uscc", "accept_unit"}}) {
        std::string const code = text_at(line, code_field);
        std::string const name = text_at(line, name_field);
        if (code.empty()) continue;
        Unit const* unit = registry_.find(code);
        if (!unit)
            errors.push_back(domain::report_error(code_field, why::unit_unknown));
        else if (!name.empty() && unit->name != name)
            errors.push_back(domain::report_error(name_field, why::unit_name_mismatch));
    }
}

}  // namespace sponsio::platform
