#include "server/service/filing/eligibility.hpp"

#include "server/base/form.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/service/filing/refusals.hpp"
#include "server/service/filing/writer.hpp"
#include "server/service/matters/commitment_steps.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/vouched_code.hpp"
#include "server/store/eligibility.hpp"
#include "server/store/matters.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::Obstacle;
using domain::QuestionKind;
using Indexes = std::vector<std::vector<std::uint8_t>>;

constexpr std::chrono::hours window{24};
/// Whoever has asked about as many as they may has more to ask in an hour at the earliest they should try.
constexpr std::chrono::seconds ask_again{3600};

domain::NumberId limit_of(QuestionKind kind) {
    return kind == QuestionKind::question ? domain::rule::questions : domain::rule::validations;
}

Fault asked_enough(std::string_view rule, std::int64_t limit) {
    std::string const most = std::to_string(limit), id(rule);
    Fault refused =
        fault(problem::throttled,
              "An account may ask about " + most + " persons in 24 hours (" + id +
                  "). Filing itself is not limited.",
              "同一账号二十四小时内最多可查询 " + most + " 人次（" + id + "）；正式受理不受此限。");
    refused.retry_after = ask_again;
    return refused;
}

/// The sentences that go with each obstacle.
Bilingual sentence(Obstacle obstacle, domain::MatterVersion const& version) {
    switch (obstacle) {
        case Obstacle::false_promise:
        case Obstacle::unfulfilled_promise:
        case Obstacle::bad_record: return bar_sentence(obstacle);
        case Obstacle::not_in_force: return not_yet_in_force(version.valid_from).detail;
        case Obstacle::unconfirmed_code: break;
    }
    return {.en =
                "The check character of the credit code is wrong, and no two people of the agency "
                "vouch for it (POST /v1/credit-codes).",
            .zh = "统一社会信用代码校验码不符，且本单位未经两人核对确认（POST /v1/credit-codes）。"};
}

/// How many of these committers have a breach on record.
std::int32_t barred_among(std::span<Filing const> filings, store::FilingContext const& known) {
    return static_cast<std::int32_t>(std::ranges::count_if(filings, [&](Filing const& filing) {
        return std::ranges::find(known.breaches, filing.committer_index, &store::Breach::committer) !=
               known.breaches.end();
    }));
}

store::FilingContext context_of(db::PgSession& db, std::span<Filing const> filings) {
    store::FilingLookup question{};
    std::vector<std::string> references;
    for (Filing const& filing : filings) {
        question.notices.push(filing.draft.notice);
        question.committers.push(filing.committer_index);
        if (filing.draft.client_reference) references.push_back(*filing.draft.client_reference);
    }
    db::Pipeline look;
    store::ask_filing_context(look, question);
    auto context = store::read_filing_context(look.run(db));
    if (!references.empty())
        context.used_references = store::used_references(db, filings.front().who->organisation, references);
    return context;
}

}  // namespace

/// How many persons the account may still ask about after these; refused if it may not ask about these.
Outcome<std::int64_t> EligibilityService::left_to_ask(db::PgSession& db, Official const& who,
                                                      QuestionKind kind, std::size_t persons) const {
    Instant const now = parts_.clock.now();
    domain::NumberId const rule = limit_of(kind);
    auto const limit = parts_.rules.number(rule, who.region_code, china_date(now));
    if (!limit) return limit.error();
    store::lock_questions_of(db, who.account);
    std::int64_t const left = *limit - store::persons_asked_about(db, who.account, kind, now - window) -
                              static_cast<std::int64_t>(persons);
    if (left < 0) {
        Fault refused = asked_enough(rule.text, *limit);
        if (auto const found = parts_.rules.find(rule, who.region_code, china_date(now)))
            refused.explanation = domain::explanation_link(*found);
        return refused;
    }
    return left;
}

void EligibilityService::keep(db::PgSession& db, Caller<Official> const& caller, Question question,
                              Instant now) const {
    Official const& who = *caller.who;
    auto const id = Uuid::v7(now, crypto::system_entropy().array<10>());
    auto const persons = static_cast<std::int32_t>(question.committers.size());
    note_query(db, caller,
               {.purpose = question.purpose, .subjects = question.committers, .fields = {"obstacles"}}, now);
    store::insert(db, {.id = id,
                       .organisation = who.organisation,
                       .asked_by = who.account,
                       .kind = question.kind,
                       .matter = question.matter,
                       .committers = std::move(question.committers),
                       .persons = persons,
                       .barred = question.barred,
                       .asked_at = now});
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "eligibility",
                                   .subject = id.text(),
                                   .from = std::nullopt,
                                   .event = "asked",
                                   .to = "answered",
                                   .actor = who.account,
                                   .why = std::move(question.about),
                                   .rule = std::nullopt});
}

Outcome<Json> EligibilityService::answer(db::PgSession& db, Caller<Official> const& caller,
                                         EligibilityDraft const& draft) const {
    Official const& who = *caller.who;
    Instant const now = parts_.clock.now();
    auto const left = left_to_ask(db, who, QuestionKind::question, 1);
    if (!left) return left.error();
    auto const row = store::version_in_force(db, who.organisation, draft.matter_code, china_date(now));
    if (!row) return bad_field("/matter_code", reason::no_such_thing, form::known_thing);
    auto const matter = parts_.matters.find(db, row->matter, row->version);
    domain::IdentityDocument const& paper = draft.committer.document;
    Bytes const index = parts_.vault.committer_index(paper);
    auto const breaches = store::breaches_of(db, index);
    auto const bar = bar_of(parts_.rules, who.region_code, china_date(now), matter->content, breaches);
    if (!bar) return bar.error();
    std::vector<Obstacle> obstacles;
    if (*bar) obstacles.push_back((*bar)->obstacle);
    if (china_date(now) < matter->content.valid_from) obstacles.push_back(Obstacle::not_in_force);
    if (paper.type() == domain::DocumentType::uscc &&
        !check_credit_code(db, who.organisation, paper.number().reveal(), ""))
        obstacles.push_back(Obstacle::unconfirmed_code);
    keep(db, caller,
         {.kind = QuestionKind::question,
          .matter = row->matter,
          .committers = {index},
          .barred = breaches.empty() ? 0 : 1,
          .about = draft.matter_code,
          .purpose = draft.purpose},
         now);
    json::Array found;
    for (Obstacle const obstacle : obstacles)
        found.push_back(JsonObject{
            {"obstacle", domain::word(obstacle)},
            {"text", domain::to_json(sentence(obstacle, matter->content))},
            {"explanation", *bar && obstacle == (*bar)->obstacle ? Json((*bar)->explanation) : Json()}});
    return JsonObject{{"eligible", obstacles.empty()}, {"obstacles", std::move(found)},
                      {"matter_code", matter->code},   {"matter_version", matter->version},
                      {"on", to_iso(china_date(now))}, {"questions_left", *left}};
}

Async<Json> EligibilityService::ask(Caller<Official> caller, Json body) {
    Date const today = china_date(parts_.clock.now());
    auto draft = domain::decode(body, [&](domain::Fields& fields) -> std::optional<EligibilityDraft> {
        std::string code = fields.text("matter_code", {.max = 32});
        auto const purpose = fields.choice<domain::Purpose>("purpose");
        if (purpose != domain::Purpose::eligibility && purpose != domain::Purpose::case_handling)
            fields.refuse("purpose", reason::unknown_value, {.words = {"case_handling", "eligibility"}});
        auto committer = domain::read_committer(fields, today);
        if (!committer) return std::nullopt;
        return EligibilityDraft{std::move(code), std::move(*committer), purpose};
    });
    if (!draft) co_return draft.error();
    co_return co_await parts_.db.run(caller.deadline, [this, caller,
                                                       asked = **draft](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) { return answer(db, caller, asked); });
    });
}

Outcome<std::vector<Outcome<Validated>>> EligibilityService::check(db::PgSession& db,
                                                                   Caller<Official> const& caller,
                                                                   std::span<Filing const> filings) const {
    Official const& who = *caller.who;
    Instant const now = parts_.clock.now();
    if (auto left = left_to_ask(db, who, QuestionKind::validation, filings.size()); !left)
        return left.error();
    auto const context = context_of(db, filings);
    Admission admission(parts_);
    auto const one = [&](Filing const& filing) -> Outcome<Validated> {
        auto const used = std::ranges::find(context.used_references, filing.draft.client_reference,
                                            [](auto const& r) { return std::optional(r.reference); });
        if (filing.draft.client_reference && used != context.used_references.end()) {
            auto const opened = open_commitment(db, parts_.vault, parts_.matters, used->code);
            if (!opened) return opened.error();
            if (!domain::is_same_promise(opened->content, filing.draft)) return reference_taken(used->code);
            return Validated{opened->matter->code, opened->matter->version, first_state(*opened->matter),
                             used->code};
        }
        auto const notice = admission.admit(db, context, filing);
        if (!notice) return notice.error();
        auto const matter = parts_.matters.find(db, notice->matter, notice->version);
        return Validated{matter->code, matter->version, first_state(*matter), std::nullopt};
    };
    std::vector<Outcome<Validated>> outcomes;
    Indexes committers;
    for (Filing const& filing : filings) {
        outcomes.push_back(one(filing));
        committers.push_back(filing.committer_index);
    }
    keep(db, caller,
         {.kind = QuestionKind::validation,
          .matter = {},
          .committers = std::move(committers),
          .barred = barred_among(filings, context),
          .about = "validate_only " + std::to_string(filings.size())},
         now);
    return outcomes;
}

boost::asio::awaitable<std::vector<Outcome<Validated>>> EligibilityService::validate(
    Caller<Official> caller, std::vector<BulkFiling> filings) {
    auto const day = FilingDay::of(parts_, *caller.who);
    if (!day) co_return std::vector<Outcome<Validated>>(filings.size(), day.error());
    std::vector<Outcome<Validated>> outcomes;
    std::vector<Filing> good;
    std::vector<std::size_t> place;
    for (BulkFiling& one : filings) {
        auto filing = read_filing(parts_, *day, caller.who, std::move(one.once), one.body);
        outcomes.emplace_back(filing ? Fault{} : filing.error());
        if (!filing) continue;
        good.push_back(std::move(*filing));
        place.push_back(outcomes.size() - 1);
    }
    if (good.empty()) co_return outcomes;
    auto const checked =
        co_await parts_.db.run(caller.deadline, [this, caller, &good](db::PgSession& session) {
            return in_transaction(session, [&](db::PgSession& db) { return check(db, caller, good); });
        });
    for (std::size_t i = 0; i != place.size(); ++i)
        outcomes[place[i]] = checked ? (*checked)[i] : Outcome<Validated>(checked.error());
    co_return outcomes;
}

}  // namespace sponsio::service
