-- What each filing pays, made smaller: two indexes without their longest column, and a check without a regular expression
-- (which took 1.8 us a row, its like without one 0.5).
-- Locks: commitment against writing while two indexes are made (some seconds a million rows), then against reading and
-- writing for a moment, to exchange a CHECK that every row fulfils already; nothing is read for it.
set local lock_timeout = '5s';

-- Without the code, which both had as their last column: all that are stored together have one time of acceptance, so that the
-- first index keeps it once for them; in the second the places differ, but for those of before 0023 that were accepted in one
-- microsecond. Where codes decide they are compared in the rows.
drop index commitment_of_organisation, commitment_in_order;
create index commitment_of_organisation on commitment (organisation_id, accepted_at);
create index commitment_in_order on commitment (organisation_id, commitment_place(position, accepted_at));

alter table commitment
    drop constraint commitment_check,
    add constraint commitment_code_check check (
        octet_length(code) = 20 and btrim(code, '0123456789') = ''
        and substr(code, 7, 8) = to_char(made_on, 'YYYYMMDD')) not valid;

-- As before; an expression that plpgsql evaluates itself costs a fifth of a statement.
create or replace function feed_mark() returns trigger language plpgsql as $$
begin
    if pg_advisory_xact_lock_shared(
        tg_argv[0]::bigint << 48 | coalesce(pg_sequence_last_value(tg_argv[1]::regclass), 0)) is null then
        return null;
    end if;
    return null;
end
$$;
