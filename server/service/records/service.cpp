#include "server/service/records/service.hpp"

#include "crypto/log/entry.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "server/base/internal.hpp"
#include "server/domain/record.hpp"
#include "server/service/records/removal.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"

#include <map>

namespace sponsio::service {
namespace {

using domain::Holding;

/// Integrators pass records on to their users, so they get all disclosures unless they ask for less.
Disclose or_default(std::optional<Disclose> asked, Official const& who) {
    return asked.value_or(who.roles.has(domain::Role::integrator) ? Disclose::all : Disclose::none);
}

/// What may be disclosed of that record: to others than its unit nothing once it is shared no more.
Disclose of_record(Disclose asked, store::CreditRecord const& row, Official const& who) {
    bool const shared = !row.status || domain::is_shared(*row.status);
    return shared || row.organisation == who.organisation ? asked : Disclose::none;
}

/// Who collects records gets a copy of each, which is to be removed with it (docs/life-of-a-record.md).
void keep_holder(db::PgSession& db, Official const& who, std::vector<store::CreditRecord> const& rows,
                 Instant now) {
    if (!who.roles.has(domain::Role::integrator)) return;
    std::vector<RecordId> ids;
    for (store::CreditRecord const& row : rows)
        if (!row.status || domain::is_shared(*row.status)) ids.push_back(row.id);
    if (!ids.empty()) remember_holder(db, who.organisation, ids, now);
}

/// The pointers of the claims that may be shown.
std::vector<std::string> pointers_of(Disclose disclose) {
    std::vector<std::string> pointers;
    if (disclose == Disclose::none) return pointers;
    for (std::string& pointer : domain::record_disclosable())
        if (disclose == Disclose::all || pointer.starts_with("/subject/"))
            pointers.push_back(std::move(pointer));
    return pointers;
}

domain::Json log_view(store::LeafRow const& row) {
    return domain::JsonObject{
        {"shard", row.place ? domain::Json(std::int64_t{row.place->shard}) : domain::Json()},
        {"leaf_index",
         row.place ? domain::Json(static_cast<std::int64_t>(row.place->index)) : domain::Json()},
        {"entry", row.leaf.entry}};
}

}  // namespace

domain::Json RecordView::to_json() const {
    return domain::JsonObject{
        {"position", position},         {"record_id", id.text()},    {"issued_at", to_rfc3339(issued_at)},
        {"state", domain::word(state)}, {"status", or_null(status)}, {"sd_jwt", sd_jwt}};
}

domain::Json LoggedRecord::to_json() const {
    domain::JsonObject whole = record.to_json().as_object();
    whole.add("log", leaf ? log_view(*leaf) : domain::Json());
    return whole;
}

Outcome<RecordView> RecordService::view(store::CreditRecord const& row, Disclose disclose) const {
    auto token = vault_.open(row.sd_jwt, store::record_label(row.id));
    if (!token) return token.error();
    if (crypto::sha256(as_bytes(*token)) != row.digest) return internal("digest of a record");
    auto shown = disclose == Disclose::all ? Result<std::string>(std::move(*token))
                                           : crypto::sd_jwt_present(*token, pointers_of(disclose));
    if (!shown) return internal("stored record is no SD-JWT");
    return RecordView{row.id, row.position, row.issued_at, row.state, row.status, std::move(*shown)};
}

Async<RecordFeed> RecordService::feed(Caller<Official> const& caller, std::int64_t after, int limit,
                                      std::optional<Disclose> disclose) {
    auto job = [this, caller, after, limit, disclose](db::PgSession& db) -> Outcome<RecordFeed> {
        Disclose const shown = or_default(disclose, *caller.who);
        auto const reach = Reach::of(db, vault_, *caller.who, Holding::records);
        RecordFeed feed;
        std::vector<store::CreditRecord> read;
        for (store::CreditRecord& row : store::records_after(db, after, reach.organisations(), limit)) {
            feed.last = row.position;
            Disclose const of_this = of_record(shown, row, *caller.who);
            auto seen = view(row, of_this);
            if (!seen && seen.error().problem == &problem::gone) continue;  // erased: it goes on without it
            if (!seen) return seen.error();
            feed.items.push_back(std::move(*seen));
            if (of_this == shown) read.push_back(std::move(row));
        }
        note(db, caller, read, shown);
        keep_holder(db, *caller.who, read, clock_.now());
        return feed;
    };
    return db_.run(caller.deadline, std::move(job));
}

/// One query for each purpose: those of the own unit, and those of others.
void RecordService::note(db::PgSession& db, Caller<Official> const& caller,
                         std::vector<store::CreditRecord> const& rows, Disclose disclose) const {
    if (disclose == Disclose::none) return;
    std::map<domain::Purpose, std::vector<RecordId>> read;
    for (store::CreditRecord const& row : rows)
        read[domain::purpose_of(*caller.who, Holding::records, row.organisation)].push_back(row.id);
    for (auto const& [purpose, ids] : read)
        note_query(db, caller,
                   {.purpose = purpose,
                    .commitments = store::commitments_of(db, ids),
                    .fields = pointers_of(disclose)},
                   clock_.now());
}

Outcome<std::shared_ptr<LoggedRecord const>> RecordService::read(db::PgSession& db,
                                                                 Caller<Official> const& caller, RecordId id,
                                                                 Disclose disclose) const {
    auto const row = store::record_by_id(db, id);
    if (!row || !reaches(db, vault_, *caller.who, Holding::records, row->organisation))
        return fault(problem::not_found);
    Disclose const of_this = of_record(disclose, *row, *caller.who);
    auto seen = view(*row, of_this);
    if (!seen) return seen.error();
    note(db, caller, {*row}, of_this);
    keep_holder(db, *caller.who, {*row}, clock_.now());
    auto leaves = store::leaves_about(db, std::string(crypto::log_kind::record), id.text());
    LoggedRecord logged{row->organisation, std::move(*seen), std::nullopt};
    if (!leaves.empty()) logged.leaf = std::move(leaves.front());
    return std::make_shared<LoggedRecord const>(std::move(logged));
}

Async<std::shared_ptr<LoggedRecord const>> RecordService::one(Caller<Official> const& caller, RecordId id,
                                                              std::optional<Disclose> disclose) {
    Disclose const shown = or_default(disclose, *caller.who);
    // Without disclosures it says nothing of a person, so that what was read a moment ago may be shown again.
    // Who collects records is remembered each time.
    bool const plain = shown == Disclose::none && !caller.who->roles.has(domain::Role::integrator);
    if (auto known = plain ? known_.find(id) : nullptr;
        known && known->organisation == caller.who->organisation)
        co_return known;
    auto job = [this, caller, id, shown](db::PgSession& db) { return read(db, caller, id, shown); };
    auto record = co_await db_.run(caller.deadline, std::move(job));
    if (!record) co_return record.error();
    bool const settled = (*record)->leaf && (*record)->leaf->place;  // else its place is awaited
    if (plain && settled) known_.keep(id, *record);
    co_return std::move(*record);
}

}  // namespace sponsio::service
