-- From a failed check to an effective, served document. Drafter, reviewer and decider are three people here as
-- well as in the code: the CHECKs below refuse a row in which two of them are one.
set local lock_timeout = '5s';

create table finding (
    finding_id      uuid primary key,
    task_id         uuid not null,
    commitment_code text not null,
    organisation_id uuid not null references organisation,    -- the identifying unit
    kind            text not null check (kind in ('untrue_by_mistake', 'unfulfilled', 'false_statement')),
    fault           text not null check (fault in ('none', 'negligent', 'intentional')),
    severity        text not null check (severity in ('minor', 'general', 'serious')),
    draft           bytea not null,                           -- sealed: facts, legal basis, proposed action
    wrapped_key     bytea,
    master_key_id   text,
    drafted_by      uuid not null references account,
    drafted_at      timestamptz not null,
    reviewed_by     uuid references account,
    decided_by      uuid references account,
    defence_until   timestamptz,
    remedy_until    timestamptz,
    effective_at    timestamptz,
    state           text not null default 'drafted' check (state in
                        ('drafted', 'reviewed', 'prior_notice_served', 'defended', 'waived', 'decided', 'served',
                         'under_remedy', 'effective', 'dismissed', 'cancelled')),
    constraint finding_reviewer_is_another check (reviewed_by <> drafted_by),
    constraint finding_decider_is_a_third check (decided_by <> drafted_by and decided_by <> reviewed_by),
    constraint finding_reviewed_first check (state in ('drafted', 'dismissed') or reviewed_by is not null),
    constraint finding_notice_first check (state in ('drafted', 'reviewed', 'dismissed') or defence_until is not null),
    constraint finding_decided_first check
        (state not in ('decided', 'served', 'under_remedy', 'effective', 'cancelled') or decided_by is not null),
    constraint finding_served_first check (state not in ('served', 'under_remedy', 'effective') or remedy_until is not null),
    constraint finding_effective_has_time check ((state = 'effective') = (effective_at is not null))
);
-- One live finding per check: a second draft waits for the first to be dismissed or cancelled.
create unique index finding_live on finding (task_id) where state not in ('dismissed', 'cancelled');
create index finding_of_organisation on finding (organisation_id, finding_id);
create index finding_of_organisation_by_state on finding (organisation_id, state, finding_id);
create index finding_awaiting_effect on finding (remedy_until) where state = 'served';

-- Who has taken a step stays who took it; otherwise three people could be entered one after the other by one.
create function finding_people_stay() returns trigger language plpgsql as $$
begin
    if (old.reviewed_by is not null and new.reviewed_by is distinct from old.reviewed_by)
        or (old.decided_by is not null and new.decided_by is distinct from old.decided_by) then
        raise exception 'the people of a finding do not change'
            using errcode = 'check_violation', constraint = 'finding_people_stay', table = 'finding';
    end if;
    return new;
end
$$;
create trigger finding_people_stay before update of reviewed_by, decided_by on finding
    for each row execute function finding_people_stay();

create table finding_evidence (
    finding_id  uuid not null references finding,
    evidence_id uuid not null references evidence,
    primary key (finding_id, evidence_id)
);

-- What was said at each step: the review's opinion, the defence, the reasons of the decision. Sealed, append-only.
create table finding_statement (
    statement_id  bigint generated always as identity primary key,
    finding_id    uuid not null references finding,
    step          text not null,
    actor         uuid not null references account,
    at            timestamptz not null,
    content       bytea not null,
    wrapped_key   bytea,
    master_key_id text
);
create index finding_statement_of on finding_statement (finding_id, statement_id);

-- Every period that was set, and what set it. Append-only: the row of the finding holds the ends that count.
create table finding_clock (
    finding_id uuid not null references finding,
    clock      text not null,               -- id of the rule
    due_on     date not null,               -- the last day, in China
    ends       timestamptz not null,        -- the first instant after it
    rule       text not null,
    rule_pack  text not null,
    calendar   text,                        -- null where no working day was counted
    primary key (finding_id, clock)
);

-- The papers that were served: text as served, when, how and with which proof of service.
create table document (
    document_id   uuid primary key,
    finding_id    uuid not null references finding,
    kind          text not null check (kind in ('prior_notice', 'decision')),
    number        text not null check (char_length(number) between 1 and 128),
    content       bytea not null,           -- sealed
    digest        bytea not null check (octet_length(digest) = 32),
    wrapped_key   bytea,
    master_key_id text,
    made_by       uuid not null references account,
    made_at       timestamptz not null,
    unique (finding_id, kind)
);

create table service_of_document (
    document_id   uuid primary key references document,
    served_at     timestamptz not null,
    method        text not null check (method in ('in_person', 'mail', 'electronic_with_consent', 'public_notice')),
    receipt       bytea not null,           -- sealed: what proves it
    wrapped_key   bytea,
    master_key_id text,
    recorded_by   uuid not null references account,
    recorded_at   timestamptz not null
);

grant select, insert on finding, finding_evidence, finding_statement, finding_clock, document, service_of_document
    to sponsio_app;
grant update (reviewed_by, decided_by, defence_until, remedy_until, effective_at, state, wrapped_key, master_key_id)
    on finding to sponsio_app;
grant update (wrapped_key, master_key_id) on finding_statement, document, service_of_document to sponsio_app;
