"""The witness alone, asked by a toy log over HTTPS: what C2SP tlog-witness says it must answer, and what it must never
cosign, whatever happens to it."""
import base64
import concurrent.futures
import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time
import unittest

from sponsio_e2e.client import Client
from sponsio_e2e.program import Program, ProgramFailed
from sponsio_e2e.toylog import NoteKey, ToyLog
from sponsio_e2e.world import must

ORIGIN = "log.example/log/1"


class WitnessCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-witness-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.key = NoteKey(self.folder, ORIGIN)
        self.log = ToyLog(self.key)
        self.options = []
        self.witness = None
        self.addCleanup(lambda: self.witness and self.witness.kill())
        self.start()

    def program(self):
        return Program("the witness", [os.environ["SPONSIO_BINARY"], "witness", "--data", self.folder / "w", "--name",
                                       "witness.example/w1", "--listen", "127.0.0.1:0", "--log-vkey", self.key.vkey,
                                       *self.options], self.folder / "witness.log", ready_within=30)

    def start(self):
        self.witness = self.program().start()

    def restart(self):
        self.assertEqual(self.witness.stop(), 0)
        self.start()

    def send(self, body, content_type="text/plain"):
        headers = {"Content-Type": content_type} if content_type else {}
        return Client(self.witness).request("POST", "/add-checkpoint", body, headers)

    def get(self, path):
        return Client(self.witness).request("GET", path)

    def grow(self, old, size, log=None):
        return must(self.send((log or self.log).request(old, size)), 200).body.decode()

    def known_size(self):
        """What the witness says when it is asked from where it certainly is not."""
        answer = self.send(self.log.request(900, 1000, proof=[]))
        return int(must(answer, 409).body)

    def state_file(self):
        return self.folder / "w/logs" / (hashlib.sha256(ORIGIN.encode()).hexdigest() + ".head")


class Protocol(WitnessCase):
    def test_a_log_that_grows_is_cosigned(self):
        sizes = [0, 1, 2, 3, 7, 8, 9, 64, 65, 200]
        for old, size in zip([0] + sizes, sizes):
            line = self.grow(old, size)
            self.assertRegex(line, r"^— witness\.example/w1 [A-Za-z0-9+/]+=*\n$")
        self.assertEqual(self.known_size(), 200)
        self.grow(200, 200)  # once more, at another time
        self.assertEqual(self.send(self.log.request(200, 201), content_type=None).status, 200)

    def test_its_key_is_there_for_everybody(self):
        answer = must(self.get("/vkey"), 200)
        self.assertEqual(answer.body.decode(), self.witness.ready["vkey"] + "\n")
        name, key_id, key = self.witness.ready["vkey"].split("+", 2)
        self.assertEqual((name, len(key_id)), ("witness.example/w1", 8))
        self.assertTrue(key.startswith("B"))  # the type 4
        before = self.witness.ready["vkey"]
        self.restart()
        self.assertEqual(self.witness.ready["vkey"], before)

    def test_a_rotated_key_signs_without_a_restart(self):
        before = self.witness.ready["vkey"]
        self.grow(0, 5)
        subprocess.run([os.environ["SPONSIO_BINARY"], "key", "rotate", "--data", self.folder / "w", "--purpose", "witness", "--overlap", "0"],
                       check=True, capture_output=True)
        deadline = time.monotonic() + 30
        while (shown := must(self.get("/vkey"), 200).body.decode().strip()) == before:
            self.assertLess(time.monotonic(), deadline, "the witness still shows the key that it had at its start")
            time.sleep(0.1)
        key_id = bytes.fromhex(shown.split("+")[1])
        signature = base64.b64decode(self.grow(5, 9).rsplit(" ", 1)[1])
        self.assertEqual(signature[:4], key_id)

    def test_the_last_cosigned_checkpoint_is_there_for_everybody(self):
        path = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
        must(self.get(path), 404)
        line = self.grow(0, 5)
        shown = must(self.get(path), 200).body.decode()
        self.assertEqual(shown, self.key.sign(self.log.head(5)) + line)
        self.restart()
        self.assertEqual(must(self.get(path), 200).body.decode(), shown)
        must(self.get("/" + "0" * 64 + "/checkpoint"), 404)
        must(self.get("/checkpoint"), 404)

    def test_another_size_is_told(self):
        for size in (0, 12):
            answer = must(self.send(self.log.request(3, 20)), 409)
            self.assertEqual(answer.headers["content-type"], "text/x.tlog.size")
            self.assertEqual(answer.body, b"%d\n" % (size and 12))
            if not size:
                self.grow(0, 12)
                must(self.send(self.log.request(0, 20)), 409)

    def test_what_is_no_growth_is_not_cosigned(self):
        self.grow(0, 10)
        fork = ToyLog(self.key, "'", same=8)
        for old, size, log, proof, status in (
                (10, 20, fork, None, 422), (10, 10, fork, None, 422), (10, 20, self.log, [], 422),
                (10, 20, self.log, [bytes(32)] * 5, 422), (10, 10, self.log, [bytes(32)], 422), (9, 20, fork, None, 409),
                (0, 20, fork, None, 409), (10, 9, self.log, [], 400), (11, 10, self.log, [], 400), (0, 0, self.log, [], 409)):
            self.assertEqual(self.send(log.request(old, size, proof)).status, status, (old, size))
        self.assertEqual(self.known_size(), 10)
        self.assertIn("witness.not_consistent", self.witness.log.read_text())
        self.grow(10, 20)

    def test_a_first_checkpoint_has_no_proof_and_an_empty_tree_one_root(self):
        must(self.send(self.log.request(0, 4, proof=[bytes(32)])), 422)
        other_root = self.log.head(1).replace("\n1\n", "\n0\n")
        must(self.send(self.log.request(0, 0, signed=self.key.sign(other_root))), 422)
        self.grow(0, 4)

    def test_only_a_known_key_of_a_known_log_counts(self):
        stranger = NoteKey(self.folder, "other.example/log/1")
        must(self.send(ToyLog(stranger).request(0, 4)), 404)
        self.assertEqual(self.send(self.log.request(0, 4, signed=stranger.sign(self.log.head(4)))).status, 403)
        good = self.key.sign(self.log.head(4))
        for size in ("5", "40"):
            self.assertEqual(self.send(self.log.request(0, 4, signed=good.replace("\n4\n", f"\n{size}\n"))).status, 403)
        twice = good + self.key.sign(self.log.head(5)).split("\n\n")[1]  # under the same name and id, and wrong
        self.assertEqual(self.send(self.log.request(0, 4, signed=twice)).status, 403)
        beside = good + stranger.sign("x\n").split("\n\n")[1]  # nobody's concern
        self.assertEqual(self.send(self.log.request(0, 4, signed=beside)).status, 200)

    def test_what_cannot_be_read_is_refused(self):
        good = self.log.request(0, 4)
        signed = self.key.sign(self.log.head(4)).encode()
        bodies = [b"", b"\n", b"old", b"old 0\n", b"old 0\n\n", signed, b"old 00\n\n" + signed, b"old -1\n\n" + signed,
                  b"old 18446744073709551616\n\n" + signed, b"old 0\n" + signed, b"old 0\nAAAA\n\n" + signed,
                  b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + signed, b"old 0\r\n\r\n" + signed, b"Old 0\n\n" + signed,
                  good[:-1], good + b"x", good.replace(b"\n4\n", b"\n04\n"), good.replace(ORIGIN.encode(), b"\xff\xfe"),
                  b"\0" * 1000, b"old 0\n\n" + b"a\n" * 20000, "old 0\n\n— — —\n".encode(),
                  b"old 0\n\n" + self.log.head(4).encode()]
        generator = random.Random(7)
        for _ in range(60):
            spoilt = bytearray(good)
            spoilt[generator.randrange(len(good))] ^= 1 << generator.randrange(8)
            bodies.append(bytes(spoilt))
        for body in bodies:
            answer = self.send(body)
            self.assertIn(answer.status, (400, 403, 404, 409, 422), body)
            self.assertNotIn(b"witness.example", answer.body)
        must(self.send(b"a" * 200000), 413)
        long_lines = self.log.head(4) + "an extension\n" * 400
        must(self.send(self.log.request(0, 4, signed=self.key.sign(long_lines))), 413)
        for method in ("GET", "PUT", "DELETE"):
            self.assertEqual(Client(self.witness).request(method, "/add-checkpoint").status, 405)
        self.assertEqual(self.known_size(), 0)
        self.grow(0, 4)


class Remembering(WitnessCase):
    def test_of_forks_that_race_one_wins(self):
        self.grow(0, 8)
        bodies = [ToyLog(self.key, f" of {i}", same=8).request(8, 9 + i % 3) for i in range(12)]
        with concurrent.futures.ThreadPoolExecutor(12) as racers:
            statuses = sorted(answer.status for answer in racers.map(self.send, bodies))
        self.assertEqual(statuses, [200] + [409] * 11)

    def test_killed_at_any_moment_it_knows_what_it_cosigned(self):
        generator, size = random.Random(3), 0
        for _ in range(12):
            with concurrent.futures.ThreadPoolExecutor(1) as killer:
                end = time.monotonic() + generator.uniform(0.02, 0.3)
                killing = killer.submit(lambda: (time.sleep(max(0, end - time.monotonic())), self.witness.kill()))
                try:
                    while True:
                        answer = self.send(self.log.request(size, size + 1))
                        size = int(answer.body) if answer.status == 409 else size + (answer.status == 200)
                except OSError:
                    pass
                killing.result()
            self.start()
            known = self.known_size()
            self.assertIn(known, (size, size + 1))
            if known:
                fork = ToyLog(self.key, "'", same=known - 1)
                must(self.send(fork.request(known, known + 1)), 422)
            size = known
        self.assertGreater(size, 5)

    def test_what_it_cannot_remember_it_does_not_cosign(self):
        self.grow(0, 5)
        self.grow(5, 9)
        self.witness.stop()
        whole = self.state_file().read_bytes()
        half = len(whole) // 2
        both = whole[:10] + b"x" + whole[11:half + 10] + b"x" + whole[half + 11:]
        for spoilt in (whole[:half], b"", bytes(half) + b"x" * half, both):
            self.state_file().write_bytes(spoilt)
            with self.assertRaises(ProgramFailed):
                self.program().start()
            self.assertIn("is damaged", (self.folder / "witness.log").read_text().splitlines()[-1])

    def damage_one_slot(self, which):
        self.grow(0, 5)
        self.grow(5, 9)
        self.witness.stop()
        whole = self.state_file().read_bytes()
        at = which * (len(whole) // 2) + 10
        self.state_file().write_bytes(whole[:at] + b"x" + whole[at + 1:])
        self.start()
        self.assertEqual(self.known_size(), 9)

    def test_one_damaged_slot_is_no_loss(self):
        self.damage_one_slot(0)

    def test_nor_is_the_other(self):
        self.damage_one_slot(1)

    def test_two_do_not_share_a_directory(self):
        with self.assertRaises(ProgramFailed):
            self.program().start()
        self.assertIn("Another witness is running", (self.folder / "witness.log").read_text())

    def test_a_log_can_be_added_and_have_several_keys(self):
        other = NoteKey(self.folder, "second.example/log/1")
        (self.folder / "new").mkdir()
        successor = NoteKey(self.folder / "new", ORIGIN)
        must(self.send(ToyLog(other).request(0, 3)), 404)
        self.grow(0, 5)
        (self.folder / "logs").write_text(f"{other.vkey}\n{successor.vkey}\n")
        self.options = ["--logs", self.folder / "logs"]
        self.restart()
        self.grow(0, 3, ToyLog(other))
        self.grow(5, 7, ToyLog(successor))
        self.assertEqual(self.known_size(), 7)

    def test_what_it_is_told_must_make_sense(self):
        self.witness.stop()
        log = ["--log-vkey", self.key.vkey]
        for arguments, complaint in ((["--name", "w", "--log-vkey", "nonsense"], "not the verifier key of a log"),
                                     (["--name", "w", "--log-vkey", self.witness.ready["vkey"]], "not the verifier key of a log"),
                                     (["--name", "a b", *log], "no spaces"), (["--name", "a+b", *log], "no spaces"),
                                     (["--name", "w"], "--log-vkey"), (log, "--name is required")):
            run = subprocess.run([os.environ["SPONSIO_BINARY"], "witness", "--data", self.folder / "other", *arguments],
                                 capture_output=True, text=True, timeout=30, check=False)
            self.assertNotEqual(run.returncode, 0)
            self.assertIn(complaint, run.stderr)
