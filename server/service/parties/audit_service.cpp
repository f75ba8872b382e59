#include "server/service/parties/audit_service.hpp"

#include "server/base/form.hpp"
#include "server/domain/rule_ids.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/query_history.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/transaction.hpp"

namespace sponsio::service {
namespace {

using domain::Json;

/// How many questions a round removes of each region.
constexpr int questions_a_round = 1000;

Page page_of(db::PgSession& db, store::PersonalQueryList const& list) {
    Page page;
    for (store::PersonalQueryRow const& row : store::personal_queries_after(db, list))
        page.add(query_view(row), std::to_string(row.id));
    name_people(db, page.items);
    return page;
}

}  // namespace

Async<Page> AuditService::events(Caller<Official> caller, std::int64_t after,
                                 std::optional<std::string> subject, int limit) {
    return db_.run(
        caller.deadline, [this, caller, after, subject, limit](db::PgSession& db) -> Outcome<Page> {
            auto const reach = Reach::of(db, vault_, *caller.who, domain::Holding::trails);
            auto const found = store::events_after(
                db, {.after = after, .subject = subject, .of = reach.organisations(), .limit = limit});
            Page page;
            for (auto const& row : found.rows) page.add(audit_view(row), std::to_string(row.id));
            if (found.looked > after) page.last_key = std::to_string(found.looked);
            name_people(db, page.items);
            return page;
        });
}

Async<Page> AuditService::queries(Caller<Official> caller, std::int64_t after, int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const reach = Reach::of(db, vault_, *caller.who, domain::Holding::trails);
        return page_of(db, {.after = after, .of = reach.organisations(), .limit = limit});
    });
}

Async<Page> AuditService::queries_about(Caller<Official> caller, Json body, std::int64_t after, int limit) {
    auto document = domain::decode(body, [today = china_date(clock_.now())](domain::Fields& fields) {
        return domain::optional_document(fields, today);
    });
    if (!document) co_return document.error();
    if (!*document) co_return bad_field("/document", reason::required, form::object);
    co_return co_await db_.run(
        caller.deadline,
        [this, caller, terms = terms_.of_document(**document), after,
         limit](db::PgSession& db) -> Outcome<Page> {
            auto const reach = Reach::of(db, vault_, *caller.who, domain::Holding::trails);
            note_query(
                db, caller,
                {.purpose = domain::Purpose::audit, .subjects = {terms.front()}, .fields = {"queries"}},
                clock_.now());
            return page_of(db,
                           {.after = after, .of = reach.organisations(), .subject = terms, .limit = limit});
        });
}

Outcome<std::size_t> AuditService::end_queries(Deadline deadline) {
    return db_.run_blocking(deadline, [this](db::PgSession& session) -> Outcome<std::size_t> {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            Instant const now = clock_.now();
            Date const today = china_date(now);
            store::KeptSince kept;
            for (std::string const& region : store::regions_of_organisations(db)) {
                auto const rule = rules_.clock(domain::rule::query_log, region, today);
                if (!rule) return rule.error();
                // The day that many years ago; of 29 February the first of March.
                Date first_kept = today - std::chrono::years{rule->value};
                if (!first_kept.ok()) first_kept = Date{std::chrono::sys_days{first_kept}};
                kept.regions.push_back(region);
                kept.since.push_back(china_midnight(first_kept));
            }
            std::size_t const ended = end_told_queries(db, kept, now) +
                                      store::end_eligibility_questions(db, kept, questions_a_round);
            return ended;
        });
    });
}

}  // namespace sponsio::service
