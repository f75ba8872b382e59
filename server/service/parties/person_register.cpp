#include "server/service/parties/person_register.hpp"

#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/persons.hpp"

namespace sponsio::service {

PersonId PersonRegister::person_of(db::PgSession& db, domain::IdentityDocument const& document,
                                   Instant now) const {
    auto const terms = vault_.official_terms(document);
    if (auto const known = store::person_with(db, terms)) return *known;
    auto const id = new_id<PersonId>(now);
    std::string const text = json::canonical(
        domain::JsonObject{{"number", document.number().reveal()}, {"type", domain::word(document.type())}});
    bool const fresh = insert_proven(
        db, vault_, store::Person{id, terms.front(), vault_.seal(text, store::person_label(id)), now});
    if (!fresh) return store::person_with(db, terms).value();  // another request was faster
    tell_made(db, "person", id.raw(), std::nullopt, now);
    return id;
}

}  // namespace sponsio::service
