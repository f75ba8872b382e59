"""Integrators are told of records and of changes of their status: each message until it is taken, signed so that the library of the
specification believes it, and never at an address within the operator's own network."""
import datetime
import json
import pathlib
import tempfile
import unittest

from sponsio_e2e import judges
from sponsio_e2e.contract import begin
from sponsio_e2e.program import wait_until
from sponsio_e2e.receiver import Receiver
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
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


class Webhooks(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.integrator = WORLD.client("sun.integrator")
        cls.subscription = must(cls.integrator.post("/v1/subscriptions", {"url": RECEIVER.url}, key=True), 201).json
        cls.where = f"/v1/subscriptions/{cls.subscription['subscription_id']}"
        story = Story(WORLD, pathlib.Path(FOLDER.name), Silence())
        for step in (story.give_notice, story.file_commitment, story.verify, story.find, story.record):
            step()
        cls.record = story.record_id

    def told(self, count):
        return wait_until(f"{count} messages came", lambda: RECEIVER.seen() if len(RECEIVER.seen()) >= count else None)

    def judged(self, message):
        """What the library of Standard Webhooks makes of a message."""
        _, headers, body = message
        return judges.webhook(self.subscription["secret"], self.signed(headers), body)

    @staticmethod
    def signed(headers):
        return {name: headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}

    def deliveries(self):
        return self.integrator.all_items(f"{self.where}/deliveries?limit=1")

    def change(self, *step):
        WORLD.command("record", "status", "--record", self.record, *step, "--why", "test", "--training-clock", WORLD.clock.path)

    def test_1_a_record_is_told(self):
        path, headers, body = self.told(1)[0]
        message = self.judged((path, headers, body))
        self.assertEqual((path, headers["content-type"], message["type"]), ("/hooks", "application/json", "record.issued"))
        feed = must(self.integrator.get("/v1/records?disclose=none"), 200).json["items"][0]
        self.assertEqual(message["data"], feed)
        self.assertEqual(message["data"]["record_id"], self.record)
        for word in ("欧阳", "110105"):
            self.assertNotIn(word, body.decode())  # whoever it is about
        delivery, = self.deliveries()
        self.assertEqual((delivery["state"], headers["webhook-id"]), ("delivered", f"msg_{delivery['delivery_id']}"))
        self.assertEqual([(a["status"], a["cause"]) for a in delivery["attempts"]], [(204, "taken")])
        with self.assertRaises(judges.Refused):
            self.judged((path, headers, body + b" "))

    def test_2_a_change_of_status_is_told_and_tried_until_it_is_taken(self):
        before = len(self.told(1))
        RECEIVER.answers += [(503, {}), (302, {"Location": RECEIVER.url}), (429, {"Retry-After": "86400"})]
        self.change("--status", "objected")
        for attempt, pause in ((1, datetime.timedelta(seconds=10)), (2, datetime.timedelta(minutes=10)), (3, datetime.timedelta(hours=23))):
            self.told(before + attempt)
            WORLD.clock.move_to(WORLD.clock.now() + pause)
        self.assertEqual(len(RECEIVER.seen()), before + 3)  # which asked for a day
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(hours=2))
        messages = self.told(before + 4)[before:]
        self.assertEqual(len({headers["webhook-id"] for _, headers, _ in messages}), 1)
        bodies = [self.judged(message) for message in messages]
        self.assertEqual({body["type"] for body in bodies}, {"record.status_changed"})
        self.assertEqual([(b["data"]["record_id"], b["data"]["changed_to"], b["data"]["serial"]) for b in bodies],
                         [(self.record, "objected", 1)] * 4)
        wait_until("it is delivered", lambda: self.deliveries()[0]["state"] == "delivered")
        self.assertEqual([(a["status"], a["cause"]) for a in self.deliveries()[0]["attempts"]],
                         [(503, "status_503"), (302, "status_302"), (429, "status_429"), (204, "taken")])
        self.assertIsNone(must(self.integrator.get(self.where), 200).json["failing_since"])

    def test_3_replayed_under_the_same_name(self):
        before = self.told(1)
        first = before[0][1]["webhook-id"]
        position = self.judged(before[0])["data"]["position"]
        nothing = must(self.integrator.post(f"{self.where}/replay", {"position": position + 1}), 200).json
        self.assertEqual(nothing["queued"], 0)
        queued = must(self.integrator.post(f"{self.where}/replay", {"position": position}), 200).json["queued"]
        self.assertEqual(queued, len(self.deliveries()))
        again = self.told(len(before) + queued)[len(before):]
        self.assertIn(first, {headers["webhook-id"] for _, headers, _ in again})

    def test_4_one_that_is_gone_is_disabled_and_resumed(self):
        before = len(RECEIVER.seen())
        RECEIVER.answers.append((410, {}))
        self.change("--status", "valid")
        wait_until("it is disabled", lambda: must(self.integrator.get(self.where), 200).json["state"] == "disabled")
        self.assertIn("gone", must(self.integrator.get(self.where), 200).json["stopped_why"])
        WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(hours=1))
        must(self.integrator.post(f"{self.where}/resume"), 200)
        self.assertEqual(self.judged(self.told(before + 2)[-1])["data"]["changed_to"], "valid")

    def test_4a_another_secret_takes_its_place_while_both_sign(self):
        before, earlier = len(RECEIVER.seen()), self.subscription["secret"]
        made = must(self.integrator.post(f"{self.where}/secret", {"overlap_hours": 2}, key="turn"), 201)
        self.assertEqual(made.headers["location"], self.where)
        later = made.json["secret"]
        self.assertNotEqual(later, earlier)
        until = datetime.datetime.fromisoformat(made.json["earlier_until"].replace("Z", "+00:00"))
        self.assertLess(abs(until - WORLD.clock.now() - datetime.timedelta(hours=2)), datetime.timedelta(minutes=1))
        self.assertEqual(self.integrator.post(f"{self.where}/secret", {"overlap_hours": 2}, key="turn").status, 409)  # shown once
        self.change("--status", "objected")
        path, headers, body = self.told(before + 1)[-1]
        self.assertRegex(headers["webhook-signature"], r"\Av1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=\Z")
        for secret in (earlier, later):
            self.assertEqual(judges.webhook(secret, self.signed(headers), body)["data"]["changed_to"], "objected")
        WORLD.clock.move_to(until)
        self.change("--status", "valid")
        path, headers, body = self.told(before + 2)[-1]
        self.assertRegex(headers["webhook-signature"], r"\Av1,[A-Za-z0-9+/]{43}=\Z")
        judges.webhook(later, self.signed(headers), body)
        with self.assertRaises(judges.Refused):
            judges.webhook(earlier, self.signed(headers), body)
        self.assertEqual(WORLD.sql("select count(*) from earlier_secret"), ["0"])
        self.subscription["secret"] = later
        for bad, pointer in (({"overlap_hours": -1}, "/overlap_hours"), ({"overlap_hours": 169}, "/overlap_hours"), ({"signature": "v2"}, "/signature")):
            self.assertEqual(list(self.integrator.post(f"{self.where}/secret", bad, key=True).pointers()), [pointer])
        self.assertEqual(WORLD.client("zhang.clerk").post(f"{self.where}/secret", {}, key=True).status, 403)

    def test_4b_signed_by_a_key_of_which_the_receiver_has_the_public_part(self):
        wish = {"url": RECEIVER.url.replace("/hooks", "/asymmetric"), "signature": "v1a"}
        made = must(self.integrator.post("/v1/subscriptions", wish, key=True), 201).json
        where = f"/v1/subscriptions/{made['subscription_id']}"
        self.assertIsNone(made["secret"])
        self.assertRegex(made["public_key"], r"\Awhpk_[A-Za-z0-9+/]{43}=\Z")
        self.assertEqual(must(self.integrator.get(where), 200).json["public_key"], made["public_key"])

        def heard(count):
            mine = lambda: [m for m in RECEIVER.seen() if m[0] == "/asymmetric"]
            return wait_until("it was told there", lambda: mine() if len(mine()) >= count else None)[-1]
        self.change("--status", "objected")
        _, headers, body = heard(1)
        self.assertRegex(headers["webhook-signature"], r"\Av1a,[A-Za-z0-9+/]{86}==\Z")
        self.assertEqual(judges.webhook_by_key(made["public_key"], headers, body)["data"]["changed_to"], "objected")
        for changed in ((headers, body + b" "), (headers | {"webhook-id": "msg_other"}, body)):
            with self.assertRaises(judges.Refused):
                judges.webhook_by_key(made["public_key"], *changed)
        turned = must(self.integrator.post(f"{where}/secret", {"signature": "v1a"}, key=True), 201).json
        self.assertNotEqual(turned["public_key"], made["public_key"])
        back = must(self.integrator.post(f"{where}/secret", {"signature": "v1", "overlap_hours": 168}, key=True), 201).json
        self.assertIsNone(back["public_key"])
        self.change("--status", "valid")
        _, headers, body = heard(2)
        self.assertRegex(headers["webhook-signature"], r"\Av1,\S+ v1a,\S+\Z")
        judges.webhook_by_key(turned["public_key"], headers, body)
        judges.webhook(back["secret"], self.signed(headers), body)
        with self.assertRaises(judges.Refused):
            judges.webhook_by_key(made["public_key"], headers, body)  # two turns ago
        must(self.integrator.post(f"{where}/end"), 200)
        self.assertEqual(self.integrator.post(f"{where}/secret", {}, key=True).status, 409)

    def test_5_refusals(self):
        for url, reason in (("http://receiver.example.cn/", "bad_format"), ("https://u:p@receiver.example.cn/", "bad_format"),
                            ("receiver", "bad_format"), ("", "required")):
            refused = self.integrator.post("/v1/subscriptions", {"url": url} if url else {}, key=True)
            self.assertEqual((refused.status, list(refused.pointers())), (422, ["/url"]), url)
        self.assertEqual(WORLD.client("zhang.clerk").post("/v1/subscriptions", {"url": RECEIVER.url}, key=True).status, 403)
        again = self.integrator.post("/v1/subscriptions", {"url": RECEIVER.url}, key="twice")
        must(again, 201)
        self.assertEqual(self.integrator.post("/v1/subscriptions", {"url": RECEIVER.url}, key="twice").status, 409)
        other = f"/v1/subscriptions/{again.json['subscription_id']}"
        must(self.integrator.post(f"{other}/end"), 200)
        for step in ("end", "resume"):
            self.assertEqual(self.integrator.post(f"{other}/{step}").problem, "wrong-step")
        self.assertEqual(self.integrator.post(f"{other}/replay", {"position": 1}).status, 409)
        for _ in range(9):
            must(self.integrator.post("/v1/subscriptions", {"url": RECEIVER.url}, key=True), 201)
        self.assertEqual(self.integrator.post("/v1/subscriptions", {"url": RECEIVER.url}, key=True).status, 409)
        unknown = "/v1/subscriptions/019cac0f-4291-7e49-a613-d8a229eb7bd4"
        for answer in (self.integrator.get(unknown), self.integrator.get(f"{unknown}/deliveries"), self.integrator.post(f"{unknown}/end")):
            self.assertEqual((answer.status, answer.problem), (404, "not-found"))

    def test_6_no_address_of_the_own_network(self):
        """Restarted without the operator's leave: the message waits, and the receiver hears nothing."""
        WORLD.options.remove("--webhook-private-targets")
        port = int(WORLD.server.address.rsplit(":", 1)[1])
        WORLD.server.stop()
        WORLD.start_server(port)
        before = len(RECEIVER.seen())
        self.change("--status", "objected")
        tried = wait_until("it is tried", lambda: [d for d in self.deliveries() if d["state"] == "waiting" and d["attempts"]])[0]
        self.assertEqual((tried["attempts"][0]["status"], tried["attempts"][0]["cause"]), (None, "private_address"))
        self.assertEqual(len(RECEIVER.seen()), before)


if __name__ == "__main__":
    unittest.main()
