-- What the status list says of a record is computed from the causes that are open: several may hold at once, and where one
-- ends the others say what is shown. A record that was withdrawn stays so.
-- Locks: credit_record, whose rows are looked at once for the new state; events of changed statuses are read.
set local lock_timeout = '5s';

alter table credit_record
    drop constraint credit_record_state_check,
    add constraint credit_record_state_check check (state in ('active', 'withdrawn'));

create table record_cause (
    record_id  uuid not null references credit_record,
    serial     integer not null check (serial >= 1),    -- in the order in which they were opened
    cause      text not null check (cause in ('objection', 'remedy', 'repair', 'suspension', 'withdrawal')),
    opened_at  timestamptz not null,
    opened_by  uuid,            -- the account; null: no official, and the event of the step says who
    opened_why text not null,   -- a word or a document number, never personal text
    ended_at   timestamptz,
    ended_by   uuid,
    ended_why  text,
    primary key (record_id, serial),
    check ((ended_at is null) = (ended_why is null) and (ended_by is null or ended_at is not null))
);
create unique index record_cause_open on record_cause (record_id, cause) where ended_at is null;

create function record_cause_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a cause that has ended stays as it is'
        using errcode = 'check_violation', constraint = 'record_cause_stays', table = 'record_cause';
end
$$;
create trigger record_cause_stays before update on record_cause
    for each row when (old.ended_at is not null) execute function record_cause_stays();

-- A status that was set had one cause, which ended when the next one was set. Its event, the one of the same number, says
-- who set it and why.
insert into record_cause (record_id, serial, cause, opened_at, opened_by, opened_why, ended_at, ended_by, ended_why)
    select record_id, row_number() over (partition by record_id order by serial), cause, changed_at, actor, why,
           next_at, next_actor, next_why
    from (
        select c.record_id, c.serial, c.changed_at, e.actor, coalesce(e.why, 'status') as why,
               case c.status when 1 then 'withdrawal' when 2 then 'suspension' when 3 then 'repair'
                             when 12 then 'objection' when 13 then 'remedy' end as cause,
               lead(c.changed_at) over following as next_at, lead(e.actor) over following as next_actor,
               lead(coalesce(e.why, 'status')) over following as next_why
        from status_change c left join (
            select subject, actor, why, row_number() over (partition by subject order by event_id) as serial
            from event where lifecycle = 'record status' and subject in (select record_id::text from status_change)
        ) e on e.subject = c.record_id::text and e.serial = c.serial
        window following as (partition by c.record_id order by c.serial)
    ) of_status
    where cause is not null;
update credit_record r set state = 'withdrawn' from record_cause c
    where c.record_id = r.record_id and c.cause = 'withdrawal' and c.ended_at is null;

grant select, insert on record_cause to sponsio_app;
grant update (ended_at, ended_by, ended_why) on record_cause to sponsio_app;
grant update (state) on credit_record to sponsio_app;
grant select on record_cause to sponsio_readonly;
