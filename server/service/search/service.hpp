#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/person_terms.hpp"
#include "server/store/search.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

/// What an official finds again: by who promised, what about, when and before whom.
namespace sponsio::service {

/// What must hang on a commitment that is found.
enum class FoundWith { finding, record };

constexpr auto words_of(FoundWith) {
    using enum FoundWith;
    return std::to_array<domain::Word<FoundWith>>({{finding, "finding"}, {record, "record"}});
}

/// Days, both of which belong to it; an end that is not said is open.
struct Days {
    std::optional<Date> from, to;
};

/// What is looked for. All that is said must hold.
struct SearchDraft {
    std::optional<domain::IdentityDocument> document;
    std::optional<std::string> name;
    std::optional<std::string> matter_code;
    Days made_on, accepted_on;  ///< in China
    std::optional<AccountId> filed_by;
    std::optional<domain::CommitmentState> state;
    std::optional<FoundWith> with;

    /// `today` bounds the date of birth in a document's number.
    static SearchDraft read(domain::Fields& fields, Date today);
};

/// A page of what was found, and how much there is.
struct FoundPage {
    Page page;
    std::int64_t total;
    bool exact;  ///< false: there are more than `total`
    store::FoundBy sorted_by;
};

/// Finds commitments with the checks, findings and records that hang on them. Each look stands in the trail
/// of queries, with the commitments that were shown.
class SearchService {
  public:
    SearchService(Ground const& ground, PersonTerms const& terms) : ground_(ground), terms_(terms) {}

    [[nodiscard]] Date today() const { return china_date(ground_.clock.now()); }

    /// `after`: the key of the last page; empty: from the newest on.
    Async<FoundPage> find(Caller<Official> caller, SearchDraft draft, std::string after, int limit);

    /// Gives the terms of their names to commitments that were stored before there were any, a few at a time.
    /// Returns their number. Blocks: for a thread of the background work.
    Outcome<std::size_t> index_names(Deadline deadline);

  private:
    [[nodiscard]] Bytes name_term(store::UnindexedName const& one) const;

    Ground ground_;
    PersonTerms const& terms_;
};

}  // namespace sponsio::service
