-- Who works here: organisations in a tree, accounts that act for one of them, bearer tokens stored as digests.
-- Also the two tables every later one leans on: the append-only events and the idempotency keys.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

create table organisation (
    organisation_id uuid primary key,
    uscc            text not null unique check (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    name            text not null check (char_length(name) between 1 and 200),
    kind            text not null check (kind in ('government', 'public_enterprise', 'public_institution',
                                                  'service_body', 'grassroots', 'platform')),
    region_code     text not null check (region_code ~ '^[0-9]{6}$'),
    superior_id     uuid references organisation check (superior_id <> organisation_id),
    created_at      timestamptz not null
);
create index organisation_superior on organisation (superior_id) where superior_id is not null;

create table account (
    account_id      uuid primary key,
    organisation_id uuid not null references organisation,
    login           text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    name            text not null check (char_length(name) between 1 and 200),
    roles           text[] not null check (cardinality(roles) > 0 and
                        roles <@ array['clerk', 'verifier', 'reviewer', 'decider', 'supervisor', 'integrator',
                                       'assessor', 'auditor', 'administrator']),
    created_at      timestamptz not null,
    closed_at       timestamptz
);
create index account_organisation on account (organisation_id, account_id);

-- Only the SHA-256 of a token is kept; the token itself is shown once.
create table access_token (
    token_id     uuid primary key,
    account_id   uuid not null references account,
    token_digest bytea not null unique check (octet_length(token_digest) = 32),
    created_at   timestamptz not null,
    expires_at   timestamptz not null check (expires_at > created_at),
    revoked_at   timestamptz
);
create index access_token_account on access_token (account_id);

-- Every change of state of anything, written in the transaction that makes it. Nobody can change or remove one.
create table event (
    shard      smallint not null,
    event_id   bigint generated always as identity,
    at         timestamptz not null,
    lifecycle  text not null,
    subject    text not null,
    from_state text,
    event      text not null,
    to_state   text not null,
    actor      uuid,            -- null: the system itself, by a rule
    why        text,            -- a word or a document number, never personal text
    rule       text,            -- the rule, pack and calendar that set a clock, where one did
    primary key (event_id, shard)
);
create index event_subject on event (subject, event_id);

-- What an Idempotency-Key was first used for. The same key with the same body gets the first answer again.
create table idempotency_key (
    organisation_id uuid not null,
    key             text not null check (char_length(key) between 1 and 255),
    request_digest  bytea not null check (octet_length(request_digest) = 32),
    resource        text not null,           -- the route and the identifier of what was made
    status          smallint not null,
    answer          bytea,                   -- sealed; null where the answer is rebuilt from the resource itself
    wrapped_key     bytea,
    master_key_id   text,
    created_at      timestamptz not null,
    primary key (organisation_id, key),
    check ((answer is null) = (wrapped_key is null) and (answer is null) = (master_key_id is null))
);

grant select, insert on organisation, account, access_token, event, idempotency_key to sponsio_app;
grant update (name, superior_id) on organisation to sponsio_app;
grant update (name, roles, closed_at) on account to sponsio_app;
grant update (revoked_at) on access_token to sponsio_app;
grant select on organisation, event to sponsio_readonly;
grant select (account_id, organisation_id, login, name, roles, created_at, closed_at) on account to sponsio_readonly;
