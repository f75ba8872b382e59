-- What a peer said of when to come back (Retry-After, RFC 9110 §10.2.3), kept so that neither a restart nor another
-- process forgets it. A row for each platform, department and witness that ever said so.
create table peer_hold (
    peer  text primary key,         -- URL of a platform or department, verifier key of a witness
    until timestamptz not null
);

grant select, insert, update on peer_hold to sponsio_app;
grant select on peer_hold to sponsio_readonly;
