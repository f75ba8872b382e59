"""What ages is given to servers that run: once for all, by command or over the interface, and nonsense is refused."""
import datetime
import hashlib
import json
import os
import re
import subprocess
import unittest
import urllib.parse

from sponsio_e2e import people
from sponsio_e2e.calendars import invented_calendar
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.identifiers import uscc
from sponsio_e2e.pages import Page
from sponsio_e2e.program import ProgramFailed, wait_until
from sponsio_e2e.world import GOVERNMENT, ROOT, World, must

WORLD = World()
YEARS_END = datetime.datetime(2026, 12, 21, 1, tzinfo=datetime.timezone.utc)


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def file(made_on):
    return WORLD.client("zhang.clerk").post("/v1/commitments", people.commitment(WORLD.notice_id, made_on), key=True)


def document(name, content):
    path = WORLD.folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def refused(content):
    """What the command says of a document that it does not take."""
    try:
        WORLD.command("knowledge", "add", str(document("refused.json", content)))
    except ProgramFailed as why:
        return str(why)
    raise AssertionError("taken")


class Nonsense(unittest.TestCase):
    def test_the_block_of_the_page_is_no_calendar(self):
        page = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
        block = re.search(r'```json\n(\{"calendar_id".*?)```', page, re.S)[1]
        self.assertIn("is a placeholder", refused(block))

    def test_a_year_with_one_holiday(self):
        year = invented_calendar(2027)
        self.assertIn("lacks", refused(year | {"holidays": year["holidays"][:1]}))

    def test_a_year_with_too_few_days_off(self):
        self.assertIn("by law there are 13", refused(invented_calendar(2027) | {"worked_weekends": ["2027-03-06"]}))

    def test_regions_in_the_wrong_place(self):
        table = {"version": "cn-regions-2026.9", "source": {"zh": "测试", "en": "test"}, "coverage": {"zh": "测试", "en": "test"},
                 "base_date": "2026-05-01", "regions": [{"code": "999101", "name": "无"}]}
        self.assertIn("999101 has no division above it", refused(table))
        self.assertIn("/regions/0/code", refused(table | {"regions": [{"code": "11010", "name": "无"}]}))

    def test_a_pack_that_forgets_a_rule(self):
        carried = json.loads((ROOT / "schema/rules/cn-national.json").read_text(encoding="utf-8"))
        pack = carried | {"version": carried["version"] + ".1"}
        self.assertIn("lacks the rule", refused(pack | {"rules": pack["rules"][1:]}))
        misspelt = pack["rules"][0] | {"id": "capacity.ful_age"}
        self.assertIn("does not know: capacity.ful_age", refused(pack | {"rules": [*pack["rules"], misspelt]}))
        self.assertIn("all days", refused(pack | {"effective_from": "2027-01-01"}))

    def test_what_is_nothing_of_all_that(self):
        self.assertIn("no calendar", refused({"hello": 1}))
        self.assertIn("JSON", refused("{"))


class Regions(unittest.TestCase):
    def test_an_agency_whose_region_ends_is_told_where_it_lies_now(self):
        admin = WORLD.client("root.admin")
        before = WORLD.clock.today()
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(days=1))
        day = WORLD.clock.today()
        must(file(day), 201)
        table = {"version": "cn-regions-2026.8", "source": {"zh": "为测试虚构", "en": "Invented for tests"},
                 "coverage": {"zh": "为测试虚构", "en": "Invented for tests"}, "base_date": "2020-01-01",
                 "regions": [{"code": "110105", "name": "朝阳区", "valid_to": before, "replaced_by": ["110125"]},
                             {"code": "110125", "name": "新朝阳区", "valid_from": day}]}
        must(admin.post("/v1/knowledge", table), 200)
        answer = file(day)
        self.assertEqual((answer.status, answer.problem), (422, "invalid"))
        self.assertIn("接替代码：110125北京市新朝阳区", answer.json["detail"])
        self.assertEqual(answer.json["errors"][0]["reason"], "unknown_region")
        must(file(before), 201)  # the promise of a day on which the code was good
        another = {"uscc": uscc("12110105000000055"), "name": "示例区人民政府办公室", "kind": "government",
                   "region_code": "110105", "parent_uscc": GOVERNMENT}
        refusal = admin.post("/v1/organisations", another, key=True)
        self.assertEqual((refusal.status, refusal.json["errors"][0]["pointer"]), (422, "/region_code"))
        self.assertIn("110125", refusal.json["detail"])
        agency = must(WORLD.client("zhang.clerk").get("/v1/me"), 200).json["organisation"]["uscc"]
        moved = must(admin.post(f"/v1/organisations/{agency}/region", {"region_code": "110125"}), 200).json
        self.assertEqual(moved["region_code"], "110125")
        code = wait_until("the agency files under its new code", lambda: file(day).json.get("commitment_code"))
        self.assertTrue(code.startswith("110125"))


def counted(verification):
    """The verification once its last day is known; nothing before."""
    return verification if verification["due_on"] else None


class TheLawOfAPlace(unittest.TestCase):
    def explain(self, status=200, **question):
        return must(WORLD.client().get("/v1/rules/explain?" + urllib.parse.urlencode(question)), status).json

    def test_is_explained_to_everybody_with_source_and_grade(self):
        told = self.explain(rule="eligibility.bars", region="440305", on="2026-11-30")
        self.assertEqual((told["rule"]["value"], told["rule"]["grade"], told["pack"]["pack_id"]),
                         ("false_statement, unfulfilled, serious", "primary_law", "cn-shenzhen"))
        self.assertIn("第五十九条", told["rule"]["source"]["text"])
        elsewhere = self.explain(rule="eligibility.bars", region="110105", on="2026-11-30")
        self.assertEqual([pack["pack_id"] for pack in elsewhere["asked"]], ["cn-beijing", "cn-national"])
        licence = self.explain(rule="verify.default", region="330102", on="2026-11-30", action_kind="licence")
        self.assertEqual(licence["rule"]["value"], "60 working_days")

    def test_a_deadline_leads_to_its_rule(self):
        told = self.explain(rule="remedy.litigation", pack="cn-national", value="6 months", on="2026-03-02")
        self.assertEqual((told["rule"]["source"]["key"], told["region"]), ("L-ADL art.46", None))

    def test_a_question_that_cannot_be_answered_says_what_would_be_right(self):
        answer = WORLD.client().get("/v1/rules/explain?rule=defence.period")
        self.assertEqual((answer.status, answer.json["errors"][0]["pointer"]), (422, "query:region"))
        self.explain(404, rule="no.such_rule", region="110105")
        both = WORLD.client().get("/v1/rules/explain?rule=defence.period&region=110105&pack=cn-national")
        self.assertEqual(both.json["errors"][0]["pointer"], "query:pack")

    def test_two_places_are_compared(self):
        run = lambda *a: subprocess.run([WORLD.binary, "rules", "diff", *a], capture_output=True, text=True, timeout=60, check=False)
        text = run("110000", "440300", "--on", "2026-11-30").stdout
        self.assertIn("eligibility.bars\n  - false_statement, serious", text)
        self.assertIn("  + false_statement, unfulfilled, serious", text)
        rows = [json.loads(line) for line in run("cn-beijing", "cn-shenzhen", "--on", "2026-11-30", "--json").stdout.splitlines()]
        self.assertIn("next_step.unfulfilled", [row["rule"] for row in rows])
        self.assertEqual(run("110000", "110105").stdout, "")
        self.assertIn("sponsio rules", run("nowhere", "110105").stderr)


class TheYear(unittest.TestCase):
    """The last test of this file: it moves the clock on for good."""

    def test_counts_in_every_process_and_after_every_start(self):
        WORLD.clock.move_to(YEARS_END)
        waiting = must(file("2026-12-21"), 201).json["verification"]
        self.assertEqual((waiting["due_on"], waiting["waits_for_calendar"], waiting["calendar"]), (None, 2027, None))
        self.assertLess(waiting["provisional"]["earliest"], waiting["provisional"]["latest"])
        self.assertIn("法定放假日", waiting["provisional"]["source"]["zh"])
        announced = document("cn-2027.json", invented_calendar(2027, "1"))
        page = Page(ROOT, "docs/reference.md", __file__)
        printed = page.run(0, WORLD.folder, DIR=WORLD.folder / "sponsio", PATH=f"{WORLD.binary.parent}:{os.environ['PATH']}")
        page.hold_all_ran()
        self.assertIn("calendar  cn-2027  cn-2027.1  given 2026-", printed)
        self.assertTrue(printed.endswith(announced.read_text(encoding="utf-8")))
        given = next(d for d in must(WORLD.client("root.admin").get("/v1/knowledge"), 200).json["items"] if d["key"] == "cn-2027")
        self.assertEqual((given["version"], given["given_by"], given["counts"]), ("cn-2027.1", None, True))
        verification = wait_until("the server takes it in", lambda: counted(file("2026-12-21").json["verification"]))
        self.assertEqual(verification["calendar"], "cn-2026.1+cn-2027.1")
        with self.subTest("what was filed before has its last day too"):
            path = f"/v1/verifications/{waiting['task_id']}"
            task = wait_until("its end is set", lambda: counted(must(WORLD.client("li.verifier").get(path), 200).json))
            self.assertEqual((task["due_on"], task["calendar"]), (verification["due_on"], "cn-2026.1+cn-2027.1"))
            self.assertLessEqual(waiting["provisional"]["earliest"], task["due_on"])
            self.assertGreaterEqual(waiting["provisional"]["latest"], task["due_on"])
            self.assertEqual(task["history"][-1]["event"], "calendar_known")

        with self.subTest("again, and with other bytes"):
            self.assertEqual(WORLD.command("knowledge", "add", str(announced))["document_id"], given["document_id"])
            self.assertIn("another content", refused(invented_calendar(2027, "1", worked=["2027-01-10"])))
            self.assertIn("not higher", refused(invented_calendar(2027, "0")))

        with self.subTest("a correction over the interface"):
            body = json.dumps(invented_calendar(2027, "2", worked=["2027-01-09"]), ensure_ascii=False).encode()
            admin = WORLD.client("root.admin")
            made = must(admin.request("POST", "/v1/knowledge", body, {"Content-Type": "application/json"}), 200).json
            self.assertEqual(made["digest_sha256"], hashlib.sha256(body).hexdigest())
            self.assertEqual(must(admin.get(f"/v1/knowledge/{made['document_id']}"), 200).body, body)
            self.assertEqual(must(file("2026-12-21"), 201).json["verification"]["calendar"], "cn-2026.1+cn-2027.2")
            task = must(WORLD.client("li.verifier").get(f"/v1/verifications/{verification['task_id']}"), 200).json
            self.assertEqual(task["calendar"], "cn-2026.1+cn-2027.1")  # what was counted keeps its version
            counting = {d["version"]: d["counts"] for d in must(admin.get("/v1/knowledge"), 200).json["items"]}
            self.assertEqual((counting["cn-2027.1"], counting["cn-2027.2"], counting["cn-2026.1"]), (False, True, True))
            events = must(WORLD.client("zhou.auditor").get(f"/v1/audit-events?subject={made['document_id']}"), 200).json["items"]
            self.assertEqual([(e["lifecycle"], e["event"]) for e in events], [("knowledge", "given")])
            self.assertIn("cn-2027.2 sha256:" + made["digest_sha256"], events[0]["why"])

        with self.subTest("who may not"):
            agency_admin = self.below()
            answer = agency_admin.post("/v1/knowledge", invented_calendar(2028))
            self.assertEqual((answer.status, answer.problem), (403, "forbidden"))

        with self.subTest("after a start without it"):
            WORLD.server.stop()
            WORLD.start_server()
            self.assertEqual(must(file("2026-12-21"), 201).json["verification"]["calendar"], "cn-2026.1+cn-2027.2")
            shown = subprocess.run([WORLD.binary, "knowledge", "show", "cn-2027", "cn-2027.2", "--data",
                                    WORLD.folder / "sponsio"], capture_output=True, timeout=60, check=True).stdout
            self.assertEqual(json.loads(shown)["version"], "cn-2027.2")

    def below(self):
        """An administrator of an organisation that has a superior."""
        agency = must(WORLD.client("zhang.clerk").get("/v1/me"), 200).json["organisation"]["uscc"]
        WORLD.add_person("agency.admin", agency, "管理员", ["administrator"])
        return WORLD.client("agency.admin")


if __name__ == "__main__":
    unittest.main()
