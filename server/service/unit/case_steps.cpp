#include "server/service/unit/case_steps.hpp"

#include "server/service/unit/history_view.hpp"

#include <ranges>

namespace sponsio::service {

using domain::Json;
using domain::JsonObject;

void say(db::PgSession& db, Vault const& vault, Speaker const& who, std::string_view step, Json const& said) {
    auto const serial = static_cast<std::int32_t>(store::case_steps(db, who.of).size() + 1);
    store::insert(db, store::CaseStep{.of = who.of,
                                      .serial = serial,
                                      .step = std::string(step),
                                      .actor = who.by,
                                      .at = who.now,
                                      .content = vault.seal(json::canonical(said),
                                                            store::case_step_label(who.of, serial))});
}

Outcome<Json> steps_view(db::PgSession& db, Vault const& vault, Uuid const& of) {
    json::Array steps;
    for (store::CaseStep const& one : store::case_steps(db, of)) {
        auto said = vault.open_json(one.content, store::case_step_label(of, one.serial));
        if (!said && said.error().problem != &problem::gone) return said.error();
        steps.push_back(JsonObject{{"step", one.step},
                                   {"by", or_null(one.actor)},
                                   {"at", to_rfc3339(one.at)},
                                   {"said", said ? std::move(*said) : Json()}});
    }
    return Json(std::move(steps));
}

Outcome<std::optional<Json>> said_last(db::PgSession& db, Vault const& vault, Uuid const& of,
                                       std::string_view step) {
    for (store::CaseStep const& one : store::case_steps(db, of) | std::views::reverse) {
        if (one.step != step) continue;
        auto said = vault.open_json(one.content, store::case_step_label(of, one.serial));
        if (!said) return said.error();
        return std::optional(std::move(*said));
    }
    return std::optional<Json>{};
}

}  // namespace sponsio::service
