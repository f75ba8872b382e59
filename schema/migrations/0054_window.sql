-- Who got which record, and its removal: ordered when it is no longer to be shown, shared or kept, finished when each of those who got
-- it has confirmed that it is gone. Messages about removals go to the subscriptions of integrators. And the own case of a subject: the
-- codes that prior notices are printed with, who tried them, sessions, and what the subject files, which no official recorded.
-- Locks: delivery, submission_record, objection, repair, case_step and finding_statement, against reading and writing for a moment, while
-- constraints are exchanged (all but the last two are looked at once) and a small index is made anew.
set local lock_timeout = '5s';

-- One row for an organisation and a record, however often it reads. Append-only.
create table record_holder (
    record_id       uuid not null references credit_record,
    organisation_id uuid not null references organisation,
    since           timestamptz not null,
    primary key (record_id, organisation_id)
);
grant select, insert on record_holder to sponsio_app;
grant select on record_holder to sponsio_readonly;

create table removal (
    removal_id      uuid primary key,
    record_id       uuid not null references credit_record,
    organisation_id uuid not null references organisation,  -- the identifying unit
    measure         text not null check (measure in ('end_publicity', 'stop_sharing', 'delete')),
    why             text not null check (char_length(why) between 1 and 500),   -- a word or the number of a decision
    ordered_at      timestamptz not null,
    due_at          timestamptz,                            -- first instant after the last day; null: no calendar knows it yet
    rule            text,
    messages        integer not null default 0 check (messages >= 0),   -- that its receivers were sent
    message_at      timestamptz,
    state           text not null default 'ordered' check (state in ('ordered', 'overdue', 'finished', 'called_off')),
    ended_at        timestamptz,
    check ((state in ('finished', 'called_off')) = (ended_at is not null) and (messages = 0) = (message_at is null))
);
create unique index removal_open on removal (record_id, measure) where state in ('ordered', 'overdue');
create index removal_of_unit on removal (organisation_id, removal_id);
create index removal_of_record on removal (record_id, removal_id);
create index removal_to_do on removal (removal_id) where state in ('ordered', 'overdue');
grant select, insert on removal to sponsio_app;
grant update (due_at, rule, messages, message_at, state, ended_at) on removal to sponsio_app;
grant select on removal to sponsio_readonly;

create table removal_receiver (
    removal_id      uuid not null references removal,
    receiver        text not null check (receiver in ('platform', 'publicity_site', 'integrator')),
    organisation_id uuid references organisation,
    confirmed_at    timestamptz,
    basis           text check (basis in ('statement', 'acknowledgement', 'look', 'never_taken')),
    confirmed_by    uuid references account,
    removed_at      timestamptz,                            -- as the receiver says
    reference       text check (char_length(reference) between 1 and 100),
    unique nulls not distinct (removal_id, receiver, organisation_id),
    check ((receiver = 'integrator') = (organisation_id is not null)),
    check ((confirmed_at is null) = (basis is null)),
    check (coalesce(basis = 'statement', false) = (confirmed_by is not null) and (confirmed_by is null) = (removed_at is null))
);
create index removal_receiver_waits on removal_receiver (organisation_id, removal_id) where confirmed_at is null;

create function removal_receipt_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a receipt stays as it was given'
        using errcode = 'check_violation', constraint = 'removal_receipt_stays', table = 'removal_receiver';
end
$$;
create trigger removal_receipt_stays before update on removal_receiver
    for each row when (old.confirmed_at is not null) execute function removal_receipt_stays();
grant select, insert on removal_receiver to sponsio_app;
grant update (confirmed_at, basis, confirmed_by, removed_at, reference) on removal_receiver to sponsio_app;
grant select on removal_receiver to sponsio_readonly;

alter table delivery
    add column removal_id uuid references removal,
    drop constraint delivery_kind_check,
    drop constraint delivery_check,
    add constraint delivery_kind_check check (kind in ('record.issued', 'record.status_changed', 'record.removal')),
    add constraint delivery_about check ((kind = 'record.issued') = (serial is null)
                                         and (kind = 'record.removal') = (removal_id is not null));
drop index delivery_once;
create unique index delivery_once on delivery (subscription_id, record_id, coalesce(serial, 0), removal_id) nulls not distinct;

-- What comes after the first report has its reason; who brought it about may be a rule, as the end of retention.
alter table submission_record
    drop constraint submission_record_check1,
    add constraint submission_record_follow_up check ((attempt = 1) = (why is null) and (created_by is null or why is not null));

-- ---------------------------------------------------------------------------------------------------------- the own case
create table case_code (
    document_id uuid primary key references document,       -- the prior notice that it is printed on
    finding_id  uuid not null references finding,
    subject_id  uuid not null unique,                       -- whoever signs in with it
    digest      bytea not null unique check (octet_length(digest) = 32),
    made_at     timestamptz not null,
    proof       bytea not null check (octet_length(proof) = 32),    -- of the row, by a key that is not here
    proof_key   text not null
);
create index case_code_of_finding on case_code (finding_id, document_id);
grant select, insert on case_code to sponsio_app;
grant update (proof, proof_key) on case_code to sponsio_app;
grant select (document_id, finding_id, subject_id, made_at) on case_code to sponsio_readonly;

create table case_attempt (
    at         timestamptz not null,
    code       bytea not null check (octet_length(code) = 32),      -- digest of what was given
    address    bytea not null check (octet_length(address) = 32),   -- keyed digest of the network
    opened     boolean not null,
    finding_id uuid references finding
);
create index case_attempt_refused_code on case_attempt (code, at) where not opened;
create index case_attempt_refused_address on case_attempt (address, at) where not opened;
create index case_attempt_about on case_attempt (finding_id, at) where finding_id is not null;
grant select, insert on case_attempt to sponsio_app;
grant select (at, opened, finding_id) on case_attempt to sponsio_readonly;

create table case_session (
    session_id uuid primary key,
    finding_id uuid not null references finding,
    subject_id uuid not null references case_code (subject_id),
    token      bytea not null unique check (octet_length(token) = 32),   -- digest of it
    opened_at  timestamptz not null,
    expires_at timestamptz not null check (expires_at > opened_at),
    ended_at   timestamptz,
    proof      bytea not null check (octet_length(proof) = 32),    -- of the row, by a key that is not here
    proof_key  text not null
);
grant select, insert on case_session to sponsio_app;
grant update (ended_at, proof, proof_key) on case_session to sponsio_app;
grant select (session_id, finding_id, subject_id, opened_at, expires_at, ended_at) on case_session to sponsio_readonly;

-- What the subject files itself has no account behind it.
alter table finding_statement alter column actor drop not null;
alter table case_step alter column actor drop not null;
alter table objection
    alter column filed_by drop not null,
    drop constraint objection_channel_check,
    add constraint objection_channel_check check (channel in ('counter', 'platform', 'window')),
    add constraint objection_filed_by_somebody check ((channel = 'window') = (filed_by is null));
alter table repair
    alter column filed_by drop not null,
    alter column paper_digest drop not null,
    add constraint repair_filed_by_somebody check ((filed_by is null) = (paper_digest is null));

-- On what authority somebody looked: a grant; null as a matter of the own unit, and of queries from before this column.
alter table personal_query add column grant_id uuid references role_grant;
grant select (grant_id) on personal_query to sponsio_readonly;
