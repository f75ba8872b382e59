"""The figures of a quarter, frozen by an assessor who is nobody's subordinate. scripts/run tells it at the end."""
import datetime
import hashlib
import json

from . import judges
from .identifiers import uscc
from .telling import expect
from .world import DISTRICT, GOVERNMENT, must

ASSESSOR = "shen.assessor"
INSTITUTE = {"uscc": uscc("52110105000000055"), "name": "示例评估研究院", "kind": "service_body", "region_code": DISTRICT, "parent_uscc": GOVERNMENT}
QUARTER = "2026-Q1"
SPRING = datetime.datetime(2026, 4, 1, 1, 0, tzinfo=datetime.timezone.utc)


def found_assessor(world):
    """An institute of its own, and an account whose grant reaches every organisation."""
    must(world.client().get("/public/v1/assessments"), 200)
    world.add_organisation(INSTITUTE)
    world.add_person(ASSESSOR, INSTITUTE["uscc"], "沈评估", ["assessor"])
    world.grant(ASSESSOR, "assessor", "audit")


class Assessing:
    def __init__(self, world, artefacts, teller):
        self.world, self.artefacts, self.teller = world, artefacts, teller
        world.on_exchange = teller.exchange

    def tell(self):
        self.teller.headline("季度评估：数据集冻结、签名、入日志，任何人可以复算", "A quarter is frozen: signed, in the log, for anybody to count again")
        with self.teller.quietly():
            found_assessor(self.world)
        assessor, public = self.world.client(ASSESSOR), self.world.client()
        if self.world.clock.now() < SPRING:
            early = assessor.post("/v1/assessments", {"quarter": QUARTER}, key=True)
            expect(early.problem == "too-early", "a quarter is frozen when it is over")
            self.world.clock.move_to(SPRING)
        made = must(assessor.post("/v1/assessments", {"quarter": QUARTER}, key=True), 201)
        again = assessor.post("/v1/assessments", {"quarter": QUARTER}, key=True)
        expect(again.problem == "conflict", "it is frozen once")
        path = made.headers["location"]
        figures = must(public.get(f"{path}/figures"), 200).body
        chart = must(public.get(f"{path}/chart?indicator=verified&level=nation", "image/svg+xml"), 200).body
        (self.artefacts / "assessment.csv").write_bytes(figures)
        (self.artefacts / "assessment.jws").write_text(made.json["signature"], encoding="ascii")
        (self.artefacts / "assessment.svg").write_bytes(chart)
        (self.artefacts / "assessment-keys.json").write_bytes(must(public.get("/.well-known/jwks.json"), 200).body)
        said = json.loads(judges.verify_es256(made.json["signature"], self.artefacts / "assessment-keys.json"))
        expect(said["csv_sha256"] == hashlib.sha256(figures).hexdigest(), "the signature is over this data set")
        nation = [f for f in must(public.get(path), 200).json["figures"] if (f["indicator"], f["level"]) == ("verified", "nation")]
        for figure in nation:
            self.teller.note(f"已完成核查的承诺：{figure['numerator']} / {figure['denominator']}（{figure['low']} 至 {figure['high']}）",
                             f"share {figure['share']}, signed by {said['kind']} key, digest {said['csv_sha256'][:12]}…")
