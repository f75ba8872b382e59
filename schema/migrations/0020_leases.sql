-- Who writes a shard of the log, and until when: a lease with a term by this database's clock, renewed by every round
-- of its holder. An advisory lock alone lasts as long as a session, and that of a machine that vanished lasts hours.
-- Locks: log_shard, for an instant: columns without a default.
set local lock_timeout = '5s';

alter table log_shard add column lease_holder uuid, add column lease_until timestamptz,
    add constraint log_shard_lease check ((lease_holder is null) = (lease_until is null));

grant update (lease_holder, lease_until) on log_shard to sponsio_app;

-- As before, and only for the holder of the lease, which is renewed with it. The older function stays for servers of
-- the version before, which keep others away by the advisory lock.
create function log_advance(of_shard smallint, old_size bigint, old_root bytea, new_size bigint, new_root bytea,
                            new_checkpoint text, at timestamptz, holder uuid, term_ms integer)
    returns void language plpgsql as $$
begin
    update log_shard set size = new_size, root = new_root, checkpoint = new_checkpoint, signed_at = at,
            lease_until = clock_timestamp() + term_ms * interval '1 ms'
        where shard = of_shard and size = old_size and root = old_root and frozen_why is null and new_size > old_size
            and lease_holder = holder;
    if not found then
        raise exception 'the head of shard % is not what its writer knows', of_shard
            using errcode = 'object_not_in_prerequisite_state', table = 'log_shard';
    end if;
end
$$;
