-- On-site checks of enterprises are administrative inspections: approved before, within a yearly cap, shown by a check code.
create table inspection (
    inspection_id          uuid primary key,
    task_id                uuid not null,
    commitment_code        text not null,
    organisation_id        uuid not null references organisation,    -- the unit that inspects
    planned_on             date not null,
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
    why                    bytea not null,  -- sealed: what is to be checked
    wrapped_key            bytea,
    master_key_id          text,
    state                  text not null default 'requested'
        check (state in ('requested', 'approved', 'refused', 'carried_out', 'called_off')),
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,           -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    check_code             text unique check (check_code ~ '^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$'),
    carried_out_at         timestamptz,
    check ((decided_by is null) = (decided_at is null) and (state = 'called_off' or (state = 'requested') = (decided_by is null))),
    check (state = 'called_off' or (state in ('requested', 'refused')) = (check_code is null)),
    check ((state = 'carried_out') = (carried_out_at is not null)),
    constraint inspection_by_another check (decided_by <> requested_by)
);
create index inspection_of_task on inspection (task_id, inspection_id);
create unique index inspection_waiting on inspection (task_id) where state in ('requested', 'approved');
create index inspection_of_year on inspection (organisation_id, planned_on) where state in ('approved', 'carried_out');
grant select, insert on inspection to sponsio_app;
grant update (state, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id, check_code, carried_out_at, wrapped_key,
              master_key_id) on inspection to sponsio_app;
grant select (inspection_id, task_id, commitment_code, organisation_id, planned_on, requested_by, requested_at, state, decided_by, decided_at,
              carried_out_at) on inspection to sponsio_readonly;

-- The most inspections of one enterprise in a year; of several of one year the last counts.
create table inspection_cap (
    organisation_id uuid not null references organisation,
    year            integer not null check (year between 2025 and 2100),
    serial          integer not null check (serial > 0),
    most            integer not null check (most between 1 and 366),
    published_by    uuid not null references account,
    published_at    timestamptz not null,
    primary key (organisation_id, year, serial)
);
grant select, insert on inspection_cap to sponsio_app;
grant select on inspection_cap to sponsio_readonly;

do $$
begin
    perform note_rows_of('inspection');
    perform note_rows_of('inspection_cap');
end
$$;
