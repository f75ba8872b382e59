-- Checks by more than one person: who sits in which seat of a task, who was recused, who signed off, how a task was
-- reopened, and why it is in the queue. `assignee` stays the holder of seat 1, who leads.
-- Locks: verification_task, to add columns and change its checks and indexes.
set local lock_timeout = '5s';

alter table verification_task
    add column draw_id           uuid,
    add column inspectors_needed smallint not null default 1 check (inspectors_needed between 1 and 5),
    add column reopened          smallint not null default 0 check (reopened >= 0),
    add column reopened_at       timestamptz,
    add column concluded_at      timestamptz,   -- of the conclusion that stands
    add column concluded_by      uuid references account,
    drop constraint verification_task_source_check,
    add constraint verification_task_source_check check (source in
        ('deadline', 'draw', 'complaint', 'clue', 'data_alert', 'first_time')),
    add constraint verification_task_source_draw check ((source = 'draw') = (draw_id is not null)),
    drop constraint verification_task_state_check,
    add constraint verification_task_state_check check (state in
        ('created', 'assigned', 'in_progress', 'waiting_assist', 'concluded', 'closed', 'cancelled')),
    drop constraint verification_task_check,
    add constraint verification_task_has_lead check
        (state in ('closed', 'cancelled') or (state = 'created') = (assignee is null)),
    -- What no person leads may end by itself only in the promise's favour.
    add constraint verification_task_closed_by_nobody check
        (state <> 'closed' or assignee is not null or result = 'consistent');

-- For the counts of a draw. Filing feeds neither this nor the ones below.
create index verification_task_of_draw on verification_task (draw_id, task_id) where draw_id is not null;

-- Who sits where in a task, and who sat there before. Two never share a seat and nobody sits in two.
create table task_inspector (
    place_id      bigint generated always as identity primary key,
    task_id       uuid not null,
    seat          smallint not null check (seat between 1 and 5),
    account_id    uuid not null references account,
    ref           text,                   -- the pseudonym in the draw
    due_at        timestamptz not null,   -- of the task
    assigned_at   timestamptz not null,
    how           text not null check (how in ('claim', 'draw', 'reassign')),
    left_at       timestamptz,
    left_why      text check (left_why in ('recused', 'handed_back', 'reassigned', 'account_closed')),
    signed_off_at timestamptz,
    closed_at     timestamptz,            -- when the task ended
    check ((left_at is null) = (left_why is null)),
    check (how <> 'draw' or left_why is distinct from 'handed_back')
);
create unique index task_inspector_seat on task_inspector (task_id, seat) where left_at is null;
create unique index task_inspector_person on task_inspector (task_id, account_id) where left_at is null;
create index task_inspector_of_task on task_inspector (task_id, place_id);
-- The queues of one person: what is open, and everything they hold or held to its end.
create index task_inspector_open on task_inspector (account_id, due_at, task_id)
    where left_at is null and closed_at is null;
create index task_inspector_held on task_inspector (account_id, due_at, task_id) where left_at is null;

insert into task_inspector (task_id, seat, account_id, due_at, assigned_at, how, closed_at)
select t.task_id, 1, t.assignee, t.due_at,
       coalesce((select max(e.at) from event e where e.subject = t.task_id::text and e.event = 'claim'), t.created_at),
       'claim', t.closed_at
    from verification_task t where t.assignee is not null;

drop index verification_task_held;
drop index verification_task_held_by_state;

-- That somebody is to be recused, and what another person decided.
create table task_recusal (
    recusal_id             uuid primary key,
    task_id                uuid not null,
    inspector              uuid not null references account,
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
    why                    bytea not null,  -- sealed
    wrapped_key            bytea,
    master_key_id          text,
    state                  text not null default 'requested' check (state in ('requested', 'granted', 'refused')),
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,           -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    check ((state = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    constraint task_recusal_by_another check (decided_by <> inspector and decided_by <> requested_by)
);
create index task_recusal_of_task on task_recusal (task_id, recusal_id);
create unique index task_recusal_waiting on task_recusal (task_id, inspector) where state = 'requested';

-- That a check is to go on although it was concluded, and what another person decided.
create table task_reopening (
    reopening_id           uuid primary key,
    task_id                uuid not null,
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
    evidence_before        integer not null check (evidence_before >= 0),
    why                    bytea not null,  -- sealed
    wrapped_key            bytea,
    master_key_id          text,
    state                  text not null default 'requested' check (state in ('requested', 'approved', 'refused')),
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,           -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    check ((state = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    constraint task_reopening_by_another check (decided_by <> requested_by)
);
create index task_reopening_of_task on task_reopening (task_id, reopening_id);
create unique index task_reopening_waiting on task_reopening (task_id) where state = 'requested';

-- What people said of a task besides its conclusion: the clue it came from, a dissent, why somebody was replaced.
create table task_note (
    note_id       uuid primary key,
    task_id       uuid not null,
    kind          text not null check (kind in ('clue', 'dissent', 'reassignment')),
    account_id    uuid not null references account,
    at            timestamptz not null,
    content       bytea not null,           -- sealed
    wrapped_key   bytea,
    master_key_id text
);
create index task_note_of_task on task_note (task_id, note_id);

-- A conclusion that no longer stands, as it was. Its summary stays sealed where it was, so it opens as the task's own.
create table task_earlier_conclusion (
    conclusion_id bigint generated always as identity primary key,
    task_id       uuid not null,
    result        text not null check (result in ('consistent', 'inconsistent', 'cannot_verify', 'non_cooperation')),
    checked_on    date,
    concluded_at  timestamptz,
    concluded_by  uuid references account,
    summary       bytea,
    wrapped_key   bytea,
    master_key_id text,
    set_aside_at  timestamptz not null,
    set_aside_why text not null check (set_aside_why in ('dissent', 'reopened', 'lead_left'))
);
create index task_earlier_conclusion_of_task on task_earlier_conclusion (task_id, conclusion_id);

-- Why a task is where it is in the queue, as far as its own columns do not say it.
create table task_reason (
    reason_id bigint generated always as identity primary key,
    task_id   uuid not null,
    reason    text not null check (reason ~ '^[a-z_]{1,40}$'),
    since     timestamptz not null,
    rule      text,
    ended_at  timestamptz
);
create unique index task_reason_live on task_reason (task_id, reason) where ended_at is null;

-- A check ends when everybody who made it has signed.
create function verification_task_signed_off() returns trigger language plpgsql as $$
begin
    if (select count(*) from task_inspector i where i.task_id = new.task_id and i.left_at is null
            and i.seat between 2 and new.inspectors_needed and i.signed_off_at is not null)
            < new.inspectors_needed - 1 then
        raise exception 'not every inspector has signed off'
            using errcode = 'check_violation', constraint = 'verification_task_signed_off', table = 'verification_task';
    end if;
    return new;
end
$$;
create trigger verification_task_signed_off before update of state on verification_task
    for each row when (old.state = 'concluded' and new.state = 'closed') execute function verification_task_signed_off();

-- Who was recused from a task never sits in it again, and nobody sits down whose account is closed: it is locked
-- against that until the seat is theirs, so that whoever closes it finds the seat.
create function task_inspector_may_sit() returns trigger language plpgsql as $$
begin
    if exists (select 1 from task_recusal r where r.task_id = new.task_id and r.inspector = new.account_id
                   and r.state = 'granted') then
        raise exception 'this inspector was recused'
            using errcode = 'check_violation', constraint = 'task_inspector_recused', table = 'task_inspector';
    end if;
    perform 1 from account a where a.account_id = new.account_id and a.closed_at is null for share;
    if not found then
        raise exception 'this account is closed'
            using errcode = 'check_violation', constraint = 'task_inspector_closed', table = 'task_inspector';
    end if;
    return new;
end
$$;
create trigger task_inspector_may_sit before insert on task_inspector
    for each row when (new.left_at is null) execute function task_inspector_may_sit();

grant update (reopened, reopened_at, concluded_at, concluded_by) on verification_task to sponsio_app;
grant select, insert on task_inspector, task_recusal, task_reopening, task_note, task_earlier_conclusion, task_reason
    to sponsio_app;
grant update (left_at, left_why, signed_off_at, closed_at) on task_inspector to sponsio_app;
grant update (state, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id, wrapped_key,
              master_key_id) on task_recusal, task_reopening to sponsio_app;
grant update (wrapped_key, master_key_id) on task_note, task_earlier_conclusion to sponsio_app;
grant update (ended_at) on task_reason to sponsio_app;
