-- Questions to departments about what they hold (information sharing, docs/departments.md), and tickets to a person
-- there where no machine answers in time. What identifies anybody lies sealed.
-- Locks: evidence, to let a piece be added by nobody.
set local lock_timeout = '5s';

-- One question about one task. It keeps its id however often it is sent, so that a department answers it once.
create table department_check (
    shard           smallint not null,
    check_id        uuid not null,           -- the jti of the question
    task_id         uuid not null,
    commitment_code text not null,
    organisation_id uuid not null,           -- the verifying unit
    department      text not null check (department ~ '^[a-z][a-z0-9_]{0,39}$'),
    created_at      timestamptz not null,
    state           text not null default 'queued' check (state in
                        ('queued', 'asking', 'answered', 'unanswered', 'dropped')),
    attempts        integer not null default 0,
    next_try_at     timestamptz not null,    -- while it is being asked: until when nobody else asks
    wait_until      timestamptz,             -- first instant after the last day; null: not counted yet
    wait_rule       text,                    -- rule, pack and calendar that gave it
    first_asked_at  timestamptz,             -- no answer can be older
    asked_at        timestamptz,             -- when it was last sent
    last_error      text,                    -- a word for people, never a value of a question or answer
    question        bytea,                   -- sealed: what was asked, stored before it is signed
    wrapped_key     bytea,
    master_key_id   text,
    answer          text check (answer in ('match', 'mismatch', 'not_held', 'ask_in_writing')),
    reply           bytea,                   -- the signed answer as it came, under the same data key
    reply_id        uuid,                    -- the jti of the answer
    answered_at     timestamptz,
    evidence_id     uuid references evidence,
    primary key (check_id, shard),
    check ((wait_until is null) = (wait_rule is null)),
    check (state <> 'asking' or (question is not null and asked_at is not null)),
    check ((state = 'answered') = (answer is not null) and (answer is null) = (answered_at is null)
           and (answer is null) = (reply is null) and (answer is null) = (reply_id is null))
);
-- An answer is given once.
create unique index department_check_reply on department_check (department, reply_id);
-- Nothing is asked twice at once for one task.
create unique index department_check_live on department_check (task_id, shard) where state in ('queued', 'asking');
create index department_check_due on department_check (department, next_try_at, check_id)
    where state in ('queued', 'asking');
create index department_check_uncounted on department_check (department, created_at, check_id)
    where wait_until is null and state in ('queued', 'asking');
create index department_check_late on department_check (department, wait_until, check_id) where state = 'queued';
create index department_check_of_task on department_check (task_id, check_id);
create index department_check_of_organisation on department_check (organisation_id, created_at, check_id);

-- What was asked and what was answered stays as it is.
create function department_check_stays() returns trigger language plpgsql as $$
begin
    if (old.question is not null and new.question is distinct from old.question)
        or (old.answer is not null and (new.answer is distinct from old.answer or new.reply is distinct from old.reply
                                        or new.state <> old.state)) then
        raise exception 'a question and its answer do not change'
            using errcode = 'check_violation', constraint = 'department_check_stays', table = 'department_check';
    end if;
    return new;
end
$$;
create trigger department_check_stays before update of question, answer, reply, state on department_check
    for each row execute function department_check_stays();

-- A question to a person at another unit: because a department said nothing or wants it in writing, or by hand.
create table assist_ticket (
    ticket_id       uuid primary key,
    shard           smallint not null,
    task_id         uuid not null,
    check_id        uuid,                    -- the check it goes on from; null: sent by hand
    organisation_id uuid not null references organisation,   -- the verifying unit
    unit_id         uuid not null references organisation,   -- who is to answer
    department      text check (department ~ '^[a-z][a-z0-9_]{0,39}$'),
    asked_by        uuid references account, -- null: the system, after a check
    question        bytea not null,          -- sealed
    wrapped_key     bytea,
    master_key_id   text,
    asked_at        timestamptz not null,
    due_at          timestamptz,             -- first instant after the last day; null while no calendar knows it
    rule            text not null,           -- rule, pack and calendar that give due_at
    state           text not null default 'open' check (state in ('open', 'answered', 'overdue', 'withdrawn')),
    answer          text check (answer in ('match', 'mismatch', 'not_held')),
    reply           bytea,                   -- under the same data key: note and document
    answered_by     uuid references account,
    answered_at     timestamptz,
    evidence_id     uuid references evidence,
    check ((check_id is null) = (asked_by is not null)),
    check ((state = 'answered') = (answer is not null) and (answer is null) = (answered_at is null)
           and (answer is null) = (answered_by is null) and (answer is null) = (reply is null)),
    check (state <> 'overdue' or due_at is not null)
);
create index assist_ticket_of_unit on assist_ticket (unit_id, asked_at, ticket_id);
create index assist_ticket_of_organisation on assist_ticket (organisation_id, asked_at, ticket_id);
create index assist_ticket_of_task on assist_ticket (task_id, ticket_id);
create index assist_ticket_open on assist_ticket (due_at, ticket_id) where state = 'open';
-- One question by hand at a time, and one ticket for each check.
create unique index assist_ticket_by_hand on assist_ticket (task_id) where check_id is null and state = 'open';
create unique index assist_ticket_of_check on assist_ticket (check_id);

-- A department's signed answer is evidence that nobody added.
alter table evidence alter column added_by drop not null;

grant select, insert on department_check, assist_ticket to sponsio_app;
grant update (state, attempts, next_try_at, wait_until, wait_rule, first_asked_at, asked_at, last_error, question,
              wrapped_key, master_key_id, answer, reply, reply_id, answered_at, evidence_id) on department_check to sponsio_app;
grant update (due_at, rule, state, answer, reply, answered_by, answered_at, evidence_id, wrapped_key, master_key_id)
    on assist_ticket to sponsio_app;
