#include "server/service/objections/view.hpp"

#include "server/base/internal.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::ObjectionGround;
using domain::ObjectionOutcome;
using domain::ObjectionState;

Bilingual said(ObjectionGround ground) {
    switch (ground) {
        case ObjectionGround::fact_wrong: return {"a fact is wrong", "事实有误"};
        case ObjectionGround::wording_wrong: return {"a wording is wrong", "表述有误"};
        case ObjectionGround::missing: return {"something is missing", "内容遗漏"};
        case ObjectionGround::overdue: return {"its time is over", "已超过期限"};
        case ObjectionGround::wrong_person: break;
    }
    return {"it is about another person", "并非本人"};
}

Bilingual said(ObjectionOutcome outcome) {
    switch (outcome) {
        case ObjectionOutcome::correct:
            return {"The record is corrected: it is withdrawn and a corrected one takes its place.",
                    "异议成立，予以更正：原记录撤回，另行生成更正后的记录。"};
        case ObjectionOutcome::add: return {"What was missing is added.", "异议成立，予以补充。"};
        case ObjectionOutcome::erase:
            return {"The record is withdrawn.", "异议成立，予以删除：该记录撤回，不得再使用。"};
        case ObjectionOutcome::end:
            return {"Its time is over; it is not used and not shown any more.",
                    "异议成立，期限已过，终止公示和使用。"};
        case ObjectionOutcome::keep: break;
    }
    return {"The record stands.", "异议不成立，该记录维持不变。"};
}

bool answered(ObjectionState state) {
    return state == ObjectionState::decided || state == ObjectionState::under_review ||
           state == ObjectionState::reviewed;
}

Json last_day_of(std::optional<Instant> const& due) {
    return due ? Json(to_iso(last_day(*due))) : Json();
}

/// What the party is handed at the counter.
Json receipt(store::ObjectionRow const& row, std::string const& unit) {
    std::string const day = to_iso(china_date(row.filed_at));
    std::string const end = row.due_at ? to_iso(last_day(*row.due_at)) : "";
    Bilingual const ground = said(row.ground);
    Bilingual const text{
        .en =
            "Receipt " + row.id.text() + ": on " + day + " " + unit + " took in an objection to the record " +
            row.record.text() + " (" + ground.en + "). The record is marked as objected to. " +
            (end.empty() ? "The last day of the answer follows from the calendar that is not published yet. "
                         : "It is answered by " + end + ". ") +
            "[" + row.rule + "]\n",
        .zh = "异议申请回执 " + row.id.text() + "：" + unit + "于" + day + "收到对信用记录 " +
              row.record.text() + " 的异议申请（" + ground.zh + "），已即时作出异议标注。" +
              (end.empty() ? "答复届满日以公布后的日历计算为准。" : "最迟于" + end + "答复。") + "（" +
              row.rule + "）\n"};
    return domain::to_json(text);
}

/// The answer as the party gets it.
Outcome<Json> answer_text(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row,
                          std::string const& unit) {
    if (!answered(row.state)) return Json();
    auto const proposal = said_last(db, vault, row.id.raw(), domain::word(domain::ObjectionEvent::propose));
    if (!proposal && proposal.error().problem == &problem::gone) return Json();
    if (!proposal) return proposal.error();
    if (!*proposal) return internal("an answer without its reasons");
    std::string const& reasons = (*proposal)->at("reasons").as_string();
    Bilingual const outcome = said(row.outcome.value());
    std::string const day = to_iso(china_date(row.decided_at.value()));
    Bilingual const text{
        .en = "Answer " + row.number.value() + " of " + unit + ", " + day + ", to the objection " +
              row.id.text() + ": " + outcome.en + " Reasons: " + reasons + "\n",
        .zh = "异议处理答复 " + row.number.value() + "\n" + unit + "对异议申请 " + row.id.text() +
              " 的处理结果：" + outcome.zh + "理由：" + reasons + "\n" + day + "\n"};
    return domain::to_json(text);
}

/// Of the steps only what was said to and by the platform.
Json for_the_platform(Json const& steps) {
    json::Array list;
    for (Json const& one : steps.as_array())
        if (one.at("step").as_string() == "created") list.push_back(one);
    return list;
}

}  // namespace

JsonObject objection_summary(store::ObjectionRow const& row, Instant now) {
    bool const waits = row.state == ObjectionState::filed || row.state == ObjectionState::proposed;
    return {{"objection_id", row.id.text()},
            {"record_id", row.record.text()},
            {"channel", domain::word(row.channel)},
            {"ground", domain::word(row.ground)},
            {"state", domain::word(row.state)},
            {"filed_at", to_rfc3339(row.filed_at)},
            {"due_on", last_day_of(row.due_at)},
            {"overdue", waits && row.due_at && now >= *row.due_at},
            {"rule", row.rule},
            {"outcome", answered(row.state) ? Json(domain::word(row.outcome.value())) : Json()}};
}

Outcome<Json> own_objection_view(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row,
                                 Instant now) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of an objection");
    auto answer = answer_text(db, vault, row, unit->name);
    if (!answer) return answer.error();
    JsonObject view = objection_summary(row, now);
    view.add("receipt", receipt(row, unit->name)).add("answer", std::move(*answer));
    return Json(std::move(view));
}

Outcome<Json> objection_view(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row,
                             domain::Official const& who, Instant now) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of an objection");
    bool const own = row.organisation == who.organisation;
    auto steps = steps_view(db, vault, row.id.raw());
    if (!steps) return steps.error();
    auto answer = answer_text(db, vault, row, unit->name);
    if (!answer) return answer.error();
    auto files = own ? evidence_views(db, vault, store::CaseFiles{row.id.raw()}) : json::Array{};
    if (!files) return files.error();
    JsonObject view = objection_summary(row, now);
    view.add("unit_uscc", unit->uscc)
        .add("unit_name", unit->name)
        .add("identity_check", or_null(row.identity_check))
        .add("paper_sha256", row.paper ? Json(to_hex(*row.paper)) : Json())
        .add("paper_here", row.paper ? Json(has_case_file(db, row.id.raw(), *row.paper)) : Json())
        .add("platform_reference", or_null(row.platform_reference))
        .add("received_on", or_null(row.received_on))
        .add("platform_due_on", last_day_of(row.platform_due_at))
        .add("platform_rule", or_null(row.platform_rule))
        .add("filed_by", or_null(row.filed_by))
        .add("proposed_by", own ? or_null(row.proposed_by) : Json())
        .add("proposed", own ? or_null(row.outcome) : Json())
        .add("decided_by", or_null(row.decided_by))
        .add("decided_at", or_null(row.decided_at))
        .add("number", or_null(row.number))
        .add("extended_by", or_null(row.extended_by))
        .add("receipt", receipt(row, unit->name))
        .add("answer", std::move(*answer))
        .add("files", std::move(*files))
        .add("steps", own ? std::move(*steps) : for_the_platform(*steps))
        .add("history", history_view(store::history(db, row.id.text())));
    Json json(std::move(view));
    name_people(db, json);
    return json;
}

}  // namespace sponsio::service
