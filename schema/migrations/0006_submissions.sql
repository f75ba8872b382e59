-- Reporting to the credit information sharing platform: one row per attempt to report a record, gathered in batches
-- whose exact bytes are stored before they are signed, and signed before the first of them is sent.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

-- The next serial of an organisation's day.
create table submission_serial (
    organisation_id uuid not null references organisation,
    made_on         date not null,
    next_serial     integer not null check (next_serial between 1 and 1000000),
    primary key (organisation_id, made_on)
);

create table submission_batch (
    batch_no        text primary key check (batch_no ~ '^[A-Za-z0-9._-]{1,64}$'),
    organisation_id uuid not null references organisation,   -- the reporting unit
    manifest        bytea not null,           -- holds no personal data
    records         bytea not null,           -- sealed: the canonical JSON lines
    record_count    integer not null check (record_count between 1 and 100000),
    wrapped_key     bytea,
    master_key_id   text,
    kid             text not null,
    signature       bytea,                    -- SM2 over the manifest, DER
    created_at      timestamptz not null,
    attempts        integer not null default 0,
    next_try_at     timestamptz not null,     -- while it is in work: until when nobody else touches it
    last_error      text,                     -- a word for people, never a value of a record
    state           text not null default 'queued' check (state in ('queued', 'sent', 'unknown', 'answered')),
    answer          bytea,                    -- the platform's answer as it came, under the same data key
    answered_at     timestamptz,
    check (state = 'queued' or signature is not null),
    check ((state = 'answered') = (answer is not null) and (answer is null) = (answered_at is null))
);
create index submission_batch_due on submission_batch (next_try_at, batch_no)
    where state <> 'answered' and signature is not null;
create index submission_batch_unsigned on submission_batch (created_at, batch_no) where signature is null;
create index submission_batch_of_organisation on submission_batch (organisation_id, created_at, batch_no);
create index submission_batch_in_order on submission_batch (created_at, batch_no);

-- What was signed, and what was answered, stays as it is.
create function submission_batch_stays() returns trigger language plpgsql as $$
begin
    if (old.signature is not null and (new.signature is distinct from old.signature
                                       or new.manifest <> old.manifest or new.kid <> old.kid))
        or (old.state = 'answered' and (new.state <> old.state or new.answer is distinct from old.answer)) then
        raise exception 'a signed manifest and an answer do not change'
            using errcode = 'check_violation', constraint = 'submission_batch_stays', table = 'submission_batch';
    end if;
    return new;
end
$$;
create trigger submission_batch_stays before update of manifest, kid, signature, state, answer on submission_batch
    for each row execute function submission_batch_stays();

create table submission_record (
    record_no       text primary key check (record_no ~ '^[A-Za-z0-9._-]{1,64}$'),
    record_id       uuid not null references credit_record,
    attempt         integer not null check (attempt >= 1),
    organisation_id uuid not null references organisation,
    line            bytea not null,           -- sealed: the canonical JSON line to be reported
    wrapped_key     bytea,
    master_key_id   text,
    why             bytea,                    -- under the same data key: why it was corrected
    due_at          timestamptz,              -- first instant after the last day; null: no calendar knows it yet
    rule            text not null,
    created_at      timestamptz not null,
    created_by      uuid references account,  -- who corrected it; null for the first attempt
    batch_no        text references submission_batch,
    errors          bytea,                    -- under the same data key: [{code, field, message}] as the platform gave it
    state           text not null default 'queued' check (state in ('queued', 'batched', 'accepted', 'rejected')),
    unique (record_id, attempt),
    -- Rejected without a batch: our own check found that no platform could take it.
    check (state = 'rejected' or (state = 'queued') = (batch_no is null)),
    check ((attempt = 1) = (created_by is null) and (created_by is null) = (why is null))
);
create index submission_record_queued on submission_record (created_at, record_no) where state = 'queued';
create index submission_record_queued_of on submission_record (organisation_id, created_at, record_no)
    where state = 'queued';
create index submission_record_held on submission_record (organisation_id, created_at, record_no)
    where state = 'rejected' and batch_no is null;
create index submission_record_of_batch on submission_record (batch_no, record_no);
-- A corrected attempt is made once: two people correcting one rejection end in one resend.
create unique index submission_record_live on submission_record (record_id) where state in ('queued', 'batched', 'accepted');

grant select, insert on submission_serial, submission_batch, submission_record to sponsio_app;
grant update (next_serial) on submission_serial to sponsio_app;
grant update (manifest, kid, signature, attempts, next_try_at, last_error, state, answer, answered_at, wrapped_key,
              master_key_id) on submission_batch to sponsio_app;
grant update (batch_no, errors, state, wrapped_key, master_key_id) on submission_record to sponsio_app;
