-- Steps that decide about somebody, signed by the person who takes them: the public key that a person registered when they fetched their
-- token, and the signature of each step with the statement that was signed.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

-- One key of an account is in force; a later one takes its place.
create table signing_key (
    account_id    uuid not null references account,
    kid           text not null check (char_length(kid) = 43),  -- RFC 7638 thumbprint
    jwk           text not null,                                -- RFC 7517: P-256 or SM2
    registered_at timestamptz not null,
    ended_at      timestamptz,
    primary key (account_id, kid)
);
create unique index signing_key_in_force on signing_key (account_id) where ended_at is null;
grant select, insert on signing_key to sponsio_app;
grant update (ended_at) on signing_key to sponsio_app;
grant select on signing_key to sponsio_readonly;

create table step_signature (
    signature_id  uuid primary key,
    account_id    uuid not null,
    kid           text not null,
    path          text not null,            -- of the step: whose and which it is
    at            timestamptz not null,
    jws           text not null,            -- detached (RFC 7515 appendix F)
    statement     bytea not null,           -- sealed: the payload, canonical JSON
    wrapped_key   bytea,
    master_key_id text,
    foreign key (account_id, kid) references signing_key
);
create index step_signature_of_path on step_signature (path, signature_id);
grant select, insert on step_signature to sponsio_app;
grant update (wrapped_key, master_key_id) on step_signature to sponsio_app;
grant select (signature_id, account_id, kid, path, at, jws, master_key_id) on step_signature to sponsio_readonly;
