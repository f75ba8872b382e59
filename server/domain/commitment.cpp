#include "server/domain/commitment.hpp"

#include "server/base/form.hpp"

#include <algorithm>
#include <cstdio>

namespace sponsio::domain {
namespace {

constexpr Reason before_promise{"before_promise", "lies before the promise", "早于承诺作出日期"};
constexpr Reason wrong_for_kind{"wrong_for_kind", "is not a document of that kind of committer",
                                "证件类型与承诺人类别不符"};
constexpr Reason other_birth_date{"contradiction", "is not the date that the number of the document holds",
                                  "与证件号码所含出生日期不一致"};
constexpr Reason holds_identity_number{"holds_identity_number",
                                       "holds an identity number; use a number of your own system",
                                       "含有身份证件号码，请改用本系统内部编号"};

/// Whether the document suits the committer: people have identity documents, organisations
/// and sole traders a credit code.
bool fits(CommitterKind kind, DocumentType type) {
    return (kind == CommitterKind::natural_person) == (type != DocumentType::uscc);
}

/// The types of documents that fit a holder of that kind.
std::vector<std::string> documents_of(std::optional<CommitterKind> holder) {
    std::vector<std::string> list;
    for (auto const& row : words<DocumentType>)
        if (!holder || fits(*holder, row.value)) list.emplace_back(row.text);
    return list;
}

/// Reads {"type", "number"}; notes errors of either.
std::optional<IdentityDocument> read_document(Fields& fields, std::optional<CommitterKind> holder,
                                              Date today) {
    std::optional<IdentityDocument> document;
    fields.object("document", [&](Fields& part) {
        std::string const type_word = part.text("type", {.max = 64});
        std::string const number = part.text("number", {.max = 64});
        auto const type = from_word<DocumentType>(type_word);
        if (!type) {
            if (!type_word.empty())
                part.refuse("type", reason::unknown_value, {.words = documents_of(holder)});
            return;
        }
        if (holder && !fits(*holder, *type))
            part.refuse("type", wrong_for_kind, {.words = documents_of(holder)});
        if (number.empty()) return;
        if (auto checked = IdentityDocument::parse(*type, number, today))
            document = std::move(*checked);
        else
            part.refuse("number", *checked.error(), form_of(*type));
    });
    return document;
}

std::string read_name(Fields& fields, bool person) {
    std::string const given = fields.text("name", {.max = 200});
    if (given.empty()) return {};
    auto checked = person ? parse_person_name(given) : parse_organisation_name(given);
    if (checked) return *checked;
    fields.refuse("name", *checked.error(), form::person_name);
    return {};
}

std::optional<Agent> read_agent(Fields& fields, Date today) {
    std::optional<Agent> agent;
    fields.optional_object("agent", [&](Fields& part) {
        std::string name = read_name(part, true);
        auto document = read_document(part, std::nullopt, today);
        std::string authority = part.text("authority", {.max = 500});
        if (document) agent = Agent{std::move(name), std::move(*document), std::move(authority)};
    });
    return agent;
}

Json document_json(IdentityDocument const& document) {
    return JsonObject{{"number", document.number().reveal()}, {"type", word(document.type())}};
}

Json or_null(std::optional<std::string> const& text) {
    return text ? Json(*text) : Json();
}

Json or_null(std::optional<Date> const& date) {
    return date ? Json(to_iso(*date)) : Json();
}

/// Whether one of the words of the text is the number of a citizen of ten years or more. Longer runs of
/// digits and numbers with the date of these years in them are what agencies number their cases with.
bool holds_citizen_number(std::string_view text, Date today) {
    constexpr int youngest = 10;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t const end = std::min(text.find_first_of("._:/-", begin), text.size());
        auto const number =
            IdentityDocument::parse(DocumentType::citizen_id, text.substr(begin, end - begin), today);
        auto const born = number ? number->birth_date() : std::nullopt;
        if (born && *born + std::chrono::years{youngest} <= today) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace

Reason const late_without_reason{"late", "is required for a promise that is entered this late",
                                 "补录较早作出的承诺须填写补录原因"};

Checked<std::string> parse_client_reference(std::string_view text) {
    auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    auto inside = [&](char c) { return plain(c) || std::string_view("._:/-").find(c) != text.npos; };
    if (text.empty()) return &reason::empty;
    if (text.size() > 64) return &reason::too_long;
    if (!plain(text.front()) || !std::ranges::all_of(text, inside)) return &reason::bad_character;
    return std::string(text);
}

std::optional<Committer> read_committer(Fields& fields, Date today) {
    std::optional<Committer> committer;
    fields.object("committer", [&](Fields& part) {
        auto const kind = part.choice<CommitterKind>("kind");
        std::string name = read_name(part, kind == CommitterKind::natural_person);
        auto document = read_document(part, kind, today);
        auto birth_date = part.optional_date("birth_date");
        if (birth_date && *birth_date > today) part.refuse("birth_date", reason::in_future, form::date);
        if (document) {
            bool const asked = kind == CommitterKind::natural_person && !document->birth_date();
            if (asked && !birth_date) part.refuse("birth_date", reason::required, form::date);
            if (!asked && birth_date) part.refuse("birth_date", reason::not_allowed_here);
            if (asked && birth_date && !document->agrees_with(*birth_date))
                part.refuse("birth_date", other_birth_date, form::date);
            committer = Committer{kind, Sealed{std::move(name)}, std::move(*document), birth_date};
        }
    });
    return committer;
}

std::optional<CommitmentDraft> CommitmentDraft::read(Fields& fields, Date today,
                                                     std::optional<NoticeId> given_with_it) {
    auto const notice = given_with_it ? *given_with_it : fields.id<NoticeId>("notice_id");
    auto committer = read_committer(fields, today);
    auto agent = read_agent(fields, today);
    Date const made_on =
        given_with_it ? fields.optional_date("made_on").value_or(today) : fields.date("made_on");
    auto valid_until = fields.optional_date("valid_until");
    std::string reason_text = fields.text("reason", {.max = 512});
    auto remarks = fields.optional_text("remarks", {.max = 512});
    auto late_reason = fields.optional_text("late_reason", {.max = 512});
    auto client_reference = fields.optional_text("client_reference", {.max = 64});
    if (client_reference) {
        if (auto checked = parse_client_reference(*client_reference); !checked)
            fields.refuse("client_reference", *checked.error());
        else if (holds_citizen_number(*client_reference, today))
            fields.refuse("client_reference", holds_identity_number);
    }
    std::optional<IdentityCheck> identity_check;
    if (auto const text = fields.optional_text("identity_check", {.max = 64})) {
        identity_check = from_word<IdentityCheck>(*text);
        if (!identity_check)
            fields.refuse("identity_check", reason::unknown_value, {.words = allowed_words<IdentityCheck>()});
    }
    auto assent = Assent::read(fields);
    if (made_on.ok()) {
        if (made_on > today) fields.refuse("made_on", reason::in_future);
        if (valid_until && *valid_until < made_on) fields.refuse("valid_until", before_promise);
    }
    if (!committer) return std::nullopt;
    return CommitmentDraft{.notice = notice,
                           .committer = std::move(*committer),
                           .agent = std::move(agent),
                           .made_on = made_on,
                           .valid_until = valid_until,
                           .reason = std::move(reason_text),
                           .remarks = std::move(remarks),
                           .late_reason = std::move(late_reason),
                           .client_reference = std::move(client_reference),
                           .identity_check = identity_check,
                           .assent = std::move(assent)};
}

std::string CommitmentDraft::assent_text() const {
    CommitmentContent content{};
    content.notice_digest = assent.value().digest;
    return domain::assent_text(content.to_json(*this));
}

bool CommitmentDraft::needs_agent(std::int64_t full_age) const {
    if (committer.kind != CommitterKind::natural_person || agent) return false;
    auto const birth = committer.birth_date ? committer.birth_date : committer.document.birth_date();
    return birth && !is_of_age(*birth, std::chrono::years{full_age}, made_on);
}

Outcome<CommitmentDraft> CommitmentDraft::parse(Json const& body, Date today) {
    std::vector<FieldError> errors;
    Fields fields(body, "", errors);
    auto draft = read(fields, today);
    fields.close();
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    return std::move(draft).value();
}

/// Members are in canonical order, so that an answer is the same whether just filed or read back.
Json CommitmentContent::to_json(CommitmentDraft const& draft) const {
    JsonObject committer;
    if (draft.committer.birth_date) committer.add("birth_date", to_iso(*draft.committer.birth_date));
    committer.add("document", document_json(draft.committer.document));
    committer.add("kind", word(draft.committer.kind));
    committer.add("name", draft.committer.name.reveal());
    JsonObject content;
    content.add("accepted_at", to_rfc3339(accepted_at));
    content.add("accepted_by", accepted_by);
    if (draft.agent)
        content.add("agent", JsonObject{{"authority", draft.agent->authority},
                                        {"document", document_json(draft.agent->document)},
                                        {"name", draft.agent->name}});
    if (draft.assent) content.add("assent", draft.assent->to_json());
    // Members that few commitments have are left out of the others, whose form stays as it always was.
    if (draft.client_reference) content.add("client_reference", *draft.client_reference);
    content.add("commitment_code", code);
    content.add("committer", std::move(committer));
    content.add("content_version", version);
    if (draft.identity_check) content.add("identity_check", word(*draft.identity_check));
    if (draft.late_reason) content.add("late_reason", *draft.late_reason);
    content.add("made_on", to_iso(draft.made_on));
    content.add("matter_code", matter_code);
    content.add("matter_digest", to_hex(matter_digest));
    content.add("matter_version", matter_version);
    content.add("notice_digest", to_hex(notice_digest));
    content.add("notice_id", draft.notice.text());
    content.add("reason", draft.reason);
    content.add("remarks", or_null(draft.remarks));
    content.add("salt", salt);
    content.add("valid_until", or_null(draft.valid_until));
    return content;
}

bool is_same_promise(Json const& content, CommitmentDraft const& draft) {
    Json const mine = CommitmentContent{}.to_json(draft);
    auto const same = [&](std::string_view name) {
        Json const* filed = content.find(name);
        Json const* drafted = mine.find(name);
        return filed && drafted ? *filed == *drafted : filed == drafted;
    };
    constexpr std::string_view drafted[] = {"agent",          "assent",  "client_reference", "committer",
                                            "identity_check", "made_on", "late_reason",      "notice_id",
                                            "reason",         "remarks", "valid_until"};
    return std::ranges::all_of(drafted, same);
}

std::string commitment_code(std::string_view region, Date made_on, int serial) {
    char tail[32];
    int const n = std::snprintf(tail, sizeof tail, "%04d%02u%02u%06d", int{made_on.year()},
                                unsigned{made_on.month()}, unsigned{made_on.day()}, serial);
    return std::string(region) + std::string(tail, static_cast<std::size_t>(n));
}

bool is_commitment_code(std::string_view text) {
    return text.size() == 20 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace sponsio::domain
