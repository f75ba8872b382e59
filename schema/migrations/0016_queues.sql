-- What one person's queue reads does not grow with what they have ever done (docs/performance.md, queues at scale).
-- Locks: task_inspector, to add a column and change an index.
set local lock_timeout = '5s';

-- Of a seat that its holder kept to the end of the task: whether the task was cancelled rather than closed.
alter table task_inspector add column cancelled boolean not null default false;
update task_inspector i set cancelled = true
    from verification_task t where t.task_id = i.task_id and t.state = 'cancelled';
create index task_inspector_ended on task_inspector (account_id, cancelled, due_at, task_id)
    where left_at is null and closed_at is not null;
drop index task_inspector_held;

grant update (cancelled) on task_inspector to sponsio_app;
