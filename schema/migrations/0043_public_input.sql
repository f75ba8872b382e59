-- What stands behind the public input of a draw: the note that a beacon has signed; for dice the digest of the paper on how
-- they were thrown, and who saw it, who is neither who held the draw nor who entered them.
-- Locks: draw for a moment; all columns are nullable.
set local lock_timeout = '5s';

alter table draw
    add column beacon_note     text,
    add column protocol_digest bytea check (octet_length(protocol_digest) = 32),
    add column input_witness   uuid references account,
    add constraint draw_witness check (
        (protocol_digest is null) = (input_witness is null) and input_witness <> input_by and input_witness <> created_by);

create or replace function draw_stays() returns trigger language plpgsql as $$
begin
    if old.state in ('revealed', 'void') and new.state <> old.state or
       old.pool_digest is not null and
           (new.pool_digest, new.seed_commitment, new.sealed_seed, new.objects, new.inspectors, new.pool_bytes,
            new.committed_at, new.reveal_by, new.version, new.full_digest) is distinct from
           (old.pool_digest, old.seed_commitment, old.sealed_seed, old.objects, old.inspectors, old.pool_bytes,
            old.committed_at, old.reveal_by, old.version, old.full_digest) or
       old.public_input is not null and
           (new.public_input, new.input_by, new.input_at, new.beacon_note, new.protocol_digest, new.input_witness)
               is distinct from
           (old.public_input, old.input_by, old.input_at, old.beacon_note, old.protocol_digest, old.input_witness) or
       old.seed is not null and new.seed is distinct from old.seed then
        raise exception 'what a draw has fixed does not change'
            using errcode = 'check_violation', constraint = 'draw_stays', table = 'draw';
    end if;
    return new;
end
$$;

grant update (beacon_note, protocol_digest, input_witness) on draw to sponsio_app;
grant select (beacon_note, input_witness) on draw to sponsio_readonly;
