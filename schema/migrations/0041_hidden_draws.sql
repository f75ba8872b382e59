-- What is published of a draw holds nothing that depends on a person (docs/draw.md, version 2): a list of lots. The pool
-- with its objects, weights and barred inspectors stays here, for those who may see it. Draws of version 1, whose pool is
-- published already, stay as they are. Which version a draw has is said when its pool is fixed, so that a process of the
-- release before goes on making draws of version 1.
-- Locks: draw and its tables for a moment; all that is added is nullable or has a constant default.
set local lock_timeout = '5s';

alter table draw
    add column version     smallint not null default 1 check (version in (1, 2)),
    add column full_digest bytea check (octet_length(full_digest) = 32),    -- of the pool; version 1 has it in pool_digest
    add constraint draw_full_pool check ((version = 2) = (full_digest is not null));

-- The list that is published (draw-pool.txt) in pieces of about a megabyte. draw_pool_chunk has the full pool
-- (draw-full.txt); with the first object of each piece, to find one.
create table draw_list_chunk (
    draw_id  uuid not null references draw,
    chunk_no integer not null check (chunk_no >= 1),
    content  text not null,
    primary key (draw_id, chunk_no)
);
alter table draw_pool_chunk
    add column first_shard smallint,
    add column first_leaf  bigint,
    add check ((first_shard is null) = (first_leaf is null));

-- What the result calls the object; and what its lots come from, where the statement had to say it.
alter table draw_object
    add column lot           bytea check (octet_length(lot) = 32),
    add column repeated_root bytea check (octet_length(repeated_root) = 32),
    add check (lot is not null or repeated_root is null);

create or replace function draw_stays() returns trigger language plpgsql as $$
begin
    if old.state in ('revealed', 'void') and new.state <> old.state or
       old.pool_digest is not null and
           (new.pool_digest, new.seed_commitment, new.sealed_seed, new.objects, new.inspectors, new.pool_bytes,
            new.committed_at, new.reveal_by, new.version, new.full_digest) is distinct from
           (old.pool_digest, old.seed_commitment, old.sealed_seed, old.objects, old.inspectors, old.pool_bytes,
            old.committed_at, old.reveal_by, old.version, old.full_digest) or
       old.public_input is not null and new.public_input is distinct from old.public_input or
       old.seed is not null and new.seed is distinct from old.seed then
        raise exception 'what a draw has fixed does not change'
            using errcode = 'check_violation', constraint = 'draw_stays', table = 'draw';
    end if;
    return new;
end
$$;

grant select, insert on draw_list_chunk to sponsio_app;
grant update (version, full_digest) on draw to sponsio_app;
grant select on draw_list_chunk to sponsio_readonly;

-- A stratum with few objects is not drawn from.
alter table draw
    drop constraint draw_void_why_check,
    add constraint draw_void_why_check
        check (void_why in ('empty_pool', 'pool_changed', 'pool_too_small', 'too_few_inspectors')) not valid;
alter table draw validate constraint draw_void_why_check;
