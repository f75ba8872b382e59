-- Campaigns against proofs that may not be demanded: the plan of an authority, the tasks of units, and what these counted before and
-- after. What was said at the steps lies sealed in case_step.
-- Locks: none, everything is new.
set local lock_timeout = '5s';

create table campaign (
    campaign_id     uuid primary key,
    organisation_id uuid not null references organisation,   -- the authority that leads it
    authority       text not null check (authority in ('civil_affairs', 'justice')),
    name            text not null check (char_length(name) between 1 and 200),
    number          text not null check (char_length(number) between 1 and 100),   -- of the paper that orders it
    item_ids        text[] not null check (cardinality(item_ids) between 1 and 100),
    region_codes    text[] not null check (cardinality(region_codes) between 1 and 100),
    starts_on       date not null,
    ends_on         date not null,
    before_from     date not null,
    before_to       date not null,
    after_from      date not null,
    after_to        date not null,
    drafted_by      uuid not null references account,
    drafted_at      timestamptz not null,
    state           text not null default 'drafted' check (state in ('drafted', 'opened', 'result_proposed', 'closed', 'withdrawn')),
    opened_by       uuid references account,
    opened_at       timestamptz,
    proposed_by     uuid references account,   -- of the result that waits or counts
    proposed_at     timestamptz,
    closed_by       uuid references account,
    closed_at       timestamptz,
    withdrawn_by    uuid references account,
    withdrawn_at    timestamptz,
    check (starts_on <= ends_on and before_from <= before_to and before_to < after_from and after_from <= after_to),
    check (after_to - after_from = before_to - before_from),   -- only equal periods compare
    check ((opened_by is null) = (opened_at is null) and (proposed_by is null) = (proposed_at is null)),
    check (state not in ('opened', 'result_proposed', 'closed') or opened_by is not null),
    check (state not in ('result_proposed', 'closed') or proposed_by is not null),
    check ((state = 'closed') = (closed_by is not null) and (closed_by is null) = (closed_at is null)),
    check ((state = 'withdrawn') = (withdrawn_by is not null) and (withdrawn_by is null) = (withdrawn_at is null)),
    constraint campaign_opened_by_another check (opened_by <> drafted_by),
    constraint campaign_closed_by_another check (closed_by <> proposed_by)
);
create index campaign_of_owner on campaign (organisation_id, campaign_id);
create index campaign_opened on campaign (opened_at, campaign_id) where opened_at is not null;
grant select, insert on campaign to sponsio_app;
grant update (state, opened_by, opened_at, proposed_by, proposed_at, closed_by, closed_at, withdrawn_by, withdrawn_at) on campaign to sponsio_app;
grant select on campaign to sponsio_readonly;

create table campaign_task (
    task_id         uuid primary key,
    campaign_id     uuid not null references campaign,
    organisation_id uuid not null references organisation,   -- the authority
    kind            text not null check (kind in ('count_before', 'clean_up', 'count_after')),
    region_code     text not null check (region_code ~ '^[0-9]{6}$'),
    unit_id         uuid not null references organisation,   -- which reports it
    title           text not null check (char_length(title) between 1 and 200),
    due_at          timestamptz not null,      -- first instant after its last day
    state           text not null default 'assigned' check (state in ('assigned', 'reported', 'accepted')),
    reports         integer not null default 0 check (reports >= 0),
    reported_by     uuid references account,
    reported_at     timestamptz,
    decided_by      uuid references account,
    decided_at      timestamptz,
    check ((reported_by is null) = (reports = 0) and (reported_by is null) = (reported_at is null)),
    check (state = 'assigned' or reported_by is not null),
    check ((decided_by is null) = (decided_at is null)),
    check (state <> 'accepted' or decided_by is not null),
    constraint campaign_task_accepted_by_another check (decided_by <> reported_by)
);
create index campaign_task_of_campaign on campaign_task (campaign_id, region_code, due_at, task_id);
create index campaign_task_of_unit on campaign_task (unit_id, campaign_id);
create index campaign_task_reported on campaign_task (organisation_id, due_at) where state = 'reported';
-- Each region is counted once before and once after.
create unique index campaign_task_counts_once on campaign_task (campaign_id, region_code, kind) where kind in ('count_before', 'count_after');
grant select, insert on campaign_task to sponsio_app;
grant update (state, reports, reported_by, reported_at, decided_by, decided_at) on campaign_task to sponsio_app;
grant select on campaign_task to sponsio_readonly;

-- The lines of a report. Append-only: a report that was returned keeps its lines.
create table campaign_count (
    task_id    uuid not null references campaign_task,
    report     integer not null check (report > 0),
    line       integer not null check (line > 0),
    unit_key   text not null,                  -- equal for all spellings of one unit
    unit_name  text not null check (char_length(unit_name) between 1 and 200),
    unit_uscc  text check (unit_uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    item_id    text not null,
    counted_as text not null check (counted_as in ('issued', 'demanded')),
    number     bigint not null check (number >= 0),
    primary key (task_id, report, line),
    unique (task_id, report, unit_key, item_id, counted_as)
);
grant select, insert on campaign_count to sponsio_app;
grant select on campaign_count to sponsio_readonly;
