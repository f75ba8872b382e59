-- Draws: who is checked, and by whom, is chance that anyone can replay. Whatever the result depends on is fixed and
-- logged before the public input is known, and nothing of it can change afterwards.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

create table draw (
    draw_id         uuid primary key,
    organisation_id uuid not null references organisation,
    created_by      uuid not null references account,
    created_at      timestamptz not null,
    title           text not null,            -- {"en", "zh"}
    plan            text not null,            -- canonical JSON of domain::DrawPlan
    state           text not null default 'preparing' check (state in
                        ('preparing', 'committed', 'input_given', 'revealed', 'void')),
    -- 1. the pool and the seed are fixed
    objects         bigint check (objects >= 1),
    inspectors      integer check (inspectors >= 0),
    pool_bytes      bigint check (pool_bytes > 0),
    pool_digest     bytea check (octet_length(pool_digest) = 32),
    seed_commitment bytea check (octet_length(seed_commitment) = 32),
    sealed_seed     bytea,
    wrapped_key     bytea,
    master_key_id   text,
    committed_at    timestamptz,
    reveal_by       timestamptz,
    -- 2. people have thrown dice
    public_input    text,
    input_by        uuid references account,
    input_at        timestamptz,
    -- 3. the result
    seed            bytea check (octet_length(seed) = 32),
    revealed_at     timestamptz,
    -- or the end without one
    void_why        text check (void_why in ('empty_pool', 'pool_changed', 'too_few_inspectors')),
    voided_at       timestamptz,
    -- a round that could not finish: the problem, and when to try again
    waits_why       text,
    retry_at        timestamptz,
    constraint draw_committed_first check (state in ('preparing', 'void') or (
        objects is not null and inspectors is not null and pool_bytes is not null and pool_digest is not null and
        seed_commitment is not null and sealed_seed is not null and committed_at is not null and reveal_by is not null)),
    constraint draw_input_second check ((state in ('preparing', 'committed') and public_input is null) or
                                        (state in ('input_given', 'revealed') and public_input is not null) or
                                        state = 'void'),
    constraint draw_input_has_giver check ((public_input is null) = (input_at is null) and
                                           (public_input is null) = (input_by is null)),
    constraint draw_reveal_last check ((state = 'revealed') = (seed is not null) and
                                       (state = 'revealed') = (revealed_at is not null)),
    constraint draw_void_says_why check ((state = 'void') = (void_why is not null) and
                                         (state = 'void') = (voided_at is not null))
);
create index draw_of_organisation on draw (organisation_id, draw_id);
create index draw_at_work on draw (draw_id) where state in ('preparing', 'input_given');

-- What was committed to, put in, or revealed stays as it is, whoever asks.
create function draw_stays() returns trigger language plpgsql as $$
begin
    if old.state in ('revealed', 'void') and new.state <> old.state or
       old.pool_digest is not null and
           (new.pool_digest, new.seed_commitment, new.sealed_seed, new.objects, new.inspectors, new.pool_bytes,
            new.committed_at, new.reveal_by) is distinct from
           (old.pool_digest, old.seed_commitment, old.sealed_seed, old.objects, old.inspectors, old.pool_bytes,
            old.committed_at, old.reveal_by) or
       old.public_input is not null and new.public_input is distinct from old.public_input or
       old.seed is not null and new.seed is distinct from old.seed then
        raise exception 'what a draw has fixed does not change'
            using errcode = 'check_violation', constraint = 'draw_stays', table = 'draw';
    end if;
    return new;
end
$$;
create trigger draw_stays before update on draw for each row execute function draw_stays();

-- The pool file (draw-pool.txt) in pieces of about a megabyte.
create table draw_pool_chunk (
    draw_id  uuid not null references draw,
    chunk_no integer not null check (chunk_no >= 1),
    content  text not null,
    primary key (draw_id, chunk_no)
);

-- Who hides behind the pseudonyms of one draw.
create table draw_inspector (
    draw_id    uuid not null references draw,
    ref        text not null check (ref ~ '^[0-9a-f]{16}$'),
    account_id uuid not null references account,
    primary key (draw_id, ref),
    unique (draw_id, account_id)
);

-- What was drawn, in the order of the statement. `barred` repeats the pool: a redraw needs no more than this.
create table draw_object (
    draw_id         uuid not null references draw,
    place           integer not null check (place >= 1),
    object          text not null,              -- "<shard>/<leaf>"
    stratum         text not null,
    ticket          bytea not null check (octet_length(ticket) = 32),
    barred          text[] not null,
    commitment_code text not null,
    task_id         uuid unique,
    set_aside       text check (set_aside in ('not_effective', 'open_task')),   -- why there is no task
    primary key (draw_id, place),
    unique (draw_id, object),
    check ((task_id is null) = (set_aside is not null))
);
create index draw_object_commitment on draw_object (commitment_code);

-- Inspectors who were taken off an object, in order.
create table draw_recusal (
    draw_id uuid not null references draw,
    serial  integer not null check (serial >= 1),
    object  text not null,
    ref     text not null,
    at      timestamptz not null,
    primary key (draw_id, serial),
    unique (draw_id, object, ref),
    foreign key (draw_id, object) references draw_object (draw_id, object),
    foreign key (draw_id, ref) references draw_inspector (draw_id, ref)
);

-- The signed statement (draw.json), one for each revision, shown once its leaf is in the log. The first leaf about a
-- draw commits to the pool and the seed; the one of revision n is the n-th after it.
create table draw_statement (
    draw_id  uuid not null references draw,
    revision integer not null check (revision >= 1),
    document text not null,
    made_at  timestamptz not null,
    primary key (draw_id, revision)
);

-- Whom an inspector must not check: only the index of the document, and a sealed note.
create table inspector_conflict (
    conflict_id   uuid primary key,
    account_id    uuid not null references account,
    kind          text not null check (kind in ('relative', 'interest')),
    subject_index bytea not null,
    note          bytea,                        -- sealed
    wrapped_key   bytea,
    master_key_id text,
    declared_at   timestamptz not null,
    ended_at      timestamptz,
    check ((wrapped_key is null) = (master_key_id is null))
);
create index inspector_conflict_account on inspector_conflict (account_id, conflict_id);

grant select, insert on draw, draw_pool_chunk, draw_inspector, draw_object, draw_recusal, draw_statement,
    inspector_conflict to sponsio_app;
grant update (state, objects, inspectors, pool_bytes, pool_digest, seed_commitment, sealed_seed, wrapped_key,
    master_key_id, committed_at, reveal_by, public_input, input_by, input_at, seed, revealed_at,
    void_why, voided_at, waits_why, retry_at) on draw to sponsio_app;
grant update (ended_at, wrapped_key, master_key_id) on inspector_conflict to sponsio_app;
grant select on draw_pool_chunk, draw_object, draw_recusal, draw_statement to sponsio_readonly;
