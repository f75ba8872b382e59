-- Names that stand in what was signed and given out, and so can never change: the issuer of every record and the first
-- part of every log's origin. They are kept from the first start that gives them; another one is refused from then on.
-- Locks: none on what is there.
set local lock_timeout = '5s';

create table fixed_name (
    what     text primary key check (what in ('issuer', 'log_name')),
    name     text not null check (char_length(name) between 1 and 200),
    fixed_at timestamptz not null
);
grant select, insert on fixed_name to sponsio_app;
grant select on fixed_name to sponsio_readonly;

-- A log that is there has its name already, unless earlier starts gave it several: then the next start says which.
insert into fixed_name
    select 'log_name', min(regexp_replace(origin, '/log/[0-9]+$', '')), now() from log_shard
    having count(distinct regexp_replace(origin, '/log/[0-9]+$', '')) = 1;
