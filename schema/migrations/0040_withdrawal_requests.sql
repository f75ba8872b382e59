-- What is to be checked is withdrawn only with the consent of the unit that verifies.
-- Locks: none, everything is new.
set local lock_timeout = '5s';

create table withdrawal_request (
    withdrawal_id          uuid primary key,
    commitment_code        text not null,
    organisation_id        uuid not null references organisation,  -- the unit that verifies, and so decides
    requested_by           uuid not null references account,
    requested_at           timestamptz not null,
    why                    bytea not null,  -- sealed: the reason, in the resident's words
    wrapped_key            bytea,
    master_key_id          text,
    state                  text not null default 'requested' check (state in ('requested', 'consented', 'refused')),
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,           -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    check ((state = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    constraint withdrawal_consented_by_another check (decided_by <> requested_by)
);
create unique index withdrawal_request_waits on withdrawal_request (commitment_code) where state = 'requested';
create index withdrawal_request_of_commitment on withdrawal_request (commitment_code, withdrawal_id);
create index withdrawal_request_of_unit on withdrawal_request (organisation_id, withdrawal_id) where state = 'requested';
grant select, insert on withdrawal_request to sponsio_app;
grant update (state, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id, wrapped_key, master_key_id)
    on withdrawal_request to sponsio_app;
grant select (withdrawal_id, commitment_code, organisation_id, requested_by, requested_at, state, decided_by, decided_at, master_key_id,
              decision_master_key_id) on withdrawal_request to sponsio_readonly;
