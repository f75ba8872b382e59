-- Signed credit records. The order is fixed: draft stored, linted, signed, verified, parsed back, compared, stored.
-- Locks: finding for a moment, to add a column that is null everywhere.
set local lock_timeout = '5s';

-- Where an effective finding stands on its way to a record: null while the issuer has not looked at it.
alter table finding add column record_step text check (record_step in ('drafted', 'refused'));
create index finding_awaiting_record on finding (effective_at, finding_id)
    where state = 'effective' and record_step is null;
create index finding_refused_record on finding (finding_id) where record_step = 'refused';

-- What is going to be signed, byte for byte, before any key is used (sealed: it holds the disclosures). A draft
-- whose facts or key have changed is superseded by another one; nothing but `state` ever changes in a row.
create table record_draft (
    record_id       uuid primary key,
    finding_id      uuid not null references finding,
    commitment_code text not null,
    organisation_id uuid not null references organisation,
    subject_index   bytea not null,
    kid             text not null,
    to_be_signed    bytea not null,
    digest          bytea not null check (octet_length(digest) = 32),
    wrapped_key     bytea,
    master_key_id   text,
    drafted_at      timestamptz not null,
    state           text not null default 'drafted' check (state in
                        ('drafted', 'signing', 'issued', 'refused', 'superseded')),
    check ((wrapped_key is null) = (master_key_id is null))
);
-- One finding, one draft that counts, and so one record.
create unique index record_draft_live on record_draft (finding_id) where state <> 'superseded';
create index record_draft_of_finding on record_draft (finding_id);
create index record_draft_waiting on record_draft (record_id) where state in ('drafted', 'signing');

-- The feed's next position: taken under this row's lock, so that positions become visible in their order and a
-- reader's cursor never skips one.
create table record_feed (
    only_row      boolean primary key default true check (only_row),
    next_position bigint not null check (next_position >= 1)
);
insert into record_feed (next_position) values (1);

create table credit_record (
    record_id       uuid primary key references record_draft,
    position        bigint not null unique,
    organisation_id uuid not null references organisation,    -- the identifying unit
    sd_jwt          bytea not null,          -- sealed
    digest          bytea not null check (octet_length(digest) = 32),
    wrapped_key     bytea,
    master_key_id   text,
    issued_at       timestamptz not null,    -- as the record itself says
    state           text not null default 'active' check (state in ('active')),
    check ((wrapped_key is null) = (master_key_id is null))
);
create index credit_record_of_organisation on credit_record (organisation_id, position);

-- Why a finding got no record, so that a person sees it. A server looks at refused findings once more when it starts.
create table record_refusal (
    refusal_id bigint generated always as identity primary key,
    finding_id uuid not null references finding,
    rule       text not null,
    at         timestamptz not null,
    unique (finding_id, rule)
);

grant select, insert on record_draft, credit_record, record_refusal to sponsio_app;
grant select on record_feed to sponsio_app;
grant update (next_position) on record_feed to sponsio_app;
grant update (record_step) on finding to sponsio_app;
grant update (state, wrapped_key, master_key_id) on record_draft to sponsio_app;
grant update (wrapped_key, master_key_id) on credit_record to sponsio_app;
