#include "server/service/matters/commitment_steps.hpp"

#include "server/base/internal.hpp"
#include "server/store/evidence.hpp"

namespace sponsio::service {

using domain::Json;
using domain::JsonObject;

Json member_or_null(Json const& content, std::string_view name) {
    Json const* value = content.find(name);
    return value ? *value : Json();
}

Outcome<void> move_commitment(db::PgSession& db, std::string const& code, domain::CommitmentEvent event,
                              std::optional<AccountId> actor, Instant now) {
    auto const row = store::lock_commitment(db, code);
    if (!row) return internal("a task or finding without its commitment");
    auto const to = step(db, domain::commitment_lifecycle, row->state, event, domain::NoFacts{},
                         Move{.subject = code, .actor = actor, .now = now, .shard = row->shard});
    if (!to) return to.error();
    if (!store::set_commitment_state(db, code, row->shard, row->state, *to)) return fault(problem::conflict);
    return {};
}

std::string const& OpenedCommitment::committer_name() const {
    return content.at("committer").at("name").as_string();
}

Json OpenedCommitment::summary() const {
    return JsonObject{{"commitment_code", row.code},
                      {"state", domain::word(row.state)},
                      {"matter_code", matter->code},
                      {"matter_version", matter->version},
                      {"matter_name", domain::to_json(matter->content.name)},
                      {"content", domain::to_json(matter->content.content)},
                      {"made_on", to_iso(row.made_on)},
                      {"valid_until", row.valid_until ? Json(to_iso(*row.valid_until)) : Json()},
                      {"accepted_at", to_rfc3339(row.accepted_at)},
                      {"accepted_by", content.at("accepted_by")},
                      {"committer", content.at("committer")},
                      {"agent", member_or_null(content, "agent")},
                      {"reason", content.at("reason")},
                      {"remarks", member_or_null(content, "remarks")},
                      {"identity_check", member_or_null(content, "identity_check")},
                      {"assent", member_or_null(content, "assent")},
                      {"assent_state", domain::word(assent)},
                      {"signed_paper_id", signed_paper ? Json(signed_paper->text()) : Json()}};
}

std::optional<EvidenceId> signed_paper_of(db::PgSession& db, Json const& content, std::string const& code) {
    // Without a paper among its files there is nothing to look for; most commitments have none.
    Json const* assent = content.find("assent");
    if (!assent || assent->at("kind").as_string() != domain::word(domain::AssentKind::signed_paper))
        return {};
    auto const files = store::evidence_of(db, code);
    return files.empty() ? std::nullopt : std::optional(files.back().id);
}

Outcome<OpenedCommitment> open_commitment(db::PgSession& db, Vault const& vault, MatterCache& matters,
                                          std::string const& code) {
    auto row = store::commitment_by_code(db, code);
    if (!row) return internal("a task or finding without its commitment");
    auto content = vault.open_json(row->sealed, store::content_label(code));
    if (!content) return content.error();
    auto matter = matters.find(db, row->matter, row->matter_version);
    auto const paper = signed_paper_of(db, *content, code);
    auto const assent = domain::assent_state(*content, paper.has_value());
    return OpenedCommitment{std::move(*row), std::move(*content), std::move(matter), assent, paper};
}

}  // namespace sponsio::service
