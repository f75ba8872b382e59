#include "server/service/parties/credit_code_service.hpp"

#include "server/base/form.hpp"
#include "server/domain/credit_code.hpp"
#include "server/domain/person_name.hpp"
#include "server/domain/uscc.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/separation.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr Reason sound_code{"sound_code", "has a right check character, and needs nobody to confirm it",
                            "校验码正确，无需登记确认"};

domain::CreditCodeState state_of(store::CreditCode const& code) {
    using enum domain::CreditCodeState;
    return code.confirmed_by ? confirmed : entered;
}

Json view(db::PgSession& db, store::CreditCode const& c) {
    bool const confirmed = c.confirmed_by.has_value();
    Json view = JsonObject{{"uscc", c.uscc},
                           {"name", c.name},
                           {"licence", c.licence},
                           {"state", std::string(domain::word(state_of(c)))},
                           {"entered_by", c.entered_by.text()},
                           {"entered_at", to_rfc3339(c.entered_at)},
                           {"confirmed_by", confirmed ? Json(c.confirmed_by->text()) : Json()},
                           {"confirmed_at", confirmed ? Json(to_rfc3339(*c.confirmed_at)) : Json()}};
    name_people(db, view);
    return view;
}

Fault confirmed_already() {
    return fault(problem::conflict, "This code is confirmed already.", "该代码已经确认。");
}

Move move_of(store::CreditCode const& code, AccountId actor, Instant now) {
    return {.subject = code.organisation.text() + " " + code.uscc, .actor = actor, .now = now};
}

}  // namespace

CreditCodeDraft CreditCodeDraft::read(domain::Fields& fields) {
    CreditCodeDraft draft;
    std::string const given = fields.text("uscc", {.max = 64});
    if (!given.empty()) {
        auto const uscc = domain::Uscc::as_printed(given);
        if (!uscc)
            fields.refuse("uscc", *uscc.error(), form::uscc);
        else if (uscc->check_holds())
            fields.refuse("uscc", sound_code);
        else
            draft.uscc = uscc->text();
    }
    draft.name = fields.text("name", {.max = 200});
    if (!draft.name.empty()) {
        auto const name = domain::parse_organisation_name(draft.name);
        if (name)
            draft.name = *name;
        else
            fields.refuse("name", *name.error(), form::person_name);
    }
    draft.licence = fields.text("licence", {.max = 200});
    return draft;
}

Async<Created> CreditCodeService::enter(Caller<domain::Official> caller, RequestOnce once,
                                        CreditCodeDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, draft](db::PgSession& session) {
        Instant const now = clock_.now();
        return create_once(session, vault_, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
            store::CreditCode const code{.organisation = caller.who->organisation,
                                         .uscc = draft.uscc,
                                         .name = draft.name,
                                         .licence = draft.licence,
                                         .entered_by = caller.who->account,
                                         .entered_at = now};
            Move const move = move_of(code, caller.who->account, now);
            auto const before = store::lock_credit_code(db, code.organisation, code.uscc);
            if (!store::enter(db, code)) return confirmed_already();
            if (before) {
                Persons const persons(db, {caller.who->account, before->entered_by});
                auto const entered =
                    step(db, domain::credit_code_lifecycle, state_of(*before),
                         domain::CreditCodeEvent::enter_again,
                         {persons.of(caller.who->account), persons.of(before->entered_by)}, move);
                if (!entered) return entered.error();
            } else {
                born(db, domain::credit_code_lifecycle, move);
            }
            return Made{"/v1/credit-codes/" + code.uscc, view(db, code)};
        });
    });
}

Async<Json> CreditCodeService::confirm(Caller<domain::Official> caller, std::string uscc) {
    return db_.run(caller.deadline, [this, caller, uscc](db::PgSession& session) -> Outcome<Json> {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto code = store::lock_credit_code(db, caller.who->organisation, uscc);
            if (!code) return fault(problem::not_found);
            if (code->confirmed_by) return confirmed_already();
            Instant const now = clock_.now();
            Persons const persons(db, {caller.who->account, code->entered_by});
            auto const confirmed =
                step(db, domain::credit_code_lifecycle, state_of(*code), domain::CreditCodeEvent::confirm,
                     {persons.of(caller.who->account), persons.of(code->entered_by)},
                     move_of(*code, caller.who->account, now));
            if (!confirmed) return confirmed.error();
            code->confirmed_by = caller.who->account;
            code->confirmed_at = std::max(now, code->entered_at);
            store::confirm_credit_code(db, *code);
            return view(db, *code);
        });
    });
}

Async<Json> CreditCodeService::one(Caller<domain::Official> caller, std::string uscc) {
    return db_.run(caller.deadline, [caller, uscc](db::PgSession& db) -> Outcome<Json> {
        auto const code = store::credit_code(db, caller.who->organisation, uscc);
        if (!code) return fault(problem::not_found);
        return view(db, *code);
    });
}

Async<Page> CreditCodeService::list(Caller<domain::Official> caller, std::string after, int limit) {
    return db_.run(caller.deadline, [caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (auto const& code : store::credit_codes_after(db, caller.who->organisation, after, limit))
            page.add(view(db, code), code.uscc);
        return page;
    });
}

}  // namespace sponsio::service
