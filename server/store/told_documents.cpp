#include "server/store/columns.hpp"
#include "server/store/living_rows.hpp"

#include <algorithm>

namespace sponsio::store {
namespace {

using db::BinaryQuery;

/// Texts that are written once: each event of this kind has its row, which is by that account and of that
/// time, and whose text is that of its digest.
struct ToldText {
    std::string_view lifecycle, event, table;
    BinaryQuery query;
};

constexpr ToldText texts[] = {
    {"knowledge",
     "given",
     "given_knowledge",
     {"history.knowledge",
      "select subject from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[]) as "
      "told(subject, state, what, who, at) where not exists (select from given_knowledge where "
      "document_id::text = subject and key || ' ' || version || ' sha256:' || encode(sha256(content), 'hex') "
      "= what and digest = sha256(content) and given_by is not distinct from who and given_at = at)"}},
    // The day from which it counts is in the text as well; a text that was altered may be no JSON.
    {"matter",
     "version_added",
     "matter_version",
     {"history.matters",
      "select subject from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[]) as "
      "told(subject, state, what, who, at) where not exists (select from matter join matter_version v using "
      "(matter_id) where matter_code = subject and 'version ' || version = state and created_by = who and "
      "v.created_at = at and encode(digest, 'hex') = what and case when digest = sha256(convert_to(content, "
      "'UTF8')) then valid_from = (content::json ->> 'valid_from')::date else false end)"}},
    {"notice",
     "given",
     "notice",
     {"history.notices",
      "select subject from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[]) as "
      "told(subject, state, what, who, at) where not exists (select from notice join matter using "
      "(matter_id) "
      "where notice_id = subject::uuid and issued_by = who and issued_at = at and matter_code || ' ' || "
      "matter_version = what and digest = sha256(convert_to(content, 'UTF8')))"}},
};

}  // namespace

std::vector<UntoldRow> untold_documents(db::PgSession& db, std::span<EventPage::Row const> events) {
    std::vector<UntoldRow> found;
    for (ToldText const& text : texts) {
        db::Array<std::string> subjects, states, whats;
        db::Array<AccountId> actors;
        db::Array<Instant> times;
        for (auto const& [number, event] : events) {
            if (event.lifecycle != text.lifecycle || event.event != text.event) continue;
            if (text.lifecycle == "notice" && !Uuid::parse(event.subject)) {
                found.push_back({std::string(text.table), event.subject, "notice_id"});
                continue;
            }
            subjects.push(event.subject);
            states.push(event.to);
            whats.push(event.why);
            actors.push(event.actor.account());
            times.push(event.at);
        }
        if (subjects.size() == 0) continue;
        db::Params const params =
            std::move(db::Params().add(subjects).add(states).add(whats).add(actors).add(times));
        for (std::string& key : column_of<std::string>(db.exec(text.query, params)))
            found.push_back({std::string(text.table), std::move(key), "content, digest, by whom, when"});
    }
    return found;
}

}  // namespace sponsio::store
