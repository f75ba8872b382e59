"""Departments that are asked: one that answers, one that is down, one that is slow, one that lies; and what people make of it."""
import datetime
import json
import subprocess
import unittest
import uuid

from sponsio_e2e import judges, people
from sponsio_e2e.contract import begin
from sponsio_e2e.departments import Department, entry, tell_server
from sponsio_e2e.program import wait_until
from sponsio_e2e.toydepartment import QUESTION, JoseKey, ToyDepartment, payload_of
from sponsio_e2e.world import OTHER_AGENCY, World, must

WORLD = World()
DEPARTMENTS = {}
TOY = None
NUMBER = people.RESIDENT["document"]["number"]


def setUpModule():
    """The server first, then the departments, which read its keys, then the server again, which asks them."""
    global TOY
    begin(WORLD)
    for word, options in {"civil_affairs": [], "health": [], "real_estate": ["--answer-delay-ms", "4000"]}.items():
        DEPARTMENTS[word] = Department(WORLD, word, *options)
        unittest.addModuleCleanup(DEPARTMENTS[word].kill)
    TOY = ToyDepartment(WORLD.folder / "courts", "courts")
    unittest.addModuleCleanup(TOY.close)
    configured = [one.configured() for one in DEPARTMENTS.values()]
    configured.append(entry("courts", f"https://{TOY.address}", TOY.certificate, TOY.key.public))
    tell_server(WORLD, configured)


def kill_server():
    port = int(WORLD.server.address.rsplit(":", 1)[1])
    WORLD.server.kill()
    WORLD.start_server(port)


def file_with(department, query, auto_close=True):
    """A commitment under a matter of its own that asks that department that."""
    version = people.matter_version()
    version["verification"] |= {"department": department, "query": query, "auto_close": auto_close}
    code = f"GZF-{uuid.uuid4().hex[:12]}"
    must(WORLD.client("qian.supervisor").post("/v1/matters", {"matter_code": code} | version, key=True), 201)
    clerk = WORLD.client("zhang.clerk")
    notice = {"matter_code": code, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
    notice_id = must(clerk.post("/v1/notices", notice, key=True), 201).json["notice_id"]
    draft = people.commitment(notice_id, WORLD.clock.today())
    return must(clerk.post("/v1/commitments", draft, key=True), 201).json


def task_of(commitment):
    return must(WORLD.client("li.verifier").get(f"/v1/verifications/{commitment['verification']['task_id']}"), 200).json


def reasons(task):
    """Those that other departments gave for the task's place in the queue."""
    return sorted(r["reason"] for r in task["reasons"] if r["reason"].startswith(("department_", "assist_")))


def check_of(commitment):
    items = WORLD.client("li.verifier").all_items(f"/v1/checks?task_id={commitment['verification']['task_id']}")
    assert len(items) == 1, items
    return items[0]


def answered(commitment, within=30):
    return wait_until("the department's answer", lambda: (c := check_of(commitment))["answer"] and c, within)


def breakers():
    items = must(WORLD.client("li.verifier").get("/v1/departments"), 200).json["items"]
    return {one["department"]: one["breaker"] for one in items}


def tickets(of, login="wu.other"):
    task_id = of["verification"]["task_id"]
    return [t for t in WORLD.client(login).all_items("/v1/assist-tickets") if t["task_id"] == task_id]


def later(**time):
    WORLD.clock.move_to(WORLD.clock.now() + datetime.timedelta(**time))


def key_set(name, *keys):
    path = WORLD.folder / f"{name}.jwks"
    path.write_text(json.dumps({"keys": keys}), encoding="utf-8")
    return path


def soon():
    """Seconds since 1970 by the training clock, a little ahead."""
    return int(WORLD.clock.now().timestamp()) + 30


class AnsweredByMachine(unittest.TestCase):
    def test_a_match_closes_the_check_and_is_judged_by_others(self):
        filed = file_with("civil_affairs", "kinship")
        check = answered(filed)
        self.assertEqual((check["answer"], check["held_as_of"]), ("match", "2026-03-01"))
        self.assertEqual(check["question"]["subject"]["document"]["number"], NUMBER)
        task = task_of(filed)
        self.assertEqual((task["state"], task["result"], task["assignee"]), ("closed", "consistent", None))
        self.assertEqual(task["history"][-1]["event"], "auto_close")
        self.assertIsNone(task["history"][-1]["by"])
        state = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{filed['commitment_code']}"), 200).json["state"]
        self.assertEqual(state, "fulfilled")
        [piece] = task["evidence"]
        self.assertIsNone(piece["added_by"])
        token = must(WORLD.client("li.verifier").get(f"/v1/verifications/{task['task_id']}/evidence/{piece['evidence_id']}"),
                     200).body.decode()
        public = DEPARTMENTS["civil_affairs"].program.ready["public_key"]
        judged = judges.department_message(token, key_set("civil", public), "answer", soon())
        self.assertEqual(judged["payload"]["in_reply_to"], check["check_id"])

    def test_a_mismatch_waits_for_a_person(self):
        filed = file_with("civil_affairs", "household_registration")
        check = answered(filed)
        self.assertEqual((check["answer"], check["note"]), ("mismatch", "登记地址不同"))
        task = task_of(filed)
        self.assertEqual((task["state"], task["result"], reasons(task)), ("created", None, ["department_mismatch"]))
        verifier, path = WORLD.client("li.verifier"), f"/v1/verifications/{task['task_id']}"
        must(verifier.post(f"{path}/claim"), 200)
        must(verifier.post(f"{path}/start"), 200)
        found = {"result": "consistent", "checked_on": WORLD.clock.today(), "summary": "地址已变更，登记尚未更新。"}
        must(verifier.post(f"{path}/conclusion", found), 200)
        self.assertEqual(must(verifier.post(f"{path}/closure"), 200).json["result"], "consistent")

    def test_a_match_without_auto_close_is_there_for_the_person(self):
        filed = file_with("civil_affairs", "kinship", auto_close=False)
        self.assertEqual(answered(filed)["answer"], "match")
        task = task_of(filed)
        self.assertEqual((task["state"], len(task["evidence"]), reasons(task)), ("created", 1, ["department_match"]))

    def test_the_departments_are_listed(self):
        items = must(WORLD.client("zhang.clerk").get("/v1/departments"), 200).json["items"]
        self.assertEqual([one["department"] for one in items], [*DEPARTMENTS, "courts"])
        self.assertEqual(items[0]["assist_days"], 3)


class AnsweredByPeople(unittest.TestCase):
    def test_what_a_machine_may_not_say_a_person_says(self):
        filed = file_with("civil_affairs", "adoption")
        self.assertEqual(answered(filed)["answer"], "ask_in_writing")
        [ticket] = tickets(filed)
        self.assertEqual((ticket["state"], ticket["rule"]), ("open", "assist.agreed 3 working_days"))
        other = WORLD.client("wu.other")
        refused = other.post(f"/v1/assist-tickets/{ticket['ticket_id']}/answer", {"answer": "ask_in_writing", "note": "无"})
        self.assertEqual(refused.pointers(), {"/answer": "not_for_people"})
        must(WORLD.client("li.verifier").post(f"/v1/assist-tickets/{ticket['ticket_id']}/answer",
                                              {"answer": "match", "note": "自问自答"}), 404)
        said = {"answer": "match", "note": "经查收养登记档案，一致。", "document_ref": "示例民函〔2026〕8号"}
        self.assertEqual(must(other.post(f"/v1/assist-tickets/{ticket['ticket_id']}/answer", said), 200).json["state"], "answered")
        must(other.post(f"/v1/assist-tickets/{ticket['ticket_id']}/answer", said), 409)
        task = task_of(filed)
        self.assertEqual((task["state"], [e["kind"] for e in task["evidence"]]),
                         ("created", ["electronic_data", "documentary"]))

    def test_a_department_that_is_down(self):
        DEPARTMENTS["health"].kill()
        filed = file_with("health", "kinship")
        wait_until("it is left alone", lambda: breakers()["health"] == "open")
        self.assertEqual(breakers()["civil_affairs"], "closed", "each department by itself")
        self.assertEqual(check_of(filed)["last_error"], "connect")
        self.assertEqual((tickets(filed), reasons(task_of(filed))), ([], ["department_silent"]))
        later(days=5)  # two working days, wherever the weekend lies
        wait_until("a ticket", lambda: tickets(filed))
        self.assertEqual(check_of(filed)["state"], "unanswered")
        [ticket] = tickets(filed)
        self.assertEqual(reasons(task_of(filed)), ["assist_open", "department_silent"])
        later(days=7)
        wait_until("it is overdue", lambda: tickets(filed)[0]["state"] == "overdue")
        self.assertEqual(reasons(task_of(filed)), ["assist_overdue", "department_silent"])
        said = {"answer": "match", "note": "网关检修，人工核对一致。"}
        must(WORLD.client("wu.other").post(f"/v1/assist-tickets/{ticket['ticket_id']}/answer", said), 200)
        self.assertIn("assist_replied", [h["event"] for h in task_of(filed)["history"]])
        DEPARTMENTS["health"].start()
        again = file_with("health", "kinship")
        later(minutes=2)
        self.assertEqual(answered(again, 60)["answer"], "match")

    def test_an_inspector_asks_by_hand(self):
        filed = file_with("civil_affairs", "household_registration")
        answered(filed)
        verifier, path = WORLD.client("li.verifier"), f"/v1/verifications/{filed['verification']['task_id']}"
        asked = {"unit_uscc": OTHER_AGENCY, "question": "请核对公证档案。"}
        must(verifier.post(f"{path}/assistance", asked, key=True), 409)
        must(verifier.post(f"{path}/claim"), 200)
        must(verifier.post(f"{path}/start"), 200)
        self.assertEqual(verifier.post(f"{path}/assistance", {"question": "问谁？"}, key=True).pointers(),
                         {"/department": "one_of_two"})
        first = must(verifier.post(f"{path}/assistance", asked, key="by-hand-1"), 201)
        again = must(verifier.post(f"{path}/assistance", asked, key="by-hand-1"), 201)
        self.assertEqual(again.body, first.body)
        self.assertEqual(task_of(filed)["state"], "waiting_assist")
        ticket_id = first.json["ticket_id"]
        self.assertEqual(must(verifier.get(f"/v1/assist-tickets/{ticket_id}"), 200).json["question"]["words"], asked["question"])
        must(WORLD.client("wu.other").post(f"/v1/assist-tickets/{ticket_id}/answer", {"answer": "not_held", "note": "无档案。"}), 200)
        self.assertEqual(task_of(filed)["state"], "in_progress")


class Killed(unittest.TestCase):
    def test_the_server_between_asking_and_hearing(self):
        slow = DEPARTMENTS["real_estate"]
        filed = file_with("real_estate", "kinship")
        wait_until("the department has answered, and keeps the answer back", slow.given)
        kill_server()
        self.assertEqual(check_of(filed)["state"], "asking")
        later(minutes=2)  # the lease is over
        check = answered(filed, 60)
        self.assertEqual((check["answer"], check["attempts"]), ("match", 2))
        self.assertEqual([f.stem for f in slow.given()], [check["check_id"]], "one question, one answer")
        task = task_of(filed)
        self.assertEqual((task["state"], len(task["evidence"])), ("closed", 1))


class Lied(unittest.TestCase):
    """A gateway that somebody else wrote, and that does not keep the rules."""

    def refused(self, cause, script):
        TOY.script = script
        filed = file_with("courts", "no_criminal_record")
        later(minutes=1)
        wait_until("the refusal", lambda: check_of(filed)["last_error"] == cause)
        check = check_of(filed)
        self.assertIn(("refused", None), [(h["event"], h["by"]) for h in check["history"]])
        self.assertIsNone(check["answer"])
        task = task_of(filed)
        self.assertEqual((task["state"], task["evidence"]), ("created", []))
        TOY.script = TOY.answer
        wait_until("a good answer is taken", lambda: later(minutes=1) or check_of(filed)["answer"], every=1)
        self.assertEqual(task_of(filed)["state"], "closed")

    def test_bad_answers(self):
        forger = JoseKey(WORLD.folder / "forger.jwk", TOY.key.kid)
        used = {}

        def replay(question):
            if not used:
                used["jti"] = str(uuid.uuid4())
                return TOY.answer(question, jti=used["jti"])
            return TOY.answer(question, jti=used["jti"])

        cases = {"bad_signature": lambda q: TOY.answer(q, key=forger), "wrong_aud": lambda q: TOY.answer(q, aud="https://x.example"),
                 "wrong_iss": lambda q: TOY.answer(q, iss="health"),
                 "wrong_in_reply_to": lambda q: TOY.answer(q, in_reply_to=str(uuid.uuid4())),
                 "stale_iat": lambda q: TOY.answer(q, iat=q["iat"] - 3600), "wrong_typ": lambda q: TOY.answer(q, typ="JWT"),
                 "unreadable_answer": lambda q: TOY.answer(q, word="perhaps"), "malformed_jws": lambda q: (200, "yes")}
        for cause, script in cases.items():
            with self.subTest(cause):
                self.refused(cause, script)
        with self.subTest("replayed_jti"):
            TOY.script = replay
            self.assertEqual(answered(file_with("courts", "no_criminal_record"))["answer"], "match")
            self.refused("replayed_jti", replay)

    def test_the_question_is_judged_by_others(self):
        TOY.script = TOY.answer
        filed = file_with("courts", "no_criminal_record")
        wait_until("an answer", lambda: later(minutes=1) or check_of(filed)["answer"], every=1)
        keys = must(WORLD.client().get("/.well-known/jwks.json"), 200).json["keys"]
        judged = judges.department_message(TOY.asked[-1], key_set("server", *keys), "question",
                                           payload_of(TOY.asked[-1])["iat"] + 1)
        self.assertEqual(judged["payload"]["claim"]["content"], people.matter_version()["commitment"]["content"]["zh"])
        self.assertEqual(judged["payload"]["jti"], check_of(filed)["check_id"])


class TheGateway(unittest.TestCase):
    """The reference gateway, asked by somebody whose key is ours."""

    @classmethod
    def setUpClass(cls):
        cls.key = JoseKey(WORLD.folder / "asker.jwk", "asker-1")
        cls.gateway = Department(WORLD, "market_supervision", jwks=["--asker-jwks", key_set("asker", cls.key.public)])
        cls.addClassCleanup(cls.gateway.kill)

    def question(self, **changes):
        now = int(WORLD.clock.now().timestamp())
        return {"iss": "https://asker.example", "aud": "market_supervision", "jti": str(uuid.uuid4()), "query": "kinship",
                "subject": {"name": people.RESIDENT["name"], "document": people.RESIDENT["document"]},
                "claim": {"matter_code": "X", "content": "真实"}, "iat": now, "exp": now + 120} | changes

    def ask(self, key=None, typ=QUESTION, **changes):
        return self.gateway.ask((key or self.key).sign(self.question(**changes), typ))

    def test_answers_and_answers_the_same_again(self):
        jti = str(uuid.uuid4())
        first = must(self.ask(jti=jti), 200)
        self.assertEqual(first.headers["content-type"], "application/jose")
        judged = judges.department_message(first.body.decode(), key_set("market", self.gateway.program.ready["public_key"]),
                                           "answer", soon())
        self.assertEqual((judged["payload"]["answer"], judged["payload"]["aud"]), ("match", "https://asker.example"))
        self.assertEqual(must(self.ask(jti=jti), 200).body, first.body)
        self.gateway.kill()
        self.gateway.start()
        self.assertEqual(must(self.ask(jti=jti), 200).body, first.body, "also after it was killed")
        self.assertEqual(self.ask(jti=jti, query="adoption").status, 409)

    def test_knows_what_it_does_not_know(self):
        def said(**changes):
            return payload_of(must(self.ask(**changes), 200).body.decode())["answer"]
        self.assertEqual(said(query="blood_group"), "not_held")
        person = {"name": "李四", "document": people.RESIDENT["document"]}
        self.assertEqual(said(subject=person), "other_person", "the number belongs to somebody else")
        stranger = {"name": "李四", "document": {"type": "citizen_id", "number": "110105199003070011"}}
        self.assertEqual(said(subject=stranger), "not_held")

    def test_refuses(self):
        now = int(WORLD.clock.now().timestamp())
        forger = JoseKey(WORLD.folder / "forger2.jwk", "asker-1")
        unknown = JoseKey(WORLD.folder / "unknown.jwk", "asker-2")
        for what, answer, status in (
                ("another key", self.ask(key=forger), 403), ("an unknown key", self.ask(key=unknown), 403),
                ("another type", self.ask(typ="JWT"), 403), ("no JWS", self.gateway.ask("hello"), 403),
                ("another department", self.ask(aud="health"), 422), ("expired", self.ask(iat=now - 600, exp=now - 480), 422),
                ("from the future", self.ask(iat=now + 600, exp=now + 700), 422), ("good too long", self.ask(exp=now + 3600), 422),
                ("no id", self.ask(jti="../../x"), 422)):
            with self.subTest(what):
                self.assertEqual(answer.status, status, answer.body)
                self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json")


class Configuration(unittest.TestCase):
    def sentence(self, text):
        file = WORLD.folder / "wrong.json"
        file.write_text(text, encoding="utf-8")
        run = subprocess.run([str(a) for a in (WORLD.binary, "serve", "--data", WORLD.folder / "none", "--departments", file,
                                               "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0")],
                             capture_output=True, text=True, timeout=120, check=False)
        self.assertNotEqual(run.returncode, 0)
        return run.stderr.strip().split("\n")[-1]

    def test_a_mistake_is_a_sentence(self):
        good = entry("civil_affairs", "https://gateway.example", DEPARTMENTS["civil_affairs"].program.certificate, TOY.key.public)
        for wrong, said in (("{}", "array"), ("[1", "acceptable"), (json.dumps([good | {"url": "http://x.example"}]), "https"),
                            (json.dumps([good | {"department": "Civil"}]), "/0/department"),
                            (json.dumps([good, good]), "/1/department"), (json.dumps([good | {"max": 1}]), "/0/max"),
                            (json.dumps([good | {"public_key": "none.jwk"}]), "/0/public_key"),
                            (json.dumps([good | {"timeout_ms": 0}]), "/0/timeout_ms"),
                            (json.dumps([good | {"ca_file": "none.pem"}]), "none.pem"),
                            (json.dumps([good | {"assist_unit_uscc": "1"}]), "/0/assist_unit_uscc")):
            with self.subTest(said):
                self.assertIn(said, self.sentence(wrong))
