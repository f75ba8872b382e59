-- People and their work: who is away, pieces of evidence that are larger or wrong, what changed about accounts and units, when a token
-- was last used and what it took the place of.
-- Locks: evidence, access_token, for a moment each: a NOT NULL is dropped, columns that are null everywhere are added.
set local lock_timeout = '5s';

-- A period in which somebody gets no check. It ends by itself; why somebody is away is nobody's business here.
create table absence (
    absence_id      uuid primary key,
    account_id      uuid not null references account,
    organisation_id uuid not null references organisation,  -- of the account, when it was entered
    from_at         timestamptz not null,
    until_at        timestamptz not null check (until_at > from_at),  -- the first instant after the last day
    entered_by      uuid not null references account,
    entered_at      timestamptz not null,
    ended_by        uuid references account,
    ended_at        timestamptz,            -- before its time
    check ((ended_by is null) = (ended_at is null))
);
create index absence_of_account on absence (account_id, until_at);
create index absence_of_unit on absence (organisation_id, absence_id);

-- The bytes of a piece that is larger than one chunk; then evidence.content is null. Each chunk is sealed under the key of its piece.
create table evidence_chunk (
    evidence_id uuid not null references evidence,
    chunk_no    integer not null check (chunk_no >= 0),
    content     bytea not null,             -- sealed
    primary key (evidence_id, chunk_no)
);
alter table evidence_chunk alter column content set storage external;
alter table evidence alter column content drop not null;

-- The wrong file stays where it is and no longer counts.
create table evidence_exclusion (
    evidence_id   uuid primary key references evidence,
    excluded_by   uuid not null references account,
    excluded_at   timestamptz not null,
    why           bytea not null,           -- sealed
    wrapped_key   bytea,
    master_key_id text
);

-- Every change of an account, with what stood there before.
create table account_change (
    change_id  uuid primary key,
    account_id uuid not null references account,
    what       text not null check (what in ('name', 'roles', 'unit')),
    before     text not null,               -- a name; roles, with commas between them; the credit code of a unit
    after      text not null,
    changed_by uuid references account,     -- null: on the command line
    changed_at timestamptz not null
);
create index account_change_of_account on account_change (account_id, change_id);

-- The names that an organisation had, each until the next; papers keep the name of their day.
create table organisation_name (
    organisation_id uuid not null references organisation,
    valid_from      timestamptz not null,
    valid_until     timestamptz not null check (valid_until >= valid_from),
    name            text not null check (char_length(name) between 1 and 200),
    changed_by      uuid references account,  -- who gave it the next one; null: on the command line
    primary key (organisation_id, valid_until)
);

alter table access_token add column renews uuid references access_token;

-- When a token was last used, some minutes behind. Beside the tokens, so that using one changes nothing of it.
create table token_use (
    token_id     uuid primary key references access_token,
    last_used_at timestamptz not null
);

grant select, insert on absence, evidence_chunk, evidence_exclusion, account_change, organisation_name to sponsio_app;
grant update (ended_by, ended_at) on absence to sponsio_app;
grant update (wrapped_key, master_key_id) on evidence_exclusion to sponsio_app;
grant update (organisation_id) on account to sponsio_app;
grant update (expires_at, renews) on access_token to sponsio_app;
grant select, insert on token_use to sponsio_app;
grant update (last_used_at) on token_use to sponsio_app;
grant select on absence, organisation_name, token_use to sponsio_readonly;
grant select (evidence_id, chunk_no) on evidence_chunk to sponsio_readonly;
grant select (evidence_id, excluded_by, excluded_at, master_key_id) on evidence_exclusion to sponsio_readonly;
grant select on account_change to sponsio_readonly;
