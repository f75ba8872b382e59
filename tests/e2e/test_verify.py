"""sponsio-verify, the program, on a log made here with hashlib and openssl and served over HTTPS, and on the product's own."""
import base64
import contextlib
import hashlib
import http.server
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from sponsio_e2e.verifier import VERIFY, verify

ORIGIN = "log.example/log/1"


def b64(data):
    return base64.b64encode(data).decode()


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


def tree_hash(leaves):
    """RFC 6962 section 2.1, word by word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


class SmallLog:
    """600 entries: two full tiles and a partial one."""

    SIZE = 600

    def __init__(self, folder):
        self.folder = folder
        openssl("genpkey", "-algorithm", "ED25519", "-out", folder / "key.pem")
        typed = b"\x01" + openssl("pkey", "-in", folder / "key.pem", "-pubout", "-outform", "DER")[-32:]
        self.key_id = hashlib.sha256(ORIGIN.encode() + b"\n" + typed).digest()[:4]
        self.vkey = f"{ORIGIN}+{self.key_id.hex()}+{b64(typed)}"
        digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(self.SIZE)]
        self.entries = [f'{{"digest":"{digest}","kind":"commitment","time":"2026-03-02T01:00:06Z"}}'.encode() for digest in digests]
        self.leaves = [hashlib.sha256(b"\x00" + entry).digest() for entry in self.entries]
        self.write("checkpoint", self.sign(self.SIZE))
        for first in range(0, self.SIZE, 256):
            width = min(256, self.SIZE - first)
            name = f"{first // 256:03d}" + (f".p/{width}" if width < 256 else "")
            self.write(f"tile/0/{name}", b"".join(self.leaves[first:first + width]))
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in self.entries[first:first + width])
            self.write(f"tile/entries/{name}", bundle)
        self.write("tile/1/000.p/2", tree_hash(self.leaves[:256]) + tree_hash(self.leaves[256:512]))

    def write(self, name, data):
        path = self.folder / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def sign(self, size, root=None):
        text = f"{ORIGIN}\n{size}\n{b64(root or tree_hash(self.leaves[:size]))}\n".encode()
        (self.folder / "text").write_bytes(text)
        signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.folder / "key.pem", "-in", self.folder / "text")
        return text + f"\n— {ORIGIN} {b64(self.key_id + signature)}\n".encode()

    def checkpoint(self, size, root=None):
        path = self.folder / f"checkpoint.{size}"
        path.write_bytes(self.sign(size, root))
        return path


class OverHttps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.log = SmallLog(cls.folder)
        cls.certificate = cls.folder / "certificate.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", cls.folder / "tls.pem", "-out", cls.certificate)
        cls.asked = []
        cls.answers = {}  # path -> statuses to answer with before the file is served
        cls.retry_after, cls.early_hints = None, False
        cls.serve()

    @classmethod
    def serve(cls):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                name = self.path.removeprefix("/log/1/")
                cls.asked.append(name)
                path = cls.folder / "log" / name
                status = cls.answers[name].pop(0) if cls.answers.get(name) else 200 if path.is_file() else 404
                body = path.read_bytes() if status == 200 else b""
                if cls.early_hints:
                    self.send_response_only(103)
                    self.send_header("Link", "</elsewhere>")
                    self.end_headers()
                self.send_response(status)
                if status == 503 and cls.retry_after:
                    self.send_header("Retry-After", cls.retry_after)
                if status == 302:
                    self.send_header("Location", "/log/1/checkpoint")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # whoever has read enough hangs up
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.certificate, cls.folder / "tls.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.url = f"https://127.0.0.1:{server.server_address[1]}/log/1"

    def setUp(self):
        self.asked.clear()
        self.answers.clear()
        type(self).retry_after, type(self).early_hints = None, False

    def whole_log(self, *more):
        return verify("log", self.url, "--ca", self.certificate, "--vkey", self.log.vkey, *more)

    def consistency(self, old, new):
        return verify("checkpoint", old, new, "--log", self.url, "--ca", self.certificate, "--vkey", self.log.vkey)

    @contextlib.contextmanager
    def flipped(self, name, at):
        path = self.folder / "log" / name
        good = path.read_bytes()
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
        try:
            yield
        finally:
            path.write_bytes(good)

    def test_the_whole_log_holds(self):
        code, answer = self.whole_log("--old", self.log.checkpoint(256), "--old", self.log.checkpoint(599))
        self.assertEqual((code, answer["ok"], answer["size"], answer["entries"]), (0, True, 600, {"commitment": 600}))
        self.assertEqual(len(self.asked), len(set(self.asked)), "every file is fetched once")

    def test_one_flipped_bit_is_found(self):
        for name, at, word in [("tile/0/001", 7, "wrong_tile"), ("tile/1/000.p/2", 0, "wrong_tile"),
                               ("tile/entries/002.p/88", 30, "wrong_tile"), ("checkpoint", 20, "bad_signature")]:
            with self.subTest(name), self.flipped(name, at):
                code, answer = self.whole_log()
                self.assertEqual((code, answer["ok"], answer["code"]), (1, False, word))

    def test_checkpoints_are_compared_with_tiles_of_the_log(self):
        new = self.log.checkpoint(600)
        code, answer = self.consistency(self.log.checkpoint(300), new)
        self.assertEqual((code, answer["old_size"], answer["new_size"]), (0, 300, 600))
        self.assertFalse([name for name in self.asked if "entries" in name])
        code, answer = self.consistency(self.log.checkpoint(300, root=bytes(32)), new)
        self.assertEqual((code, answer["code"]), (1, "forked"))
        with self.flipped("tile/0/001", 3):
            code, answer = self.consistency(self.log.checkpoint(300), new)
        self.assertEqual((code, answer["code"]), (1, "wrong_tiles"))

    def test_what_fails_for_the_moment_is_asked_for_again(self):
        self.answers |= {"tile/0/001": [503, 429], "checkpoint": [500]}
        code, _ = self.whole_log()
        self.assertEqual((code, self.asked.count("tile/0/001"), self.asked.count("checkpoint")), (0, 3, 2))

    def test_a_server_that_says_when_to_come_back_is_not_asked_before(self):
        self.answers["checkpoint"] = [503]
        type(self).retry_after = "3"
        begun = time.monotonic()
        code, _ = self.whole_log()
        self.assertEqual((code, self.asked.count("checkpoint")), (0, 2))
        self.assertGreaterEqual(time.monotonic() - begun, 3)

    def test_a_server_that_is_away_for_long_is_not_waited_for(self):
        self.answers["checkpoint"] = [503]
        type(self).retry_after = "3600"
        code, answer = self.whole_log()
        self.assertEqual((code, answer["code"], self.asked.count("checkpoint")), (2, "network", 1))
        self.assertIn("come back in 3600 s", answer["error"])

    def test_interim_answers_are_read_past(self):
        type(self).early_hints = True
        code, answer = self.whole_log()
        self.assertEqual((code, answer["size"]), (0, 600))

    def test_a_file_of_authorities_is_all_that_is_trusted(self):
        """Who issued the server's certificate is not in the file, and nobody looks for it in the system's own directory."""
        stranger, trace = self.folder / "stranger.pem", self.folder / "trace"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=stranger",
                "-keyout", self.folder / "stranger.key", "-out", stranger)
        for more, looked in (["--ca", stranger], False), ([], True):
            command = ["strace", "-f", "-o", trace, VERIFY, "log", self.url, "--vkey", self.log.vkey, *more]
            run = subprocess.run([str(part) for part in command], capture_output=True, timeout=60, check=False)
            self.assertEqual(run.returncode, 2)
            self.assertEqual("/etc/ssl/certs" in trace.read_text(encoding="utf-8", errors="replace"), looked, more)
        self.assertEqual(self.asked, [])

    def test_what_cannot_be_fetched_is_no_proof_of_anything(self):
        for status, word in [(302, "network"), (403, "network"), (404, "missing_from_log")]:
            with self.subTest(status):
                self.answers["tile/entries/001"] = [status]
                code, answer = self.whole_log()
                self.assertEqual((code, answer["verdict"], answer["code"]), (2, "not_checked", word))

    def test_an_answer_without_end_is_cut(self):
        endless = self.log.write("tile/1/000.p/2", (self.folder / "log/tile/1/000.p/2").read_bytes() + bytes(1 << 20))
        try:
            code, answer = self.whole_log()
            self.assertEqual((code, answer["code"]), (2, "network"))
        finally:
            endless.write_bytes(endless.read_bytes()[:64])

    def test_the_server_must_show_a_trusted_certificate(self):
        code, answer = verify("log", self.url, "--vkey", self.log.vkey)
        self.assertEqual((code, answer["code"]), (2, "network"))
        self.assertIn("--ca", answer["error"])
        self.assertEqual(self.asked, [])
        code, answer = verify("log", self.url.replace("https", "http"), "--vkey", self.log.vkey)
        self.assertEqual((code, answer["code"]), (2, "bad_address"))


class TheProgram(unittest.TestCase):
    def test_it_links_nothing_of_the_server(self):
        libraries = subprocess.run(["ldd", VERIFY], capture_output=True, text=True, check=True).stdout
        self.assertIn("libcrypto", libraries)
        for foreign in ("libpq", "libsoci", "libboost"):
            self.assertNotIn(foreign, libraries)

    def test_the_language_comes_from_the_environment(self):
        for variables, words in [({"LANG": "zh_CN.UTF-8"}, "无法核验："), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "Could not be checked: "),
                                 ({}, "Could not be checked: ")]:
            run = subprocess.run([VERIFY, "batch", "/nowhere"], capture_output=True, text=True, env=variables, check=False)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertTrue(run.stderr.startswith(words), run.stderr)
