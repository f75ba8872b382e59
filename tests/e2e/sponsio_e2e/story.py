"""The main story in ten steps, told with real requests; scripts/run prints it, test_story.py judges it.

Each step checks what came back and raises StoryBroke with a sentence where it is not as promised. What was received
lands below `artefacts`, byte for byte.
"""
import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import urllib.parse

from . import judges, people
from .story_publicity import Publishing
from .story_report import Reporting
from .telling import StoryBroke, expect
from .world import AGENCY, DISTRICT, instant, parse_instant

DAY = datetime.timedelta(days=1)


class Story(Reporting, Publishing):
    def __init__(self, world, artefacts, teller):
        self.world = world
        self.artefacts = pathlib.Path(artefacts)
        self.teller = teller
        world.on_exchange = teller.exchange

    def tell(self):
        told = [self.subscribe] if self.world.receiver else []
        for step in (self.look_up, *told, self.give_notice, self.file_commitment, self.verify, self.find, self.record,
                     self.report, self.pull, self.publish):
            try:
                step()
            except (AssertionError, judges.Refused) as why:
                raise StoryBroke(f"step {self.teller.step} ({step.__name__}): {why}") from why

    # ------------------------------------------------------------------------------------------------------- helpers
    def save(self, name, body):
        path = self.artefacts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    def answered(self, answer, status, problem=None):
        """The answer, if it has that status and, for a refusal, that problem."""
        expect(answer.status == status, f"expected {status}, got {answer.status}: {answer.body[:1000].decode(errors='replace')}")
        expect(answer.problem == problem, f"expected the problem {problem}, got {answer.problem}")
        return answer

    def later(self, moment, zh, en):
        self.world.clock.move_to(moment)
        self.teller.note(f"时间推进到 {moment.astimezone(datetime.timezone(8 * datetime.timedelta(hours=1))):%Y-%m-%d %H:%M}（{zh}）",
                         f"the training clock moves on ({en})")

    def tomorrow(self):
        """In China."""
        return f"{self.world.clock.now() + DAY + datetime.timedelta(hours=8):%Y-%m-%d}"

    def a_moment_ago(self):
        return instant(self.world.clock.now() - datetime.timedelta(minutes=1))

    # --------------------------------------------------------------------------------------------------------- steps
    def look_up(self):
        self.teller.headline("能不能要居民开“亲属关系证明”？", "May a resident be asked for kinship proof?")
        public = self.world.client()
        page = self.answered(public.get("/v1/proof-items?q=" + urllib.parse.quote("亲属关系证明")), 200).json
        item = page["items"][0]
        expect(item["number"] == 1 and item["may_be_demanded"] is False, "the answer should be no, by item 1 of the list")
        expect(item["ways"], "the answer should say what to do instead")
        exceptions = "".join(exception["text"]["zh"] for exception in item["exceptions"])
        expect("不动产" in exceptions and "公证" in exceptions, "the two exceptions of item 1 should be named")
        self.teller.note(item["answer"]["zh"], item["answer"]["en"])
        english = self.answered(public.get("/v1/proof-items?q=kinship%20proof&lang=en&limit=3"), 200).json
        expect(english["items"][0]["item_id"] == item["item_id"], "the English alias should find the same item")
        self.answered(public.get(f"/v1/proof-items/{item['item_id']}"), 200)
        self.item_id = item["item_id"]

    def give_notice(self):
        self.teller.headline("告知：八项法定内容缺一不可", "The notice: none of the eight statutory points may be missing")
        supervisor, clerk = self.world.client("qian.supervisor"), self.world.client("zhang.clerk")
        draft = {"matter_code": people.MATTER_CODE} | people.matter_version(complete=False)
        first = self.answered(supervisor.post("/v1/matters", draft, key=True), 201)
        notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
        refused = self.answered(clerk.post("/v1/notices", notice, key=True), 422, "notice-incomplete")
        expect("/notice/publicity_period" in refused.pointers(), "the refusal should point at the missing point")
        self.answered(
            supervisor.post(f"/v1/matters/{people.MATTER_CODE}/versions", people.matter_version(), key=True,
                            headers={"If-Match": first.headers["etag"]}), 201)
        self.answered(clerk.post("/v1/notices", notice, key=True), 409, "notice-stale")
        self.notice = self.answered(clerk.post("/v1/notices", notice | {"matter_version": 2}, key=True), 201).json
        expect(len({point["point"] for point in self.notice["points"]}) == 8, "the notice should have eight points")
        self.teller.note(f"居民看到的告知书共 {len(self.notice['text']['zh'])} 字", "the resident has read the notice")

    def file_commitment(self):
        self.teller.headline("承诺：编码与回执；重复提交不重复受理", "The commitment: code and receipt; filed twice, taken once")
        clerk = self.world.client("zhang.clerk")
        body = people.commitment(self.notice["notice_id"], self.world.clock.today())
        key = "story-commitment-1"
        first = self.answered(clerk.post("/v1/commitments", body, key=key), 201)
        self.commitment = first.json
        self.save("commitment.json", first.body)
        code = self.commitment["commitment_code"]
        expect(len(code) == 20 and code.startswith(DISTRICT + self.world.clock.today().replace("-", "")),
               f"the code {code} should be region, date and serial")
        receipt = self.commitment["receipt"]
        expect(hashlib.sha256(receipt["content"].encode()).hexdigest() == receipt["digest_sha256"],
               "the receipt's digest should be that of its content")
        self.save_proof("receipt", receipt["shard"], receipt["entry"], receipt["proof"].encode())
        self.save("checkpoint", self.answered(self.world.client().get(f"/log/{receipt['shard']}/checkpoint"), 200).body)
        again = self.answered(clerk.post("/v1/commitments", body, key=key), 201)
        expect(again.body == first.body and again.headers.get("idempotency-replayed") == "true",
               "the same key and body should get the first answer again")
        other = body | {"reason": "申请办理其他事项"}
        self.answered(clerk.post("/v1/commitments", other, key=key), 422, "idempotency-key-reused")
        self.teller.note(f"承诺编码 {code}", "filed once")
        signed = people.add_signed_paper(clerk, self.commitment)
        expect(signed.status == 201 and signed.json["digest_sha256"] == people.ASSENT["digest_sha256"],
               "the image of the signed paper should be the one whose digest was logged")

    def verify(self):
        self.teller.headline("核查：到期日来自事项自己的规则和官方日历", "Verification: due by the matter's own rule and the official calendar")
        verifier = self.world.client("li.verifier")
        task_id = self.commitment["verification"]["task_id"]
        # 2 March 2026 is a Monday; twenty working days later, with no holiday between, is Monday 30 March.
        expect(self.commitment["verification"]["due_on"] == "2026-03-30", "twenty working days should end on 30 March")
        queue = self.answered(verifier.get("/v1/verifications?queue=unit&state=created"), 200).json["items"]
        expect(task_id in [task["task_id"] for task in queue], "the task should be in the unit's queue at once")
        path = f"/v1/verifications/{task_id}"
        self.answered(verifier.post(f"{path}/start"), 409, "wrong-step")
        self.answered(verifier.post(f"{path}/claim"), 200)
        self.later(self.world.clock.now() + 7 * DAY, "一周后核查", "the check, a week later")
        self.answered(verifier.post(f"{path}/start"), 200)
        evidence = self.answered(
            verifier.post_bytes(f"{path}/evidence?kind=documentary&name=" + urllib.parse.quote(people.EVIDENCE_NAME),
                                people.EVIDENCE, "text/plain; charset=utf-8", key=True), 201).json
        expect(evidence["digest_sha256"] == hashlib.sha256(people.EVIDENCE).hexdigest(), "the digest should be the file's")
        kept = self.answered(verifier.get(f"{path}/evidence/{evidence['evidence_id']}"), 200)
        expect(kept.body == people.EVIDENCE, "the file should come back as it went in")
        summary = {"result": "inconsistent", "checked_on": self.world.clock.today(), "summary": "户籍档案与承诺内容不一致。"}
        self.answered(verifier.post(f"{path}/conclusion", summary), 200)
        task = self.answered(verifier.post(f"{path}/closure"), 200).json
        expect(task["state"] == "closed" and task["result"] == "inconsistent", "the spot check should be closed")
        now = self.answered(self.world.client("zhang.clerk").get(f"/v1/commitments/{self.commitment['commitment_code']}"), 200)
        expect(now.json["state"] == "in_question", "the commitment should be in question")
        self.task_id, self.evidence_id = task_id, evidence["evidence_id"]

    def find(self):
        self.teller.headline("认定：三人三步，先告知、听申辩，再决定、送达", "The finding: three people, notice and defence before the decision")
        drafter, reviewer = self.world.client("li.verifier"), self.world.client("wang.reviewer")
        decider, clerk = self.world.client("zhao.decider"), self.world.client("zhang.clerk")
        draft = people.finding(self.task_id, [self.evidence_id])
        finding = self.answered(drafter.post("/v1/findings", draft, key=True), 201).json
        path = f"/v1/findings/{finding['finding_id']}"
        self.answered(drafter.post(f"{path}/review", people.REVIEW), 409, "same-person")
        self.answered(decider.post(f"{path}/decision", people.DECISION), 409, "wrong-step")
        self.answered(reviewer.post(f"{path}/review", people.REVIEW), 200)
        finding = self.answered(clerk.post(f"{path}/prior-notice", people.PRIOR_NOTICE | {"serve_by": self.tomorrow()}), 200).json
        paper = self.answered(clerk.get(f"/v1/documents/{finding['documents'][0]['document_id']}"), 200).json
        expect(paper["service"] is None and paper["periods"][0]["last_day"] in paper["text"]["zh"],
               "the paper should name its last day before it is served")
        self.save_paper(clerk, paper, "prior-notice")
        self.later(self.world.clock.now() + DAY, "次日送达事先告知书", "the prior notice is served on the next day")
        service = people.notice_service(clerk, path, self.a_moment_ago(), finding)
        self.answered(clerk.post(f"{path}/prior-notice/service", service | {"digest_sha256": "0" * 64}), 422, "invalid")
        self.answered(clerk.post(f"{path}/prior-notice/service", service), 200)
        finding = self.answered(clerk.post(f"{path}/defence", people.DEFENCE), 200).json
        self.answered(decider.post(f"{path}/decision", people.DECISION), 409, "too-early")
        self.later(self.end_of_clocks(finding), "陈述、申辩期满", "the period for the defence is over")
        self.answered(reviewer.post(f"{path}/decision", people.DECISION), 409, "same-person")
        finding = self.answered(decider.post(f"{path}/decision", people.DECISION), 200).json
        self.later(self.world.clock.now() + DAY, "次日送达", "service on the next day")
        finding = self.answered(clerk.post(f"{path}/service", people.service(clerk, path, self.a_moment_ago())), 200).json
        expect(finding["state"] == "served", "the decision should be served")
        paper = next(d for d in finding["documents"] if d["kind"] == "decision")
        self.save_paper(clerk, paper, "decision")
        self.later(self.end_of_clocks(finding), "复议、诉讼期满", "the remedy period is over")
        self.teller.until("the finding takes effect", lambda: clerk.get(path).json["state"] == "effective")
        finding = self.answered(clerk.get(path), 200).json
        people_of = {finding["drafted_by"], finding["reviewed_by"], finding["decided_by"]}
        expect(len(people_of) == 3 and None not in people_of, "drafter, reviewer and decider should be three people")
        self.finding_path = path

    def save_paper(self, clerk, paper, name):
        pdf = self.answered(clerk.get(f"/v1/documents/{paper['document_id']}", "application/pdf"), 200).body
        expect(pdf.startswith(b"%PDF-"), "the paper should be drawn")
        self.save(f"{name}.pdf", pdf)

    def end_of_clocks(self, finding):
        """A minute after the last of its periods."""
        expect(finding["clocks"], "the finding should name its periods")
        for clock in finding["clocks"]:
            self.teller.note(f"{clock['clock']}：至 {clock['due_on']}", f"by {clock['rule']}, {clock['rule_pack']}, {clock['calendar'] or 'no calendar'}")
        last = max(parse_instant(clock["due_at"]) for clock in finding["clocks"])
        return max(last, self.world.clock.now()) + datetime.timedelta(minutes=1)

    def record(self):
        self.teller.headline("信用记录：先存后签，签后自验", "The credit record: stored before it is signed, verified after")
        clerk, integrator = self.world.client("zhang.clerk"), self.world.client("sun.integrator")
        self.teller.until("the record is issued", lambda: clerk.get(self.finding_path).json["record_id"])
        self.record_id = self.answered(clerk.get(self.finding_path), 200).json["record_id"]
        token = self.answered(integrator.get(f"/v1/records/{self.record_id}", accept="application/dc+sd-jwt"), 200)
        keys = self.answered(self.world.client().get("/.well-known/jwks.json"), 200)
        self.answered(self.world.client().get("/.well-known/vct/false-commitment"), 200)
        self.answered(self.world.client().get("/.well-known/jwt-vc-issuer"), 200)
        self.save("record.sd-jwt", token.body)
        self.save("jwks.json", keys.body)
        path = f"/v1/records/{self.record_id}"
        self.teller.until("the record has its place in the log", lambda: integrator.get(path).json["log"]["leaf_index"] is not None)
        log = self.answered(integrator.get(path), 200).json["log"]
        jwt = token.body.split(b"~")[0]
        expect(json.loads(log["entry"])["digest"] == hashlib.sha256(jwt).hexdigest(), "the leaf should be that of the record")
        self.save_proof("record", log["shard"], log["entry"], self.answered(integrator.get(path + "/proof"), 200).body)

    def save_status_list(self):
        """It is valid for a day: whoever judges the record later fetches it again. In `at` the time to judge by."""
        public, now = self.world.client(), self.world.clock.now()
        fetch = lambda: self.answered(public.get(self.status_path, "application/statuslist+jwt"), 200).body
        self.teller.until("the status list is of today", lambda: judges.expiry(fetch()) > now.timestamp())
        self.save("status-list.jwt", fetch())
        self.save("at", f"{self.world.clock.now():%Y-%m-%dT%H:%M:%SZ}\n".encode())

    def save_proof(self, name, shard, entry, proof):
        """A proof with the bytes that it is about, and the key of its shard beside those of others."""
        self.save(f"{name}.entry", entry.encode())
        self.save(f"{name}.tlog-proof", proof)
        key = self.answered(self.world.client().get(f"/log/{shard}/vkey"), 200).body
        known = self.artefacts / "log.vkey"
        before = known.read_bytes() if known.exists() else b""
        if key not in before.splitlines(keepends=True):
            self.save("log.vkey", before + key)

    def subscribe(self):
        self.teller.headline("对接方登记接收地址，不必反复查询", "The integrator says where it wants to be told, in place of asking again and again")
        wish = {"url": self.world.receiver.url}
        made = self.answered(self.world.client("sun.integrator").post("/v1/subscriptions", wish, key=True), 201).json
        self.secret = made["secret"]
        self.save("webhook-secret.txt", self.secret.encode())

    def hear(self):
        """What the receiver was told, with Python's hmac: a demonstration has no library of npm (test_story.py judges it with one)."""
        self.teller.until("the receiver was told", self.world.receiver.seen)
        _, headers, body = self.world.receiver.seen()[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = hmac.digest(base64.b64decode(self.secret.removeprefix("whsec_")), signed, "sha256")
        expect(headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode(), "the signature should be over id, time and body")
        told = json.loads(body)
        expect(told["data"]["record_id"] == self.record_id, "the message should be about the record")
        expect(people.RESIDENT["name"] not in body.decode(), "a message should disclose nothing of a person")
        self.save("webhook-headers.txt", "".join(f"{name}: {value}\n" for name, value in headers.items()).encode())
        self.save("webhook-body.json", body)
        self.teller.note("接收端收到推送，Python hmac 核验签名", f"Python's hmac agrees with the signature of message {headers['webhook-id'][:12]}…")

    def pull(self):
        self.teller.headline("对接方凭游标取记录，用别人的软件验证", "The integrator pulls by cursor and verifies with other people's software")
        integrator = self.world.client("sun.integrator")
        page = self.answered(integrator.get("/v1/records?limit=1"), 200).json
        expect([r["record_id"] for r in page["items"]] == [self.record_id], "the feed should begin with the record")
        if page["next_cursor"]:
            rest = self.answered(integrator.get(f"/v1/records?cursor={page['next_cursor']}"), 200).json
            expect(rest["items"] == [], "the feed should hold nothing twice")
        token = (self.artefacts / "record.sd-jwt").read_text(encoding="ascii")
        expect(page["items"][0]["sd_jwt"] == token.strip(), "the feed should carry the same token")
        header, payload, claims = judges.verify_record(token, self.artefacts / "jwks.json")
        expect(claims["vct"].endswith("/.well-known/vct/false-commitment"), "the record should name its type")
        expect(claims["commitment_code"] == self.commitment["commitment_code"], "the record should name the commitment")
        expect(claims["subject"]["name"] == people.RESIDENT["name"], "the disclosures should name the person")
        if self.world.receiver:
            self.hear()
        self.status_path = urllib.parse.urlsplit(payload["status"]["status_list"]["uri"]).path
        self.save_status_list()
        hidden = json.dumps(payload, ensure_ascii=False)
        for secret in (people.RESIDENT["name"], people.RESIDENT["document"]["number"]):
            expect(secret not in hidden, "what is signed in clear should not name the person")
        self.teller.note("Debian 的 jose 验证 ES256 签名；摘要由 Python hashlib 逐一核对",
                         f"jose accepts the signature (kid {header['kid'][:12]}…), hashlib the {token.count('~') - 1} disclosures")
        manifest, records = judges.verify_submission(self.artefacts / "submission")
        expect(manifest["sender"]["uscc"] == AGENCY, "the batch should come from the agency")
        self.teller.note("openssl 验证清单的 SM2 签名（标识 1234567812345678）和记录的 SM3 摘要",
                         f"openssl accepts the SM2 signature and the SM3 digest of {len(records)} record(s)")
