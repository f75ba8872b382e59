-- What happens around a deadline, once for all tasks of a unit that are due together; what becomes of a commitment
-- that is set right or runs out; and which commitments are checked only if chance, a first time or a clue says so.
-- Locks: commitment, whose rows are looked at once for the new states.
set local lock_timeout = '5s';

alter table commitment
    add column coverage text check (coverage in ('sampled', 'risk_weighted', 'first_time', 'complaint_driven')),
    drop constraint commitment_state_check,
    add constraint commitment_state_check check (state in
        ('effective', 'under_verification', 'in_question', 'fulfilled', 'partly_fulfilled', 'breached', 'supervised',
         'withdrawn', 'expired'));
comment on column commitment.coverage is 'how its matter is covered by checks; null: every one is checked, or none';
create index commitment_first_time on commitment (matter_id, committer_index) where coverage = 'first_time';
create index commitment_expiring on commitment (valid_until, code)
    where valid_until is not null and state in ('effective', 'supervised');

-- One alarm of the rule pack for one bucket: the tasks of a unit that are due at one instant. Made when the first of
-- them is added, armed again when one is added behind it.
create table task_alarm (
    organisation_id uuid not null references organisation,   -- the verifying unit
    due_at          timestamptz not null,
    alarm           text not null,             -- id of the rule
    rule            text not null,             -- rule, pack and calendar that gave run_at
    action          text not null check (action in ('warn', 'escalate')),
    recipient       text not null check (recipient in ('assignee', 'unit_supervisor', 'superior')),
    region_code     text not null,             -- whose rules these are
    run_at          timestamptz not null,      -- while waits_for: when to look for that calendar again
    waits_for       integer,                   -- the year whose calendar is missing
    from_task       uuid not null default '00000000-0000-0000-0000-000000000000',  -- how far it has come
    again           boolean not null default false,  -- armed again: some behind from_task may have had it
    done_at         timestamptz,
    primary key (organisation_id, due_at, alarm),
    check (action = 'warn' or recipient <> 'assignee'),
    check (waits_for is null or done_at is null)
);
create index task_alarm_due on task_alarm (run_at) where done_at is null;

-- Tasks that somebody above has to look after, once for each alarm.
create table task_escalation (
    task_id         uuid not null,
    alarm           text not null,
    to_organisation uuid not null references organisation,
    level           smallint not null check (level in (1, 2)),  -- 1: the unit's own supervisor, 2: the superior
    due_at          timestamptz not null,
    at              timestamptz not null,
    rule            text not null,
    open            boolean not null default true,              -- while the task is
    primary key (task_id, alarm)
);
create index task_escalation_queue on task_escalation (to_organisation, due_at, task_id) where open;

-- However a task ends or begins anew, the queue above it follows.
create function task_escalation_follows() returns trigger language plpgsql as $$
begin
    update task_escalation set open = new.closed_at is null where task_id = new.task_id;
    return null;
end
$$;
create trigger task_escalation_follows after update of closed_at on verification_task
    for each row when ((old.closed_at is null) <> (new.closed_at is null))
    execute function task_escalation_follows();

-- What was in question was set right: one person says so, a second one confirms it or does not.
create table rectification (
    rectification_id bigint generated always as identity primary key,
    commitment_code  text not null,
    outcome          text not null check (outcome in ('full', 'partial')),
    content          bytea not null,           -- sealed: why, and what was left undone
    wrapped_key      bytea,
    master_key_id    text,
    recorded_by      uuid not null references account,
    recorded_at      timestamptz not null,
    confirmed        boolean,                  -- null: waits for the second person
    decided_by       uuid references account,
    decided_at       timestamptz,
    decision         bytea,                    -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    constraint rectification_second_person check (decided_by <> recorded_by),
    check ((confirmed is null) = (decided_by is null) and (confirmed is null) = (decided_at is null))
);
create unique index rectification_waiting on rectification (commitment_code) where confirmed is null;
create index rectification_of_commitment on rectification (commitment_code, rectification_id);

-- Once decided, it stays decided.
create function rectification_stays() returns trigger language plpgsql as $$
begin
    if old.confirmed is not null then
        raise exception 'a decision on a rectification does not change'
            using errcode = 'check_violation', constraint = 'rectification_stays', table = 'rectification';
    end if;
    return new;
end
$$;
create trigger rectification_stays before update of confirmed, decided_by, decided_at on rectification
    for each row execute function rectification_stays();

grant select, insert on task_alarm, task_escalation, rectification to sponsio_app;
grant update (run_at, waits_for, rule, from_task, again, done_at) on task_alarm to sponsio_app;
grant update (open) on task_escalation to sponsio_app;
grant update (confirmed, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id,
              wrapped_key, master_key_id) on rectification to sponsio_app;
grant select on task_alarm, task_escalation to sponsio_readonly;
