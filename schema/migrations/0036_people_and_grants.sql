-- Who is believed: the persons behind accounts, rights beyond the own tree as grants, codes with which people fetch their own
-- token, and the trail of queries of personal data. Events say whose they are, and logins are an organisation's own.
-- Locks: account, event, used_key for a moment each, to add columns that are null everywhere; account against writing while the
-- index of its logins is made anew (few rows); the same for matter.
set local lock_timeout = '5s';

-- First, while others write: tokens were kept with the answers that made them; from now on they are shown once.
update used_key set answer = null, wrapped_key = null, master_key_id = null where resource like '/v1/tokens/%';

-- A human being, who may have several accounts. Found by the blind index of the document; type and number lie sealed.
create table person (
    person_id      uuid primary key,
    document_index bytea not null unique,
    document       bytea not null,          -- sealed
    wrapped_key    bytea,
    master_key_id  text,
    entered_at     timestamptz not null
);
grant select, insert on person to sponsio_app;
grant update (document_index, wrapped_key, master_key_id) on person to sponsio_app;
grant select (person_id, entered_at, master_key_id) on person to sponsio_readonly;

alter table account
    add column person_id  uuid references person,   -- null: entered before persons were, and not told since
    add column created_by uuid references account,  -- null: on the command line, or before this was kept
    drop constraint account_login_key,
    add constraint account_login_key unique (organisation_id, login);
create index account_of_person on account (person_id) where person_id is not null;
grant update (person_id) on account to sponsio_app;
grant select (person_id, created_by) on account to sponsio_readonly;

-- So that no refusal tells of another organisation's matters.
alter table matter
    drop constraint matter_matter_code_key,
    add constraint matter_matter_code_key unique (organisation_id, matter_code);
drop index matter_organisation;

alter table account_change
    drop constraint account_change_what_check,
    add constraint account_change_what_check check (what in ('name', 'roles', 'unit', 'person'));

-- A right beyond the own organisation and those below it. Given by the operator, confirmed by a second person.
create table role_grant (
    grant_id     uuid primary key,
    account_id   uuid not null references account,
    role         text not null check (role in ('integrator', 'auditor')),
    purpose      text not null check (purpose in ('sharing', 'audit')),
    scope_id     uuid references organisation,  -- it and all below it; null: all organisations
    region       text not null default '' check (region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})?$'),  -- their codes begin so
    legal_basis  text not null check (char_length(legal_basis) between 1 and 500),
    from_at      timestamptz not null,
    until_at     timestamptz not null check (until_at > from_at),
    given_by     uuid references account,       -- null: the operator, on the command line
    given_at     timestamptz not null,
    confirmed_by uuid references account check (confirmed_by <> account_id and confirmed_by <> given_by),
    confirmed_at timestamptz,
    ended_by     uuid references account,       -- null: the operator, or it is not ended
    ended_at     timestamptz,
    check ((confirmed_by is null) = (confirmed_at is null))
);
create index role_grant_of_account on role_grant (account_id, grant_id);
grant select, insert on role_grant to sponsio_app;
grant update (confirmed_by, confirmed_at, ended_by, ended_at) on role_grant to sponsio_app;
grant select on role_grant to sponsio_readonly;

-- With a code a person fetches the token of their account, once. Only its SHA-256 is kept.
create table enrolment (
    enrolment_id uuid primary key,
    account_id   uuid not null references account,
    token_digest bytea not null unique check (octet_length(token_digest) = 32),
    made_by      uuid references account,       -- null: on the command line
    made_at      timestamptz not null,
    ends_at      timestamptz not null check (ends_at > made_at),
    spent_at     timestamptz,
    token_id     uuid references access_token,  -- that it was spent for; null: another code took its place
    check (token_id is null or spent_at is not null)
);
create index enrolment_of_account on enrolment (account_id, enrolment_id);
grant select, insert on enrolment to sponsio_app;
grant update (spent_at, token_id) on enrolment to sponsio_app;
grant select (enrolment_id, account_id, made_by, made_at, ends_at, spent_at, token_id) on enrolment to sponsio_readonly;

-- The organisation of who acted, or of what moved by itself. Null: that of the actor's account, or of nobody.
alter table event add column organisation_id uuid;

-- Whose answer is kept, beside the account: who has left the organisation is not given it again.
alter table used_key add column organisation_id uuid;

-- Every look at personal data, kept with the look itself.
create table personal_query (
    query_id        bigint generated always as identity primary key,
    at              timestamptz not null,
    organisation_id uuid not null references organisation,  -- of who asked
    account_id      uuid not null references account,
    purpose         text not null check (purpose in ('case_handling', 'eligibility', 'sharing', 'audit')),
    route           text not null,
    about           text[] not null,        -- codes of commitments, where there are any
    subjects        bytea[] not null,       -- blind indexes of the persons
    fields          text[] not null         -- what was disclosed
);
create index personal_query_subjects on personal_query using gin (subjects);
create trigger personal_query_mark before insert on personal_query
    for each statement execute function feed_mark('21332', 'personal_query_query_id_seq');
grant select, insert, delete on personal_query to sponsio_app;
grant select on sequence personal_query_query_id_seq to sponsio_app;
grant select (query_id, at, organisation_id, account_id, purpose, route, about, fields) on personal_query to sponsio_readonly;
