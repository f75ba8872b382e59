"""The list of seriously dishonest subjects over HTTP: on which law and ground, told, heard, decided by the head, served, listed, and off it again."""
import datetime
import unittest

from sponsio_e2e import serious
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.life import carried
from sponsio_e2e.serious import DECIDED, FORGER, NOTICE, RECORD, Listing
from sponsio_e2e.visiting import ROOT, code_on, signed_in
from sponsio_e2e.world import CALENDAR_2027, World, must

WORLD = World()
# What a refused step could have written; the record's report is sent meanwhile.
CASES = ("serious_listing", "case_step", "document", "service_of_document", "evidence", "used_key", "credit_record", "status_change")


def cases():
    return {table: digest for table, digest in WORLD.stored().items() if table in CASES}


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    must(WORLD.client("root.admin").post("/v1/knowledge", CALENDAR_2027), 200)
    WORLD.record, WORLD.finding = serious.serious_record(WORLD)


class OneListing(unittest.TestCase):
    """In one go, since what is done in a case stays done."""

    def setUp(self):
        self.case = Listing(WORLD, WORLD.record)

    def refused(self, answer, status, problem, *words):
        self.assertEqual((answer.status, answer.problem), (status, problem), answer.body[:500])
        for word in words:
            self.assertIn(word, answer.json["detail"])

    def work(self, client, kind):
        return [(item["href"], item["operations"]) for item in must(client.get(f"/v1/work?kind={kind}"), 200).json["items"]]

    def test_1_nobody_is_listed_without_law_and_ground(self):
        case, before = self.case, cases()
        propose = lambda **changes: case.verifier.post("/v1/serious-listings", case.draft(**changes), key=True)
        self.refused(propose(), 409, "conflict", "serious.grounds", carried("serious.grounds")["source"]["text"])
        self.assertEqual(propose(legal_basis=[], ground="envy").pointers(), {"/legal_basis": "empty", "/ground": "unknown_value"})
        self.assertEqual(cases(), before)
        serious.give_grounds(WORLD)
        before = cases()
        for level in ("local_regulation", "department_rule", "other_document"):
            self.refused(propose(legal_basis=[serious.LAW | {"level": level}]), 409, "conflict", "serious.levels", "信用修复管理办法")
        self.assertEqual(propose(responsible=[{"role": "actual_controller", "name": "甲"}]).pointers(), {"/responsible": "not_allowed_here"})
        self.assertEqual(propose(record_id="019cac0f-ab54-7005-be04-576d81aac274").pointers(), {"/record_id": "no_such_thing"})
        self.refused(case.clerk.post("/v1/serious-listings", case.draft(), key=True), 403, "forbidden")
        self.assertEqual(cases(), before)

    def test_2_told_heard_decided_served_and_listed(self):
        case, path = self.case, self.case.propose()["listing_id"]
        path = case.path
        self.refused(case.verifier.post("/v1/serious-listings", case.draft(), key=True), 409, "conflict")
        self.assertEqual(self.work(case.reviewer, "listing_to_check"), [(path, ["checkListing"])])
        self.refused(case.clerk.post(f"{path}/prior-notice", NOTICE), 409, "wrong-step")
        case.do(case.reviewer, "basis-check", {"confirmed": True, "opinion": "依据为法律，情形相符。"})
        self.assertIn((path, ["composeListingNotice", "callListingHearing", "serveListingPaper"]), self.work(case.clerk, "listing_to_serve"))
        composed = case.do(case.clerk, "prior-notice", NOTICE)
        paper = must(case.clerk.get(f"/v1/documents/{composed['papers'][0]['document_id']}"), 200).json
        for part in ("列入严重失信主体名单事先告知书", "示例信用法（虚构）第十条", "陈述、申辩", "听证", "三年内不得享受住房保障"):
            self.assertIn(part, paper["text"]["zh"])
        self.assertIn("You may ask for a hearing", paper["text"]["en"])
        pdf = must(case.clerk.get(f"/v1/documents/{paper['document_id']}", "application/pdf"), 200)
        self.assertTrue(pdf.body.startswith(b"%PDF-"))
        visitor = signed_in(WORLD, code_on(WORLD, WORLD.finding), FORGER)
        self.assertEqual(must(visitor.get(ROOT), 200).json["listings"], [])
        service = case.service()
        before = cases()
        for changes, pointers in (({"digest_sha256": "0" * 64}, {"/digest_sha256": "other_paper"}),
                                  ({"served_at": "2026-01-01T00:00:00Z"}, {"/served_at": "before_paper"}),
                                  ({"receipt_evidence_id": "019cac0f-ab54-7005-be04-576d81aac274"}, {"/receipt_evidence_id": "no_such_thing"}),
                                  ({"method": "left"}, {"/left_proof": "required"})):
            self.assertEqual(case.clerk.post(f"{path}/service", service | changes).pointers(), pointers)
        self.assertEqual((cases(), case.seen()["state"]), (before, "checked"))
        noticed = case.do(case.clerk, "service", service)
        self.assertTrue(noticed["defence_until"] and noticed["hearing_until"])
        self.assertEqual([one["state"] for one in must(visitor.get(ROOT), 200).json["listings"]], ["noticed"])
        self.refused(case.decider.post(f"{path}/decision", DECIDED), 409, "too-early", "defence.period")
        case.do(case.clerk, "statements", case.said("hearing_request"))
        self.refused(case.clerk.post(f"{path}/hearing/notice", case.call(25, "li.verifier")[0]), 409, "same-person")
        early = case.clerk.post(f"{path}/hearing/notice", case.call(1)[0])
        self.assertEqual(early.pointers(), {"/at": "too_soon"})
        self.assertIn("hearing.notice", early.json["detail"])
        call, at = case.call(25)
        case.do(case.clerk, "hearing/notice", call)
        case.served()
        record = RECORD | {"signed_evidence_id": case.file("听证笔录")}
        self.refused(case.supervisor.post(f"{path}/hearing/record", record), 409, "too-early")
        WORLD.clock.move_to(at + datetime.timedelta(hours=1))
        self.assertEqual(self.work(case.supervisor, "listing_to_hear"), [(path, ["recordListingHearing"])])
        case.do(case.supervisor, "hearing/record", record)
        self.assertEqual(self.work(case.decider, "listing_to_decide"), [(path, ["decideListing"])])
        self.refused(case.reviewer.post(f"{path}/decision", DECIDED | {"hearing_answer": "不予采纳。"}), 409, "same-person")
        self.assertEqual(case.decider.post(f"{path}/decision", DECIDED).pointers(), {"/hearing_answer": "required"})
        decided = case.do(case.decider, "decision", DECIDED | {"hearing_answer": "不予采纳。"})
        self.assertEqual((decided["state"], decided["listed_at"]), ("decided", None))
        self.assertIn("publicity.serious.max 3 years", decided["rule"])
        self.assertEqual(must(WORLD.client().get("/public/v1/serious-list"), 200).json["items"], [])
        listed = case.served()
        self.assertEqual(listed["state"], "listed")
        page = must(WORLD.client().get("/public/v1/serious-list"), 200)
        self.assertIn("noindex", page.headers["x-robots-tag"])
        entry, = page.json["items"]
        self.assertEqual((entry["number"], entry["ground"], entry["until"]), (DECIDED["number"], "forged_papers", listed["until"]))
        for secret in (FORGER["name"], FORGER["document"]["number"], "户籍材料"):
            self.assertNotIn(secret, page.body.decode())
        own, = must(visitor_again().get(ROOT), 200).json["listings"]
        self.assertEqual((own["state"], own["until"]), ("listed", listed["until"]))
        trail = must(WORLD.client("zhou.auditor").get(f"/v1/audit-events?subject={listed['listing_id']}"), 200).json["items"]
        self.assertEqual(trail[-1]["event"], "serve_decision")

    def test_3_a_decision_takes_off_by_another(self):
        listing, = must(self.case.clerk.get(f"/v1/serious-listings?record_id={WORLD.record}"), 200).json["items"]
        self.case.path = f"/v1/serious-listings/{listing['listing_id']}"
        said = {"why": "列入有误。", "number": "示例住保移字〔2026〕1号"}
        self.refused(self.case.decider.post(f"{self.case.path}/removal", said), 409, "same-person")
        removed = self.case.do(self.case.supervisor, "removal", said)
        self.assertEqual((removed["state"], removed["ended_why"], removed["papers"][-1]["kind"]), ("removed", "revoke", "listing_removal"))
        self.assertEqual(must(WORLD.client().get("/public/v1/serious-list"), 200).json["items"], [])
        self.refused(self.case.supervisor.post(f"{self.case.path}/removal", said), 409, "wrong-step")


def visitor_again():
    """A visit lasts half an hour."""
    return signed_in(WORLD, code_on(WORLD, WORLD.finding), FORGER)
