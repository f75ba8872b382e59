"""What was acknowledged is there after any sudden end, once; and a directory that is not ours to take is left alone."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import MADE_ON, Filers, judge_receipts, open_matter, receipts_of
from sponsio_e2e.program import Program, ProgramFailed, wait_until
from sponsio_e2e.world import World, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def ops(path):
    """(status, body) from the port for operators; (0, "") if nobody is there."""
    connection = http.client.HTTPConnection(WORLD.server.ops, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def postmaster():
    """The process id of the embedded PostgreSQL."""
    found = list((WORLD.folder / "sponsio").rglob("postmaster.pid"))
    return int(found[0].read_text().split("\n")[0])


class Survival(unittest.TestCase):
    def under_fire(self, name, blow):
        """Files from several sides, strikes in the middle, and compares what is there with what was acknowledged."""
        clerk = WORLD.client("zhang.clerk")
        before = {c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200")}
        with Filers(WORLD, name, each=4) as filers:
            wait_until("some are filed", lambda: len(filers.acknowledged()) > 40)
            blow()
            struck = len(filers.acknowledged())
            wait_until("filing goes on", lambda: len(filers.acknowledged()) > struck + 20, within=90)
        for key, body in filers.acknowledged().items():
            again = clerk.post("/v1/commitments", people.commitment(WORLD.notice_id, MADE_ON), key=key)
            self.assertEqual((again.status, again.body, again.headers.get("idempotency-replayed")), (201, body, "true"))
        codes = [c["commitment_code"] for c in clerk.all_items("/v1/commitments?limit=200")]
        self.assertEqual(len(codes), len(set(codes)))
        acknowledged = {json.loads(b)["commitment_code"] for b in filers.acknowledged().values()}
        self.assertEqual(len(acknowledged), len(filers.acknowledged()))
        new = set(codes) - before
        self.assertLessEqual(acknowledged, new)
        self.assertLessEqual(len(new), len(acknowledged) + len(filers.unsure()))
        judge_receipts(self, clerk, WORLD.server.certificate, WORLD.server.url, receipts_of(filers.acknowledged()))

    def test_the_server_is_killed(self):
        def blow():
            port = int(WORLD.server.address.rsplit(":", 1)[1])
            WORLD.server.kill()
            WORLD.start_server(port)
        self.under_fire("server", blow)

    def test_the_database_is_killed(self):
        self.under_fire("database", lambda: os.kill(postmaster(), signal.SIGKILL))
        wait_until("it is ready again", lambda: ops("/readyz")[0] == 200)

    def test_stopping_ends_everything(self):
        pid = postmaster()
        self.assertEqual(WORLD.server.stop(), 0)
        self.assertRaises(ProcessLookupError, os.kill, pid, 0)
        self.assertEqual(list((WORLD.folder / "sponsio").rglob("postmaster.pid")), [])
        WORLD.start_server()
        must(WORLD.client("zhang.clerk").get("/v1/me"), 200)

    def refused_start(self, what):
        second = Program("a second sponsio", [WORLD.binary, "serve", "--data", WORLD.folder / "sponsio", "--listen", "127.0.0.1:0",
                                              "--ops", "127.0.0.1:0"], WORLD.folder / "second.log", ready_within=60)
        with self.assertRaises(ProgramFailed) as caught:
            second.start()
        self.assertNotIn(second.process.returncode, (0, None))
        said = (WORLD.folder / "second.log").read_text()
        self.assertIn(what, said)
        self.assertNotIn("terminate called", said)

    def test_a_directory_in_use(self):
        self.refused_start("another")
        must(WORLD.client("zhang.clerk").get("/v1/me"), 200)

    def test_a_directory_of_another_version(self):
        WORLD.server.stop()
        mark = next(pathlib.Path(WORLD.folder / "sponsio").rglob("PG_VERSION"))
        for candidate in (WORLD.folder / "sponsio").rglob("PG_VERSION"):
            if len(candidate.parts) < len(mark.parts):
                mark = candidate
        was = mark.read_text()
        mark.write_text("13\n")
        try:
            self.refused_start("13")
        finally:
            mark.write_text(was)
        WORLD.start_server()


class Surface(unittest.TestCase):
    def test_health_readiness_metrics(self):
        self.assertEqual(ops("/healthz")[0], 200)
        wait_until("it is ready", lambda: ops("/readyz")[0] == 200)
        status, text = ops("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("http_requests_total", text)

    def test_old_tls_is_refused(self):
        for version, good in (("-tls1_3", True), ("-tls1_2", True), ("-tls1_1", False), ("-tls1", False)):
            with self.subTest(version):
                run = subprocess.run(["openssl", "s_client", "-connect", WORLD.server.address, version, "-cipher", "ALL:@SECLEVEL=0"],
                                     stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
                self.assertEqual(run.returncode == 0, good)

    def test_plain_http_gets_nothing(self):
        host, port = WORLD.server.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=5) as plain:
            plain.sendall(b"GET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"HTTP/1.1 200", plain.recv(4096))

    def test_curl_understands_it(self):
        run = subprocess.run(["curl", "--silent", "--fail", "--cacert", WORLD.server.certificate, "-G",
                              f"{WORLD.server.url}/v1/proof-items", "--data-urlencode", "q=无犯罪记录证明"],
                             capture_output=True, timeout=20, check=True)
        self.assertEqual(json.loads(run.stdout)["items"][0]["number"], 5)

    def test_every_subcommand_has_help(self):
        for words in ([], ["serve"], ["migrate"], ["catalogue"], ["rules"], ["organisation"], ["account"], ["key"], ["knowledge"], ["log"],
                      ["platform"], ["lifecycles"], ["words"]):
            with self.subTest(words):
                run = subprocess.run([WORLD.binary, *words, "--help"], capture_output=True, text=True, timeout=20, check=False)
                self.assertEqual(run.returncode, 0)
                self.assertIn("--help", run.stdout)

    def test_an_unknown_option_is_a_sentence(self):
        run = subprocess.run([WORLD.binary, "serve", "--data", WORLD.folder / "none", "--colour", "blue"], capture_output=True, text=True, timeout=20, check=False)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("--colour", run.stderr + run.stdout)
