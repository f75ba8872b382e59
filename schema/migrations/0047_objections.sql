-- Objections to records, what is said in the cases that records have afterwards, corrections of records, and what the platform
-- is told of a record after its first report.
-- Locks: evidence and submission_record, against reading and writing for a moment, while columns that are the same everywhere are
-- added and constraints changed (both tables are looked at once); record_draft while a small index is made.
set local lock_timeout = '5s';

create table objection (
    objection_id       uuid primary key,
    record_id          uuid not null references credit_record,
    organisation_id    uuid not null references organisation,   -- the identifying unit, which decides
    channel            text not null check (channel in ('counter', 'platform')),
    ground             text not null check (ground in ('fact_wrong', 'wording_wrong', 'missing', 'overdue', 'wrong_person')),
    identity_check     text check (identity_check in ('document_seen', 'chip_read', 'face_check', 'electronic_sign_in', 'agent_document_seen')),
    paper_digest       bytea check (octet_length(paper_digest) = 32),   -- of the image of the signed objection
    platform_reference text,
    received_on        date,                                    -- by the platform
    filed_by           uuid not null references account,
    filed_at           timestamptz not null,
    due_at             timestamptz,                             -- first instant after the last day; null: no calendar knows it
    rule               text not null,
    platform_due_at    timestamptz,                             -- until when the platform answers
    platform_rule      text,
    state              text not null default 'filed'
        check (state in ('filed', 'proposed', 'decided', 'under_review', 'reviewed', 'withdrawn')),
    outcome            text check (outcome in ('correct', 'add', 'delete', 'end', 'keep')),
    proposed_by        uuid references account,
    decided_by         uuid references account,
    decided_at         timestamptz,
    number             text,                                    -- of the answer
    extended_by        uuid references account,
    check ((channel = 'counter') = (identity_check is not null and paper_digest is not null)),
    check ((channel = 'platform') = (platform_reference is not null and received_on is not null)),
    check (state not in ('decided', 'under_review', 'reviewed')
           or (outcome is not null and decided_by is not null and decided_at is not null and number is not null)),
    constraint objection_decided_by_another check (decided_by <> filed_by and decided_by <> proposed_by)
);
create unique index objection_open on objection (record_id) where state in ('filed', 'proposed', 'under_review');
create index objection_of_record on objection (record_id, objection_id);
create index objection_of_unit on objection (organisation_id, objection_id);
create index objection_waits on objection (organisation_id, due_at, objection_id) where state in ('filed', 'proposed');
grant select, insert on objection to sponsio_app;
grant update (state, outcome, proposed_by, decided_by, decided_at, number, extended_by, due_at, rule) on objection to sponsio_app;
grant select (objection_id, record_id, organisation_id, channel, ground, identity_check, received_on, filed_by, filed_at, due_at, rule,
              platform_due_at, platform_rule, state, outcome, proposed_by, decided_by, decided_at, number, extended_by)
    on objection to sponsio_readonly;

-- What was said at each step of an objection, a repair or a publication. Append-only.
create table case_step (
    case_id       uuid not null,
    serial        integer not null check (serial >= 1),
    step          text not null,            -- the event of its lifecycle, "created" for the first
    actor         uuid not null references account,
    at            timestamptz not null,
    content       bytea not null,           -- sealed: a JSON object, as it was said
    wrapped_key   bytea,
    master_key_id text,
    primary key (case_id, serial),
    check ((wrapped_key is null) = (master_key_id is null))
);
grant select, insert on case_step to sponsio_app;
grant update (wrapped_key, master_key_id) on case_step to sponsio_app;
grant select (case_id, serial, step, actor, at, master_key_id) on case_step to sponsio_readonly;

-- What a decision corrected in the facts that records of a finding are made of; the newest counts. Append-only.
create table record_correction (
    finding_id    uuid not null references finding,
    serial        integer not null check (serial >= 1),
    case_id       uuid not null,            -- of the objection
    number        text not null,            -- of the decision
    content       bytea not null,           -- sealed: a JSON object
    wrapped_key   bytea,
    master_key_id text,
    proof         bytea not null check (octet_length(proof) = 32),
    proof_key     text not null,
    made_at       timestamptz not null,
    primary key (finding_id, serial),
    check ((wrapped_key is null) = (master_key_id is null))
);
grant select, insert on record_correction to sponsio_app;
grant update (wrapped_key, master_key_id) on record_correction to sponsio_app;
grant select (finding_id, serial, case_id, number, made_at, proof_key, master_key_id) on record_correction to sponsio_readonly;

alter table evidence
    add column case_id uuid,                -- an objection, a repair or a publication
    drop constraint evidence_of_one,
    add constraint evidence_of_one check (num_nonnulls(task_id, finding_id, commitment_code, case_id) = 1);
create index evidence_held_by_case on evidence (case_id, evidence_id) where case_id is not null;
grant select (case_id) on evidence to sponsio_readonly;

-- After the first report of a record come changes, its withdrawal, its repair; each waits for the answer to those before it, and the
-- number of the attempt keeps one from being made twice.
alter table submission_record
    add column op text not null default 'add' check (op in ('add', 'change', 'withdraw', 'repair'));
drop index submission_record_live;

-- Whether a breach on record still bars its committer is asked of the records of its commitment.
create index record_draft_of_commitment on record_draft (commitment_code);
