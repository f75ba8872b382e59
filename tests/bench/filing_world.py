"""Sponsio alone on its embedded PostgreSQL, with an agency that files: what several benchmarks measure on."""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from sponsio_e2e import people  # noqa: E402
from sponsio_e2e.calendars import invented_calendar  # noqa: E402
from sponsio_e2e.identifiers import citizen_number  # noqa: E402
from sponsio_e2e.program import Program  # noqa: E402
from sponsio_e2e.world import AGENCY, World, make_folder, must  # noqa: E402

SECONDS = int(os.environ.get("SPONSIO_BENCH_SECONDS", "8"))
CONNECTIONS = 64
# What is measured is the server, and not what it allows one account of one address.
WITHOUT_LIMITS = ["--rate", "unlimited", "--connections-per-address", "4096"]
PG_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class Alone(World):
    """Sponsio without a platform: nothing else takes part."""

    limits = [*WITHOUT_LIMITS, "--handshakes-per-address", "100000"]

    def start(self):
        self.folder = pathlib.Path(make_folder())
        self.folder.chmod(0o755)
        self.options += self.calendars()
        self.serve()
        self.command("organisation", "add", "--uscc", AGENCY, "--name", "示例区住房保障中心", "--kind", "public_institution",
                     "--region", "110105")
        for login, roles in {"bench.clerk": ["clerk"], "bench.supervisor": ["supervisor"]}.items():
            self.command("account", "add", "--organisation", AGENCY, "--login", login, "--name", login,
                         *(word for role in roles for word in ("--role", role)))
            self.tokens[login] = self.command("account", "token", "--login", login)["token"]
        return self

    def calendars(self):
        """The clock is the machine's, as in service; deadlines reach into years whose holidays may not be announced."""
        options, now = [], datetime.date.today().year
        for year in (now, now + 1):
            if (ROOT / "schema" / "calendar" / f"cn-{year}.json").exists():
                continue
            path = self.folder / f"cn-{year}.json"
            path.write_text(json.dumps(invented_calendar(year)), encoding="utf-8")
            options += ["--calendar", path]
        return options

    def serve(self):
        self.server = Program(
            "sponsio",
            [self.binary, "serve", "--data", self.folder / "sponsio", "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0",
             *self.limits, *self.options,
             *os.environ.get("SPONSIO_BENCH_OPTIONS", "").split()],
            self.folder / "sponsio.log",
        ).start()

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
                    "committer": {"kind": "natural_person", "name": "欧阳示例",
                                  "document": {"type": "citizen_id", "number": citizen_number(f"11010519{50 + n % 40}0101{n % 1000:03}")}}}
            file.write(json.dumps(body, ensure_ascii=False) + "\n")
    fill_wal(world)
    return bodies


def fill_wal(world):
    """A cluster in service writes its WAL into segments it has used before; a new one first has to make each of them, which holds every
    commit up, ours and the baseline's."""
    psql(world, "select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal() from generate_series(1, 60)")
    psql(world, "checkpoint")


def file_commitments(world, bodies, seconds):
    run = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", ROOT / "tests" / "bench" / "file.lua",
         "-H", f"Authorization: Bearer {world.tokens['bench.clerk']}", f"https://{world.server.address}/v1/commitments",
         "--", bodies, uuid.uuid4().hex],
        capture_output=True, text=True, check=True)
    load = json.loads(run.stdout.splitlines()[-1])
    if load["refused"] or not load["requests"]:
        sys.exit(f"bench: the load failed: {run.stdout.strip()}")
    return load


def socket_of(world):
    """The fifth line of postmaster.pid (PostgreSQL 15, src/include/utils/pidfile.h) is the socket's folder."""
    return (world.folder / "sponsio" / "postgres" / "postmaster.pid").read_text().split("\n")[4]


def psql(world, sql):
    run = subprocess.run([PG_BIN / "psql", "-X", "-At", "-h", socket_of(world), "-U", "sponsio_cluster", "-d", "sponsio", "-c", sql],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"bench: psql: {run.stderr.strip()}")
    return run.stdout.strip()


def tool(world, name):
    """A program built beside the server for benchmarks."""
    return pathlib.Path(world.binary).parents[2] / "tests" / "bench" / name


def figure(name, ours, baseline, unit, ratio=None):
    """One line of what a benchmark prints."""
    print(json.dumps({"name": name, "ours": ours, "baseline": baseline,
                      "ratio": round(ours / baseline if ratio is None else ratio, 3), "unit": unit}), flush=True)


def say(text):
    print(f"   {text}", file=sys.stderr, flush=True)
