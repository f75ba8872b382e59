#include "server/service/records/status.hpp"

#include "crypto/log/entry.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

constexpr std::size_t longest_reason = 100;  // bytes

std::string content_of(store::StatusRow const& row, StatusOrder const& order, std::int32_t serial) {
    return salted_content({{"kind", crypto::log_kind::status},
                           {"record_id", order.record.text()},
                           {"serial", std::int64_t{serial}},
                           {"from", domain::word(row.status)},
                           {"to", domain::word(order.status)},
                           {"changed_at", to_rfc3339(order.now)},
                           {"why", order.why}});
}

}  // namespace

Outcome<store::StatusChange> set_status(db::PgSession& db, Vault const& vault, StatusOrder const& order) {
    if (order.why.empty()) return bad_field("/why", reason::empty);
    if (order.why.size() > longest_reason) return bad_field("/why", reason::too_long);
    auto const row = store::lock_status(db, order.record);
    if (!row || !store::record_by_id(db, order.record)) return fault(problem::not_found);
    if (row->status == order.status)
        return fault(problem::conflict, "The record has that status already.", "该记录已处于该状态。");

    auto const serial = static_cast<std::int32_t>(store::status_changes(db, order.record).size() + 1);
    std::string const content = content_of(*row, order, serial);
    store::StatusChange change{.record = order.record,
                               .serial = serial,
                               .status = order.status,
                               .changed_at = order.now,
                               .content = vault.seal(content, store::status_place(order.record, serial)),
                               .digest = crypto::sha256(as_bytes(content))};
    store::change_status(db, change);
    store::append(db, {.at = order.now,
                       .lifecycle = "record status",
                       .subject = order.record.text(),
                       .from = std::string(domain::word(row->status)),
                       .event = "set",
                       .to = std::string(domain::word(order.status)),
                       .actor = order.actor,
                       .why = order.why,
                       .rule = std::nullopt});
    store::insert_leaf(db, log_leaf(crypto::log_kind::status, order.record.text(), change.digest, order.now),
                       order.now);
    return change;
}

}  // namespace sponsio::service
