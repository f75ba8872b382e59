-- Erasure: who asked for it, on what basis, who confirmed it, and what is left (docs/adr/0015-keys-that-end.md). The rows keep their
-- ciphertext, whose digests stand in proven steps and in the log; the wrapped keys go, and the indexes by which the person was found.
-- Locks: log_leaf against writing for a moment, to exchange a CHECK that every row fulfils already.
set local lock_timeout = '5s';

alter table log_leaf drop constraint log_leaf_kind_check;
alter table log_leaf add constraint log_leaf_kind_check
    check (kind in ('commitment', 'record', 'status', 'draw', 'rules', 'key', 'shard', 'audit', 'erasure')) not valid;
alter table log_leaf validate constraint log_leaf_kind_check;

create table erasure (
    erasure_id      uuid primary key,
    commitment_code text not null,
    organisation_id uuid not null references organisation,  -- that accepted the commitment
    part            text not null check (part in ('case', 'record')),
    reason          text not null check (reason in ('purpose_achieved', 'retention_over', 'consent_withdrawn', 'unlawful', 'ordered')),
    legal_basis     text not null check (char_length(legal_basis) between 1 and 500),
    requested_at    timestamptz not null,
    state           text not null default 'requested' check (state in ('requested', 'refused', 'erased', 'finished')),
    decided_by      uuid references account,                -- null: nobody yet, or the end of a retention period
    decided_at      timestamptz,
    key_ids         text[] not null default '{}',           -- sealing keys under which copies of the data keys may lie elsewhere
    finished_at     timestamptz,                            -- when the last of them was destroyed
    check ((state = 'requested') = (decided_at is null) and (state = 'finished') = (finished_at is not null)),
    constraint erasure_decided_by_somebody check (decided_at is null or decided_by is not null or reason = 'retention_over')
);
create unique index erasure_once on erasure (commitment_code, part) where state <> 'refused';
create index erasure_of_organisation on erasure (organisation_id, erasure_id);
create index erasure_unfinished on erasure (erasure_id) where state = 'erased';

-- The status that a record had when the reasons of its changes were erased: sealed, so that nobody but the server wrote it.
create table erased_status (
    record_id     uuid primary key references status_entry (record_id),
    erasure_id    uuid not null references erasure,
    content       bytea not null,           -- sealed: the number of the last change, the status and its place
    wrapped_key   bytea,
    master_key_id text
);

grant select, insert on erasure, erased_status to sponsio_app;
grant update (state, decided_by, decided_at, key_ids, finished_at) on erasure to sponsio_app;
grant update (erasure_id, content, wrapped_key, master_key_id) on erased_status to sponsio_app;
grant select on erasure to sponsio_readonly;
grant select (record_id, erasure_id, master_key_id) on erased_status to sponsio_readonly;

-- By these an erased person would still be found.
grant update (committer_index, client_reference) on commitment to sponsio_app;
grant update (subject_index) on record_draft to sponsio_app;
grant update (recipient_index) on notice to sponsio_app;
grant update (answer) on used_key to sponsio_app;
-- Questions about persons end with the trail of queries.
grant delete on eligibility_question to sponsio_app;

create index credit_record_sealed on credit_record (record_id) where wrapped_key is not null;
