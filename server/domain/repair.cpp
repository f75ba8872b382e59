#include "server/domain/repair.hpp"

#include "server/base/form.hpp"
#include "server/domain/objection.hpp"
#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

using S = RepairState;
using E = RepairEvent;

constexpr Length long_text{.max = 4000};
constexpr Length number_text{.max = 100};

Outcome<void> is_known(RepairFacts const& f) {
    if (!f.known) return unknown_person();
    return {};
}

Outcome<void> another_decides(RepairFacts const& f) {
    if (!f.known) return unknown_person();
    if (f.accepted_by)
        if (auto other =
                second_person(f.actor, *f.accepted_by, "Who took the application in does not decide on it.",
                              "受理修复申请的人员不得作出修复决定。");
            !other)
            return other;
    if (!f.filed_by) return {};
    return second_person(f.actor, *f.filed_by, "Who recorded the application does not decide on it.",
                         "登记修复申请的人员不得作出修复决定。");
}

Outcome<void> another_revokes(RepairFacts const& f) {
    if (!f.known) return unknown_person();
    if (!f.decided_by) return {};
    return second_person(f.actor, *f.decided_by, "Who granted the repair does not revoke it.",
                         "作出修复决定的人员不得自行撤销。");
}

Outcome<void> may_extend(RepairFacts const& f) {
    if (!f.extendable)
        return fault(problem::conflict,
                     "The rules of this place know no extension (repair.decide.extension).",
                     "本地规则未规定可以延长（repair.decide.extension）。");
    if (f.extended)
        return fault(problem::conflict, "The period was extended already; it is extended once.",
                     "处理期限已经延长，只能延长一次。");
    if (f.due && f.now >= *f.due)
        return fault(problem::too_late, "The period is over; it is extended before it ends.",
                     "处理期限已届满，应当在届满前延长。");
    return {};
}

constexpr Guard<RepairFacts> known{"person known", is_known};
constexpr Guard<RepairFacts> another{"another person", another_decides};
constexpr Guard<RepairFacts> revoker{"another person than granted it", another_revokes};
constexpr Guard<RepairFacts> in_time{"place extends, once, in time", may_extend};

constexpr RepairLifecycle::Row rows[] = {
    {S::applied, E::accept, S::accepted, known},  {S::applied, E::refuse, S::refused, known},
    {S::applied, E::withdraw, S::withdrawn},      {S::accepted, E::extend, S::accepted, in_time},
    {S::accepted, E::grant, S::granted, another}, {S::accepted, E::reject, S::rejected, another},
    {S::accepted, E::withdraw, S::withdrawn},     {S::granted, E::revoke, S::revoked, revoker},
};

std::optional<EvidenceId> optional_evidence(Fields& fields, std::string_view name) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return std::nullopt;
    auto const id = EvidenceId::parse(*text);
    if (!id) fields.refuse(name, reason::bad_format, form::uuid);
    return id;
}

}  // namespace

RepairLifecycle const repair_lifecycle{"repair", S::applied, rows};

RepairDraft RepairDraft::read(Fields& fields) {
    RepairDraft draft{.record = fields.id<RecordId>("record_id"),
                      .statement = fields.text("statement", long_text),
                      .corrected_on = fields.optional_date("corrected_on"),
                      .identity_check = fields.choice<IdentityCheck>("identity_check"),
                      .paper = {}};
    auto const paper = read_optional_digest(fields, "paper_sha256");
    if (!paper) fields.refuse("paper_sha256", reason::required, form::hex);
    draft.paper = paper.value_or(crypto::Digest{});
    return draft;
}

OwnRepair OwnRepair::read(Fields& fields) {
    return {fields.text("statement", long_text), fields.optional_date("corrected_on")};
}

RepairAcceptance RepairAcceptance::read(Fields& fields) {
    return {fields.boolean("accepted"), fields.text("why", long_text),
            optional_evidence(fields, "correction_evidence_id"),
            optional_evidence(fields, "commitment_evidence_id")};
}

RepairDecision RepairDecision::read(Fields& fields) {
    return {fields.boolean("granted"), fields.text("reasons", long_text), fields.text("number", number_text)};
}

RepairRevocation RepairRevocation::read(Fields& fields) {
    return {fields.text("reasons", long_text), fields.text("number", number_text)};
}

}  // namespace sponsio::domain
