"""Asking departments instead of residents, told with real requests: one answers and the check is closed, one is down and a
person there answers in its place. scripts/run prints it after the draw.
"""
import datetime

from . import people
from .departments import Department, tell_server
from .identifiers import citizen_number
from .telling import expect
from .world import must

APPLICANT = {"kind": "natural_person", "name": "司马相如",
             "document": {"type": "citizen_id", "number": citizen_number("11010519780612301")}}


class Asking:
    def __init__(self, world, teller):
        self.world, self.teller, self.departments = world, teller, {}
        world.on_exchange = teller.exchange

    def tell(self):
        try:
            self.begin()
            self.ask_one_that_answers()
            self.ask_one_that_is_down()
        finally:
            for department in self.departments.values():
                department.kill()

    def begin(self):
        self.teller.headline("部门核验：数据多跑路，群众少跑腿", "Departments: data that they hold is asked of them, not of the resident")
        known = {APPLICANT["document"]["number"]: {"name": APPLICANT["name"], "facts": {"kinship": {"answer": "match"}}}}
        for word in ("civil_affairs", "public_security"):
            self.departments[word] = Department(self.world, word, holdings=known)
        tell_server(self.world, [department.configured() for department in self.departments.values()])

    def file_with(self, department):
        """A commitment under a matter that asks this department about kinship."""
        version = people.matter_version()
        version["verification"] |= {"department": department, "query": "kinship", "auto_close": True}
        code, clerk = department.replace("_", "-"), self.world.client("zhang.clerk")
        must(self.world.client("qian.supervisor").post("/v1/matters", {"matter_code": code} | version, key=True), 201)
        notice = {"matter_code": code, "matter_version": 1, "channel": "web", "language": "zh-CN"}
        notice_id = must(clerk.post("/v1/notices", notice, key=True), 201).json["notice_id"]
        today = self.world.clock.today()
        draft = people.commitment(notice_id, today) | {"committer": APPLICANT}
        filed = must(clerk.post("/v1/commitments", draft, key=True), 201).json
        return filed["commitment_code"], f"/v1/verifications/{filed['verification']['task_id']}"

    def ask_one_that_answers(self):
        code, path = self.file_with("civil_affairs")
        verifier = self.world.client("li.verifier")
        self.teller.until("the department's match closes the check", lambda: verifier.get(path).json["state"] == "closed")
        task = must(verifier.get(path), 200).json
        expect((task["result"], len(task["evidence"])) == ("consistent", 1), "the signed answer should be the evidence")
        kept = must(self.world.client("zhang.clerk").get(f"/v1/commitments/{code}"), 200).json
        expect(kept["state"] == "fulfilled", "the promise is verified, and nobody had to go anywhere")

    def ask_one_that_is_down(self):
        self.teller.headline("部门接口中断：转人工协查，另行计时", "A department is down: a person there is asked, with a clock of its own")
        self.departments["public_security"].kill()
        _, path = self.file_with("public_security")
        verifier, helper = self.world.client("li.verifier"), self.world.client("wu.other")
        silent = {"reason": "department_silent"}
        self.teller.until("its silence is noticed", lambda: any(silent.items() <= r.items() for r in verifier.get(path).json["reasons"]))
        self.world.clock.move_to(self.world.clock.now() + datetime.timedelta(days=12))  # beyond any two working days
        self.teller.until("a person there has a ticket", lambda: helper.get("/v1/assist-tickets").json["items"])
        [ticket] = must(helper.get("/v1/assist-tickets"), 200).json["items"]
        self.teller.note(f"协查单 {ticket['rule']}，{ticket['due_at'][:10]} 前答复", f"a ticket by {ticket['rule']}")
        said = {"answer": "match", "note": "接口检修，经人工核对一致。", "document_ref": "示例公函〔2026〕8号"}
        must(helper.post(f"/v1/assist-tickets/{ticket['ticket_id']}/answer", said), 200)
        task = must(verifier.get(path), 200).json
        expect(task["state"] == "created" and len(task["evidence"]) >= 1, "a person looks at what came, and decides")
        must(verifier.post(path + "/claim"), 200)
        must(verifier.post(path + "/start"), 200)
        today = self.world.clock.today()
        must(verifier.post(path + "/conclusion", {"result": "consistent", "checked_on": today, "summary": "人工协查一致。"}), 200)
        expect(must(verifier.post(path + "/closure"), 200).json["result"] == "consistent", "the check should be closed")
