-- What may be promised: matters in versions that never change, and the notices given from them.
set local lock_timeout = '5s';

create table matter (
    matter_id       uuid primary key,
    organisation_id uuid not null references organisation,
    matter_code     text not null unique check (matter_code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    newest_version  integer not null check (newest_version >= 1),
    created_at      timestamptz not null
);
create index matter_organisation on matter (organisation_id, matter_code);

create table matter_version (
    matter_id  uuid not null references matter,
    version    integer not null check (version >= 1),
    content    text not null,         -- canonical JSON: the version as it was entered
    digest     bytea not null check (octet_length(digest) = 32),
    created_by uuid not null references account,
    created_at timestamptz not null,
    primary key (matter_id, version)
);

create table notice (
    notice_id       uuid primary key,
    matter_id       uuid not null,
    matter_version  integer not null,
    organisation_id uuid not null references organisation,
    channel         text not null check (channel in ('counter', 'web', 'phone', 'mail')),
    language        text not null check (language in ('zh-CN', 'en')),
    content         text not null,    -- canonical JSON: the eight points and the text that was shown
    digest          bytea not null check (octet_length(digest) = 32),
    issued_by       uuid not null references account,
    issued_at       timestamptz not null,
    foreign key (matter_id, matter_version) references matter_version
);
create index notice_organisation on notice (organisation_id, notice_id);

grant select, insert on matter, matter_version, notice to sponsio_app;
grant update (newest_version) on matter to sponsio_app;
grant select on matter, matter_version, notice to sponsio_readonly;
