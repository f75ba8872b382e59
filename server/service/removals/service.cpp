#include "server/service/removals/service.hpp"

#include "server/base/form.hpp"
#include "server/service/records/removal.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/reach.hpp"
#include "server/store/publicity.hpp"
#include "server/store/subscriptions.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;
using domain::ReceiptBasis;
using domain::ReceiverKind;
using domain::RemovalEvent;
using domain::RemovalMeasure;
using domain::RemovalState;

constexpr Reason too_weak{"too_weak", "is less than what the removal asks for", "低于撤除要求的措施"};
constexpr Reason before_held{"before_held", "lies before the record was obtained", "早于取得该记录的时间"};

JsonObject summary(store::RemovalRow const& row) {
    return {{"removal_id", row.id.text()},
            {"record_id", row.record.text()},
            {"measure", domain::word(row.measure)},
            {"why", row.why},
            {"state", domain::word(row.state)},
            {"ordered_at", to_rfc3339(row.ordered_at)},
            {"due_on", row.due_at ? Json(to_iso(last_day(*row.due_at))) : Json()},
            {"rule", or_null(row.rule)},
            {"messages", row.messages},
            {"ended_at", or_null(row.ended_at)}};
}

Json receiver_view(store::ReceiverRow const& row) {
    return JsonObject{{"receiver", domain::word(row.kind)},
                      {"organisation_id", or_null(row.organisation)},
                      {"organisation_name", or_null(row.name)},
                      {"confirmed_at", or_null(row.confirmed_at)},
                      {"basis", or_null(row.basis)},
                      {"removed_at", or_null(row.removed_at)},
                      {"reference", or_null(row.reference)}};
}

bool is_integrator(Official const& who) {
    return who.roles.has(domain::Role::integrator);
}

/// Whether somebody sees who else is to confirm: an integrator only of the own unit's records.
bool sees_all(db::PgSession& db, Vault const& vault, Official const& who, store::RemovalRow const& row) {
    if (row.organisation == who.organisation) return true;
    return !is_integrator(who) && reaches(db, vault, who, Holding::records, row.organisation);
}

std::optional<store::ReceiverRow> own_part(db::PgSession& db, Official const& who, RemovalId id) {
    auto const all = store::receivers_of(db, id);
    auto const own =
        std::ranges::find(all, std::optional(who.organisation), &store::ReceiverRow::organisation);
    if (own == all.end() || !is_integrator(who)) return std::nullopt;
    return *own;
}

Outcome<void> check_receipt(db::PgSession& db, Official const& who, store::RemovalRow const& row,
                            domain::RemovalReceipt const& receipt, Instant now) {
    if (receipt.measure < row.measure) return bad_field("/measure", too_weak);
    if (receipt.removed_at > now) return bad_field("/removed_at", reason::in_future);
    auto const since = store::held_since(db, row.record, who.organisation);
    if (since && receipt.removed_at < *since) return bad_field("/removed_at", before_held);
    return {};
}

}  // namespace

Outcome<Json> RemovalService::view(db::PgSession& db, Official const& who,
                                   store::RemovalRow const& row) const {
    bool const all = sees_all(db, parts_.vault, who, row);
    json::Array receivers;
    if (all)
        for (auto const& one : store::receivers_of(db, row.id)) receivers.push_back(receiver_view(one));
    else if (auto const own = own_part(db, who, row.id))
        receivers.push_back(receiver_view(*own));
    else
        return fault(problem::not_found);
    JsonObject json = summary(row);
    json.add("receivers", std::move(receivers));
    json.add("history", all ? history_view(store::history(db, row.id.text())) : Json(json::Array{}));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

Async<Json> RemovalService::removal(Caller<Official> const& caller, RemovalId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = store::removal_by_id(db, id);
            if (!row) return fault(problem::not_found);
            return view(db, *caller.who, *row);
        });
    });
}

Async<Page> RemovalService::list(Caller<Official> const& caller, RemovalFilter filter) {
    return parts_.db.run(
        caller.deadline, [this, caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = RemovalId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            store::RemovalList list{.of = std::vector{caller.who->organisation},
                                    .receiver = caller.who->organisation,
                                    .state = q.state,
                                    .record = q.record,
                                    .after = after,
                                    .limit = q.limit};
            if (!is_integrator(*caller.who)) {
                list.of = Reach::of(db, parts_.vault, *caller.who, Holding::records).organisations();
                list.receiver.reset();
            }
            Page page;
            for (auto const& row : store::removals_after(db, list)) page.add(summary(row), row.id.text());
            return page;
        });
}

// ------------------------------------------------------------------------------------------------- receipts
Outcome<Made> RemovalService::make_receipt(db::PgSession& db, Official const& who, RemovalId id,
                                           domain::RemovalReceipt const& receipt) const {
    Instant const now = parts_.clock.now();
    auto const asked = store::removal_by_id(db, id);
    if (!asked) return fault(problem::not_found);
    auto open = store::lock_open_removals(db, asked->record);
    auto const own = own_part(db, who, id);
    if (!own) return fault(problem::not_found);
    if (own->confirmed_at)
        return fault(problem::conflict,
                     "Your organisation confirmed this on " + to_rfc3339(*own->confirmed_at) + ".",
                     "贵单位已于 " + to_rfc3339(*own->confirmed_at) + " 确认撤除。");
    if (std::ranges::find(open, id, &store::RemovalRow::id) == open.end())
        return domain::removal_lifecycle.next(store::removal_by_id(db, id)->state, RemovalEvent::confirm, {})
            .error();
    if (auto fits = check_receipt(db, who, *asked, receipt, now); !fits) return fits.error();
    for (store::RemovalRow& row : open) {
        if (row.measure > receipt.measure) continue;
        bool const kept = store::confirm(db, {.removal = row.id,
                                              .kind = ReceiverKind::integrator,
                                              .organisation = who.organisation,
                                              .confirmed_at = now,
                                              .basis = ReceiptBasis::statement,
                                              .confirmed_by = who.account,
                                              .removed_at = receipt.removed_at,
                                              .reference = receipt.reference});
        if (!kept) continue;
        auto moved = move_removal(db, row, RemovalEvent::confirm, who.account,
                                  std::string(domain::word(ReceiverKind::integrator)), now);
        if (!moved) return moved.error();
        if (auto ended = finish_if_confirmed(db, row, domain::System{}, now); !ended) return ended.error();
    }
    auto answer = view(db, who, store::removal_by_id(db, id).value());
    if (!answer) return answer.error();
    return Made{"/v1/removals/" + id.text(), std::move(*answer)};
}

Async<Created> RemovalService::confirm(Caller<Official> const& caller, RequestOnce once, RemovalId id,
                                       domain::RemovalReceipt receipt) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once), id,
                                           receipt = std::move(receipt)](db::PgSession& session) {
        return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                           [&](db::PgSession& db) { return make_receipt(db, *caller.who, id, receipt); });
    });
}

// ------------------------------------------------------------------------------------------------- the round
Outcome<void> RemovalService::go_on(db::PgSession& db, store::RemovalRow& row, Instant now) const {
    domain::Actor const system = domain::System{};
    if (!row.due_at) {
        auto const by = CountedBy::at(db, row.organisation, parts_.rules, parts_.calendar);
        if (!by) return by.error();
        auto clock = by->from(domain::rule::removal_receipt, row.ordered_at);
        if (!clock) return clock.error();
        row.due_at = clock->due;
        row.rule = std::move(clock->rule);
        store::update(db, row);
    }
    auto const confirmed = [&](ReceiverKind kind) {
        return move_removal(db, row, RemovalEvent::confirm, system, std::string(domain::word(kind)), now);
    };
    if (!store::is_shown(db, row.record, now) && store::confirm(db, {.removal = row.id,
                                                                     .kind = ReceiverKind::publicity_site,
                                                                     .organisation = {},
                                                                     .confirmed_at = now,
                                                                     .basis = ReceiptBasis::look,
                                                                     .confirmed_by = {},
                                                                     .removed_at = {},
                                                                     .reference = {}}))
        if (auto done = confirmed(ReceiverKind::publicity_site); !done) return done;
    if (store::confirm_by_platform(db, row.id, now))
        if (auto done = confirmed(ReceiverKind::platform); !done) return done;
    if (auto ended = finish_if_confirmed(db, row, system, now); !ended) return ended;
    if (row.state == RemovalState::finished) return {};
    if (row.state == RemovalState::ordered && row.due_at && now >= *row.due_at)
        if (auto late = move_removal(db, row, RemovalEvent::run_out, system, "receipts are missing", now);
            !late)
            return late;
    bool const again =
        row.state == RemovalState::overdue && row.message_at && *row.message_at <= now - repeat;
    if (row.messages != 0 && !again) return {};
    ++row.messages;
    row.message_at = now;
    store::update(db, row);
    store::queue_removal(db, row.id, row.messages, now);
    return {};
}

void RemovalService::publish(db::PgSession& db) const {
    if (!parts_.metrics) return;
    auto const counts = store::removal_counts(db);
    parts_.metrics->removals_open.set(static_cast<double>(counts.open));
    parts_.metrics->removal_receipts_overdue.set(static_cast<double>(counts.receipts_overdue));
}

Outcome<std::size_t> RemovalService::go_on(Deadline deadline, int at_most) {
    return parts_.db.run_blocking(deadline, [this, at_most](db::PgSession& session) -> Outcome<std::size_t> {
        std::size_t done = 0;
        std::optional<RemovalId> seen;
        for (int i = 0; i != at_most; ++i) {
            Instant const now = parts_.clock.now();
            auto const one = in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
                auto row = store::lock_removal_to_do(db, now, now - repeat, seen);
                if (!row) return false;
                seen = row->id;
                if (auto gone_on = go_on(db, *row, now); !gone_on) return gone_on.error();
                return true;
            });
            if (!one) return one.error();
            if (!*one) break;
            ++done;
        }
        publish(session);
        return done;
    });
}

}  // namespace sponsio::service
