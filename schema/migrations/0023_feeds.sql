-- Feeds that are followed by a number lose nothing: a number is drawn before its commit, so one that was committed may
-- stand behind others that are not yet. Whoever draws marks first how far the numbers had come, until its transaction
-- ends; a reader goes no further than the lowest mark. The mark is a lock that keeps nobody waiting.
-- Locks: event, log_leaf, commitment and submission_batch against writing for a moment, to add a trigger and a column; commitment
-- against writing while an index is made (some seconds a million rows); submission_batch while its few rows are numbered.
set local lock_timeout = '5s';

-- feed: a number of 16 bits; numbers: the sequence.
create function feed_mark() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(
        tg_argv[0]::bigint << 48 | coalesce(pg_sequence_last_value(tg_argv[1]::regclass), 0));
    return null;
end
$$;

-- Up to this number everything that will ever be there can be seen by whoever looks from now on. First how far the numbers
-- have come, then who may still be on the way below.
create function feed_settled(feed integer, numbers regclass) returns bigint language plpgsql as $$
declare
    last bigint := coalesce(pg_sequence_last_value(numbers), 0);
begin
    return least(last, (select min((classid::bigint << 32 | objid::bigint) & 281474976710655) from pg_locks
                        where locktype = 'advisory' and objsubid = 1 and classid::bigint >> 16 = feed
                          and database = (select oid from pg_database where datname = current_database())));
end
$$;

create trigger event_mark before insert on event
    for each statement execute function feed_mark('21328', 'event_event_id_seq');
grant select on sequence event_event_id_seq to sponsio_app;

create trigger log_leaf_mark before insert on log_leaf
    for each statement execute function feed_mark('21331', 'log_leaf_leaf_id_seq');
grant select on sequence log_leaf_leaf_id_seq to sponsio_app;

-- Older commitments have no number and stand before the others, in the order in which they were accepted.
create sequence commitment_position;
grant usage, select on sequence commitment_position to sponsio_app;
alter table commitment add column position bigint;
alter table commitment alter column position set default nextval('commitment_position');
create trigger commitment_mark before insert on commitment
    for each statement execute function feed_mark('21329', 'commitment_position');
create function commitment_place(drawn bigint, accepted_at timestamptz) returns bigint
    language sql immutable parallel safe as $$
    select coalesce(drawn, (extract(epoch from accepted_at - timestamptz '1970-01-01 00:00:00+00') * 1000000)::bigint
                              - 4611686018427387904)
$$;
create index commitment_in_order on commitment (organisation_id, commitment_place(position, accepted_at), code);

create sequence submission_batch_position;
grant usage, select on sequence submission_batch_position to sponsio_app;
alter table submission_batch add column position bigint;
update submission_batch b set position = q.position
    from (select batch_no, row_number() over (order by created_at, batch_no) as position from submission_batch) q
    where b.batch_no = q.batch_no;
select setval('submission_batch_position', max(position)) from submission_batch having count(*) > 0;
alter table submission_batch
    alter column position set default nextval('submission_batch_position'),
    alter column position set not null;
create trigger submission_batch_mark before insert on submission_batch
    for each statement execute function feed_mark('21330', 'submission_batch_position');
drop index submission_batch_in_order, submission_batch_of_organisation;
create unique index submission_batch_in_order on submission_batch (position);
create index submission_batch_of_organisation on submission_batch (organisation_id, position);
