"""The longer roads of a finding over HTTP: an order to rectify, a hearing, new facts, a decision that is lighter, and a finding that falls."""
import datetime
import unittest

from sponsio_e2e import people
from sponsio_e2e.case import checked, filed, reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.hearings import ORDER, Roads
from sponsio_e2e.world import World, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


class LongerRoads(unittest.TestCase):
    def setUp(self):
        self.roads = Roads(WORLD)
        self.clerk, self.verifier = self.roads.clerk, self.roads.verifier
        self.reviewer, self.decider, self.supervisor = self.roads.reviewer, self.roads.decider, self.roads.supervisor

    def refused(self, answer, status, problem, *words):
        self.assertEqual((answer.status, answer.problem), (status, problem), answer.body[:500])
        for word in words:
            self.assertIn(word, answer.json["detail"])

    @staticmethod
    def drafted(**changes):
        return checked(WORLD, filed(WORLD)) | changes

    def test_an_order_comes_first_and_the_party_follows_it(self):
        path = self.roads.reviewed(self.drafted(kind="unfulfilled", fault="negligent"))
        law = must(self.clerk.get(path), 200).json["law"]
        self.assertEqual((law["rule"], law["rectify_first"], law["next_steps"][0]), ("next_step.unfulfilled", True, "rectify"))
        before = WORLD.stored()
        self.refused(self.clerk.post(f"{path}/prior-notice", people.PRIOR_NOTICE), 409, "conflict", "next_step.unfulfilled")
        bad = self.clerk.post(f"{path}/order", {"number": "", "what": "", "contact": ""})
        self.assertEqual(sorted(bad.pointers()), ["/contact", "/number", "/what"])
        self.assertEqual(WORLD.stored(), before)
        composed = self.roads.ordered(path)
        paper = must(self.clerk.get(f"/v1/documents/{composed['documents'][0]['document_id']}"), 200).json
        for part in ("责令限期改正通知书", ORDER["what"], "行政复议"):
            self.assertIn(part, paper["text"]["zh"])
        pdf = must(self.clerk.get(f"/v1/documents/{composed['documents'][0]['document_id']}", "application/pdf"), 200)
        self.assertTrue(pdf.body.startswith(b"%PDF-"))
        said = {"corrected": True, "opinion": "已按要求改正。"}
        self.assertEqual(self.reviewer.post(f"{path}/order/outcome", said).pointers(), {"/evidence_id": "required"})
        self.refused(self.reviewer.post(f"{path}/order/outcome", {"corrected": False, "opinion": "未改正。"}), 409, "too-early", "")
        done = self.roads.set_right(path)
        self.assertEqual(done["state"], "rectified")

    def test_a_hearing_is_held_and_answered(self):
        path = self.roads.reviewed(self.drafted(harm="slight", first_time=True, measures=["revoke", "record"]))
        notified = WORLD.notify(self.clerk, path)
        self.assertIn("hearing.request", [clock["clock"] for clock in notified["clocks"]])
        said = {"kind": "statement", "text": "该项陈述。", "new_facts": "补充户籍档案。"}
        must(self.clerk.post(f"{path}/defence", said), 200)
        self.roads.ask(path)
        call, at = self.roads.call(20)
        before = WORLD.stored()
        self.refused(self.clerk.post(f"{path}/hearing/notice", call | {"chair_id": WORLD.accounts["li.verifier"]}), 409, "same-person")
        early = self.clerk.post(f"{path}/hearing/notice", self.roads.call(1)[0])
        self.assertEqual(early.pointers(), {"/at": "too_soon"})
        self.assertIn("hearing.notice", early.json["detail"])
        self.assertEqual(WORLD.stored(), before)
        called = must(self.clerk.post(f"{path}/hearing/notice", call), 200).json
        self.assertEqual(called["hearing"]["chaired_by"], WORLD.accounts["qian.supervisor"])
        must(self.clerk.post(f"{path}/hearing/notice/service", self.roads.served(path, called, "hearing_notice")), 200)
        record = self.roads.record(path)
        self.refused(self.supervisor.post(f"{path}/hearing/record", record), 409, "too-early")
        WORLD.clock.move_to(at + datetime.timedelta(hours=1))
        work = must(self.supervisor.get("/v1/work?kind=hearing_to_hold"), 200).json["items"]
        self.assertEqual([(item["href"], item["operations"]) for item in work], [(path, ["recordHearing"])])
        must(self.supervisor.post(f"{path}/hearing/record", record), 200)
        decision = people.DECISION | {"hearing_answer": "听证意见已在幅度上考虑。", "severity": "minor"}
        self.refused(self.decider.post(f"{path}/decision", decision), 409, "conflict")
        self.assertEqual([item["href"] for item in must(self.reviewer.get("/v1/work?kind=facts_to_recheck"), 200).json["items"]], [path])
        must(self.reviewer.post(f"{path}/recheck", {"result": "unfounded", "text": "经查档不属实。"}), 200)
        graver = self.decider.post(f"{path}/decision", decision | {"severity": "serious"})
        self.assertEqual(graver.pointers(), {"/severity": "heavier"})
        self.assertIn("defence.never_heavier", graver.json["detail"])
        self.assertEqual(self.decider.post(f"{path}/decision", decision | {"hearing_answer": None}).pointers(), {"/hearing_answer": "required"})
        decided = must(self.decider.post(f"{path}/decision", decision), 200).json
        self.assertEqual((decided["severity"], decided["proposed"]["severity"]), ("minor", "general"))

    def test_a_finding_that_falls_takes_everything_with_it(self):
        case = reported_case(WORLD)
        path = f"/v1/findings/{case['finding_id']}"
        self.assertEqual(self.clerk.get(f"{path}/revocation").status, 404)
        wish = self.roads.wish(path)
        before = WORLD.stored()
        self.assertEqual(self.verifier.post(f"{path}/revocation", wish | {"decided_on": "2026-01-01"}).pointers(), {"/decided_on": "before_decision"})
        self.refused(self.supervisor.post(f"{path}/revocation/decision", {"revoked": True, "opinion": "同意。"}), 409, "wrong-step")
        self.assertEqual(WORLD.stored(), before)
        asked = must(self.verifier.post(f"{path}/revocation", wish), 200).json
        self.assertIn("withdraw.penalty_post 3 working_days", asked["rule"])
        self.refused(self.reviewer.post(f"{path}/revocation", wish), 409, "conflict")
        work = must(self.supervisor.get("/v1/work?kind=revocation_to_decide"), 200).json["items"]
        self.assertEqual([item["operations"] for item in work], [["decideRevocation"]])
        must(self.supervisor.post(f"{path}/revocation/decision", {"revoked": True, "opinion": "依判决撤销。"}), 200)
        self.assertEqual(must(self.clerk.get(f"{path}/revocation"), 200).json["state"], "revoked")
        self.assertEqual(must(self.clerk.get(path), 200).json["state"], "cancelled")
        self.assertEqual(must(self.clerk.get(f"/v1/commitments/{case['commitment_code']}"), 200).json["state"], "in_question")
        self.assertEqual(must(self.supervisor.get(f"/v1/records/{case['record_id']}?disclose=subject"), 200).json["status"], "invalid")

    def test_how_a_paper_was_served_is_said_wholly(self):
        path = self.roads.reviewed(self.drafted())
        composed = must(self.clerk.post(f"{path}/prior-notice", people.PRIOR_NOTICE), 200).json
        said = people.notice_service(self.clerk, path, WORLD.after_all_that(), composed)
        for changes, pointers in (({"method": "left"}, {"/left_proof": "required"}),
                                  ({"left_proof": "film"}, {"/left_proof": "not_allowed_here"}),
                                  ({"method": "left", "left_proof": "hearsay"}, {"/left_proof": "unknown_value"}),
                                  ({"method": "electronic_with_consent"}, {"/consent_evidence_id": "required"})):
            answer = self.clerk.post(f"{path}/prior-notice/service", said | changes)
            self.assertEqual({where: why for where, why in answer.pointers().items() if where in pointers}, pointers, answer.body[:300])
        left = must(self.clerk.post(f"{path}/prior-notice/service", said | {"method": "left", "left_proof": "witness"}), 200).json
        paper = must(self.clerk.get(f"/v1/documents/{left['documents'][0]['document_id']}"), 200).json
        self.assertEqual((paper["service"]["method"], paper["service"]["left_proof"]), ("left", "witness"))
