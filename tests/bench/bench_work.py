#!/usr/bin/env python3
"""Background work: alarms of checks that are due, sounded and committed in jobs per second, beside a bare script that
takes one row at a time with SKIP LOCKED on the same cluster in the same run; and what arming them adds to filing."""
import json
import os
import re
import subprocess
import sys
import time

from filing_world import PG_BIN, SECONDS, Alone, figure, prepare, psql, say, socket_of, tool

TASKS = int(os.environ.get("SPONSIO_BENCH_TASKS", "100000"))
BUCKETS = 100
TURNS = int(os.environ.get("SPONSIO_BENCH_TURNS", "10"))

# Open tasks of the agency in buckets, each with an alarm that does not go off yet.
WORLD = f"""
insert into verification_task (shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule)
select 1, gen_random_uuid(), lpad(n::text, 20, '0'), o.organisation_id, 'deadline', 'online', now() - interval '40 days',
    date_trunc('day', now()) + (n % {BUCKETS}) * interval '1 day', 'verify.matter 20 working_days; bench 1; cn'
from generate_series(1, {TASKS}) n, organisation o;
insert into task_alarm (organisation_id, due_at, alarm, rule, action, recipient, region_code, run_at)
select distinct organisation_id, due_at, 'verify.alarm.bench', 'verify.alarm.bench 0 working_days; bench 1', 'escalate',
    'unit_supervisor', '110105', timestamptz '2099-01-01' from verification_task;
analyze verification_task; analyze task_alarm;
"""

TAKE_ONE = """delete from bench_job where job_id = (select job_id from bench_job order by job_id limit 1 for update skip locked);
"""


def sound(world):
    """Jobs per second from the moment they are due until the last one's event is committed."""
    psql(world, WORLD)
    begin = time.monotonic()
    psql(world, "update task_alarm set run_at = timestamptz '2020-01-01' where alarm = 'verify.alarm.bench'")
    while psql(world, "select count(*) from task_alarm where alarm = 'verify.alarm.bench' and done_at is null") != "0":
        if time.monotonic() > begin + 300:
            sys.exit("bench: the alarms did not end within five minutes")
        time.sleep(0.02)
    took = time.monotonic() - begin
    told = int(psql(world, "select count(distinct subject) from event where event = 'escalated'"))
    if told != TASKS or int(psql(world, "select count(*) from event where event = 'escalated'")) != TASKS:
        sys.exit(f"bench: {told} of {TASKS} tasks were escalated")
    return TASKS / took


def take_one_by_one(world, clients, seconds):
    psql(world, "drop table if exists bench_job")
    psql(world, "create table bench_job as select n as job_id, repeat('x', 100) as what from generate_series(1, 300000) n")
    psql(world, "alter table bench_job add primary key (job_id)")
    psql(world, "vacuum analyze bench_job")
    script = world.folder / "take_one.sql"
    script.write_text(TAKE_ONE, encoding="utf-8")
    run = subprocess.run(
        [PG_BIN / "pgbench", "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j", "2", "-T", str(seconds), "-h", socket_of(world),
         "-U", "sponsio_cluster", "sponsio"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench: pgbench: {run.stderr.strip()}")
    return float(re.search(r"tps = ([0-9.]+)", run.stdout).group(1))


def main():
    with Alone() as world:
        prepare(world)
        jobs = sound(world)
        say(f"alarms: {jobs:,.0f} a second")
        baseline = 0.0
        for clients in (1, 4, 8):
            rate = take_one_by_one(world, clients, max(SECONDS // 2, 3))
            say(f"pgbench with {clients} clients: {rate:,.0f} a second")
            baseline = max(baseline, rate)
        figure("work", round(jobs), round(baseline), "jobs/s")
        filer = tool(world, "file_armed")
    run = subprocess.run([filer, str(TURNS)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench: filing in turns failed: {run.stderr.strip()[-2000:]}")
    turns = json.loads([line for line in run.stdout.splitlines() if line.startswith('{"filed"')][-1])
    rates = {kind: turns["filed"] * 1_000_000 / turns[kind] for kind in ("armed", "unarmed")}
    figure("scheduling", round(rates["armed"]), round(rates["unarmed"]), "filed/s with alarms (baseline: without)")


if __name__ == "__main__":
    main()
