"""Figures of a quarter: frozen once, by somebody who may see all of them, and counted again by software that is not ours."""
import csv
import hashlib
import io
import json
import pathlib
import sqlite3
import tempfile
import unittest
import xml.etree.ElementTree

from sponsio_e2e import judges, people
from sponsio_e2e.assessing import ASSESSOR, QUARTER, SPRING, found_assessor
from sponsio_e2e.contract import begin
from sponsio_e2e.world import DISTRICT, World, must

WORLD = World()
MATTERS = {people.MATTER_CODE: 24, "GZF-SMALL": 4, "GZF-OTHER": 12}
CHECKED = 3


def setUpModule():
    begin(WORLD)
    supervisor, clerk, verifier = (WORLD.client(login) for login in ("qian.supervisor", "zhang.clerk", "li.verifier"))
    filed = {}
    for code, count in MATTERS.items():
        must(supervisor.post("/v1/matters", {"matter_code": code} | people.matter_version(), key=True), 201)
        notice = must(clerk.post("/v1/notices", {"matter_code": code, "matter_version": 1, "channel": "counter", "language": "zh-CN"}, key=True), 201)
        day = WORLD.clock.today()
        filed[code] = [must(clerk.post("/v1/commitments", people.commitment(notice.json["notice_id"], day), key=True), 201).json for _ in range(count)]
    for one in filed[people.MATTER_CODE][:CHECKED]:
        task = f"/v1/verifications/{one['verification']['task_id']}"
        for step in ("claim", "start"):
            must(verifier.post(f"{task}/{step}"), 200)
        must(verifier.post(f"{task}/conclusion", {"result": "consistent", "checked_on": WORLD.clock.today(), "summary": "一致。"}), 200)
        must(verifier.post(f"{task}/closure"), 200)
    found_assessor(WORLD)
    WORLD.refused = [WORLD.client(ASSESSOR).post("/v1/assessments", {"quarter": quarter}, key=True) for quarter in (QUARTER, "2026-Q5", "")]
    WORLD.clock.move_to(SPRING)
    WORLD.frozen = must(WORLD.client(ASSESSOR).post("/v1/assessments", {"quarter": QUARTER}, key="freeze"), 201)
    WORLD.data_set = must(WORLD.client().get(f"/public/v1/assessments/{QUARTER}/figures"), 200)


class Frozen(unittest.TestCase):
    def rows(self):
        return list(csv.DictReader(io.StringIO(WORLD.data_set.body.decode("utf-8"), newline="")))

    def figures(self, indicator, level):
        return {row["matter"] or row["unit"] or row["region"]: (row["numerator"], row["denominator"])
                for row in self.rows() if (row["indicator"], row["level"]) == (indicator, level)}

    def test_it_waits_for_the_end_of_the_quarter(self):
        self.assertEqual([answer.problem for answer in WORLD.refused], ["too-early", "invalid", "invalid"])
        self.assertEqual(WORLD.refused[1].pointers(), {"/quarter": "bad_format"})
        self.assertEqual(WORLD.refused[2].pointers(), {"/quarter": "empty"})

    def test_the_same_request_gets_the_same_answer_and_another_is_refused(self):
        assessor = WORLD.client(ASSESSOR)
        self.assertEqual(must(assessor.post("/v1/assessments", {"quarter": QUARTER}, key="freeze"), 201).json, WORLD.frozen.json)
        self.assertEqual(assessor.post("/v1/assessments", {"quarter": QUARTER}, key=True).problem, "conflict")

    def test_who_does_not_see_all_freezes_nothing(self):
        WORLD.add_person("qin.assessor", people_of("zhang.clerk"), "秦评估", ["assessor"])
        refused = WORLD.client("qin.assessor").post("/v1/assessments", {"quarter": "2025-Q4"}, key=True)
        self.assertEqual((refused.status, refused.problem), (403, "forbidden"))
        self.assertEqual(WORLD.client("zhang.clerk").post("/v1/assessments", {"quarter": "2025-Q4"}, key=True).problem, "forbidden")

    def test_small_figures_are_hidden_and_cannot_be_had_by_subtraction(self):
        shown = self.figures("verified", "matter")
        self.assertEqual(shown, {people.MATTER_CODE: (str(CHECKED), "24"), "GZF-SMALL": ("", ""), "GZF-OTHER": ("", "")})
        self.assertEqual(set(self.figures("verified", "unit").values()), {(str(CHECKED), "40")})
        self.assertEqual(self.figures("inconsistent", "nation"), {"": ("", "")})  # three checks

    def test_an_assessor_counts_again_with_one_line_of_sql(self):
        base = sqlite3.connect(":memory:")
        rows = self.rows()
        base.execute(f"create table figure ({', '.join(rows[0])})")
        base.executemany(f"insert into figure values ({', '.join('?' * len(rows[0]))})", [list(row.values()) for row in rows])
        # docs/assessment.md shows this line.
        counted = "select sum(numerator), sum(denominator), round(1.0 * sum(numerator) / sum(denominator), 6) from figure where indicator = 'verified' and level = 'unit'"
        self.assertIn(counted, (pathlib.Path(__file__).parents[2] / "docs/assessment.md").read_text())
        nation, = (row for row in rows if (row["indicator"], row["level"]) == ("verified", "nation"))
        self.assertEqual(base.execute(counted).fetchone(), (int(nation["numerator"]), int(nation["denominator"]), float(nation["share"])))

    def test_the_signature_is_over_these_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = pathlib.Path(folder) / "keys.json"
            keys.write_bytes(must(WORLD.client().get("/.well-known/jwks.json"), 200).body)
            said = json.loads(judges.verify_es256(WORLD.frozen.json["signature"], keys))
        self.assertEqual((said["kind"], said["quarter"], said["csv_sha256"]), ("assessment", QUARTER, hashlib.sha256(WORLD.data_set.body).hexdigest()))

    def test_it_is_a_leaf_of_the_log(self):
        leaf, = must(WORLD.client().get("/public/v1/log-leaves?kind=assessment"), 200).json["items"]
        self.assertEqual(leaf["subject"], QUARTER)
        self.assertEqual(json.loads(leaf["content"])["csv_sha256"], WORLD.frozen.json["csv_sha256"])

    def test_json_says_the_same_with_what_each_column_means(self):
        told = must(WORLD.client().get(f"/public/v1/assessments/{QUARTER}"), 200).json
        self.assertEqual([c["name"] for c in told["columns"]], list(self.rows()[0]))
        self.assertEqual([f["share"] or "" for f in told["figures"]], [row["share"] for row in self.rows()])
        self.assertEqual({k: told[k] for k in WORLD.frozen.json}, WORLD.frozen.json)
        self.assertEqual(must(WORLD.client().get("/public/v1/assessments"), 200).json["items"], [WORLD.frozen.json])
        self.assertEqual(WORLD.client().get("/public/v1/assessments/2025-Q4").status, 404)
        self.assertEqual(WORLD.client().get("/public/v1/assessments/spring").status, 404)

    def test_a_chart_shows_the_share_and_its_interval(self):
        path = f"/public/v1/assessments/{QUARTER}/chart"
        drawn = must(WORLD.client(language="en").get(f"{path}?indicator=verified&level=unit", "image/svg+xml"), 200)
        self.assertEqual(drawn.headers["content-type"], "image/svg+xml")
        picture = xml.etree.ElementTree.fromstring(drawn.body)
        svg = "{http://www.w3.org/2000/svg}"
        self.assertEqual(picture.find(f"{svg}title").text, f"Promises whose check is closed, {QUARTER}")
        self.assertIn("7.5 % (3 / 40)", picture.find(f"{svg}desc").text)
        self.assertEqual(list(WORLD.client().get(f"{path}?level=street", "image/svg+xml").pointers()), ["query:level"])
        hidden = must(WORLD.client(language="zh-CN").get(f"{path}?indicator=inconsistent&level=unit", "image/svg+xml"), 200).body.decode()
        self.assertIn("没有可以显示的数值", hidden)

    def test_the_region_is_that_of_the_unit(self):
        self.assertEqual(self.figures("verified", "county"), {DISTRICT: (str(CHECKED), "40")})


def people_of(login):
    return WORLD.people[login][0]


if __name__ == "__main__":
    unittest.main()
