"""Whatever happens to the platform, to Sponsio or to the road between them: one copy there, one answer here."""
import base64
import json
import pathlib
import subprocess
import tempfile
import unittest

from sponsio_e2e import judges
from sponsio_e2e.contract import judge_exchanges
from sponsio_e2e.program import wait_until
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import AGENCY, AGENCY_NAME, World, must

BATCH = "application/vnd.sponsio.batch+json"


class WithARecord(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.artefacts = pathlib.Path(folder.name)
        self.world.start()
        self.addCleanup(judge_exchanges, self.world)
        key = must(self.world.client().get("/.well-known/sm2-public.pem"), 200).body.decode()
        # Here the platform knows the agency by the name it has in Sponsio, so records are good at once.
        self.world.register([{"uscc": AGENCY, "name": AGENCY_NAME, "sm2_public_key": key}])
        self.story = Story(self.world, self.artefacts, Silence())

    def until_a_record_is_issued(self):
        for step in (self.story.give_notice, self.story.file_commitment, self.story.verify, self.story.find, self.story.record):
            step()

    def batches(self):
        return self.world.client("qian.supervisor").all_items("/v1/submissions")

    def whole(self, batch_no):
        return must(self.world.client("qian.supervisor").get(f"/v1/submissions/{batch_no}"), 200).json

    def accepted_once(self):
        batch = self.story.answered_batches(self.world.client("qian.supervisor"), 1)[0]
        whole = self.whole(batch["batch_no"])
        self.assertEqual([r["state"] for r in whole["records"]], ["accepted"])
        self.assertEqual(len(self.story.copies()), 1)
        self.assertEqual(len(self.batches()), 1)
        return whole


class OneCopy(WithARecord):
    def test_a_dead_platform(self):
        self.world.platform.kill()
        self.until_a_record_is_issued()
        wait_until("sending was tried", lambda: any(b["attempts"] for b in self.batches()))
        self.world.start_platform()
        self.assertGreater(self.accepted_once()["attempts"], 1)

    def test_tried_at_once_when_the_cause_is_gone(self):
        self.world.platform.kill()
        self.until_a_record_is_issued()
        supervisor = self.world.client("qian.supervisor")
        batch_no = wait_until("it was tried twice", lambda: [b["batch_no"] for b in self.batches() if b["attempts"] > 1])[0]
        seen = wait_until("what came of it is kept", lambda: [x for x in [self.whole(batch_no)] if len(x["exchanges"]) > 1])[0]
        self.assertEqual([(x["attempt"], x["method"], x["outcome"], x["status"]) for x in seen["exchanges"]],
                         [(1, "PUT", "not_sent", None), (2, "PUT", "not_sent", None)])
        self.world.start_platform()
        due = must(supervisor.post(f"/v1/submissions/{batch_no}/retry"), 200).json  # else it would wait sixteen seconds
        self.assertLess(due["next_try_at"], seen["next_try_at"])
        self.assertEqual(due["history"][-1]["event"], "retry")
        whole = self.accepted_once()
        self.assertEqual((whole["exchanges"][-1]["outcome"], whole["exchanges"][-1]["status"]), ("answered", 201))
        refused = supervisor.post(f"/v1/submissions/{batch_no}/retry")
        self.assertEqual((refused.status, refused.problem), (409, "wrong-step"))

    def test_sponsio_killed_between_sending_and_hearing(self):
        self.world.road.mode = "lose_answers"
        self.until_a_record_is_issued()
        wait_until("the platform has it", lambda: self.world.road.lost and self.story.copies())
        self.world.server.kill()
        self.world.road.mode = "open"
        self.world.start_server()
        self.accepted_once()

    def test_a_road_that_was_shut(self):
        self.world.road.mode = "shut"
        self.until_a_record_is_issued()
        wait_until("sending was tried", lambda: any(b["attempts"] for b in self.batches()))
        self.assertEqual(self.story.copies(), [])
        self.world.road.mode = "open"
        self.accepted_once()


class AToken(WithARecord):
    NAME = "示例区信用信息共享平台"

    def restart(self, *options):
        self.world.server.stop()
        self.world.options = list(options)
        self.world.start_server()

    def test_is_asked_for_and_shown(self):
        token = self.artefacts / "token"
        token.write_text("a-token-of-the-platform\n", encoding="ascii")
        self.world.platform.stop()
        self.world.platform_options = ["--token-file", token]
        self.world.start_platform()
        must(self.world.at_platform().get("/exchange/v1/records"), 401)
        self.world.platform_token = "a-token-of-the-platform"

        self.restart("--platform-name", self.NAME)
        self.until_a_record_is_issued()
        batch_no = wait_until("sending was tried", lambda: [b["batch_no"] for b in self.batches() if b["attempts"]])[0]
        wait_until("it was turned away", lambda: "401" in (self.whole(batch_no)["last_error"] or ""))
        self.assertEqual(self.story.copies(), [])
        answered = self.whole(batch_no)["exchanges"][-1]
        self.assertEqual((answered["outcome"], answered["status"]), ("refused", 401))
        self.assertIn("401", answered["body"])
        self.restart("--platform-token-file", token)
        self.assertGreater(self.accepted_once()["attempts"], 1)
        self.story.save_batch(self.world.client("qian.supervisor"), batch_no, "batch")
        manifest = json.loads((self.artefacts / "batch" / "manifest.json").read_bytes())
        self.assertEqual(manifest["receiver"], {"name": self.NAME, "uscc": None})

    def test_without_a_platform_makes_no_sense(self):
        for option, value in (("--platform-token-file", self.world.clock.path), ("--platform-name", self.NAME)):
            with self.subTest(option):
                run = subprocess.run([str(a) for a in (self.world.binary, "serve", "--data", self.artefacts / "none", option, value)],
                                     capture_output=True, text=True, timeout=60, check=False)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn("--platform", run.stderr)
                self.assertFalse((self.artefacts / "none").exists())


class ThePlatform(WithARecord):
    """What the platform makes of a batch that comes again, or changed, or from somebody else."""

    def put(self, batch_no, manifest, records, signature):
        body = {"manifest": manifest.decode(), "records": records.decode(), "signature": base64.b64encode(signature).decode()}
        return self.world.at_platform().request("PUT", f"/exchange/v1/batches/{batch_no}", json.dumps(body).encode(),
                                                {"Content-Type": BATCH})

    def test_again_changed_and_forged(self):
        self.until_a_record_is_issued()
        batch_no = self.accepted_once()["batch_no"]
        first = self.story.save_batch(self.world.client("qian.supervisor"), batch_no, "batch")
        manifest, records, signature = [(self.artefacts / "batch" / n).read_bytes() for n in ("manifest.json", "records.jsonl", "manifest.sm2")]
        judges.verify_submission(self.artefacts / "batch")
        with self.subTest("the same bytes get the same answer"):
            again = must(self.put(batch_no, manifest, records, signature), 200)
            self.assertEqual(again.json, first.json)
        with self.subTest("other bytes under its number are refused"):
            must(self.put(batch_no, manifest, records + b"\n", signature), 409)
        other = batch_no[:-1] + ("0" if batch_no[-1] != "0" else "1")
        with self.subTest("a manifest under another number is refused"):
            self.assertIn(self.put(other, manifest, records, signature).status, (400, 422))
        forged = manifest.replace(batch_no.encode(), other.encode())
        with self.subTest("a manifest that was not signed is refused"):
            self.assertIn(self.put(other, forged, records, signature).status, (400, 422))
            must(self.world.at_platform().get(f"/exchange/v1/batches/{other}"), 404)
        self.assertEqual(len(self.story.copies()), 1)
