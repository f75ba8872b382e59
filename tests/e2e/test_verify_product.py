"""sponsio-verify on what the product gives: everything the main story leaves behind, and the log it was written to."""
import base64
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from sponsio_e2e.pages import Page, blocks
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.verifier import VERIFY, verify
from sponsio_e2e.world import ROOT, World, must

WORLD = World()


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    WORLD.artefacts = pathlib.Path(folder.name)
    WORLD.start()
    WORLD.story = Story(WORLD, WORLD.artefacts, Silence())
    WORLD.story.tell()
    gather()


def gather():
    """What docs/verify.md speaks of, as a holder would fetch it."""
    receipt = json.loads(at("commitment.json").read_text(encoding="utf-8"))["receipt"]
    save("receipt.entry", receipt["entry"].encode())
    save("receipt.tlog-proof", receipt["proof"].encode())
    integrator, path = WORLD.client("sun.integrator"), f"/v1/records/{WORLD.story.record_id}"
    WORLD.place = must(integrator.get(path), 200).json["log"]
    save("record.entry", WORLD.place["entry"].encode())
    save("record.tlog-proof", must(integrator.get(path + "/proof"), 200).body)
    for shard in {receipt["shard"], WORLD.place["shard"]}:
        for name in ("vkeys", "checkpoint"):
            save(f"{name}.{shard}", must(WORLD.client().get(f"/log/{shard}/{name}"), 200).body)
    WORLD.at = (WORLD.clock.now() + datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def save(name, body):
    path = WORLD.artefacts / name
    path.write_bytes(body)
    return path


def at(name):
    return WORLD.artefacts / name


def keys(shard):
    return at(f"vkeys.{shard}")


class TheProduct(unittest.TestCase):
    def verdict(self, expected, *arguments):
        code, answer = verify(*arguments)
        self.assertEqual(answer["verdict"], expected, answer)
        self.assertEqual(code, ["proven", "refuted", "not_checked"].index(expected))
        return answer

    def test_the_receipt(self):
        answer = json.loads(at("commitment.json").read_text(encoding="utf-8"))
        shard = answer["receipt"]["shard"]
        told = self.verdict("proven", "receipt", "--receipt", at("commitment.json"), "--vkey", keys(shard))
        self.assertEqual(told["commitment_code"], answer["commitment_code"])
        self.assertEqual(told["leaf_index"], answer["receipt"]["leaf_index"])
        for name, text in [("reason", "另一个事由"), ("commitment_code", "11010520260302999999")]:
            changed = save("changed.json", json.dumps(answer | {name: text}).encode())
            told = self.verdict("refuted", "receipt", "--receipt", changed, "--vkey", keys(shard))
            self.assertEqual(told["code"], "differs_from_log")
        receipt = answer["receipt"]
        changed = save("changed.json", json.dumps(receipt | {"content": receipt["content"].replace("2026", "2027", 1)}).encode())
        told = self.verdict("refuted", "receipt", "--receipt", changed, "--vkey", keys(shard))
        self.assertEqual(told["code"], "content_differs")

    def test_the_record_with_status_and_proof(self):
        record = ["record", at("record.sd-jwt"), "--jwks", at("jwks.json"), "--at", WORLD.at]
        logged = ["--proof", at("record.tlog-proof"), "--entry", at("record.entry"), "--vkey", keys(WORLD.place["shard"])]
        told = self.verdict("proven", *record, "--issuer", WORLD.server.url, "--status-list", at("status-list.jwt"), *logged)
        self.assertEqual((told["status"]["word"], told["entry"]["kind"]), ("valid", "record"))
        self.assertEqual(told["leaf_index"], WORLD.place["leaf_index"])
        self.assertFalse([clause for clause in told["not_proven"] if "its status (" in clause])
        token = at("record.sd-jwt").read_text(encoding="ascii")
        record[1] = save("changed.sd-jwt", token.replace("~", "~WyJzIiwieCIsMV0~", 1).encode())
        self.assertEqual(self.verdict("refuted", *record)["code"], "unreferenced_disclosure")

    def test_the_batches(self):
        for name in ("submission", "rejected"):
            told = self.verdict("proven", "batch", at(name), "--key", at("submission/sm2-public.pem"))
            self.assertEqual(told["record_count"], 1)
        mixed = ["batch", at("submission/manifest.json"), at("rejected/records.jsonl"), at("submission/manifest.sm2")]
        told = self.verdict("refuted", *mixed, "--key", at("submission/sm2-public.pem"))
        self.assertEqual(told["code"], "digest_mismatch")

    def test_what_cannot_be_judged_is_never_refuted(self):
        """The key that signed is not there; or something else, or not all of it, or another encoding lies in the file's place."""
        keyset = json.loads(at("jwks.json").read_text(encoding="ascii"))
        shard = json.loads(at("commitment.json").read_text(encoding="utf-8"))["receipt"]["shard"]
        log = at(f"vkeys.{shard}").read_text(encoding="ascii").split("+")[0]
        older = b"\x01" + bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")  # RFC 8032
        key_id = hashlib.sha256(log.encode() + b"\n" + older).digest()[:4].hex()
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", at("other.key")],
                       check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", at("other.key"), "-pubout", "-out", at("other.pem")], check=True)
        save("none.json", json.dumps(keyset | {"keys": []}).encode())
        save("older.vkey", f"{log}+{key_id}+{base64.b64encode(older).decode()}\n".encode())

        def record(file="record.sd-jwt", jwks="jwks.json", *more):
            return ["record", at(file), "--at", WORLD.at, "--jwks", at(jwks), *more]

        def proof(file="receipt.tlog-proof", entry="receipt.entry", vkey=f"vkeys.{shard}"):
            return ["proof", "--proof", at(file), "--entry", at(entry), "--vkey", at(vkey)]

        def receipt(file="commitment.json", vkey=f"vkeys.{shard}"):
            return ["receipt", "--receipt", at(file), "--vkey", at(vkey)]

        for good in (record(), proof(), receipt()):
            self.verdict("proven", *good)
        cases = [record(jwks="none.json"), receipt(vkey="older.vkey"), proof(vkey="older.vkey"),
                 ["batch", at("submission"), "--key", at("other.pem")]]
        token, crlf = at("record.sd-jwt").read_bytes(), at("receipt.tlog-proof").read_bytes().replace(b"\n", b"\r\n")
        in_its_place = {"problem": b'{"type":"urn:sponsio:problem:token-expired","title":"x","status":401}', "nothing": b"",
                        "page": b"<html><body>502 Bad Gateway</body></html>", "bom": b"\xef\xbb\xbf" + token,
                        "utf16": token.decode().encode("utf-16"), "half": token[:700]}
        for name, body in in_its_place.items():
            save(name, body)
            cases += [record(name), record("record.sd-jwt", "jwks.json", "--status-list", at(name)), record(jwks=name),
                      receipt(name), proof(name), proof(entry=name), receipt(vkey=name)]
        save("crlf", crlf)
        cases.append(proof("crlf"))
        for case in cases:
            with self.subTest(" ".join(map(str, case))):
                told = self.verdict("not_checked", *case)
                self.assertNotIn("genuine", told["error"])
        changed = token.split(b"~")[0]
        save("forged", token.replace(changed[-4:], b"AAAA", 1))
        self.verdict("refuted", *record("forged"))

    def test_the_log(self):
        logged = 0
        for checkpoint in sorted(WORLD.artefacts.glob("checkpoint.*")):
            shard = checkpoint.suffix[1:]
            log = [f"{WORLD.server.url}/log/{shard}", "--ca", WORLD.server.certificate, "--vkey", keys(shard)]
            told = self.verdict("proven", "log", *log, "--old", checkpoint)
            self.assertEqual(sum(told["entries"].values()), told["size"])
            logged += told["entries"].get("commitment", 0)
            newest = save("newest", must(WORLD.client().get(f"/log/{shard}/checkpoint"), 200).body)
            self.verdict("proven", "checkpoint", checkpoint, newest, "--log", *log)
        self.assertGreater(logged, 0)


class ThePages(unittest.TestCase):
    """The commands of the pages for whoever holds something, pasted in the folder of what the story left behind."""

    @classmethod
    def setUpClass(cls):
        cls.around = {"PATH": f"{VERIFY.parent}:{os.environ['PATH']}", "CA": WORLD.server.certificate, "SPONSIO": WORLD.server.url,
                      "URL": WORLD.server.url, "DIR": WORLD.folder / "sponsio", "LANG": "C"}
        save("log.vkey", b"".join(path.read_bytes() for path in WORLD.artefacts.glob("vkeys.*")))

    def page(self, name):
        page = Page(ROOT, name, __file__)
        self.addCleanup(page.hold_all_ran)
        return lambda number, folder=WORLD.artefacts, **more: page.run(number, folder, **self.around | more)

    def assertProven(self, printed, times):
        self.assertEqual((printed.count("Proven: "), printed.count("Not proven: ")), (times, times), printed)

    def test_verify(self):
        run = self.page("docs/verify.md")
        for number, verdicts in enumerate((4, 2)):
            self.assertProven(run(number), verdicts)

    def test_records(self):
        run = self.page("docs/records.md")
        self.assertEqual(run(0, TOKEN=WORLD.tokens["sun.integrator"], RECORD_ID=WORLD.story.record_id), "")
        disclosed = [json.loads(line) for line in run(1).splitlines() if line.startswith("[")]
        token = at("record.sd-jwt").read_text(encoding="ascii").strip()
        self.assertEqual(len(disclosed), token.count("~") - 1)
        self.assertIn("name", {claim[1] for claim in disclosed})
        self.assertEqual(run(2).split()[0], json.loads(WORLD.place["entry"])["digest"])
        changed = WORLD.artefacts / "changed"
        changed.mkdir()
        for bad in (token + "WyJzYWx0IiwibmFtZSIsIuW8oOS4iSJd~", "e30" + token):
            (changed / "record.sd-jwt").write_text(bad, encoding="ascii")
            (changed / "jwks.json").write_bytes(at("jwks.json").read_bytes())
            with self.assertRaises(AssertionError):
                run(1, changed)

    def test_integrators(self):
        run = self.page("docs/integrators.md")
        run(0)
        digest = run(1, WORLD.artefacts / "submission")
        self.assertIn("Verified OK", digest)
        self.assertIn(json.loads(at("submission/manifest.json").read_bytes())["digest_sm3"], digest)

    def test_ledger(self):
        run = self.page("docs/ledger.md")
        save("filed.json", at("commitment.json").read_bytes())
        go = [block.text for block in blocks(ROOT, "docs/ledger.md") if block.language == "go"]
        save("receipt.go", go[0].encode())
        self.assertProven(run(0), 2)
        self.assertRegex(run(1), r"^logged in \S+/log/\d+ as number \d+ of \d+\n$")
        run(2)
        published = b"".join(path.read_bytes() for path in sorted(WORLD.artefacts.glob("vkeys.*")))
        self.assertTrue(set(published.splitlines()) <= set(at("logs").read_bytes().splitlines()))
        self.assertNotIn(b"{", at("logs").read_bytes())

    def test_operations(self):
        run = self.page("docs/reference.md")
        self.assertIn("spn_", run(0))
        tokens = WORLD.artefacts / "tokens"
        tokens.mkdir()
        save("softhsm2.conf", f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n".encode())
        store = WORLD.artefacts / "store"
        shutil.copytree(WORLD.folder / "sponsio/keys", store / "keys")
        self.assertIn("pkcs11", run(1, DIR=store, SOFTHSM2_CONF=at("softhsm2.conf")))

    def test_schema(self):
        run = self.page("schema/README.md")
        self.assertRegex(run(0), r"breached +\| +1\n")
        self.assertTrue(at("basebackup/PG_VERSION").exists())
