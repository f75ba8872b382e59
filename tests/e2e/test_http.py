"""HTTP as clients of all kinds speak it: who sends before it reads, who comes when the server is full, pages of other sites;
and what an operator changes under a running server."""
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest
import urllib.request

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import World, must

WORLD = World()
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-"))
CONNECTIONS = 24
LOG = FOLDER / "server.log"
JSON = {"Content-Type": "application/json", "Idempotency-Key": "large"}


def setUpModule():
    unittest.addModuleCleanup(shutil.rmtree, FOLDER)
    FOLDER.chmod(0o755)
    make_certificate("server", 30)
    WORLD.options = ["--connections", str(CONNECTIONS), "--connections-per-address", str(CONNECTIONS), "--keep-alive", "3", "--log", LOG,
                     "--certificate", FOLDER / "server.crt", "--certificate-key", FOLDER / "server.key"]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))  # too few: the server has to ask for more
    try:
        begin(WORLD)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    WORLD.notice_id = open_matter(WORLD)


def make_certificate(name, days):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days),
                    "-subj", "/CN=sponsio.test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-keyout", FOLDER / f"{name}.key", "-out", FOLDER / f"{name}.crt"], check=True, capture_output=True)


def address(program=None):
    host, port = (program or WORLD.server).address.rsplit(":", 1)
    return host, int(port)


def dial(certificate=None, program=None):
    """A connection that takes little before it is read from."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    raw.settimeout(60)
    raw.connect(address(program))
    trusted = ssl.create_default_context(cafile=certificate or (program or WORLD.server).certificate)
    try:
        return trusted.wrap_socket(raw, server_hostname="localhost")
    except OSError:
        raw.close()
        raise


def ask(connection, method, target, body=b"", headers=None):
    """Sends all of it, then reads the answer: (status, headers, body)."""
    lines = {"Host": "localhost", "Content-Length": str(len(body)), **(headers or {})}
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n"
    connection.sendall(head.encode() + body)
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()


def token(login="zhang.clerk"):
    return {"Authorization": f"Bearer {WORLD.tokens[login]}"}


def fingerprint(program=None):
    """Of the certificate that a new connection is shown."""
    return ssl.get_server_certificate(address(program))


def metric(name):
    text = urllib.request.urlopen(f"http://{WORLD.server.ops}/metrics", timeout=10).read().decode()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name + " "))


def events(path=LOG):
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.startswith("{")]


def hang_up(event, program=None, path=LOG):
    """SIGHUP; answers the first such event after it."""
    before = len([e for e in events(path) if e["event"] == event])
    (program or WORLD.server).process.send_signal(signal.SIGHUP)
    return wait_until(f"the log says {event}", lambda: [e for e in events(path) if e["event"] == event][before:])[0]


class SendsBeforeItReads(unittest.TestCase):
    def test_a_large_body_that_is_refused(self):
        evidence = "/v1/verifications/019cac0f-0000-7000-8000-000000000000/evidence?kind=documentary&name=x"
        bulk = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "large"}
        for want, target, headers in ((401, "/v1/commitments", JSON), (413, "/v1/commitments", JSON | token()),
                                      (404, "/v1/nothing", JSON | token()), (401, evidence, JSON),
                                      (415, "/v1/commitments/bulk", JSON | token()), (401, "/v1/commitments/bulk", bulk)):
            with self.subTest(f"{want} {target}"), dial() as connection:
                status, fields, body = ask(connection, "POST", target, b"x" * (2 << 20), headers)
                self.assertEqual((status, fields["connection"]), (want, "close"))
                self.assertTrue(json.loads(body)["detail"])
                self.assertEqual(connection.recv(1), b"")  # close_notify: SSLEOFError without it

    def test_many_lines_at_once_and_again(self):
        draft = people.commitment(WORLD.notice_id, "2026-03-02") | {"reason": "因申请公共租赁住房资格确认" * 30}
        lines = 4000
        body = (json.dumps(draft, ensure_ascii=False).encode() + b"\n") * lines
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "sends-first"} | token()
        answers = []
        for _ in range(2):
            with dial() as connection:
                status, _, answer = ask(connection, "POST", "/v1/commitments/bulk", body, headers)
            self.assertEqual(status, 200)
            *told, last = [json.loads(line) for line in answer.splitlines()]
            self.assertEqual((last["summary"]["lines"], last["summary"]["complete"]), (lines, True))
            answers.append(told)
        first, again = answers
        self.assertEqual([(a["line"], a["status"]) for a in first], [(n, 201) for n in range(1, lines + 1)])
        self.assertEqual([a | {"replayed": False} for a in again], first)
        self.assertTrue(all(a["replayed"] for a in again))

    def test_who_asks_first_is_told_to_go_on_or_not(self):
        body = json.dumps(people.commitment(WORLD.notice_id, "2026-03-02")).encode()
        for headers, want in ((JSON | token() | {"Idempotency-Key": "asks-first"}, 100), (JSON, 401)):
            with dial() as connection:
                head = {"Host": "localhost", "Expect": "100-continue", "Content-Length": str(len(body)), **headers}
                connection.sendall(("POST /v1/commitments HTTP/1.1\r\n"
                                    + "".join(f"{k}: {v}\r\n" for k, v in head.items()) + "\r\n").encode())
                answer = connection.recv(4096)
                self.assertTrue(answer.startswith(b"HTTP/1.1 %d " % want), answer)
                if want == 100:
                    connection.sendall(body)
                    self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 201 "))


class Conditions(unittest.TestCase):
    def test_etags_in_lists_weak_and_any(self):
        supervisor = WORLD.client("qian.supervisor")
        version = people.matter_version()
        must(supervisor.post("/v1/matters", version | {"matter_code": "TAGS-1"}, key=True), 201)
        path = "/v1/matters/TAGS-1/versions"

        units = iter("甲乙丙丁戊己庚辛壬癸")  # what says the same as before is no new version

        def add(condition):
            changed = version | {"demanding_unit": f"示例区住房保障{next(units)}中心"}
            return supervisor.post(path, changed, key=True, headers={"If-Match": condition})

        self.assertEqual(must(add('"7", "1" ,"a,b"'), 201).headers["etag"], '"2"')
        self.assertEqual(must(add("*"), 201).headers["etag"], '"3"')
        for stale in ('"1"', 'W/"3"', '"4", W/"3"'):
            self.assertEqual(add(stale).problem, "precondition-failed", stale)
        for bad in ("3", '"3', '"3" "4"', ","):
            self.assertEqual(add(bad).pointers(), {"header:If-Match": "bad_format"}, bad)
        self.assertEqual(must(add('"3"'), 201).headers["etag"], '"4"')

        for target, known in (("/v1/matters/TAGS-1", '"4"'), (f"{path}/2", '"2"')):
            for condition, status in ((known, 304), (f'"x", W/{known}', 304), ("*", 304), ('"9"', 200)):
                with self.subTest(f"{target} {condition}"):
                    answer = must(supervisor.request("GET", target, headers={"If-None-Match": condition}), status)
                    self.assertEqual(answer.headers["etag"], known)
        with dial() as connection:  # one list, in two fields
            head = {**token("qian.supervisor"), "If-None-Match": '"x"\r\nIf-None-Match: "4"'}
            self.assertEqual(ask(connection, "GET", "/v1/matters/TAGS-1", headers=head)[0], 304)

    def test_a_status_list_of_another_time(self):
        answer = must(WORLD.client(language="en").get("/v1/status-lists/1?time=1772413200"), 501)
        self.assertEqual(answer.problem, "not-implemented")
        self.assertIn("without `time`", answer.json["detail"])


class Pages(unittest.TestCase):
    def test_read_what_needs_no_token_and_nothing_else(self):
        public, page = WORLD.client(), {"Origin": "https://example.org"}
        preflight = page | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
        for target in ("/.well-known/jwks.json", "/.well-known/jwt-vc-issuer", "/.well-known/vct/false-commitment",
                       "/.well-known/sm2-public.pem", "/log/1/checkpoint", "/log/1/vkeys", "/public/v1/draws", "/v1/proof-items", "/v1/status-lists/1"):
            with self.subTest(target), dial() as connection:
                self.assertEqual(public.request("GET", target, headers=page).headers["access-control-allow-origin"], "*")
                status, fields, _ = ask(connection, "OPTIONS", target, headers=preflight)
                self.assertEqual((status, fields["access-control-allow-origin"]), (204, "*"))
                self.assertIn("If-None-Match", fields["access-control-allow-headers"])
        clerk = WORLD.client("zhang.clerk")
        for target in ("/v1/commitments", "/v1/me"):
            with self.subTest(target), dial() as connection:
                self.assertNotIn("access-control-allow-origin", clerk.request("GET", target, headers=page).headers)
                self.assertNotIn("access-control-allow-origin", ask(connection, "OPTIONS", target, headers=preflight)[1])


class Doors(unittest.TestCase):
    def served(self, connection):
        self.assertEqual(ask(connection, "GET", "/.well-known/jwks.json")[0], 200)

    def test_when_all_connections_are_taken_the_idlest_gives_way(self):
        with contextlib.ExitStack() as idle:
            wait_until("nobody else is here", lambda: metric("http_connections") == 0)
            held = [idle.enter_context(dial()) for _ in range(CONNECTIONS)]
            for connection in held:
                self.served(connection)
            with dial() as one_more:
                self.served(one_more)
                self.assertEqual(held[0].recv(1), b"")
                self.served(held[-1])

    def test_when_all_of_them_are_at_work_the_next_is_told_so(self):
        head = "POST /v1/commitments HTTP/1.1\r\nHost: localhost\r\n" + "".join(
            f"{k}: {v}\r\n" for k, v in (JSON | token() | {"Content-Length": "100"}).items()) + "\r\n{"
        with contextlib.ExitStack() as busy:
            wait_until("nobody else is here", lambda: metric("http_connections") == 0)
            for _ in range(CONNECTIONS):
                busy.enter_context(dial()).sendall(head.encode())
            wait_until("all are at work", lambda: metric("http_in_flight") == CONNECTIONS)
            with dial() as one_more:
                status, fields, body = ask(one_more, "GET", "/v1/me", headers=token())
            self.assertEqual((status, fields["retry-after"], fields["connection"]), (503, "1", "close"))
            self.assertEqual(json.loads(body)["type"], "urn:sponsio:problem:overloaded")
        wait_until("there is room", lambda: metric("http_connections") == 0)
        with dial() as connection:
            self.served(connection)

    def test_the_open_files_that_the_connections_need_are_asked_for(self):
        limits = pathlib.Path(f"/proc/{WORLD.server.process.pid}/limits").read_text(encoding="ascii")
        soft = next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[3]
        self.assertGreaterEqual(int(soft), CONNECTIONS + 256)
        self.assertFalse([e for e in events() if e["event"] == "server.few_open_files"])

    def test_http_without_tls_is_told_so(self):
        plain = http.client.HTTPConnection(*address(), timeout=30)
        self.addCleanup(plain.close)
        plain.request("GET", "/v1/me", headers={"Accept-Language": "en"})
        answer = plain.getresponse()
        self.assertEqual(answer.status, 400)
        self.assertIn("https://", json.loads(answer.read())["detail"])

    def test_the_callers_name_of_a_request_is_kept(self):
        with dial() as connection:
            self.assertEqual(ask(connection, "GET", "/v1/me", headers=token() | {"X-Request-Id": "nightly-7"})[1]["x-request-id"], "nightly-7")
        wait_until("its line is written", lambda: [e for e in events() if e.get("request_id") == "nightly-7"])


class Signals(unittest.TestCase):
    def test_a_new_certificate_is_taken_without_a_stop(self):
        with dial() as kept, dial() as busy:
            self.assertEqual(ask(kept, "GET", "/.well-known/jwks.json")[0], 200)
            body = json.dumps(people.commitment(WORLD.notice_id, "2026-03-02")).encode()
            head = {"Host": "localhost", "Content-Length": str(len(body)), **JSON, **token(), "Idempotency-Key": "in-flight"}
            busy.sendall(("POST /v1/commitments HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()) + "\r\n").encode() + body[:20])
            before = fingerprint()

            make_certificate("other", 60)
            os.replace(FOLDER / "other.crt", FOLDER / "server.crt")  # its key is still to come
            refused = hang_up("server.reload_refused")
            self.assertIn("does not belong to the certificate", refused["problem"])
            self.assertEqual(fingerprint(), before)
            os.replace(FOLDER / "other.key", FOLDER / "server.key")
            hang_up("server.reloaded")
            self.assertNotEqual(fingerprint(), before)
            self.assertEqual(must(WORLD.client().get("/.well-known/jwks.json"), 200).status, 200)

            self.assertEqual(ask(kept, "GET", "/.well-known/jwks.json")[0], 200)
            busy.sendall(body[20:])
            self.assertTrue(busy.recv(65536).startswith(b"HTTP/1.1 201 "))
        shown = subprocess.run(["openssl", "x509", "-enddate", "-noout", "-in", FOLDER / "server.crt"], capture_output=True, text=True, check=True)
        ends = datetime.datetime.strptime(shown.stdout.strip(), "notAfter=%b %d %H:%M:%S %Y GMT").replace(tzinfo=datetime.timezone.utc)
        self.assertEqual(metric("tls_certificate_end_seconds"), ends.timestamp())

    def test_the_log_is_rotated(self):
        rotated = LOG.with_suffix(".log.1")
        LOG.rename(rotated)
        hang_up("server.reloaded")
        with dial() as connection:
            ask(connection, "GET", "/v1/me", headers=token() | {"X-Request-Id": "after-rotation"})
        wait_until("the new file has its line", lambda: [e for e in events() if e.get("request_id") == "after-rotation"])
        self.assertFalse([e for e in events(rotated) if e.get("request_id") == "after-rotation"])

    def test_logrotate_rotates_it(self):
        settings = FOLDER / "logrotate.conf"
        settings.write_text(f"{LOG} {{\n  rotate 2\n  su root root\n  postrotate\n    kill -HUP {WORLD.server.process.pid}\n  endscript\n}}\n")
        settings.chmod(0o644)
        before = len(events())
        rotated = pathlib.Path(f"{LOG}.1")
        rotated.unlink(missing_ok=True)
        subprocess.run(["logrotate", "--force", "--state", FOLDER / "logrotate.state", settings], check=True, capture_output=True,
                       env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"})
        wait_until("the new file is written to", lambda: [e for e in events() if e["event"] == "server.reloaded"])
        self.assertGreaterEqual(len(events(rotated)), before)

    def test_other_signals_end_nothing(self):
        for other in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
            WORLD.server.process.send_signal(other)
        with dial() as connection:
            self.assertEqual(ask(connection, "GET", "/v1/me", headers=token())[0], 200)
        self.assertTrue(WORLD.server.running())

    def test_the_other_servers_do_the_same(self):
        platform, log = WORLD.platform, WORLD.folder / "platform.log"
        before = fingerprint(platform)
        hang_up("server.reloaded", platform, log)
        self.assertEqual(fingerprint(platform), before)  # it lasts long enough
        pathlib.Path(platform.certificate).unlink()
        hang_up("server.reloaded", platform, log)
        self.assertNotEqual(fingerprint(platform), before)  # made anew


if __name__ == "__main__":
    unittest.main()
