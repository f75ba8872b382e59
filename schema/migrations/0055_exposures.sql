-- Units that demand proofs which may not be demanded: who looks into it, the cases, what was reported, and the slips with which
-- committees refuse. Nothing that somebody reports lies in clear.
-- Locks: none, everything is new.
set local lock_timeout = '5s';

-- Which organisation owns the cases of a place. The newest row of a place and authority counts. Append-only.
create table exposure_authority (
    authority_id    uuid primary key,
    authority       text not null check (authority in ('civil_affairs', 'justice')),
    region_code     text not null check (region_code ~ '^[0-9]{6}$'),
    organisation_id uuid not null references organisation,
    appointed_by    uuid not null references account,
    appointed_at    timestamptz not null
);
create index exposure_authority_of_place on exposure_authority (region_code, authority, authority_id desc);
grant select, insert on exposure_authority to sponsio_app;
grant select on exposure_authority to sponsio_readonly;

create table exposure (
    exposure_id     uuid primary key,
    organisation_id uuid not null references organisation,   -- the authority that owns the case
    authority       text not null check (authority in ('civil_affairs', 'justice')),
    region_code     text not null check (region_code ~ '^[0-9]{6}$'),   -- where it was demanded
    unit_key        text not null,            -- equal for all spellings of one unit
    unit_name       text not null check (char_length(unit_name) between 1 and 200),
    unit_uscc       text check (unit_uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    unit_kind       text not null check (unit_kind in ('government', 'public_enterprise', 'public_institution',
                                                       'service_body', 'grassroots', 'platform')),
    unit_id         uuid references organisation,            -- where the unit works with this system
    superior_id     uuid references organisation,            -- above it, in the tree of that day
    demand          text not null check (demand in ('asked_resident', 'made_committee_issue')),
    asked_on        date not null,            -- as the first report has it
    item_id         text,                     -- of the catalogue; null: none is like it
    match_score     integer not null check (match_score between 0 and 100),
    matched_by      text not null check (matched_by in ('search', 'person')),
    opened_at       timestamptz not null,
    state           text not null default 'reported'
        check (state in ('reported', 'screened', 'joint_meeting', 'explained', 'unit_asked', 'answered', 'correction_ordered', 'warned_yellow',
                         'warned_red', 'corrected', 'closed', 'exposure_proposed', 'exposure_checked', 'notified', 'exposed',
                         'exposure_closed', 'withdrawn')),
    due_at          timestamptz,              -- first instant after the period that runs; null: none, or no calendar knows it
    rule            text,
    result          text check (result in ('on_list', 'outside_list', 'circular', 'repeated', 'third_party_cannot_know', 'exception',
                                           'lawful', 'no_demand')),
    proof_label     text,                     -- what the proof is called in papers
    screened_by     uuid references account,
    meetings        integer not null default 0,
    asked_number    text,                     -- of the letter to the unit
    asked_by        uuid references account,
    order_number    text,
    ordered_by      uuid references account,
    ordered_at      timestamptz,
    repeat_no       integer not null default 0 check (repeat_no >= 0),   -- earlier orders to the unit about the same proof
    shown_by        uuid references account,  -- who recorded the correction that waits or counts
    correction_evidence_id uuid,
    level           text check (level in ('internal', 'public')),
    proposed_by     uuid references account,
    checked_by      uuid references account,
    exposed_by      uuid references account,
    exposed_at      timestamptz,
    notice_number   text,
    shown_until     timestamptz,              -- first instant after the longest time on the public list
    corrected_at    timestamptz,              -- confirmed
    appeal_open     boolean not null default false,
    appealed_by     uuid references account,
    appeal_due_at   timestamptz,
    appeal_rule     text,
    appeal_decided_by uuid references account,
    withdrawn_at    timestamptz,
    withdrawal_number text,
    check (state in ('reported', 'joint_meeting') or (result is not null and proof_label is not null and screened_by is not null)),
    check ((ordered_by is null) = (order_number is null) and (ordered_by is null) = (ordered_at is null)),
    check ((exposed_by is null) = (exposed_at is null) and (exposed_by is null) = (notice_number is null)),
    check (state not in ('notified', 'exposed') or (exposed_by is not null and level is not null)),
    check ((state = 'withdrawn') = (withdrawn_at is not null) and (withdrawn_at is null) = (withdrawal_number is null)),
    constraint exposure_asked_by_another check (asked_by <> screened_by),
    constraint exposure_ordered_by_another check (ordered_by <> screened_by),
    constraint exposure_by_three check (checked_by <> proposed_by and exposed_by <> proposed_by and exposed_by <> checked_by),
    constraint exposure_appeal_by_another check (appeal_decided_by <> ordered_by and appeal_decided_by <> exposed_by)
);
-- A further report about the same unit, place and item joins the case that is open.
create unique index exposure_open on exposure (unit_key, region_code, item_id, demand)
    where item_id is not null and state in ('reported', 'screened', 'joint_meeting', 'unit_asked', 'answered', 'correction_ordered',
                                            'warned_yellow', 'warned_red', 'corrected', 'exposure_proposed', 'exposure_checked', 'notified',
                                            'exposed');
create index exposure_of_owner on exposure (organisation_id, exposure_id);
create index exposure_of_unit on exposure (unit_id, exposure_id) where unit_id is not null;
create index exposure_of_superior on exposure (superior_id, exposure_id) where superior_id is not null;
create index exposure_ordered_before on exposure (unit_key, item_id) where ordered_by is not null;
create index exposure_due on exposure (due_at, exposure_id) where state in ('correction_ordered', 'warned_yellow');
create index exposure_shown on exposure (exposed_at, exposure_id) where exposed_at is not null and level = 'public';
grant select, insert on exposure to sponsio_app;
grant update (organisation_id, item_id, match_score, matched_by, state, due_at, rule, result, proof_label, screened_by, meetings, asked_number,
              asked_by, order_number, ordered_by, ordered_at, repeat_no, superior_id, shown_by, correction_evidence_id, level, proposed_by,
              checked_by, exposed_by, exposed_at, notice_number, shown_until, corrected_at, appeal_open, appealed_by, appeal_due_at,
              appeal_rule, appeal_decided_by, withdrawn_at, withdrawal_number) on exposure to sponsio_app;
grant select on exposure to sponsio_readonly;

create table exposure_report (
    report_id     uuid primary key,
    exposure_id   uuid not null references exposure,
    source        text not null check (source in ('resident', 'media', 'grassroots', 'inspector', 'data')),
    anonymous     boolean not null,           -- towards the unit
    reported_at   timestamptz not null,
    reported_by   uuid references account,    -- null: without an account
    code_digest   bytea not null check (octet_length(code_digest) = 32),   -- of the code with which it is followed
    content       bytea not null,             -- sealed: a JSON object, as it was reported
    wrapped_key   bytea,
    master_key_id text,
    helped_at     timestamptz,
    helped_by     uuid references account,
    check ((wrapped_key is null) = (master_key_id is null)),
    check ((helped_at is null) = (helped_by is null))
);
create unique index exposure_report_code on exposure_report (code_digest);
create index exposure_report_of_case on exposure_report (exposure_id, report_id);
grant select, insert on exposure_report to sponsio_app;
grant update (helped_at, helped_by, wrapped_key, master_key_id) on exposure_report to sponsio_app;
grant select (report_id, exposure_id, source, anonymous, reported_at, reported_by, helped_at, helped_by, master_key_id)
    on exposure_report to sponsio_readonly;

-- Append-only.
create table refusal_slip (
    slip_id         uuid primary key,
    organisation_id uuid not null references organisation,   -- the committee
    item_id         text,                     -- of the catalogue; null: no list has it
    report_id       uuid references exposure_report,
    made_by         uuid not null references account,
    made_at         timestamptz not null,
    content         bytea not null,           -- sealed: a JSON object, what was asked, by whom and for what
    wrapped_key     bytea,
    master_key_id   text,
    check ((wrapped_key is null) = (master_key_id is null))
);
create index refusal_slip_of_committee on refusal_slip (organisation_id, slip_id);
grant select, insert on refusal_slip to sponsio_app;
grant update (wrapped_key, master_key_id) on refusal_slip to sponsio_app;
grant select (slip_id, organisation_id, item_id, report_id, made_by, made_at, master_key_id) on refusal_slip to sponsio_readonly;
