-- An Idempotency-Key belongs to the account that used it, so that nobody in an organisation is given another's answer, and
-- ends 72 hours after it was first used. Its rows are owned by accounts from here on; those of before by organisations.
-- Locks: rows of filings of the last three days, one by one; then idempotency_key for a moment, to give it other names.
set local lock_timeout = '5s';

-- First, while filing goes on: the keys of the last three days before the newest; older ones have ended.
update idempotency_key k set organisation_id = c.filed_by from commitment c
    where k.answer is null and c.code = k.resource and c.organisation_id = k.organisation_id
      and k.created_at > (select max(created_at) from idempotency_key) - interval '72 hours';

alter table idempotency_key rename to used_key;
alter table used_key rename column organisation_id to owner_id;

grant update (owner_id) on used_key to sponsio_app;  -- for what the program before still stores under organisations
grant delete on used_key to sponsio_app;

-- What the program before sees, which overlaps with this one: keys by organisation, whoever owns them now.
create view idempotency_key as
    select owner_id as organisation_id, key, request_digest, resource, status, answer, wrapped_key, master_key_id, created_at
        from used_key
    union all
    select a.organisation_id, key, request_digest, resource, status, answer, wrapped_key, master_key_id, k.created_at
        from account a join used_key k on k.owner_id = a.account_id;

create function idempotency_key_add() returns trigger language plpgsql as $$
begin
    if exists (select from account a join used_key k on k.owner_id = a.account_id
               where a.organisation_id = new.organisation_id and k.key = new.key) then
        raise unique_violation using constraint = 'idempotency_key_pkey';
    end if;
    insert into used_key (owner_id, key, request_digest, resource, status, answer, wrapped_key, master_key_id, created_at)
        values (new.organisation_id, new.key, new.request_digest, new.resource, new.status, new.answer, new.wrapped_key,
                new.master_key_id, new.created_at);
    return new;
end
$$;
create trigger idempotency_key_add instead of insert on idempotency_key
    for each row execute function idempotency_key_add();
grant select, insert on idempotency_key to sponsio_app;
