"""Campaigns against proofs that may not be demanded: before and after over three counties, who may do what, and what is refused."""
import pathlib
import tempfile
import unittest

from sponsio_e2e.campaigning import BANK, BUREAU, COMMITTEE, COUNTED, COUNTIES, Campaign, Campaigning, count, day, plan
from sponsio_e2e.contract import begin
from sponsio_e2e.exposures import found_authorities
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import DISTRICT, World, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    found_authorities(WORLD)
    with tempfile.TemporaryDirectory() as folder:
        WORLD.told = Campaigning(WORLD, pathlib.Path(folder), Silence())
        WORLD.told.tell()


def opened(**changes):
    campaign = Campaign.drafted(WORLD, **changes)
    campaign.open()
    return campaign


class ThreeCounties(unittest.TestCase):
    def test_figures_before_and_after(self):
        one, seen = WORLD.told.campaign, WORLD.told.campaign.public()
        item = seen["items"][0]["item_id"]
        figures = {(f["region_code"], f["counted_as"]): (f["item_id"], f["before"], f["after"]) for f in seen["figures"]}
        self.assertEqual(figures, {(region, kind): (item, before[i], after[i]) for region, (before, after) in COUNTED.items()
                                   for i, kind in enumerate(("issued", "demanded"))})
        self.assertEqual([(p["region_code"], p["tasks"], p["accepted"], p["overdue"], p["orders"]) for p in seen["progress"]],
                         [(DISTRICT, 3, 3, 0, 1), ("110101", 3, 3, 0, 0), ("110102", 3, 3, 0, 0)])
        self.assertEqual([(p["orders_about_committees"], p["corrected"]) for p in seen["progress"]], [(1, 1), (0, 0), (0, 0)])
        self.assertEqual((seen["state"], seen["result"], seen["purpose"]), ("closed", "三个县区违规出具和索要的证明明显减少。", plan(WORLD)["purpose"]))
        self.assertEqual(seen["regions"][0]["region_name"], "北京市朝阳区")
        units = {(u["unit_name"], u["region_code"], u["counted_as"]): (u["before"], u["after"]) for u in one.seen()["units"]}
        self.assertEqual((units[COMMITTEE, DISTRICT, "issued"], units[BANK, "110102", "demanded"]), ((120, 3), (0, 4)))
        self.assertEqual([h["event"] for h in one.seen()["history"]], ["created", "open", "propose_result", "close"])

    def test_what_everybody_reads_names_no_unit_and_nobody(self):
        one = WORLD.told.campaign
        read = must(WORLD.client().get(f"/public{one.path}"), 200)
        for word in (COMMITTEE, BANK, "莫拟", "宁启", "已逐一核查", "同意启动"):
            self.assertNotIn(word, read.body.decode())
        listed = WORLD.client().all_items("/public/v1/campaigns?limit=1")
        self.assertIn(one.path.rsplit("/", 1)[1], [c["campaign_id"] for c in listed])
        again = WORLD.client().request("GET", f"/public{one.path}", headers={"If-None-Match": read.headers["etag"]})
        self.assertEqual(again.status, 304)

    def test_a_unit_sees_its_own_tasks_and_no_other_unit(self):
        seen = WORLD.told.campaign.seen(WORLD.client("xi.counts"))
        self.assertEqual({t["region_code"] for t in seen["tasks"]}, {"110102"})
        self.assertEqual((seen["units"], seen["steps"], seen["history"]), ([], [], []))
        foreign = WORLD.told.campaign.task("count_before", "110101")
        self.assertEqual(WORLD.client("xi.counts").get(foreign).status, 404)
        self.assertEqual(WORLD.client("zhang.clerk").get(WORLD.told.campaign.path).status, 404)


class TwoPersons(unittest.TestCase):
    def test_nobody_decides_about_what_they_did_themselves(self):
        one = Campaign.drafted(WORLD)
        own = one.planner.post(f"{one.path}/opening", {"reasons": "x"})
        self.assertEqual((own.status, own.problem), (409, "same-person"))
        waits = must(one.head.get("/v1/work?kind=campaign_to_open"), 200).json["items"]
        self.assertIn(one.path, [w["href"] for w in waits])
        one.open()
        self.assertEqual(one.head.post(f"{one.path}/withdrawal", {"why": "x"}).problem, "same-person")
        self.assertEqual(one.planner.post(f"{one.path}/result", {"result": "x"}).problem, "too-early")
        one.take(one.planner, "withdrawal", {"why": "改为全市统一部署。"})
        self.assertEqual(one.public()["state"], "withdrawn")
        self.assertEqual(one.unit().post(f"{one.task('clean_up')}/report", {"statement": "x"}).problem, "conflict")

    def test_a_result_after_the_last_day_says_what_was_not_counted(self):
        one = opened(regions=(DISTRICT,))
        item = one.seen()["items"][0]["item_id"]
        one.report("count_before", counts=[count(item, 7)])
        one.accept("count_before")
        one.days_pass(101)
        self.assertIn(one.path, [w["href"] for w in must(one.planner.get("/v1/work?kind=campaign_to_conclude"), 200).json["items"]])
        one.take(one.planner, "result", {"result": "未完成治理后统计。"})
        self.assertIsNone(one.public()["result"])
        self.assertEqual(one.planner.post(f"{one.path}/result-decision", {"agreed": True, "reasons": "x"}).problem, "same-person")
        self.assertIn(one.path, [w["href"] for w in must(one.head.get("/v1/work?kind=campaign_to_decide"), 200).json["items"]])
        self.assertEqual(one.unit().post(f"{one.task('clean_up')}/report", {"statement": "x"}).problem, "conflict")
        one.take(one.head, "result-decision", {"agreed": False, "reasons": "请说明原因。"})
        one.take(one.planner, "result", {"result": "治理后统计未按期报送。"})
        closed = one.take(one.head, "result-decision", {"agreed": True, "reasons": "属实。"})
        self.assertEqual([(f["before"], f["after"]) for f in closed["figures"]], [(7, None)])
        self.assertEqual((closed["totals"][0]["before"], closed["progress"][0]["overdue"]), (0, 2))


class Tasks(unittest.TestCase):
    def test_a_report_is_returned_and_only_the_last_one_counts(self):
        one = opened(regions=(DISTRICT,))
        item = one.seen()["items"][0]["item_id"]
        task = one.task("count_before")
        self.assertIn(task, [w["href"] for w in must(one.unit().get("/v1/work?kind=campaign_task_to_report"), 200).json["items"]])
        one.report("count_before", counts=[count(item, 7), count(item, 1, BANK, "demanded")])
        self.assertIn(task, [w["href"] for w in must(one.accepter.get("/v1/work?kind=campaign_task_to_accept"), 200).json["items"]])
        self.assertEqual(one.accept("count_before", agreed=False)["state"], "assigned")
        self.assertEqual(one.public()["figures"], [])
        told = one.report("count_before", counts=[count(item, 9)])
        self.assertEqual(([c["number"] for c in told["counts"]], told["decided_by"]), ([9], None))
        one.accept("count_before")
        self.assertEqual([(f["before"], f["after"]) for f in one.public()["figures"]], [(9, None)])

    def test_the_second_count_leaves_nobody_out_and_waits_for_its_period(self):
        one = opened(regions=(DISTRICT,))
        item = one.seen()["items"][0]["item_id"]
        early = one.unit().post(f"{one.task('count_after')}/report", {"statement": "x", "counts": [count(item, 1)]})
        self.assertEqual(early.problem, "too-early")
        one.days_pass(70)
        early = one.unit().post(f"{one.task('count_after')}/report", {"statement": "x", "counts": [count(item, 1)]})
        self.assertEqual(early.problem, "conflict")
        one.report("count_before", counts=[count(item, 9), count(item, 2, BANK, "demanded")])
        one.accept("count_before")
        missing = one.unit().post(f"{one.task('count_after')}/report", {"statement": "x", "counts": [count(item, 1)]})
        self.assertEqual(missing.pointers(), {"/counts": "required"})
        self.assertIn(BANK, missing.body.decode())
        # However the unit is spelled, and a unit that comes anew is no part of the comparison.
        one.report("count_after", counts=[count(item, 1), count(item, 0, f" {BANK}", "demanded"), count(item, 4, "示例二社区居民委员会")])
        one.accept("count_after")
        totals = {t["counted_as"]: (t["before"], t["after"]) for t in one.public()["totals"]}
        self.assertEqual(totals, {"issued": (9, 1), "demanded": (2, 0)})

    def test_reports_that_are_refused(self):
        one = opened(regions=(DISTRICT,))
        item = one.seen()["items"][0]["item_id"]
        before = WORLD.stored()
        for kind, body, pointers in [
            ("count_before", {"statement": "x"}, {"/counts": "required"}),
            ("clean_up", {"statement": "x", "counts": [count(item, 1)]}, {"/counts": "not_allowed_here"}),
            ("count_before", {"statement": "x", "counts": [count("cn-2020-05", 1)]}, {"/counts/0/item_id": "unknown_value"}),
            ("count_before", {"statement": "x", "counts": [count(item, 1), count(item, 2)]}, {"/counts/1": "listed_twice"}),
            ("count_before", {"statement": "", "counts": [count(item, -1) | {"unit_uscc": "1"}]},
             {"/statement": "empty", "/counts/0/number": "out_of_range", "/counts/0/unit_uscc": "bad_format"}),
        ]:
            with self.subTest(pointers):
                self.assertEqual(one.unit().post(f"{one.task(kind)}/report", body).pointers(), pointers)
        self.assertEqual(WORLD.stored(), before)
        self.assertEqual(one.accepter.post(f"{one.task('clean_up')}/decision", {"agreed": True, "reasons": "x"}).problem, "wrong-step")


class Plans(unittest.TestCase):
    def refused(self, login="mo.plans", **changes):
        return WORLD.client(login).post("/v1/campaigns", plan(WORLD) | changes, key=True).pointers()

    def test_plans_that_are_refused(self):
        before = WORLD.stored()
        good = plan(WORLD)
        tasks = good["tasks"]
        for changes, pointers in [
            ({"ends_on": day(WORLD, -1)}, {"/ends_on": "reversed_days"} | {f"/tasks/{i}/due_on": "out_of_range" for i in range(9)}),
            ({"after": {"from": day(WORLD, 40), "to": day(WORLD, 68)}}, {"/after/to": "unequal_days"}),
            ({"after": good["before"]}, {"/after/from": "overlapping_days"}),
            ({"before": {"from": day(WORLD, 2), "to": day(WORLD, 1)}}, {"/before/to": "reversed_days"}),
            ({"tasks": tasks[1:]}, {"/region_codes/0": "required"}),
            ({"tasks": [*tasks, tasks[0]]}, {"/tasks/9/kind": "listed_twice"}),
            ({"tasks": [tasks[0] | {"due_on": day(WORLD, -1)}, *tasks[1:]]}, {"/tasks/0/due_on": "reversed_days"}),
            ({"tasks": [tasks[0] | {"region_code": "110106"}, *tasks[1:]]}, {"/tasks/0/region_code": "unknown_value", "/region_codes/0": "required"}),
            ({"tasks": [tasks[0] | {"unit_uscc": COUNTIES["110102"][0]}, *tasks[1:]]}, {"/tasks/0/unit_uscc": "no_such_thing"}),
            ({"tasks": [tasks[0] | {"unit_uscc": BUREAU}, *tasks[1:]]}, {"/tasks/0/unit_uscc": "no_such_thing"}),
            ({"item_ids": ["none-1"]}, {"/item_ids/0": "no_such_thing"}),
            ({"item_ids": [good["item_ids"][0]] * 2}, {"/item_ids/1": "listed_twice"}),
            ({"region_codes": [*COUNTIES, "110000"]}, {"/region_codes/0": "listed_twice", "/region_codes/1": "listed_twice", "/region_codes/2": "listed_twice", "/region_codes/3": "required"}),
            ({"authority": "justice"}, {f"/region_codes/{i}": "no_such_thing" for i in range(3)}),
        ]:
            with self.subTest(pointers):
                self.assertEqual(self.refused(**changes), pointers)
        # A county's authority plans nothing for the counties beside it.
        self.assertEqual(self.refused("jin.proposes"), {"/region_codes/1": "no_such_thing", "/region_codes/2": "no_such_thing"})
        self.assertEqual(WORLD.stored(), before)


if __name__ == "__main__":
    unittest.main()
