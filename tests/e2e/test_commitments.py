"""What becomes of a commitment beside the main story: withdrawn, or made near the end of the known calendar."""
import datetime
import json
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.program import ProgramFailed, wait_until
from sponsio_e2e.world import CALENDAR_2027, World, must

WORLD = World()


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def file(made_on="2026-03-02"):
    return WORLD.client("zhang.clerk").post("/v1/commitments", people.commitment(WORLD.notice_id, made_on), key=True)


class Withdrawal(unittest.TestCase):
    def setUp(self):
        self.clerk, self.verifier = WORLD.client("zhang.clerk"), WORLD.client("li.verifier")
        filed = must(file(), 201).json
        self.code, self.task_id = filed["commitment_code"], filed["verification"]["task_id"]
        self.task_path = f"/v1/verifications/{self.task_id}"

    def ask(self):
        return self.clerk.post(f"/v1/commitments/{self.code}/withdrawal", {"reason": "改交村（居）委会证明"})

    def answer(self, consented=True):
        said = {"consented": consented, "why": "尚未核查"}
        return WORLD.client("qian.supervisor").post(f"/v1/commitments/{self.code}/withdrawal/decision", said)

    def withdraw(self):
        must(self.ask(), 200)
        return self.answer()

    def waiting(self, query):
        return self.task_id in [t["task_id"] for t in self.verifier.all_items(f"/v1/verifications?{query}")]

    def test_ends_a_check_that_nobody_took(self):
        self.assertTrue(self.waiting("queue=unit"))
        asked = must(self.ask(), 200).json
        self.assertEqual((asked["state"], asked["withdrawal"]["state"]), ("effective", "requested"))
        self.assertTrue(self.waiting("queue=unit"))  # the check goes on
        self.assertEqual(self.ask().problem, "conflict")
        self.assertEqual(must(self.answer(), 200).json["state"], "consented")
        self.assertEqual(must(self.clerk.get(f"/v1/commitments/{self.code}"), 200).json["state"], "withdrawn")
        task = must(self.verifier.get(self.task_path), 200).json
        self.assertEqual((task["state"], task["assignee"], task["result"]), ("cancelled", None, None))
        self.assertIsNotNone(task["closed_at"])
        self.assertEqual(task["history"][-1]["event"], "cancel")
        self.assertEqual(task["history"][-1]["by"], WORLD.accounts["qian.supervisor"])
        self.assertFalse(self.waiting("queue=unit"))
        self.assertTrue(self.waiting("queue=unit&state=cancelled"))
        for step in ("claim", "start", "closure"):
            self.assertEqual(self.verifier.post(f"{self.task_path}/{step}").problem, "wrong-step")

    def test_ends_a_check_that_somebody_took(self):
        must(self.verifier.post(f"{self.task_path}/claim"), 200)
        self.assertTrue(self.waiting("queue=mine"))
        must(self.withdraw(), 200)
        self.assertFalse(self.waiting("queue=mine"))
        self.assertTrue(self.waiting("queue=mine&state=cancelled"))
        self.assertEqual(self.verifier.post(f"{self.task_path}/start").problem, "wrong-step")

    def test_is_refused_once_the_check_began(self):
        must(self.verifier.post(f"{self.task_path}/claim"), 200)
        must(self.verifier.post(f"{self.task_path}/start"), 200)
        before = WORLD.stored()
        self.assertEqual((self.ask().status, self.ask().problem), (409, "wrong-step"))
        self.assertEqual(WORLD.stored(), before)

    def test_is_refused_by_the_unit_that_verifies(self):
        must(self.ask(), 200)
        self.assertEqual(must(self.answer(False), 200).json["state"], "refused")
        self.assertEqual(must(self.clerk.get(f"/v1/commitments/{self.code}"), 200).json["state"], "effective")
        self.assertEqual(self.answer().problem, "wrong-step")
        must(self.verifier.post(f"{self.task_path}/claim"), 200)

    def test_happens_once(self):
        must(self.withdraw(), 200)
        before = WORLD.stored()
        self.assertEqual((self.ask().problem, self.answer().problem), ("wrong-step", "wrong-step"))
        self.assertEqual(WORLD.stored(), before)


def with_end(verification):
    """The verification once its last day is known; nothing before."""
    return verification if verification["due_on"] else None


class YearsEnd(unittest.TestCase):
    """The last test of this file: it moves the clock on for good."""

    def restart(self, *options):
        WORLD.server.stop()
        WORLD.options = list(options)
        WORLD.start_server()

    def test_a_year_nobody_announced_yet_and_its_calendar(self):
        WORLD.clock.move_to(datetime.datetime(2026, 12, 21, 1, tzinfo=datetime.timezone.utc))
        filed = must(file("2026-12-21"), 201).json
        waiting = filed["verification"]
        self.assertEqual((waiting["due_on"], waiting["due_at"], waiting["calendar"], waiting["waits_for_calendar"]),
                         (None, None, None, 2027))
        self.assertEqual(sorted(waiting["provisional"]), ["earliest", "latest", "source"])

        announced = WORLD.folder / "cn-2027.json"
        announced.write_text(json.dumps(CALENDAR_2027, ensure_ascii=False), encoding="utf-8")
        with self.subTest("a year that is known already"):
            announced.write_text(json.dumps(CALENDAR_2027 | {"year": 2026}), encoding="utf-8")
            with self.assertRaises(ProgramFailed) as caught:
                self.restart("--calendar", announced)
            self.assertIn("cn-2027.json is not taken", str(caught.exception))
        announced.write_text(json.dumps(CALENDAR_2027, ensure_ascii=False), encoding="utf-8")
        self.restart("--calendar", announced)
        self.restart()  # what was given once is kept
        verification = must(file("2026-12-21"), 201).json["verification"]
        # Eight working days from 22 to 31 December; then 4 to 8, Sunday 10, 11 to 15 and 18 January make it twenty.
        self.assertEqual(verification["due_on"], "2027-01-18")
        self.assertEqual(verification["calendar"], "cn-2026.1+cn-2027.test")
        path = f"/v1/commitments/{filed['commitment_code']}"
        known = wait_until("the open end is set", lambda: with_end(must(WORLD.client("zhang.clerk").get(path), 200).json["verification"]))
        self.assertEqual((known["due_on"], known["provisional"]), ("2027-01-18", None))
