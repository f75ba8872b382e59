"""Every operation of the contract is answered well at least once, as the contract says; the story does most of them."""
import base64
import datetime
import json
import pathlib
import tempfile
import unittest

from sponsio_e2e import assessing, campaigning, exposing, inspecting, listing, mutations, passkeys, people, serious
from sponsio_e2e.calendars import invented_calendar
from sponsio_e2e.case import checked, filed
from sponsio_e2e.contract import contract, judge_exchanges
from sponsio_e2e.drawing import THROWER, Drawing
from sponsio_e2e.hearings import all_roads
from sponsio_e2e.identifiers import citizen_number
from sponsio_e2e.life import Life, add_file, give_place
from sponsio_e2e.receiver import disabled_and_back
from sponsio_e2e.repeating import RepeatingClient, hold_all_repeated
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.visiting import everything_of_ones_own
from sponsio_e2e.world import AGENCY, CALENDAR_2027, LAW, OTHER_AGENCY, World, must

WORLD = World()
TheSeriousList = serious.last_chapter(WORLD, __name__)
# Changes nothing, so its answer, which is about people, is kept for nobody; or is done without an account.
ASKS = ["search", "searchPersonalQueries", "openDrawObject", "redeemEnrolment", "createSignInChallenge", "enrolPasskey", "openSession", "signInToCase", "signOutOfCase", "followExposure"]

# Not to be had here: submission_correction_test.cpp corrects a held report, test_departments.py asks, test_submission.py tries a batch again.
UNREACHABLE = ["correctHeldReport", "askDepartment", "retrySubmission"]

ANOTHER = {"kind": "organisation", "name": "示例住房租赁有限公司", "document": {"type": "uscc", "number": "91350100M000100Y43"}}
THIRD = {"kind": "natural_person", "name": "欧阳示例", "document": {"type": "citizen_id", "number": "110105199003072346"}}
# Of whom nothing bad is ever found here, so that they stay eligible whatever runs first.
FOURTH = {"kind": "natural_person", "name": "司马光明", "document": {"type": "citizen_id", "number": citizen_number("11010519850612003")}}


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    WORLD.artefacts = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    calendar = WORLD.artefacts / "cn-2027.json"  # the remedy periods of what follows the story reach into that year
    calendar.write_text(json.dumps(CALENDAR_2027), encoding="utf-8")
    WORLD.options = ["--calendar", calendar, "--security-contact", "mailto:security@sponsio.example"]
    WORLD.client_class = RepeatingClient
    WORLD.receives = True
    WORLD.start()
    unittest.addModuleCleanup(mutations.hold_every_column, WORLD)
    unittest.addModuleCleanup(judge_exchanges, WORLD, True, UNREACHABLE)
    unittest.addModuleCleanup(hold_all_repeated, contract("openapi")["paths"], [*UNREACHABLE, *ASKS, "fileCommitments"])
    WORLD.story = Story(WORLD, WORLD.artefacts, Silence())
    WORLD.story.tell()
    for chapter in (exposing.Exposing, assessing.Assessing, campaigning.Campaigning, listing.Listing, inspecting.Inspecting):
        chapter(WORLD, WORLD.artefacts, Silence()).tell()


class Keys(unittest.TestCase):
    def test_every_post_of_the_contract_takes_an_idempotency_key(self):
        document = contract("openapi")
        for path, item in document["paths"].items():
            if "post" in item and item["post"]["operationId"] not in ASKS:
                named = [document["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]]["name"] if "$ref" in p else p["name"]
                         for p in item["post"].get("parameters", [])]
                self.assertIn("Idempotency-Key", named, path)


class Draws(unittest.TestCase):
    def test_a_draw_and_a_conflict(self):
        drawing = Drawing(WORLD, WORLD.artefacts, Silence(), filings=100)
        drawing.tell()
        self.assertEqual([draw["draw_id"] for draw in must(WORLD.client("qian.supervisor").get("/v1/draws"), 200).json["items"]],
                         [drawing.draw_id])
        must(WORLD.client("qian.supervisor").get(f"/v1/draws/{drawing.draw_id}"), 200)
        must(WORLD.client("qian.supervisor").get(f"/v1/draws/{drawing.draw_id}/full-pool"), 200)
        must(WORLD.client().get("/public/v1/draws"), 200)
        inspector = WORLD.client("he.inspector")
        relative = {"kind": "relative", "document": THIRD["document"], "note": "表兄"}
        declared = must(inspector.post("/v1/conflicts", relative, key=True), 201).json
        self.assertEqual([c["conflict_id"] for c in must(inspector.get("/v1/conflicts"), 200).json["items"]], [declared["conflict_id"]])
        must(inspector.post(f"/v1/conflicts/{declared['conflict_id']}/end"), 200)

        # Another draw over the same matters, which nobody reveals in time.
        holder, other = WORLD.client("qian.supervisor"), WORLD.client(THROWER)
        lapsing = drawing.wish() | {"reveal_within_hours": 1}
        late = must(holder.post("/v1/draws", lapsing, key=True), 201).json["draw_id"]
        self.assertEqual(holder.post("/v1/draws", lapsing, key=True).problem, "conflict")
        Silence().until("it is committed to", lambda: must(holder.get(f"/v1/draws/{late}"), 200).json["state"] == "committed")
        path = f"/v1/draws/{late}/explanation"
        self.assertEqual(holder.post(path, {"why": "停电"}, key=True).problem, "too-early")
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(hours=2))
        waits = [item["id"] for item in must(other.get("/v1/work?kind=draw_to_explain"), 200).json["items"]]
        self.assertEqual(waits, [late])
        must(holder.post(path, {"why": "掷骰当日停电"}, key=True), 201)
        waits = [item["operations"] for item in must(other.get("/v1/work?kind=explanation_to_decide"), 200).json["items"]]
        self.assertEqual(waits, [["decideDrawExplanation"]])
        self.assertEqual(holder.post(path + "/decision", {"accepted": True, "opinion": "属实"}).problem, "same-person")
        must(other.post(path + "/decision", {"accepted": True, "opinion": "属实"}), 200)
        self.assertEqual(must(WORLD.client().get(f"/public/v1/draws/{late}"), 200).json["void_why"], "lapsed")


class TheLifeOfARecord(unittest.TestCase):
    def test_it_is_disputed_published_and_repaired(self):
        give_place(WORLD)
        life = Life(WORLD, WORLD.story.record_id)
        objection = life.object()
        slip = add_file(life.clerk, objection, "复核申请书")
        must(life.verifier.get(f"{objection}/evidence/{slip}"), 200)
        _ = [must(life.clerk.get(target), 200) for target in ("/v1/objections?state=filed", objection)]
        must(life.decider.post(f"{objection}/extension", {"why": "需调取档案。"}), 200)
        life.answer(objection)
        must(life.clerk.post(f"{objection}/review", {"why": "不服答复。", "evidence_id": slip}), 200)
        must(life.reviewer.post(f"{objection}/review-outcome", {"upheld": True, "authority": "示例市信用主管部门", "number": "复核〔2026〕3号"}), 200)
        other = life.object(paper="异议申请书之二")
        slip = add_file(life.clerk, other, "撤回申请")
        must(life.clerk.post(f"{other}/withdrawal", {"why": "自愿撤回。", "evidence_id": slip}), 200)

        published = life.published()
        slip = must(life.clerk.get(published), 200).json["receipt_evidence_id"]
        _ = [must(life.clerk.get(target), 200) for target in ("/v1/publicity", f"{published}/evidence/{slip}")]
        self.assertEqual(len(must(WORLD.client().get("/public/v1/publicity"), 200).json["items"]), 1)
        must(WORLD.client().get("/public/v1/publicity/atom"), 200)
        must(life.decider.post(f"{published}/removal", {"why": "公示有误。", "number": "撤示1号"}), 200)

        repair = life.apply()
        slip = add_file(life.clerk, repair, "撤回申请")
        must(life.clerk.get(f"{repair}/evidence/{slip}"), 200)
        _ = [must(life.clerk.get(target), 200) for target in ("/v1/repairs", repair)]
        must(life.clerk.post(f"{repair}/withdrawal", {"why": "改日再来。", "evidence_id": slip}), 200)
        repair = life.apply(paper="修复申请书之二")
        life.take_in(repair)
        must(life.decider.post(f"{repair}/extension", {"why": "需核实。"}), 200)
        life.grant(repair)
        must(life.decider.post(f"{repair}/revocation", {"reasons": "证明系伪造。", "number": "撤字1号"}), 200)
        self.assertEqual(life.status(), "valid")
        everything_of_ones_own(WORLD, life.record, WORLD.story.finding_path, people.RESIDENT)


class TheRest(unittest.TestCase):
    def setUp(self):
        self.clerk, self.verifier = WORLD.client("zhang.clerk"), WORLD.client("li.verifier")
        self.supervisor, self.admin = WORLD.client("qian.supervisor"), WORLD.client("root.admin")

    def filed(self, committer):
        body = people.commitment(WORLD.story.notice["notice_id"], WORLD.clock.today()) | {"committer": committer}
        return must(self.clerk.post("/v1/commitments", body, key=True), 201).json

    def state_of(self, filed):
        return must(self.clerk.get(f"/v1/commitments/{filed['commitment_code']}"), 200).json["state"]

    def test_reading(self):
        public = WORLD.client()
        me = must(self.clerk.get("/v1/me"), 200).json
        account = me["account"]["account_id"]
        for client, target in (
            (self.admin, "/v1/knowledge"), (self.admin, "/v1/organisations"), (self.clerk, f"/v1/organisations/{AGENCY}"), (self.admin, "/v1/accounts"),
            (self.admin, f"/v1/accounts/{account}"), (self.supervisor, "/v1/matters"), (self.supervisor, "/v1/work"), (self.supervisor, "/v1/colleagues?role=verifier"),
            (self.clerk, f"/v1/matters/{people.MATTER_CODE}"), (self.clerk, f"/v1/matters/{people.MATTER_CODE}/versions/1"),
            (self.clerk, f"/v1/matters/{people.MATTER_CODE}/sheet.csv"), (self.clerk, f"/v1/matters/{people.MATTER_CODE}/sheet.xlsx"),
            (self.clerk, f"/v1/notices/{WORLD.story.notice['notice_id']}"), (self.clerk, "/v1/commitments?state=breached"),
            (self.verifier, f"/v1/verifications/{WORLD.story.task_id}"), (self.verifier, "/v1/verifications?state=closed"),
            (self.clerk, "/v1/findings?state=effective"), (self.supervisor, "/v1/submissions/held"),
            (self.clerk, f"{WORLD.story.finding_path}/signatures"),
            (WORLD.client("zhou.auditor"), "/v1/audit-events?limit=200"),
            (self.clerk, f"/v1/commitments/{WORLD.story.commitment['commitment_code']}/proof"),
            (self.supervisor, f"/v1/records/{WORLD.story.record_id}/proof"),
            (public, "/log/1/checkpoint"), (public, "/log/1/vkey"), (public, "/log/1/vkeys"), (public, "/log/1/tile/entries/000.p/1"),
            (public, "/public/v1/log-leaves?kind=rules"), *((public, page) for page in passkeys.PAGES), (public, "/"),
            (public, "/v1/vocabulary"), (public, "/openapi.json"), (public, "/openapi-3.0.json"), (public, "/openapi.yaml"),
            (public, "/docs"), (public, "/problems"), (public, "/problems/wrong-step"), (public, "/robots.txt"), (public, "/.well-known/security.txt"),
        ):
            with self.subTest(target):
                must(client.get(target), 200)
        passkeys.exercise(WORLD, "zhou.auditor")
        self.assertEqual(must(self.supervisor.get("/v1/submissions/held"), 200).json["items"], [])

    def test_the_storys_record_is_found_by_its_person(self):
        found = must(self.supervisor.post("/v1/searches", {"document": people.RESIDENT["document"], "with": "record"}), 200).json
        self.assertEqual([r["record_id"] for item in found["items"] for r in item["records"]], [WORLD.story.record_id])

    def test_a_code_with_a_wrong_check_character(self):
        code = "91350100M000100Y44"
        entry = {"uscc": code, "name": "示例住房租赁有限公司", "licence": "营业执照，示例区市场监督管理局 2014-05-06 颁发"}
        at = must(self.clerk.post("/v1/credit-codes", entry, key=True), 201).headers["location"]
        must(self.supervisor.post(f"{at}/confirmation"), 200)
        self.assertEqual(must(self.clerk.get("/v1/credit-codes"), 200).json["items"], [must(self.clerk.get(at), 200).json])

    def test_what_ages_is_given(self):
        given = must(self.admin.post("/v1/knowledge", invented_calendar(2028)), 200).json
        must(self.admin.get(f"/v1/knowledge/{given['document_id']}"), 200)
        must(self.admin.post(f"/v1/organisations/{OTHER_AGENCY}/region", {"region_code": "110105"}), 200)

    def test_many_at_once(self):
        body = people.commitment(WORLD.story.notice["notice_id"], WORLD.clock.today()) | {"committer": ANOTHER}
        answer = must(self.clerk.post_bytes("/v1/commitments/bulk", json.dumps(body).encode(), "application/x-ndjson", True), 200)
        self.assertEqual(json.loads(answer.body.splitlines()[0])["status"], 201)

    def test_at_the_counter(self):
        question = {"matter_code": people.MATTER_CODE, "committer": ANOTHER, "purpose": "eligibility"}
        self.assertTrue(must(self.clerk.post("/v1/eligibility-questions", question), 200).json["eligible"])
        both = {"notice": {"matter_code": people.MATTER_CODE}, "commitment": {"committer": ANOTHER, "reason": people.REASON}}
        must(self.clerk.post("/v1/commitments/counter", both, key=True), 201)

    def test_another_unit_is_asked(self):
        task_id = self.filed(FOURTH)["verification"]["task_id"]
        for step in ("claim", "start"):
            must(self.verifier.post(f"/v1/verifications/{task_id}/{step}"), 200)
        asked = {"unit_uscc": OTHER_AGENCY, "question": "请核对公证档案。"}
        ticket = must(self.verifier.post(f"/v1/verifications/{task_id}/assistance", asked, key=True), 201).json
        other, path = WORLD.client("wu.other"), f"/v1/assist-tickets/{ticket['ticket_id']}"
        self.assertEqual(must(other.get("/v1/assist-tickets?state=open"), 200).json["items"][0]["ticket_id"], ticket["ticket_id"])
        must(other.get(path), 200)
        must(other.post(f"{path}/answer", {"answer": "match", "note": "一致。"}), 200)
        self.assertEqual(must(self.verifier.get("/v1/checks"), 200).json["items"], [])
        self.assertEqual(must(self.clerk.get("/v1/departments"), 200).json["items"], [])

    def filed_for_two(self):
        """A commitment whose check needs two on site."""
        version = people.matter_version() | {"matter_code": "GZF-ON-SITE"}
        version["verification"] |= {"mode": "on_site", "inspectors": 2}
        must(self.supervisor.post("/v1/matters", version, key=True), 201)
        given = {"matter_code": "GZF-ON-SITE", "matter_version": 1, "channel": "counter", "language": "zh-CN"}
        notice = must(self.clerk.post("/v1/notices", given, key=True), 201).json["notice_id"]
        body = people.commitment(notice, WORLD.clock.today()) | {"committer": FOURTH}
        return must(self.clerk.post("/v1/commitments", body, key=True), 201).json

    def test_several_make_a_check_and_others_decide_about_it(self):
        for login, name in (("feng.second", "冯二"), ("chen.third", "陈三")):
            WORLD.add_person(login, AGENCY, name, ["verifier"])
        second, third = WORLD.client("feng.second"), WORLD.client("chen.third")
        filed = self.filed_for_two()
        task = f"/v1/verifications/{filed['verification']['task_id']}"
        for inspector in (self.verifier, second):
            must(inspector.post(f"{task}/claim"), 200)
        must(self.verifier.post(f"{task}/start"), 200)

        recusal = must(second.post(f"{task}/recusals", {"why": "与承诺人系亲属"}, key=True), 201).json
        decided = {"granted": True, "why": "情况属实"}
        left = must(self.supervisor.post(f"{task}/recusals/{recusal['recusal_id']}/decision", decided), 200).json
        self.assertEqual([reason["reason"] for reason in left["reasons"]], ["deadline", "recused", "needs_second_inspector"])
        must(self.supervisor.post(f"{task}/reassignment", {"to": WORLD.accounts["chen.third"], "why": "补足两人"}), 200)

        said = {"result": "consistent", "checked_on": WORLD.clock.today(), "summary": "现场核查一致。"}
        must(self.verifier.post(f"{task}/conclusion", said), 200)
        self.assertEqual(self.verifier.post(f"{task}/closure").problem, "sign-off-missing")
        must(third.post(f"{task}/sign-off", {"dissent": "尚有一处房屋未查看。"}), 200)
        must(self.verifier.post(f"{task}/conclusion", said), 200)
        must(third.post(f"{task}/sign-off"), 200)
        must(self.verifier.post(f"{task}/closure"), 200)

        must(self.verifier.post(f"{task}/reopening", {"why": "收到新材料"}, key=True), 201)
        decided = {"approved": True, "why": "确系新证据"}
        self.assertEqual(self.supervisor.post(f"{task}/reopening/decision", decided).problem, "conflict")
        must(self.verifier.post_bytes(f"{task}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201)
        must(self.supervisor.post(f"{task}/reopening/decision", decided), 200)
        must(self.verifier.post(f"{task}/conclusion", said | {"result": "cannot_verify"}), 200)
        must(third.post(f"{task}/sign-off"), 200)
        must(self.verifier.post(f"{task}/closure"), 200)
        self.assertEqual(self.state_of(filed), "supervised")

        clue = {"commitment_code": filed["commitment_code"], "source": "complaint", "why": "接群众反映"}
        again = must(self.supervisor.post("/v1/verifications", clue, key=True), 201).json
        must(third.post(f"/v1/verifications/{again['task_id']}/claim"), 200)
        must(self.admin.post(f"/v1/accounts/{WORLD.accounts['chen.third']}/closure"), 200)
        vacant = must(self.supervisor.get("/v1/verifications?queue=unit&state=created"), 200).json["items"]
        self.assertIn("account_closed", [reason["reason"] for item in vacant for reason in item["reasons"]])
        for queue in ("due_soon", "overdue", "escalated"):
            must(self.supervisor.get(f"/v1/verifications?queue={queue}"), 200)

    def test_many_tasks_at_once_and_somebody_is_away(self):
        WORLD.add_person("shen.batch", AGENCY, "沈批", ["verifier"])
        person, account = WORLD.client("shen.batch"), WORLD.accounts["shen.batch"]
        tasks = [self.filed(FOURTH)["verification"]["task_id"] for _ in range(2)]
        must(person.post("/v1/verifications/claims", {"task_ids": tasks}, key=True), 200)
        absence = must(self.supervisor.post("/v1/absences", {"account_id": account, "until": WORLD.clock.today()}, key=True), 201)
        at = absence.headers["location"]
        self.assertEqual(len(must(self.supervisor.get(at), 200).json["tasks"]), 2)
        must(person.post(f"{at}/end"), 200)
        must(person.get("/v1/absences"), 200)
        said = {"checked_on": WORLD.clock.today(), "summary": "一致。", "items": [{"task_id": tasks[0]}]}
        self.assertEqual(must(person.post("/v1/verifications/closures", said, key=True), 200).json["done"], 1)
        path = f"/v1/verifications/{tasks[1]}"
        must(person.post(f"{path}/start"), 200)
        piece = must(person.post_bytes(f"{path}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201).json
        must(person.post(f"{path}/evidence/{piece['evidence_id']}/exclusion", {"why": "误传"}), 200)
        self.assertEqual(must(person.post("/v1/verifications/hand-over", {"why": "出差"}, key=True), 200).json["done"], 1)

    def test_accounts_and_organisations_change(self):
        WORLD.add_person("han.changed", AGENCY, "韩变", ["clerk"])
        account = f"/v1/accounts/{WORLD.accounts['han.changed']}"
        must(self.admin.post(f"{account}/name", {"name": "韩更名"}, key=True), 200)
        must(self.admin.post(f"{account}/roles", {"roles": ["clerk", "verifier"]}, key=True), 200)
        must(self.admin.post(f"{account}/unit", {"organisation_uscc": OTHER_AGENCY}, key=True), 200)
        self.assertEqual(len(must(self.admin.get(f"{account}/changes"), 200).json["items"]), 3)
        must(self.admin.post(f"/v1/organisations/{OTHER_AGENCY}/names", {"name": "示例区第二公证处"}, key=True), 200)
        self.assertEqual(len(must(self.clerk.get(f"/v1/organisations/{OTHER_AGENCY}/names"), 200).json["names"]), 2)
        holder = WORLD.client("han.changed")
        token = must(holder.get(f"{account}/tokens"), 200).json["items"][0]
        must(holder.post(f"/v1/tokens/{token['token_id']}/renewal", {}, key=True), 201)

    def test_a_token_ends(self):
        account = must(self.clerk.get("/v1/me"), 200).json["account"]["account_id"]
        token = WORLD.enrolled(account)
        for _ in range(2):
            must(self.admin.delete(f"/v1/tokens/{token['token_id']}"), 204)
        WORLD.add_person("jiang.ended", AGENCY, "蒋终", ["clerk"])
        must(self.admin.delete(f"/v1/accounts/{WORLD.accounts['jiang.ended']}/tokens"), 204)
        self.assertEqual(WORLD.client("jiang.ended").get("/v1/me").problem, "token-expired")

    def test_grants_and_the_trail_of_queries(self):
        given = WORLD.grant("zhou.auditor", "auditor", "audit", AGENCY)
        self.assertIn(given, must(self.admin.get("/v1/grants"), 200).json["items"])
        self.assertEqual(must(self.admin.post(f"/v1/grants/{given['grant_id']}/end"), 200).json["state"], "ended")
        auditor = WORLD.client("zhou.auditor")
        must(self.clerk.get(f"/v1/commitments/{WORLD.story.commitment['commitment_code']}"), 200)
        self.assertTrue(must(auditor.get("/v1/personal-queries?limit=200"), 200).json["items"])
        asked = {"document": people.RESIDENT["document"]}
        self.assertTrue(must(auditor.post("/v1/personal-queries/searches?limit=200", asked), 200).json["items"])
        account = f"/v1/accounts/{WORLD.accounts['zhou.auditor']}"
        must(self.admin.post(f"{account}/person", {"document": WORLD.document_of("zhou.auditor")}, key=True), 200)

    def test_erasures(self):
        WORLD.notice_id = WORLD.story.notice["notice_id"]
        for word in ("refusal", "confirmation"):
            filing = filed(WORLD, FOURTH)
            checked(WORLD, filing, result="consistent")
            asked = WORLD.command("erase", "request", "--commitment", filing["commitment_code"], "--reason", "ordered", "--basis", LAW,
                                  "--training-clock", WORLD.clock.path)
            decided = must(self.admin.post(f"/v1/erasures/{asked['erasure_id']}/{word}"), 200).json
            self.assertIn(decided, must(self.admin.get("/v1/erasures"), 200).json["items"])

    def test_a_breach_on_record_bars_the_committer(self):
        body = people.commitment(WORLD.story.notice["notice_id"], WORLD.clock.today())
        before = WORLD.stored()
        refused = self.clerk.post("/v1/commitments", body, key=True)
        self.assertEqual((refused.status, refused.problem), (422, "not-eligible"))
        after = WORLD.stored()
        self.assertNotEqual(after.pop("event"), before.pop("event"))  # it is in the trail
        self.assertEqual(after, before)

    def test_a_task_goes_back_and_its_commitment_is_withdrawn(self):
        filed = self.filed(ANOTHER)
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        must(self.verifier.post(f"{path}/claim"), 200)
        self.assertEqual(must(self.verifier.post(f"{path}/hand-back"), 200).json["state"], "created")
        path = f"/v1/commitments/{filed['commitment_code']}/withdrawal"
        asked = must(self.clerk.post(path, {"reason": "改交证明"}), 200).json
        self.assertEqual((asked["state"], asked["withdrawal"]["state"]), ("effective", "requested"))
        work = must(self.supervisor.get("/v1/work?kind=withdrawal_to_decide"), 200).json["items"]
        self.assertEqual([(item["href"], item["operations"]) for item in work], [(path, ["decideWithdrawal"])])
        self.assertEqual(must(self.supervisor.get(path), 200).json, asked["withdrawal"])
        must(self.supervisor.post(f"{path}/decision", {"consented": True, "why": "尚未核查，同意"}), 200)
        self.assertEqual(self.state_of(filed), "withdrawn")

    def in_question(self, committer):
        """A commitment whose check is over and spoke against it, and the piece of evidence."""
        filed = self.filed(committer)
        must(people.add_signed_paper(self.clerk, filed), 201)
        task = f"/v1/verifications/{filed['verification']['task_id']}"
        must(self.verifier.post(f"{task}/claim"), 200)
        must(self.verifier.post(f"{task}/start"), 200)
        evidence = must(self.verifier.post_bytes(f"{task}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201)
        body = {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "与档案不符。"}
        must(self.verifier.post(f"{task}/conclusion", body), 200)
        must(self.verifier.post(f"{task}/closure"), 200)
        return filed, evidence.json["evidence_id"]

    def test_a_slip_is_taken_back_and_a_draft_returned(self):
        filed = self.filed(FOURTH)
        self.assertEqual((filed["assent_state"], filed["signed_paper_id"]), ("paper_missing", None))
        paper = must(people.add_signed_paper(self.clerk, filed), 201).json
        path = f"/v1/commitments/{filed['commitment_code']}"
        self.assertEqual(must(self.verifier.get(f"{path}/signed-paper/{paper['evidence_id']}"), 200).body, people.SIGNED_PAPER)
        shown = must(self.clerk.get(path), 200).json
        self.assertEqual((shown["assent_state"], shown["signed_paper_id"]), ("shown", paper["evidence_id"]))
        task = f"/v1/verifications/{filed['verification']['task_id']}"
        must(self.verifier.post(f"{task}/claim"), 200)
        must(self.verifier.post(f"{task}/start"), 200)
        evidence = must(self.verifier.post_bytes(f"{task}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201).json
        body = {"result": "consistent", "checked_on": WORLD.clock.today(), "summary": "一致。"}
        must(self.verifier.post(f"{task}/conclusion", body), 200)
        must(self.verifier.post(f"{task}/retraction", {"why": "误选为一致"}, key=True), 201)
        must(self.supervisor.post(f"{task}/retraction/decision", {"approved": True, "why": "核查记录为不一致"}), 200)
        must(self.verifier.post(f"{task}/conclusion", body | {"result": "inconsistent"}), 200)
        must(self.verifier.post(f"{task}/closure"), 200)
        draft = people.finding(filed["verification"]["task_id"], [evidence["evidence_id"]])
        path = f"/v1/findings/{must(self.verifier.post('/v1/findings', draft, key=True), 201).json['finding_id']}"
        reviewer = WORLD.client("wang.reviewer")
        must(reviewer.post(f"{path}/review", {"outcome": "returned", "opinion": "错字，请更正。"}), 200)
        del draft["task_id"]
        self.assertEqual(must(self.verifier.post(f"{path}/amendment", draft), 200).json["version"], 2)
        dismissed = {"outcome": "dismissed", "opinion": "证据不足。", "number": "示例住保不予字〔2026〕1号"}
        must(reviewer.post(f"{path}/review", dismissed), 200)
        self.assertEqual(self.state_of(filed), "fulfilled")

    def to_the_waiver(self, committer):
        """A commitment found untrue, up to the waiver of a defence: (commitment, path of the finding)."""
        filed, evidence_id = self.in_question(committer)
        draft = people.finding(filed["verification"]["task_id"], [evidence_id])
        path = f"/v1/findings/{must(self.verifier.post('/v1/findings', draft, key=True), 201).json['finding_id']}"
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        WORLD.notify(self.clerk, path)
        must(self.clerk.post(f"{path}/defence", people.waiver(self.clerk, path)), 200)
        return filed, path

    def test_a_service_that_is_recorded_late(self):
        filed, evidence_id = self.in_question(FOURTH)
        draft = people.finding(filed["verification"]["task_id"], [evidence_id])
        path = f"/v1/findings/{must(self.verifier.post('/v1/findings', draft, key=True), 201).json['finding_id']}"
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        composed = must(self.clerk.post(f"{path}/prior-notice", people.PRIOR_NOTICE), 200).json
        served_at = WORLD.after_all_that()
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(days=10))
        service = people.notice_service(self.clerk, path, served_at, composed)
        refused = self.clerk.post(f"{path}/prior-notice/service", service)
        self.assertEqual((refused.status, refused.problem, refused.pointers()), (422, "invalid", {"/late_reason": "late"}))
        late = must(self.clerk.post(f"{path}/prior-notice/service", service | {"late_reason": "回执十日后退回"}), 200).json
        self.assertEqual((late["state"], late["clocks"], late["late_services"][0]["state"]), ("reviewed", [], "entered"))
        kept = must(self.clerk.get(f"{path}/evidence/{service['receipt_evidence_id']}"), 200)
        self.assertEqual(kept.body.decode(), "送达回证：本人签收。")
        work = must(self.supervisor.get("/v1/work?kind=late_service_to_confirm"), 200).json["items"]
        self.assertEqual([(item["href"], item["operations"]) for item in work], [(path, ["decideLateService"])])
        counted = must(self.supervisor.post(f"{path}/late-service", {"confirmed": True, "opinion": "已核对回执原件。"}), 200).json
        paper, today = counted["documents"][0], datetime.date.fromisoformat(WORLD.clock.today())
        self.assertEqual((counted["state"], paper["served_at"], paper["counts_from_why"]), ("prior_notice_served", served_at, "recorded"))
        self.assertEqual(paper["counts_from"], str(today - datetime.timedelta(days=3)))

    def to_the_served_decision(self, committer):
        filed, path = self.to_the_waiver(committer)
        must(WORLD.client("zhao.decider").post(f"{path}/decision", people.DECISION | {"defence_answer": None}), 200)
        must(self.clerk.post(f"{path}/service", people.service(self.clerk, path, WORLD.after_all_that())), 200)
        return filed, path

    def test_the_longer_roads_of_a_finding(self):
        def draft():
            filed, evidence_id = self.in_question(FOURTH)
            return people.finding(filed["verification"]["task_id"], [evidence_id])
        self.assertEqual(all_roads(WORLD, draft, WORLD.story.finding_path)["state"], "refused")

    def test_what_was_in_question_is_set_right(self):
        filed, _ = self.in_question(FOURTH)
        reviewer, path = WORLD.client("wang.reviewer"), f"/v1/commitments/{filed['commitment_code']}/rectification"
        draft = {"outcome": "partial", "unperformed_content": "一名共同申请人的材料", "breach_action": "限期补正", "why": "其余材料已补正。"}
        made = must(self.verifier.post(path, draft, key=True), 201).json
        self.assertEqual(must(reviewer.get(path), 200).json, made)
        self.assertEqual((made["decision"], self.state_of(filed)), (None, "in_question"))
        said = {"confirmed": True, "opinion": "情况属实。"}
        self.assertEqual(must(reviewer.post(f"{path}/decision", said), 200).json["decision"]["opinion"], said["opinion"])
        now = must(self.clerk.get(f"/v1/commitments/{filed['commitment_code']}"), 200).json
        self.assertEqual((now["state"], now["performance_status"]), ("partly_fulfilled", "partial"))

    def test_a_ratio_keeps_to_the_bounds_of_the_pack(self):
        version = people.matter_version() | {"matter_code": "GZF-SAMPLED"}
        version["verification"] |= {"coverage": "sampled", "ratio": {"numerator": 1, "denominator": 200}}
        refused = self.supervisor.post("/v1/matters", version, key=True)
        self.assertEqual((refused.status, refused.problem), (422, "ratio-out-of-bounds"))
        self.assertIn("draw.ratio.ordinary.min; cn-national", refused.json["detail"])
        explained = must(WORLD.client().get(refused.json["explanation"]), 200).json
        self.assertEqual((explained["rule"]["value"], explained["rule"]["grade"]), ("1/100", "proposal"))
        version["verification"]["ratio"]["numerator"] = 5
        must(self.supervisor.post("/v1/matters", version, key=True), 201)

    def test_a_dismissal_is_served(self):
        filed, path = self.to_the_waiver(ANOTHER)
        decision = people.DECISION | {"outcome": "dismissed", "reasons": "登记信息有误，已更正。", "defence_answer": None}
        must(WORLD.client("zhao.decider").post(f"{path}/decision", decision), 200)
        finding = must(self.clerk.post(f"{path}/service", people.service(self.clerk, path, WORLD.after_all_that())), 200).json
        self.assertEqual((finding["state"], self.state_of(filed)), ("dismissed", "fulfilled"))
        paper = must(self.clerk.get(f"/v1/documents/{finding['documents'][1]['document_id']}"), 200).json
        self.assertEqual((paper["kind"], paper["number"]), ("dismissal", decision["number"]))
        self.assertIn(decision["reasons"], paper["text"]["zh"])
        self.assertTrue(paper["service"]["served_at"])
        self.assertEqual(self.clerk.post(f"{path}/service", people.service(self.clerk, path, WORLD.after_all_that())).problem, "wrong-step")

    def test_a_remedy_that_overturns_the_decision(self):
        filed, path = self.to_the_served_decision(ANOTHER)
        must(self.clerk.post(f"{path}/remedy", {"kind": "reconsideration", "filed_on": WORLD.clock.today()}), 200)
        finding = must(WORLD.client("zhao.decider").post(f"{path}/remedy-outcome", {"outcome": "overturned"}), 200).json
        self.assertEqual((finding["state"], finding["record_id"], self.state_of(filed)), ("cancelled", None, "in_question"))

    def test_a_remedy_that_upholds_it(self):
        filed, path = self.to_the_served_decision(THIRD)
        must(self.clerk.post(f"{path}/remedy", {"kind": "litigation", "filed_on": WORLD.clock.today()}), 200)
        finding = must(WORLD.client("zhao.decider").post(f"{path}/remedy-outcome", {"outcome": "upheld"}), 200).json
        self.assertEqual((finding["state"], self.state_of(filed)), ("served", "in_question"))
        self.assertEqual(finding["clocks"][-1]["clock"], "remedy.litigation")
        self.assertIn("remedy.further", [clock["clock"] for clock in finding["clocks"]])

    def test_a_receiver_is_disabled_and_goes_on(self):
        disabled_and_back(WORLD.client("sun.integrator"), WORLD.receiver)

    def test_a_batch_that_comes_again(self):
        """From another sender of the same bytes: the same answer, and no further copy, not even of what was repaired and removed since."""
        copies = len(WORLD.story.copies())
        folder = WORLD.artefacts / "submission"
        manifest, records = ((folder / name).read_text(encoding="utf-8") for name in ("manifest.json", "records.jsonl"))
        body = {"manifest": manifest, "records": records, "signature": base64.b64encode((folder / "manifest.sm2").read_bytes()).decode()}
        again = WORLD.at_platform().request("PUT", f"/exchange/v1/batches/{json.loads(manifest)['batch_no']}", json.dumps(body).encode(),
                                            {"Content-Type": "application/vnd.sponsio.batch+json"})
        self.assertEqual(must(again, 200).body, (WORLD.artefacts / "platform-answer.json").read_bytes())
        self.assertLessEqual(len(WORLD.story.copies()), copies)
