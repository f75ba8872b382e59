"""The on-site check of an enterprise: asked for, approved by another person within the yearly cap, shown by its check code, carried out. All is made up."""
from . import people
from .telling import expect
from .world import AGENCY, must

MATTER = "JYCS-ON-SITE"
COMPANY = {"kind": "organisation", "name": "示例住房租赁有限公司", "document": {"type": "uscc", "number": "91350100M000100Y43"}}
SECOND = "lai.second"


class Inspecting:
    """A matter that is checked on site by two, and a check of an enterprise in progress."""

    def __init__(self, world, _artefacts=None, _teller=None):
        self.world = world
        self.clerk, self.lead, self.supervisor = (world.client(login) for login in ("zhang.clerk", "li.verifier", "qian.supervisor"))

    def found(self):
        version = people.matter_version() | {"matter_code": MATTER}
        version["verification"] |= {"mode": "on_site", "inspectors": 2}
        must(self.supervisor.post("/v1/matters", version, key=True), 201)
        self.world.add_person(SECOND, AGENCY, "赖二", ["verifier"])
        self.second = self.world.client(SECOND)
        return self

    def check(self, committer=COMPANY):
        """The path of a check that is in progress."""
        given = {"matter_code": MATTER, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
        notice = must(self.clerk.post("/v1/notices", given, key=True), 201).json["notice_id"]
        body = people.commitment(notice, self.world.clock.today()) | {"committer": committer}
        task = f"/v1/verifications/{must(self.clerk.post('/v1/commitments', body, key=True), 201).json['verification']['task_id']}"
        for inspector in (self.lead, self.second):
            must(inspector.post(f"{task}/claim"), 200)
        must(self.lead.post(f"{task}/start"), 200)
        return task

    def publish(self, most):
        year = int(self.world.clock.today()[:4])
        return must(self.supervisor.post("/v1/inspection-caps", {"year": year, "most": most}, key=True), 201).json

    def ask(self, task, **changes):
        wish = {"why": "现场核对经营场所与承诺是否一致", "planned_on": self.world.clock.today()} | changes
        return self.lead.post(f"{task}/inspection", wish, key=True)

    def decide(self, task, approved=True, by=None):
        return (by or self.supervisor).post(f"{task}/inspection/decision", {"approved": approved, "why": "线上无法核实经营场所"})

    def approved(self, task):
        must(self.ask(task), 201)
        return must(self.decide(task), 200).json["inspections"][-1]

    def conclude(self, task, result="consistent"):
        said = {"result": result, "checked_on": self.world.clock.today(), "summary": "现场情况与承诺一致。"}
        return self.lead.post(f"{task}/conclusion", said)

    def tell(self):
        self.found()
        self.publish(2)
        task = self.check()
        code = self.approved(task)["check_code"]
        shown = must(self.world.client().get(f"/public/v1/inspections/{code}"), 200).json
        expect(shown["state"] == "approved" and shown["yearly_cap"] == 2, "what the enterprise looks up is what was approved")
        must(self.world.client().get(f"/window/inspections?code={code}"), 200)
        done = must(self.conclude(task), 200).json["inspections"][-1]
        expect(done["state"] == "carried_out", "the visit was carried out by its conclusion")
        must(self.supervisor.get("/v1/inspection-caps"), 200)
