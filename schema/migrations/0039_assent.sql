-- A notice that was given to one person is answered once.
-- Locks: department_check and assist_ticket, against reading and writing for a moment each. Every commitment is looked at once (about a second
-- for a million).
set local lock_timeout = '5s';

create table notice_answer (
    notice_id       uuid primary key references notice,
    commitment_code text not null
);
insert into notice_answer (notice_id, commitment_code)
    select distinct on (n.notice_id) n.notice_id, c.code from notice n join commitment c using (notice_id)
    where n.recipient = 'person' order by n.notice_id, c.accepted_at, c.code;
grant select, insert on notice_answer to sponsio_app;
grant select on notice_answer to sponsio_readonly;

-- A department may say that the number belongs to another name.
alter table department_check
    drop constraint department_check_answer_check,
    add constraint department_check_answer_check
        check (answer in ('match', 'mismatch', 'other_person', 'not_held', 'ask_in_writing')) not valid;
alter table department_check validate constraint department_check_answer_check;
alter table assist_ticket
    drop constraint assist_ticket_answer_check,
    add constraint assist_ticket_answer_check check (answer in ('match', 'mismatch', 'other_person', 'not_held')) not valid;
alter table assist_ticket validate constraint assist_ticket_answer_check;
