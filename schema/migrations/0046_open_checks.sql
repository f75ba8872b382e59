-- A check may begin in a year whose end no calendar covers: until that year is announced it has no last day. Its due_at is
-- then the end of all days, so that every queue has it behind the checks that have one, and no clock ever reaches it.
-- Locks: verification_task for a moment; the column is nullable, the constraint holds for new rows, and the index is over
-- rows that are not there yet.
set local lock_timeout = '5s';

alter table verification_task
    add column waits_for integer check (waits_for between 2000 and 2999),   -- the year whose calendar is missing
    add constraint verification_task_ends_or_waits
        check ((waits_for is null) = (due_at < timestamptz '9999-01-01 00:00:00+00')) not valid;
create index verification_task_open_end on verification_task (task_id) where waits_for is not null and closed_at is null;

grant update (due_at, rule, waits_for) on verification_task to sponsio_app;
grant update (due_at) on task_inspector to sponsio_app;
grant select (waits_for) on verification_task to sponsio_readonly;
