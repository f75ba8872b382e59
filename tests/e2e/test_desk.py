"""An official's desk: what waits there, whom to ask, and finding again what was filed. On the contract alone."""
import datetime
import threading
import unittest
import urllib.parse

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import agreed_matter, open_matter
from sponsio_e2e.identifiers import citizen_number
from sponsio_e2e.world import AGENCY, OTHER_AGENCY, World, must

WORLD = World()
ELSEWHERE = "GZF-2026-09"


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.add_person("chen.verifier", AGENCY, "陈九", ["verifier"])
    WORLD.add_person("feng.reviewer", AGENCY, "冯十", ["reviewer"])
    WORLD.add_person("wei.clerk", AGENCY, "卫一", ["clerk"])
    # The other agency takes in what this one verifies.
    other = people.matter_version()
    other["verification"]["unit_uscc"] = AGENCY
    WORLD.add_person("zheng.other", OTHER_AGENCY, "郑五", ["supervisor"])
    agreed_matter(WORLD, "wu.other", "zheng.other", ELSEWHERE, other)
    notice = {"matter_code": ELSEWHERE, "matter_version": 1, "channel": "web", "language": "zh-CN"}
    WORLD.other_notice_id = must(WORLD.client("wu.other").post("/v1/notices", notice, key=True), 201).json["notice_id"]


SERIALS = iter(range(100, 1000))


def person(name):
    number = citizen_number(f"110105198001{2:02}{next(SERIALS):03}")
    return {"kind": "natural_person", "name": name, "document": {"type": "citizen_id", "number": number}}


def file(committer, login="zhang.clerk", notice=None, made_on=None):
    body = people.commitment(notice or WORLD.notice_id, made_on or WORLD.clock.today()) | {"committer": committer}
    return must(WORLD.client(login).post("/v1/commitments", body, key=True), 201).json


def search(login="qian.supervisor", query="", **criteria):
    return must(WORLD.client(login).post(f"/v1/searches{query}", criteria), 200).json


def codes(found):
    return [item["commitment_code"] for item in found["items"]]


def work(login, kind=None):
    page = must(WORLD.client(login).get("/v1/work?limit=200" + (f"&kind={kind}" if kind else "")), 200).json
    return page["items"]


def waits(login, kind, thing):
    """The item of that kind about the thing (a commitment code), or none."""
    return next((item for item in work(login, kind) if item["commitment_code"] == thing["commitment_code"]), None)


class FindingAgain(unittest.TestCase):
    def test_a_resident_who_lost_the_code_is_found_by_document(self):
        resident = person("令狐例一")
        filed = file(resident)
        found = search("wei.clerk", document=resident["document"])
        self.assertEqual((codes(found), found["total"]), ([filed["commitment_code"]], {"count": 1, "exact": True}))
        item = found["items"][0]
        self.assertEqual((item["committer"]["name"], item["matter_code"], item["filed_by_name"]),
                         ("令狐例一", people.MATTER_CODE, "张三"))
        self.assertEqual(item["verifications"][0]["task_id"], filed["verification"]["task_id"])
        must(WORLD.client("wei.clerk").get(f"/v1/commitments/{item['commitment_code']}"), 200)
        lower = dict(resident["document"], number=resident["document"]["number"].lower())
        self.assertEqual(codes(search("wei.clerk", document=lower)), [filed["commitment_code"]])

    def test_a_name_is_found_in_each_of_its_forms(self):
        minority = file(person("伊力亚·例二"))
        simplified, latin = file(person("张例丰")), file(person("José O'Example-Smith"))
        for form in ("伊力亚·例二", "伊力亚•例二", " 伊力亚 例二", "伊力亞・例二"):
            self.assertEqual(codes(search(name=form)), [minority["commitment_code"]], form)
        for form in ("张例丰", "張例豐", "張　例豐"):
            self.assertEqual(codes(search(name=form)), [simplified["commitment_code"]], form)
        for form in ("JOSE OEXAMPLE SMITH", "ｊｏｓｅ o’example smith"):
            self.assertEqual(codes(search(name=form)), [latin["commitment_code"]], form)
        self.assertEqual(codes(search(name="伊力亚")), [])  # a part of a name is another name

    def test_all_that_is_said_must_hold(self):
        one, two = person("诸葛例三"), person("诸葛例三")
        first, second = file(one), file(two, "wei.clerk")
        self.assertEqual(set(codes(search(name="诸葛例三"))), {first["commitment_code"], second["commitment_code"]})
        self.assertEqual(codes(search(name="诸葛例三", document=two["document"])), [second["commitment_code"]])
        self.assertEqual(codes(search(name="别人", document=two["document"])), [])
        self.assertEqual(codes(search(name="诸葛例三", filed_by=WORLD.accounts["zhang.clerk"])), [first["commitment_code"]])
        today = WORLD.clock.today()
        for days in ({"from": today}, {"to": today}, {"from": today, "to": today}):
            for which in ("made_on", "accepted_on"):
                self.assertEqual(len(search(name="诸葛例三", **{which: days})["items"]), 2)
        for which in ("made_on", "accepted_on"):
            self.assertEqual(search(name="诸葛例三", **{which: {"to": "2026-01-31"}})["total"]["count"], 0)
        self.assertEqual(codes(search(name="诸葛例三", matter_code=ELSEWHERE)), [])
        self.assertEqual(codes(search(name="诸葛例三", state="breached")), [])
        self.assertEqual(codes(search(name="诸葛例三", **{"with": "finding"})), [])

    def test_without_a_person_the_newest_comes_first(self):
        filed = [file(person(f"鲜于例{n}"))["commitment_code"] for n in range(3)]
        today = WORLD.clock.today()
        for criteria, by in (({}, "accepted_at"), ({"matter_code": people.MATTER_CODE}, "made_on"),
                             ({"made_on": {"from": today}}, "made_on"), ({"accepted_on": {"from": today}}, "accepted_at"),
                             ({"matter_code": people.MATTER_CODE, "accepted_on": {"to": today}}, "accepted_at")):
            found = search(**criteria)
            self.assertEqual((codes(found)[:3], found["sorted_by"]), (filed[::-1], by), criteria)
            self.assertGreaterEqual(found["total"]["count"], 3)

    def test_pages_miss_nothing_and_repeat_nothing_while_others_file(self):
        before = [file(person("拓跋例四"))["commitment_code"] for _ in range(12)]
        stop, client = threading.Event(), WORLD.client("wei.clerk")

        def go_on_filing():
            while not stop.is_set():
                body = people.commitment(WORLD.notice_id, WORLD.clock.today())
                must(client.post("/v1/commitments", body | {"committer": person("拓跋例四")}, key=True), 201)

        filer = threading.Thread(target=go_on_filing)
        filer.start()
        try:
            for criteria in ({"name": "拓跋例四"}, {"matter_code": people.MATTER_CODE}, {}):
                page = search(query="?limit=5", **criteria)
                total, seen = page["total"], codes(page)
                while page["next_cursor"]:
                    page = search(query=f"?limit=5&cursor={page['next_cursor']}", **criteria)
                    self.assertEqual(page["total"], total)
                    seen += codes(page)
                self.assertEqual((len(seen), len(set(seen))), (total["count"], total["count"]), criteria)
                self.assertLessEqual(set(before), set(seen))
        finally:
            stop.set()
            filer.join()

    def test_another_organisation_sees_only_what_it_accepted_or_verifies(self):
        resident = person("百里例五")
        ours = file(resident)
        theirs = file(resident, "wu.other", WORLD.other_notice_id)
        self.assertEqual(codes(search("wu.other", document=resident["document"])), [theirs["commitment_code"]])
        both = search("qian.supervisor", document=resident["document"])
        self.assertEqual(set(codes(both)), {ours["commitment_code"], theirs["commitment_code"]})
        item = next(i for i in both["items"] if i["commitment_code"] == theirs["commitment_code"])
        self.assertEqual((item["accepted_by"]["uscc"], item["filed_by"], len(item["verifications"])), (OTHER_AGENCY, None, 1))
        self.assertEqual(codes(search("qian.supervisor", matter_code=ELSEWHERE)), [theirs["commitment_code"]])
        self.assertEqual(search("wu.other", document=resident["document"])["items"][0]["verifications"], [])
        self.assertNotIn(ours["commitment_code"], codes(search("wu.other")))
        refused = WORLD.client("wu.other").post("/v1/searches", {"matter_code": people.MATTER_CODE})  # the code is not theirs
        self.assertEqual((refused.status, refused.pointers()), (422, {"/matter_code": "no_such_thing"}))

    def test_who_looked_for_a_person_is_in_the_trail(self):
        resident = person("端木例六")
        filed = file(resident)
        auditor = WORLD.client("zhou.auditor")
        looks = lambda: [q for q in auditor.all_items("/v1/personal-queries?limit=200") if q["route"] == "POST /v1/searches"]
        before = len(looks())
        search("wei.clerk", document=resident["document"])
        search("wei.clerk", name="谁也不是")
        found = search("wei.clerk", matter_code=people.MATTER_CODE)
        new = looks()[before:]
        self.assertEqual({(q["by"], q["purpose"]) for q in new}, {(WORLD.accounts["wei.clerk"], "case_handling")})
        self.assertEqual([q["about"] for q in new], [[filed["commitment_code"]], [], [c["commitment_code"] for c in found["items"]]])
        self.assertEqual([len(q["subjects"]) for q in new[:2]], [1, 0])

    def test_what_cannot_be_looked_for(self):
        client = WORLD.client("wei.clerk")
        for body, pointers in (({"document": {"type": "citizen_id", "number": "110105194912310021"}}, ["/document/number"]),
                               ({"name": "·"}, ["/name"]), ({"matter_code": "NO-SUCH"}, ["/matter_code"]),
                               ({"made_on": {"from": "2026-03-02", "to": "2026-03-01"}}, ["/made_on/from"]),
                               ({"state": "x", "filed_by": "y", "with": "z"}, ["/filed_by", "/state", "/with"]),
                               ({"address": "x"}, ["/address"])):
            refused = client.post("/v1/searches", body)
            self.assertEqual((refused.status, sorted(refused.pointers())), (422, sorted(pointers)), body)
        self.assertEqual(client.post("/v1/searches?cursor=eHg", {}).status, 422)
        for login in ("zhou.auditor", "sun.integrator"):
            self.assertEqual(WORLD.client(login).post("/v1/searches", {}).status, 403)


class Colleagues(unittest.TestCase):
    def test_are_those_of_ones_own_organisation(self):
        supervisor = WORLD.client("qian.supervisor")
        all_of = lambda query="": [p["login"] for p in supervisor.all_items(f"/v1/colleagues?limit=2{query}")]
        self.assertIn("li.verifier", all_of())
        self.assertNotIn("wu.other", all_of())
        self.assertEqual(all_of("&q=" + urllib.parse.quote("陈")), ["chen.verifier"])
        self.assertEqual(all_of("&q=CHEN.&role=verifier"), ["chen.verifier"])
        self.assertEqual(all_of("&q=chen&role=clerk"), [])
        self.assertEqual(supervisor.get("/v1/colleagues?role=king").status, 422)


class Matters(unittest.TestCase):
    """A version that frees from checks, or lays them upon another unit, is not one person's word."""

    @classmethod
    def setUpClass(cls):
        WORLD.add_person("tao.supervisor", AGENCY, "陶辛", ["supervisor"])
        cls.proposer, cls.second = WORLD.client("qian.supervisor"), WORLD.client("tao.supervisor")

    @staticmethod
    def exempt():
        version = people.matter_version()
        return version | {"verification": version["verification"] | {"mode": "exempt"}}

    def proposed(self, code, after=0):
        path = "/v1/matters" if after == 0 else f"/v1/matters/{code}/versions"
        body = self.exempt() | ({"matter_code": code} if after == 0 else {})
        answer = must(self.proposer.post(path, body, key=True, headers={"If-Match": f'"{after}"'} if after else None), 202)
        where = f"/v1/matter-proposals/{answer.json['proposal_id']}"
        self.assertEqual((answer.headers["location"], answer.json["after_version"], answer.json["version"]), (where, after, None))
        return where

    def decide(self, path, accepted=True, by=None):
        return (by or self.second).post(f"{path}/decision", {"accepted": accepted, "why": "已核对"})

    def test_nothing_is_entered_before_a_second_person_accepts_it(self):
        path = self.proposed("EXEMPT-1")
        before = WORLD.stored()
        must(self.proposer.get("/v1/matters/EXEMPT-1"), 404)
        self.assertEqual(must(self.decide(path, by=self.proposer), 409).problem, "same-person")
        must(self.decide(path, by=WORLD.client("zhang.clerk")), 403)
        must(self.decide(path, by=WORLD.client("wu.other")), 404)
        self.assertEqual(WORLD.stored(), before)
        self.assertNotIn(path, [item["href"] for item in work("qian.supervisor", "matter_proposal_to_decide")])
        waits, = [item for item in work("tao.supervisor", "matter_proposal_to_decide") if item["href"] == path]
        self.assertEqual(waits["operations"], ["decideMatterProposal"])
        self.assertEqual(must(self.decide(path), 200).json["version"], 1)
        self.assertEqual(must(self.proposer.get("/v1/matters/EXEMPT-1"), 200).json["verification"]["mode"], "exempt")
        self.assertEqual(must(self.decide(path), 409).problem, "wrong-step")
        self.assertNotIn(path, [item["href"] for item in work("tao.supervisor", "matter_proposal_to_decide")])

    def test_what_is_refused_changes_nothing(self):
        must(self.proposer.post("/v1/matters", {"matter_code": "EXEMPT-2"} | people.matter_version(), key=True), 201)
        path = self.proposed("EXEMPT-2", after=1)
        refused = must(self.decide(path, accepted=False), 200).json
        self.assertEqual((refused["state"], refused["version"]), ("refused", None))
        self.assertEqual(must(self.proposer.get("/v1/matters/EXEMPT-2"), 200).json["newest_version"], 1)

    def test_a_matter_that_has_moved_on_since_takes_no_older_proposal(self):
        must(self.proposer.post("/v1/matters", {"matter_code": "EXEMPT-3"} | people.matter_version(), key=True), 201)
        path = self.proposed("EXEMPT-3", after=1)
        other = people.matter_version() | {"demanding_unit": "示例区住房保障中心二部"}
        must(self.proposer.post("/v1/matters/EXEMPT-3/versions", other, key=True, headers={"If-Match": '"1"'}), 201)
        before = WORLD.stored()
        self.assertEqual(must(self.decide(path), 409).problem, "conflict")
        self.assertEqual(WORLD.stored(), before)

    def test_a_code_that_is_taken_is_not_proposed(self):
        must(self.proposer.post("/v1/matters", {"matter_code": "EXEMPT-4"} | people.matter_version(), key=True), 201)
        taken = must(self.proposer.post("/v1/matters", self.exempt() | {"matter_code": "EXEMPT-4"}, key=True), 422)
        self.assertEqual(taken.pointers(), {"/matter_code": "not_unique"})


class Waiting(unittest.TestCase):
    """What waits for each, and what does not."""

    def in_question(self, committer, login="li.verifier"):
        """A closed check that speaks against the promise."""
        filed, verifier = file(committer), WORLD.client(login)
        must(people.add_signed_paper(WORLD.client("zhang.clerk"), filed), 201)
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        must(verifier.post(f"{path}/claim"), 200)
        must(verifier.post(f"{path}/start"), 200)
        evidence = must(verifier.post_bytes(f"{path}/evidence?kind=documentary&name=a", b"x", "text/plain", key=True), 201).json
        must(verifier.post(f"{path}/conclusion", {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "不一致"}), 200)
        must(verifier.post(f"{path}/closure"), 200)
        return filed, evidence["evidence_id"]

    def test_checks(self):
        filed = file(person("西门例七"))
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        item = waits("chen.verifier", "check_to_claim", filed)
        self.assertEqual((item["href"], item["committer_name"], item["matter_code"], item["operations"], item["due_on"]),
                         (path, "西门例七", people.MATTER_CODE, ["claimVerification"], filed["verification"]["due_on"]))
        self.assertIsNone(waits("chen.verifier", "check_to_do", filed))
        must(WORLD.client("chen.verifier").post(f"{path}/claim"), 200)
        self.assertIsNone(waits("chen.verifier", "check_to_claim", filed))
        self.assertIsNone(waits("li.verifier", "check_to_claim", filed))
        self.assertIsNone(waits("li.verifier", "check_to_do", filed))
        self.assertEqual(waits("chen.verifier", "check_to_do", filed)["operations"][0], "startVerification")
        must(WORLD.client("chen.verifier").post(f"{path}/start"), 200)
        self.assertIn("concludeVerification", waits("chen.verifier", "check_to_do", filed)["operations"])
        summary = {"result": "consistent", "checked_on": WORLD.clock.today(), "summary": "一致"}
        must(WORLD.client("chen.verifier").post(f"{path}/conclusion", summary), 200)
        self.assertEqual(waits("chen.verifier", "check_to_do", filed)["operations"], ["closeVerification"])
        must(WORLD.client("chen.verifier").post(f"{path}/closure"), 200)
        self.assertIsNone(waits("chen.verifier", "check_to_do", filed))
        self.assertEqual(work("zhang.clerk", "check_to_claim"), [])
        names = must(WORLD.client("chen.verifier").get(path), 200).json
        self.assertEqual((names["assignee_name"], names["inspector_names"], names["seats"][0]["name"]), ("陈九", ["陈九"], "陈九"))
        self.assertEqual([e["by_name"] for e in names["history"][:2]], ["张三", "陈九"])

    def test_a_recusal_waits_for_who_neither_asked_nor_is_asked_about(self):
        filed = file(person("皇甫例八"))
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        must(WORLD.client("chen.verifier").post(f"{path}/claim"), 200)
        party = {"inspector": WORLD.accounts["chen.verifier"], "why": "系承诺人亲属"}
        recusal = must(WORLD.client("zhang.clerk").post(f"{path}/recusals", party, key=True), 201).json
        item = waits("qian.supervisor", "recusal_to_decide", filed)
        self.assertEqual((item["id"], item["asked_by_name"], item["operations"]), (recusal["recusal_id"], "张三", ["decideRecusal"]))
        self.assertIsNotNone(waits("zhao.decider", "recusal_to_decide", filed))
        for login in ("chen.verifier", "zhang.clerk", "wu.other"):
            self.assertIsNone(waits(login, "recusal_to_decide", filed))
        must(WORLD.client("qian.supervisor").post(f"{path}/recusals/{recusal['recusal_id']}/decision",
                                                  {"granted": True, "why": "应当回避"}), 200)
        self.assertIsNone(waits("qian.supervisor", "recusal_to_decide", filed))
        self.assertIsNone(waits("chen.verifier", "check_to_claim", filed))  # recused for good
        self.assertIsNotNone(waits("li.verifier", "check_to_claim", filed))

    def test_a_rectification_waits_for_another_person(self):
        filed, _ = self.in_question(person("宇文例九"))
        self.assertEqual(waits("chen.verifier", "finding_to_draft", filed)["asked_by_name"], "李四")
        path = f"/v1/commitments/{filed['commitment_code']}/rectification"
        must(WORLD.client("li.verifier").post(path, {"outcome": "full", "why": "已补正"}, key=True), 201)
        self.assertIsNone(waits("chen.verifier", "finding_to_draft", filed))
        self.assertIsNone(waits("li.verifier", "rectification_to_decide", filed))  # a reviewer too, but it is their own
        item = waits("feng.reviewer", "rectification_to_decide", filed)
        self.assertEqual((item["href"], item["operations"]), (path, ["decideRectification"]))
        must(WORLD.client("feng.reviewer").post(f"{path}/decision", {"confirmed": True, "opinion": "同意"}), 200)
        self.assertIsNone(waits("feng.reviewer", "rectification_to_decide", filed))
        self.assertEqual(must(WORLD.client("feng.reviewer").get(path), 200).json["recorded_by_name"], "李四")

    def test_a_draft_on_its_way_to_the_decision(self):
        filed, evidence = self.in_question(person("慕容例十"))
        drafter = WORLD.client("li.verifier")
        finding = must(drafter.post("/v1/findings", people.finding(filed["verification"]["task_id"], [evidence]), key=True), 201).json
        path = f"/v1/findings/{finding['finding_id']}"
        self.assertEqual(finding["drafted_by_name"], "李四")
        self.assertIsNone(waits("li.verifier", "draft_to_review", filed))  # their own, though they may review
        for login in ("wang.reviewer", "feng.reviewer"):
            self.assertEqual(waits(login, "draft_to_review", filed)["href"], path)
        must(WORLD.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        self.assertIsNone(waits("feng.reviewer", "draft_to_review", filed))
        self.assertEqual(waits("zhang.clerk", "prior_notice_to_serve", filed)["committer_name"], "慕容例十")
        WORLD.notify(WORLD.client("zhang.clerk"), path)
        self.assertIsNone(waits("zhao.decider", "decision_to_take", filed))  # the party may still speak
        must(WORLD.client("zhang.clerk").post(f"{path}/defence", people.waiver(WORLD.client("zhang.clerk"), path)), 200)
        self.assertEqual(waits("zhao.decider", "decision_to_take", filed)["operations"], ["decideFinding"])
        self.assertIsNone(waits("wang.reviewer", "decision_to_take", filed))  # who reviewed does not decide
        must(WORLD.client("zhao.decider").post(f"{path}/decision", dict(people.DECISION, number="示例住保决字〔2026〕9号", defence_answer=None)), 200)
        self.assertIsNone(waits("zhao.decider", "decision_to_take", filed))
        self.assertIsNotNone(waits("wei.clerk", "decision_to_serve", filed))
        must(WORLD.client("wei.clerk").post(f"{path}/service", people.service(WORLD.client("wei.clerk"), path, WORLD.after_all_that())), 200)
        self.assertIsNone(waits("wei.clerk", "decision_to_serve", filed))
        found = search("wei.clerk", **{"with": "finding"})
        self.assertIn(filed["commitment_code"], codes(found))
        self.assertEqual(search("wei.clerk", name="慕容例十")["items"][0]["findings"][0]["finding_id"], finding["finding_id"])

    def test_counts_kinds_and_pages(self):
        for n in range(3):
            file(person(f"上官例{n}"))
        client = WORLD.client("chen.verifier")
        whole = must(client.get("/v1/work?limit=200"), 200).json
        for count in whole["counts"]:
            of_kind = [i for i in whole["items"] if i["kind"] == count["kind"]]
            self.assertEqual((len(of_kind), count["exact"]), (count["count"], True), count["kind"])
        self.assertEqual({c["kind"] for c in whole["counts"]} & {"draft_to_review", "decision_to_take"}, set())
        paged = client.all_items("/v1/work?limit=2")
        self.assertEqual([(i["kind"], i["id"]) for i in paged], [(i["kind"], i["id"]) for i in whole["items"]])
        dues = [i["due_at"] or "9999" for i in paged]
        self.assertEqual(dues, sorted(dues))
        self.assertEqual(client.get("/v1/work?kind=nothing").status, 422)
        self.assertEqual(client.get("/v1/work?cursor=eHg").status, 422)
        self.assertEqual(must(WORLD.client("zhou.auditor").get("/v1/work"), 200).json["items"], [])


class ZSupervisor(unittest.TestCase):
    """The last test of this file: it moves the clock on for good."""

    def test_a_supervisors_day(self):
        resident = person("司空例末")
        filed = file(resident)
        path = f"/v1/verifications/{filed['verification']['task_id']}"
        must(WORLD.client("chen.verifier").post(f"{path}/claim"), 200)
        self.assertIsNone(waits("qian.supervisor", "check_overdue", filed))
        WORLD.clock.move_to(datetime.datetime(2026, 4, 20, 1, tzinfo=datetime.timezone.utc))
        overdue = waits("qian.supervisor", "check_overdue", filed)
        self.assertEqual((overdue["committer_name"], overdue["operations"]), ("司空例末", ["reassignVerification"]))
        check = search("qian.supervisor", name="司空例末")["items"][0]["verifications"][0]
        self.assertEqual((check["task_id"], check["inspector_names"]), (filed["verification"]["task_id"], ["陈九"]))
        colleague = must(WORLD.client("qian.supervisor").get("/v1/colleagues?role=verifier&q=" + urllib.parse.quote("李四")), 200).json["items"][0]
        reassigned = must(WORLD.client("qian.supervisor").post(f"/v1/verifications/{check['task_id']}/reassignment",
                                                               {"from": check["inspectors"][0], "to": colleague["account_id"], "why": "原核查人员请假"}), 200).json
        self.assertEqual(reassigned["assignee_name"], "李四")
        self.assertEqual(waits("li.verifier", "check_to_do", filed)["id"], check["task_id"])
        self.assertIsNone(waits("chen.verifier", "check_to_do", filed))
