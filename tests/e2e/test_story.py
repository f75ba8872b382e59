"""The main story, over real HTTPS and a real PostgreSQL; then what it left behind is judged."""
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import urllib.parse

from sponsio_e2e import judges, people
from sponsio_e2e.closing import offline_checks, tell_everything, things_to_try
from sponsio_e2e.contract import judge_exchanges
from sponsio_e2e.program import wait_until
from sponsio_e2e.telling import Silence
from sponsio_e2e.verifier import VERIFY
from sponsio_e2e.world import AGENCY, World, must

ARTEFACTS = ["commitment.json", "receipt.tlog-proof", "receipt.entry", "log.vkey", "checkpoint", "record.sd-jwt", "jwks.json",
             "record.tlog-proof", "record.entry", "status-list.jwt", "submission/manifest.json", "submission/records.jsonl",
             "submission/manifest.sm2", "submission/sm2-public.pem", "platform-answer.json", "prior-notice.pdf", "decision.pdf",
             "webhook-headers.txt", "webhook-body.json", "webhook-secret.txt", "publicity.json", "removal-receipts.json", "exposure.json", "refusal-slip.pdf",
             "assessment.csv", "assessment.jws", "assessment.svg"]
WORLD = World()


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    WORLD.artefacts = pathlib.Path(folder.name)
    WORLD.receives = True
    WORLD.options = ["--writers", "1"]
    WORLD.start()
    unittest.addModuleCleanup(judge_exchanges, WORLD)
    WORLD.story = tell_everything(WORLD, WORLD.artefacts, Silence(), filings=600)
    WORLD.printed = {"offline": offline_checks(VERIFY, WORLD.artefacts), "to try": things_to_try(WORLD)}


class TheStory(unittest.TestCase):
    def test_every_artefact_is_there(self):
        for name in ARTEFACTS:
            with self.subTest(name):
                self.assertGreater((WORLD.artefacts / name).stat().st_size, 0)

    def test_every_command_printed_at_the_end_succeeds(self):
        for kind, commands in WORLD.printed.items():
            for command in commands:
                with self.subTest(kind, command=command):
                    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False,
                                         env=os.environ | {"no_proxy": "127.0.0.1", "LC_ALL": "C.UTF-8"})
                    self.assertEqual((run.returncode, run.stderr), (0, ""))
                    self.assertIn("Proven: " if kind == "offline" else '"items":', run.stdout)
        self.assertEqual([len(commands) for commands in WORLD.printed.values()], [4, 3])

    def test_the_library_of_the_specification_believes_the_message(self):
        secret, headers, body = ((WORLD.artefacts / f"webhook-{name}").read_bytes() for name in ("secret.txt", "headers.txt", "body.json"))
        signed = dict(line.split(": ", 1) for line in headers.decode().splitlines() if line.startswith("webhook-"))
        told = judges.webhook(secret.decode(), signed, body)
        self.assertEqual((told["type"], told["data"]["record_id"]), ("record.issued", WORLD.story.record_id))
        with self.assertRaises(judges.Refused):
            judges.webhook(secret.decode(), signed, body + b" ")

    def test_what_was_public_is_masked_and_everybody_confirmed_its_end(self):
        shown, = json.loads(self.read("publicity.json"))["items"]
        self.assertEqual((shown["subject_name"], shown["status"]), (people.RESIDENT["name"][0] + "**", "valid"))
        removal = json.loads(self.read("removal-receipts.json"))
        self.assertEqual((removal["measure"], removal["state"]), ("end_publicity", "finished"))
        self.assertEqual({(r["receiver"], r["basis"]) for r in removal["receivers"]}, {("integrator", "statement"), ("publicity_site", "look")})

    def test_the_record_names_nobody_until_disclosed(self):
        token = (WORLD.artefacts / "record.sd-jwt").read_text().strip()
        only_signed = token.split("~")[0] + "~"
        _, _, claims = judges.verify_record(only_signed, WORLD.artefacts / "jwks.json")
        self.assertNotIn("name", claims["subject"])
        self.assertNotIn("matter", claims)
        self.assertEqual(claims["identifying_unit"]["uscc"], AGENCY)

    def test_a_changed_record_is_refused(self):
        token = (WORLD.artefacts / "record.sd-jwt").read_text().strip()
        head, payload, rest = token.split(".", 2)
        flipped = payload[:-1] + ("A" if payload[-1] != "A" else "B")
        with self.assertRaises(judges.Refused):
            judges.verify_record(".".join([head, flipped, rest]), WORLD.artefacts / "jwks.json")

    def test_other_libraries_read_the_record_alike(self):
        keys, token = WORLD.artefacts / "jwks.json", (WORLD.artefacts / "record.sd-jwt").read_text().strip()
        _, payload, claims = judges.verify_record(token, keys)
        answer = judges.sd_jwt_check(token, keys, int(WORLD.clock.now().timestamp()), payload["iss"], payload["vct"],
                                     ["/matter", "/subject/name", "/subject/document_type", "/subject/document_number"])
        self.assertEqual((answer["payload"], answer["claims"]), (payload, claims))

    def read(self, name):
        return (WORLD.artefacts / name).read_bytes()

    def test_go_finds_receipt_and_record_in_the_log(self):
        keys = self.read("log.vkey").decode()
        for name in ("receipt", "record"):
            judges.tlogcheck_proof(self.read(f"{name}.tlog-proof"), self.read(f"{name}.entry"), keys)
        with self.assertRaises(judges.Refused):
            judges.tlogcheck_proof(self.read("record.tlog-proof"), self.read("receipt.entry"), keys)

    def test_the_entries_are_those_of_the_receipt_and_the_record(self):
        content = json.loads(self.read("commitment.json"))["receipt"]["content"].encode()
        jwt = self.read("record.sd-jwt").split(b"~")[0]
        for name, kind, logged in (("receipt", "commitment", content), ("record", "record", jwt)):
            entry = json.loads(self.read(f"{name}.entry"))
            self.assertEqual((entry["kind"], entry["digest"]), (kind, hashlib.sha256(logged).hexdigest()))

    def test_other_libraries_read_the_records_status(self):
        keys, token = WORLD.artefacts / "jwks.json", self.read("record.sd-jwt").decode().strip()
        _, payload, _ = judges.verify_record(token, keys)
        place = payload["status"]["status_list"]
        now = int(WORLD.clock.now().timestamp())
        answer = judges.status_list_check(self.read("status-list.jwt").decode(), keys, place["uri"], {place["idx"]: 0}, now)
        self.assertEqual(answer["bits"], 4)
        self.assertGreater(answer["size"], 100_000)

    def test_a_changed_status_is_published_and_logged(self):
        record = WORLD.story.record_id
        _, payload, _ = judges.verify_record(self.read("record.sd-jwt").decode().strip(), WORLD.artefacts / "jwks.json")
        place = payload["status"]["status_list"]
        path, public = urllib.parse.urlsplit(place["uri"]).path, WORLD.client()
        before = must(public.get(path), 200)
        for step, word, value in (("--status", "objected", 12), ("--open", "suspension", 2), ("--end", "suspension", 12),
                                  ("--status", "valid", 0)):
            WORLD.command("record", "status", "--record", record, step, word, "--why", "test",
                          "--training-clock", WORLD.clock.path)
            wait_until("the list is signed anew", lambda: must(public.get(path), 200).headers["etag"] != before.headers["etag"])
            changed = must(public.get(path), 200)
            judges.status_list_check(changed.body.decode(), WORLD.artefacts / "jwks.json", place["uri"],
                                     {place["idx"]: value}, int(WORLD.clock.now().timestamp()))
            self.seen_by_a_library_for_credentials(place, changed.body.decode(), value)
            before = changed
        events = WORLD.client("zhou.auditor").all_items(f"/v1/audit-events?subject={record}")
        self.assertEqual([(e["event"], e["to"], e["actor_kind"]) for e in events][-4:],
                         [("object", "objected", "system"), ("suspend", "suspended", "system"),
                          ("resume", "objected", "system"), ("end_objection", "valid", "system")])

    def seen_by_a_library_for_credentials(self, place, status_list, value):
        """By itself it takes 0 alone; told which statuses say that a record stands (docs/records.md), it takes those."""
        metadata = must(WORLD.client().get("/.well-known/vct/false-commitment"), 200).body.decode()
        given = (self.read("record.sd-jwt").decode().strip(), WORLD.artefacts / "jwks.json", status_list, place["uri"], metadata)
        now = int(WORLD.clock.now().timestamp())
        for accept, stands in ((None, value == 0), ([0, 12, 13], value in (0, 12, 13))):
            with self.subTest(value=value, accept=accept):
                if stands:
                    answer = judges.sd_jwt_vc_check(*given, accept=accept, now=now)
                    self.assertEqual(answer["status"], value)
                else:
                    with self.assertRaisesRegex(judges.Refused, "Status is not valid"):
                        judges.sd_jwt_vc_check(*given, accept=accept, now=now)

    def test_a_library_for_credentials_verifies_record_and_status_in_one_call(self):
        """And docs/records.md says what it has to be told."""
        keys, token = WORLD.artefacts / "jwks.json", self.read("record.sd-jwt").decode().strip()
        _, payload, claims = judges.verify_record(token, keys)
        uri, now = payload["status"]["status_list"]["uri"], int(WORLD.clock.now().timestamp())
        metadata = must(WORLD.client().get("/.well-known/vct/false-commitment"), 200).body.decode()
        answer = judges.sd_jwt_vc_check(token, keys, self.read("status-list.jwt").decode(), uri, metadata, now=now)
        self.assertEqual(answer["claims"], claims)
        # Its verifier is for the record alone: without the second one for the list it refuses.
        with self.assertRaisesRegex(judges.Refused, "Verifier not found for status list JWT"):
            judges.sd_jwt_vc_check(token, keys, self.read("status-list.jwt").decode(), uri, metadata, leave_out=["statusVerifier"], now=now)
        flipped = token[:-3] + ("AA~" if token[-3:] != "AA~" else "BB~")
        with self.assertRaises(judges.Refused):
            judges.sd_jwt_vc_check(flipped, keys, self.read("status-list.jwt").decode(), uri, metadata, now=now)

    def test_another_library_verifies_the_manifest(self):
        for batch in ("submission", "rejected"):
            folder = WORLD.artefacts / batch
            judges.sm2_check(folder / "manifest.json", folder / "manifest.sm2", folder / "sm2-public.pem")

    def test_the_published_keys_are_public(self):
        for key in json.loads((WORLD.artefacts / "jwks.json").read_text())["keys"]:
            self.assertNotIn("d", key)

    def test_the_manifest_needs_the_distinguishing_id(self):
        folder = WORLD.artefacts / "submission"
        with self.assertRaises(judges.Refused):
            judges.verify_sm2(folder / "manifest.json", folder / "manifest.sm2", folder / "sm2-public.pem", "other")

    def test_the_rejected_batch_verifies_too(self):
        _, records = judges.verify_submission(WORLD.artefacts / "rejected")
        self.assertEqual(len(records), 1)

    def test_nothing_personal_lies_in_clear(self):
        """Neither in the database's files nor in a log: name, number, evidence and reasons."""
        secrets = [people.RESIDENT["name"].encode(), people.RESIDENT["document"]["number"].encode(),
                   people.EVIDENCE[-60:], people.DEFENCE["text"].encode(), people.REASON.encode()]
        WORLD.stop()
        found, looked = [], 0
        for folder, _, names in os.walk(WORLD.folder):
            for name in names:
                path = pathlib.Path(folder) / name
                # What the platform was told is the platform's; the test holds Sponsio to its own files.
                if path.is_symlink() or not path.is_file() or (WORLD.folder / "platform") in path.parents:
                    continue
                data = path.read_bytes()
                looked += 1
                found += [f"{path}: {secret.decode(errors='replace')}" for secret in secrets if secret in data]
        self.assertGreater(looked, 100)
        self.assertEqual(found, [])
        WORLD.start_platform()
        WORLD.start_server()

    def test_it_is_all_there_after_a_restart(self):
        code = WORLD.story.commitment["commitment_code"]
        commitment = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{code}"), 200).json
        self.assertEqual(commitment["state"], "breached")
        events = WORLD.client("zhou.auditor").all_items(f"/v1/audit-events?subject={code}")
        self.assertEqual([e["to"] for e in events], ["effective", "under_verification", "in_question", "breached"])
