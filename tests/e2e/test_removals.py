"""A record that was published, reported and collected is overturned: gone everywhere within three working days, with every receipt."""
import datetime
import pathlib
import tempfile
import unittest
import urllib.request

from sponsio_e2e import judges
from sponsio_e2e.case import reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.life import Life, carried, copies, corrected_report, give_place
from sponsio_e2e.program import ProgramFailed, wait_until
from sponsio_e2e.receiver import Receiver
from sponsio_e2e.world import World, must

WORLD = World()
FOLDER = tempfile.TemporaryDirectory()
RECEIVER = None


def setUpModule():
    global RECEIVER
    RECEIVER = Receiver(pathlib.Path(FOLDER.name))
    unittest.addModuleCleanup(FOLDER.cleanup)
    unittest.addModuleCleanup(RECEIVER.close)
    WORLD.options += RECEIVER.options()
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    WORLD.subscription = must(WORLD.client("sun.integrator").post("/v1/subscriptions", {"url": RECEIVER.url}, key=True), 201).json
    WORLD.case = reported_case(WORLD)
    corrected_report(WORLD, WORLD.case)
    give_place(WORLD)


def metric(name):
    with urllib.request.urlopen(f"http://{WORLD.server.ops}/metrics", timeout=10) as answer:
        return float(next(line.split()[1] for line in answer.read().decode().splitlines() if line.startswith(name + " ")))


def stored():
    """What a refused receipt could have written; the rounds go on meanwhile."""
    return WORLD.sql("select md5(string_agg(t::text, '' order by t::text)) from removal_receiver t where receiver = 'integrator'")


def messages(kind):
    """The data of the messages of that kind, each as the library of the specification believes it."""
    told = []
    for _, headers, body in RECEIVER.seen():
        signed = {name: headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        message = judges.webhook(WORLD.subscription["secret"], signed, body)
        if message["type"] == kind:
            told.append(message["data"])
    return told


class OneRecord(unittest.TestCase):
    """In one go, since what is removed stays removed."""

    def setUp(self):
        self.life = Life(WORLD, WORLD.case["record_id"])

    def removals(self, who=None, **filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return (who or self.life.supervisor).all_items(f"/v1/removals?limit=1&record_id={self.life.record}" + (f"&{query}" if query else ""))

    def removal(self, who=None, **filters):
        one, = self.removals(who, **filters)
        return must((who or self.life.supervisor).get(f"/v1/removals/{one['removal_id']}"), 200).json

    def receivers(self, removal):
        return {(r["receiver"], r["organisation_name"] is not None): r for r in removal["receivers"]}

    def test_1_who_collects_is_remembered_once(self):
        integrator = self.life.integrator
        wait_until("the record is told", lambda: messages("record.issued"))
        for _ in range(3):
            must(integrator.get("/v1/records"), 200)
            must(integrator.get(f"/v1/records/{self.life.record}"), 200)
        self.assertEqual(WORLD.sql(f"select count(*) from record_holder where record_id = '{self.life.record}'"), ["1"])
        must(self.life.supervisor.get(f"/v1/records/{self.life.record}?disclose=all"), 200)
        self.assertEqual(WORLD.sql("select count(*) from record_holder"), ["1"])  # who works with it at its unit collects nothing
        self.assertEqual(self.removals(), [])

    def test_2_the_end_of_a_publication_is_confirmed(self):
        life = self.life
        path = life.published()
        self.assertEqual(len(life.shown()), 1)
        must(life.decider.post(f"{path}/removal", {"why": "公示内容有误", "number": "示例住保撤示字〔2026〕1号"}), 200)
        told = wait_until("the receiver is told", lambda: messages("record.removal"))
        self.assertEqual((told[0]["measure"], told[0]["record_id"], told[0]["message"]), ("end_publicity", life.record, 1))
        self.assertTrue(told[0]["rule"].startswith("removal.receipt"))
        site = wait_until("the pages were looked at", lambda: self.receivers(self.removal()) if self.removal()["receivers"][-1]["confirmed_at"] else None)
        self.assertEqual(site["publicity_site", False]["basis"], "look")
        self.assertNotIn(("platform", False), site)  # what is public here says nothing of what is shared
        self.assertIsNone(site["integrator", True]["confirmed_at"])
        # Taking the message is not the receipt.
        wait_until("the message is taken", lambda: any(d["type"] == "record.removal" and d["state"] == "delivered" for d in
                                                       life.integrator.all_items(f"/v1/subscriptions/{WORLD.subscription['subscription_id']}/deliveries")))
        self.assertEqual(self.removal()["state"], "ordered")
        work = must(life.integrator.get("/v1/work?kind=removal_to_confirm"), 200).json["items"]
        self.assertEqual([(w["href"], w["operations"], w["due_on"], w["commitment_code"]) for w in work],
                         [(f"/v1/removals/{told[0]['removal_id']}", ["confirmRemoval"], told[0]["due_on"], None)])

    def test_3_overturned_it_is_removed_by_everybody(self):
        life = self.life
        published = life.published()
        path = life.object("wrong_person", "行政复议决定书")
        life.answer(path, outcome="delete", reasons="行政复议决定撤销认定。", number="示例复决字〔2026〕9号")
        self.assertEqual((life.status(), life.shown()), ("invalid", []))
        must(life.clerk.get(published), 200)
        told = wait_until("the receiver is told", lambda: [m for m in messages("record.removal") if m["measure"] == "stop_sharing"])[0]
        self.assertEqual(told["receipts"], f"/v1/removals/{told['removal_id']}/receipts")
        source = carried("removal.receipt")
        self.assertEqual((source["value"], source["unit"]), (3, "working_days"))
        wait_until("the platform dropped the record", lambda: not copies(WORLD, WORLD.case), within=60)
        ordered = lambda: must(life.supervisor.get(f"/v1/removals/{told['removal_id']}"), 200).json
        removal = wait_until("the platform's answer is the receipt",
                             lambda: ordered() if self.receivers(ordered())["platform", False]["confirmed_at"] else None, within=60)
        parts = self.receivers(removal)
        self.assertEqual((parts["platform", False]["basis"], parts["publicity_site", False]["basis"]), ("acknowledgement", "look"))
        self.assertTrue(parts["platform", False]["reference"].startswith(life.record))
        self.assertIsNone(parts["integrator", True]["confirmed_at"])
        self.assertIsNone(removal["ended_at"])

    def test_4_what_was_removed_is_disclosed_to_nobody_else(self):
        feed = next(r for r in must(self.life.integrator.get("/v1/records"), 200).json["items"] if r["record_id"] == self.life.record)
        self.assertEqual((feed["status"], feed["sd_jwt"].count("~")), ("invalid", 1))
        self.assertEqual(must(self.life.integrator.get(f"/v1/records/{self.life.record}?disclose=all"), 200).json["sd_jwt"].count("~"), 1)
        own = must(self.life.supervisor.get(f"/v1/records/{self.life.record}?disclose=all"), 200).json
        self.assertGreater(own["sd_jwt"].count("~"), 1)

    def test_5_bad_receipts_change_nothing(self):
        removal = next(r for r in self.removals() if r["measure"] == "stop_sharing")
        path = f"/v1/removals/{removal['removal_id']}/receipts"
        now = WORLD.after_all_that()
        before = stored()
        for receipt, pointers in (({"measure": "end_publicity", "removed_at": now}, {"/measure": "too_weak"}),
                                  ({"measure": "stop_sharing", "removed_at": "2099-01-01T00:00:00Z"}, {"/removed_at": "in_future"}),
                                  ({"measure": "stop_sharing", "removed_at": "2020-01-01T00:00:00Z"}, {"/removed_at": "before_held"}),
                                  ({"measure": "gone"}, {"/measure": "unknown_value", "/removed_at": "required"})):
            self.assertEqual(self.life.integrator.post(path, receipt, key=True).pointers(), pointers)
        good = {"measure": "stop_sharing", "removed_at": now}
        self.assertEqual(self.life.integrator.post(path, good).problem, "idempotency-key-missing")
        self.assertEqual(self.life.supervisor.post(path, good, key=True).status, 403)
        unknown = "/v1/removals/019cac0f-4291-7e49-a613-d8a229eb7bd4"
        for answer in (self.life.integrator.post(f"{unknown}/receipts", good, key=True), self.life.integrator.get(unknown)):
            self.assertEqual((answer.status, answer.problem), (404, "not-found"))
        self.assertEqual(stored(), before)

    def test_6_overdue_it_is_shown_and_brought_to_mind(self):
        life = self.life
        before = len(messages("record.removal"))
        removal = next(r for r in self.removals() if r["measure"] == "stop_sharing")
        last = datetime.date.fromisoformat(removal["due_on"])
        WORLD.clock.move_to(datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(9, 0), datetime.timezone(datetime.timedelta(hours=8))))
        late = wait_until("it is overdue", lambda: next((r for r in self.removals(state="overdue") if r["measure"] == "stop_sharing"), None))
        work = must(life.supervisor.get("/v1/work?kind=removal_overdue"), 200).json["items"]
        self.assertIn((f"/v1/removals/{late['removal_id']}", removal["due_on"]), [(w["href"], w["due_on"]) for w in work])
        wait_until("the metric says so", lambda: metric("removal_receipts_overdue") > 0)
        reminded = wait_until("the receiver is reminded", lambda: messages("record.removal")[before:])
        self.assertIn(2, [m["message"] for m in reminded])

    def test_7_one_receipt_ends_it_and_what_asked_for_less(self):
        life = self.life
        removal = next(r for r in self.removals() if r["measure"] == "stop_sharing")
        path, receipt = f"/v1/removals/{removal['removal_id']}/receipts", {"measure": "stop_sharing", "removed_at": WORLD.after_all_that(), "reference": "XC-7"}
        seen = must(life.integrator.post(path, receipt, key="receipt-1"), 201).json
        self.assertEqual((seen["state"], len(seen["receivers"]), seen["receivers"][0]["basis"], seen["history"]), ("finished", 1, "statement", []))
        again = must(life.integrator.post(path, receipt, key="receipt-1"), 201)
        self.assertEqual((again.json, again.headers["idempotency-replayed"]), (seen, "true"))
        before = stored()
        self.assertEqual(life.integrator.post(path, receipt, key=True).problem, "conflict")
        self.assertEqual(stored(), before)
        self.assertEqual({r["measure"]: r["state"] for r in self.removals()}, {"end_publicity": "finished", "stop_sharing": "finished"})
        self.assertEqual(must(life.supervisor.get("/v1/work?kind=removal_overdue"), 200).json["items"], [])
        whole = must(life.supervisor.get(f"/v1/removals/{removal['removal_id']}"), 200).json
        self.assertEqual([h["event"] for h in whole["history"]][-2:], ["confirm", "finish"])
        self.assertEqual({r["basis"] for r in whole["receivers"]}, {"statement", "acknowledgement", "look"})
        with self.assertRaisesRegex(ProgramFailed, "a receipt stays as it was given"):
            WORLD.sql("update removal_receiver set reference = 'x'")


if __name__ == "__main__":
    unittest.main()
