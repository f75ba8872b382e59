-- Applications for credit repair.
-- Locks: record_draft, against writing, while an index of it is made (some seconds a million records).
set local lock_timeout = '5s';

create table repair (
    repair_id       uuid primary key,
    record_id       uuid not null references credit_record,
    organisation_id uuid not null references organisation,   -- the identifying unit, which decides
    identity_check  text not null check (identity_check in ('document_seen', 'chip_read', 'face_check', 'electronic_sign_in', 'agent_document_seen')),
    paper_digest    bytea not null check (octet_length(paper_digest) = 32),   -- of the image of the signed application
    corrected_on    date,                       -- as the applicant says
    filed_by        uuid not null references account,
    filed_at        timestamptz not null,
    due_at          timestamptz,                -- of the step that waits: first instant after its last day
    rule            text not null,
    answer_due_at   timestamptz,                -- until when the applicant has an answer
    answer_rule     text not null,
    state           text not null default 'applied'
        check (state in ('applied', 'refused', 'accepted', 'granted', 'rejected', 'revoked', 'withdrawn')),
    correction_evidence_id uuid,                -- what proves that all is set right
    commitment_evidence_id uuid,                -- the signed credit commitment
    accepted_by     uuid references account,
    decided_by      uuid references account,
    decided_at      timestamptz,
    number          text,                       -- of the answer
    extended_by     uuid references account,
    revoked_by      uuid references account,
    barred_until    timestamptz,                -- after false papers
    check (state not in ('accepted', 'granted', 'rejected', 'revoked')
           or (accepted_by is not null and correction_evidence_id is not null and commitment_evidence_id is not null)),
    check (state not in ('granted', 'rejected', 'revoked') or (decided_by is not null and decided_at is not null and number is not null)),
    check ((state = 'revoked') = (revoked_by is not null) and (revoked_by is null) = (barred_until is null)),
    constraint repair_decided_by_another check (decided_by <> accepted_by and decided_by <> filed_by)
);
create unique index repair_open on repair (record_id) where state in ('applied', 'accepted');
create index repair_of_record on repair (record_id, repair_id);
create index repair_of_unit on repair (organisation_id, repair_id);
create index repair_waits on repair (organisation_id, due_at, repair_id) where state in ('applied', 'accepted');
grant select, insert on repair to sponsio_app;
grant update (state, due_at, rule, correction_evidence_id, commitment_evidence_id, accepted_by, decided_by, decided_at, number, extended_by,
              revoked_by, barred_until) on repair to sponsio_app;
grant select (repair_id, record_id, organisation_id, identity_check, corrected_on, filed_by, filed_at, due_at, rule, answer_due_at, answer_rule,
              state, correction_evidence_id, commitment_evidence_id, accepted_by, decided_by, decided_at, number, extended_by, revoked_by,
              barred_until) on repair to sponsio_readonly;

-- Whom a bar after false papers falls on is asked of the records of one subject.
create index record_draft_of_subject on record_draft (subject_index);
create index repair_barred on repair (record_id) where barred_until is not null;
