"""A day of an integrator, on the contract alone: records, their status and the audit trail are followed while the server is stopped
and killed; nothing is missed and nothing comes twice."""
import datetime
import pathlib
import tempfile
import unittest
import urllib.parse

from sponsio_e2e import judges, people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.following import Following
from sponsio_e2e.pages import Page
from sponsio_e2e.program import wait_until
from sponsio_e2e.sheets import number_of
from sponsio_e2e.world import ROOT, World, must, parse_instant

WORLD = World()
CASES = 3


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def restart(kill):
    """Ends the server, with or without warning, and starts it again where it was."""
    port = int(WORLD.server.address.rsplit(":", 1)[1])
    if kill:
        WORLD.server.kill()
    else:
        WORLD.server.stop()
    WORLD.start_server(port)


def moment_after(clocks):
    return max(parse_instant(clock["due_at"]) for clock in clocks) + datetime.timedelta(minutes=1)


class Case:
    """An untrue promise on its way to a record: one step of it after the other."""

    def __init__(self, n):
        self.n = n
        self.clerk, self.verifier = WORLD.client("zhang.clerk"), WORLD.client("li.verifier")

    def file(self):
        committer = people.RESIDENT | {"name": "示例甲", "document": {"type": "citizen_id", "number": number_of(self.n)}}
        draft = people.commitment(WORLD.notice_id, WORLD.clock.today()) | {"committer": committer}
        filed = must(self.clerk.post("/v1/commitments", draft, key=True), 201).json
        must(people.add_signed_paper(self.clerk, filed), 201)
        self.task = filed["verification"]["task_id"]

    def check(self):
        task = f"/v1/verifications/{self.task}"
        must(self.verifier.post(f"{task}/claim"), 200)
        must(self.verifier.post(f"{task}/start"), 200)
        evidence = must(self.verifier.post_bytes(f"{task}/evidence?kind=documentary&name=x", b"x", "text/plain", key=True), 201).json
        said = {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "与档案不符。"}
        must(self.verifier.post(f"{task}/conclusion", said), 200)
        must(self.verifier.post(f"{task}/closure"), 200)
        self.evidence = evidence["evidence_id"]

    def draft(self):
        made = must(self.verifier.post("/v1/findings", people.finding(self.task, [self.evidence]), key=True), 201).json
        self.path = f"/v1/findings/{made['finding_id']}"
        must(WORLD.client("wang.reviewer").post(f"{self.path}/review", people.REVIEW), 200)

    def hear(self):
        WORLD.notify(self.clerk, self.path)
        must(self.clerk.post(f"{self.path}/defence", people.waiver(self.clerk, self.path)), 200)

    def decide(self):
        number = {"number": f"示例住保决字〔2026〕{self.n}号", "defence_answer": None}
        must(WORLD.client("zhao.decider").post(f"{self.path}/decision", people.DECISION | number), 200)
        self.clocks = must(self.clerk.post(f"{self.path}/service", people.service(self.clerk, self.path, WORLD.after_all_that())), 200).json["clocks"]

    def record_id(self):
        return must(self.clerk.get(self.path), 200).json["record_id"]


class AnIntegratorsDay(unittest.TestCase):
    def test_records_status_and_audit_through_restarts(self):
        for login in ("sun.integrator", "zhou.auditor"):
            WORLD.client(login)
        records = Following(lambda: WORLD.client("sun.integrator"), "/v1/records", lambda record: record["record_id"])
        events = Following(lambda: WORLD.client("zhou.auditor"), "/v1/audit-events", lambda event: event["event_id"])
        with records, events:
            cases = [Case(n) for n in range(1, CASES + 1)]
            for step, kill in (("file", False), ("check", True), ("draft", False), ("hear", True), ("decide", True)):
                for case in cases:
                    getattr(case, step)()
                restart(kill)
            WORLD.clock.move_to(moment_after(clock for case in cases for clock in case.clocks))
            wait_until("a record is issued", lambda: any(case.record_id() for case in cases))
            restart(True)
            wait_until("all records are issued", lambda: all(case.record_id() for case in cases))
            issued = [case.record_id() for case in cases]
            restart(False)
            self.follow_the_status(issued)
        for follower in (records, events):
            self.assertIsNone(follower.failed)
            self.assertGreater(follower.troubles, 0)  # so it did see the server away
            got = follower.to_the_end()
            self.assertEqual(len(got), len(set(got)))
            self.assertEqual(got, follower.from_the_beginning())
        self.assertEqual(sorted(records.kept[0]), sorted(issued))
        self.page(issued)

    def follow_the_status(self, issued):
        """Each change of the list is seen, and after the server was killed the list says the same."""
        public, integrator = WORLD.client(), WORLD.client("sun.integrator")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        keys = pathlib.Path(folder.name) / "jwks.json"
        keys.write_bytes(must(public.get("/.well-known/jwks.json"), 200).body)
        places = {}
        for record in issued:
            token = must(integrator.get(f"/v1/records/{record}", accept="application/dc+sd-jwt"), 200).body.decode().strip()
            places[record] = judges.verify_record(token, keys)[1]["status"]["status_list"]
        uri, = {place["uri"] for place in places.values()}
        path = urllib.parse.urlsplit(uri).path
        expected = {place["idx"]: 0 for place in places.values()}
        seen = must(public.get(path), 200)
        for record, step, word, value in ((issued[0], "--status", "objected", 12), (issued[1], "--open", "suspension", 2)):
            WORLD.command("record", "status", "--record", record, step, word, "--why", "test", "--training-clock", WORLD.clock.path)
            expected[places[record]["idx"]] = value
            asked = {"If-None-Match": seen.headers["etag"]}
            wait_until("the list is signed anew", lambda: public.request("GET", path, headers=asked).status == 200)
            seen = must(public.get(path), 200)
            judges.status_list_check(seen.body.decode(), keys, uri, expected, int(WORLD.clock.now().timestamp()))
        restart(True)
        again = must(public.get(path), 200)
        judges.status_list_check(again.body.decode(), keys, uri, expected, int(WORLD.clock.now().timestamp()))

    def page(self, issued):
        page = Page(ROOT, "docs/integrators.md", __file__)
        with tempfile.TemporaryDirectory() as folder:
            around = {"SPONSIO": WORLD.server.url, "CA": WORLD.server.certificate, "TOKEN": WORLD.tokens["sun.integrator"]}
            for wanted in (sorted(issued), [], []):
                printed = page.run(0, folder, **around)
                self.assertEqual(sorted(printed.split()), wanted)
        page.hold_all_ran()


if __name__ == "__main__":
    unittest.main()
