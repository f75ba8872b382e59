"""Somebody sees and answers their own case with the code on the prior notice: no account, no enumeration, nobody in between."""
import datetime
import unittest

from sponsio_e2e import people
from sponsio_e2e.case import SUBJECT, checked, filed, reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.identifiers import citizen_number
from sponsio_e2e.life import Life
from sponsio_e2e.visiting import ROOT, VISITOR, add_file, code_on, identity, noticed, signed_in
from sponsio_e2e.world import World, must

WORLD = World()
WRONG_CODE = "0000-0000-0000-0000"
HOUR = datetime.timedelta(hours=1)
OTHER, THIRD, FOURTH, FIFTH = ({"kind": "natural_person", "name": name, "document": {"type": "citizen_id", "number": citizen_number(number)}}
                for name, number in (("公孙例三", "11010519791010001"), ("公羊例四", "11010519791111001"),
                                      ("公冶例五", "11010519791212001"), ("公仪例六", "11010519791212002")))
# What a visit or a refused filing could have written.
FILED = ("finding", "finding_statement", "finding_step", "objection", "repair", "case_step", "evidence", "record_cause", "status_change")


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.path, WORLD.other = noticed(WORLD), noticed(WORLD, OTHER)
    WORLD.code = code_on(WORLD, WORLD.path)


def try_with(code, committer=VISITOR, **changes):
    return WORLD.client().post(f"{ROOT}/sessions", identity(code, committer) | changes)


def stored():
    return {table: digest for table, digest in WORLD.stored().items() if table in FILED}


class Door(unittest.TestCase):
    def test_1_the_code_is_kept_nowhere_and_typed_in_any_way(self):
        self.assertNotIn(WORLD.code, "\n".join(WORLD.sql("select row_to_json(c) from case_code c")))
        for typed in (WORLD.code, WORLD.code.lower().replace("-", ""), " ".join(WORLD.code.split("-")).replace("0", "o").replace("1", "l")):
            visit = must(try_with(typed), 201)
            self.assertEqual(visit.headers["cache-control"], "no-store")
            self.assertNotIn(visit.json["token"], "\n".join(WORLD.sql("select row_to_json(c) from case_session c")))

    def test_2_a_wrong_code_and_another_person_are_told_alike(self):
        answers = [try_with(WRONG_CODE), try_with(WORLD.code, SUBJECT), try_with(WORLD.code, name="皇甫例三")]
        told = [{name: value for name, value in a.json.items() if name != "instance"} for a in answers]  # which names the request
        self.assertEqual([(a.status, a.problem) for a in answers], [(401, "unauthenticated")] * 3)
        self.assertEqual(told, [told[0]] * 3)

    def test_3_what_is_no_code_is_told_with_what_would_be_right(self):
        before = WORLD.sql("select count(*) from case_attempt")
        bad = WORLD.client().post(f"{ROOT}/sessions", {"case_code": "12-34", "name": "", "document": {"type": "citizen_id", "number": "1"}})
        self.assertEqual(set(bad.pointers()), {"/case_code", "/name", "/document/number"})
        self.assertEqual(WORLD.sql("select count(*) from case_attempt"), before)

    def test_4_after_some_wrong_tries_nothing_is_looked_up(self):
        code = code_on(WORLD, WORLD.other)
        for tried in (code, "1111-1111-1111-1111"):
            for _ in range(5):
                self.assertEqual(try_with(tried).status, 401)
            limited = try_with(tried)  # whether there is such a code or not
            self.assertEqual((limited.status, limited.problem, limited.headers["retry-after"]), (429, "throttled", "3600"))
        self.assertEqual(try_with(code, OTHER).status, 429)
        WORLD.clock.move_to(WORLD.clock.now() + HOUR)
        tries = must(signed_in(WORLD, code, OTHER).get(ROOT), 200).json["sign_ins"]
        self.assertEqual([t["opened"] for t in tries], [True] + [False] * 5)

    def test_5_a_notice_that_is_composed_anew_has_another_code(self):
        finding = must(WORLD.client("li.verifier").post("/v1/findings", checked(WORLD, filed(WORLD, THIRD)), key=True), 201).json
        path, codes = f"/v1/findings/{finding['finding_id']}", []
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        for _ in range(2):
            must(WORLD.client("zhang.clerk").post(f"{path}/prior-notice", people.PRIOR_NOTICE), 200)
            codes.append(code_on(WORLD, path))
        self.assertEqual([try_with(code, THIRD).status for code in codes], [401, 201])


class Case(unittest.TestCase):
    """In one go, since what is filed stays filed."""

    def setUp(self):
        self.visitor = signed_in(WORLD, WORLD.code)

    def case(self):
        return must(self.visitor.get(ROOT), 200).json

    def test_1_papers_periods_and_who_looked(self):
        clerk = WORLD.client("zhang.clerk")
        seen, case = must(clerk.get(WORLD.path), 200).json, self.case()
        self.assertEqual((case["state"], case["commitment_code"], case["record"]), ("prior_notice_served", seen["commitment_code"], None))
        self.assertEqual(case["clocks"], seen["clocks"])
        self.assertEqual(case["clocks"][0]["clock"], "defence.period")
        paper, = case["papers"]
        pdf = must(self.visitor.get(f"{ROOT}/papers/{paper['document_id']}"), 200)
        self.assertEqual((pdf.headers["content-type"], pdf.body[:5], pdf.headers["cache-control"]), ("application/pdf", b"%PDF-", "no-store"))
        looks = must(self.visitor.get(f"{ROOT}/queries?limit=200"), 200).json["items"]
        self.assertTrue(looks)
        self.assertEqual({look["purpose"] for look in looks}, {"case_handling"})
        self.assertNotIn(WORLD.accounts["zhang.clerk"], str(looks))

    def test_2_only_the_own_case(self):
        other = must(WORLD.client("zhang.clerk").get(WORLD.other), 200).json
        paper, before = other["documents"][0]["document_id"], stored()
        for answer in (self.visitor.get(f"{ROOT}/papers/{paper}"), add_file(self.visitor, f"{ROOT}/filings/{other['finding_id']}", "x"),
                       add_file(self.visitor, f"{ROOT}/filings/019cac0f-4291-7e49-a613-d8a229eb7bd4", "x")):
            self.assertEqual((answer.status, answer.problem), (404, "not-found"))
        self.assertEqual(self.visitor.get("/v1/me").status, 401)  # a visit is no account
        self.assertEqual(stored(), before)

    def test_3_what_cannot_be_filed_yet(self):
        before = stored()
        for kind, body in (("objections", {"ground": "fact_wrong", "statement": "x"}), ("repairs", {"statement": "x"})):
            answer = self.visitor.post(f"{ROOT}/{kind}", body, key=True)
            self.assertEqual((answer.status, answer.problem), (409, "conflict"))
        self.assertEqual(self.visitor.post(f"{ROOT}/statements", {"text": ""}, key=True).pointers(), {"/text": "empty"})
        self.assertEqual(self.visitor.post(f"{ROOT}/statements", {"text": "x"}).problem, "idempotency-key-missing")
        self.assertEqual(stored(), before)

    def test_4_a_statement_is_there_at_once(self):
        text = "本人已如实告知，请予核实。"
        made = must(self.visitor.post(f"{ROOT}/statements", {"text": text}, key="own-1"), 201)
        self.assertEqual((made.json["state"], made.json["statements"][0]["text"], made.json["statements"][0]["recorded_by_unit"]), ("defended", text, False))
        again = must(self.visitor.post(f"{ROOT}/statements", {"text": text}, key="own-1"), 201)
        self.assertEqual((again.body, again.headers["idempotency-replayed"]), (made.body, "true"))
        self.assertEqual(self.visitor.post(f"{ROOT}/statements", {"text": text}, key=True).problem, "wrong-step")
        where = made.headers["location"]
        before = stored()
        wrong = self.visitor.post_bytes(f"{where}/files?kind=documentary&name=x.png", b"no picture", "image/png", key=True)
        self.assertEqual((wrong.status, wrong.problem), (422, "invalid"))
        large = self.visitor.post_bytes(f"{where}/files?kind=documentary&name=x.bin", b"\0" * ((50 << 20) + (1 << 17)), "application/octet-stream", key=True)
        self.assertEqual((large.status, large.problem), (413, "too-large"))
        self.assertEqual(stored(), before)
        must(add_file(self.visitor, where, "抚养情况说明"), 201)
        finding = must(WORLD.client("zhang.clerk").get(WORLD.path), 200).json
        self.assertEqual((finding["state"], finding["statements"][-1]["by"], finding["receipts"][-1]["added_by"]), ("defended", None, None))
        self.assertEqual([(h["event"], h["by"]) for h in finding["history"]][-1], ("defend", None))
        kinds = WORLD.sql(f"select actor_kind from event where subject = '{finding['finding_id']}' and event = 'defend'")
        self.assertEqual(kinds, ["subject"])

    def test_4a_a_hearing_is_asked_for_by_the_party_itself(self):
        before = stored()
        self.assertEqual(self.visitor.post(f"{ROOT}/hearings", {"text": ""}, key=True).pointers(), {"/text": "empty"})
        self.assertEqual(self.visitor.post(f"{ROOT}/hearings", {"text": "x"}).problem, "idempotency-key-missing")
        self.assertEqual(stored(), before)
        made = must(self.visitor.post(f"{ROOT}/hearings", {"text": "本人要求听证。"}, key="own-2"), 201)
        said = made.json["statements"][-1]
        self.assertEqual((made.json["state"], said["step"], said["text"], said["recorded_by_unit"]), ("hearing_requested", "request_hearing", "本人要求听证。", False))
        again = must(self.visitor.post(f"{ROOT}/hearings", {"text": "本人要求听证。"}, key="own-2"), 201)
        self.assertEqual((again.body, again.headers["idempotency-replayed"]), (made.body, "true"))
        before = stored()
        self.assertEqual(self.visitor.post(f"{ROOT}/hearings", {"text": "再次要求。"}, key=True).problem, "wrong-step")
        self.assertEqual(stored(), before)
        must(add_file(self.visitor, made.headers["location"], "听证申请书"), 201)
        clerk, decider = WORLD.client("zhang.clerk"), WORLD.client("zhao.decider")
        self.assertIn(WORLD.path, [w["href"] for w in must(clerk.get("/v1/work?kind=hearing_to_call"), 200).json["items"]])
        event = must(clerk.get(WORLD.path), 200).json["history"][-1]
        self.assertEqual((event["event"], event["by"]), ("request_hearing", None))
        self.assertEqual(decider.post(f"{WORLD.path}/decision", people.DECISION).problem, "wrong-step")  # before it was held

    def test_5_a_visit_ends(self):
        must(self.visitor.post(f"{ROOT}/sessions/end"), 204)
        self.assertEqual(self.visitor.get(ROOT).problem, "unauthenticated")
        late = signed_in(WORLD, WORLD.code)
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(minutes=30))
        before = stored()
        for answer in (late.get(ROOT), late.post(f"{ROOT}/statements", {"text": "x"}, key=True), add_file(late, f"{ROOT}/filings/{WORLD.path[-36:]}", "x")):
            self.assertEqual((answer.status, answer.problem), (401, "unauthenticated"))
        self.assertEqual(stored(), before)
        for token in (None, "sponsio_case_" + "A" * 43, WORLD.tokens["zhang.clerk"]):
            client = WORLD.client()
            client.token = token
            self.assertEqual(client.get(ROOT).problem, "unauthenticated")


class Period(unittest.TestCase):
    def test_a_hearing_is_asked_for_until_the_last_minute(self):
        in_time, late = noticed(WORLD, FOURTH), noticed(WORLD, FIFTH)
        code = code_on(WORLD, late)
        clerk = WORLD.client("zhang.clerk")
        period = next(c for c in must(clerk.get(late), 200).json["clocks"] if c["clock"] == "hearing.request")
        last = datetime.datetime.fromisoformat(period["due_on"] + "T15:59:00+00:00")  # 23:59 in China
        WORLD.clock.move_to(last)
        asked = must(signed_in(WORLD, code_on(WORLD, in_time), FOURTH).post(f"{ROOT}/hearings", {"text": "要求听证。"}, key=True), 201)
        self.assertEqual(asked.json["state"], "hearing_requested")
        WORLD.clock.move_to(last + datetime.timedelta(minutes=1))
        before = stored()
        refused = signed_in(WORLD, code, FIFTH).post(f"{ROOT}/hearings", {"text": "要求听证。"}, key=True)
        self.assertEqual((refused.status, refused.problem), (409, "too-late"))
        self.assertIn("hearing.request", refused.json["explanation"])
        self.assertEqual(stored(), before)


class Record(unittest.TestCase):
    def test_an_objection_and_a_repair_of_ones_own_and_who_looked(self):
        case = reported_case(WORLD)
        life = Life(WORLD, case["record_id"])
        code = code_on(WORLD, f"/v1/findings/{case['finding_id']}")
        visitor = signed_in(WORLD, code, SUBJECT)
        self.assertEqual(must(visitor.get(ROOT), 200).json["record"]["status"], "valid")
        grant = next(g for g in must(WORLD.client("root.admin").get("/v1/grants"), 200).json["items"] if g["purpose"] == "sharing")
        must(life.integrator.get("/v1/records"), 200)
        looks = must(visitor.get(f"{ROOT}/queries?limit=200"), 200).json["items"]
        self.assertEqual({look["grant_id"] for look in looks if look["purpose"] == "sharing"}, {grant["grant_id"]})
        made = must(visitor.post(f"{ROOT}/objections", {"ground": "wording_wrong", "statement": "姓名有误。"}, key=True), 201)
        own, = made.json["objections"]
        self.assertEqual((own["channel"], own["state"], life.status()), ("window", "filed", "objected"))
        self.assertEqual(own["filed_at"][:10], WORLD.clock.now().strftime("%Y-%m-%d"))
        self.assertTrue(own["rule"].startswith("objection.provider"))
        before = stored()
        again = visitor.post(f"{ROOT}/objections", {"ground": "wording_wrong", "statement": "再次。"}, key=True)
        self.assertEqual((again.status, again.problem), (409, "conflict"))
        self.assertEqual(visitor.post(f"{ROOT}/objections", {"ground": "dislike"}, key=True).pointers(), {"/ground": "unknown_value", "/statement": "required"})
        self.assertEqual(stored(), before)
        must(add_file(visitor, made.headers["location"], "户口簿影像"), 201)
        path = f"/v1/objections/{own['objection_id']}"
        seen = must(life.clerk.get(path), 200).json
        self.assertEqual((seen["filed_by"], seen["paper_here"], len(seen["files"]), seen["steps"][0]["said"]), (None, None, 1, {"statement": "姓名有误。"}))
        self.assertIn(path, [w["href"] for w in must(life.verifier.get("/v1/work?kind=objection_to_examine"), 200).json["items"]])
        life.answer(path, number="示例住保异字〔2026〕9号")
        own, = must(visitor.get(ROOT), 200).json["objections"]
        self.assertIn("示例住保异字〔2026〕9号", own["answer"]["zh"])
        paper, = own["papers"]
        self.assertEqual((paper["kind"], paper["number"]), ("objection_answer", "示例住保异字〔2026〕9号"))
        pdf = must(visitor.get(f"{ROOT}/papers/{paper['document_id']}"), 200)
        self.assertEqual((pdf.headers["content-type"], pdf.body[:5]), ("application/pdf", b"%PDF-"))
        kept = must(life.clerk.get(f"/v1/documents/{paper['document_id']}"), 200).json
        self.assertEqual((kept["about"], kept["template"], kept["text"]), (own["objection_id"], "objection_answer 1", own["answer"]))
        self.assertIn("60 日内", kept["text"]["zh"])

        late = visitor.post(f"{ROOT}/repairs", {"statement": "已退出。", "corrected_on": "2099-01-01"}, key=True)
        self.assertEqual(late.pointers(), {"/corrected_on": "in_future"})
        made = must(visitor.post(f"{ROOT}/repairs", {"statement": "已退出，申请修复。", "corrected_on": "2026-04-01"}, key=True), 201)
        own, = made.json["repairs"]
        where, path = made.headers["location"], f"/v1/repairs/{own['repair_id']}"
        papers = [must(add_file(visitor, where, text), 201).json["evidence_id"] for text in ("退房证明", "信用承诺书")]
        seen = must(life.clerk.get(path), 200).json
        self.assertEqual((seen["filed_by"], {g["gap"] for g in seen["gaps"]}), (None, {"not_corrected", "commitment_missing"}))
        must(life.verifier.post(f"{path}/acceptance", {"accepted": True, "why": "材料齐全。", "correction_evidence_id": papers[0],
                                                       "commitment_evidence_id": papers[1]}), 200)
        life.grant(path)
        case = must(visitor.get(ROOT), 200).json
        self.assertEqual((case["record"]["status"], case["repairs"][0]["state"], case["removals"][0]["measure"]), ("repaired", "granted", "stop_sharing"))
        self.assertEqual([p["kind"] for p in case["repairs"][0]["papers"]], ["repair_intake", "repair_answer"])
        self.assertLessEqual({"objection_answer", "repair_intake", "repair_answer"}, {p["kind"] for p in case["papers"]})
        for paper in case["repairs"][0]["papers"]:
            self.assertEqual(must(visitor.get(f"{ROOT}/papers/{paper['document_id']}"), 200).body[:5], b"%PDF-")


if __name__ == "__main__":
    unittest.main()
