"""A decision served before anybody announced the next year's working days: on record at once, its end when they are known."""
import datetime
import json
import pathlib
import tempfile
import unittest
import urllib.request

from sponsio_e2e import people
from sponsio_e2e.contract import judge_exchanges
from sponsio_e2e.program import wait_until
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import CALENDAR_2027, World, must


def china(*moment):
    return datetime.datetime(*moment, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


class OpenEnd(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.world.start()
        self.addCleanup(judge_exchanges, self.world)
        self.story = Story(self.world, pathlib.Path(folder.name), Silence())

    @property
    def clerk(self):
        return self.world.client("zhang.clerk")

    def decided(self):
        for step in (self.story.give_notice, self.story.file_commitment, self.story.verify):
            step()
        draft = people.finding(self.story.task_id, [self.story.evidence_id])
        made = must(self.world.client("li.verifier").post("/v1/findings", draft, key=True), 201).json
        path = f"/v1/findings/{made['finding_id']}"
        must(self.world.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
        self.world.notify(self.clerk, path)
        must(self.clerk.post(f"{path}/defence", people.waiver(self.clerk, path)), 200)
        must(self.world.client("zhao.decider").post(f"{path}/decision", people.DECISION | {"defence_answer": None}), 200)
        return path

    def metric(self, beginning):
        """What the operator sees: the number on the line that begins so."""
        with urllib.request.urlopen(f"http://{self.world.server.ready['ops']}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(beginning)), 0)

    def waiting(self):
        return self.metric("findings_awaiting_calendar ")

    def rounds(self):
        return self.metric('work_runs_total{job="effect",outcome="ok"}')

    def litigation(self, path):
        finding = must(self.clerk.get(path), 200).json
        return finding, next(c for c in finding["clocks"] if c["clock"] == "remedy.litigation")

    def test_gets_its_last_day_from_next_years_calendar(self):
        path = self.decided()
        self.world.clock.move_to(china(2026, 7, 10, 10))
        finding = must(self.clerk.post(f"{path}/service", people.service(self.clerk, path, self.world.after_all_that())), 200).json
        self.assertEqual((finding["state"], finding["waits_for_calendar"]), ("served", 2027))
        _, open_clock = self.litigation(path)
        self.assertEqual((open_clock["due_on"], open_clock["due_at"], open_clock["calendar"]), (None, None, None))
        listed = must(self.clerk.get("/v1/findings?state=served"), 200).json["items"]
        self.assertEqual([row["waits_for_calendar"] for row in listed], [2027])
        wait_until("the metric says so", lambda: self.waiting() == 1)
        self.world.clock.move_to(china(2027, 1, 4, 9))
        rounds = self.rounds()
        wait_until("the background looked at it", lambda: self.rounds() > rounds + 1)
        self.assertEqual(must(self.clerk.get(path), 200).json["state"], "served")

        announced = self.world.folder / "cn-2027.json"
        announced.write_text(json.dumps(CALENDAR_2027, ensure_ascii=False), encoding="utf-8")
        self.world.server.stop()
        self.world.options = ["--calendar", announced]
        self.world.start_server()
        wait_until("the end is set", lambda: self.litigation(path)[1]["due_on"])
        finding, clock = self.litigation(path)
        # The corresponding day is a Sunday that is worked in exchange for a holiday.
        self.assertEqual((clock["due_on"], clock["calendar"], clock["waits_for_calendar"]), ("2027-01-10", "cn-2027.test", None))
        self.assertEqual((finding["state"], finding["waits_for_calendar"]), ("served", None))
        self.assertEqual(finding["history"][-1]["event"], "calendar_known")
        wait_until("the metric says so", lambda: self.waiting() == 0)
        self.world.clock.move_to(china(2027, 1, 11, 0, 1))
        wait_until("the finding takes effect", lambda: must(self.clerk.get(path), 200).json["state"] == "effective")
        self.assertEqual(must(self.clerk.get(path), 200).json["effective_at"], "2027-01-10T16:00:00.000000Z")
