#include "server/service/records/service.hpp"

#include "crypto/log/entry.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "server/base/internal.hpp"
#include "server/domain/record.hpp"
#include "server/service/unit/history_view.hpp"

namespace sponsio::service {
namespace {

using domain::Role;

bool sees_all(Official const& who) {
    return who.roles.has(Role::integrator);
}

/// Integrators pass records on to their users, so they get all disclosures unless they ask for less.
Disclose or_default(std::optional<Disclose> asked, Official const& who) {
    return asked.value_or(sees_all(who) ? Disclose::all : Disclose::none);
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

bool may_read(Official const& who, OrganisationId of_unit) {
    return sees_all(who) || of_unit == who.organisation;
}

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
    auto job = [this, who = caller.who, after, limit, disclose](db::PgSession& db) -> Outcome<RecordFeed> {
        std::optional<OrganisationId> own;
        if (!sees_all(*who)) own = who->organisation;
        RecordFeed feed;
        for (store::CreditRecord const& row : store::records_after(db, after, own, limit)) {
            feed.last = row.position;
            auto seen = view(row, or_default(disclose, *who));
            if (seen)
                feed.items.push_back(std::move(*seen));
            else if (seen.error().problem != &problem::gone)  // erased for good: the feed goes on without it
                return seen.error();
        }
        return feed;
    };
    return db_.run(caller.deadline, std::move(job));
}

Outcome<std::shared_ptr<LoggedRecord const>> RecordService::read(db::PgSession& db, Official const& who,
                                                                 RecordId id, Disclose disclose) const {
    auto const row = store::record_by_id(db, id);
    if (!row || !may_read(who, row->organisation)) return fault(problem::not_found);
    auto seen = view(*row, disclose);
    if (!seen) return seen.error();
    auto leaves = store::leaves_about(db, std::string(crypto::log_kind::record), id.text());
    LoggedRecord logged{row->organisation, std::move(*seen), std::nullopt};
    if (!leaves.empty()) logged.leaf = std::move(leaves.front());
    return std::make_shared<LoggedRecord const>(std::move(logged));
}

Async<std::shared_ptr<LoggedRecord const>> RecordService::one(Caller<Official> const& caller, RecordId id,
                                                              std::optional<Disclose> disclose) {
    Disclose const shown = or_default(disclose, *caller.who);
    auto record = known_.find({id, shown});
    if (!record) {
        auto job = [this, who = caller.who, id, shown](db::PgSession& db) {
            return read(db, *who, id, shown);
        };
        auto fresh = co_await db_.run(caller.deadline, std::move(job));
        if (!fresh) co_return fresh.error();
        record = std::move(*fresh);
        bool const settled = record->leaf && record->leaf->place;  // else its place is awaited
        if (settled) known_.keep({id, shown}, record);
    }
    if (!may_read(*caller.who, record->organisation)) co_return fault(problem::not_found);
    co_return record;
}

}  // namespace sponsio::service
