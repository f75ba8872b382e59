-- Between the review of a finding and its decision: an order to rectify, a hearing, the re-check of new facts; a decision that finds it
-- lighter than was proposed; two more ways to prove a service; and the decision that an effective finding does not stand.
-- Locks: finding, document and service_of_document, while constraints and indices are made anew and every row is looked at once.
set local lock_timeout = '5s';

alter table finding
    add column hearing_chair uuid references account,       -- who leads the hearing, once its notice was composed
    add column hearing_at    timestamptz,
    add constraint finding_hearing_whole check ((hearing_chair is null) = (hearing_at is null)),
    drop constraint finding_state_check,
    add constraint finding_state_check check (state in
        ('drafted', 'returned', 'reviewed', 'rectifying', 'uncorrected', 'rectified', 'prior_notice_served', 'defended', 'waived',
         'hearing_requested', 'hearing_called', 'heard', 'decided', 'served', 'under_remedy', 'effective', 'dismissed', 'cancelled')),
    drop constraint finding_notice_first,
    add constraint finding_notice_first check
        (state in ('drafted', 'returned', 'reviewed', 'rectifying', 'uncorrected', 'rectified', 'dismissed')
         or defence_until is not null or defence_waits_for is not null),
    add constraint finding_hearing_first check (state not in ('hearing_called', 'heard') or hearing_chair is not null),
    -- What was revoked keeps the time at which it had taken effect.
    drop constraint finding_effective_has_time,
    add constraint finding_effective_has_time check
        (case when state = 'effective' then effective_at is not null else effective_at is null or state = 'cancelled' end);
grant update (hearing_chair, hearing_at) on finding to sponsio_app;
grant select (hearing_chair, hearing_at) on finding to sponsio_readonly;

drop index finding_live;
create unique index finding_live on finding (task_id) where state not in ('dismissed', 'cancelled', 'rectified');
drop index finding_awaiting_calendar;
create index finding_awaiting_calendar on finding
    ((case state when 'served' then remedy_waits_for else defence_waits_for end), finding_id)
    where state in ('prior_notice_served', 'defended', 'hearing_requested', 'hearing_called', 'heard', 'served');

create or replace function finding_end_is_known() returns trigger language plpgsql as $$
begin
    if (new.state = 'decided' and old.state in ('prior_notice_served', 'defended', 'heard') and new.defence_until is null)
        or (new.state = 'effective' and old.state = 'served' and new.remedy_until is null) then
        raise exception 'the period before this step has no known end'
            using errcode = 'check_violation', constraint = 'finding_end_is_known', table = 'finding';
    end if;
    return new;
end
$$;

-- How grave: the later in the list the graver.
create function finding_gravity(kind text, fault text, severity text) returns integer[] language sql immutable as $$
    select array[array_position(array['untrue_by_mistake', 'unfulfilled', 'false_statement'], kind),
                 array_position(array['none', 'negligent', 'intentional'], fault),
                 array_position(array['minor', 'general', 'serious'], severity)]
$$;

-- A draft is changed only where it was returned, and only if the version before stays on record. A decision may find it lighter than the
-- draft, which stays as it was sealed; nothing finds it graver than the party was told.
create or replace function finding_version_stays() returns trigger language plpgsql as $$
declare
    told  integer[] := finding_gravity(old.kind, old.fault, old.severity);
    found integer[] := finding_gravity(new.kind, new.fault, new.severity);
begin
    if (new.version, new.kind, new.fault, new.severity, new.draft, new.drafted_by, new.drafted_at)
            is not distinct from (old.version, old.kind, old.fault, old.severity, old.draft, old.drafted_by, old.drafted_at) then
        return new;
    end if;
    if old.state = 'returned' and new.state = 'drafted' and new.version = old.version + 1
            and exists (select from finding_earlier_draft e where e.finding_id = old.finding_id and e.version = old.version
                and e.draft = old.draft and e.drafted_by = old.drafted_by) then
        return new;
    end if;
    if new.state = 'decided' and old.state <> 'decided'
            and (new.version, new.draft, new.drafted_by, new.drafted_at)
                is not distinct from (old.version, old.draft, old.drafted_by, old.drafted_at) then
        if found[1] <= told[1] and found[2] <= told[2] and found[3] <= told[3] then
            return new;
        end if;
        raise exception 'a decision is never graver than what the party was told'
            using errcode = 'check_violation', constraint = 'finding_never_heavier', table = 'finding';
    end if;
    raise exception 'the text of a finding does not change'
        using errcode = 'check_violation', constraint = 'finding_version_stays', table = 'finding';
end
$$;

alter table document drop constraint document_kind_check,
    add constraint document_kind_check check
        (kind in ('prior_notice', 'decision', 'dismissal', 'order', 'hearing_notice', 'hearing_record'));
drop index document_made_once;
create unique index document_made_once on document (finding_id, kind) where kind in ('decision', 'dismissal', 'hearing_record');

alter table service_of_document
    drop constraint service_of_document_method_check,
    add constraint service_of_document_method_check check
        (method in ('in_person', 'left', 'mail', 'electronic_with_consent', 'public_notice')),
    add column left_proof text check (left_proof in ('witness', 'film')),   -- that a refused paper was left
    add column consent_evidence_id uuid references evidence,                -- to be served electronically
    add constraint service_left_is_proven check (method <> 'left' or left_proof is not null);
grant select (left_proof, consent_evidence_id) on service_of_document to sponsio_readonly;
alter table late_service
    drop constraint late_service_method_check,
    add constraint late_service_method_check check
        (method in ('in_person', 'left', 'mail', 'electronic_with_consent', 'public_notice'));
alter table publicity
    drop constraint publicity_told_method_check,
    add constraint publicity_told_method_check check
        (told_method in ('in_person', 'left', 'mail', 'electronic_with_consent', 'public_notice'));

-- That an effective finding does not stand: one person asks, with the paper that says so; another decides.
create table revocation (
    revocation_id          uuid primary key,
    finding_id             uuid not null references finding,
    organisation_id        uuid not null references organisation,   -- the identifying unit, which decides
    ground                 text not null check (ground in ('reconsideration', 'judgment', 'supervision', 'own_mistake')),
    number                 text not null check (char_length(number) between 1 and 128),  -- of the paper that says so
    decided_on             date not null,                           -- the day of that paper
    evidence_id            uuid not null references evidence,
    due_at                 timestamptz,                             -- first instant after the time to undo what followed
    rule                   text not null,
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
    why                    bytea not null,  -- sealed
    wrapped_key            bytea,
    master_key_id          text,
    state                  text not null default 'requested' check (state in ('requested', 'revoked', 'refused')),
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,           -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    check ((state = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    constraint revocation_by_another check (decided_by <> requested_by)
);
create unique index revocation_waits on revocation (finding_id) where state = 'requested';
create index revocation_of_finding on revocation (finding_id, revocation_id);
create index revocation_of_unit on revocation (organisation_id, revocation_id) where state = 'requested';
grant select, insert on revocation to sponsio_app;
grant update (state, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id, wrapped_key, master_key_id)
    on revocation to sponsio_app;
grant select (revocation_id, finding_id, organisation_id, ground, number, decided_on, evidence_id, due_at, rule, requested_by, requested_at,
              state, decided_by, decided_at, master_key_id, decision_master_key_id) on revocation to sponsio_readonly;

-- What was revoked waits for no record any more.
create function finding_awaits_no_record() returns trigger language plpgsql as $$
begin
    delete from finding_awaiting_record where finding_id = new.finding_id;
    return null;
end
$$;
create trigger finding_awaits_no_record after update of state on finding
    for each row when (old.state = 'effective' and new.state <> 'effective') execute function finding_awaits_no_record();
