-- Issuing with fewer writes.
-- Locks: finding, record_draft, credit_record and the tables below for a moment, to change what the catalogue says of
-- them; record_draft while its state is checked and two small indexes are made; log_leaf while one index is.
set local lock_timeout = '5s';

-- A draft that was announced but not issued is what a drafted one is: it is read, linted and announced once more. The
-- announcement itself is an event, so it need not move the row.
update record_draft set state = 'drafted' where state = 'signing';
drop index record_draft_waiting;
alter table record_draft
    drop constraint record_draft_state_check,
    add constraint record_draft_state_check check (state in ('drafted', 'issued', 'refused', 'superseded'));
create index record_draft_waiting on record_draft (record_id) where state = 'drafted';

-- Findings wait for their record in a list of their own: to cross one off touches no index, to mark the finding touched
-- five. What was refused stands in record_refusal.
drop index finding_awaiting_record;
create table finding_awaiting_record (
    finding_id   uuid primary key references finding,
    effective_at timestamptz not null
);
insert into finding_awaiting_record
    select finding_id, effective_at from finding where state = 'effective' and record_step is null;
create index finding_awaiting_record_in_order on finding_awaiting_record (effective_at, finding_id);
alter table finding drop column record_step;

create function finding_awaits_record() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' or old.state <> 'effective' then
        insert into finding_awaiting_record values (new.finding_id, new.effective_at) on conflict do nothing;
    end if;
    return null;
end
$$;
create trigger finding_awaits_record after insert or update of state on finding
    for each row when (new.state = 'effective') execute function finding_awaits_record();

grant select, insert, delete on finding_awaiting_record to sponsio_app;
grant update (effective_at) on finding_awaiting_record to sponsio_app;    -- which locking a row asks for

-- The live draft of a finding has an index of its own: this one is for the few that were superseded.
drop index record_draft_of_finding;
create index record_draft_of_finding on record_draft (finding_id) where state = 'superseded';

-- Copied from the finding, whose own reference stands and whose unit never changes.
alter table record_draft drop constraint record_draft_organisation_id_fkey;
alter table credit_record drop constraint credit_record_organisation_id_fkey;
alter table submission_record drop constraint submission_record_organisation_id_fkey;
-- Lists and shards are a handful of rows that nobody may delete, and whoever names one holds its lock.
alter table status_entry drop constraint status_entry_list_no_fkey;
alter table log_leaf drop constraint log_leaf_shard_fkey;

-- A leaf is indexed by its place once it has one; and a leaf without needs no function to let it move there.
alter table log_leaf drop constraint log_leaf_shard_leaf_index_key;
create unique index log_leaf_place on log_leaf (shard, leaf_index) where leaf_index is not null;
drop trigger log_leaf_stays on log_leaf;
create trigger log_leaf_stays before update on log_leaf
    for each row when (old.leaf_index is not null) execute function log_leaf_stays();

-- What is sealed cannot be compressed: PostgreSQL need not try. What is there stays as it lies.
alter table record_draft alter column to_be_signed set storage external;
alter table credit_record alter column sd_jwt set storage external;
alter table submission_record alter column line set storage external, alter column why set storage external,
    alter column errors set storage external;
alter table submission_batch alter column records set storage external, alter column answer set storage external;
alter table finding alter column draft set storage external;
alter table finding_statement alter column content set storage external;
alter table document alter column content set storage external;
alter table service_of_document alter column receipt set storage external;
alter table evidence alter column content set storage external;
alter table department_check alter column question set storage external, alter column reply set storage external;
alter table assist_ticket alter column question set storage external, alter column reply set storage external;
-- A record is written once and read whole: it stays in its row up to 8 KB.
alter table credit_record set (toast_tuple_target = 8160);
