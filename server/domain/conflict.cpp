#include "server/domain/conflict.hpp"

#include "server/base/form.hpp"
#include "server/domain/uscc.hpp"

namespace sponsio::domain {
namespace {

/// Reads {"type", "number"}; notes errors of either.
std::optional<IdentityDocument> read_document(Fields& part, Date today) {
    auto const type = from_word<DocumentType>(part.text("type", {.max = 64}));
    std::string const number = part.text("number", {.max = 64});
    if (!type) part.refuse("type", reason::unknown_value, {.words = allowed_words<DocumentType>()});
    if (!type || number.empty()) return std::nullopt;
    auto checked = IdentityDocument::parse(*type, number, today);
    if (checked && *type == DocumentType::uscc && !Uscc::parse(number)) {
        part.refuse("number", reason::check_digit, form::uscc);
        return std::nullopt;
    }
    if (checked) return std::move(*checked);
    part.refuse("number", *checked.error(), form_of(*type));
    return std::nullopt;
}

}  // namespace

Outcome<ConflictDeclaration> ConflictDeclaration::parse(Json const& body, Date today) {
    std::vector<FieldError> errors;
    Fields fields(body, "", errors);
    auto const kind = fields.choice<ConflictKind>("kind");
    std::optional<IdentityDocument> document;
    fields.object("document", [&](Fields& part) { document = read_document(part, today); });
    auto note = fields.optional_text("note", {.max = 1000});
    fields.close();
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    return ConflictDeclaration{kind, std::move(document).value(), std::move(note)};
}

}  // namespace sponsio::domain
