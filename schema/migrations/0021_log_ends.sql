-- A shard can end: its writer signs a last statement, and another shard goes on (docs/ledger.md).
set local lock_timeout = '5s';

alter table log_shard add column ended_at timestamptz;  -- not null: the checkpoint is the last statement
grant update (ended_at) on log_shard to sponsio_app;

create or replace function log_advance(of_shard smallint, old_size bigint, old_root bytea, new_size bigint, new_root bytea,
                                       new_checkpoint text, at timestamptz) returns void language plpgsql as $$
begin
    update log_shard set size = new_size, root = new_root, checkpoint = new_checkpoint, signed_at = at
        where shard = of_shard and size = old_size and root = old_root and frozen_why is null and ended_at is null
            and new_size > old_size;
    if not found then
        raise exception 'the head of shard % is not what its writer knows', of_shard
            using errcode = 'object_not_in_prerequisite_state', table = 'log_shard';
    end if;
end
$$;

create or replace function log_advance(of_shard smallint, old_size bigint, old_root bytea, new_size bigint, new_root bytea,
                                       new_checkpoint text, at timestamptz, holder uuid, term_ms integer)
    returns void language plpgsql as $$
begin
    update log_shard set size = new_size, root = new_root, checkpoint = new_checkpoint, signed_at = at,
            lease_until = clock_timestamp() + term_ms * interval '1 ms'
        where shard = of_shard and size = old_size and root = old_root and frozen_why is null and ended_at is null
            and new_size > old_size and lease_holder = holder;
    if not found then
        raise exception 'the head of shard % is not what its writer knows', of_shard
            using errcode = 'object_not_in_prerequisite_state', table = 'log_shard';
    end if;
end
$$;

-- A size never becomes smaller, whoever asks, and what has ended stays as it is.
create or replace function log_shard_grows() returns trigger language plpgsql as $$
begin
    if new.size < old.size or (new.size = old.size and new.root <> old.root) or new.origin <> old.origin then
        raise exception 'a log only grows'
            using errcode = 'check_violation', constraint = 'log_shard_grows', table = 'log_shard';
    end if;
    if old.ended_at is not null and (new.size, new.root, new.checkpoint, new.signed_at, new.ended_at)
            is distinct from (old.size, old.root, old.checkpoint, old.signed_at, old.ended_at) then
        raise exception 'a log that has ended does not change'
            using errcode = 'check_violation', constraint = 'log_shard_ended', table = 'log_shard';
    end if;
    return new;
end
$$;

-- Leaves about shards: that one was ended, and which one goes on.
alter table log_leaf drop constraint log_leaf_kind_check;
alter table log_leaf add constraint log_leaf_kind_check
    check (kind in ('commitment', 'record', 'status', 'draw', 'rules', 'key', 'shard')) not valid;
alter table log_leaf validate constraint log_leaf_kind_check;
