-- Who acts may have no account: the subject of a case, or one of the public. An event tells their kind. Where `actor` says it
-- already, as in all events of before, the kind is left out: an account is an official's, and none is the system's.
-- Locks: event against reading and writing for a moment, to add a column that is null everywhere; its rows are not looked at.
set local lock_timeout = '5s';

alter table event
    add column actor_kind text,
    add constraint event_actor_kind_check
        check (actor_kind in ('official', 'subject', 'public', 'system')) not valid,
    add constraint event_actor_check check ((actor_kind = 'official') = (actor is not null)) not valid;
comment on column event.actor_kind is 'null: official where there is an actor, system where there is none';

-- An Idempotency-Key is owned by who used it: an account, a subject, or what a digest makes of a public submitter's key.
comment on column used_key.owner_id is 'account, subject or public submitter; the organisation, of keys before 0022';
