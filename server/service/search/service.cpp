#include "server/service/search/service.hpp"

#include "server/base/form.hpp"
#include "server/base/log.hpp"
#include "server/domain/commitment.hpp"
#include "server/domain/fold.hpp"
#include "server/service/search/view.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/matters.hpp"

#include <charconv>
#include <ranges>

namespace sponsio::service {
namespace {

/// Up to this many are counted.
constexpr int counted = 1000;
/// How many names a round looks at in one transaction.
constexpr int names_a_round = 500;

constexpr Reason wrong_order{"wrong_order", "lies after the other end of the period", "晚于期间的终点"};

template <class Enum>
std::optional<Enum> read_choice(domain::Fields& fields, std::string_view name) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return std::nullopt;
    auto const value = domain::from_word<Enum>(*text);
    if (!value) fields.refuse(name, reason::unknown_value);
    return value;
}

Days read_days(domain::Fields& fields, std::string_view name) {
    Days days;
    fields.optional_object(name, [&](domain::Fields& part) {
        days = {part.optional_date("from"), part.optional_date("to")};
        if (days.from && days.to && *days.from > *days.to) part.refuse("from", wrong_order);
    });
    return days;
}

/// A place and how much there is, as the key of a page: "<settled> <total> <day> <instant> <code>".
struct Mark {
    store::SearchPlace place;
    std::int64_t total;

    [[nodiscard]] std::string text() const {
        return std::to_string(place.settled) + " " + std::to_string(total) + " " + to_iso(place.made_on) +
               " " + to_rfc3339(place.accepted_at) + " " + place.code;
    }

    static std::optional<Mark> parse(std::string_view key) {
        std::vector<std::string_view> parts;
        for (auto const part : std::views::split(key, ' ')) parts.emplace_back(part.begin(), part.end());
        if (parts.size() != 5) return std::nullopt;
        auto const settled = number(parts[0]), total = number(parts[1]);
        auto const day = parse_iso_date(parts[2]);
        auto const at = parse_rfc3339(parts[3]);
        if (!settled || !total || !day || !at) return std::nullopt;
        return Mark{{*settled, *day, *at, std::string(parts[4])}, *total};
    }

  private:
    static std::optional<std::int64_t> number(std::string_view text) {
        std::int64_t value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value;
    }
};

Outcome<store::Search> search_of(db::PgSession& db, PersonTerms const& terms, domain::Official const& who,
                                 SearchDraft const& draft) {
    store::Search search{.organisation = who.organisation,
                         .organisation_uscc = who.organisation_uscc,
                         .made_from = draft.made_on.from,
                         .made_to = draft.made_on.to,
                         .filed_by = draft.filed_by,
                         .state = draft.state,
                         .with_finding = draft.with == FoundWith::finding,
                         .with_record = draft.with == FoundWith::record};
    if (draft.document) search.documents = terms.of_document(*draft.document);
    if (draft.name) search.names = terms.of_name(*draft.name);
    if (draft.accepted_on.from) search.accepted_from = china_midnight(*draft.accepted_on.from);
    if (draft.accepted_on.to)
        search.accepted_before = china_midnight(*draft.accepted_on.to) + std::chrono::days{1};
    if (draft.matter_code) {
        search.matter =
            store::matter_seen_by(db, who.organisation, who.organisation_uscc, *draft.matter_code);
        if (!search.matter) return bad_field("/matter_code", reason::no_such_thing, form::known_thing);
    }
    return search;
}

/// Who looked for whom, and which commitments they were shown.
void tell(db::PgSession& db, Caller<Official> const& caller, store::Search const& search,
          std::span<store::CommitmentRow const> rows, Instant now) {
    std::vector<std::string> codes;
    for (auto const& row : rows) codes.push_back(row.code);
    std::vector<store::Term> asked;
    if (!search.documents.empty()) asked.push_back(search.documents.front());
    note_query(db, caller,
               {.purpose = domain::Purpose::case_handling,
                .commitments = std::move(codes),
                .subjects = std::move(asked),
                .fields = {"committer.name"}},
               now);
}

}  // namespace

SearchDraft SearchDraft::read(domain::Fields& fields, Date today) {
    SearchDraft draft{.document = domain::optional_document(fields, today),
                      .name = fields.optional_text("name", {.max = 200}),
                      .matter_code = fields.optional_text("matter_code", {.max = 32}),
                      .made_on = read_days(fields, "made_on"),
                      .accepted_on = read_days(fields, "accepted_on"),
                      .filed_by = {},
                      .state = {},
                      .with = {}};
    if (draft.name && domain::searchable_name(*draft.name).empty())
        fields.refuse("name", reason::bad_format, form::person_name);
    if (auto const text = fields.optional_text("filed_by", {.max = 64})) {
        draft.filed_by = AccountId::parse(*text);
        if (!draft.filed_by) fields.refuse("filed_by", reason::bad_format, form::uuid);
    }
    draft.state = read_choice<domain::CommitmentState>(fields, "state");
    draft.with = read_choice<FoundWith>(fields, "with");
    return draft;
}

Async<FoundPage> SearchService::find(Caller<Official> caller, SearchDraft draft, std::string after,
                                     int limit) {
    return ground_.db.run(caller.deadline,
                          [this, caller, draft, after, limit](db::PgSession& session) -> Outcome<FoundPage> {
                              std::optional<Mark> mark;
                              if (!after.empty() && !(mark = Mark::parse(after)))
                                  return bad_field("query:cursor", reason::bad_format, form::cursor);
                              return in_transaction(session, [&](db::PgSession& db) -> Outcome<FoundPage> {
                                  auto const search = search_of(db, terms_, *caller.who, draft);
                                  if (!search) return search.error();
                                  Mark at = mark ? *mark : Mark{store::search_from_now(db), 0};
                                  if (!mark)
                                      at.total = store::count_found(db, *search, at.place.settled, counted);
                                  auto const rows = store::found(db, *search, at.place, limit);
                                  auto views = found_views(db, ground_, *caller.who, rows);
                                  if (!views) return views.error();
                                  tell(db, caller, *search, rows, ground_.clock.now());
                                  FoundPage page{.page = {.items = std::move(*views)},
                                                 .total = std::min<std::int64_t>(at.total, counted),
                                                 .exact = at.total <= counted,
                                                 .sorted_by = search->sorted_by()};
                                  if (!rows.empty())
                                      page.page.last_key = Mark{{at.place.settled, rows.back().made_on,
                                                                 rows.back().accepted_at, rows.back().code},
                                                                at.total}
                                                               .text();
                                  return page;
                              });
                          });
}

/// One that cannot be read keeps no others waiting: it is told of, and found by everything but its name.
Bytes SearchService::name_term(store::UnindexedName const& one) const {
    auto const content = ground_.vault.open_json(one.sealed, store::content_label(one.code));
    if (content) return terms_.name_index(content->at("committer").at("name").as_string());
    if (content.error().problem != &problem::gone)
        log::error("search.name_not_readable",
                   {{log::Key::subject, one.code}, {log::Key::cause, content.error().cause}});
    return {};
}

Outcome<std::size_t> SearchService::index_names(Deadline deadline) {
    return ground_.db.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            auto const some = store::unindexed_names(db, names_a_round);
            for (store::UnindexedName const& one : some) store::set_name_index(db, one, name_term(one));
            return some.size();
        });
    });
}

}  // namespace sponsio::service
