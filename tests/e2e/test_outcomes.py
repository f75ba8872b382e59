"""What the database leaves open: sessions killed, answers to COMMIT lost, a standby that is away, a network that swallows
packets, poolers. Filing goes on, everybody is told the truth within the deadline, and /readyz says what is.

SPONSIO_BLOWS=20 strikes twenty times of each kind, and holds each to two seconds; by default a few, on a busy machine.
"""
import http.client
import json
import os
import pwd
import shutil
import subprocess
import time
import unittest

from sponsio_e2e import people
from sponsio_e2e.cluster import SharedWorld
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import MADE_ON, Filers, judge_receipts, open_matter, receipts_of
from sponsio_e2e.pgroad import DatabaseRoad, RawSession
from sponsio_e2e.program import Program, ProgramFailed, wait_until
from sponsio_e2e.world import must

BLOWS = int(os.environ.get("SPONSIO_BLOWS", "0"))


class RoadWorld(SharedWorld):
    """One process, and a road to its database that can be cut."""

    def database(self):
        if not self.road:
            self.road = DatabaseRoad(self.cluster.folder / ".s.PGSQL.5432")
        return f"postgresql://owner@127.0.0.1:{self.road.port}/sponsio?sslmode=disable"


WORLD = RoadWorld("--writers", "1")


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def ops(path, server=None):
    """(status, body) from the port for operators."""
    connection = http.client.HTTPConnection((server or WORLD.server).ops, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def unready():
    """Names of the checks that fail."""
    status, body = ops("/readyz")
    failing = {check["name"] for check in json.loads(body)["checks"] if not check["ok"]}
    assert (status == 503) == bool(failing), (status, body)
    return failing


def gauge(name):
    return next(float(line.split()[1]) for line in ops("/metrics")[1].splitlines() if line.startswith(name + " "))


def file(key, client=None):
    return (client or WORLD.client("zhang.clerk")).post("/v1/commitments", people.commitment(WORLD.notice_id, MADE_ON), key=key)


def log_lines(event):
    lines = (WORLD.folder / "sponsio-one.log").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if f'"{event}"' in line]


class Blows(unittest.TestCase):
    def under_fire(self, name, blow):
        """Strikes, waits until filing goes on, and compares what is there with what was acknowledged."""
        clerk = WORLD.client("zhang.clerk")
        wait_until("it is ready", lambda: not unready())
        before = {c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200")}
        worst = 0.0
        with Filers(WORLD, name, each=4 if BLOWS else 2) as filers:
            wait_until("some are filed", lambda: len(filers.acknowledged()) > 20)
            for _ in range(BLOWS or 3):
                blow()
                # One that was on its way may still be answered; the next of each filer was sent after the blow.
                struck, counts = time.monotonic(), [len(filer.acknowledged) for filer in filers.all]
                wait_until("filing goes on", lambda counts=counts: all(
                    len(filer.acknowledged) > count + 1 for filer, count in zip(filers.all, counts)), within=30, every=0.01)
                worst = max(worst, time.monotonic() - struck)
        print(f"{name}: filing went on within {worst:.2f} s each time")
        if BLOWS:
            self.assertLess(worst, 2)
        wait_until("it is ready", lambda: not unready())
        for key in list(filers.acknowledged())[-10:] + filers.unsure()[-40:]:
            again = must(file(key, clerk), 201)
            self.assertEqual(again.body, filers.acknowledged().get(key, again.body))
        codes = [c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200")]
        self.assertEqual(len(codes), len(set(codes)))
        new = set(codes) - before
        acknowledged = {json.loads(body)["commitment_code"] for body in filers.acknowledged().values()}
        self.assertEqual(len(acknowledged), len(filers.acknowledged()))
        self.assertLessEqual(acknowledged, new)
        self.assertLessEqual(len(new), len(acknowledged) + len(filers.unsure()))
        judge_receipts(self, clerk, WORLD.server.certificate, WORLD.server.url, receipts_of(filers.acknowledged()))

    def test_answers_to_commit_are_lost(self):
        def blow():
            cuts = WORLD.road.cuts
            WORLD.road.cut_next_commit()
            wait_until("an answer is lost", lambda: WORLD.road.cuts > cuts, every=0.005)
        self.under_fire("commit", blow)

    def test_single_backends_are_killed(self):
        """With SIGKILL: PostgreSQL ends all sessions and recovers."""
        def leased():
            try:
                return WORLD.leases()
            except ProgramFailed:
                return {}  # it recovers from the last one
        self.under_fire("backend", lambda: os.kill(next(iter(wait_until("a shard is leased", leased).values())), 9))

    def test_the_writers_session_is_ended(self):
        self.under_fire("session", lambda: [WORLD.end_session(pid) for pid in WORLD.leases().values()])


class Silence(unittest.TestCase):
    def answered_in_doubt(self, key):
        """A filing that cannot succeed is answered within its deadline, and says what to do."""
        began = time.monotonic()
        answer = file(key)
        self.assertLess(time.monotonic() - began, 25)
        self.assertEqual(answer.status, 503, answer.body)
        self.assertIn("retry-after", answer.headers)
        return answer.problem

    def test_the_synchronous_standby_is_away(self):
        WORLD.cluster.sql("alter system set synchronous_standby_names = 'away'")
        WORLD.cluster.sql("select pg_reload_conf()")
        try:
            words = {self.answered_in_doubt(f"away-{n}") for n in range(2)}
            self.assertIn("outcome-unknown", words)
            wait_until("it is not ready", lambda: "filing" in unready())
            wait_until("a metric says it", lambda: gauge("filing_ready") == 0)
            wait_until("the round grows old", lambda: gauge("filing_round_age_seconds") > 0.1)
        finally:
            WORLD.cluster.sql("alter system reset synchronous_standby_names")
            WORLD.cluster.sql("select pg_reload_conf()")
        wait_until("the same keys are filed", lambda: all(file(f"away-{n}").status == 201 for n in range(2)), within=60)
        wait_until("it is ready again", lambda: not unready() and gauge("filing_ready") == 1)

    def test_the_table_of_sessions_is_full(self):
        """Whoever finds no place says so; nothing of it is an error inside."""
        place = WORLD.cluster.folder / ".s.PGSQL.5432"
        sessions = []

        def fill():
            while (session := RawSession(place)).taken:
                sessions.append(session)
        try:
            fill()
            for _ in range(4):
                sessions[0].say("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'sponsio%'")
                fill()
                answers = [file(f"full-{time.monotonic_ns()}") for _ in range(2)]
                answers += [WORLD.client("zhang.clerk").get("/v1/commitments?limit=1") for _ in range(6)]
                for answer in answers:
                    self.assertIn(answer.status, (200, 201, 503), answer.body)
                    self.assertEqual("retry-after" in answer.headers, answer.status == 503)
            wait_until("readiness says why", lambda: "too many clients" in ops("/readyz")[1], within=20)
            self.assertEqual(ops("/readyz")[0], 503)
        finally:
            for session in sessions:
                session.close()
        wait_until("it is ready again", lambda: not unready(), within=60)

    def test_the_network_swallows_everything(self):
        must(file("before-silence"), 201)
        lost, back = len(log_lines("database.lost")), len(log_lines("database.back"))
        WORLD.road.silent = True
        try:
            self.answered_in_doubt("silence")
            began = time.monotonic()
            look = WORLD.client("zhang.clerk").get("/v1/commitments?limit=1")
            self.assertEqual((look.status, look.problem), (503, look.problem))
            self.assertLess(time.monotonic() - began, 25)
            wait_until("it is not ready", lambda: {"filing", "database"} <= unready(), within=60)
        finally:
            WORLD.road.silent = False
        wait_until("it is filed", lambda: file("silence").status == 201, within=60)
        wait_until("it is ready again", lambda: not unready(), within=60)
        self.assertLessEqual(len(log_lines("database.lost")) - lost, 3)
        wait_until("its log says that it is back", lambda: len(log_lines("database.back")) > back)


class Poolers(unittest.TestCase):
    def bouncer(self, mode):
        """A pgbouncer in front of the world's database; its port."""
        folder = WORLD.folder / f"bouncer-{mode}"
        folder.mkdir(mode=0o755)
        identity = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            shutil.chown(folder, "postgres")
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\nsponsio = host={WORLD.cluster.folder} port=5432 dbname=sponsio user=owner\n[pgbouncer]\n"
            f"unix_socket_dir = {folder}\nlisten_port = 6432\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = 30\n")
        process = subprocess.Popen([shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", str(settings)], cwd="/", stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=open(folder / "log", "w", encoding="utf-8"), **identity)
        self.addCleanup(process.wait, 20)
        self.addCleanup(process.terminate)
        wait_until("the pooler listens", lambda: (folder / ".s.PGSQL.6432").exists())
        return f"postgresql:///sponsio?host={folder}&port=6432&user=owner"

    def serve(self, uri):
        return Program("sponsio behind a pooler", [WORLD.binary, "serve", "--database", uri, "--state", WORLD.state("one"), "--listen",
                                                   "127.0.0.1:0", "--ops", "127.0.0.1:0", "--training-clock", WORLD.clock.path,
                                                   "--heads", WORLD.folder / "heads", *WORLD.options],
                       WORLD.folder / "sponsio-pooled.log", ready_within=60)

    def test_one_that_gives_each_transaction_another_session_is_named(self):
        with self.assertRaises(ProgramFailed) as caught:
            self.serve(self.bouncer("transaction")).start()
        self.assertIn("pool_mode = session", str(caught.exception))

    def test_one_that_keeps_sessions_will_do(self):
        WORLD.server.stop()
        pooled = self.serve(self.bouncer("session"))
        try:
            WORLD.server = pooled.start()
            wait_until("it files", lambda: file("pooled").status == 201, within=30)
        finally:
            status = pooled.stop()
            WORLD.server = WORLD.start_one("one")
        self.assertEqual(status, 0)


if __name__ == "__main__":
    unittest.main()
