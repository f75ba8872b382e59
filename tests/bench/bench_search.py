#!/usr/bin/env python3
"""Searches over HTTPS among a million commitments, by person, by matter and by days: milliseconds an answer, beside pgbench
reading the same rows from the same index, with nothing opened and nothing counted, on the same cluster in the same run."""
import datetime
import os
import re
import statistics
import subprocess
import sys
import time

from filing_world import PG_BIN, Alone, figure, prepare, psql, say, socket_of

from sponsio_e2e import people
from sponsio_e2e.identifiers import citizen_number
from sponsio_e2e.world import must

ROWS = int(os.environ.get("SPONSIO_BENCH_ROWS", "1000000"))
ASKED = int(os.environ.get("SPONSIO_BENCH_SEARCHES", "300"))
PEOPLE = 200

# Three years of promises by as many people as there are rows, with a common name in every five-thousandth. Their contents are
# erased: what is opened in an answer are the commitments that were filed.
GROW = f"""
insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, accepted_at, committer_kind,
    committer_index, committer_name_index, sealed, content_digest, state)
select 9, '110105' || to_char(day, 'YYYYMMDD') || lpad((100000 + n % 900000)::text, 6, '0'), c.notice_id, c.matter_id, 1, c.organisation_id,
    c.filed_by, day, day + interval '1 hour' * (n % 9), 'natural_person', sha256(n::text::bytea), sha256((n % 5000)::text::bytea),
    decode(repeat('ef', 900), 'hex'), c.content_digest, 'effective'
from generate_series(1, {ROWS}) n cross join lateral (select current_date - 1 - (n % 1095) as day) d
    cross join (select * from commitment limit 1) c;
vacuum analyze commitment;
"""


def file_people(world, notice):
    """As many residents, each with a name and a number of their own."""
    clerk, filed = world.client("bench.clerk"), []
    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date().isoformat()
    for n in range(PEOPLE):
        who = {"kind": "natural_person", "name": "示例" + chr(0x4E00 + 7 * n),
               "document": {"type": "citizen_id", "number": citizen_number(f"11010519770315{n:03}")}}
        must(clerk.post("/v1/commitments", people.commitment(notice, today) | {"committer": who}, key=True), 201)
        filed.append(who)
    return filed


def ask(world, criteria):
    """Median and 95th percentile in milliseconds, one question after the other."""
    client, took = world.client("bench.clerk"), []
    for n in range(ASKED):
        begin = time.perf_counter()
        answer = client.post("/v1/searches", criteria(n))
        took.append((time.perf_counter() - begin) * 1000)
        if answer.status != 200 or not answer.json["items"]:
            sys.exit(f"bench: a search answered {answer.status}: {answer.body[:300]!r}")
    return statistics.median(took), statistics.quantiles(took, n=20)[18]


def read(world, name, sql):
    script = world.folder / f"{name}.sql"
    script.write_text(sql, encoding="utf-8")
    run = subprocess.run([PG_BIN / "pgbench", "-n", "-M", "prepared", "-f", script, "-c", "1", "-t", str(ASKED), "-h", socket_of(world),
                          "-U", "sponsio_cluster", "sponsio"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench: pgbench: {run.stderr.strip()}")
    return float(re.search(r"latency average = ([0-9.]+) ms", run.stdout).group(1))


def main():
    with Alone() as world:
        prepare(world)
        notice = psql(world, "select notice_id from notice limit 1")
        filed = file_people(world, notice)
        begin = time.monotonic()
        psql_all(world, GROW)
        say(f"{ROWS:,} commitments in {time.monotonic() - begin:.0f} s; indexes: " + psql(world, "select string_agg(indexrelname || ' ' || "
            "pg_size_pretty(pg_relation_size(indexrelid)), ', ') from pg_stat_user_indexes where relname = 'commitment'"))
        organisation, matter = psql(world, "select organisation_id || '|' || matter_id from commitment limit 1").split("|")
        psql(world, f"create table bench_person as select row_number() over () as n, committer_index, committer_name_index from commitment "
                    f"where organisation_id = '{organisation}' and wrapped_key is not null limit {PEOPLE}; alter table bench_person add primary key (n)")
        rows = "select c.* from commitment c where"
        one = f"\\set n random(1, {PEOPLE})\n"
        newest = "order by c.made_on desc, c.code desc limit 50;\n"
        day = lambda n: (datetime.date.today() - datetime.timedelta(days=30 + n % 900)).isoformat()
        kinds = {
            "by document": (lambda n: {"document": filed[n % PEOPLE]["document"]},
                            one + f"{rows} substr(c.committer_index, 1, 8) = (select substr(committer_index, 1, 8) from bench_person where n = :n) {newest}"),
            "by name": (lambda n: {"name": filed[n % PEOPLE]["name"]},
                        one + f"{rows} c.committer_name_index is not null and substr(c.committer_name_index, 1, 8) = "
                              f"(select substr(committer_name_index, 1, 8) from bench_person where n = :n) {newest}"),
            "by matter": (lambda n: {"matter_code": people.MATTER_CODE},
                          f"{rows} c.matter_id = '{matter}' and c.organisation_id = '{organisation}' {newest}"),
            "by days": (lambda n: {"made_on": {"from": day(n), "to": day(n)}},
                        f"\\set n random(30, 900)\n{rows} c.matter_id = '{matter}' and c.organisation_id = '{organisation}' and "
                        f"c.made_on = current_date - :n::int {newest}"),
            "by acceptance": (lambda n: {"accepted_on": {"from": day(n), "to": day(n)}},
                              f"\\set n random(30, 900)\n{rows} c.organisation_id = '{organisation}' and c.accepted_at >= current_date - :n::int and "
                              f"c.accepted_at < current_date - :n::int + 1 order by c.accepted_at desc, c.code desc limit 50;\n"),
        }
        for name, (criteria, sql) in kinds.items():
            ask(world, criteria)  # warms caches on both sides
            median, p95 = ask(world, criteria)
            baseline = read(world, name.replace(" ", "_"), sql)
            say(f"{name}: p50 {median:.2f} ms, p95 {p95:.2f} ms; pgbench {baseline:.2f} ms")
            figure(f"search {name}", round(median, 2), round(baseline, 2), f"ms at {ROWS:,} commitments (baseline: the rows alone, by pgbench)")


def psql_all(world, statements):
    """One statement after the other: VACUUM stands in no transaction."""
    for statement in filter(str.strip, statements.split(";")):
        psql(world, statement)


if __name__ == "__main__":
    main()
