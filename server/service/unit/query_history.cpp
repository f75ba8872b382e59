#include "server/service/unit/query_history.hpp"

#include "server/service/unit/history_view.hpp"
#include "server/store/events.hpp"
#include "server/store/feeds.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

json::Array words_view(std::vector<std::string> const& words) {
    return json::Array(words.begin(), words.end());
}

store::Event event_of(store::query_trail::Told const& what, std::int64_t from, std::int64_t to, Instant now) {
    return {.at = now,
            .lifecycle = std::string(store::query_trail::lifecycle),
            .subject = std::string(what.subject),
            .from = std::to_string(from),
            .event = std::string(what.event),
            .to = std::to_string(to),
            .actor = domain::System{}};
}

}  // namespace

Json query_view(store::PersonalQueryRow const& row) {
    store::PersonalQuery const& q = row.query;
    json::Array subjects;
    for (auto const& subject : q.subjects) subjects.push_back(to_hex(subject));
    return JsonObject{{"query_id", row.id},
                      {"at", to_rfc3339(q.at)},
                      {"by", q.account.text()},
                      {"purpose", domain::word(q.purpose)},
                      {"grant_id", or_null(q.grant)},
                      {"route", q.route},
                      {"about", words_view(q.about)},
                      {"subjects", std::move(subjects)},
                      {"fields", words_view(q.fields)}};
}

crypto::Digest digest_of_queries(std::span<store::PersonalQueryRow const> rows) {
    crypto::Digest head{};
    for (store::PersonalQueryRow const& row : rows) {
        Json view = query_view(row);
        view.as_object().set("organisation_id", row.query.organisation.text());
        std::string const text = json::canonical(view);
        head = crypto::sha256({head, as_bytes(text)});
    }
    return head;
}

std::size_t tell_queries(db::PgSession& db, Instant now) {
    std::int64_t const final = store::settled(db, store::Feed::personal_queries);
    std::int64_t const told = store::queries_told(db);
    auto const rows = store::personal_queries_between(db, told, final, queries_a_stretch);
    if (rows.empty()) return 0;
    store::Event event = event_of(store::query_trail::told, told, rows.back().id, now);
    event.why = to_hex(digest_of_queries(rows));
    store::append(db, event);
    return rows.size();
}

std::size_t end_told_queries(db::PgSession& db, store::KeptSince const& kept, Instant now) {
    auto const last = store::stretch_to_end(db, kept);
    if (!last) return 0;
    store::append(db, event_of(store::query_trail::ended, store::queries_ended(db), *last, now));
    return store::end_personal_queries(db, *last);
}

}  // namespace sponsio::service
