"""tlogcheck accepts a good log and refuses broken ones: Go's own cases, and a log made here with hashlib and openssl."""
import base64
import hashlib
import pathlib
import re
import subprocess
import tempfile
import unittest

from sponsio_e2e import judges

ORIGIN = "log.example/1"


def b64(data):
    return base64.b64encode(data).decode()


class GoCases(unittest.TestCase):
    def test_each(self):
        run = subprocess.run([judges.built_judges() / "tlogcheck_test.bin", "-test.v"], capture_output=True, text=True, check=False)
        cases = re.findall(r"^ *--- (\w+): (\S+)", run.stdout, re.MULTILINE)
        for verdict, name in cases:
            with self.subTest(name):
                self.assertEqual(verdict, "PASS", run.stdout)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertGreater(len(cases), 80)


class SmallLog(unittest.TestCase):
    """Two entries, so that the root is one hash over the two leaves (RFC 6962 section 2.1)."""

    ENTRIES = [b'{"kind":"commitment"}', b'{"kind":"record"}']

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.openssl("genpkey", "-algorithm", "ED25519", "-out", self.folder / "key.pem")
        public = self.openssl("pkey", "-in", self.folder / "key.pem", "-pubout", "-outform", "DER")[-32:]
        typed = b"\x01" + public
        self.key_id = hashlib.sha256(ORIGIN.encode() + b"\n" + typed).digest()[:4]
        self.vkey = f"{ORIGIN}+{self.key_id.hex()}+{b64(typed)}"
        self.leaves = [hashlib.sha256(b"\x00" + entry).digest() for entry in self.ENTRIES]
        self.checkpoints = [self.sign(1, self.leaves[0]), self.sign(2, hashlib.sha256(b"\x01" + b"".join(self.leaves)).digest())]
        for size in (1, 2):
            self.write(f"tile/0/000.p/{size}", b"".join(self.leaves[:size]))
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in self.ENTRIES[:size])
            self.write(f"tile/entries/000.p/{size}", bundle)
        self.write("checkpoint", self.checkpoints[1].encode())
        self.write("vkey", self.vkey.encode() + b"\n")

    @staticmethod
    def openssl(*arguments):
        return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def sign(self, size, root):
        text = f"{ORIGIN}\n{size}\n{b64(root)}\n"
        self.write("text", text.encode())
        signature = self.openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.folder / "key.pem", "-in", self.folder / "text")
        return f"{text}\n— {ORIGIN} {b64(self.key_id + signature)}\n"

    def proof(self, index):
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{b64(self.leaves[1 - index])}\n\n{self.checkpoints[1]}"

    def test_the_log_holds(self):
        answer = judges.tlogcheck_dir(self.folder, self.vkey, old=self.checkpoints)
        self.assertEqual((answer["origin"], answer["size"], answer["consistent_with"]), (ORIGIN, 2, [1, 2]))

    def test_a_log_with_one_changed_byte_is_refused(self):
        for name in ("tile/0/000.p/2", "tile/entries/000.p/2", "tile/entries/000.p/1", "checkpoint", "vkey"):
            path = self.folder / name
            good = path.read_bytes()
            path.write_bytes(good[:5] + bytes([good[5] ^ 1]) + good[6:])
            with self.subTest(name), self.assertRaises(judges.Refused):
                judges.tlogcheck_dir(self.folder, self.vkey, old=self.checkpoints)
            path.write_bytes(good)

    def test_a_forked_log_is_refused(self):
        with self.assertRaisesRegex(judges.Refused, "forked"):
            judges.tlogcheck_dir(self.folder, self.vkey, old=[self.sign(1, self.leaves[1])])

    def test_proofs_hold(self):
        for index, entry in enumerate(self.ENTRIES):
            answer = judges.tlogcheck_proof(self.proof(index), entry, self.vkey)
            self.assertEqual((answer["index"], answer["size"]), (index, 2))

    def test_a_proof_of_another_entry_is_refused(self):
        with self.assertRaises(judges.Refused):
            judges.tlogcheck_proof(self.proof(0), self.ENTRIES[1], self.vkey)
        with self.assertRaises(judges.Refused):
            judges.tlogcheck_proof(self.proof(0).replace("index 0", "index 1"), self.ENTRIES[0], self.vkey)

    def test_a_missing_cosignature_is_refused(self):
        witness = b"\x04" + bytes(range(32))
        key_id = hashlib.sha256(b"w.example\n" + witness).digest()[:4]
        with self.assertRaisesRegex(judges.Refused, "not cosigned by w.example"):
            judges.tlogcheck_proof(self.proof(0), self.ENTRIES[0], self.vkey, [f"w.example+{key_id.hex()}+{b64(witness)}"])
