"""Every operation of the contract is answered well at least once, as the contract says; the story does most of them."""
import base64
import json
import pathlib
import tempfile
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import judge_exchanges
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import AGENCY, CALENDAR_2027, World, must

WORLD = World()
# Sponsio holds a report back only where a record breaks the platform's rules, and takes in nothing that would;
# tests/service/submission_correction_test.cpp corrects one.
UNREACHABLE = ["correctHeldReport"]

ANOTHER = {"kind": "organisation", "name": "示例住房租赁有限公司", "document": {"type": "uscc", "number": "91350100M000100Y43"}}
THIRD = {"kind": "natural_person", "name": "欧阳娜娜", "document": {"type": "citizen_id", "number": "110105199003072346"}}


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    WORLD.artefacts = pathlib.Path(folder.name)
    calendar = WORLD.artefacts / "cn-2027.json"  # the remedy periods of what follows the story reach into that year
    calendar.write_text(json.dumps(CALENDAR_2027), encoding="utf-8")
    WORLD.options = ["--calendar", calendar]
    WORLD.start()
    unittest.addModuleCleanup(judge_exchanges, WORLD, True, UNREACHABLE)
    WORLD.story = Story(WORLD, WORLD.artefacts, Silence())
    WORLD.story.tell()


class TheRest(unittest.TestCase):
    def setUp(self):
        self.clerk, self.verifier = WORLD.client("zhang.clerk"), WORLD.client("li.verifier")
        self.supervisor, self.admin = WORLD.client("qian.supervisor"), WORLD.client("root.admin")

    def filed(self, committer):
        body = people.commitment(WORLD.story.notice["notice_id"], WORLD.story.china_today()) | {"committer": committer}
        return must(self.clerk.post("/v1/commitments", body, key=True), 201).json

    def state_of(self, filed):
        return must(self.clerk.get(f"/v1/commitments/{filed['commitment_code']}"), 200).json["state"]

    def test_reading(self):
        public = WORLD.client()
        me = must(self.clerk.get("/v1/me"), 200).json
        account = me["account"]["account_id"]
        for client, target in (
            (self.admin, "/v1/organisations"), (self.clerk, f"/v1/organisations/{AGENCY}"), (self.admin, "/v1/accounts"),
            (self.admin, f"/v1/accounts/{account}"), (self.supervisor, "/v1/matters"),
            (self.clerk, f"/v1/matters/{people.MATTER_CODE}"), (self.clerk, f"/v1/matters/{people.MATTER_CODE}/versions/1"),
            (self.clerk, f"/v1/notices/{WORLD.story.notice['notice_id']}"), (self.clerk, "/v1/commitments?state=breached"),
            (self.verifier, f"/v1/verifications/{WORLD.story.task_id}"), (self.verifier, "/v1/verifications?state=closed"),
            (self.clerk, "/v1/findings?state=effective"), (self.supervisor, "/v1/submissions/held"),
            (WORLD.client("zhou.auditor"), "/v1/audit-events?limit=200"),
            (self.clerk, f"/v1/commitments/{WORLD.story.commitment['commitment_code']}/proof"),
            (self.supervisor, f"/v1/records/{WORLD.story.record_id}/proof"),
            (public, "/log/1/checkpoint"), (public, "/log/1/vkey"), (public, "/log/1/vkeys"), (public, "/log/1/tile/entries/000.p/1"),
            (public, "/public/v1/log-leaves?kind=rules"),
        ):
            with self.subTest(target):
                must(client.get(target), 200)
        self.assertEqual(must(self.supervisor.get("/v1/submissions/held"), 200).json["items"], [])

    def test_many_at_once(self):
        body = people.commitment(WORLD.story.notice["notice_id"], WORLD.story.china_today()) | {"committer": ANOTHER}
        answer = must(self.clerk.post_bytes("/v1/commitments/bulk", json.dumps(body).encode(), "application/x-ndjson", True), 200)
        self.assertEqual(json.loads(answer.body)["status"], 201)

    def test_a_token_ends(self):
        account = must(self.clerk.get("/v1/me"), 200).json["account"]["account_id"]
        token = must(self.admin.post(f"/v1/accounts/{account}/tokens", {}, key=True), 201).json
        for _ in range(2):
            must(self.admin.delete(f"/v1/tokens/{token['token_id']}"), 204)

    def test_a_breach_on_record_bars_the_committer(self):
        body = people.commitment(WORLD.story.notice["notice_id"], WORLD.story.china_today())
        before = WORLD.stored()
        refused = self.clerk.post("/v1/commitments", body, key=True)
        self.assertEqual((refused.status, refused.problem), (422, "not-eligible"))
        self.assertEqual(WORLD.stored(), before)

    def test_a_task_goes_back_and_its_commitment_is_withdrawn(self):
        filed = self.filed(ANOTHER)
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        must(self.verifier.post(f"{path}/claim"), 200)
        self.assertEqual(must(self.verifier.post(f"{path}/hand-back"), 200).json["state"], "created")
        must(self.clerk.post(f"/v1/commitments/{filed['commitment_code']}/withdrawal", {"reason": "改交证明"}), 200)
        self.assertEqual(self.state_of(filed), "withdrawn")

    def to_the_waiver(self, committer):
        """A commitment found untrue, up to the waiver of a defence: (commitment, path of the finding)."""
        filed = self.filed(committer)
        task = f"/v1/verifications/{filed['verification']['task_id']}"
        must(self.verifier.post(f"{task}/claim"), 200)
        must(self.verifier.post(f"{task}/start"), 200)
        evidence = must(self.verifier.post_bytes(f"{task}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201)
        body = {"result": "inconsistent", "checked_on": WORLD.story.china_today(), "summary": "与档案不符。"}
        must(self.verifier.post(f"{task}/conclusion", body), 200)
        must(self.verifier.post(f"{task}/closure"), 200)
        draft = people.finding(filed["verification"]["task_id"], [evidence.json["evidence_id"]])
        path = f"/v1/findings/{must(self.verifier.post('/v1/findings', draft, key=True), 201).json['finding_id']}"
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        must(self.clerk.post(f"{path}/prior-notice", people.prior_notice(WORLD.after_all_that())), 200)
        must(self.clerk.post(f"{path}/defence", {"kind": "waiver", "text": "本人放弃陈述、申辩。"}), 200)
        return filed, path

    def to_the_served_decision(self, committer):
        filed, path = self.to_the_waiver(committer)
        must(WORLD.client("zhao.decider").post(f"{path}/decision", people.DECISION | {"defence_answer": None}), 200)
        must(self.clerk.post(f"{path}/service", people.service(WORLD.after_all_that())), 200)
        return filed, path

    def test_a_dismissal_is_served(self):
        filed, path = self.to_the_waiver(ANOTHER)
        decision = people.DECISION | {"outcome": "dismissed", "reasons": "登记信息有误，已更正。", "defence_answer": None}
        must(WORLD.client("zhao.decider").post(f"{path}/decision", decision), 200)
        finding = must(self.clerk.post(f"{path}/service", people.service(WORLD.after_all_that())), 200).json
        self.assertEqual((finding["state"], self.state_of(filed)), ("dismissed", "fulfilled"))
        paper = must(self.clerk.get(f"/v1/documents/{finding['documents'][1]['document_id']}"), 200).json
        self.assertEqual((paper["kind"], paper["number"]), ("dismissal", decision["number"]))
        self.assertIn(decision["reasons"], paper["text"]["zh"])
        self.assertTrue(paper["service"]["served_at"])
        self.assertEqual(self.clerk.post(f"{path}/service", people.service(WORLD.after_all_that())).problem, "wrong-step")

    def test_a_remedy_that_overturns_the_decision(self):
        filed, path = self.to_the_served_decision(ANOTHER)
        must(self.clerk.post(f"{path}/remedy", {"kind": "reconsideration", "filed_on": WORLD.story.china_today()}), 200)
        finding = must(WORLD.client("zhao.decider").post(f"{path}/remedy-outcome", {"outcome": "overturned"}), 200).json
        self.assertEqual((finding["state"], finding["record_id"], self.state_of(filed)), ("cancelled", None, "in_question"))

    def test_a_remedy_that_upholds_it(self):
        filed, path = self.to_the_served_decision(THIRD)
        must(self.clerk.post(f"{path}/remedy", {"kind": "litigation", "filed_on": WORLD.story.china_today()}), 200)
        finding = must(WORLD.client("zhao.decider").post(f"{path}/remedy-outcome", {"outcome": "upheld"}), 200).json
        self.assertEqual((finding["state"], self.state_of(filed)), ("effective", "breached"))

    def test_a_batch_that_comes_again(self):
        """From another sender of the same bytes: the same answer, and still one copy."""
        folder = WORLD.artefacts / "submission"
        manifest, records = (folder / "manifest.json").read_bytes(), (folder / "records.jsonl").read_bytes()
        body = {"manifest": manifest.decode(), "records": records.decode(),
                "signature": base64.b64encode((folder / "manifest.sm2").read_bytes()).decode()}
        target = f"/exchange/v1/batches/{json.loads(manifest)['batch_no']}"
        again = WORLD.at_platform().request("PUT", target, json.dumps(body).encode(), {"Content-Type": "application/vnd.sponsio.batch+json"})
        self.assertEqual(must(again, 200).body, (WORLD.artefacts / "platform-answer.json").read_bytes())
        self.assertEqual(len(WORLD.story.copies()), 1)
