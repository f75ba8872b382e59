-- Unified social credit codes that are in the register with a wrong check character (docs/adr/0010-papers-and-names.md). An organisation vouches
-- for one by two of its people: one entered it, another held it against the business licence. Until then it opens nothing.
-- Locks: none that matter, everything is new.
set local lock_timeout = '5s';

create table credit_code (
    organisation_id uuid not null references organisation,      -- that vouches for it
    uscc            text not null check (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    name            text not null check (char_length(name) between 1 and 200),     -- as on the business licence
    licence         text not null check (char_length(licence) between 1 and 200),  -- what was looked at: who issued it, when
    entered_by      uuid not null references account,
    entered_at      timestamptz not null,
    confirmed_by    uuid references account check (confirmed_by <> entered_by),
    confirmed_at    timestamptz check (confirmed_at >= entered_at),
    primary key (organisation_id, uscc),
    check ((confirmed_by is null) = (confirmed_at is null))
);

grant select, insert on credit_code to sponsio_app;
-- What nobody has confirmed yet may be entered anew; what is confirmed stays (the queries see to that).
grant update (name, licence, entered_by, entered_at, confirmed_by, confirmed_at) on credit_code to sponsio_app;
grant select on credit_code to sponsio_readonly;
