"""sponsio-verify on what the product gives: everything the main story leaves behind, and the log it was written to."""
import base64
import datetime
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

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
    payload = at("record.sd-jwt").read_text(encoding="ascii").split(".")[1]
    uri = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["status"]["status_list"]["uri"]
    save("status-list.jwt", must(WORLD.client().get(uri.removeprefix(WORLD.server.url)), 200).body)
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

    def test_the_commands_of_the_manual(self):
        """Every block of docs/verify.md that says so, in the folder of what the story left behind."""
        page = (ROOT / "docs/verify.md").read_text(encoding="utf-8")
        blocks = re.findall(r"<!-- The tests run this block as it stands. -->\n```sh\n(.*?)```", page, re.DOTALL)
        self.assertEqual(len(blocks), 2)
        environment = os.environ | {"PATH": f"{VERIFY.parent}:{os.environ['PATH']}", "AT": WORLD.at, "LANG": "C",
                                    "SPONSIO": WORLD.server.url, "CA": WORLD.server.certificate, "no_proxy": "127.0.0.1"}
        save("log.vkey", b"".join(path.read_bytes() for path in WORLD.artefacts.glob("vkeys.*")))
        for block, verdicts in zip(blocks, (4, 2)):
            run = subprocess.run(["bash", "-euc", block], cwd=WORLD.artefacts, env=environment, capture_output=True, text=True,
                                 timeout=120, check=False)
            self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
            self.assertEqual((run.stdout.count("Proven: "), run.stdout.count("Not proven: ")), (verdicts, verdicts))
