-- A reviewer returns a draft and it is amended; a paper exists, with its periods, before it is served; a conclusion is taken back; what the
-- platform answered to a batch is kept.
-- Locks: finding, while its constraints are made anew and every row is looked at once; finding_evidence, while its key is made anew; document,
-- while two indices are built on it; the others only for a moment. The version before still runs on it: what it inserts gets the defaults.
set local lock_timeout = '5s';

-- ------------------------------------------------------------------------------------------------ versions of a draft
alter table finding
    add column version integer not null default 1 check (version >= 1),  -- of its text: one more with each amendment
    drop constraint finding_state_check,
    add constraint finding_state_check check (state in
        ('drafted', 'returned', 'reviewed', 'prior_notice_served', 'defended', 'waived', 'decided', 'served',
         'under_remedy', 'effective', 'dismissed', 'cancelled')),
    drop constraint finding_reviewed_first,
    add constraint finding_reviewed_first check (state in ('drafted', 'returned', 'dismissed') or reviewed_by is not null),
    drop constraint finding_notice_first,
    add constraint finding_notice_first check
        (state in ('drafted', 'returned', 'reviewed', 'dismissed') or defence_until is not null or defence_waits_for is not null);

-- A version that was amended since, as it was. Append-only; the row of the finding holds the one that counts.
create table finding_earlier_draft (
    finding_id    uuid not null references finding,
    version       integer not null check (version >= 1),
    kind          text not null check (kind in ('untrue_by_mistake', 'unfulfilled', 'false_statement')),
    fault         text not null check (fault in ('none', 'negligent', 'intentional')),
    severity      text not null check (severity in ('minor', 'general', 'serious')),
    draft         bytea not null,           -- sealed: facts, legal basis, proposed action
    wrapped_key   bytea,
    master_key_id text,
    drafted_by    uuid not null references account,
    drafted_at    timestamptz not null,
    primary key (finding_id, version)
);
alter table finding_earlier_draft alter column draft set storage external;

alter table finding_evidence add column version integer not null default 1;  -- of the draft that names it
alter table finding_evidence drop constraint finding_evidence_pkey, add primary key (finding_id, version, evidence_id);
alter table finding_statement add column version integer not null default 1; -- of the draft that it speaks of

-- A draft is changed only where it was returned, and only if the version before stays on record.
create function finding_version_stays() returns trigger language plpgsql as $$
begin
    if (new.version, new.kind, new.fault, new.severity, new.draft, new.drafted_by, new.drafted_at)
            is distinct from (old.version, old.kind, old.fault, old.severity, old.draft, old.drafted_by, old.drafted_at)
        and not (old.state = 'returned' and new.state = 'drafted' and new.version = old.version + 1
            and exists (select from finding_earlier_draft e where e.finding_id = old.finding_id and e.version = old.version
                and e.draft = old.draft and e.drafted_by = old.drafted_by)) then
        raise exception 'the text of a finding does not change'
            using errcode = 'check_violation', constraint = 'finding_version_stays', table = 'finding';
    end if;
    return new;
end
$$;
create trigger finding_version_stays before update of version, kind, fault, severity, draft, drafted_by, drafted_at on finding
    for each row execute function finding_version_stays();

-- Who drafted an earlier version reviews none and decides nothing; who returned one does not decide.
create function finding_people_apart() returns trigger language plpgsql as $$
begin
    if new.reviewed_by is distinct from old.reviewed_by and exists (select from finding_earlier_draft e
            where e.finding_id = new.finding_id and e.drafted_by = new.reviewed_by) then
        raise exception 'a drafter reviews' using errcode = 'check_violation', constraint = 'finding_reviewer_is_another', table = 'finding';
    end if;
    if new.decided_by is distinct from old.decided_by and (exists (select from finding_earlier_draft e
            where e.finding_id = new.finding_id and e.drafted_by = new.decided_by)
        or exists (select from finding_statement s
            where s.finding_id = new.finding_id and s.step = 'return' and s.actor = new.decided_by)) then
        raise exception 'a drafter or reviewer decides' using errcode = 'check_violation', constraint = 'finding_decider_is_a_third', table = 'finding';
    end if;
    return new;
end
$$;
create trigger finding_people_apart before update of reviewed_by, decided_by on finding
    for each row execute function finding_people_apart();

grant select, insert on finding_earlier_draft to sponsio_app;
grant update (wrapped_key, master_key_id) on finding_earlier_draft to sponsio_app;
grant update (version, kind, fault, severity, draft, drafted_by, drafted_at) on finding to sponsio_app;

-- ---------------------------------------------------------------------------------------------------------- papers
-- A prior notice may be composed anew until it is served: the newest counts. Decision and dismissal are made once.
alter table document drop constraint document_finding_id_kind_key;
create unique index document_made_once on document (finding_id, kind) where kind <> 'prior_notice';
create index document_of_finding on document (finding_id);
alter table document add constraint document_digest unique (document_id, digest);

-- The periods as a paper states them. Append-only.
create table document_period (
    document_id uuid not null references document,
    clock       text not null,              -- id of the rule
    rule        text not null,
    rule_pack   text not null,
    calendar    text,                       -- null where no working day was counted, or its year is not known
    serve_by    date not null,              -- the paper is served on this day or before, for the last day to hold
    last_day    date,                       -- in China
    waits_for   integer,                    -- the year whose calendar is missing
    primary key (document_id, clock),
    check ((last_day is null) <> (waits_for is null))
);
grant select, insert on document_period to sponsio_app;

-- A record of service names the paper by its digest. Null in what was recorded before.
alter table service_of_document add column digest bytea;
alter table service_of_document
    add constraint service_of_that_paper foreign key (document_id, digest) references document (document_id, digest);

create function service_after_paper() returns trigger language plpgsql as $$
begin
    if new.digest is not null and new.served_at < (select made_at from document d where d.document_id = new.document_id) then
        raise exception 'a paper is served after it was made'
            using errcode = 'check_violation', constraint = 'service_after_paper', table = 'service_of_document';
    end if;
    return new;
end
$$;
create trigger service_after_paper before insert on service_of_document
    for each row execute function service_after_paper();

-- ------------------------------------------------------------------------------------------------ conclusions taken back
alter table task_earlier_conclusion
    drop constraint task_earlier_conclusion_set_aside_why_check,
    add constraint task_earlier_conclusion_set_aside_why_check check (set_aside_why in ('dissent', 'reopened', 'lead_left', 'taken_back'));

-- That a conclusion was a slip, and what another person decided.
create table task_retraction (
    retraction_id          uuid primary key,
    task_id                uuid not null,
    concluded_at           timestamptz not null,  -- of the conclusion that it is about
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
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
    constraint task_retraction_by_another check (decided_by <> requested_by)
);
create index task_retraction_of_task on task_retraction (task_id, retraction_id);
create unique index task_retraction_waiting on task_retraction (task_id, concluded_at) where state = 'requested';
grant select, insert on task_retraction to sponsio_app;
grant update (state, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id, wrapped_key, master_key_id)
    on task_retraction to sponsio_app;

-- ------------------------------------------------------------------------------------------------ what the platform answered
-- One row for each attempt. The body is sealed under the data key of the batch's records: a platform may repeat what it was sent.
create table submission_exchange (
    batch_no     text not null references submission_batch,
    attempt      integer not null check (attempt >= 1),
    at           timestamptz not null,
    method       text not null check (char_length(method) between 3 and 8),  -- PUT sends, GET asks
    outcome      text not null check (outcome in ('answered', 'not_there', 'refused', 'unavailable', 'not_sent', 'lost')),
    cause        text,                      -- a word: "connect", "status_422"
    status       integer check (status between 100 and 999),  -- null where no whole answer came
    content_type text check (char_length(content_type) <= 128),
    body         bytea,                     -- sealed, cut at 8 KiB; null where none came, or it is kept as the batch's answer
    truncated    boolean not null default false,
    primary key (batch_no, attempt)
);
grant select, insert on submission_exchange to sponsio_app;

grant select (finding_id, version, kind, fault, severity, drafted_by, drafted_at) on finding_earlier_draft to sponsio_readonly;
grant select (version) on finding, finding_evidence, finding_statement to sponsio_readonly;
grant select on document_period to sponsio_readonly;
grant select (retraction_id, task_id, concluded_at, requested_by, requested_at, state, decided_by, decided_at)
    on task_retraction to sponsio_readonly;
grant select (batch_no, attempt, at, method, outcome, cause, status, content_type, truncated) on submission_exchange to sponsio_readonly;
