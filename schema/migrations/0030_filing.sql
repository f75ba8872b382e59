-- Daily filing: the first day of each version of a matter, to whom a notice was given, the reference under which those who file keep a
-- commitment in their own system, and who asked whether somebody may promise.
-- Locks: matter_version, notice and commitment against reading and writing for a moment, to add columns that are null or constant
-- everywhere; matter_version against writing while its few rows are given their first day; commitment against writing while an
-- index over nothing is made (one look at each row: about a second for a million).
set local lock_timeout = '5s';

-- The version in force on a day is the highest one whose first day has come; a list of matters must not read every content for it.
alter table matter_version add column valid_from date;
update matter_version set valid_from = (content::jsonb ->> 'valid_from')::date;
alter table matter_version alter column valid_from set not null;
create function matter_version_first_day() returns trigger language plpgsql as $$
begin
    new.valid_from := (new.content::jsonb ->> 'valid_from')::date;
    return new;
end
$$;
create trigger matter_version_first_day before insert on matter_version
    for each row execute function matter_version_first_day();

-- A notice is given openly, or to one person, who is found by the blind index of the document and named only under seal.
alter table notice
    add column recipient       text not null default 'open' check (recipient in ('open', 'person')),
    add column recipient_index bytea,           -- of the document; null where only the name is known
    add column given_to        bytea,           -- sealed: the person, or which group it was openly given to
    add column wrapped_key     bytea,
    add column master_key_id   text,
    add constraint notice_person_named check (recipient = 'open' or given_to is not null),
    add constraint notice_open_to_all check (recipient = 'person' or recipient_index is null),
    add constraint notice_given_to_key check ((wrapped_key is null) = (master_key_id is null));
grant update (wrapped_key, master_key_id) on notice to sponsio_app;
-- Readers saw the whole table; what is sealed, or an index of a person, is not theirs.
revoke select on notice from sponsio_readonly;
grant select (notice_id, matter_id, matter_version, organisation_id, channel, language, content, digest, issued_by, issued_at,
              recipient, master_key_id) on notice to sponsio_readonly;

-- Those who file know their own number, and a row that moved in their file is still the same row.
alter table commitment
    add column client_reference text check (client_reference ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$');
create unique index commitment_client_reference_key on commitment (organisation_id, client_reference)
    where client_reference is not null;
grant select (client_reference) on commitment to sponsio_readonly;

-- Whether somebody may promise is a question about a person: who asked, when and about whom (blind indexes) stays.
create table eligibility_question (
    question_id     uuid primary key,
    organisation_id uuid not null references organisation,
    asked_by        uuid not null references account,
    kind            text not null check (kind in ('question', 'validation')),
    matter_id       uuid references matter,         -- of a question; the lines of a validation may have several
    committers      bytea[] not null check (cardinality(committers) between 1 and 100000),
    persons         integer not null check (persons = cardinality(committers)),
    barred          integer not null check (barred between 0 and persons),
    asked_at        timestamptz not null
);
create index eligibility_question_of_account on eligibility_question (asked_by, kind, asked_at) include (persons);
grant select, insert on eligibility_question to sponsio_app;
grant select (question_id, organisation_id, asked_by, kind, matter_id, persons, barred, asked_at) on eligibility_question
    to sponsio_readonly;
