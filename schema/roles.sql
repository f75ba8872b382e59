-- The three roles of a Sponsio database and what they may do besides the grants of each migration. Run by the
-- migrator as a login that may create roles; safe to run again. Why three: README.md beside this file.
do $roles$
declare
    wanted text;
begin
    foreach wanted in array array['sponsio_owner', 'sponsio_app', 'sponsio_readonly'] loop
        if not exists (select 1 from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I', wanted);
            exception when duplicate_object or unique_violation then
                null;  -- the migration of another database of the same server was faster
            end;
        end if;
    end loop;
    if not pg_has_role(current_user, 'sponsio_owner', 'member') then
        execute format('grant sponsio_owner to %I', current_user);
    end if;
    if not pg_has_role(current_user, 'sponsio_app', 'member') then
        execute format('grant sponsio_app to %I', current_user);
    end if;
end
$roles$;

-- The owner of every table. Nobody logs in as it; the migrator becomes it.
alter role sponsio_owner nologin;

-- The server. A login without a password: only what the database's own access rules let in.
alter role sponsio_app login;
alter role sponsio_app set timezone = 'UTC';
alter role sponsio_app set datestyle = 'ISO, YMD';
alter role sponsio_app set bytea_output = 'hex';
alter role sponsio_app set synchronous_commit = 'on';
alter role sponsio_app set jit = 'off';  -- short statements only: compiling one costs more than running it
alter role sponsio_app set default_transaction_isolation = 'read committed';
alter role sponsio_app set statement_timeout = '20s';
alter role sponsio_app set lock_timeout = '5s';
alter role sponsio_app set idle_in_transaction_session_timeout = '15s';

-- Audit: reads what it is granted and cannot write by accident.
alter role sponsio_readonly login;
alter role sponsio_readonly set default_transaction_read_only = 'on';
alter role sponsio_readonly set timezone = 'UTC';
alter role sponsio_readonly set datestyle = 'ISO, YMD';
alter role sponsio_readonly set statement_timeout = '10min';

grant usage, create on schema public to sponsio_owner;
grant usage on schema public to sponsio_app, sponsio_readonly;
