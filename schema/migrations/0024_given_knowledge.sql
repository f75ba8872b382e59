-- What ages and is given while the server works: calendars, regions, rule packs, lists of the catalogue. An
-- organisation whose region got another code is moved to that one.
-- Locks: none that matter, the table is new.
set local lock_timeout = '5s';

-- The documents an operator gave, exactly as given. Append-only: a correction is a higher version. They are given one
-- at a time (service/knowledge_service.hpp), so their numbers are in the order in which they could be seen.
create table given_knowledge (
    given_no    integer generated always as identity primary key,
    document_id uuid not null unique,
    kind        text not null check (kind in ('calendar', 'regions', 'rules', 'catalogue')),
    key         text not null check (char_length(key) between 1 and 64),
    version     text not null check (char_length(version) between 1 and 64),
    source      text not null,
    digest      bytea not null check (octet_length(digest) = 32),     -- SHA-256 of content
    content     bytea not null,
    given_by    uuid references account,                              -- null: from the command line
    given_at    timestamptz not null,
    unique (kind, key, version)
);

grant select, insert on given_knowledge to sponsio_app;
grant select on given_knowledge to sponsio_readonly;
grant update (region_code) on organisation to sponsio_app;
