-- Signed credit records. The order is fixed: draft stored, linted, signed, verified, parsed back, compared, stored.
set local lock_timeout = '5s';

-- What is going to be signed, byte for byte, before any key is used (sealed: it holds the disclosures).
create table record_draft (
    record_id       uuid primary key,
    finding_id      uuid not null unique references finding,
    commitment_code text not null,
    organisation_id uuid not null references organisation,
    subject_index   bytea not null,
    kid             text not null,
    to_be_signed    bytea not null,
    digest          bytea not null check (octet_length(digest) = 32),
    wrapped_key     bytea,
    master_key_id   text,
    drafted_at      timestamptz not null
);

-- The feed's next position: taken under this row's lock, so that positions become visible in their order and a
-- reader's cursor never skips one.
create table record_feed (
    only_row      boolean primary key default true check (only_row),
    next_position bigint not null check (next_position >= 1)
);
insert into record_feed (next_position) values (1);

create table credit_record (
    record_id     uuid primary key references record_draft,
    position      bigint not null unique,
    sd_jwt        bytea not null,            -- sealed
    digest        bytea not null check (octet_length(digest) = 32),
    wrapped_key   bytea,
    master_key_id text,
    issued_at     timestamptz not null,
    state         text not null default 'active' check (state in ('active'))
);

-- A draft that a lint refused, so that a person sees it; it is tried again when the rules or facts change.
create table record_refusal (
    refusal_id bigint generated always as identity primary key,
    finding_id uuid not null references finding,
    lint       text not null,
    at         timestamptz not null,
    unique (finding_id, lint)
);

grant select, insert on record_draft, credit_record, record_refusal to sponsio_app;
grant select, update on record_feed to sponsio_app;
grant update (wrapped_key, master_key_id) on record_draft, credit_record to sponsio_app;
