-- Integrators are told of records and of changes of their status, in place of asking again and again (Standard Webhooks).
-- Locks: none on tables that were there.
set local lock_timeout = '5s';

create table subscription (
    subscription_id uuid primary key,
    account_id      uuid not null references account,   -- whose reach decides what is delivered
    organisation_id uuid not null references organisation,
    url             text not null check (char_length(url) between 1 and 2000),
    secret          bytea not null,                     -- sealed
    wrapped_key     bytea,
    master_key_id   text,
    state           text not null check (state in ('active', 'disabled', 'ended')),
    made_at         timestamptz not null,
    position        bigint not null check (position >= 0),  -- of the feed of records: up to it deliveries were queued
    failing_since   timestamptz,                        -- null: the last attempt was good, or there was none
    stopped_at      timestamptz,
    stopped_why     text check (char_length(stopped_why) between 1 and 200),
    check ((state = 'active') = (stopped_at is null))
);
create index subscription_of_account on subscription (account_id, subscription_id);
create index subscription_active on subscription (subscription_id) where state = 'active';

-- One message, attempted until it is taken or given up. Its identifier is the receiver's, to know a repetition by.
create table delivery (
    delivery_id     uuid primary key,
    subscription_id uuid not null references subscription,
    kind            text not null check (kind in ('record.issued', 'record.status_changed')),
    record_id       uuid not null references credit_record,
    serial          integer check (serial >= 1),        -- of the change of status
    made_at         timestamptz not null,
    attempts        integer not null default 0,
    failures        integer not null default 0,         -- of those since it was queued
    next_at         timestamptz,                        -- null: delivered, or given up
    delivered_at    timestamptz,
    given_up_at     timestamptz,
    check ((kind = 'record.issued') = (serial is null)),
    check (num_nonnulls(next_at, delivered_at, given_up_at) = 1)
);
create unique index delivery_once on delivery (subscription_id, record_id, coalesce(serial, 0));
create index delivery_due on delivery (next_at) where next_at is not null;

create table delivery_attempt (
    delivery_id uuid not null references delivery,
    attempt     integer not null check (attempt >= 1),
    at          timestamptz not null,
    status      integer,             -- of the answer; null: there was none
    cause       text not null check (char_length(cause) between 1 and 200),
    took_ms     integer not null check (took_ms >= 0),
    primary key (delivery_id, attempt)
);

grant select, insert on subscription, delivery, delivery_attempt to sponsio_app;
grant update (state, position, failing_since, stopped_at, stopped_why) on subscription to sponsio_app;
grant update (wrapped_key, master_key_id) on subscription to sponsio_app;
grant update (attempts, failures, next_at, delivered_at, given_up_at) on delivery to sponsio_app;
grant select (subscription_id, account_id, organisation_id, state, made_at, position, failing_since, stopped_at, stopped_why)
    on subscription to sponsio_readonly;
grant select on delivery, delivery_attempt to sponsio_readonly;
