-- Nobody steers a draw by holding several: of a matter and the days of acceptance one draw is open at a time. One that was
-- not revealed in time stays open until somebody has said why and a second person has accepted it.
-- Locks: draw for a moment; the tables are new. Of draws that are open at once already, the first keeps its matters.
set local lock_timeout = '5s';

create type uuid_range as range (subtype = uuid);

create table draw_span (
    draw_id   uuid not null references draw,
    matter_id uuid not null references matter,
    accepted  tstzrange not null,               -- when its commitments were accepted
    open      boolean not null default true,    -- neither revealed nor void
    primary key (draw_id, matter_id),
    constraint draw_span_one_open exclude using gist
        (uuid_range(matter_id, matter_id, '[]') with &&, accepted with &&) where (open)
);

insert into draw_span (draw_id, matter_id, accepted)
    select d.draw_id, m.id::uuid, tstzrange((d.plan::jsonb ->> 'from')::timestamptz, (d.plan::jsonb ->> 'until')::timestamptz)
    from draw d, jsonb_array_elements(d.plan::jsonb -> 'strata') s, jsonb_array_elements_text(s -> 'matters') m(id)
    where d.state not in ('revealed', 'void')
    order by d.draw_id
    on conflict do nothing;

create function draw_span_stays() returns trigger language plpgsql as $$
begin
    if new.open and not old.open then
        raise exception 'a draw that has ended is not opened again'
            using errcode = 'check_violation', constraint = 'draw_span_stays', table = 'draw_span';
    end if;
    if old.open and not new.open and
       exists (select from draw where draw_id = new.draw_id and state not in ('revealed', 'void')) then
        raise exception 'a draw is open until it is revealed or void'
            using errcode = 'check_violation', constraint = 'draw_span_stays', table = 'draw_span';
    end if;
    return new;
end
$$;
create trigger draw_span_stays before update on draw_span for each row execute function draw_span_stays();

-- Why a draw was not revealed in time: said by one, accepted by another.
create table draw_explanation (
    explanation_id         bigint generated always as identity primary key,
    draw_id                uuid not null references draw,
    content                bytea not null,      -- sealed
    wrapped_key            bytea,
    master_key_id          text,
    asked_by               uuid not null references account,
    asked_at               timestamptz not null,
    accepted               boolean,
    decided_by             uuid references account,
    decided_at             timestamptz,
    decision               bytea,               -- sealed
    decision_wrapped_key   bytea,
    decision_master_key_id text,
    constraint draw_explanation_second_person check (decided_by <> asked_by),
    check ((accepted is null) = (decided_by is null) and (accepted is null) = (decided_at is null) and
           (accepted is null) = (decision is null))
);
create unique index draw_explanation_waiting on draw_explanation (draw_id) where accepted is null;
create index draw_explanation_of_draw on draw_explanation (draw_id, explanation_id);

alter table draw
    drop constraint draw_void_why_check,
    add constraint draw_void_why_check
        check (void_why in ('empty_pool', 'lapsed', 'pool_changed', 'pool_too_small', 'too_few_inspectors')) not valid,
    -- Who held a draw does not give its public input; a process of the release before makes draws of version 1.
    add constraint draw_second_giver check (version = 1 or input_by <> created_by) not valid;
alter table draw validate constraint draw_void_why_check;
alter table draw validate constraint draw_second_giver;

grant select, insert on draw_span, draw_explanation to sponsio_app;
grant update (open) on draw_span to sponsio_app;
grant update (accepted, decided_by, decided_at, decision, decision_wrapped_key, decision_master_key_id,
              wrapped_key, master_key_id) on draw_explanation to sponsio_app;
grant select on draw_span to sponsio_readonly;
grant select (explanation_id, draw_id, asked_by, asked_at, accepted, decided_by, decided_at) on draw_explanation
    to sponsio_readonly;
