#include "server/service/parties/taking_over.hpp"

#include "server/base/log.hpp"
#include "server/service/parties/registry.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/row_proofs.hpp"
#include "server/service/unit/transaction.hpp"

namespace sponsio::service {
namespace {

constexpr std::string_view taken_over = "registry-proven";
/// Named after the migration that last had rows noted: one that notes more of them gives this another name.
constexpr std::string_view rows_taken_over = "rows-proven-0062";

/// Returns how many it proved; at most 256.
template <class Row>
Outcome<std::size_t> prove_some(db::PgSession& session, Vault const& vault) {
    return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
        auto rows = store::registry_unproven<Row>(db);
        for (Row& row : rows) {
            prove_row(vault, row);
            store::update(db, row);
        }
        return rows.size();
    });
}

template <class Row>
Outcome<std::size_t> prove_all(db::PgSession& session, Vault const& vault) {
    for (std::size_t all = 0;;) {
        auto const some = prove_some<Row>(session, vault);
        if (!some) return some.error();
        if (*some == 0) return all;
        all += *some;
    }
}

Outcome<std::size_t> prove_all_notes(db::PgSession& session, Vault const& vault) {
    for (std::size_t all = 0;;) {
        auto const some = in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            auto notes = store::notes_without_proof(db);
            std::size_t const count = notes.size();
            prove_notes(db, vault, std::move(notes));
            return count;
        });
        if (!some) return some.error();
        if (*some == 0) return all;
        all += *some;
    }
}

std::optional<Instant>& end_of(store::Token& row) {
    return row.revoked_at;
}

std::optional<Instant>& end_of(store::Enrolment& row) {
    return row.spent_at;
}

/// Of grants, signing keys and passkeys.
template <class Row>
std::optional<Instant>& end_of(Row& row) {
    return row.ended_at;
}

/// What has ended gives no right, so that it may be proven as it stands. Returns which they were.
template <class... Rows>
std::vector<std::string> end_unproven(db::PgSession& db, Vault const& vault, AccountId account, Instant now) {
    std::vector<std::string> ended;
    auto const end_all = [&]<class Row>() {
        for (Row& row : store::registry_of_account<Row>(db, account)) {
            if (is_proven(vault, row)) continue;
            end_of(row) = now;
            prove_row(vault, row);
            store::update(db, row);
            ended.push_back(std::string(store::registry_table<Row>) + " " + store::registry_key(row).text());
        }
    };
    (end_all.template operator()<Rows>(), ...);
    return ended;
}

}  // namespace

bool registry_is_proven(KeyService const& keys) {
    return keys.is_marked(taken_over);
}

Outcome<void> take_over_registry(db::PgSession& session, KeyService& keys, Instant now) {
    if (registry_is_proven(keys)) return {};
    Vault const vault = keys.vault();
    Outcome<std::size_t> proven = 0;
    std::size_t all = 0;
    store::for_each_registry_row([&]<class Row>() {
        if (!proven) return;
        proven = prove_all<Row>(session, vault);
        if (proven) all += *proven;
    });
    if (!proven) return proven.error();
    if (all != 0) log::info("registry.taken_over", {{log::Key::count, all}});
    return keys.mark(taken_over, now);
}

bool rows_are_proven(KeyService const& keys) {
    return keys.is_marked(rows_taken_over);
}

Outcome<void> take_over_rows(db::PgSession& session, KeyService& keys, Instant now) {
    if (rows_are_proven(keys)) return {};
    auto const taken = prove_all_notes(session, keys.vault());
    if (!taken) return taken.error();
    if (*taken != 0) log::info("rows.taken_over", {{log::Key::count, *taken}});
    return keys.mark(rows_taken_over, now);
}

Outcome<std::vector<std::string>> vouch_for_rows(db::PgSession& db, Vault const& vault,
                                                 std::string const& reason, Instant now) {
    std::vector<std::string> names;
    for (;;) {
        auto notes = store::notes_without_proof(db);
        if (notes.empty()) break;
        for (store::RowNote const& note : notes) {
            names.push_back(name_of(note));
            store::append(db, store::Event{.at = now,
                                           .lifecycle = "row",
                                           .subject = names.back(),
                                           .event = "vouched_for",
                                           .to = "vouched_for",
                                           .actor = domain::System{},
                                           .why = reason});
        }
        prove_notes(db, vault, std::move(notes));
    }
    if (names.empty())
        return fault(problem::conflict, "There is no row that another program wrote and nothing proves.",
                     "没有由其他程序写入而未经证明的数据行。");
    return names;
}

Outcome<store::Account> vouch_for_account(db::PgSession& db, Vault const& vault, AccountId id,
                                          std::string const& reason, Instant now) {
    auto account = store::lock_account(db, id).value();
    auto organisation = store::lock_organisation(db, account.organisation).value();
    if (is_proven(vault, account) && is_proven(vault, organisation))
        return fault(problem::conflict, "This account and its organisation stand as this server wrote them.",
                     "该账号及其单位的数据均为本系统写入，无需确认。");
    prove_row(vault, account);
    store::update(db, account);
    prove_row(vault, organisation);
    store::update(db, organisation);
    tell_of_account(db, {id, "vouched_for", std::nullopt}, reason, now);
    return account;
}

Outcome<std::vector<std::string>> disown(db::PgSession& db, Vault const& vault, AccountId account,
                                         std::string const& reason, Instant now) {
    auto ended =
        end_unproven<store::Token, store::GrantRow, store::Enrolment, store::SigningKey, store::Passkey>(
            db, vault, account, now);
    if (ended.empty())
        return fault(problem::conflict, "All that this account has was written by this server.",
                     "该账号名下的数据均为本系统写入，无需终止。");
    for (std::string const& one : ended)
        tell_of_account(db, {account, "disowned", std::nullopt}, one + ": " + reason, now);
    return ended;
}

}  // namespace sponsio::service
