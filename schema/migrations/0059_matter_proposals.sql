-- A version of a matter that frees everybody from checks, or lays the checks upon another unit, is proposed by one person and decided about by
-- another; only what was accepted becomes a version.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

create table matter_proposal (
    proposal_id     uuid primary key,
    organisation_id uuid not null references organisation,      -- whose matter it is
    matter_code     text not null check (char_length(matter_code) between 1 and 32),
    after_version   integer not null check (after_version >= 0),    -- the newest when it was proposed; 0: the matter is new
    content         text not null,                              -- canonical JSON, as in matter_version
    proposed_by     uuid not null references account,
    proposed_at     timestamptz not null,
    state           text not null check (state in ('proposed', 'accepted', 'refused')),
    decided_by      uuid references account check (decided_by <> proposed_by),
    decided_at      timestamptz check (decided_at >= proposed_at),
    why             text check (char_length(why) between 1 and 2000),
    version         integer check (version = after_version + 1),    -- that it became
    constraint matter_proposal_decided check ((state = 'proposed') = (decided_by is null) and (decided_by is null) = (decided_at is null)
        and (decided_by is null) = (why is null)),
    constraint matter_proposal_version check ((state = 'accepted') = (version is not null))
);
create index matter_proposal_of_organisation on matter_proposal (organisation_id, proposal_id);

grant select, insert on matter_proposal to sponsio_app;
grant update (state, decided_by, decided_at, why, version) on matter_proposal to sponsio_app;
grant select on matter_proposal to sponsio_readonly;
