#include "server/service/draws/conflict_service.hpp"

#include "server/service/unit/history_view.hpp"

namespace sponsio::service {

using domain::Json;
using domain::JsonObject;

Outcome<Json> ConflictService::view(store::ConflictRow const& row) const {
    Json note;
    if (row.note) {
        auto text = vault_.open(*row.note, store::note_label(row.id));
        if (!text) return text.error();
        note = std::move(*text);
    }
    return Json(JsonObject{{"conflict_id", row.id.text()},
                           {"kind", domain::word(row.kind)},
                           {"note", std::move(note)},
                           {"declared_at", to_rfc3339(row.declared_at)},
                           {"ended_at", or_null(row.ended_at)}});
}

Async<Created> ConflictService::declare(Caller<Official> const& caller, RequestOnce once, Json body) {
    return db_.run(caller.deadline,
                   [this, caller, once = std::move(once),
                    body = std::move(body)](db::PgSession& session) -> Outcome<Created> {
                       Instant const now = clock_.now();
                       auto const declared = domain::ConflictDeclaration::parse(body, china_date(now));
                       if (!declared) return declared.error();
                       return create_once(
                           session, vault_, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                               store::ConflictRow row{
                                   .id = new_id<ConflictId>(now),
                                   .account = caller.who->account,
                                   .kind = declared->kind,
                                   .subject_index = vault_.committer_index(declared->document),
                                   .note = {},
                                   .declared_at = now};
                               if (declared->note)
                                   row.note = vault_.seal(*declared->note, store::note_label(row.id));
                               store::insert(db, row);
                               auto shown = view(row);
                               if (!shown) return shown.error();
                               return Made{"/v1/conflicts/" + row.id.text(), std::move(*shown)};
                           });
                   });
}

Async<Page> ConflictService::list(Caller<Official> const& caller, std::optional<ConflictId> after,
                                  int limit) {
    return db_.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& row : store::conflicts_of(db, caller.who->account, after, limit)) {
            auto shown = view(row);
            if (!shown) return shown.error();
            page.add(std::move(*shown), row.id.text());
        }
        return page;
    });
}

Async<Json> ConflictService::end(Caller<Official> const& caller, ConflictId id) {
    return db_.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto row = store::lock_conflict(db, id);
            if (!row || row->account != caller.who->account) return fault(problem::not_found);
            if (!row->ended_at) {
                row->ended_at = clock_.now();
                store::end_conflict(db, id, *row->ended_at);
            }
            return view(*row);
        });
    });
}

}  // namespace sponsio::service
