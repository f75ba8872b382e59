#include "server/service/filing/counter.hpp"

#include "server/service/filing/refusals.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

struct Draft {
    NoticeDraft notice;
    domain::CommitmentDraft commitment;
};

/// Reads a word that may be left out.
template <class Enum>
void read_choice(domain::Fields& fields, std::string_view name, Enum& value) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return;
    if (auto const known = domain::from_word<Enum>(*text))
        value = *known;
    else
        fields.refuse(name, reason::unknown_value, {.words = domain::allowed_words<Enum>()});
}

/// Reads {"notice": ..., "commitment": ...}. Channel and language are those of a counter unless said.
Outcome<Draft> read(Json const& body, Date today) {
    std::vector<FieldError> errors;
    domain::Fields fields(body, "", errors);
    NoticeDraft notice{{}, {}, domain::NoticeChannel::counter, domain::NoticeLanguage::chinese};
    fields.object("notice", [&](domain::Fields& part) {
        notice.matter_code = part.text("matter_code", {.max = 32});
        if (auto const version = part.optional_integer("matter_version", 1, 1'000'000))
            notice.matter_version = static_cast<int>(*version);
        read_choice(part, "channel", notice.channel);
        read_choice(part, "language", notice.language);
    });
    std::optional<domain::CommitmentDraft> commitment;
    fields.object("commitment", [&](domain::Fields& part) {
        commitment = domain::CommitmentDraft::read(part, today, NoticeId{Uuid{}});
    });
    fields.close();
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    notice.given_to = {.kind = domain::NoticeRecipient::person,
                       .group = {},
                       .name = commitment->committer.name.reveal(),
                       .document = commitment->committer.document};
    return Draft{std::move(notice), std::move(*commitment)};
}

/// A refusal of the commitment, with pointers into the request that has it as a part.
Fault inside(Fault refused) {
    for (FieldError& field : refused.fields)
        if (field.pointer.starts_with('/')) field.pointer = "/commitment" + field.pointer;
    return refused;
}

Fault of_notice(Fault refused) {
    for (FieldError& field : refused.fields)
        if (field.pointer == "/matter_code") field.pointer = "/notice/matter_code";
    return refused;
}

}  // namespace

/// What the filing is going to be asked, as far as it does not depend on the notice.
Outcome<void> CounterService::may_promise(db::PgSession& db, store::MatterVersion const& version,
                                          Filing const& filing) const {
    store::FilingContext context;
    context.breaches = store::breaches_of(db, filing.committer_index);
    if (filing.draft.made_on < china_date(parts_.clock.now()))
        return inside(before_notice(china_date(parts_.clock.now())));
    if (auto const& reference = filing.draft.client_reference) {
        auto const used = store::used_references(db, filing.who->organisation, {&*reference, 1});
        if (!used.empty()) return inside(reference_taken(used.front().code));
    }
    auto const free = Admission(parts_).admit_person(db, context, filing, version.matter, version.version);
    if (!free) return inside(free.error());
    return {};
}

Async<Created> CounterService::file(Caller<Official> caller, RequestOnce once, Json body) {
    auto draft = read(body, china_date(parts_.clock.now()));
    if (!draft) co_return draft.error();
    if (auto good = check_draft(parts_, *caller.who, draft->commitment); !good)
        co_return inside(good.error());
    Bytes index = parts_.vault.committer_index(draft->commitment.committer.document);
    Bytes name = parts_.terms.name_index(draft->commitment.committer.name.reveal());
    Filing filing{caller.who, once, std::move(draft->commitment), std::move(index), std::move(name)};
    RequestOnce const of_its_notice{once.key + "/notice", once.digest};
    auto given = co_await matters_.issue_notice(
        caller, of_its_notice, std::move(draft->notice),
        [this, filing](db::PgSession& db, store::MatterVersion const& version) {
            return may_promise(db, version, filing);
        });
    if (!given) co_return of_notice(given.error());
    Json notice = json::parse(given->body).value();
    filing.draft.notice = NoticeId::parse(notice.at("notice_id").as_string()).value();
    auto filed = co_await filing_.file(caller, std::move(filing));
    if (!filed) co_return inside(filed.error());
    json::ObjectText answer;
    answer.add_written("notice", given->body).add_written("commitment", filed->body);
    co_return Created{std::move(answer).take(), std::move(filed->location), filed->replayed};
}

}  // namespace sponsio::service
