-- What happened can be proven: the history is chained and its head logged, and each step of a case is proven by the server's
-- own key, so that whoever only writes to the database makes nothing that is signed or goes unnoticed (docs/ledger.md).
-- Locks: log_leaf and finding against writing for a moment, to exchange a CHECK that every row fulfils already and to add a trigger.
set local lock_timeout = '5s';

alter table log_leaf drop constraint log_leaf_kind_check;
alter table log_leaf add constraint log_leaf_kind_check
    check (kind in ('commitment', 'record', 'status', 'draw', 'rules', 'key', 'shard', 'audit')) not valid;
alter table log_leaf validate constraint log_leaf_kind_check;

-- Stretches of the history, one behind the other. Of each a leaf of kind audit says the same; its subject is last_event.
create table audit_run (
    last_event bigint primary key check (last_event > 0),
    events     bigint not null check (events > 0),  -- since the beginning
    head       bytea not null check (octet_length(head) = 32)
);
grant select, insert on audit_run to sponsio_app;
grant select on audit_run to sponsio_readonly;

-- The steps of a finding. proof: of what stands in the row and of the proof before it, by a key that is not in the database.
create table finding_step (
    finding_id uuid not null references finding,
    step_no    smallint not null check (step_no >= 1),
    event      text not null,
    from_state text,
    to_state   text not null,
    actor      uuid,             -- null: the system
    at         timestamptz not null,
    facts      bytea not null check (octet_length(facts) = 32),  -- digest of what was on record after the step
    proof      bytea not null check (octet_length(proof) = 32),
    proof_key  text not null,
    primary key (finding_id, step_no)
);
grant select, insert on finding_step to sponsio_app;
grant select on finding_step to sponsio_readonly;

-- Cases from before there were steps. The server proves them as they stand when it first chains the history, and never again.
create table finding_without_steps (
    finding_id uuid primary key references finding
);
insert into finding_without_steps select finding_id from finding;
grant select, delete on finding_without_steps to sponsio_app;
grant select on finding_without_steps to sponsio_readonly;

-- A finding moves only together with its step. A program of the version before, which knows no steps, is refused here once the
-- findings were taken over, instead of leaving one that can never become a record.
create function finding_step_stands() returns trigger language plpgsql as $$
begin
    if new.state is distinct from (select to_state from finding_step where finding_id = new.finding_id
                                   order by step_no desc limit 1)
            and not exists (select from finding_without_steps where finding_id = new.finding_id) then
        raise exception 'a finding moves only together with its step'
            using errcode = 'check_violation', constraint = 'finding_step_stands', table = 'finding';
    end if;
    return null;
end
$$;
create constraint trigger finding_step_stands after insert or update of state on finding
    deferrable initially deferred for each row execute function finding_step_stands();
