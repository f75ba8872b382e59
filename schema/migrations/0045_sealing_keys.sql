-- Sealing keys are rotated: which key each running process seals with, so that an old one is destroyed only when nobody does any more.
-- Locks: none that matter.
set local lock_timeout = '5s';

create table sealing_process (
    process_id uuid primary key,
    key_id     text not null,
    seen_at    timestamptz not null         -- by the database's clock
);
grant select, insert, delete on sealing_process to sponsio_app;
grant update (key_id, seen_at) on sealing_process to sponsio_app;
grant select on sealing_process to sponsio_readonly;

grant update (wrapped_key, master_key_id) on used_key to sponsio_app;
