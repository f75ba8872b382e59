-- Reporting to the credit information sharing platform: one row per attempt to report a record, gathered in batches
-- whose exact bytes are stored before the first byte is sent.
set local lock_timeout = '5s';

create table submission_batch (
    batch_no      text primary key check (char_length(batch_no) between 1 and 64),
    organisation_id uuid not null references organisation,   -- the reporting unit
    manifest      bytea not null,             -- holds no personal data
    records       bytea not null,             -- sealed: the canonical JSON lines
    signature     bytea not null,             -- SM2, DER
    kid           text not null,
    wrapped_key   bytea,
    master_key_id text,
    created_at    timestamptz not null,
    attempts      integer not null default 0,
    next_try_at   timestamptz not null,
    last_error    text,                       -- a word for people, never a value of a record
    state         text not null default 'queued' check (state in ('queued', 'sent', 'unknown', 'answered')),
    answer        bytea,                      -- the platform's answer as it came
    answered_at   timestamptz,
    check ((state = 'answered') = (answer is not null) and (answer is null) = (answered_at is null))
);
create index submission_batch_due on submission_batch (next_try_at) where state <> 'answered';

create table submission_record (
    record_no     text primary key check (char_length(record_no) between 1 and 64),
    record_id     uuid not null references credit_record,
    attempt       integer not null check (attempt >= 1),
    organisation_id uuid not null references organisation,
    line          bytea not null,             -- sealed: the canonical JSON line to be reported
    wrapped_key   bytea,
    master_key_id text,
    due_at        timestamptz not null,
    rule          text not null,
    created_at    timestamptz not null,
    created_by    uuid references account,    -- who corrected it; null for the first attempt
    batch_no      text references submission_batch,
    errors        text,                       -- JSON array of {code, field, message} as the platform gave it
    state         text not null default 'queued' check (state in ('queued', 'batched', 'accepted', 'rejected')),
    unique (record_id, attempt),
    check ((state = 'queued') = (batch_no is null))
);
create index submission_record_queued on submission_record (organisation_id, created_at) where state = 'queued';
create index submission_record_of_batch on submission_record (batch_no, record_no);
-- A corrected attempt is made once: two people correcting one rejection end in one resend.
create unique index submission_record_live on submission_record (record_id) where state in ('queued', 'batched', 'accepted');

grant select, insert on submission_batch, submission_record to sponsio_app;
grant update (attempts, next_try_at, last_error, state, answer, answered_at, wrapped_key, master_key_id)
    on submission_batch to sponsio_app;
grant update (batch_no, errors, state, wrapped_key, master_key_id) on submission_record to sponsio_app;
