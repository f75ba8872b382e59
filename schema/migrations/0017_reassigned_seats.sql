-- Seats of drawn objects that a supervisor gave to somebody: published with the statement, in order (docs/draw.md).
create table draw_reassignment (
    draw_id uuid not null references draw,
    serial  integer not null check (serial >= 1),
    object  text not null,
    seat    smallint not null check (seat between 1 and 5),
    ref     text,                               -- whom chance had seated there; null: nobody was left
    at      timestamptz not null,
    primary key (draw_id, serial),
    foreign key (draw_id, object) references draw_object (draw_id, object),
    foreign key (draw_id, ref) references draw_inspector (draw_id, ref)
);

grant select, insert on draw_reassignment to sponsio_app;
grant select on draw_reassignment to sponsio_readonly;
