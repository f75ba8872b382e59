-- The promises. What identifies a person lies sealed under a data key of its own row; taking the wrapped key
-- away makes the row unreadable for ever. `shard` is the log shard that wrote the row (design: the key a
-- distributed database would partition by), so it is part of every primary key here.
set local lock_timeout = '5s';

-- The next serial of a region's day. Writers take blocks, so this row is locked rarely.
create table commitment_serial (
    region_code text not null,
    made_on     date not null,
    next_serial integer not null check (next_serial between 1 and 1000000),
    primary key (region_code, made_on)
);

create table commitment (
    shard           smallint not null,
    code            text not null,
    notice_id       uuid not null,
    matter_id       uuid not null,
    matter_version  integer not null,
    organisation_id uuid not null,
    filed_by        uuid not null,
    made_on         date not null,
    valid_until     date,
    accepted_at     timestamptz not null,
    committer_kind  text not null check (committer_kind in ('natural_person', 'organisation', 'sole_trader')),
    committer_index bytea not null,
    sealed          bytea not null,
    wrapped_key     bytea,
    master_key_id   text,
    content_digest  bytea not null,
    state           text not null default 'effective' check (state in
                        ('effective', 'under_verification', 'in_question', 'fulfilled', 'breached',
                         'supervised', 'withdrawn')),
    primary key (code, shard),
    check (code ~ '^[0-9]{20}$' and substr(code, 7, 8) = to_char(made_on, 'YYYYMMDD')),
    check (octet_length(content_digest) = 32),
    check ((wrapped_key is null) = (master_key_id is null))
);
create index commitment_of_organisation on commitment (organisation_id, accepted_at, code);
create index commitment_of_committer on commitment (committer_index) where state = 'breached';

-- Why a commitment was taken back before its matter was concluded.
create table withdrawal (
    commitment_code text primary key,
    reason          bytea not null,         -- sealed
    wrapped_key     bytea,
    master_key_id   text,
    recorded_by     uuid not null references account,
    recorded_at     timestamptz not null
);

create table verification_task (
    shard           smallint not null,
    task_id         uuid not null,
    commitment_code text not null,
    organisation_id uuid not null,          -- the verifying unit
    source          text not null check (source in ('deadline')),
    mode            text not null check (mode in ('online', 'written', 'on_site', 'public_notice')),
    created_at      timestamptz not null,
    due_at          timestamptz not null,
    rule            text not null,          -- rule, pack version and calendar version that gave due_at
    state           text not null default 'created' check (state in
                        ('created', 'assigned', 'in_progress', 'concluded', 'closed', 'cancelled')),
    assignee        uuid references account,
    result          text check (result in ('consistent', 'inconsistent', 'cannot_verify', 'non_cooperation')),
    checked_on      date,
    summary         bytea,                  -- sealed
    wrapped_key     bytea,
    master_key_id   text,
    closed_at       timestamptz,            -- when it ended, done or cancelled
    primary key (task_id, shard),
    check (state = 'cancelled' or (state = 'created') = (assignee is null)),
    check ((state in ('concluded', 'closed')) = (result is not null)),
    check ((state in ('closed', 'cancelled')) = (closed_at is not null))
);
create index verification_task_queue on verification_task (organisation_id, due_at, task_id) where closed_at is null;
create index verification_task_by_state on verification_task (organisation_id, state, due_at, task_id);
create index verification_task_held on verification_task (assignee, due_at, task_id)
    where assignee is not null and closed_at is null;
create index verification_task_held_by_state on verification_task (assignee, state, due_at, task_id)
    where assignee is not null;
create index verification_task_of_commitment on verification_task (commitment_code);

-- Files, sealed; the digest is of the plain bytes.
create table evidence (
    evidence_id   uuid primary key,
    task_id       uuid not null,
    kind          text not null check (kind in ('documentary', 'physical', 'audiovisual', 'electronic_data',
                      'witness_testimony', 'party_statement', 'expert_opinion', 'inspection_record')),
    size_bytes    integer not null check (size_bytes > 0),
    digest        bytea not null check (octet_length(digest) = 32),
    label         bytea not null,           -- sealed: name and content type
    content       bytea not null,           -- sealed
    wrapped_key   bytea,
    master_key_id text,
    added_by      uuid not null references account,
    added_at      timestamptz not null
);
create index evidence_of_task on evidence (task_id, evidence_id);

grant select, insert, update on commitment_serial to sponsio_app;
grant select, insert on commitment, withdrawal, verification_task, evidence to sponsio_app;
grant update (wrapped_key, master_key_id) on withdrawal to sponsio_app;
grant update (state, wrapped_key, master_key_id) on commitment to sponsio_app;
grant update (state, assignee, result, checked_on, summary, wrapped_key, master_key_id, closed_at)
    on verification_task to sponsio_app;
grant update (wrapped_key, master_key_id) on evidence to sponsio_app;
