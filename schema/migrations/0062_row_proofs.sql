-- Rows of proceedings that nothing else vouches for are proven as they stand (docs/ledger.md): what a transaction wrote into one of these
-- tables is noted here by a trigger, and the server proves the note before it commits, with a key that is not in the database.
-- Locks: each of these tables, against writing, while its rows are read once.
set local lock_timeout = '5s';

create table row_proof (
    table_name text not null,
    row_key    text[] not null,              -- the values of its key
    digest     bytea not null check (octet_length(digest) = 32),    -- SHA-256 of the row as it was written last
    written_in xid8 not null,                -- the transaction that wrote it
    proof      bytea check (octet_length(proof) = 32),              -- null until that transaction ends
    proof_key  text,
    primary key (table_name, row_key),
    check ((proof is null) = (proof_key is null))
);
create index row_proof_due on row_proof (written_in) where proof is null;

-- What is null is left out, so that a proof outlives a later column.
create function row_digest_of(content jsonb) returns bytea language sql immutable as $$
    select sha256(convert_to(jsonb_strip_nulls(content)::text, 'UTF8'))
$$;

-- Of the primary key, or of the one that stands for it where a part may be null.
create function row_key_columns(of_table regclass) returns text[] language sql stable as $$
    select array_agg(a.attname::text order by k.n)
    from (select indkey::smallint[] as columns from pg_index
          where indrelid = of_table and indisunique and indpred is null and indexprs is null order by indisprimary desc limit 1) as i,
         unnest(i.columns) with ordinality as k (attnum, n)
    join pg_attribute a on a.attrelid = of_table and a.attnum = k.attnum
$$;

-- The digest of a row as it stands; null if it is gone, or there is no such table.
create function row_digest(of_table regclass, key text[]) returns bytea language plpgsql stable strict
    set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex' as $$
declare
    same text;
    made bytea;
begin
    select string_agg(format('noted_row.%I %s ($1)[%s]::%s', a.attname, case when a.attnotnull then '=' else 'is not distinct from' end, k.n,
                             format_type(a.atttypid, a.atttypmod)), ' and ') into same
    from unnest(row_key_columns(of_table)) with ordinality as k (name, n)
    join pg_attribute a on a.attrelid = of_table and a.attname = k.name;
    execute format('select row_digest_of(to_jsonb(noted_row)) from %s noted_row where %s', of_table, same) into made using key;
    return made;
end
$$;

-- Whoever writes a row needs no right to write notes; its arguments are the columns of the key.
create function note_row() returns trigger language plpgsql security definer
    set search_path from current set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex' as $$
declare
    written jsonb := to_jsonb(new);
begin
    insert into row_proof (table_name, row_key, digest, written_in)
    values (tg_table_name, array(select written ->> k.name from unnest(tg_argv) with ordinality as k (name, n) order by k.n),
            row_digest_of(written), pg_current_xact_id())
    on conflict (table_name, row_key)
        do update set digest = excluded.digest, written_in = excluded.written_in, proof = null, proof_key = null;
    return null;
end
$$;

-- For a table whose rows end: the note ends with them. In all others a row that is gone is missed.
create function forget_row() returns trigger language plpgsql security definer set search_path from current as $$
declare
    gone jsonb := to_jsonb(old);
begin
    delete from row_proof
    where table_name = tg_table_name
      and row_key = array(select gone ->> k.name from unnest(tg_argv) with ordinality as k (name, n) order by k.n);
    return null;
end
$$;

-- Notes the rows of a table from now on, and those that are there: these the server proves at its next start, once. Where rows are made
-- by the thousand and say nothing yet, only those are noted that somebody has written again.
create function note_rows_of(of_table regclass, from_the_first boolean default true) returns void language plpgsql
    set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex' as $$
declare
    columns text[] := row_key_columns(of_table);
begin
    execute format('create trigger note_row after %s on %s for each row execute function note_row(%s)',
                   case when from_the_first then 'insert or update' else 'update' end, of_table,
                   (select string_agg(quote_literal(c), ', ') from unnest(columns) as c));
    if not from_the_first then return; end if;
    execute format('insert into row_proof (table_name, row_key, digest, written_in) '
                   'select %L, array[%s], row_digest_of(to_jsonb(noted_row)), pg_current_xact_id() from %s noted_row',
                   (select relname from pg_class where oid = of_table),
                   (select string_agg(format('to_jsonb(noted_row) ->> %L', c), ', ') from unnest(columns) as c), of_table);
end
$$;

-- Whether the notes of a table are kept, and no row is without one where each is noted.
create function row_notes_are_kept(of_table regclass) returns boolean language plpgsql stable as $$
declare
    from_the_first boolean;
    there bigint;
begin
    select (tgtype & 4) <> 0 into from_the_first from pg_trigger
    where tgrelid = of_table and tgname = 'note_row' and tgenabled in ('O', 'A');
    if from_the_first is null then return false; end if;
    if not from_the_first then return true; end if;
    execute format('select count(*) from %s', of_table) into there;
    return there <= (select count(*) from row_proof p join pg_class c on c.relname = p.table_name where c.oid = of_table);
end
$$;

do $$
begin
    perform note_rows_of(name::regclass) from unnest(array[
        'absence', 'account_change', 'assist_ticket', 'campaign', 'campaign_count', 'campaign_task', 'case_step', 'credit_code', 'department_check',
        'document_period', 'draw_explanation', 'eligibility_question', 'erased_status', 'erasure', 'evidence', 'evidence_exclusion', 'exposure',
        'exposure_report', 'finding_clock', 'finding_earlier_draft', 'finding_evidence', 'finding_open_clock', 'fixed_name', 'inspector_conflict', 'late_service',
        'matter_proposal', 'notice', 'objection', 'organisation_name', 'publicity', 'record_cause', 'record_draft', 'rectification', 'refusal_slip',
        'removal', 'removal_receiver', 'repair', 'revocation', 'serious_listing', 'service_of_document', 'submission_record',
        'task_earlier_conclusion', 'task_note', 'task_recusal', 'task_reopening', 'task_retraction', 'withdrawal', 'withdrawal_request']) as name;
    perform note_rows_of('verification_task', false);
end
$$;
create trigger forget_row after delete on eligibility_question for each row execute function forget_row('question_id');

grant select on row_proof to sponsio_app;
grant update (proof, proof_key) on row_proof to sponsio_app;
grant select (table_name, row_key, written_in, proof_key) on row_proof to sponsio_readonly;
