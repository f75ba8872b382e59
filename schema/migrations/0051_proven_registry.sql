-- Rows that say who may do what carry a proof by a key that is not in the database (docs/ledger.md): whoever only writes to the database
-- gives nobody a right. The server proves what it finds at its first start, and never again.
-- Locks: each of the seven tables for a moment, to add columns that are null everywhere and a CHECK that old rows need not fulfil.
set local lock_timeout = '5s';

alter table organisation add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint organisation_proven check (proof is not null and proof_key is not null) not valid;
alter table person add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint person_proven check (proof is not null and proof_key is not null) not valid;
alter table account add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint account_proven check (proof is not null and proof_key is not null) not valid;
alter table access_token add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint access_token_proven check (proof is not null and proof_key is not null) not valid;
alter table role_grant add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint role_grant_proven check (proof is not null and proof_key is not null) not valid;
alter table enrolment add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint enrolment_proven check (proof is not null and proof_key is not null) not valid;
alter table signing_key add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint signing_key_proven check (proof is not null and proof_key is not null) not valid;

grant update (proof, proof_key) on organisation, person, account, access_token, role_grant, enrolment, signing_key to sponsio_app;
-- A key that the account had before is registered anew.
grant update (registered_at) on signing_key to sponsio_app;
