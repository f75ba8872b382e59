-- A dismissal after the prior notice gets a paper of its own, the decision of non-establishment (不予认定决定书).
-- Locks: document, while the constraint is made anew and every row is looked at once.
set local lock_timeout = '5s';

alter table document drop constraint document_kind_check,
    add constraint document_kind_check check (kind in ('prior_notice', 'decision', 'dismissal'));
