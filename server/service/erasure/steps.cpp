#include "server/service/erasure/steps.hpp"

#include "crypto/log/entry.hpp"
#include "server/service/records/case.hpp"
#include "server/service/records/removal.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"
#include "server/store/log.hpp"
#include "server/store/persons.hpp"

#include <array>

namespace sponsio::service {
namespace {

using domain::ErasureEvent;
using domain::ErasurePart;
using domain::ErasureReason;
using domain::Json;
using domain::JsonObject;
using store::ErasureObstacle;
using store::ErasureRow;

Fault standing_against(ErasureObstacle obstacle) {
    struct Row {
        ErasureObstacle obstacle;
        char const *en, *zh;
    };

    static constexpr auto rows = std::to_array<Row>({
        {ErasureObstacle::open_check, "A check of this commitment is open; it is closed or cancelled first.",
         "该承诺尚有未结核查，应先办结或取消。"},
        {ErasureObstacle::open_finding,
         "A finding about this commitment is open, or its record is not issued yet.",
         "该承诺尚有未结认定，或其信用记录尚未签发。"},
        {ErasureObstacle::open_withdrawal, "A withdrawal of this commitment waits for its decision.",
         "该承诺的撤回申请尚待决定。"},
        {ErasureObstacle::open_report, "A report about it waits for the platform's answer.",
         "相关报送尚待共享平台应答。"},
        {ErasureObstacle::active_record,
         "A record about it is in force; it is withdrawn first, or erased when its retention is over.",
         "相关信用记录尚在有效期内：应先撤销，或待保存期限届满后自动销毁。"},
    });
    auto const row = std::ranges::find(rows, obstacle, &Row::obstacle);
    return fault(problem::conflict, row->en, row->zh);
}

domain::ErasureFacts facts_of(db::PgSession& db, ErasureRow const& row, std::optional<AccountId> actor) {
    std::optional<PersonId> person;
    if (actor) person = store::persons_of(db, {*actor}).at(*actor);
    return {.actor = person, .by_rule = !actor && row.reason == ErasureReason::retention_over};
}

Move move_of(ErasureRow const& row, std::optional<AccountId> actor, Instant now) {
    Move move{.subject = row.id.text(),
              .actor = domain::System{},
              .now = now,
              .why = row.commitment_code,
              .organisation = row.organisation};
    if (actor) move.actor = *actor;
    return move;
}

ErasureRow asked(std::string const& code, OrganisationId organisation, ErasurePart part,
                 ErasureDraft const& draft, Instant now) {
    return {.id = new_id<ErasureId>(now),
            .commitment_code = code,
            .organisation = organisation,
            .part = part,
            .reason = draft.reason,
            .legal_basis = draft.legal_basis,
            .requested_at = now};
}

/// The statuses of its records stay signed although the reasons of their changes are gone.
void keep_statuses(db::PgSession& db, Vault const& vault, ErasureRow const& row) {
    for (RecordId const record : store::records_of_commitment(db, row.commitment_code))
        if (auto const kept = kept_status(db, record))
            store::keep_status(db, record, row.id, vault.seal(*kept, store::erased_status_label(record)));
}

void leave_leaf(db::PgSession& db, ErasureRow const& row, Instant now) {
    std::string const content = salted_content({{"kind", crypto::log_kind::erasure},
                                                {"erasure_id", row.id.text()},
                                                {"commitment_code", row.commitment_code},
                                                {"part", domain::word(row.part)},
                                                {"reason", domain::word(row.reason)},
                                                {"legal_basis", row.legal_basis},
                                                {"erased_at", to_rfc3339(now)}});
    auto leaf = log_leaf(crypto::log_kind::erasure, row.id.text(), crypto::sha256(as_bytes(content)), now);
    leaf.content = content;
    store::insert_leaf(db, leaf, now);
}

/// Takes the step, and enters who decided.
Outcome<void> decide(db::PgSession& db, ErasureRow& row, ErasureEvent event, std::optional<AccountId> by,
                     Instant now) {
    auto const to =
        step(db, domain::erasure_lifecycle, row.state, event, facts_of(db, row, by), move_of(row, by, now));
    if (!to) return to.error();
    row.state = *to;
    row.decided_by = by;
    row.decided_at = now;
    return {};
}

}  // namespace

ErasureDraft ErasureDraft::read(domain::Fields& fields) {
    return {fields.choice<ErasureReason>("reason"), fields.text("legal_basis", {.max = 500})};
}

Outcome<ErasureRow> request_erasure(db::PgSession& db, std::string const& commitment_code,
                                    ErasureDraft const& draft, Instant now) {
    auto const commitment = store::lock_commitment(db, commitment_code);
    if (!commitment) return fault(problem::not_found);
    if (auto const obstacle = store::obstacle_to_erasure(db, commitment_code, ErasurePart::the_case))
        return standing_against(*obstacle);
    ErasureRow row = asked(commitment_code, commitment->organisation, ErasurePart::the_case, draft, now);
    if (!store::insert(db, row))
        return fault(problem::conflict, "The erasure of this case was asked for already.",
                     "该承诺的销毁申请已经提出。");
    born(db, domain::erasure_lifecycle, move_of(row, std::nullopt, now));
    return row;
}

Outcome<std::vector<ErasureRow>> request_erasures(db::PgSession& db,
                                                  std::vector<Bytes> const& terms_of_document,
                                                  ErasureDraft const& draft, Instant now) {
    std::vector<ErasureRow> rows;
    for (store::FoundCase const& one : store::cases_of_committer(db, terms_of_document)) {
        auto row = request_erasure(db, one.code, draft, now);
        if (!row) {
            Fault refused = row.error();
            refused.detail.en = one.code + ": " + refused.detail.en;
            refused.detail.zh = one.code + "：" + refused.detail.zh;
            return refused;
        }
        rows.push_back(std::move(*row));
    }
    if (rows.empty()) return fault(problem::not_found);
    return rows;
}

Outcome<ErasureRow> erase(db::PgSession& db, Vault const& vault, ErasureRow row, std::optional<AccountId> by,
                          Instant now) {
    if (!store::lock_commitment(db, row.commitment_code)) return fault(problem::not_found);
    if (auto decided = decide(db, row, ErasureEvent::confirm, by, now); !decided) return decided.error();
    if (auto const obstacle = store::obstacle_to_erasure(db, row.commitment_code, row.part))
        return standing_against(*obstacle);
    // Recorded before anything is removed: whoever has a copy is to destroy it too.
    for (RecordId const record : store::records_of_commitment(db, row.commitment_code))
        order_removal(db, {.record = record,
                           .measure = domain::RemovalMeasure::erase,
                           .why = std::string(domain::word(row.reason)),
                           .actor = by,
                           .now = now});
    keep_statuses(db, vault, row);
    row.key_ids = store::erase_rows(db, row.commitment_code, row.part);
    store::update(db, row);
    leave_leaf(db, row, now);
    return row;
}

Outcome<ErasureRow> refuse_erasure(db::PgSession& db, ErasureRow row, AccountId by, Instant now) {
    if (auto decided = decide(db, row, ErasureEvent::refuse, by, now); !decided) return decided.error();
    store::update(db, row);
    return row;
}

Outcome<bool> erase_by_rule(db::PgSession& db, Vault const& vault, store::KeptRecord const& record,
                            std::string const& rule, Instant now) {
    if (store::obstacle_to_erasure(db, record.commitment_code, ErasurePart::record)) return false;
    ErasureRow const row = asked(record.commitment_code, record.accepted_by, ErasurePart::record,
                                 {ErasureReason::retention_over, rule}, now);
    if (!store::insert(db, row)) return false;
    Move move = move_of(row, std::nullopt, now);
    move.rule = rule;
    born(db, domain::erasure_lifecycle, move);
    auto erased = erase(db, vault, row, std::nullopt, now);
    if (!erased) return erased.error();
    return true;
}

Json erasure_view(ErasureRow const& row) {
    json::Array keys;
    for (std::string const& id : row.key_ids) keys.push_back(id);
    return JsonObject{{"erasure_id", row.id.text()},
                      {"commitment_code", row.commitment_code},
                      {"part", domain::word(row.part)},
                      {"reason", domain::word(row.reason)},
                      {"legal_basis", row.legal_basis},
                      {"state", domain::word(row.state)},
                      {"requested_at", to_rfc3339(row.requested_at)},
                      {"decided_by", or_null(row.decided_by)},
                      {"decided_at", or_null(row.decided_at)},
                      {"sealing_keys", std::move(keys)},
                      {"finished_at", or_null(row.finished_at)}};
}

}  // namespace sponsio::service
