#include "server/service/records/case.hpp"

#include "crypto/log/entry.hpp"
#include "server/base/form.hpp"
#include "server/service/records/removal.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/store/erasures.hpp"
#include "server/store/records.hpp"
#include "server/store/subscriptions.hpp"

#include <ranges>

namespace sponsio::service {
namespace {

using domain::CauseRule;
using domain::Json;
using domain::OpenCauses;
using domain::RecordCause;
using domain::RecordEvent;
using domain::RecordStatus;

constexpr std::size_t longest_reason = 100;  // bytes

OpenCauses open_causes(db::PgSession& db, RecordId record) {
    OpenCauses open;
    for (auto const& row : store::causes_of(db, record))
        if (!row.ended) open = open.with(row.cause);
    return open;
}

}  // namespace

Outcome<RecordCase> RecordCase::lock(db::PgSession& db, Vault const& vault, RecordOrder order) {
    if (order.why.empty()) return bad_field("/why", reason::empty);
    if (order.why.size() > longest_reason)
        return bad_field("/why", reason::too_long, {.max = longest_reason, .unit = &unit::bytes});
    auto const row = store::lock_status(db, order.record);
    if (!row || !store::record_by_id(db, order.record)) return fault(problem::not_found);
    auto const causes = open_causes(db, order.record);
    return RecordCase(db, vault, std::move(order), *row, causes);
}

Outcome<void> RecordCase::take(RecordEvent event) {
    auto const to =
        step(events_, domain::status_steps, status_, event, causes_,
             {.subject = order_.record.text(), .actor = order_.actor, .now = order_.now, .why = order_.why});
    if (!to) return to.error();
    status_ = *to;
    causes_ = domain::after(causes_, event);
    taken_.push_back(event);
    return {};
}

Outcome<void> RecordCase::open(RecordCause cause) {
    return take(domain::rule_of(cause).opened_by);
}

Outcome<void> RecordCase::end(RecordCause cause) {
    if (auto const event = domain::rule_of(cause).ended_by) return take(*event);
    return domain::wrong_step(domain::record_lifecycle.name, domain::word(domain::state_of(causes_)),
                              "ending the " + std::string(domain::word(cause)),
                              domain::record_lifecycle.possible_from(domain::state_of(causes_)));
}

Outcome<void> RecordCase::show(RecordStatus status) {
    if (status == status_)
        return fault(problem::conflict, "The record has that status already.", "该记录已处于该状态。");
    auto const rules = domain::cause_rules();
    auto const own = std::ranges::find(rules, status, &CauseRule::status);
    // Before stronger ones end, and those from the weakest on: no event tells of a status in between.
    if (own != rules.end() && !causes_.has(own->cause))
        if (auto opened = open(own->cause); !opened) return opened;
    for (CauseRule const& rule : std::ranges::subrange(rules.begin(), own) | std::views::reverse)
        if (causes_.has(rule.cause))
            if (auto ended = end(rule.cause); !ended) return ended;
    return {};
}

std::optional<store::StatusChange> RecordCase::save() {
    store::CauseStep const by{order_.now, order_.actor.account(), order_.why};
    for (RecordEvent const event : taken_) {
        for (CauseRule const& rule : domain::cause_rules()) {
            if (rule.opened_by == event) store::open_cause(db_, order_.record, rule.cause, by);
            if (rule.ended_by == event) store::end_cause(db_, order_.record, rule.cause, by);
        }
    }
    store::append(db_, events_);
    if (auto const state = domain::state_of(causes_); state != state_)
        store::set_state(db_, order_.record, state);
    follow_with_removal();
    if (status_ == shown_) return std::nullopt;
    return publish();
}

/// Who got the record removes it when it is to be shared no more; what is open of that is moot when it
/// stands again.
void RecordCase::follow_with_removal() {
    bool const is = domain::is_removed(causes_);
    RemovalOrder const order{.record = order_.record,
                             .measure = domain::RemovalMeasure::stop_sharing,
                             .why = order_.why,
                             .actor = order_.actor,
                             .now = order_.now};
    if (is && !removed_) order_removal(db_, order);
    if (!is && removed_) call_off_removal(db_, order).value();  // possible from every open state
}

store::StatusChange RecordCase::publish() {
    RecordId const record = order_.record;
    auto const serial = static_cast<std::int32_t>(store::status_changes(db_, record).size() + 1);
    std::string const content = salted_content({{"kind", crypto::log_kind::status},
                                                {"record_id", record.text()},
                                                {"status_list", place_.list_no},
                                                {"status_index", place_.index},
                                                {"serial", std::int64_t{serial}},
                                                {"from", domain::word(shown_)},
                                                {"to", domain::word(status_)},
                                                {"changed_at", to_rfc3339(order_.now)},
                                                {"why", order_.why}});
    store::StatusChange change{.record = record,
                               .serial = serial,
                               .status = status_,
                               .changed_at = order_.now,
                               .content = vault_.seal(content, store::status_label(record, serial)),
                               .digest = crypto::sha256(as_bytes(content))};
    store::change_status(db_, change);
    store::insert_leaf(db_, log_leaf(crypto::log_kind::status, record.text(), change.digest, order_.now),
                       order_.now);
    store::queue_status_change(db_, record, serial, order_.now);
    return change;
}

namespace {

Json kept_of(store::StatusChange const& last, store::StatusPlace const& place) {
    return domain::JsonObject{{"record_id", last.record.text()}, {"serial", std::int64_t{last.serial}},
                              {"to", domain::word(last.status)}, {"digest", to_hex(last.digest)},
                              {"status_list", place.list_no},    {"status_index", place.index}};
}

/// The last change was erased: the row is what was kept of it, word for word, or it proves nothing.
std::optional<RecordStatus> proven_by_kept(Vault const& vault, store::ChangedStatus const& entry) {
    if (!entry.kept) return std::nullopt;
    auto const kept = vault.open(*entry.kept, store::erased_status_label(entry.entry.record));
    if (!kept || *kept != json::canonical(kept_of(*entry.last, entry.entry.place))) return std::nullopt;
    return entry.last->status;
}

}  // namespace

std::optional<std::string> kept_status(db::PgSession& db, RecordId record) {
    auto const place = store::lock_status(db, record);
    auto const changes = store::status_changes(db, record);
    if (!place || changes.empty()) return std::nullopt;
    return json::canonical(kept_of(changes.back(), place->place));
}

std::optional<RecordStatus> proven_status(Vault const& vault, store::ChangedStatus const& entry) {
    auto const& last = entry.last;
    if (!last || last->serial != entry.logged) return std::nullopt;
    if (!last->content.wrapped_key) return proven_by_kept(vault, entry);
    auto const content = vault.open(last->content, store::status_label(last->record, last->serial));
    if (!content || crypto::sha256(as_bytes(*content)) != last->digest) return std::nullopt;
    auto const said = json::parse(*content);
    if (!said) return std::nullopt;
    // Changes from before the place was written name none; no other record can have been given theirs.
    Json const* const list = said->find("status_list");
    Json const* const index = said->find("status_index");
    if (list &&
        (*list != Json(entry.entry.place.list_no) || !index || *index != Json(entry.entry.place.index)))
        return std::nullopt;
    return domain::from_word<RecordStatus>(said->at("to").as_string());
}

Outcome<store::StatusChange> set_status(db::PgSession& db, Vault const& vault, RecordStatus status,
                                        RecordOrder order) {
    auto record = RecordCase::lock(db, vault, std::move(order));
    if (!record) return record.error();
    if (auto shown = record->show(status); !shown) return shown.error();
    return record->save().value();
}

}  // namespace sponsio::service
