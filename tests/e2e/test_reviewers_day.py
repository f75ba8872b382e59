"""A reviewer's day by the contract alone: a slip in a conclusion is taken back by another person, a draft comes back amended, the
papers exist before they are served, and a dismissal is a decision of its own."""
import hashlib
import json
import re
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.world import World, must, parse_instant

WORLD = World()
RETURNED = {"outcome": "returned", "opinion": "事实部分“二人”误写为“三人”，请更正后重新提交审核。"}


def setUpModule():
    begin(WORLD)
    must(WORLD.client("qian.supervisor").post("/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), key=True), 201)


def canonical(text):
    """RFC 8785 of an object of strings, whose names need no escape."""
    return json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class ReviewersDay(unittest.TestCase):
    FOOT = r"(?:Page\d+of\d+|第\d+页共\d+页)(?:Digest\(SHA256\):|文书摘要（SHA256）：)[0-9a-f]{64}"

    def setUp(self):
        self.clerk, self.drafter = WORLD.client("zhang.clerk"), WORLD.client("li.verifier")
        self.reviewer, self.decider = WORLD.client("wang.reviewer"), WORLD.client("zhao.decider")
        self.supervisor = WORLD.client("qian.supervisor")

    def refused(self, exchange, status, problem, field=None):
        self.assertEqual((exchange.status, exchange.problem), (status, problem))
        if field:
            self.assertEqual(list(exchange.pointers()), [field])

    def concluded(self, result="inconsistent"):
        """A commitment whose check has its conclusion: (commitment, path of the check, its evidence)."""
        given = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
        notice = must(self.clerk.post("/v1/notices", given, key=True), 201).json["notice_id"]
        filed = must(self.clerk.post("/v1/commitments", people.commitment(notice, WORLD.clock.today()), key=True), 201).json
        must(people.add_signed_paper(self.clerk, filed), 201)
        task = f"/v1/verifications/{filed['verification']['task_id']}"
        for step in ("claim", "start"):
            must(self.drafter.post(f"{task}/{step}"), 200)
        evidence = must(self.drafter.post_bytes(f"{task}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201).json
        said = {"result": result, "checked_on": WORLD.clock.today(), "summary": "户籍档案与承诺内容不一致。"}
        must(self.drafter.post(f"{task}/conclusion", said), 200)
        return filed, task, evidence["evidence_id"]

    def drafted(self, facts):
        filed, task, evidence = self.concluded()
        must(self.drafter.post(f"{task}/closure"), 200)
        draft = people.finding(filed["verification"]["task_id"], [evidence]) | {"facts": facts}
        made = must(self.drafter.post("/v1/findings", draft, key=True), 201).json
        return filed, f"/v1/findings/{made['finding_id']}", draft

    def state_of(self, filed):
        return must(self.clerk.get(f"/v1/commitments/{filed['commitment_code']}"), 200).json["state"]

    def waiting(self, person, kind):
        """Where what waits for this person is read."""
        return [item["href"] for item in must(person.get(f"/v1/work?kind={kind}"), 200).json["items"]]

    def paper(self, finding, kind):
        number = [p["document_id"] for p in finding["documents"] if p["kind"] == kind][-1]
        return must(self.clerk.get(f"/v1/documents/{number}"), 200).json

    def holds_the_pages(self, paper):
        """Drawn twice to the same bytes, in both languages, with every word; read by poppler. A name that no font has is refused."""
        where = f"/v1/documents/{paper['document_id']}"
        for language, tag in (("zh", "zh-CN"), ("en", "en")):
            person = WORLD.client("zhang.clerk", tag)
            drawn = must(person.get(where, "application/pdf"), 200)
            self.assertEqual(drawn.headers["content-type"], "application/pdf")
            self.assertEqual(drawn.headers["content-language"], tag)
            self.assertIn(".pdf", drawn.headers["content-disposition"])
            self.assertEqual(must(person.get(where, "application/pdf"), 200).body, drawn.body)
            plain = self.words_of(drawn.body)
            for line in paper["text"][language].splitlines()[2:]:
                self.assertIn(self.unbroken(line), plain)
            self.assertIn(paper["digest_sha256"], plain)

    def test_a_notice_is_printed_with_the_promise_to_be_signed(self):
        given = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "counter", "language": "zh-CN",
                 "given_to": {"kind": "person", "name": "欧阳示例"}}
        notice = must(self.clerk.post("/v1/notices", given, key=True), 201).json
        where = f"/v1/notices/{notice['notice_id']}"
        self.assertEqual(self.clerk.get(where, "image/png").status, 406)
        for language, tag, words in (("zh", "zh-CN", ("欧阳示例：", "一、已经知晓并理解", "承诺人（签名）")),
                                     ("en", "en", ("欧阳示例:", "Ihavereadandunderstood", "Signedby:"))):
            drawn = must(WORLD.client("zhang.clerk", tag).get(where, "application/pdf"), 200).body
            plain = self.words_of(drawn)
            for line in notice["text"][language].splitlines()[1:]:
                self.assertIn(self.unbroken(line), plain)
            for word in (*words, notice["notice_id"], notice["digest_sha256"]):
                self.assertIn(self.unbroken(word), plain)

    def unbroken(self, text):
        return "".join(text.split()).replace("-", "")

    def words_of(self, pdf):
        """As poppler reads them: where a line was broken, nothing of where a paragraph ends, and the foot of a page amid what
        goes on overleaf. So the feet come last here."""
        read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60).stdout.decode()
        plain = self.unbroken(read)  # a "-" at the end of a line is taken for a hyphenation
        feet = re.findall(self.FOOT, plain)
        self.assertEqual(len(feet), read.count("\f"), plain)
        return re.sub(self.FOOT, "", plain) + "".join(feet)

    def test_a_slip_in_a_conclusion_is_taken_back_by_another_person(self):
        filed, task, _ = self.concluded("consistent")
        self.assertEqual(self.state_of(filed), "fulfilled")
        must(self.drafter.post(f"{task}/retraction", {"why": "误选为一致，核查记录为不一致"}, key=True), 201)
        decided = {"approved": True, "why": "核查记录确为不一致"}
        self.assertIn(task, self.waiting(self.supervisor, "retraction_to_decide"))
        self.assertNotIn(task, self.waiting(self.drafter, "retraction_to_decide"))
        self.refused(self.drafter.post(f"{task}/retraction/decision", decided), 409, "same-person")
        again = must(self.supervisor.post(f"{task}/retraction/decision", decided), 200).json
        self.assertEqual((again["state"], again["result"], self.state_of(filed)), ("in_progress", None, "under_verification"))
        self.assertEqual([(c["result"], c["set_aside_why"]) for c in again["earlier_conclusions"]], [("consistent", "taken_back")])
        self.assertEqual(again["retractions"][0]["why"], "误选为一致，核查记录为不一致")
        said = {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "不一致。"}
        must(self.drafter.post(f"{task}/conclusion", said), 200)
        must(self.drafter.post(f"{task}/closure"), 200)
        self.assertEqual(self.state_of(filed), "in_question")
        self.refused(self.drafter.post(f"{task}/retraction", {"why": "再次误选"}, key=True), 409, "wrong-step")

    def test_a_returned_draft_comes_back_and_is_decided(self):
        filed, path, draft = self.drafted("承诺人与共同申请人三人之间无亲属关系登记。")

        before = WORLD.stored()
        acquits = self.reviewer.post(f"{path}/review", {"confirmed": False, "opinion": "错字，退回修改"})
        self.refused(acquits, 422, "invalid", "/confirmed")
        self.assertEqual(WORLD.stored(), before)
        returned = must(self.reviewer.post(f"{path}/review", RETURNED), 200).json
        self.assertEqual((returned["state"], self.state_of(filed)), ("returned", "in_question"))
        self.assertIn(path, self.waiting(self.drafter, "draft_to_amend"))
        waiting = must(self.drafter.get("/v1/findings?state=returned"), 200).json["items"]
        self.assertIn(returned["finding_id"], [item["finding_id"] for item in waiting])

        amendment = {name: value for name, value in draft.items() if name != "task_id"}
        amendment["facts"] = "承诺人与共同申请人二人之间无亲属关系登记。"
        amended = must(self.drafter.post(f"{path}/amendment", amendment), 200).json
        self.assertEqual((amended["state"], amended["version"], amended["facts"]), ("drafted", 2, amendment["facts"]))
        earlier = amended["earlier_versions"][0]
        self.assertEqual((earlier["facts"], earlier["reasons"]), (draft["facts"], RETURNED["opinion"]))
        self.refused(self.drafter.post(f"{path}/review", people.REVIEW), 409, "same-person")
        self.assertEqual(must(self.reviewer.post(f"{path}/review", people.REVIEW), 200).json["state"], "reviewed")

        early = {"served_at": WORLD.after_all_that(), "method": "in_person", "receipt": "本人签收", "digest_sha256": "0" * 64,
                 "receipt_evidence_id": people.receipt(self.clerk, path)}
        self.refused(self.clerk.post(f"{path}/prior-notice/service", early), 409, "wrong-step")
        wish = people.PRIOR_NOTICE | {"serve_by": WORLD.clock.today()}
        composed = must(self.clerk.post(f"{path}/prior-notice", wish), 200).json
        paper = self.paper(composed, "prior_notice")
        self.assertIsNone(paper["service"])
        last_day = paper["periods"][0]["last_day"]
        for part in (last_day, wish["place"], wish["contact"], amendment["facts"]):
            self.assertIn(part, paper["text"]["zh"])
        self.assertIn(last_day, paper["text"]["en"])
        self.assertEqual(paper["digest_sha256"], hashlib.sha256(canonical(paper["text"])).hexdigest())

        printed = must(self.clerk.get(f"/v1/documents/{paper['document_id']}", "text/plain"), 200)
        self.assertEqual(printed.headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(printed.body.decode(), f"{paper['text']['zh']}文书摘要（SHA-256）：{paper['digest_sha256']}\n")

        self.holds_the_pages(paper)

        self.refused(self.clerk.post(f"{path}/prior-notice/service", early), 422, "invalid", "/digest_sha256")
        service = people.notice_service(self.clerk, path, WORLD.after_all_that(), composed)
        self.refused(self.clerk.post(f"{path}/prior-notice/service", service | {"served_at": early["served_at"]}), 422, "invalid",
                     "/served_at")
        served = must(self.clerk.post(f"{path}/prior-notice/service", service), 200).json
        self.assertEqual({clock["due_on"] for clock in served["clocks"]}, {last_day})
        self.assertEqual(self.paper(served, "prior_notice")["text"], paper["text"])
        self.assertEqual(self.paper(served, "prior_notice")["service"]["digest_sha256"], paper["digest_sha256"])

        too_early = self.decider.post(f"{path}/decision", people.DECISION | {"defence_answer": None})
        self.refused(too_early, 409, "too-early")
        self.assertIn(last_day, too_early.json["detail"])
        WORLD.clock.move_to(parse_instant(served["clocks"][0]["due_at"]))
        WORLD.after_all_that()
        # Who is a decider too, and returned and confirmed the draft.
        self.refused(self.reviewer.post(f"{path}/decision", people.DECISION | {"defence_answer": None}), 409, "same-person")
        decided = must(self.decider.post(f"{path}/decision", people.DECISION | {"defence_answer": None}), 200).json
        decision = self.paper(decided, "decision")
        self.assertEqual([period["clock"] for period in decision["periods"]], ["remedy.reconsider", "remedy.litigation"])
        another = people.service(self.clerk, path, WORLD.after_all_that()) | {"digest_sha256": paper["digest_sha256"]}
        self.refused(self.clerk.post(f"{path}/service", another), 422, "invalid", "/digest_sha256")
        finding = must(self.clerk.post(f"{path}/service", another | {"digest_sha256": decision["digest_sha256"]}), 200).json
        self.assertEqual(finding["state"], "served")
        self.assertEqual([step["event"] for step in finding["history"]],
                         ["created", "return_draft", "amend", "confirm", "compose_prior_notice", "serve_prior_notice", "decide",
                          "serve_decision"])

    def test_a_dismissal_is_a_decision_of_its_own(self):
        filed, path, _ = self.drafted("证据显示承诺属实。")
        dismissal = {"outcome": "dismissed", "opinion": "经审核，现有证据不足以认定。", "number": "示例住保不予字〔2026〕2号"}
        unnumbered = {name: value for name, value in dismissal.items() if name != "number"}
        self.refused(self.reviewer.post(f"{path}/review", unnumbered), 422, "invalid", "/number")
        finding = must(self.reviewer.post(f"{path}/review", dismissal), 200).json
        self.assertEqual((finding["state"], finding["history"][-1]["event"], self.state_of(filed)), ("dismissed", "dismiss_draft", "fulfilled"))
        paper = self.paper(finding, "dismissal")
        self.assertIn(dismissal["opinion"], paper["text"]["zh"])
        served = people.service(self.clerk, path, WORLD.after_all_that()) | {"digest_sha256": paper["digest_sha256"]}
        must(self.clerk.post(f"{path}/service", served), 200)
