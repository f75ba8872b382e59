-- What witnesses said of the log (C2SP tlog-cosignature): that a checkpoint of this size goes on from those before. The
-- note that they cosigned is the checkpoint of that size in log_run.
create table log_cosignature (
    shard       smallint not null references log_shard,
    witness     text not null check (char_length(witness) between 1 and 500),  -- its verifier key
    size        bigint not null check (size > 0),
    line        text not null check (char_length(line) between 1 and 1000),    -- as it stands in a note, with its newline
    cosigned_at timestamptz not null,                                          -- as the witness says
    created_at  timestamptz not null,
    primary key (shard, witness, size)
);
create index log_cosignature_size on log_cosignature (shard, size);

grant select, insert on log_cosignature to sponsio_app;
grant select on log_cosignature to sponsio_readonly;
