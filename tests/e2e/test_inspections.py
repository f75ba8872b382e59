"""On-site checks of enterprises are administrative inspections (国办发〔2024〕54号): no visit without another person's approval, none above the yearly
cap that the unit published, and a check code that the enterprise can look up."""
import datetime
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.identifiers import uscc
from sponsio_e2e.inspecting import COMPANY, Inspecting
from sponsio_e2e.world import World, must

WORLD = World()


def setUpModule():
    begin(WORLD)


class Inspections(unittest.TestCase):
    def setUp(self):
        if not hasattr(WORLD, "inspecting"):
            WORLD.inspecting = Inspecting(WORLD).found()
        self.road = WORLD.inspecting

    def company(self, number):
        """One that no other case counts."""
        return COMPANY | {"document": {"type": "uscc", "number": uscc(f"9111010500000{number:04}")}}

    def refused(self, exchange, status, problem, said=""):
        self.assertEqual((exchange.status, exchange.problem), (status, problem))
        self.assertIn(said, exchange.body.decode())
        return exchange

    def test_nobody_concludes_what_nobody_approved(self):
        task = self.road.check(self.company(1001))
        for result in ("consistent", "inconsistent", "non_cooperation"):
            self.refused(self.road.conclude(task, result), 409, "conflict", "check.enterprise.approval")
        must(self.road.ask(task), 201)
        ended = must(self.road.conclude(task, "cannot_verify"), 200).json  # needs no visit
        self.assertEqual([one["state"] for one in ended["inspections"]], ["called_off"])

    def test_from_the_request_to_the_visit_within_the_cap(self):
        company = self.company(1002)
        task, other = self.road.check(company), self.road.check(company)
        yesterday = (datetime.date.fromisoformat(WORLD.clock.today()) - datetime.timedelta(days=1)).isoformat()
        past = self.refused(self.road.ask(task, planned_on=yesterday), 422, "invalid")
        self.assertEqual(list(past.pointers()), ["/planned_on"])
        must(self.road.ask(task), 201)
        self.refused(self.road.ask(task), 409, "conflict", "正在等待决定")
        waiting = must(self.road.supervisor.get("/v1/work?kind=inspection_to_decide"), 200).json["items"]
        self.assertEqual([item["href"] for item in waiting], [task])
        self.refused(self.road.decide(task, by=self.road.lead), 409, "same-person")
        self.refused(self.road.conclude(task), 409, "conflict")
        must(self.road.decide(task, approved=False), 200)
        must(self.road.ask(task, planned_on=f"{int(WORLD.clock.today()[:4]) + 1}-01-05"), 201)
        self.refused(self.road.decide(task), 409, "conflict", "尚未公布")  # of next year
        must(self.road.decide(task, approved=False), 200)
        must(self.road.ask(task), 201)
        self.road.publish(3)
        self.assertEqual(self.road.publish(1)["most"], 1)
        caps = must(self.road.supervisor.get("/v1/inspection-caps"), 200).json["items"]
        self.assertEqual([cap["most"] for cap in caps], [1])
        approved = must(self.road.decide(task), 200).json["inspections"][-1]
        self.assertEqual(approved["state"], "approved")
        self.assertEqual(approved["decided_by_name"], "钱七")

        shown = must(WORLD.client().get(f"/public/v1/inspections/{approved['check_code'].lower().replace('-', '')}"), 200).json
        self.assertEqual((shown["state"], shown["planned_on"], shown["yearly_cap"]), ("approved", WORLD.clock.today(), 1))
        self.assertNotIn("示例住房租赁", str(shown))
        page = must(WORLD.client().get(f"/window/inspections?lang=zh&code={approved['check_code']}"), 200).body.decode()
        for word in ("已批准", "公租房共同申请人亲属关系确认", WORLD.clock.today()):
            self.assertIn(word, page)
        unknown = must(WORLD.client().get("/window/inspections?lang=en&code=0000"), 200).body.decode()
        self.assertIn("No inspection was approved under this code.", unknown)
        self.assertEqual(WORLD.client().get("/public/v1/inspections/0000-0000-0000-0000").status, 404)

        must(self.road.ask(other), 201)
        self.refused(self.road.decide(other), 409, "conflict", "上限为 1 次")
        must(self.road.decide(other, approved=False), 200)

        done = must(self.road.conclude(task), 200).json
        self.assertEqual(done["inspections"][-1]["state"], "carried_out")
        must(self.road.ask(other), 201)
        self.refused(self.road.decide(other), 409, "conflict", "check.enterprise.cap")  # carried out counts as well

    def test_another_day_calls_the_first_off(self):
        self.road.publish(9)
        task = self.road.check(self.company(1003))
        first = self.road.approved(task)
        must(self.road.ask(task), 201)
        self.assertEqual(must(WORLD.client().get(f"/public/v1/inspections/{first['check_code']}"), 200).json["state"], "called_off")
        must(self.road.decide(task), 200)
        said = must(self.road.conclude(task, "cannot_verify"), 200).json["inspections"]
        self.assertEqual([one["state"] for one in said], ["called_off", "called_off"])

    def test_a_conclusion_that_was_set_aside_rests_on_the_same_visit(self):
        self.road.publish(9)
        task = self.road.check(self.company(1004))
        self.road.approved(task)
        must(self.road.conclude(task), 200)
        must(self.road.second.post(f"{task}/sign-off", {"dissent": "面积未核对"}), 200)
        self.assertEqual(must(self.road.conclude(task), 200).json["inspections"][-1]["state"], "carried_out")

    def test_a_person_is_checked_on_site_without(self):
        task = self.road.check(people.RESIDENT)
        self.refused(self.road.ask(task), 409, "conflict", "单位或者个体工商户")
        must(self.road.conclude(task), 200)


if __name__ == "__main__":
    unittest.main()
