-- The list of seriously dishonest subjects: a case of its own over an issued record, with papers of its own beside those of the finding.
-- Locks: document, against reading and writing for a moment, while two constraints are exchanged (its rows are looked at once).
set local lock_timeout = '5s';

alter table document
    drop constraint document_kind_check,
    add constraint document_kind_check check (kind in ('prior_notice', 'decision', 'dismissal', 'order', 'hearing_notice', 'hearing_record',
                                                       'objection_answer', 'repair_intake', 'repair_answer', 'repair_revocation',
                                                       'listing_notice', 'listing_hearing_notice', 'listing_hearing_record', 'listing_decision',
                                                       'listing_dismissal', 'listing_removal')),
    drop constraint document_answers_a_case,
    add constraint document_answers_a_case check
        ((kind in ('objection_answer', 'repair_intake', 'repair_answer', 'repair_revocation', 'listing_notice', 'listing_hearing_notice',
                   'listing_hearing_record', 'listing_decision', 'listing_dismissal', 'listing_removal')) = (case_id is not null));

create table serious_listing (
    listing_id      uuid primary key,
    record_id       uuid not null references credit_record,
    organisation_id uuid not null references organisation,   -- the identifying unit
    ground          text not null check (ground in ('health_and_safety', 'market_order', 'duties_refused', 'national_defence',
                                                    'state_examinations', 'open_commitment_broken', 'forged_papers')),
    entry           bytea not null,           -- sealed: what everybody would read, masked; a JSON object
    wrapped_key     bytea,
    master_key_id   text,
    shown           boolean not null,         -- whether everybody may read it, by the rules of the day of the proposal
    proposed_by     uuid not null references account,
    proposed_at     timestamptz not null,
    state           text not null default 'proposed'
        check (state in ('proposed', 'refused', 'checked', 'noticed', 'defended', 'waived', 'hearing_requested', 'hearing_called', 'heard',
                         'decided', 'dismissed', 'listed', 'removed', 'lapsed')),
    checked_by      uuid references account,
    defence_until   timestamptz,              -- first instant after the period; null while no calendar covers it
    hearing_until   timestamptz,              -- the same for the hearing; null, too, where the place has none
    hearing_chair   uuid references account,
    hearing_at      timestamptz,
    decided_by      uuid references account,
    decided_at      timestamptz,
    number          text check (char_length(number) between 1 and 128),     -- of the decision
    ends_at         timestamptz,              -- first instant after the longest period
    rule            text,
    listed_at       timestamptz,              -- when the decision was served
    ended_at        timestamptz,
    ended_why       text check (ended_why in ('period_over', 'repaired', 'record_ended', 'revoke')),
    check ((wrapped_key is null) = (master_key_id is null)),
    check ((hearing_chair is null) = (hearing_at is null)),
    constraint serious_listing_checked check (state in ('proposed', 'lapsed') or checked_by is not null),
    constraint serious_listing_checked_by_another check (checked_by <> proposed_by),
    constraint serious_listing_decided_by_a_third check (decided_by <> proposed_by and decided_by <> checked_by),
    constraint serious_listing_decided check (state not in ('decided', 'listed', 'removed')
           or (decided_by is not null and decided_at is not null and number is not null and ends_at is not null and rule is not null)),
    -- Nobody is listed before the decision was served.
    constraint serious_listing_served check (state not in ('listed', 'removed') or listed_at is not null),
    constraint serious_listing_ended check ((state in ('removed', 'lapsed')) = (ended_at is not null) and (ended_at is null) = (ended_why is null))
);
create unique index serious_listing_open on serious_listing (record_id)
    where state not in ('refused', 'dismissed', 'removed', 'lapsed');
create index serious_listing_of_record on serious_listing (record_id, listing_id);
create index serious_listing_of_unit on serious_listing (organisation_id, listing_id);
create index serious_listing_waits on serious_listing (organisation_id, listing_id)
    where state not in ('refused', 'dismissed', 'listed', 'removed', 'lapsed');
create index serious_listing_shown on serious_listing (listed_at, listing_id) where state = 'listed' and shown;
create index serious_listing_to_end on serious_listing (listing_id) where state not in ('refused', 'dismissed', 'removed', 'lapsed');
grant select, insert on serious_listing to sponsio_app;
grant update (state, checked_by, defence_until, hearing_until, hearing_chair, hearing_at, decided_by, decided_at, number, ends_at, rule, listed_at,
              ended_at, ended_why, wrapped_key, master_key_id) on serious_listing to sponsio_app;
grant select (listing_id, record_id, organisation_id, ground, shown, proposed_by, proposed_at, state, checked_by, defence_until, hearing_until,
              hearing_chair, hearing_at, decided_by, decided_at, number, ends_at, rule, listed_at, ended_at, ended_why, master_key_id)
    on serious_listing to sponsio_readonly;
