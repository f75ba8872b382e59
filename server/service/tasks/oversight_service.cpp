#include "server/service/tasks/oversight_service.hpp"

#include "server/service/tasks/view.hpp"

namespace sponsio::service {

using domain::Json;

template <class Act>
Async<Json> OversightService::on_task(Caller<Official> const& caller, TaskId id, Act act) {
    return parts_.db.run(caller.deadline, [this, caller, id, act](db::PgSession& session) -> Outcome<Json> {
        return task_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto task = lock_units_task(db, *caller.who, id);
            if (!task) return task.error();
            TaskCase check(db, std::move(*task), caller.who->account, parts_.clock.now());
            if (Outcome<void> done = act(check); !done) return done.error();
            check.save();
            return task_view(db, parts_.vault, parts_.matters, check.task, parts_.calendar, check.at);
        });
    });
}

/// Makes a request about a task once; `ask` returns the answer.
template <class Ask>
Async<Created> OversightService::once_on_task(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                              Ask ask) {
    return parts_.db.run(
        caller.deadline,
        [this, caller, once = std::move(once), id, ask](db::PgSession& session) -> Outcome<Created> {
            Instant const now = parts_.clock.now();
            return create_once(session, parts_.vault, *caller.who, once, now,
                               [&](db::PgSession& db) -> Outcome<Made> {
                                   auto task = lock_own_task(db, *caller.who, id);
                                   if (!task) return task.error();
                                   TaskCase check(db, std::move(*task), caller.who->account, now);
                                   Outcome<Json> said = ask(check);
                                   if (!said) return said.error();
                                   return Made{"/v1/verifications/" + id.text(), std::move(*said)};
                               });
        });
}

Async<Created> OversightService::open_on_clue(Caller<Official> const& caller, RequestOnce once, Clue clue) {
    return parts_.db.run(
        caller.deadline,
        [this, caller, once = std::move(once),
         clue = std::move(clue)](db::PgSession& session) -> Outcome<Created> {
            Instant const now = parts_.clock.now();
            return create_once(
                session, parts_.vault, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                    auto const task = service::open_on_clue(db, parts_, *caller.who, clue, now);
                    if (!task) return task.error();
                    auto view = task_view(db, parts_.vault, parts_.matters, *task, parts_.calendar, now);
                    if (!view) return view.error();
                    return Made{"/v1/verifications/" + task->id.text(), std::move(*view)};
                });
        });
}

Async<Created> OversightService::request_recusal(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                                 RecusalRequest request) {
    return once_on_task(caller, std::move(once), id, [this, request = std::move(request)](TaskCase& check) {
        return service::request_recusal(check, parts_.vault, request);
    });
}

Async<Json> OversightService::decide_recusal(Caller<Official> const& caller, TaskId id, RecusalId recusal,
                                             RecusalDecision decision) {
    return on_task(caller, id, [this, recusal, decision = std::move(decision)](TaskCase& check) {
        return service::decide_recusal(check, parts_, recusal, decision);
    });
}

Async<Created> OversightService::request_reopening(Caller<Official> const& caller, RequestOnce once,
                                                   TaskId id, ReopeningRequest request) {
    return once_on_task(caller, std::move(once), id, [this, request = std::move(request)](TaskCase& check) {
        return service::request_reopening(check, parts_.vault, request);
    });
}

Async<Json> OversightService::decide_reopening(Caller<Official> const& caller, TaskId id,
                                               ReopeningDecision decision) {
    return on_task(caller, id, [this, decision = std::move(decision)](TaskCase& check) {
        return service::decide_reopening(check, parts_, decision);
    });
}

Async<Created> OversightService::request_retraction(Caller<Official> const& caller, RequestOnce once,
                                                    TaskId id, RetractionRequest request) {
    return once_on_task(caller, std::move(once), id, [this, request = std::move(request)](TaskCase& check) {
        return service::request_retraction(check, parts_.vault, request);
    });
}

Async<Json> OversightService::decide_retraction(Caller<Official> const& caller, TaskId id,
                                                RetractionDecision decision) {
    return on_task(caller, id, [this, decision = std::move(decision)](TaskCase& check) {
        return service::decide_retraction(check, parts_.vault, decision);
    });
}

Async<Created> OversightService::request_inspection(Caller<Official> const& caller, RequestOnce once,
                                                    TaskId id, domain::InspectionRequest request) {
    return once_on_task(caller, std::move(once), id,
                        [this, who = caller.who, request = std::move(request)](TaskCase& check) {
                            return service::request_inspection(check, parts_, *who, request);
                        });
}

Async<Json> OversightService::decide_inspection(Caller<Official> const& caller, TaskId id,
                                                domain::InspectionDecision decision) {
    return on_task(caller, id, [this, who = caller.who, decision = std::move(decision)](TaskCase& check) {
        return service::decide_inspection(check, parts_, *who, decision);
    });
}

Async<Json> OversightService::reassign(Caller<Official> const& caller, TaskId id, Reassignment wish) {
    return on_task(caller, id, [this, wish = std::move(wish)](TaskCase& check) {
        return service::reassign(check, parts_, wish);
    });
}

}  // namespace sponsio::service
