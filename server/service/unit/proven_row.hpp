#pragma once

#include "server/base/log.hpp"
#include "server/base/registry_problem.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/events.hpp"
#include "server/store/registry_rows.hpp"

#include <utility>

/// Rows that say who may do what are written with a proof by a key that is not in the database, and believed
/// only with it (docs/ledger.md).
namespace sponsio::service {

template <class Row>
void prove_row(Vault const& vault, Row& row) {
    store::Proof made = vault.prove("registry", store::statement(row));
    row.proof = made.value;
    row.proof_key = std::move(made.key);
}

/// False: the row was written, or changed, without a key of this server.
template <class Row>
bool is_proven(Vault const& vault, Row const& row) {
    return row.proof && row.proof_key &&
           vault.proves({*row.proof, *row.proof_key}, "registry", store::statement(row));
}

/// is_proven, and the server's log is told of a row that is not: a right that somebody wrote into the
/// database is none.
template <class Row>
bool is_believed(Vault const& vault, Row const& row) {
    if (is_proven(vault, row)) return true;
    log::error("registry.row_forged", {{log::Key::subject, store::registry_key(row).text()},
                                       {log::Key::cause, store::registry_table<Row>}});
    return false;
}

/// store::insert with the proof; returns what that does.
template <class Row>
auto insert_proven(db::PgSession& db, Vault const& vault, Row row) {
    prove_row(vault, row);
    return store::insert(db, row);
}

/// Tells the history of the making of a row that no other event tells of, so that a deletion is found
/// (LogWalk::look_at_makings).
inline void tell_made(db::PgSession& db, std::string lifecycle, Uuid const& key,
                      std::optional<OrganisationId> organisation, Instant now) {
    store::append(db, store::Event{.at = now,
                                   .lifecycle = std::move(lifecycle),
                                   .subject = key.text(),
                                   .event = "created",
                                   .to = "created",
                                   .actor = domain::System{},
                                   .organisation = organisation});
}

/// `change(row)`, then store::update with a new proof. The row was read locked. Throws FaultError of
/// problem::row_forged for one without a good proof, so that no change makes a forged row a proven one.
template <class Row, class Change>
void change_proven(db::PgSession& db, Vault const& vault, Row& row, Change change) {
    if (!is_believed(vault, row))
        throw FaultError(fault(
            problem::row_forged,
            "What is stored here was not written by this server and is not changed. Ask the operator to "
            "look at it, and to answer for it (sponsio account vouch) or to end it (sponsio account "
            "disown).",
            "该存储内容并非由本系统写入，未作变更。请联系运维人员核查：确认无误的，执行 sponsio account "
            "vouch；否则执行 sponsio account disown 予以终止。"));
    change(row);
    prove_row(vault, row);
    store::update(db, row);
}

}  // namespace sponsio::service
