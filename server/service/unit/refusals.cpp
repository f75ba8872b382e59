#include "server/service/unit/refusals.hpp"

#include "server/store/events.hpp"

namespace sponsio::service {

void record_refusal(db::PgSession& db, std::string_view lifecycle, std::string const& subject,
                    std::string_view state, domain::Actor const& actor, std::string const& why, Instant now) {
    db::Tx tx(db);
    store::append(db, {.at = now,
                       .lifecycle = std::string(lifecycle),
                       .subject = subject,
                       .from = std::string(state),
                       .event = "refused",
                       .to = std::string(state),
                       .actor = actor,
                       .why = why,
                       .rule = std::nullopt});
    tx.commit();
}

std::string refusal_text(Fault const& fault) {
    std::string text(fault.problem->slug);
    if (!fault.detail.en.empty()) text += ": " + fault.detail.en;
    for (FieldError const& field : fault.fields) text += " " + field.pointer;
    return text;
}

}  // namespace sponsio::service
