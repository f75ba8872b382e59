"""The life of a record: disputed, corrected, repaired, published and gone, over HTTP, with the platform that hears of it."""
import unittest
import xml.etree.ElementTree

from sponsio_e2e import people
from sponsio_e2e.case import SUBJECT, reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.life import Life, add_file, carried, copies, corrected_report, digest, give_place
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import World, must

WORLD = World()
# What a refused step could have written; the log goes on meanwhile.
CASES = ("objection", "repair", "publicity", "case_step", "record_cause", "record_correction", "credit_record", "status_entry", "status_change",
         "submission_record", "record_draft")


def cases():
    return {table: digest for table, digest in WORLD.stored().items() if table in CASES}


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.case = reported_case(WORLD)
    corrected_report(WORLD, WORLD.case)


class OneRecord(unittest.TestCase):
    """In one go, since what is done to a record stays done."""

    def setUp(self):
        self.life = Life(WORLD, WORLD.case["record_id"])
        self.public = WORLD.client()

    def refused(self, answer, status, problem, *words):
        """And nothing is stored."""
        self.assertEqual((answer.status, answer.problem), (status, problem), answer.body[:500])
        for word in words:
            self.assertIn(word, answer.json["detail"])

    def test_1_a_person_is_not_public_here_by_the_rule_that_is_named(self):
        before = WORLD.stored()
        source = carried("publicity.person.public")["source"]["text"]
        self.refused(self.life.verifier.post("/v1/publicity", self.life.proposal(), key=True), 409, "conflict", "publicity.person.public", source)
        bad = self.life.verifier.post("/v1/publicity", self.life.proposal(legal_basis=[]), key=True)
        self.assertEqual(bad.pointers(), {"/legal_basis": "empty"})
        self.assertEqual(WORLD.stored(), before)

    def test_2_an_objection_at_the_counter(self):
        life, paper = self.life, "异议申请书：姓名有误。"
        draft = {"record_id": life.record, "ground": "wording_wrong", "statement": "姓名有误。", "identity_check": "document_seen", "paper_sha256": digest(paper)}
        made = must(life.clerk.post("/v1/objections", draft, key=True), 201)
        path = made.headers["location"]
        self.assertEqual((life.status(), made.json["paper_here"]), ("objected", False))
        self.assertIn(life.record, made.json["receipt"]["zh"])
        before = WORLD.stored()
        self.refused(life.clerk.post("/v1/objections", draft, key=True), 409, "conflict")
        keep = {"outcome": "keep", "reasons": "经核对无误。"}
        self.refused(life.verifier.post(f"{path}/proposal", keep), 409, "conflict")
        self.refused(life.supervisor.post(f"{path}/decision", {"agreed": True, "reasons": "同意", "number": "1号"}), 409, "wrong-step")
        self.refused(life.decider.post(f"{path}/extension", {"why": "需调档"}), 409, "conflict", "objection.provider.extension")
        self.assertEqual(life.verifier.post(f"{path}/proposal", {"outcome": "add", "reasons": "x"}).pointers(), {"/supplement": "required"})
        self.assertEqual(WORLD.stored(), before)
        add_file(life.clerk, path, paper)
        waits = must(life.verifier.get("/v1/work?kind=objection_to_examine"), 200).json["items"]
        self.assertEqual([(w["href"], w["operations"], w["due_on"]) for w in waits], [(path, ["proposeObjectionAnswer"], made.json["due_on"])])
        must(life.verifier.post(f"{path}/proposal", keep), 200)
        before = WORLD.stored()
        self.refused(life.decider.post(f"{path}/decision", {"agreed": True, "reasons": "同意", "number": "1号"}), 409, "same-person")
        self.assertEqual(WORLD.stored(), before)
        self.assertEqual([w["href"] for w in must(life.supervisor.get("/v1/work?kind=objection_to_decide"), 200).json["items"]], [path])
        self.assertEqual(must(life.decider.get("/v1/work?kind=objection_to_decide"), 200).json["items"], [])
        done = must(life.supervisor.post(f"{path}/decision", {"agreed": True, "reasons": "同意。", "number": "示例住保异字〔2026〕1号"}), 200).json
        self.assertEqual((done["state"], life.status()), ("decided", "valid"))
        self.assertIn("维持不变", done["answer"]["zh"])
        entry = next(e for e in must(WORLD.client("zhou.auditor").get(f"/v1/audit-events?subject={done['objection_id']}"), 200).json["items"] if e["event"] == "decide")
        self.assertEqual(entry["by"], WORLD.accounts["qian.supervisor"])

    def test_3_an_objection_that_the_platform_forwards(self):
        life = self.life
        draft = {"record_id": life.record, "ground": "missing", "statement": "已补正。", "platform_reference": "XY-2026-7", "received_on": WORLD.clock.today()}
        self.assertEqual(life.clerk.post("/v1/objections", draft, key=True).pointers(),
                         {"/identity_check": "required", "/paper_sha256": "required", "/platform_reference": "not_allowed_here", "/received_on": "not_allowed_here"})
        made = must(life.integrator.post("/v1/objections", draft, key=True), 201)
        self.assertEqual((made.json["channel"], life.status()), ("platform", "objected"))
        self.assertTrue(made.json["platform_due_on"])
        path = made.headers["location"]
        life.answer(path, outcome="add", reasons="已补正材料。", supplement="已于2026年9月补正。")
        seen = must(life.integrator.get(path), 200).json
        self.assertEqual((seen["state"], [s["step"] for s in seen["steps"]], seen["files"]), ("decided", ["created"], []))
        self.assertEqual(must(life.integrator.get("/v1/objections?state=decided"), 200).json["items"][-1]["objection_id"], seen["objection_id"])
        reports = lambda: [(r["op"], r["state"]) for b in must(life.supervisor.get("/v1/submissions"), 200).json["items"]
                           for r in must(life.supervisor.get(f"/v1/submissions/{b['batch_no']}"), 200).json["records"]]
        wait_until("the platform took the change", lambda: ("change", "accepted") in reports(), within=60)

    def test_4_published_and_repaired(self):
        give_place(WORLD)
        life = self.life
        path = life.approved()
        self.assertEqual(life.shown(), [])
        before = cases()
        notice = life.notice(path)
        self.assertEqual(life.clerk.post(f"{path}/notice", notice | {"digest_sha256": "0" * 64}).pointers(), {"/digest_sha256": "other_paper"})
        self.assertEqual(life.clerk.post(f"{path}/notice", notice | {"served_at": "2026-01-01T00:00:00Z"}).pointers(), {"/served_at": "before_approval"})
        self.assertEqual(cases(), before)
        must(life.clerk.post(f"{path}/notice", notice), 200)
        self.assertEqual(len(life.shown()), 1)
        page = must(self.public.get("/public/v1/publicity"), 200)
        atom = must(self.public.get("/public/v1/publicity/atom"), 200)
        for answer in (page, atom):
            self.assertIn("noindex", answer.headers["x-robots-tag"])
            for secret in (SUBJECT["name"], SUBJECT["document"]["number"], WORLD.case["commitment_code"], "亲属"):
                self.assertNotIn(secret, answer.body.decode())
        feed = xml.etree.ElementTree.fromstring(atom.body)
        self.assertEqual(len(feed.findall("{http://www.w3.org/2005/Atom}entry")), 1)
        self.refused(life.verifier.post("/v1/publicity", life.proposal(), key=True), 409, "conflict")

        question = {"matter_code": people.MATTER_CODE, "committer": SUBJECT, "purpose": "eligibility"}
        may = lambda: must(life.clerk.post("/v1/eligibility-questions", question), 200).json["eligible"]
        self.assertFalse(may())
        repair = life.apply()
        self.assertEqual({g["gap"] for g in must(life.clerk.get(repair), 200).json["gaps"]}, {"not_corrected", "commitment_missing"})
        before = cases()
        self.refused(life.verifier.post(f"{repair}/acceptance", {"accepted": True, "why": "x"}), 409, "conflict", "信用承诺书")
        self.assertEqual(cases(), before)
        life.take_in(repair)
        self.refused(WORLD.client("li.verifier").post(f"{repair}/decision", {"granted": True, "reasons": "x", "number": "1"}), 403, "forbidden")
        self.assertEqual([w["href"] for w in must(life.supervisor.get("/v1/work?kind=repair_to_decide"), 200).json["items"]], [repair])
        life.grant(repair)
        self.assertEqual((life.status(), life.shown(), may()), ("repaired", [], True))
        self.assertEqual(must(life.clerk.get(path), 200).json["ended_why"], "repaired")
        wait_until("the platform dropped the record", lambda: not copies(WORLD, WORLD.case), within=60)
        revoked = must(life.decider.post(f"{repair}/revocation", {"reasons": "证明系伪造。", "number": "示例住保撤字〔2026〕1号"}), 200).json
        self.assertEqual((revoked["state"], life.status(), may()), ("revoked", "valid", False))

    def test_5_deleted_it_is_gone_everywhere(self):
        life = self.life
        published = life.published()
        path = life.object("wrong_person", "异议书二")
        self.assertEqual(life.shown()[0]["status"], "objected")
        life.answer(path, outcome="delete", reasons="确非本人。", number="示例住保异字〔2026〕2号")
        self.assertEqual((life.status(), life.shown()), ("invalid", []))
        wait_until("the platform dropped the record", lambda: not copies(WORLD, WORLD.case), within=60)
        self.assertEqual(must(life.clerk.get(published), 200).json["ended_why"], "record_ended")
        self.refused(life.clerk.post("/v1/objections", {"record_id": life.record, "ground": "overdue", "statement": "x", "identity_check": "document_seen",
                                                        "paper_sha256": "0" * 64}, key=True), 409, "wrong-step")

