#!/usr/bin/env python3
"""Durable commitments per second over HTTPS at 64 connections, beside pgbench storing the same rows one per transaction
on the same cluster in the same run, at its best number of clients."""
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from sponsio_e2e import people  # noqa: E402
from sponsio_e2e.identifiers import citizen_number  # noqa: E402
from sponsio_e2e.program import Program  # noqa: E402
from sponsio_e2e.world import AGENCY, TrainingClock, World, make_folder, must  # noqa: E402

SECONDS = int(os.environ.get("SPONSIO_BENCH_SECONDS", "8"))
CONNECTIONS = 64
PG_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class Alone(World):
    """Sponsio without a platform: nothing else takes part."""

    def start(self):
        self.folder = pathlib.Path(make_folder())
        self.folder.chmod(0o755)
        self.clock = TrainingClock(self.folder / "training-clock")  # a year whose working days are known
        self.server = Program(
            "sponsio",
            [self.binary, "serve", "--data", self.folder / "sponsio", "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0",
             "--training-clock", self.clock.path,
             *os.environ.get("SPONSIO_BENCH_OPTIONS", "").split()],
            self.folder / "sponsio.log",
        ).start()
        self.command("organisation", "add", "--uscc", AGENCY, "--name", "示例区住房保障中心", "--kind", "public_institution",
                     "--region", "110105")
        for login, roles in {"bench.clerk": ["clerk"], "bench.supervisor": ["supervisor"]}.items():
            self.command("account", "add", "--organisation", AGENCY, "--login", login, "--name", login,
                         *(word for role in roles for word in ("--role", role)))
            self.tokens[login] = self.command("account", "token", "--login", login)["token"]
        return self

    def who(self, login):
        return login


def prepare(world):
    """A matter, some notices, and the bodies of as many different people."""
    supervisor, clerk = world.client("bench.supervisor"), world.client("bench.clerk")
    must(supervisor.post("/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), key=True), 201)
    notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
    notices = [must(clerk.post("/v1/notices", notice, key=True), 201).json for _ in range(50)]
    today = notices[0]["issued_at"][:10]
    bodies = world.folder / "bodies.jsonl"
    with open(bodies, "w", encoding="utf-8") as file:
        for n in range(20_000):
            body = {"notice_id": notices[n % len(notices)]["notice_id"], "made_on": today, "reason": "申请办理公租房资格确认",
                    "committer": {"kind": "natural_person", "name": "欧阳娜娜",
                                  "document": {"type": "citizen_id", "number": citizen_number(f"11010519{50 + n % 40}0101{n % 1000:03}")}}}
            file.write(json.dumps(body, ensure_ascii=False) + "\n")
    return bodies


def file_commitments(world, bodies, seconds):
    load = pathlib.Path(world.binary).parents[2] / "tests" / "bench" / "https_load"
    run = subprocess.run(
        [load, "--port", world.server.address.rsplit(":", 1)[1], "--token", world.tokens["bench.clerk"], "--bodies", bodies,
         "--connections", str(CONNECTIONS), "--seconds", str(seconds), "--run", uuid.uuid4().hex],
        capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench_filing: the load failed: {run.stderr.strip()}")
    return json.loads(run.stdout)


def socket_of(world):
    """The fifth line of postmaster.pid (PostgreSQL 15, src/include/utils/pidfile.h) is the socket's folder."""
    return (world.folder / "sponsio" / "postgres" / "postmaster.pid").read_text().split("\n")[4]


def psql(world, sql):
    run = subprocess.run([PG_BIN / "psql", "-X", "-At", "-h", socket_of(world), "-U", "sponsio_cluster", "-d", "sponsio", "-c", sql],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench_filing: psql: {run.stderr.strip()}")
    return run.stdout.strip()


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
     k as (insert into idempotency_key (organisation_id, key, request_digest, resource, status, created_at)
           select '{one["organisation_id"]}', '{uuid.uuid4().hex}-' || v, decode(repeat('ab', 32), 'hex'), code, 201, now() from r),
     c as (insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, filed_by, made_on, accepted_at,
             committer_kind, committer_index, sealed, wrapped_key, master_key_id, content_digest)
           select 9, code, '{one["notice_id"]}', '{one["matter_id"]}', 1, '{one["organisation_id"]}', '{one["filed_by"]}', day, now(),
             'natural_person', decode(repeat('cd', {sizes["idx"]}), 'hex'), decode(repeat('ef', {sizes["sealed"]}), 'hex'),
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
        sys.exit(f"bench_filing: pgbench: {run.stderr.strip()}")
    return float(re.search(r"tps = ([0-9.]+)", run.stdout).group(1))


def say(text):
    print(f"   {text}", file=sys.stderr, flush=True)


def main():
    with Alone() as world:
        bodies = prepare(world)
        file_commitments(world, bodies, 2)  # warms caches, and gives the baseline its row sizes
        script = script_for(world)
        baseline, best = 0.0, 0
        for clients in (1, 8, 16, 32, 48):
            rate = pgbench(world, script, clients, max(SECONDS // 2, 3))
            say(f"pgbench with {clients} clients: {rate:,.0f} a second")
            if rate > baseline:
                baseline, best = rate, clients
        runs = []
        for _ in range(2):
            load = file_commitments(world, bodies, SECONDS)
            load["rate"] = load["requests"] * 1000 / load["milliseconds"]
            say(f"filed {load['rate']:,.0f} a second, p50 {load['p50_us'] / 1000:.1f} ms, p99 {load['p99_us'] / 1000:.1f} ms")
            runs.append(load)
        again = pgbench(world, script, best, max(SECONDS // 2, 3))
        say(f"pgbench with {best} clients once more: {again:,.0f} a second")
        baseline = max(baseline, again)
        ours = max(runs, key=lambda load: load["rate"])
        print(json.dumps({"name": "filing", "ours": round(ours["rate"]), "baseline": round(baseline), "ratio": round(ours["rate"] / baseline, 3),
                          "unit": "commitments/s"}))
        print(json.dumps({"name": "filing p99", "ours": round(ours["p99_us"] / 1000, 1), "baseline": 50.0,
                          "ratio": round(ours["p99_us"] / 50_000, 3), "unit": "ms at 64 connections (baseline: the limit)"}))


if __name__ == "__main__":
    main()
