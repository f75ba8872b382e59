"""Feeds followed by their cursors while two processes, whose clocks are two hours apart, write: nothing is missed, nothing comes twice."""
import datetime
import threading
import unittest

from sponsio_e2e.client import Client
from sponsio_e2e.cluster import SharedWorld
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import Filers, open_matter
from sponsio_e2e.program import wait_until
from sponsio_e2e.world import TrainingClock, must

WORLD = SharedWorld("--shards", "2", "--writers", "1")


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    ahead = TrainingClock(WORLD.folder / "clock-ahead", WORLD.clock.now() + datetime.timedelta(hours=2))
    WORLD.start_one("two", ahead)


def client(login, name="one"):
    return Client(WORLD.servers[name], WORLD.tokens[login], WORLD.recorder)


class Follower(threading.Thread):
    """Asks with the last cursor it got until it is told to stop, and then once more to the end."""

    def __init__(self, login, target, of):
        super().__init__(daemon=True)
        WORLD.client(login)  # so that it has its token
        self.login, self.target, self.of = login, target, of
        self.seen, self.cursor, self.stopping, self.failed = [], None, False, None

    def read_on(self):
        """Everything there is now."""
        got = []
        while True:
            page = must(client(self.login).get(f"{self.target}?limit=50" + (f"&cursor={self.cursor}" if self.cursor else "")), 200).json
            assert (page["next_cursor"] is None) == (page["items"] == []), f"{self.target}: a page of a feed has a cursor to go on from"
            if not page["items"]:
                self.seen += got
                return got
            self.cursor = page["next_cursor"]
            got += [item[self.of] for item in page["items"]]

    def run(self):
        try:
            while not self.stopping:
                self.read_on()
        except BaseException as why:
            self.failed = why
            raise

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *what):
        self.stopping = True
        self.join(60)


class Feeds(unittest.TestCase):
    def test_followers_miss_nothing_while_two_processes_write(self):
        commitments = Follower("zhang.clerk", "/v1/commitments", "commitment_code")
        events = Follower("zhou.auditor", "/v1/audit-events", "event_id")
        with commitments, events, Filers(WORLD, "both", [lambda: WORLD.servers["one"], lambda: WORLD.servers["two"]]) as filers:
            wait_until("some are filed at both", lambda: all(len(filer.acknowledged) > 40 for filer in filers.all))
        for follower in (commitments, events):
            self.assertIsNone(follower.failed)
            follower.read_on()
            again = Follower(follower.login, follower.target, follower.of).read_on()
            self.assertEqual(follower.seen, again)
            self.assertEqual(len(again), len(set(again)))
        self.assertGreaterEqual(len(commitments.seen), len(filers.acknowledged()))

    def test_a_clock_that_is_behind_hides_nothing(self):
        follower = Follower("zhang.clerk", "/v1/commitments", "commitment_code")
        follower.read_on()
        for number, name in enumerate(["two", "one", "two", "one"]):
            with Filers(WORLD, f"turn-{number}", [lambda name=name: WORLD.servers[name]], each=1) as filers:
                wait_until("one is filed", lambda filers=filers: filers.acknowledged())
            self.assertEqual(len(follower.read_on()), len(filers.acknowledged()), name)

    def test_the_last_page_of_a_feed_has_a_cursor(self):
        with Filers(WORLD, "last", [lambda: WORLD.servers["one"]], each=1) as filers:
            wait_until("one is filed", lambda: filers.acknowledged())
        for login, target in (("zhang.clerk", "/v1/commitments?"), ("zhou.auditor", "/v1/audit-events?"),
                              ("zhou.auditor", "/public/v1/log-leaves?kind=key&")):
            cursor, page = "", {"next_cursor": "begin"}
            while page["next_cursor"]:
                page = must(client(login).get(f"{target}limit=200{cursor}"), 200).json
                self.assertEqual(page["next_cursor"] is None, page["items"] == [], target)
                if page["items"]:
                    cursor = f"&cursor={page['next_cursor']}"
            self.assertNotEqual(cursor, "", target)
