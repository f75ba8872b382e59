-- When the periods of a service begin: its receipt is a file, and what is recorded late is confirmed by a second person.
-- Locks: evidence, against reading and writing for a moment, while a NOT NULL is dropped and columns that are null everywhere are added;
-- then once more while every row of it (not its files) is looked at for the new rule; service_of_document for a moment.
set local lock_timeout = '5s';

-- A piece belongs to a check, to a finding, or to a commitment: the receipts of a finding's papers, and the signed paper of a promise.
alter table evidence
    alter column task_id drop not null,
    add column finding_id uuid references finding,
    add column commitment_code text,
    add constraint evidence_of_one check (num_nonnulls(task_id, finding_id, commitment_code) = 1);
create index evidence_held_by_finding on evidence (finding_id, evidence_id) where finding_id is not null;
create index evidence_held_by_commitment on evidence (commitment_code, evidence_id) where commitment_code is not null;
grant select (finding_id, commitment_code) on evidence to sponsio_readonly;

-- The receipt, and the day in China from which the periods run. Null in what was recorded before: there it is the day of service.
alter table service_of_document
    add column receipt_evidence_id uuid references evidence,
    add column counts_from date;

-- A service that was recorded later than the rule service.entry allows. It counts, in service_of_document, once it is confirmed.
create table late_service (
    late_service_id        uuid primary key,
    document_id            uuid not null references document,
    served_at              timestamptz not null,
    method                 text not null check (method in ('in_person', 'mail', 'electronic_with_consent', 'public_notice')),
    receipt_evidence_id    uuid not null references evidence,
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
    why                    bytea not null,  -- sealed: the reason of the delay, and what the receipt says
    wrapped_key            bytea,
    master_key_id          text,
    state                  text not null default 'entered' check (state in ('entered', 'confirmed', 'refused')),
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,           -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    check ((state = 'entered') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    constraint late_service_confirmed_by_another check (decided_by <> requested_by)
);
create unique index late_service_waits on late_service (document_id) where state = 'entered';
create index late_service_of_document on late_service (document_id, late_service_id);
grant select, insert on late_service to sponsio_app;
grant update (state, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id, wrapped_key, master_key_id)
    on late_service to sponsio_app;
grant select (late_service_id, document_id, served_at, method, receipt_evidence_id, requested_by, requested_at, state, decided_by, decided_at,
              master_key_id, decision_master_key_id) on late_service to sponsio_readonly;
