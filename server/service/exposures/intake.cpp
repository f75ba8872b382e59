#include "server/service/exposures/intake.hpp"

#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/service/evidence/content_type.hpp"
#include "server/service/exposures/appointments.hpp"
#include "server/service/exposures/texts.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>
#include <cctype>

namespace sponsio::service {
namespace {

using domain::ExposureEvent;
using domain::ExposureState;
using domain::Json;
using domain::JsonObject;
using domain::ReportSource;

constexpr std::size_t file_bytes = std::size_t{512} << 10;

/// Without signs that look alike. 16 of them hold 80 bits.
constexpr std::string_view code_signs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

std::string fresh_code() {
    std::string code;
    for (std::uint8_t const byte : crypto::system_entropy().array<16>()) {
        if (code.size() % 5 == 4) code += '-';
        code += code_signs[byte % code_signs.size()];
    }
    return code;
}

/// However it was typed.
crypto::Digest digest_of_code(std::string_view code) {
    std::string plain;
    for (char const c : code)
        if (std::isalnum(static_cast<unsigned char>(c)))
            plain += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return crypto::sha256(as_bytes(plain));
}

/// Two reports that begin one case at the same time: the second joins it.
template <class Attempt>
auto despite_race(Attempt attempt) -> decltype(attempt()) {
    try {
        return attempt();
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != "exposure_open") throw;
    }
    return attempt();
}

bool without_account(ReportSource source) {
    return source == ReportSource::resident || source == ReportSource::media ||
           source == ReportSource::grassroots;
}

Outcome<void> check_source(db::PgSession& db, domain::Official const* who, ReportSource source) {
    bool good = without_account(source);
    if (who) {
        auto const unit = store::organisation_by_id(db, who->organisation);
        bool const committee = unit && unit->kind == domain::OrganisationKind::grassroots;
        good = source == ReportSource::grassroots
                   ? committee
                   : source == ReportSource::inspector || source == ReportSource::data;
    }
    if (good) return {};
    return bad_field("/source", reason::not_allowed_here);
}

Bilingual receipt(std::string const& code, std::string const& authority, std::optional<Instant> const& due) {
    std::string const until = due ? to_iso(last_day(*due)) : "";
    return {.en = "Keep this code: " + code + ". With it you see how far your report has come. " + authority +
                  " looks into it" + (until.empty() ? "" : " by " + until) +
                  ". The unit is not told who reported it.\n",
            .zh = "请保存查询码：" + code + "，凭此码可以查询办理进度。" + authority +
                  (until.empty() ? "" : "将于" + until + "前") + "审查。不会向被反映单位透露反映人。\n"};
}

}  // namespace

ExposureIntake::ExposureIntake(ExposureParts parts)
    : parts_(std::move(parts)),
      files_({.db = parts_.db,
              .vault = parts_.vault,
              .clock = parts_.clock,
              .reached = [](db::PgSession& db, domain::Official const& who,
                            Uuid const& of) -> Outcome<std::string> {
                  auto const report = store::exposure_report_by_id(db, ExposureReportId{of});
                  auto const row = report ? store::exposure_by_id(db, report->exposure) : std::nullopt;
                  if (!row || row->organisation != who.organisation) return fault(problem::not_found);
                  return "/v1/exposure-reports/" + report->id.text();
              }}) {}

// ------------------------------------------------------------------------------------------ it is reported
/// The nearest authority that is not the unit itself: nobody judges their own demand.
Outcome<OrganisationId> ExposureIntake::owner_of(db::PgSession& db, domain::ExposureReportDraft const& draft,
                                                 std::optional<OrganisationId> const& unit) const {
    std::vector<std::string> regions{draft.region};
    std::ranges::copy(domain::region_ancestors(draft.region), std::back_inserter(regions));
    for (; !regions.empty(); regions.erase(regions.begin()))
        for (auto const authority :
             {domain::authority_over(draft.unit_kind), domain::ExposureAuthority::civil_affairs})
            if (auto const found = authority_for(db, parts_.vault, authority, regions.front());
                found && found != unit)
                return *found;
    return fault(problem::conflict,
                 "No authority takes reports of this region here yet; the government hotline 12345 does.",
                 "该地区尚无单位在本系统受理此类反映，可以拨打政务服务便民热线12345。");
}

Outcome<store::ExposureRow> ExposureIntake::case_for(db::PgSession& db, Reporter const& who,
                                                     domain::ExposureReportDraft const& draft,
                                                     Instant now) const {
    auto const match = domain::match_proof(parts_.catalogue, draft.proof_name, draft.region, draft.asked_on);
    std::string const key = domain::unit_key(draft.unit_uscc, draft.unit_name, draft.region);
    if (match)
        if (auto open = store::lock_open_exposure(db, key, draft.region, match->item->item_id, draft.demand))
            return *open;
    auto const unit = draft.unit_uscc ? store::organisation_by_uscc(db, *draft.unit_uscc) : std::nullopt;
    auto const owner = owner_of(db, draft, unit ? std::optional(unit->id) : std::nullopt);
    if (!owner) return owner.error();
    CountedBy const by{parts_.rules, parts_.calendar, draft.region};
    auto const clock = by.from(domain::rule::exposure_screen, now);
    if (!clock) return clock.error();
    store::ExposureRow row{.id = new_id<ExposureId>(now),
                           .organisation = *owner,
                           .authority = domain::authority_over(draft.unit_kind),
                           .region = draft.region,
                           .unit_key = key,
                           .unit_name = unit ? unit->name : draft.unit_name,
                           .unit_uscc = draft.unit_uscc,
                           .unit_kind = unit ? unit->kind : draft.unit_kind,
                           .unit = unit ? std::optional(unit->id) : std::nullopt,
                           .superior = unit ? unit->superior : std::nullopt,
                           .demand = draft.demand,
                           .asked_on = draft.asked_on,
                           .item = match ? std::optional(match->item->item_id) : std::nullopt,
                           .match_score = match ? match->score : 0,
                           .matched_by = domain::MatchedBy::search,
                           .opened_at = now,
                           .due_at = clock->due,
                           .rule = clock->rule};
    store::insert(db, row);
    born(db, domain::exposure_lifecycle,
         {.subject = row.id.text(),
          .actor = who.actor,
          .now = now,
          .rule = row.rule,
          .organisation = row.organisation});
    return row;
}

Outcome<void> ExposureIntake::keep_files(db::PgSession& db, ExposureReportId of, Reporter const& who,
                                         std::vector<domain::ReportFile> const& files, Instant now) const {
    for (std::size_t i = 0; i != files.size(); ++i) {
        domain::ReportFile const& file = files[i];
        std::string const pointer = "/files/" + std::to_string(i);
        std::string const bytes = to_string(file.bytes);
        if (bytes.size() > file_bytes)
            return bad_field(pointer + "/content_base64", reason::too_long,
                             {.max = file_bytes, .unit = &unit::bytes});
        auto type = settle_type(file.content_type, bytes.substr(0, EvidenceIntake::chunk_bytes));
        if (!type) {
            Fault refused = type.error();
            for (FieldError& field : refused.fields) field.pointer = pointer + "/content_type";
            return refused;
        }
        auto const id = new_id<EvidenceId>(now);
        SealedEvidence const sealed = seal_evidence(parts_.vault, id, {file.name, *type}, bytes);
        store::insert(db,
                      {.id = id,
                       .holder = store::CaseFiles{of.raw()},
                       .kind = domain::EvidenceKind::documentary,
                       .size = static_cast<std::int32_t>(bytes.size()),
                       .digest = crypto::sha256(as_bytes(bytes)),
                       .label = sealed.label,
                       .added_by = who.official ? std::optional(who.official->account) : std::nullopt,
                       .added_at = now},
                      sealed.content);
    }
    return {};
}

Outcome<ExposureIntake::Taken> ExposureIntake::take_in(db::PgSession& db, Reporter const& who,
                                                       domain::ExposureReportDraft const& draft) const {
    Instant const now = parts_.clock.now();
    if (draft.asked_on > china_date(now)) return bad_field("/asked_on", reason::in_future);
    if (auto known = parts_.regions.check(draft.region, draft.asked_on, "/region_code"); !known)
        return known.error();
    if (auto good = check_source(db, who.official, draft.source); !good) return good.error();
    auto const row = case_for(db, who, draft, now);
    if (!row) return row.error();
    std::string const code = fresh_code();
    auto const id = new_id<ExposureReportId>(now);
    store::insert(db,
                  store::ExposureReportRow{
                      .id = id,
                      .exposure = row->id,
                      .source = draft.source,
                      .anonymous = draft.anonymous,
                      .reported_at = now,
                      .reported_by = who.official ? std::optional(who.official->account) : std::nullopt,
                      .code_digest = digest_of_code(code),
                      .content = parts_.vault.seal(json::canonical(draft.said()), store::report_label(id))});
    if (auto kept = keep_files(db, id, who, draft.files, now); !kept) return kept.error();
    auto const authority = store::organisation_by_id(db, row->organisation);
    if (!authority) return internal("authority of an exposure");
    domain::ProofItem const* item = row->item ? parts_.catalogue.find(*row->item) : nullptr;
    return Taken{id, JsonObject{{"case_code", code},
                                {"authority_name", authority->name},
                                {"item_id", or_null(row->item)},
                                {"item_name", item ? domain::to_json(item->name) : Json()},
                                {"match_score", row->match_score},
                                {"may_be_demanded", item ? Json(item->may_be_demanded()) : Json()},
                                {"answer", item ? domain::to_json(item->answer) : Json()},
                                {"receipt", domain::to_json(receipt(code, authority->name, row->due_at))}}};
}

Async<Created> ExposureIntake::report(RequestOnce once, domain::ExposureReportDraft draft,
                                      std::uint64_t network, Deadline deadline) {
    return parts_.db.run(
        deadline,
        [this, once = std::move(once), draft = std::move(draft),
         network](db::PgSession& session) -> Outcome<Created> {
            Instant const now = parts_.clock.now();
            Date const today = china_date(now);
            auto const most = parts_.rules.number(domain::rule::exposure_reports, draft.region, today);
            if (!most) return bad_field("/region_code", reason::unknown_region);
            if (!limit_->take(network, today, *most))
                return by_rule(fault(problem::throttled, "Enough was reported from this network today.",
                                     "该网络地址今日反映次数已达上限。"),
                               parts_.rules, domain::rule::exposure_reports, draft.region, today);
            auto const who = domain::submitter_with(once.key);
            return despite_race([&] {
                return create_once(session, parts_.vault, who, once, now,
                                   [&](db::PgSession& db) -> Outcome<Made> {
                                       auto taken = take_in(db, {nullptr, who}, draft);
                                       if (!taken) return taken.error();
                                       return Made{"/public/v1/exposures/progress", std::move(taken->answer)};
                                   });
            });
        });
}

Async<Created> ExposureIntake::report(Caller<Official> const& caller, RequestOnce once,
                                      domain::ExposureReportDraft draft) {
    return parts_.db.run(
        caller.deadline,
        [this, caller, once = std::move(once),
         draft = std::move(draft)](db::PgSession& session) -> Outcome<Created> {
            return despite_race([&] {
                return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                                   [&](db::PgSession& db) -> Outcome<Made> {
                                       auto taken = take_in(db, {&*caller.who, caller.who->account}, draft);
                                       if (!taken) return taken.error();
                                       return Made{"/public/v1/exposures/progress", std::move(taken->answer)};
                                   });
            });
        });
}

Async<Json> ExposureIntake::progress(domain::CaseCodeQuestion question, Deadline deadline) {
    return parts_.db.run(deadline, [this, question = std::move(question)](db::PgSession& session) {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const report = store::exposure_report_by_code(db, digest_of_code(question.code));
            auto const row = report ? store::exposure_by_id(db, report->exposure) : std::nullopt;
            if (!row) return fault(problem::not_found);
            auto const authority = store::organisation_by_id(db, row->organisation);
            if (!authority) return internal("authority of an exposure");
            Json explained;
            for (auto const event : {ExposureEvent::explain, ExposureEvent::accept_answer}) {
                auto const said = said_last(db, parts_.vault, row->id.raw(), domain::word(event));
                if (!said && said.error().problem != &problem::gone) return said.error();
                if (said && *said) explained = (*said)->at("reasons");
            }
            json::Array moved;
            // What came before, and whether anybody else told of it, is no business of who has this code.
            for (store::Event const& one : store::history(db, row->id.text()))
                if (one.at >= report->reported_at)
                    moved.push_back(
                        JsonObject{{"at", to_rfc3339(one.at)}, {"event", one.event}, {"state", one.to}});
            domain::ProofItem const* item = row->item ? parts_.catalogue.find(*row->item) : nullptr;
            return Json(JsonObject{{"state", domain::word(row->state)},
                                   {"authority_name", authority->name},
                                   {"unit_name", row->unit_name},
                                   {"item_id", or_null(row->item)},
                                   {"item_name", item ? domain::to_json(item->name) : Json()},
                                   {"reported_at", to_rfc3339(report->reported_at)},
                                   {"result", or_null(row->result)},
                                   {"due_on", row->due_at ? Json(to_iso(last_day(*row->due_at))) : Json()},
                                   {"rule", or_null(row->rule)},
                                   {"explanation", std::move(explained)},
                                   {"helped_at", or_null(report->helped_at)},
                                   {"history", std::move(moved)}});
        });
    });
}

// -------------------------------------------------------------------------------------- a proof is refused
Outcome<Json> ExposureIntake::slip_view(db::PgSession& db, store::RefusalSlipRow const& row) const {
    auto const said = parts_.vault.open_json(row.content, store::slip_label(row.id));
    if (!said) return said.error();
    auto const committee = store::organisation_by_id(db, row.organisation);
    if (!committee) return internal("committee of a slip");
    Bilingual const text = refusal_slip({.id = row.id,
                                         .committee = committee->name,
                                         .proof_name = said->at("proof_name").as_string(),
                                         .unit_name = said->at("unit_name").as_string(),
                                         .purpose = said->at("purpose").as_string(),
                                         .item = row.item ? parts_.catalogue.find(*row.item) : nullptr,
                                         .made_on = china_date(row.made_at)});
    return Json(JsonObject{{"slip_id", row.id.text()},
                           {"item_id", or_null(row.item)},
                           {"case_code", said->at("case_code")},
                           {"made_at", to_rfc3339(row.made_at)},
                           {"text", domain::to_json(text)},
                           {"digest_sha256", to_hex(crypto::sha256(as_bytes(text.zh)))}});
}

Async<Created> ExposureIntake::refuse(Caller<Official> const& caller, RequestOnce once,
                                      domain::RefusalSlipDraft draft) {
    auto const make = [this, caller, draft = std::move(draft)](db::PgSession& db) -> Outcome<Made> {
        Instant const now = parts_.clock.now();
        Date const today = china_date(now);
        auto const committee = store::organisation_by_id(db, caller.who->organisation);
        if (!committee || committee->kind != domain::OrganisationKind::grassroots)
            return fault(problem::forbidden, "Slips are given by residents' and villagers' committees.",
                         "不予出具证明告知单由基层群众性自治组织出具。");
        auto const match =
            domain::match_proof(parts_.catalogue, draft.proof_name, committee->region_code, today);
        if (match && match->item->may_be_demanded())
            return fault(
                problem::conflict,
                "The list of this place lets committees issue that proof: " + match->item->item_id + ".",
                "本地清单允许基层群众性自治组织出具该证明：" + match->item->item_id + "。");
        std::optional<ExposureReportId> report;
        Json code;
        if (draft.unit_kind) {
            auto const taken = take_in(db, {&*caller.who, caller.who->account},
                                       {.source = ReportSource::grassroots,
                                        .region = committee->region_code,
                                        .unit_name = draft.unit_name,
                                        .unit_uscc = draft.unit_uscc,
                                        .unit_kind = *draft.unit_kind,
                                        .demand = domain::DemandKind::asked_resident,
                                        .asked_on = today,
                                        .proof_name = draft.proof_name,
                                        .purpose = draft.purpose});
            if (!taken) return taken.error();
            report = taken->report;
            code = taken->answer.at("case_code");
        }
        auto const id = new_id<RefusalSlipId>(now);
        JsonObject said{{"proof_name", draft.proof_name},
                        {"unit_name", draft.unit_name},
                        {"purpose", draft.purpose},
                        {"case_code", std::move(code)}};
        store::RefusalSlipRow const row{
            .id = id,
            .organisation = committee->id,
            .item = match ? std::optional(match->item->item_id) : std::nullopt,
            .report = report,
            .made_by = caller.who->account,
            .made_at = now,
            .content = parts_.vault.seal(json::canonical(Json(std::move(said))), store::slip_label(id))};
        store::insert(db, row);
        auto answer = slip_view(db, row);
        if (!answer) return answer.error();
        return Made{"/v1/refusal-slips/" + id.text(), std::move(*answer)};
    };
    return parts_.db.run(
        caller.deadline, [this, caller, once = std::move(once), make](db::PgSession& session) {
            return despite_race([&] {
                return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(), make);
            });
        });
}

Async<Json> ExposureIntake::slip(Caller<Official> const& caller, RefusalSlipId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = store::refusal_slip_by_id(db, id);
        if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
        return slip_view(db, *row);
    });
}

}  // namespace sponsio::service
