-- The authorities for demanded proofs are appointed by one person and confirmed by another, and their rows carry a proof by a key that is
-- not in the database (docs/ledger.md). Those that one person appointed before count no more.
-- Locks: exposure_authority for a moment, to add columns that are null everywhere and a CHECK that old rows need not fulfil.
set local lock_timeout = '5s';

alter table exposure_authority
    add column confirmed_by uuid references account check (confirmed_by <> appointed_by),
    add column confirmed_at timestamptz check ((confirmed_at is null) = (confirmed_by is null)),
    add column proof bytea check (octet_length(proof) = 32), add column proof_key text,
    add constraint exposure_authority_proven check (proof is not null and proof_key is not null) not valid;
grant update (confirmed_by, confirmed_at, proof, proof_key) on exposure_authority to sponsio_app;
