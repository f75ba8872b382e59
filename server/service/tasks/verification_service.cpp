#include "server/service/tasks/verification_service.hpp"

#include "server/service/tasks/inspection.hpp"
#include "server/service/tasks/view.hpp"
#include "server/service/unit/query_trail.hpp"

namespace sponsio::service {

using domain::Json;

std::shared_ptr<EvidenceIntake> VerificationService::take_in() const {
    return take_in_evidence(ground_.vault, ground_.clock.now());
}

template <class Act>
Async<Json> VerificationService::on_task(Caller<Official> const& caller, TaskId id, Act act) {
    return ground_.db.run(caller.deadline, [this, caller, id, act](db::PgSession& session) -> Outcome<Json> {
        return task_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto task = lock_own_task(db, *caller.who, id);
            if (!task) return task.error();
            TaskCase check(db, std::move(*task), caller.who->account, ground_.clock.now());
            if (Outcome<void> done = act(check); !done) return done.error();
            check.save();
            return task_view(db, ground_.vault, ground_.matters, check.task, ground_.calendar, check.at);
        });
    });
}

Async<Json> VerificationService::claim(Caller<Official> const& caller, TaskId id) {
    return on_task(caller, id, service::claim);
}

Async<Json> VerificationService::hand_back(Caller<Official> const& caller, TaskId id) {
    return on_task(caller, id, service::hand_back);
}

Async<Json> VerificationService::start(Caller<Official> const& caller, TaskId id) {
    return on_task(caller, id, service::start);
}

Async<Json> VerificationService::conclude(Caller<Official> const& caller, TaskId id, Conclusion conclusion) {
    return on_task(caller, id, [this, caller, conclusion = std::move(conclusion)](TaskCase& check) {
        auto grounds = check_grounds(check, ground_.rules, *caller.who, conclusion.result);
        if (!grounds) return grounds;
        auto visit = settle_inspection(check, ground_.rules, *caller.who, conclusion);
        if (!visit) return visit;
        return service::conclude(check, ground_.vault, conclusion);
    });
}

Async<Json> VerificationService::sign_off(Caller<Official> const& caller, TaskId id, SignOff said) {
    return on_task(caller, id, [this, said = std::move(said)](TaskCase& check) {
        return service::sign_off(check, ground_.vault, said);
    });
}

Async<Json> VerificationService::close(Caller<Official> const& caller, TaskId id) {
    return on_task(caller, id, service::close);
}

Async<Json> VerificationService::task(Caller<Official> const& caller, TaskId id) {
    return ground_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        Instant const now = ground_.clock.now();
        auto view = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            auto const task = store::task_by_id(db, id);
            if (!task || !is_own_task(db, *caller.who, *task)) return fault(problem::not_found);
            return task_view(db, ground_.vault, ground_.matters, *task, ground_.calendar, now);
        });
        if (view)
            note_case(session, caller, {view->at("commitment_code").as_string()},
                      {"commitment", "summary", "notes"}, now);
        return view;
    });
}

Async<Page> VerificationService::list(Caller<Official> const& caller, QueueFilter question) {
    return ground_.db.run(caller.deadline,
                          [this, caller, question = std::move(question)](db::PgSession& session) {
                              return in_snapshot(session, [&](db::PgSession& db) {
                                  return queue_page(db, *caller.who, question, ground_.clock.now());
                              });
                          });
}

Async<void> VerificationService::expects_evidence(Caller<Official> const& caller, TaskId id) {
    return ground_.db.run(caller.deadline, [caller, id](db::PgSession& db) {
        return service::expects_evidence(db, *caller.who, id);
    });
}

Async<Created> VerificationService::add_evidence(Caller<Official> const& caller, RequestOnce once, TaskId id,
                                                 EvidenceUpload upload) {
    return ground_.db.run(caller.deadline,
                          [this, caller, once = std::move(once), id,
                           upload = std::move(upload)](db::PgSession& session) -> Outcome<Created> {
                              Instant const now = ground_.clock.now();
                              return create_once(session, ground_.vault, *caller.who, once, now,
                                                 [&](db::PgSession& db) {
                                                     return keep_evidence(db, *caller.who, id, upload, now);
                                                 });
                          });
}

Async<EvidenceDownload> VerificationService::evidence(Caller<Official> const& caller, TaskId task,
                                                      EvidenceId id) {
    return ground_.db.run(
        caller.deadline, [this, caller, task, id](db::PgSession& db) -> Outcome<EvidenceDownload> {
            auto const holder = store::task_by_id(db, task);
            if (!holder || !is_own_task(db, *caller.who, *holder)) return fault(problem::not_found);
            auto file = evidence_download(db, ground_.vault, task, id);
            if (file) note_case(db, caller, {holder->commitment_code}, {"evidence"}, ground_.clock.now());
            return file;
        });
}

Async<std::string> VerificationService::evidence_part(Deadline deadline,
                                                      std::shared_ptr<EvidenceDownload const> file,
                                                      std::int32_t number) {
    return ground_.db.run(deadline, [this, file, number](db::PgSession& db) -> Outcome<std::string> {
        return service::evidence_part(db, ground_.vault, *file, number);
    });
}

Async<Json> VerificationService::exclude_evidence(Caller<Official> const& caller, TaskId task, EvidenceId id,
                                                  Exclusion exclusion) {
    return ground_.db.run(
        caller.deadline,
        [this, caller, task, id, exclusion = std::move(exclusion)](db::PgSession& session) -> Outcome<Json> {
            return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
                Instant const now = ground_.clock.now();
                auto const done =
                    service::exclude_evidence(db, ground_.vault, *caller.who, task, id, exclusion, now);
                if (!done) return done.error();
                return task_view(db, ground_.vault, ground_.matters, store::task_by_id(db, task).value(),
                                 ground_.calendar, now);
            });
        });
}

}  // namespace sponsio::service
