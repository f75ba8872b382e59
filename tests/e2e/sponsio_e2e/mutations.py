"""What somebody who writes to the database with every right of its owner can change unseen: each column of each table is changed in a copy,
past triggers and foreign keys, and what keeps watch is asked."""
import pathlib
import subprocess

# How a value of a type becomes another one of that type.
OTHER_VALUES = {
    "uuid": "gen_random_uuid()", "boolean": "not coalesce({c}, false)", "jsonb": "coalesce({c}, '{{}}') || '{{\"altered\": 1}}'",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 second'", "date": "coalesce({c}, current_date) + 1",
    "bytea": "case when octet_length({c}) > 0 then set_byte({c}, 0, get_byte({c}, 0) # 1) else 'altered' end",
    "text[]": "coalesce({c}, '{{}}') || 'altered'::text", "bytea[]": "coalesce({c}, '{{}}') || 'altered'::bytea",
    "uuid[]": "coalesce({c}, '{{}}') || gen_random_uuid()", "double precision": "coalesce({c}, 0) + 1",
    "smallint": "coalesce({c}, 0) + 1", "integer": "coalesce({c}, 0) + 1", "bigint": "coalesce({c}, 0) + 1",
    "text": "coalesce({c}, '') || 'x'",
}


class Mutations:
    """A copy of a world's database, and of that copy one for each change."""

    def __init__(self, world):
        self.world = world
        self.state = world.folder / "sponsio"
        words = next(self.state.rglob("postmaster.pid")).read_text().split("\n")
        self.host, self.port = words[4], words[3]
        self.no_heads = world.folder / "no-heads"  # the server goes on meanwhile, and its heads with it
        self.no_heads.mkdir(exist_ok=True)
        self.sql("postgres", "drop database if exists original")
        self.sql("postgres", "create database original")
        dump = subprocess.run(["pg_dump", "-Fc", "-d", self.where("sponsio")], capture_output=True, check=True)
        subprocess.run(["pg_restore", "-d", self.where("original")], input=dump.stdout, capture_output=True, check=True)

    def where(self, database):
        return f"host={self.host} port={self.port} dbname={database} user=sponsio_cluster"

    def sql(self, database, text):
        run = subprocess.run(["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.where(database)], input=text,
                             capture_output=True, text=True, timeout=120, check=False)
        if run.returncode != 0:
            raise ValueError(run.stderr.strip())
        return [line.split("|") for line in run.stdout.splitlines()]

    def columns(self):
        """(table, column, type, whether the server's role may update it, whether the table has a row)"""
        return [(table, column, kind, may == "t", there == "t") for table, column, kind, may, there in self.sql("original", """
            select c.relname, a.attname, format_type(a.atttypid, null), has_column_privilege('sponsio_app', c.oid, a.attnum, 'update'),
                   (xpath('/row/c/text()', query_to_xml(format('select exists (select from %I) as c', c.relname), false, true, '')))[1]::text = 'true'
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
              and not a.attisdropped and a.attgenerated = '' order by 1, 2""")]

    @staticmethod
    def change(table, column, kind):
        return f"update {table} set {column} = {OTHER_VALUES[kind].format(c=column)} where ctid = (select min(ctid) from {table});"

    def after(self, changes, name="altered"):
        """What `sponsio log check` says of a copy with these changes, or that PostgreSQL refuses them."""
        self.sql("postgres", f"drop database if exists {name} with (force)")
        self.sql("postgres", f"create database {name} template original")
        try:
            self.sql(name, "set session_replication_role = replica; " + " ".join(changes))
        except ValueError as why:
            return "refused", str(why)
        uri = f"postgresql://sponsio_cluster@/{name}?host={self.host}&port={self.port}"
        run = subprocess.run([self.world.binary, "log", "check", "--database", uri, "--state", self.state, "--heads", self.no_heads],
                             capture_output=True, text=True, timeout=120, check=False)
        if run.returncode not in (0, 1):
            raise AssertionError(f"log check ended with {run.returncode}: {run.stderr}")
        return ("found", run.stdout) if run.returncode else ("unseen", run.stdout)
