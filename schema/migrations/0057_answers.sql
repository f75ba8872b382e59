-- The answers to objections and to applications for repair are papers like others, beside those of the finding; and each paper says
-- from which words it was composed.
-- Locks: document, against reading and writing for a moment, while its constraint is exchanged (its rows are looked at once).
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
