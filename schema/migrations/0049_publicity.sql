-- What is published of records, by a decision for each.
-- Locks: none, everything is new.
set local lock_timeout = '5s';

create table publicity (
    publicity_id    uuid primary key,
    record_id       uuid not null references credit_record,
    organisation_id uuid not null references organisation,   -- the identifying unit
    severity        text not null check (severity in ('minor', 'general', 'serious')),
    preview         bytea not null,           -- sealed: what everybody would read, masked; a JSON object
    wrapped_key     bytea,
    master_key_id   text,
    preview_digest  bytea not null check (octet_length(preview_digest) = 32),
    counts_from     date not null,            -- of the identifying document
    ends_at         timestamptz not null,     -- first instant after the longest period
    rule            text not null,
    proposed_by     uuid not null references account,
    proposed_at     timestamptz not null,
    state           text not null default 'proposed'
        check (state in ('proposed', 'approved', 'rejected', 'published', 'ended')),
    approved_by     uuid references account,
    approved_at     timestamptz,
    number          text,                     -- of the notice to the subject
    told_at         timestamptz,              -- when the notice was served
    told_method     text check (told_method in ('in_person', 'mail', 'electronic_with_consent', 'public_notice')),
    receipt_evidence_id uuid,
    published_by    uuid references account,
    published_at    timestamptz,
    ended_at        timestamptz,
    ended_why       text check (ended_why in ('period_over', 'repaired', 'record_ended', 'take_down')),
    check ((wrapped_key is null) = (master_key_id is null)),
    check (state in ('proposed', 'rejected')
           or (approved_by is not null and approved_at is not null and number is not null)),
    check (state not in ('published', 'ended')
           or (told_at is not null and told_method is not null and receipt_evidence_id is not null and published_by is not null
               and published_at is not null)),
    check ((state = 'ended') = (ended_at is not null) and (ended_at is null) = (ended_why is null)),
    constraint publicity_approved_by_another check (approved_by <> proposed_by)
);
create unique index publicity_open on publicity (record_id) where state in ('proposed', 'approved', 'published');
create index publicity_of_record on publicity (record_id, publicity_id);
create index publicity_of_unit on publicity (organisation_id, publicity_id);
create index publicity_waits on publicity (organisation_id, publicity_id) where state in ('proposed', 'approved');
create index publicity_shown on publicity (published_at, publicity_id) where state = 'published';
create index publicity_to_end on publicity (ends_at, publicity_id) where state = 'published';
grant select, insert on publicity to sponsio_app;
grant update (state, approved_by, approved_at, number, told_at, told_method, receipt_evidence_id, published_by, published_at, ended_at,
              ended_why, wrapped_key, master_key_id) on publicity to sponsio_app;
grant select (publicity_id, record_id, organisation_id, severity, counts_from, ends_at, rule, proposed_by, proposed_at, state, approved_by,
              approved_at, number, told_at, told_method, receipt_evidence_id, published_by, published_at, ended_at, ended_why, master_key_id)
    on publicity to sponsio_readonly;
