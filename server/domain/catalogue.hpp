#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/living.hpp"
#include "server/domain/term_index.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The proofs that residents' committees must not be asked for, and the ways to do without them
/// (schema/catalogue/).
namespace sponsio::domain {

enum class WayKind { data_sharing, document, issuer, procedure, investigation };

constexpr auto words_of(WayKind) {
    using enum WayKind;
    return std::to_array<Word<WayKind>>({{data_sharing, "data_sharing"},
                                         {document, "document"},
                                         {issuer, "issuer"},
                                         {procedure, "procedure"},
                                         {investigation, "investigation"}});
}

/// What becomes of a proof where its list counts.
enum class ProofDisposition {
    issue,      ///< a committee issues it, so it may be asked for
    not_issue,  ///< nobody issues it, and nobody may ask for it
    share,      ///< who wants to know it asks the department that knows it
    commit      ///< the resident's own written promise takes its place
};

constexpr auto words_of(ProofDisposition) {
    using enum ProofDisposition;
    return std::to_array<Word<ProofDisposition>>(
        {{issue, "issue"}, {not_issue, "not_issue"}, {share, "share"}, {commit, "commit"}});
}

/// One way to complete the matter without the proof. Codes are of the catalogue's code tables.
struct ProofWay {
    WayKind kind = WayKind::document;
    std::vector<std::string> departments;
    std::vector<std::string> documents;
    std::optional<std::string> issuer;     ///< department code
    std::optional<std::string> procedure;  ///< procedure code
    Bilingual text;
};

/// A business for which the list does not rule the proof out.
struct ProofException {
    std::string code;
    Bilingual text;
};

struct ProofSource {
    std::string key;
    Bilingual text;
    std::string address;
};

struct CatalogueInfo;

struct ProofItem {
    std::string item_id;                  ///< "cn-2020-01"
    CatalogueInfo const* list = nullptr;  ///< the list that it is on; valid as long as the item
    int number = 0;                       ///< on its list, from 1
    Bilingual name;
    std::vector<std::string> aliases_zh;  ///< as people commonly call it
    std::vector<std::string> aliases_en;
    ProofDisposition disposition = ProofDisposition::not_issue;
    Bilingual answer;  ///< to "may this be demanded?"
    std::vector<ProofWay> ways;
    std::vector<ProofException> exceptions;
    ProofSource source;
    Date valid_from;
    std::optional<Date> valid_to;  ///< last day

    /// Whether it and its list are in force.
    [[nodiscard]] bool valid_on(Date day) const;

    /// Of a residents' or villagers' committee.
    [[nodiscard]] bool may_be_demanded() const { return disposition == ProofDisposition::issue; }
};

/// What became of an item from one version of its list to another.
enum class ItemChange { added, removed, changed };

constexpr auto words_of(ItemChange) {
    using enum ItemChange;
    return std::to_array<Word<ItemChange>>({{added, "added"}, {removed, "removed"}, {changed, "changed"}});
}

/// A department, document or procedure that proof ways refer to.
struct CatalogueCode {
    std::string code;
    Bilingual name;
};

struct CatalogueInfo {
    std::string catalogue_id;  ///< "cn-2020-first-batch"
    std::string version;
    std::string jurisdiction;      ///< region code: the list counts there and in all places below
    Date valid_from;               ///< where the list does not say it, the first day of its items
    std::optional<Date> valid_to;  ///< last day: from the next on, the lists above count alone
    Bilingual title;
    ProofSource source;
    Bilingual coverage;  ///< what the list holds and where it comes from
    std::vector<CatalogueCode> departments;
    std::vector<CatalogueCode> documents;
    std::vector<CatalogueCode> procedures;
    std::vector<CatalogueCode> exceptions;

    [[nodiscard]] bool valid_on(Date day) const {
        return valid_from <= day && (!valid_to || day <= *valid_to);
    }
};

/// Lists of proofs, searchable. Copies share their content: a newer list that one learns, all know. Items
/// already handed out stay valid.
class Catalogue {
  public:
    struct Hit {
        ProofItem const* item;
        int score;  ///< 100: the very name; what is under `least_score` is not a hit
    };

    static constexpr int least_score = TermIndex::least_score;

    /// Reads the files in the binary (catalogue/) and `more` of the same form, fully validated; a fault names
    /// the file and the member. Of several versions of a list the highest counts;
    /// two with the same are refused.
    static Outcome<Catalogue> from_resources(std::span<Resource const> more = {});
    static Outcome<Catalogue> from_files(std::span<Resource const> files);

    /// Gives every copy of this catalogue the content of `newer`.
    void become(Catalogue const& newer);

    [[nodiscard]] std::span<CatalogueInfo const> lists() const noexcept { return content_->now().lists; }

    /// All items, by list, then number.
    [[nodiscard]] std::span<ProofItem const> items() const noexcept { return content_->now().items; }

    [[nodiscard]] ProofItem const* find(std::string_view item_id) const;

    /// The lists in force in that region on that day, the nearest first: its own, then those of the places
    /// above it, ending with the country's.
    [[nodiscard]] std::vector<CatalogueInfo const*> lists_in(std::string_view region, Date on) const;

    /// Hits, best first, at most `limit`; ties are ordered by item id, so that equal questions get equal
    /// answers. Tolerates misspellings, other word order, missing words and common synonyms. An empty
    /// question (or one of blanks and punctuation) gives every item valid on that day with score 0.
    /// `language` limits the names that are searched; without it all are.
    [[nodiscard]] std::vector<Hit> search(std::string_view question, std::optional<Language> language,
                                          Date on, std::size_t limit) const;

    /// The same where that region's lists count: of equal scores the nearest list first, and what a nearer
    /// list names as well is left out, since that list decides.
    [[nodiscard]] std::vector<Hit> search_in(std::string_view region, std::string_view question,
                                             std::optional<Language> language, Date on,
                                             std::size_t limit) const;

    /// Names and aliases of an item as normalize_term() returns them, without repeats: for a trigram index.
    [[nodiscard]] static std::vector<std::string> search_terms(ProofItem const& item,
                                                               std::optional<Language> language = {});

  private:
    struct Content {
        std::vector<CatalogueInfo> lists{};
        std::vector<ProofItem> items{};
        TermIndex index{};  ///< by position in items

        [[nodiscard]] ProofItem const* find(std::string_view item_id) const;
    };

    explicit Catalogue(Content content) : content_(std::make_shared<Living<Content>>(std::move(content))) {}

    std::shared_ptr<Living<Content>> content_;
};

}  // namespace sponsio::domain
