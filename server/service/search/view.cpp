#include "server/service/search/view.hpp"

#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/organisations.hpp"

#include <map>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using json::Array;

/// What hangs on each commitment, by its code.
using Hanging = std::map<std::string, Array>;

Json hanging_on(Hanging& all, std::string const& code) {
    auto const found = all.find(code);
    return found == all.end() ? Json(Array{}) : Json(std::move(found->second));
}

Hanging tasks_of(db::PgSession& db, OrganisationId organisation, std::span<std::string const> codes) {
    Hanging list;
    auto const tasks = store::tasks_by_id(db, store::tasks_about(db, organisation, codes));
    std::vector<TaskId> ids;
    for (store::TaskRow const& one : tasks) ids.push_back(one.id);
    auto const seats = store::inspectors_of(db, ids);
    for (store::TaskRow const& t : tasks) {
        Array inspectors;
        for (auto [seat, end] = seats.equal_range(t.id); seat != end; ++seat)
            if (seat->second.sits()) inspectors.emplace_back(seat->second.account.text());
        list[t.commitment_code].push_back(
            JsonObject{{"task_id", t.id.text()},
                       {"state", domain::word(t.state)},
                       {"source", domain::word(t.source)},
                       {"due_on", t.waits_for ? Json() : Json(to_iso(last_day(t.due_at)))},
                       {"due_at", t.waits_for ? Json() : Json(to_rfc3339(last_instant(t.due_at)))},
                       {"result", or_null(t.result)},
                       {"inspectors", std::move(inspectors)}});
    }
    return list;
}

Hanging findings_of(db::PgSession& db, OrganisationId organisation, std::span<std::string const> codes) {
    Hanging list;
    for (store::FoundFinding const& f : store::findings_about(db, organisation, codes))
        list[f.commitment_code].push_back(JsonObject{{"finding_id", f.id.text()},
                                                     {"state", domain::word(f.state)},
                                                     {"kind", domain::word(f.kind)},
                                                     {"drafted_at", to_rfc3339(f.drafted_at)}});
    return list;
}

Hanging records_of(db::PgSession& db, OrganisationId organisation, std::span<std::string const> codes) {
    Hanging list;
    for (store::FoundRecord const& r : store::records_about(db, organisation, codes))
        list[r.commitment_code].push_back(
            JsonObject{{"record_id", r.id.text()}, {"issued_at", to_rfc3339(r.issued_at)}});
    return list;
}

/// The agencies that accepted what another one verifies.
class Agencies {
  public:
    explicit Agencies(db::PgSession& db) : db_(db) {}

    Json view(OrganisationId id) {
        auto known = known_.find(id);
        if (known == known_.end())
            known = known_.emplace(id, store::organisation_by_id(db_, id).value()).first;
        return JsonObject{{"uscc", known->second.uscc}, {"name", known->second.name}};
    }

  private:
    db::PgSession& db_;
    std::map<OrganisationId, store::Organisation> known_;
};

Outcome<Json> committer_name(Vault const& vault, store::CommitmentRow const& row) {
    auto const content = vault.open_json(row.sealed, store::content_label(row.code));
    if (content) return content->at("committer").at("name");
    if (content.error().problem == &problem::gone) return Json();
    return content.error();
}

}  // namespace

Outcome<std::vector<Json>> found_views(db::PgSession& db, Ground const& ground, domain::Official const& who,
                                       std::span<store::CommitmentRow const> rows) {
    std::vector<std::string> codes;
    for (store::CommitmentRow const& row : rows) codes.push_back(row.code);
    Hanging tasks = tasks_of(db, who.organisation, codes);
    Hanging findings = findings_of(db, who.organisation, codes);
    Hanging records = records_of(db, who.organisation, codes);
    Agencies agencies(db);
    Array views;
    for (store::CommitmentRow const& row : rows) {
        auto name = committer_name(ground.vault, row);
        if (!name) return name.error();
        auto const matter = ground.matters.find(db, row.matter, row.matter_version);
        bool const own = row.organisation == who.organisation;
        views.emplace_back(
            JsonObject{{"commitment_code", row.code},
                       {"state", domain::word(row.state)},
                       {"committer", JsonObject{{"kind", row.committer_kind}, {"name", std::move(*name)}}},
                       {"matter_code", matter->code},
                       {"matter_version", matter->version},
                       {"matter_name", domain::to_json(matter->content.name)},
                       {"made_on", to_iso(row.made_on)},
                       {"valid_until", or_null(row.valid_until)},
                       {"accepted_at", to_rfc3339(row.accepted_at)},
                       {"accepted_by", agencies.view(row.organisation)},
                       {"filed_by", own ? Json(row.filed_by.text()) : Json()},
                       {"verifications", hanging_on(tasks, row.code)},
                       {"findings", hanging_on(findings, row.code)},
                       {"records", hanging_on(records, row.code)}});
    }
    name_people(db, views);
    return views;
}

}  // namespace sponsio::service
