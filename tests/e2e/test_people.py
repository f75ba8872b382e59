"""A verifier's day and an administrator's day, on the contract alone."""
import datetime
import hashlib
import json
import pathlib
import tempfile
import unittest
import urllib.parse

from sponsio_e2e import people
from sponsio_e2e.client import Client
from sponsio_e2e.contract import begin, judge_exchanges
from sponsio_e2e.filing import open_matter
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import AGENCY, AGENCY_NAME, OTHER_AGENCY, REGISTERED_NAME, World, instant, must

WORLD = World()
DAY = datetime.timedelta(days=1)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00C" + bytes(range(64)) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def setUpModule():
    begin(WORLD)
    for login, name in (("feng.second", "冯二"), ("chen.third", "陈三")):
        WORLD.add_person(login, AGENCY, name, ["verifier"])
    WORLD.notice_id = open_matter(WORLD)


def file_many(count):
    """Tasks of commitments filed in one request."""
    line = json.dumps(people.commitment(WORLD.notice_id, WORLD.clock.today())).encode() + b"\n"
    answer = must(WORLD.client("zhang.clerk").post_bytes("/v1/commitments/bulk", line * count, "application/x-ndjson", True), 200)
    codes = {json.loads(text)["commitment_code"] for text in answer.body.splitlines() if b"commitment_code" in text}
    assert len(codes) == count, answer.body[:500]
    return codes


def form(name, content, content_type, boundary="7d1f-Bound"):
    """What `curl -F file=@…` and every browser send."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class AVerifiersDay(unittest.TestCase):
    def setUp(self):
        self.asked = 0
        self.verifier, self.second, self.supervisor = (WORLD.client(who) for who in ("feng.second", "chen.third", "qian.supervisor"))

    def begun(self):
        """A check that the verifier has started."""
        file_many(1)
        task = must(self.verifier.post("/v1/verifications/claims", {"from_queue": {"count": 1}}, key=True), 200).json["items"][0]
        path = f"/v1/verifications/{task['task_id']}"
        must(self.verifier.post(f"{path}/start"), 200)
        return path

    def test_closes_300_checks_in_at_most_ten_requests(self):
        codes = file_many(300)
        requests = 0
        closed = set()
        while not codes <= closed:
            claimed = must(self.verifier.post("/v1/verifications/claims", {"from_queue": {"count": 100}}, key=True), 200).json
            said = {"checked_on": WORLD.clock.today(), "summary": "户籍登记与承诺一致。",
                    "items": [{
    "task_id" : item["task_id"]} for item in claimed["items"]]}
            done = must(self.verifier.post("/v1/verifications/closures", said, key=True), 200).json
            requests += 2
            self.assertEqual((done["done"], done["refused"]), (len(claimed["items"]), 0))
            closed |= {item["task"]["commitment_code"] for item in done["items"]
}
            self.assertLessEqual(requests, 10)
        task = must(self.verifier.get(f"/v1/verifications/{done['items'][0]['task_id']}"), 200).json
        self.assertEqual((task["state"], task["result"], task["summary"]), ("closed", "consistent", "户籍登记与承诺一致。"))
        self.assertEqual([event["event"] for event in task["history"]], ["created", "claim", "start", "conclude", "close"])
        state = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{task['commitment_code']}"), 200).json["state"]
        self.assertEqual(state, "fulfilled")

    def test_each_item_is_answered_by_itself(self):
        file_many(2)
        mine, others = (must(who.post("/v1/verifications/claims", {"from_queue": {"count": 1}}, key=True), 200).json["items"][0]
                        for who in (self.verifier, self.second))
        said = {"checked_on": WORLD.clock.today(), "summary": "一致。",
                "items": [{"task_id": others["task_id"]}, {"task_id": mine["task_id"], "summary": "另行说明。"}]}
        refused, done = must(self.verifier.post("/v1/verifications/closures", said, key="batch-1"), 200).json["items"]
        self.assertEqual((refused["status"], refused["problem"]["type"]), (403, "urn:sponsio:problem:forbidden"))
        self.assertIn("承办", refused["problem"]["detail"])
        self.assertEqual((done["status"], done["task"]["state"]), (200, "closed"))
        again = self.verifier.post("/v1/verifications/closures", said, key="batch-1")
        self.assertEqual((again.json["items"][1], again.headers["idempotency-replayed"]), (done, "true"))
        whole = must(self.verifier.post("/v1/verifications/closures", said | {"all_or_none": True}, key=True), 200).json
        self.assertEqual((whole["done"], whole["refused"]), (0, 2))
        before = WORLD.stored()
        many = said | {"items": [{"task_id": mine["task_id"]}] * 101}
        self.assertIn("/items", self.verifier.post("/v1/verifications/closures", many, key=True).pointers())
        self.assertEqual(self.verifier.post("/v1/verifications/closures", said).problem, "idempotency-key-missing")
        self.assertEqual(WORLD.client("zhang.clerk").post("/v1/verifications/claims", {"from_queue": {"count": 1}}, key=True).status, 403)
        self.assertEqual(WORLD.stored(), before)

    def test_a_form_is_read_and_a_wrong_file_is_marked(self):
        path = self.begun()
        body, kind = form("现场照片.jpg", JPEG, "image/jpeg")
        made = must(self.verifier.post_bytes(f"{path}/evidence?kind=audiovisual", body, kind, key="photo"), 201).json
        self.assertEqual((made["name"], made["content_type"], made["size"]), ("现场照片.jpg", "image/jpeg", len(JPEG)))
        self.assertEqual(made["digest_sha256"], hashlib.sha256(JPEG).hexdigest())
        got = must(self.verifier.get(f"{path}/evidence/{made['evidence_id']}"), 200)
        self.assertEqual((got.body, got.headers["content-type"]), (JPEG, "image/jpeg"))
        again = self.verifier.post_bytes(f"{path}/evidence?kind=audiovisual", *form("现场照片.jpg", JPEG, "image/jpeg", "another"), key="photo")
        self.assertEqual((again.status, again.json), (201, made))

        wrong = must(self.verifier.post(f"{path}/evidence/{made['evidence_id']}/exclusion", {"why": "误传他人材料"}), 200).json
        self.assertEqual(wrong["evidence"][0]["excluded"]["why"], "误传他人材料")
        against = {"result": "inconsistent", "checked_on": WORLD.clock.today(), "summary": "不一致。"}
        self.assertEqual(self.verifier.post(f"{path}/conclusion", against).problem, "conflict")
        self.assertEqual(self.verifier.post(f"{path}/evidence/{made['evidence_id']}/exclusion", {"why": "again"}).problem, "conflict")
        self.assertEqual(must(self.verifier.get(f"{path}/evidence/{made['evidence_id']}"), 200).body, JPEG)

        right = must(self.verifier.post_bytes(f"{path}/evidence?kind=audiovisual&name=right.png", PNG, "application/octet-stream", key=True), 201)
        self.assertEqual(right.json["content_type"], "image/png")
        must(self.verifier.post(f"{path}/conclusion", against), 200)
        must(self.verifier.post(f"{path}/closure"), 200)

    def test_what_is_no_such_file_is_refused_with_what_was_seen(self):
        path = self.begun()
        before = WORLD.stored()
        lie = self.verifier.post_bytes(f"{path}/evidence?kind=documentary&name=x.jpg", PNG, "image/jpeg", key=True)
        self.assertEqual((lie.status, lie.pointers()), (422, {"header:Content-Type": "other_type"}))
        self.assertIn("image/png", lie.json["detail"])
        body, kind = form("x.pdf", b"<html><body>not a PDF</body></html>", "application/pdf")
        lie = self.verifier.post_bytes(f"{path}/evidence?kind=documentary", body, kind, key=True)
        self.assertEqual((lie.status, lie.pointers()), (422, {"header:Content-Type": "other_type"}))
        two = body.replace(b"\r\n--7d1f-Bound--\r\n", b"\r\n") + body
        self.assertEqual(self.verifier.post_bytes(f"{path}/evidence?kind=documentary", two, kind, key=True).status, 422)
        self.assertEqual(self.verifier.post_bytes(f"{path}/evidence?kind=documentary", body[:-9], kind, key=True).problem, "malformed")
        self.assertEqual(self.verifier.post_bytes(f"{path}/evidence?kind=documentary", b"x", "multipart/form-data", key=True).status, 422)
        self.assertEqual(self.verifier.post_bytes(f"{path}/evidence?kind=documentary", b"x", "text/plain", key=True).pointers(),
                         {"query:name": "required"})
        self.assertEqual(WORLD.stored(), before)

    def test_fifty_mebibytes_pass_through_a_server_that_never_holds_them(self):
        path = self.begun()
        alone = Client(WORLD.server, WORLD.tokens["feng.second"])  # 50 MiB are no exchange to keep for the contract
        video = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"".join(hashlib.sha256(bytes([n])).digest() * 256 for n in range(200))
        video = (video * 40)[: 50 << 20]
        target = f"{path}/evidence?kind=audiovisual&name={urllib.parse.quote('执法记录.mp4')}"
        must(alone.post_bytes(target, video[: 2 << 20], "video/mp4", key=True), 201)
        peak = self.peak_of_server()
        made = must(alone.post_bytes(target, video, "video/mp4", key=True), 201).json
        self.assertEqual((made["size"], made["digest_sha256"]), (50 << 20, hashlib.sha256(video).hexdigest()))
        got = must(alone.get(f"{path}/evidence/{made['evidence_id']}"), 200)
        self.assertEqual((len(got.body), hashlib.sha256(got.body).hexdigest()), (50 << 20, made["digest_sha256"]))
        grown = self.peak_of_server() - peak
        self.assertLess(grown, 40 << 10, "KiB more than before at the highest")
        self.assertEqual(alone.post_bytes(target, video + b"x", "video/mp4", key=True).status, 413)

    @staticmethod
    def peak_of_server():
        """The most memory that the server has had, in KiB."""
        status = pathlib.Path(f"/proc/{WORLD.server.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def test_is_away_and_the_work_is_handed_over(self):
        file_many(3)
        held = must(self.second.post("/v1/verifications/claims", {"from_queue": {"count": 2}}, key=True), 200).json["items"]
        until = f"{WORLD.clock.now() + 3 * DAY + datetime.timedelta(hours=8):%Y-%m-%d}"
        person = WORLD.accounts["chen.third"]
        absence = must(self.supervisor.post("/v1/absences", {"account_id": person, "until": until}, key=True), 201)
        at = absence.headers["location"]
        self.assertEqual((absence.json["state"], absence.json["name"]), ("running", "陈三"))
        whole = must(self.supervisor.get(at), 200).json
        self.assertLessEqual({item["task_id"] for item in held}, {task["task_id"] for task in whole["tasks"]})
        refused = self.second.post("/v1/verifications/claims", {"from_queue": {"count": 1}}, key=True)
        self.assertEqual((refused.status, refused.problem), (409, "conflict"))
        self.assertIn(until, refused.json["detail"])
        self.assertEqual(self.verifier.get(at).status, 404)

        wish = {"from": person, "to": WORLD.accounts["feng.second"], "why": "原承办人休假"}
        self.assertEqual(self.verifier.post("/v1/verifications/hand-over", wish, key=True).problem, "forbidden")
        given = must(self.supervisor.post("/v1/verifications/hand-over", wish, key=True), 200).json
        self.assertEqual((given["refused"], given["remaining"]), (0, 0))
        self.assertEqual({item["task"]["assignee"] for item in given["items"]}, {WORLD.accounts["feng.second"]})
        own = must(self.verifier.post("/v1/verifications/hand-over", {"why": "出差"}, key=True), 200).json
        self.assertEqual(own["remaining"], 0)
        self.assertEqual({item["task"]["state"] for item in own["items"]}, {"created"})

        self.assertIn(absence.json["absence_id"], [one["absence_id"] for one in must(self.supervisor.get("/v1/absences"), 200).json["items"]])
        must(self.supervisor.post(f"{at}/end"), 200)
        must(self.second.post("/v1/verifications/claims", {"from_queue": {"count": 1}}, key=True), 200)


class AnAdministratorsDay(unittest.TestCase):
    def setUp(self):
        self.admin = WORLD.client("root.admin")

    def me(self, login):
        return must(WORLD.client(login).get("/v1/me"), 200).json

    def added(self, login, roles, organisation=AGENCY):
        WORLD.add_person(login, organisation, "许七", roles)
        return f"/v1/accounts/{WORLD.accounts[login]}"

    def test_changes_roles_names_and_units(self):
        account = self.added("xu.changed", ["verifier"])
        file_many(1)
        held = must(WORLD.client("xu.changed").post("/v1/verifications/claims", {"from_queue": {"count": 1}}, key=True), 200).json["items"][0]
        must(self.admin.post(f"{account}/roles", {"roles": ["reviewer", "decider"]}, key=True), 200)
        self.assertEqual(self.me("xu.changed")["roles"], ["reviewer", "decider"])
        self.assertEqual(WORLD.client("xu.changed").get("/v1/verifications").status, 403)
        task = must(WORLD.client("li.verifier").get(f"/v1/verifications/{held['task_id']}"), 200).json
        self.assertEqual((task["state"], task["inspectors"]), ("created", []))
        must(self.admin.post(f"{account}/name", {"name": "许七七"}, key=True), 200)
        moved = must(self.admin.post(f"{account}/unit", {"organisation_uscc": OTHER_AGENCY}, key=True), 200).json
        self.assertEqual((moved["organisation_uscc"], moved["name"]), (OTHER_AGENCY, "许七七"))
        self.assertEqual(self.me("xu.changed")["organisation"]["uscc"], OTHER_AGENCY)

        changes = must(WORLD.client("zhou.auditor").get(f"{account}/changes"), 200).json["items"]
        self.assertEqual([(c["what"], c["from"], c["to"]) for c in changes],
                         [("unit", AGENCY, OTHER_AGENCY), ("name", "许七", "许七七"), ("roles", "verifier", "decider,reviewer")])
        admin = self.me("root.admin")["account"]["account_id"]
        self.assertEqual({c["by"] for c in changes}, {admin})
        trail = must(WORLD.client("zhou.auditor").get(f"/v1/audit-events?subject={WORLD.accounts['xu.changed']}"), 200).json["items"]
        events = {e["event"]: (e["from"], e["to"], e["by"]) for e in trail}
        self.assertEqual(events["change_roles"], ("verifier", "decider,reviewer", admin))
        kept = [{name: value for name, value in event.items() if name != "by_name"} for event in trail]  # who acts is named when it is read
        self.assertNotIn("许七", json.dumps(kept, ensure_ascii=False))

    def test_is_held_to_the_rules(self):
        account = self.added("lv.ruled", ["clerk"])
        mine = f"/v1/accounts/{self.me('root.admin')['account']['account_id']}"
        before = WORLD.stored()
        self.assertEqual(self.admin.post(f"{mine}/roles", {"roles": ["administrator", "decider"]}, key=True).problem, "same-person")
        self.assertEqual(self.admin.post(f"{account}/roles", {"roles": []}, key=True).pointers(), {"/roles": "empty"})
        self.assertEqual(self.admin.post(f"{account}/roles", {"roles": ["king"]}, key=True).pointers(), {"/roles/0": "unknown_value"})
        self.assertEqual(self.admin.post(f"{account}/unit", {"organisation_uscc": "91350100M000100Y43"}, key=True).pointers(),
                         {"/organisation_uscc": "no_such_thing"})
        for login in ("qian.supervisor", "zhou.auditor"):
            self.assertEqual(WORLD.client(login).post(f"{account}/roles", {"roles": ["decider"]}, key=True).status, 403)
        self.assertEqual(WORLD.stored(), before)
        must(self.admin.post(f"{account}/closure"), 200)
        self.assertEqual(self.admin.post(f"{account}/roles", {"roles": ["decider"]}, key=True).problem, "conflict")

    def test_tokens_are_listed_renewed_and_ended(self):
        account = self.added("he.tokens", ["clerk"])
        holder = WORLD.client("he.tokens")
        first = self.me("he.tokens")["token"]["token_id"]
        only = must(holder.get(f"{account}/tokens"), 200).json["items"]
        self.assertEqual([(t["token_id"], t["ended_at"], t["renews"]) for t in only], [(first, None, None)])
        self.assertIsNotNone(only[0]["last_used_at"])
        self.assertNotIn(WORLD.tokens["he.tokens"], json.dumps(only))
        self.assertEqual(WORLD.client("qian.supervisor").get(f"{account}/tokens").status, 404)

        fresh = must(holder.post(f"/v1/tokens/{first}/renewal", {}, key=True), 201).json
        self.assertEqual(WORLD.client("wu.other").post(f"/v1/tokens/{first}/renewal", {}, key=True).status, 404)
        self.assertEqual(self.admin.post(f"/v1/tokens/{first}/renewal", {}, key=True).status, 404)
        new, old = must(self.admin.get(f"{account}/tokens"), 200).json["items"]
        self.assertEqual((new["token_id"], new["renews"], new["last_used_at"]), (fresh["token_id"], first, None))
        self.assertLessEqual(old["expires_at"], instant(WORLD.clock.now() + DAY))
        must(holder.get("/v1/me"), 200)  # good until everything has changed over
        WORLD.tokens["he.tokens"] = fresh["token"]
        holder = WORLD.client("he.tokens")
        must(holder.delete(f"/v1/tokens/{first}"), 204)
        self.assertEqual(holder.post(f"/v1/tokens/{first}/renewal", {}, key=True).problem, "conflict")
        self.assertEqual(WORLD.client("wu.other").delete(f"/v1/tokens/{fresh['token_id']}").status, 404)
        must(self.admin.delete(f"/v1/tokens/{fresh['token_id']}"), 204)
        self.assertEqual(holder.get("/v1/me").problem, "token-expired")
        told = must(WORLD.client("zhou.auditor").get(f"/v1/audit-events?subject={WORLD.accounts['he.tokens']}"), 200).json["items"]
        self.assertEqual([e["event"] for e in told], ["created", "enrolment_made", "enrolled", "token_renewed", "token_ended", "token_ended", "refused"])

        account_id = WORLD.accounts["he.tokens"]
        WORLD.enrolled(account_id, expires_at=instant(WORLD.clock.now() + 366 * DAY - datetime.timedelta(minutes=5)))
        code = must(self.admin.post(f"{account}/enrolments", key=True), 201).json["code"]
        longer = {"code": code, "expires_at": instant(WORLD.clock.now() + 367 * DAY)}
        self.assertEqual(WORLD.client().post("/v1/enrolments", longer).pointers(), {"/expires_at": "out_of_range"})


class ARenamedUnit(unittest.TestCase):
    """The platform knows the agency by another name than Sponsio had it under."""

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.world.start()
        self.addCleanup(judge_exchanges, self.world)
        self.story = Story(self.world, pathlib.Path(folder.name), Silence())

    def rename(self):
        return must(self.world.client("root.admin").post(f"/v1/organisations/{AGENCY}/names", {"name": REGISTERED_NAME}, key=True), 200).json

    def test_is_accepted_and_papers_of_before_keep_the_old_name(self):
        self.story.give_notice()
        self.story.file_commitment()
        names = self.rename()["names"]
        self.assertEqual([(n["name"], n["valid_until"] is None) for n in names], [(REGISTERED_NAME, True), (AGENCY_NAME, False)])
        self.assertEqual(names[0]["valid_from"], names[1]["valid_until"])
        clerk = self.world.client("zhang.clerk")
        self.assertEqual(must(clerk.get(f"/v1/organisations/{AGENCY}"), 200).json["name"], REGISTERED_NAME)
        self.assertEqual(must(clerk.get("/v1/me"), 200).json["organisation"]["name"], REGISTERED_NAME)
        self.assertEqual(must(clerk.get(f"/v1/organisations/{AGENCY}/names"), 200).json["names"], names)
        notice = must(clerk.get(f"/v1/notices/{self.story.notice['notice_id']}"), 200).body.decode()
        self.assertIn(AGENCY_NAME, notice)
        self.assertNotIn(REGISTERED_NAME, notice)
        for step in (self.story.verify, self.story.find, self.story.record):
            step()
        supervisor = self.world.client("qian.supervisor")
        batch = self.story.answered_batches(supervisor, 1)[0]
        records = must(supervisor.get(f"/v1/submissions/{batch['batch_no']}"), 200).json["records"]
        self.assertEqual([record["state"] for record in records], ["accepted"])
        trail = must(self.world.client("zhou.auditor").get("/v1/audit-events?limit=200"), 200).json["items"]
        self.assertIn(("rename", AGENCY_NAME, REGISTERED_NAME), [(e["event"], e["from"], e["to"]) for e in trail])

    def test_is_named_anew_in_the_report_that_was_rejected(self):
        for step in (self.story.give_notice, self.story.file_commitment, self.story.verify, self.story.find, self.story.record):
            step()
        supervisor = self.world.client("qian.supervisor")
        batch = self.story.answered_batches(supervisor, 1)[0]
        rejected = must(supervisor.get(f"/v1/submissions/{batch['batch_no']}"), 200).json["records"][0]
        self.assertEqual({e["code"] for e in rejected["errors"]}, {"unit_name_mismatch"})
        self.rename()
        again = {"fields": {"remarks": "单位更名"}, "why": "单位已更名"}
        must(supervisor.post(f"/v1/submissions/{batch['batch_no']}/records/{rejected['record_no']}/correction", again, key=True), 201)
        batches = self.story.answered_batches(supervisor, 2)
        states = [r["state"] for b in batches for r in must(supervisor.get(f"/v1/submissions/{b['batch_no']}"), 200).json["records"]]
        self.assertEqual(sorted(states), ["accepted", "rejected"])
