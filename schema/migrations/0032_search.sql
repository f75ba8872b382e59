-- Finding a promise by its person, its matter and its days, and what hangs on it: checks, findings, records. The name of the
-- committer lies sealed, so it gets a term beside that of the document: equal names have equal terms and nobody can try
-- names out without the key. Rows from before get theirs from the server, which alone can open them (a background round).
-- And what the list of waiting work reads: checks that speak against a promise, and reports that a platform refused.
-- Locks: commitment, verification_task, submission_record and finding against writing while indexes are made (some ten seconds a million rows); commitment against
-- reading for a moment, to add a column that is null everywhere.
set local lock_timeout = '5s';

-- Null: not looked at yet. Empty: there is no name, or it was erased before it was looked at.
alter table commitment add column committer_name_index bytea;
grant update (committer_name_index) on commitment to sponsio_app;
create index commitment_without_name_index on commitment (code, shard) where committer_name_index is null;

-- Eight bytes of a term find the rows in an index of half the size, which filing feeds in random places; the whole term is then
-- compared in the row.
create index commitment_of_person on commitment (substr(committer_index, 1, 8));
create index commitment_of_name on commitment (substr(committer_name_index, 1, 8)) where committer_name_index is not null;
-- Of an agency or of all that file under a matter, by the day of the promise. By the time of acceptance there is
-- commitment_of_organisation.
create index commitment_of_matter on commitment (matter_id, organisation_id, made_on, code);

create index finding_of_commitment on finding (commitment_code);

-- Which matters a unit verifies for others.
create index matter_version_of_unit on matter_version ((content::jsonb #>> '{verification,unit_uscc}'), matter_id);

create index verification_task_against on verification_task (organisation_id, due_at, task_id)
    where state = 'closed' and result in ('inconsistent', 'non_cooperation');
create index submission_record_rejected on submission_record (organisation_id, created_at, record_no) where state = 'rejected';
