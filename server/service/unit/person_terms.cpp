#include "server/service/unit/person_terms.hpp"

#include "server/domain/fold.hpp"

namespace sponsio::service {
namespace {

std::vector<Bytes> bare(std::vector<crypto::BlindTerm> terms) {
    std::vector<Bytes> list;
    for (crypto::BlindTerm& one : terms) list.push_back(std::move(one.term));
    return list;
}

}  // namespace

Bytes PersonTerms::name_index(std::string_view name) const {
    std::string const form = domain::searchable_name(name);
    return form.empty() ? Bytes{} : index_.term("committer_name", form).term;
}

std::vector<Bytes> PersonTerms::of_name(std::string_view name) const {
    std::string const form = domain::searchable_name(name);
    return form.empty() ? std::vector<Bytes>{} : bare(index_.terms("committer_name", form));
}

std::vector<Bytes> PersonTerms::of_document(domain::IdentityDocument const& document) const {
    std::string const what =
        std::string(domain::word(document.type())) + ":" + document.matching_number().reveal();
    return bare(index_.terms("committer", what));
}

}  // namespace sponsio::service
