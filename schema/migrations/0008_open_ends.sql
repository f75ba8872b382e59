-- A paper that was served is recorded even where no calendar knows the last day of the period it starts: the end
-- stays open until that year's calendar is given.
-- Locks: finding, while its constraints are made anew and every row is looked at once.
set local lock_timeout = '5s';

alter table finding
    add column defence_waits_for integer,     -- the year whose calendar is missing, while the end is open
    add column remedy_waits_for  integer,
    drop constraint finding_notice_first,
    drop constraint finding_served_first,
    add constraint finding_notice_first check
        (state in ('drafted', 'reviewed', 'dismissed') or defence_until is not null or defence_waits_for is not null),
    add constraint finding_served_first check
        (state not in ('served', 'under_remedy', 'effective') or remedy_until is not null or remedy_waits_for is not null),
    add constraint finding_ends_or_waits check
        ((defence_until is null or defence_waits_for is null) and (remedy_until is null or remedy_waits_for is null));
create index finding_awaiting_calendar on finding
    ((case state when 'served' then remedy_waits_for else defence_waits_for end), finding_id)
    where state in ('prior_notice_served', 'defended', 'served');

-- A step that waits for the end of a period is not taken while nobody knows that end.
create function finding_end_is_known() returns trigger language plpgsql as $$
begin
    if (new.state = 'decided' and old.state in ('prior_notice_served', 'defended') and new.defence_until is null)
        or (new.state = 'effective' and old.state = 'served' and new.remedy_until is null) then
        raise exception 'the period before this step has no known end'
            using errcode = 'check_violation', constraint = 'finding_end_is_known', table = 'finding';
    end if;
    return new;
end
$$;
create trigger finding_end_is_known before update of state on finding
    for each row execute function finding_end_is_known();

-- Periods that began without a known end. Append-only: when the end is known, finding_clock has it.
create table finding_open_clock (
    finding_id uuid not null references finding,
    clock      text not null,               -- id of the rule
    rule       text not null,
    rule_pack  text not null,
    waits_for  integer not null,            -- the year whose calendar is missing
    primary key (finding_id, clock, waits_for)
);

grant select, insert on finding_open_clock to sponsio_app;
grant update (defence_waits_for, remedy_waits_for) on finding to sponsio_app;
