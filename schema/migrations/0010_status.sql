-- Status lists (Token Status List): where each record's status stands and what it is; and the leaves of records that
-- were issued before there was a log.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

-- A list is full when half of it is taken: the rest hides how many records there are.
create table status_list (
    list_no    integer primary key check (list_no >= 1),
    size       integer not null check (size between 2 and 16777216 and size % 2 = 0),   -- entries of 4 bits
    used       integer not null default 0 check (used between 0 and size / 2),
    version    bigint not null default 1,    -- grows with every change of a status in it
    created_at timestamptz not null
);

-- An index is drawn by lot, so that neighbours have nothing to do with each other.
create table status_entry (
    list_no    integer not null references status_list,
    idx        integer not null check (idx >= 0),
    record_id  uuid not null unique references record_draft,
    status     smallint not null default 0 check (status between 0 and 15),
    changed_at timestamptz not null,
    primary key (list_no, idx)
);
create index status_entry_not_valid on status_entry (list_no, idx) where status <> 0;

-- What was logged of each change: the content object whose digest is in the log.
create table status_change (
    record_id     uuid not null references status_entry (record_id),
    serial        integer not null check (serial >= 1),
    status        smallint not null check (status between 0 and 15),
    changed_at    timestamptz not null,
    content       bytea not null,            -- sealed
    digest        bytea not null check (octet_length(digest) = 32),
    wrapped_key   bytea,
    master_key_id text,
    primary key (record_id, serial),
    check ((wrapped_key is null) = (master_key_id is null))
);

-- Only the server can read what it has to digest, so it makes the leaves of older records, and crosses them off here.
create table record_without_leaf (
    record_id uuid primary key references credit_record
);
insert into record_without_leaf select record_id from credit_record;

grant select, insert on status_list, status_entry, status_change to sponsio_app;
grant update (used, version) on status_list to sponsio_app;
grant update (status, changed_at) on status_entry to sponsio_app;
grant update (wrapped_key, master_key_id) on status_change to sponsio_app;
grant select, delete on record_without_leaf to sponsio_app;
