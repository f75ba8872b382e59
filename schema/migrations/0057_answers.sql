-- The answers to objections and to applications for repair are papers like others, beside those of the finding; and each paper says
-- from which words it was composed. And receivers of messages may have asymmetric signatures, and get another secret.
-- Locks: document and subscription, against reading and writing for a moment, while constraints are exchanged (the rows of document are
-- looked at once).
set local lock_timeout = '5s';

alter table document
    add column case_id  uuid,      -- the objection or the repair that it answers
    add column template text check (char_length(template) between 1 and 64),    -- null: made before there were versions
    drop constraint document_kind_check,
    add constraint document_kind_check check (kind in ('prior_notice', 'decision', 'dismissal', 'order', 'hearing_notice', 'hearing_record',
                                                       'objection_answer', 'repair_intake', 'repair_answer', 'repair_revocation')),
    add constraint document_answers_a_case check
        ((kind in ('objection_answer', 'repair_intake', 'repair_answer', 'repair_revocation')) = (case_id is not null));
create index document_about on document (case_id, document_id) where case_id is not null;
grant select (case_id, template) on document to sponsio_readonly;

alter table subscription
    add column scheme         text not null default 'v1' check (scheme in ('v1', 'v1a')),
    add column secret_version integer not null default 1 check (secret_version >= 1),
    add column public_key     text check (public_key ~ '^whpk_[A-Za-z0-9+/]{43}=$'),
    add constraint subscription_has_its_public_key check ((scheme = 'v1a') = (public_key is not null));
grant update (scheme, secret, secret_version, public_key) on subscription to sponsio_app;
grant select (scheme, secret_version, public_key) on subscription to sponsio_readonly;

-- The secret that another took the place of, while both sign.
create table earlier_secret (
    subscription_id uuid primary key references subscription,
    scheme          text not null check (scheme in ('v1', 'v1a')),
    version         integer not null check (version >= 1),
    secret          bytea not null,     -- sealed
    wrapped_key     bytea,
    master_key_id   text,
    until           timestamptz not null
);
grant select, insert, delete on earlier_secret to sponsio_app;
grant update (wrapped_key, master_key_id) on earlier_secret to sponsio_app;
grant select (subscription_id, scheme, version, until) on earlier_secret to sponsio_readonly;
