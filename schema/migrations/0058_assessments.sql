-- Quarters whose figures were frozen: the data set as it was handed out, and the signature over it. Append-only.
-- Locks: log_leaf and role_grant against writing for a moment, to exchange CHECKs that every row fulfils already.
set local lock_timeout = '5s';

alter table log_leaf drop constraint log_leaf_kind_check;
alter table log_leaf add constraint log_leaf_kind_check
    check (kind in ('commitment', 'record', 'status', 'draw', 'rules', 'key', 'shard', 'audit', 'erasure', 'assessment')) not valid;
alter table log_leaf validate constraint log_leaf_kind_check;

-- Assessors of all organisations.
alter table role_grant drop constraint role_grant_role_check;
alter table role_grant add constraint role_grant_role_check check (role in ('integrator', 'assessor', 'auditor')) not valid;
alter table role_grant validate constraint role_grant_role_check;

create table assessment (
    assessment_id uuid primary key,
    quarter       text not null unique check (quarter ~ '^[0-9]{4}-Q[1-4]$'),
    frozen_by     uuid not null references account,
    frozen_at     timestamptz not null,
    csv           text not null,
    signature     text not null              -- compact JWS; its payload names the digest of the data set
);
alter table assessment alter column csv set storage extended;
grant select, insert on assessment to sponsio_app;
grant select on assessment to sponsio_readonly;

create index objection_decided on objection (decided_at) where decided_at is not null;
create index exposure_ordered on exposure (ordered_at) where ordered_at is not null;
