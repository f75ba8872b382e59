-- The log: an append-only Merkle tree per shard (RFC 6962, C2SP tlog-tiles). A round of its writer stores the things
-- logged, their entries, the tiles that became full and the new head in one transaction.
-- Locks: commitment, to add a column (null: an older row, logged like any pending leaf) and change an index on tasks.
set local lock_timeout = '5s';

-- The head of each shard, as last signed. Its row is locked by whoever writes the shard.
create table log_shard (
    shard      smallint primary key check (shard >= 1),
    origin     text not null unique check (char_length(origin) between 1 and 200),
    size       bigint not null default 0 check (size >= 0),
    root       bytea not null check (octet_length(root) = 32),
    checkpoint text not null,            -- the signed note
    signed_at  timestamptz not null,
    frozen_why text,                     -- not null: damaged; nobody signs until a person has looked
    created_at timestamptz not null
);

-- Entries in the order in which they were logged: what one round added, cut where a bundle of 256 ends. The last run
-- of a round carries the checkpoint that was signed over it.
create table log_run (
    shard       smallint not null,       -- its writer holds the lock of log_shard's row: no foreign key to check
    first_index bigint not null check (first_index >= 0),
    next_index  bigint not null,
    entries     bytea not null,          -- each behind its length, as in an entry bundle
    checkpoint  text,
    primary key (shard, first_index),
    check (next_index > first_index and (next_index - 1) / 256 = first_index / 256)
);
alter table log_run alter column entries set storage external;
alter table log_run set (toast_tuple_target = 8160);

-- Full tiles only. The root of each is a hash of the tile above it, so that one, while it fills, is made of these.
create table log_tile (
    shard  smallint not null,
    level  smallint not null check (level between 0 and 5),
    index  bigint not null check (index >= 0),
    root   bytea not null check (octet_length(root) = 32),
    hashes bytea not null check (octet_length(hashes) = 8192),
    primary key (shard, level, index)
);
alter table log_tile alter column hashes set storage external;

-- Leaves that other transactions leave for the writer: records, status changes, keys, rule packs. Commitments are
-- not here: their row says where they are in the log.
create table log_leaf (
    leaf_id    bigint generated always as identity primary key,
    kind       text not null check (kind in ('commitment', 'record', 'status', 'draw', 'rules', 'key')),
    subject    text not null,
    entry      text not null check (char_length(entry) between 1 and 1000),
    content    text,                     -- the content object, where it is public; else it lies sealed with its subject
    created_at timestamptz not null,
    shard      smallint references log_shard,
    leaf_index bigint,
    unique (shard, leaf_index),
    check ((shard is null) = (leaf_index is null))
);
create index log_leaf_pending on log_leaf (leaf_id) where leaf_index is null;
create index log_leaf_subject on log_leaf (kind, subject, leaf_id);

-- Once a leaf is in the log, its place does not change.
create function log_leaf_stays() returns trigger language plpgsql as $$
begin
    if old.leaf_index is not null then
        raise exception 'a leaf in the log does not move'
            using errcode = 'check_violation', constraint = 'log_leaf_stays', table = 'log_leaf';
    end if;
    return new;
end
$$;
create trigger log_leaf_stays before update on log_leaf for each row execute function log_leaf_stays();

-- The head moves from exactly the one that the writer knows, and only forwards; anything else undoes the round.
create function log_advance(of_shard smallint, old_size bigint, old_root bytea, new_size bigint, new_root bytea,
                            new_checkpoint text, at timestamptz) returns void language plpgsql as $$
begin
    update log_shard set size = new_size, root = new_root, checkpoint = new_checkpoint, signed_at = at
        where shard = of_shard and size = old_size and root = old_root and frozen_why is null and new_size > old_size;
    if not found then
        raise exception 'the head of shard % is not what its writer knows', of_shard
            using errcode = 'object_not_in_prerequisite_state', table = 'log_shard';
    end if;
end
$$;

-- A size never becomes smaller, whoever asks.
create function log_shard_grows() returns trigger language plpgsql as $$
begin
    if new.size < old.size or (new.size = old.size and new.root <> old.root) or new.origin <> old.origin then
        raise exception 'a log only grows'
            using errcode = 'check_violation', constraint = 'log_shard_grows', table = 'log_shard';
    end if;
    return new;
end
$$;
create trigger log_shard_grows before update on log_shard for each row execute function log_shard_grows();

alter table commitment add column leaf_index bigint;

-- What was filed before there was a log is logged now.
insert into log_leaf (kind, subject, entry, created_at)
select 'commitment', code, '{"digest":"' || encode(content_digest, 'hex') || '","kind":"commitment","time":"' ||
        to_char(accepted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z"}', accepted_at
    from commitment order by accepted_at, code;

-- A new task is found by the queue's index; this one serves the other states and need not be fed while filing.
drop index verification_task_by_state;
create index verification_task_by_state on verification_task (organisation_id, state, due_at, task_id)
    where state <> 'created';

grant select, insert on log_shard, log_run, log_tile, log_leaf to sponsio_app;
grant update (size, root, checkpoint, signed_at, frozen_why) on log_shard to sponsio_app;
grant update (shard, leaf_index) on log_leaf to sponsio_app;
grant select on log_shard, log_run, log_tile, log_leaf to sponsio_readonly;
