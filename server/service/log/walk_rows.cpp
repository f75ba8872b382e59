// The second half of a walk: rows compared with their entries.
#include "crypto/log/entry.hpp"
#include "server/service/log/audit_chain.hpp"
#include "server/service/log/walk.hpp"
#include "server/service/unit/proven_row.hpp"

#include <algorithm>
#include <set>

namespace sponsio::service {
namespace {

constexpr int commitments_at_once = 256;
constexpr int leaves_at_once = 256;
constexpr int records_at_once = 64;
constexpr int events_at_once = 1024;

std::string entry_of(std::string_view kind, Instant at, crypto::Digest const& digest) {
    return crypto::LogEntry{std::string(kind), to_rfc3339(at), digest}.text();
}

crypto::Digest digest_of(std::string_view text) {
    return crypto::sha256(as_bytes(text));
}

template <class Row>
store::LeafRow const* leaf_about(std::vector<store::LeafRow> const& leaves, Row const& subject) {
    auto const found = std::ranges::find(leaves, subject, [](auto const& row) { return row.leaf.subject; });
    return found == leaves.end() ? nullptr : &*found;
}

}  // namespace

/// Entries by position; a bundle is read once for each step.
class LogWalk::Entries {
  public:
    explicit Entries(db::PgSession& db) : db_(db) {}

    /// The entry; null if there is none.
    std::string const* at(store::LogPlace const& place) {
        std::uint64_t const bundle = place.index / crypto::tile_width;
        if (read_.emplace(place.shard, bundle).second) read(place.shard, bundle * crypto::tile_width);
        auto const found = entries_.find({place.shard, place.index});
        return found == entries_.end() ? nullptr : &found->second;
    }

  private:
    void read(std::int16_t shard, std::uint64_t first) {
        for (store::LogRun const& run : store::log_runs(db_, shard, first, first + crypto::tile_width)) {
            auto const split = crypto::split_bundle(run.entries);
            if (!split) continue;
            for (std::size_t i = 0; i != split->size(); ++i)
                entries_.insert_or_assign({shard, run.first + i}, to_string((*split)[i]));
        }
    }

    db::PgSession& db_;
    std::set<std::pair<std::int16_t, std::uint64_t>> read_;
    std::map<std::pair<std::int16_t, std::uint64_t>, std::string> entries_;
};

void LogWalk::compare_entry(Entries& entries, store::LogPlace const& place, std::string const& entry,
                            std::string const& subject) {
    places_.push_back(place);
    std::string const* const logged = entries.at(place);
    if (logged && *logged == entry) return;
    found(place.shard,
          "entry " + std::to_string(place.index) + " does not say what the row of " + subject + " says",
          "第 " + std::to_string(place.index) + " 号条目与 " + subject + " 的数据行不符");
}

/// The decrypted value; nothing if its key was destroyed or it does not decrypt.
std::optional<std::string> LogWalk::opened(store::SealedColumns const& sealed, std::string const& place,
                                           std::int16_t shard, std::string const& subject) {
    if (!sealed.wrapped_key || !sealed.master_key_id) return std::nullopt;
    auto const plain =
        parts_.vault.keys().open(sealed.content, *sealed.wrapped_key, *sealed.master_key_id, as_bytes(place));
    if (plain) return to_string(*plain);
    found(shard, "what is sealed of " + subject + " does not open (" + std::string(plain.error().code) + ")",
          subject + " 的密封内容无法打开");
    return std::nullopt;
}

// ---------------------------------------------------------------------------------------------- commitments
void LogWalk::look_at_commitments(db::PgSession& db) {
    auto const rows = store::commitments_behind(db, code_, code_shard_, commitments_at_once);
    std::vector<std::string> older;
    for (auto const& row : rows)
        if (!row.leaf_index) older.push_back(row.code);
    auto const leaves = older.empty()
                            ? std::vector<store::LeafRow>{}
                            : store::first_leaves(db, std::string(crypto::log_kind::commitment), older);
    Entries entries(db);
    for (auto const& row : rows) look_at_commitment(entries, row, leaf_about(leaves, row.code));
    looked_at_now_ = rows.size();
    if (rows.size() < commitments_at_once)
        onwards_ = [this] { phase_ = Phase::leaves; };
    else
        onwards_ = [this, code = rows.back().code, shard = rows.back().shard] {
            code_ = code;
            code_shard_ = shard;
        };
}

void LogWalk::look_at_commitment(Entries& entries, store::LoggedCommitment const& row,
                                 store::LeafRow const* leaf) {
    std::string const entry = entry_of(crypto::log_kind::commitment, row.accepted_at, row.content_digest);
    std::int16_t shard = row.shard;
    if (row.leaf_index) {
        if (!concerns(shard)) return;
        compare_entry(entries, {shard, *row.leaf_index}, entry, row.code);
    } else {
        // The commitment is older than the log: its leaf is checked among the leaves, after this.
        shard = leaf && leaf->place ? leaf->place->shard : std::int16_t{0};
        if (!concerns(shard)) return;
        if (!leaf || leaf->leaf.entry != entry)
            found(shard, "the leaf of " + row.code + " does not say what its row says",
                  row.code + " 的叶与数据行不符");
    }
    auto const content = opened(row.sealed, store::content_label(row.code), shard, row.code);
    if (!content) return;
    if (digest_of(*content) != row.content_digest)
        found(shard, "what is sealed of " + row.code + " is not what was logged",
              row.code + " 的密封内容与日志不符");
    else
        compare_content(row, shard, *content);
}

// --------------------------------------------------------------------------------------------------- leaves
void LogWalk::look_at_leaves(db::PgSession& db) {
    auto const rows = store::leaves_behind(db, leaf_, leaves_at_once);
    Entries entries(db);
    for (store::LeafRow const& row : rows) look_at_leaf(entries, row);
    looked_at_now_ = rows.size();
    if (rows.size() < leaves_at_once)
        onwards_ = [this] { phase_ = Phase::records; };
    else
        onwards_ = [this, last = rows.back().id] { leaf_ = last; };
}

void LogWalk::look_at_leaf(Entries& entries, store::LeafRow const& row) {
    std::int16_t const shard = row.place ? row.place->shard : std::int16_t{0};
    if (!concerns(shard)) return;
    std::string const subject = row.leaf.kind + " " + row.leaf.subject;
    if (row.place) compare_entry(entries, *row.place, row.leaf.entry, subject);
    auto const said = crypto::LogEntry::parse(as_bytes(row.leaf.entry));
    if (!said || said->kind != row.leaf.kind ||
        (row.leaf.content && said->digest != digest_of(*row.leaf.content)))
        found(shard, "the leaf of " + subject + " does not fit what it is about",
              subject + " 的叶与其内容不符");
}

// -------------------------------------------------------------------------------------------------- records
void LogWalk::look_at_records(db::PgSession& db) {
    auto const rows = store::records_after(db, position_, std::nullopt, records_at_once);
    std::vector<std::string> ids;
    for (auto const& row : rows) ids.push_back(row.id.text());
    auto const leaves = store::first_leaves(db, std::string(crypto::log_kind::record), ids);
    for (auto const& row : rows) look_at_record(row, leaf_about(leaves, row.id.text()));
    looked_at_now_ = rows.size();
    if (rows.size() < records_at_once)
        onwards_ = [this] { phase_ = Phase::findings; };
    else
        onwards_ = [this, last = rows.back().position] { position_ = last; };
}

/// The leaf vouches for the issuer-signed part, which does not depend on disclosures.
void LogWalk::look_at_record(store::CreditRecord const& row, store::LeafRow const* leaf) {
    std::int16_t const shard = leaf && leaf->place ? leaf->place->shard : std::int16_t{0};
    if (!concerns(shard)) return;
    std::string const subject = "record " + row.id.text();
    auto const token = opened(row.sd_jwt, store::record_label(row.id), shard, subject);
    if (!token) return;
    auto const said = leaf ? crypto::LogEntry::parse(as_bytes(leaf->leaf.entry))
                           : Result<crypto::LogEntry>(crypto::LogEntry{});
    std::string const issued = token->substr(0, token->find('~'));
    if (digest_of(*token) != row.digest || !said || (leaf && said->digest != digest_of(issued)))
        found(shard, "what is sealed of " + subject + " is not what was signed and logged",
              subject + " 的密封内容与签署及日志不符");
}

// -------------------------------------------------------------------------------------------------- history
/// Events that no run covers yet are not looked at.
void LogWalk::look_at_history(db::PgSession& db) {
    auto const logged = concerns(0) ? store::audit_run_behind(db, chain_.last_event) : std::nullopt;
    if (!logged) {
        if (auto const lost = concerns(0) ? store::audit_leaves_without_run(db) : 0; lost != 0)
            found(0, std::to_string(lost) + " logged heads of the history have no row",
                  std::to_string(lost) + " 个已入日志的审计链链头没有数据行");
        onwards_ = [this] { phase_ = Phase::registry; };
        return;
    }
    auto const rows = store::events_between(db, chain_.last_event, logged->last_event, events_at_once);
    store::AuditRun const made = chained(chain_, rows);
    looked_at_now_ = rows.size();
    look_at_states(db, rows);
    look_at_makings(db, rows);
    look_at_queries(db, rows);
    if (rows.size() == events_at_once && made.last_event < logged->last_event) {
        onwards_ = [this, made] { chain_ = made; };
        return;
    }
    compare_head(db, made, *logged);
    onwards_ = [this, logged = *logged] { chain_ = logged; };
}

/// The head that the events give, with that of the run's row and of its leaf, which the tree vouches for.
void LogWalk::compare_head(db::PgSession& db, store::AuditRun const& made, store::AuditRun const& logged) {
    std::string const last = std::to_string(logged.last_event);
    auto const leaves = store::leaves_about(db, std::string(crypto::log_kind::audit), last);
    auto said = leaves.size() == 1 ? json::parse(leaves.front().leaf.content.value_or(""))
                                   : Result<domain::Json>(domain::Json());
    if (said && said->is_object()) said->as_object().erase("salt");
    if (made != logged || !said || *said != domain::Json(audit_content(logged)))
        found(0, "the events up to number " + last + " are not those of the history that was logged",
              "截至第 " + last + " 号的事件与已入日志的审计链不符");
}

// ------------------------------------------------------------------------------------------------- registry
/// One table at a time, those of no shard.
void LogWalk::look_at_registry(db::PgSession& db) {
    onwards_ = [this] { phase_ = Phase::notes; };
    if (!concerns(0) || !parts_.registry_proven) return;
    std::size_t table = 0;
    store::for_each_registry_row([&]<class Row>() {
        if (table++ == table_) look_at_rows<Row>(db);
    });
}

template <class Row>
void LogWalk::look_at_rows(db::PgSession& db) {
    auto const rows = store::registry_after<Row>(db, row_);
    for (Row const& row : rows) {
        if (is_proven(parts_.vault, row)) continue;
        std::string const which =
            std::string(store::registry_table<Row>) + " " + store::registry_key(row).text();
        found(0, "the row " + which + " was not written by this server",
              "数据行 " + which + " 并非由本系统写入");
    }
    looked_at_now_ = rows.size();
    if (rows.empty())
        onwards_ = [this] {
            ++table_;
            row_ = {};
        };
    else
        onwards_ = [this, last = store::registry_key(rows.back())] { row_ = last; };
}

// ----------------------------------------------------------------------------------------------------- sums
/// Every entry was logged for a row, and a row that is gone is missed here.
void LogWalk::compare_sums() {
    for (Walked const& one : shards_)
        if (one.whole && one.rows != one.size)
            found(one.shard,
                  "its first " + std::to_string(one.size) + " entries have " + std::to_string(one.rows) +
                      " rows instead of one each",
                  "前 " + std::to_string(one.size) + " 条对应 " + std::to_string(one.rows) + " 行数据");
    onwards_ = [this] { phase_ = Phase::done; };
}

}  // namespace sponsio::service
