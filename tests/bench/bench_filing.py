#!/usr/bin/env python3
"""Durable commitments per second over HTTPS at 64 connections, beside pgbench storing the same rows one per transaction
on the same cluster in the same run, at its best number of clients."""
import json
import re
import subprocess
import sys
import uuid

from filing_world import PG_BIN, SECONDS, Alone, figure, file_commitments, prepare, psql, say, socket_of


def script_for(world):
    """The rows of one commitment, of the very sizes that were filed, as one statement and so one transaction."""
    sizes = json.loads(psql(world, """
        select json_build_object('sealed', avg(octet_length(sealed))::int, 'wrapped', avg(octet_length(wrapped_key))::int,
            'idx', avg(octet_length(committer_index))::int, 'master', max(master_key_id), 'rule',
            (select max(rule) from verification_task)) from commitment"""))
    one = json.loads(psql(world, "select row_to_json(c) from (select notice_id, matter_id, organisation_id, filed_by from commitment limit 1) c"))
    psql(world, "create sequence if not exists bench_serial; grant usage on sequence bench_serial to sponsio_app")
    script = world.folder / "rows.sql"
    script.write_text(f"""
with n as materialized (select nextval('bench_serial') as v),
     r as materialized (select v, '110105' || to_char(date '2001-01-01' + (v / 999999)::int, 'YYYYMMDD') || lpad((v % 999999 + 1)::text, 6, '0') as code,
           date '2001-01-01' + (v / 999999)::int as day, gen_random_uuid() as task from n),
     k as (insert into used_key (owner_id, key, request_digest, resource, status, created_at)
           select '{one["filed_by"]}', '{uuid.uuid4().hex}-' || v, decode(repeat('ab', 32), 'hex'), code, 201, now() from r),
     c as (insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, accepted_at,
             committer_kind, committer_index, committer_name_index, sealed, wrapped_key, master_key_id, content_digest)
           select 9, code, '{one["notice_id"]}', '{one["matter_id"]}', 1, '{one["organisation_id"]}', '{one["filed_by"]}', day, now(),
             'natural_person', decode(repeat('cd', {sizes["idx"]}), 'hex'), decode(repeat('ce', {sizes["idx"]}), 'hex'), decode(repeat('ef', {sizes["sealed"]}), 'hex'),
             decode(repeat('01', {sizes["wrapped"]}), 'hex'), '{sizes["master"]}', decode(repeat('23', 32), 'hex') from r),
     t as (insert into verification_task (shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule)
           select 9, task, code, '{one["organisation_id"]}', 'deadline', 'online', now(), now() + interval '30 days', '{sizes["rule"]}' from r)
insert into event (shard, at, lifecycle, subject, from_state, event, to_state, actor, rule)
select 9, now(), 'commitment', code, 'notified', 'accept', 'effective', '{one["filed_by"]}'::uuid, null from r
union all select 9, now(), 'verification task', task::text, null, 'created', 'created', '{one["filed_by"]}'::uuid, '{sizes["rule"]}' from r;
""".replace("\n", " ").strip() + "\n", encoding="utf-8")
    return script


def pgbench(world, script, clients, seconds):
    run = subprocess.run(
        [PG_BIN / "pgbench", "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j", "2", "-T", str(seconds), "-h", socket_of(world),
         "-U", "sponsio_app", "sponsio"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench: pgbench: {run.stderr.strip()}")
    return float(re.search(r"tps = ([0-9.]+)", run.stdout).group(1))


def measure(world, bodies):
    load = file_commitments(world, bodies, SECONDS)
    load["rate"] = load["requests"] * 1000 / load["milliseconds"]
    say(f"filed {load['rate']:,.0f} a second, p50 {load['p50_us'] / 1000:.1f} ms, p99 {load['p99_us'] / 1000:.1f} ms")
    return load


def main():
    with Alone() as world:
        bodies = prepare(world)
        file_commitments(world, bodies, 2)  # warms caches, and gives the baseline its row sizes
        script = script_for(world)
        # Before and after the baseline, which leaves a large cluster behind; the better of both counts on either side.
        runs = [measure(world, bodies)]
        baseline, best = 0.0, 0
        for clients in (8, 16, 32, 48, 1):
            rate = pgbench(world, script, clients, max(SECONDS // 2, 3))
            say(f"pgbench with {clients} clients: {rate:,.0f} a second")
            if rate > baseline:
                baseline, best = rate, clients
        runs.append(measure(world, bodies))
        again = pgbench(world, script, best, max(SECONDS // 2, 3))
        say(f"pgbench with {best} clients once more: {again:,.0f} a second")
        baseline = max(baseline, again)
        ours = max(runs, key=lambda load: load["rate"])
        figure("filing", round(ours["rate"]), round(baseline), "commitments/s")
        figure("filing p99", round(ours["p99_us"] / 1000, 1), 50.0, "ms at 64 connections (baseline: the limit)")


if __name__ == "__main__":
    main()
