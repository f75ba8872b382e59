#pragma once

#include "server/domain/inspection.hpp"
#include "server/store/request.hpp"

#include <optional>
#include <string>
#include <vector>

/// On-site checks of enterprises: the request that somebody else decides, and the caps that units publish.
namespace sponsio::store {

struct InspectionRow : Request<InspectionId> {
    TaskId task;
    std::string commitment_code;
    OrganisationId organisation;  ///< the unit that inspects
    Date planned_on;
    domain::InspectionState state = domain::InspectionState::requested;
    std::optional<std::string> check_code{};  ///< once it is approved
    std::optional<Instant> carried_out_at{};
};

/// False if one of the task waits for its decision, or is approved.
bool insert(db::PgSession& db, InspectionRow const& inspection);
/// Writes the decision, and the check code that comes of it.
void decide(db::PgSession& db, InspectionRow const& inspection);
/// Writes what became of it without a decision.
void update(db::PgSession& db, InspectionRow const& inspection);
/// The one of the task that waits, or is approved, locked.
std::optional<InspectionRow> lock_open_inspection(db::PgSession& db, TaskId task);
/// All of the task, the first first.
std::vector<InspectionRow> inspections_of(db::PgSession& db, TaskId task);
std::optional<InspectionRow> inspection_by_code(db::PgSession& db, std::string const& check_code);

/// How many inspections of that committer by the unit in that year are approved or carried out. Whoever asks
/// the same at the same time waits until the transaction ends.
int count_inspections(db::PgSession& db, OrganisationId unit, int year,
                      std::vector<std::uint8_t> const& committer_index);

struct InspectionCapRow {
    OrganisationId organisation;
    int year;
    int serial;  ///< from 1; of several the last counts
    int most;
    AccountId published_by;
    Instant published_at;
};

/// The cap that counts; nothing if none was published.
std::optional<InspectionCapRow> inspection_cap(db::PgSession& db, OrganisationId unit, int year);
/// Those that count, the newest year first.
std::vector<InspectionCapRow> inspection_caps_of(db::PgSession& db, OrganisationId unit);
/// False if the serial is taken.
bool insert(db::PgSession& db, InspectionCapRow const& cap);

}  // namespace sponsio::store
