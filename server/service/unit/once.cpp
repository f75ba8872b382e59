#include "server/service/unit/once.hpp"

#include "server/service/unit/transaction.hpp"

namespace sponsio::service {

Outcome<std::optional<std::string>> Once::earlier(db::PgSession& db, KeyOwner const& owner) {
    taken_ = true;
    auto kept = detail::replay(db, vault_, owner, request_, clock_.now());
    if (!kept) return kept.error();
    replayed_ = kept->has_value();
    if (!replayed_) return std::optional<std::string>{};
    return std::optional(std::move((*kept)->body));
}

void Once::keep(db::PgSession& db, KeyOwner const& owner, std::string_view answer) {
    detail::remember(db, vault_, owner, request_, {std::string(answer), resource_, false}, 200, clock_.now());
}

}  // namespace sponsio::service
