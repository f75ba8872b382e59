"""Whoever floods hurts themselves: what one address, account or organisation may have, and that others do not feel it."""
import concurrent.futures
import contextlib
import http.client
import json
import resource
import socket
import ssl
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.client import Client
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import World, must

WORLD = World()
SEARCHES = 10  # at once, of one account
EVERYBODY = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
             "content-security-policy": "default-src 'none'; frame-ancestors 'none'", "strict-transport-security": "max-age=31536000"}
# An address that is nobody's: any of 127.0.0.0/8 is this machine.
FLOODER = "127.0.0.2"
PER_ADDRESS = 60


def setUpModule():
    WORLD.options = ["--rate", "account.costly=1", "--connections", str(4 * PER_ADDRESS), "--connections-per-address", str(PER_ADDRESS),
                     "--rate", f"{FLOODER}.open=1"]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    unittest.addModuleCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def address():
    host, port = WORLD.server.address.rsplit(":", 1)
    return host, int(port)


def dial(source=None):
    raw = socket.create_connection(address(), timeout=60, source_address=(source, 0) if source else None)
    try:
        return ssl.create_default_context(cafile=WORLD.server.certificate).wrap_socket(raw, server_hostname="localhost")
    except OSError:
        raw.close()
        raise


def answer_of(connection, method="GET"):
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()


def head(method, target, login=None, **more):
    fields = {"Host": "localhost", **({"Authorization": f"Bearer {WORLD.tokens[login]}"} if login else {}), **more}
    return (f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n").encode()


class Handshakes(unittest.TestCase):
    def test_who_connects_chooses_among_three_groups(self):
        """Counted with somebody else's client: every group that it has."""
        accepted = []
        for group in ("X25519", "P-256", "P-384", "P-521", "X448", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"):
            run = subprocess.run(["openssl", "s_client", "-connect", WORLD.server.address, "-groups", group, "-CAfile", WORLD.server.certificate],
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
            if "New, TLSv1." in run.stdout:
                accepted.append(group)
        self.assertEqual(accepted, ["X25519", "P-256", "P-384"])

    def test_no_key_outlives_a_connection(self):
        run = subprocess.run(["openssl", "s_client", "-connect", WORLD.server.address, "-CAfile", WORLD.server.certificate, "-reconnect", "-tls1_2"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((run.stdout.count("New, TLSv1.2"), run.stdout.count("Reused, ")), (6, 0))


class Fields(unittest.TestCase):
    def test_every_answer_has_them(self):
        clerk, public, stray = WORLD.client("zhang.clerk"), WORLD.client(), Client(WORLD.server)
        filed = must(clerk.post("/v1/commitments", people.commitment(WORLD.notice_id, "2026-03-02"), key=True), 201)
        answers = [filed, clerk.get("/v1/me"), clerk.get(filed.headers["location"]), public.get("/v1/me"), stray.get("/nowhere"),
                   public.get("/.well-known/jwks.json"), public.get("/log/1/checkpoint"), clerk.post("/v1/commitments", {}, key=True),
                   stray.request("PUT", "/v1/me"), clerk.get("/v1/matters/NONE")]
        for answer in answers:
            self.assertEqual({name: answer.headers.get(name) for name in EVERYBODY}, EVERYBODY)
        for answer in answers:
            if answer not in answers[5:7]:  # which everybody may read, and keep
                self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertIn("max-age", answers[5].headers["cache-control"])

    def test_a_page_has_its_own_policy(self):
        page = WORLD.client().get("/docs")
        self.assertIn("style-src 'sha256-", page.headers["content-security-policy"])
        self.assertEqual(page.headers["referrer-policy"], "no-referrer")

    def test_a_report_is_not_kept_by_caches(self):
        """Records, batches and papers have types of their own."""
        for login, target in (("sun.integrator", "/v1/records"), ("qian.supervisor", "/v1/submissions")):
            self.assertEqual(must(WORLD.client(login).get(target), 200).headers["cache-control"], "no-store")


class Rates(unittest.TestCase):
    def search(self, login):
        return WORLD.client(login, language="en").post("/v1/searches", {"document": people.RESIDENT["document"]})

    def test_a_caller_is_told_when_to_come_again(self):
        answers = [self.search("qian.supervisor") for _ in range(SEARCHES + 5)]
        well = [answer for answer in answers if answer.status == 200]
        self.assertGreaterEqual(len(well), SEARCHES)
        told = [answer for answer in well if "ratelimit" in answer.headers]  # before it is too late
        self.assertTrue(told)
        self.assertEqual(told[0].headers["ratelimit-policy"], '"account.costly";q=10;w=10')
        refused = answers[-1]
        self.assertEqual((refused.status, refused.problem), (429, "throttled"))
        self.assertIn("account.costly", refused.json["detail"])
        self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
        self.assertRegex(refused.headers["ratelimit"], r'^"account.costly";r=0;t=\d+$')
        # Another account, and the same one with something else, go on.
        self.assertEqual(self.search("wu.other").status, 200)
        self.assertEqual(WORLD.client("qian.supervisor").get("/v1/me").status, 200)

    def test_an_address_without_a_token_is_counted_by_itself(self):
        statuses = []
        with dial(FLOODER) as connection:
            for _ in range(15):
                connection.sendall(head("GET", "/.well-known/jwks.json"))
                statuses.append(answer_of(connection)[0])
        self.assertEqual(set(statuses), {200, 429})
        self.assertEqual(must(WORLD.client().get("/.well-known/jwks.json"), 200).status, 200)

    def test_a_question_about_a_person_has_a_quota_of_its_own(self):
        """For a day, by the rule pack; filing is not limited by it."""
        clerk = WORLD.client("wu.other")
        supervisor_matter = "QUOTA-1"
        must(clerk.post("/v1/matters", people.matter_version() | {"matter_code": supervisor_matter}, key=True), 201)
        committer = people.commitment(WORLD.notice_id, "2026-03-02")["committer"]
        left = must(clerk.post("/v1/eligibility-questions", {"matter_code": supervisor_matter, "committer": committer, "purpose": "eligibility"}), 200).json["questions_left"]
        self.assertLess(left, 1000)
        for _ in range(left):
            last = clerk.post("/v1/eligibility-questions", {"matter_code": supervisor_matter, "committer": committer, "purpose": "eligibility"})
        self.assertEqual(must(last, 200).json["questions_left"], 0)
        refused = clerk.post("/v1/eligibility-questions", {"matter_code": supervisor_matter, "committer": committer, "purpose": "eligibility"})
        self.assertEqual((refused.problem, refused.headers["retry-after"]), ("throttled", "3600"))


class Connections(unittest.TestCase):
    def test_an_address_that_takes_all_it_can_takes_nobody_elses(self):
        with contextlib.ExitStack() as flood:
            sockets = [flood.enter_context(socket.create_connection(address(), timeout=60, source_address=(FLOODER, 0)))
                       for _ in range(5 * PER_ADDRESS)]
            # So many are closed again, the idlest first.
            wait_until("the idlest are closed", lambda: closed_among(sockets) >= 4 * PER_ADDRESS, within=3)
            for _ in range(20):
                self.assertEqual(WORLD.client("zhang.clerk").get("/v1/me").status, 200)
            # And the flooder itself is served still.
            with dial(FLOODER) as connection:
                connection.sendall(head("GET", "/v1/me", "zhang.clerk"))
                self.assertEqual(answer_of(connection)[0], 200)


def closed_among(sockets):
    count = 0
    for one in sockets:
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            try:
                count += one.recv(1) == b""
            except ConnectionError:
                count += 1
    return count


class Bodies(unittest.TestCase):
    def test_uploads_to_a_task_that_is_not_there_are_refused_unread(self):
        target = "/v1/verifications/019cac0f-0000-7000-8000-000000000000/evidence?kind=documentary&name=x"
        more = {"Content-Type": "text/plain", "Content-Length": str(8 << 20)}
        before = resident()
        with contextlib.ExitStack() as uploads:
            for number in range(50):
                connection = uploads.enter_context(dial())
                expect = {"Expect": "100-continue"} if number % 2 else {}
                connection.sendall(head("POST", target, "li.verifier", **more, **expect, **{"Idempotency-Key": f"unread-{number}"}))
                status, fields, body = answer_of(connection, "POST")
                self.assertEqual((status, json.loads(body)["type"], fields["connection"]), (404, "urn:sponsio:problem:not-found", "close"))
        self.assertLess(resident() - before, 50 << 20)

    def test_one_account_does_not_take_the_memory_for_all_bodies(self):
        """Each bulk filing may hold some megabytes; the server reads so many of them at a time for one clerk."""
        more = {"Content-Type": "application/x-ndjson", "Content-Length": str(64 << 20), "Expect": "100-continue"}
        answers = []
        with contextlib.ExitStack() as uploads:
            for number in range(40):
                connection = uploads.enter_context(dial())
                connection.sendall(head("POST", "/v1/commitments/bulk", "zhang.clerk", **more, **{"Idempotency-Key": f"bulk-{number}"}))
                answers.append(connection.recv(4096).split(b" ", 2)[1])
            self.assertIn(b"429", answers)
            self.assertIn(b"100", answers)
            other = WORLD.client("wu.other").post("/v1/commitments", {}, key=True)
            self.assertEqual(other.problem, "invalid")


def resident():
    for line in open(f"/proc/{WORLD.server.process.pid}/status", encoding="ascii"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the server is gone")


class Turns(unittest.TestCase):
    def test_single_filings_are_taken_while_another_agency_files_in_bulk(self):
        other = WORLD.client("wu.other")
        must(other.post("/v1/matters", people.matter_version() | {"matter_code": "FLOOD-1"}, key=True), 201)
        given = must(other.post("/v1/notices", {"matter_code": "FLOOD-1", "matter_version": 1, "channel": "web", "language": "zh-CN"}, key=True), 201)
        draft = people.commitment(given.json["notice_id"], "2026-03-02")
        body = (json.dumps(draft, ensure_ascii=False).encode() + b"\n") * 1000

        def flood(number):
            return WORLD.client("wu.other").post_bytes("/v1/commitments/bulk", body, "application/x-ndjson", f"flood-{number}")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            running = [pool.submit(flood, number) for number in range(8)]
            mine = []
            while not all(one.done() for one in running):
                mine.append(WORLD.client("zhang.clerk").post("/v1/commitments", people.commitment(WORLD.notice_id, "2026-03-02"), key=True).status)
        self.assertGreater(len(mine), 2)
        self.assertEqual(set(mine), {201})
        for one in running:
            for line in one.result().body.decode().splitlines()[:-1]:
                self.assertIn(json.loads(line)["status"], (201, 503))


if __name__ == "__main__":
    unittest.main()
