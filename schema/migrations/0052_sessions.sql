-- Signing in with a passkey (WebAuthn): the public keys that people's devices hold, and the sessions of browsers. A session is a token of a
-- short life that a browser keeps in a cookie; listing, ending and what becomes of it when the account is closed are those of tokens.
-- Locks: none on tables that were there.
set local lock_timeout = '5s';

create table passkey (
    passkey_id    uuid primary key,
    account_id    uuid not null references account,
    credential_id text not null unique check (credential_id ~ '^[A-Za-z0-9_-]+$' and char_length(credential_id) <= 1364),  -- base64url, of the device
    rp_id         text not null check (char_length(rp_id) between 1 and 253),  -- the host name that it is good for
    jwk           text not null,                -- RFC 7517: P-256
    name          text not null check (char_length(name) between 1 and 100),  -- of the device, as its person calls it
    sign_count    bigint not null check (sign_count between 0 and 4294967295),
    made_at       timestamptz not null,
    last_used_at  timestamptz,
    ended_at      timestamptz,
    proof         bytea not null check (octet_length(proof) = 32),  -- of the row, by a key that is not here
    proof_key     text not null
);
create index passkey_of_account on passkey (account_id, passkey_id);

create table browser_session (
    token_id   uuid primary key references access_token,
    passkey_id uuid not null references passkey,
    challenge  text not null unique check (char_length(challenge) between 1 and 200)  -- that was signed: each opens one session
);
create index browser_session_of_passkey on browser_session (passkey_id);

grant select, insert on passkey, browser_session to sponsio_app;
grant update (sign_count, last_used_at, ended_at, proof, proof_key) on passkey to sponsio_app;
grant select (passkey_id, account_id, rp_id, name, made_at, last_used_at, ended_at) on passkey to sponsio_readonly;
grant select (token_id, passkey_id) on browser_session to sponsio_readonly;
