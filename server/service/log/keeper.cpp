#include "server/service/log/keeper.hpp"

#include "crypto/keys/store.hpp"
#include "crypto/log/entry.hpp"
#include "server/base/log.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/records.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr int old_records_at_once = 100;

std::string text_of(std::chrono::sys_seconds time) {
    return to_rfc3339(Instant{time});
}

JsonObject content_of(crypto::KeyEntry const& key) {
    return {{"kind", crypto::log_kind::key},
            {"kid", key.kid},
            {"purpose", key.purpose},
            {"jwk", key.key.to_jwk()},
            {"not_before", text_of(key.not_before)},
            {"retired_at", key.retired_at ? Json(text_of(*key.retired_at)) : Json()}};
}

JsonObject content_of(domain::RulePack const& pack) {
    return {{"kind", crypto::log_kind::rules},
            {"pack_id", pack.pack_id},
            {"version", pack.version},
            {"jurisdiction", pack.jurisdiction},
            {"digest_sha256", to_hex(pack.digest)}};
}

/// Whether this leaf was made of that content, apart from the salt.
bool says(store::LeafRow const& leaf, JsonObject const& content) {
    auto said = json::parse(leaf.leaf.content.value_or(""));
    if (!said || !said->is_object()) return false;
    said->as_object().erase("salt");
    return *said == Json(content);
}

}  // namespace

std::vector<LogKeeper::Public> LogKeeper::all_public() const {
    std::vector<Public> all;
    for (crypto::KeyEntry const& key : parts_.keys())
        all.push_back({std::string(crypto::log_kind::key), key.kid, content_of(key)});
    for (domain::RulePack const& pack : parts_.rules.packs())
        all.push_back(
            {std::string(crypto::log_kind::rules), pack.pack_id + " " + pack.version, content_of(pack)});
    return all;
}

Outcome<std::size_t> LogKeeper::round(Deadline deadline) {
    auto const all = all_public();
    std::string text;
    for (Public const& one : all) text += json::canonical(Json(one.content)) + "\n";
    bool const changed = text != logged_;
    if (!changed && old_records_done_) return std::size_t{0};
    auto const done = parts_.db.run_blocking(deadline, [&](db::PgSession& session) -> Outcome<std::size_t> {
        auto const keys_and_rules = in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            return changed ? log_public(db, all) : std::size_t{0};
        });
        if (!keys_and_rules) return keys_and_rules;
        logged_ = text;
        auto const records = in_transaction(session, [&](db::PgSession& db) { return log_old_records(db); });
        if (!records) return records;
        return *keys_and_rules + *records;
    });
    if (done && *done != 0) parts_.leaves_waiting();
    return done;
}

/// Each content is logged once: a lock makes a second process look only after the first is done.
Outcome<std::size_t> LogKeeper::log_public(db::PgSession& db, std::vector<Public> const& all) {
    store::lock_public_leaves(db);
    Instant const now = parts_.clock.now();
    std::vector<store::NewLeaf> leaves;
    for (Public const& one : all) {
        auto const before = store::leaves_about(db, one.kind, one.subject);
        if (std::ranges::any_of(before, [&](auto const& leaf) { return says(leaf, one.content); })) continue;
        std::string const content = salted_content(one.content);
        leaves.push_back(log_leaf(one.kind, one.subject, crypto::sha256(as_bytes(content)), now));
        leaves.back().content = content;
    }
    if (!leaves.empty()) store::insert_leaves(db, leaves, now);
    return leaves.size();
}

Outcome<std::size_t> LogKeeper::log_old_records(db::PgSession& db) {
    if (old_records_done_) return std::size_t{0};
    Instant const now = parts_.clock.now();
    std::vector<store::NewLeaf> leaves;
    auto const ids = store::take_records_without_leaf(db, old_records_at_once);
    for (RecordId const id : ids) {
        auto const token =
            parts_.vault.open(store::record_by_id(db, id).value().sd_jwt, store::record_label(id));
        if (token)
            leaves.push_back(record_leaf(id, *token, now));
        else if (token.error().problem != &problem::gone)
            return token.error();
        else  // erased before there was a log: there is nothing left that a leaf could prove
            log::warn("log.record_erased", {{log::Key::id, id}});
    }
    if (!leaves.empty()) store::insert_leaves(db, leaves, now);
    old_records_done_ = ids.empty();
    return ids.size();
}

}  // namespace sponsio::service
