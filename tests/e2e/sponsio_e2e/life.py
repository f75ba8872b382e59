"""What becomes of a record: objections, repairs and publications, as people at the desks bring them about. All is made up."""
import hashlib
import json

from .program import wait_until
from .world import DISTRICT, REGISTERED_NAME, ROOT, must

BASIS = [{"law": "示例区信用信息共享办法（虚构）", "article": "第三条"}]


def rule(of, **values):
    """One of a pack for the district."""
    return {"id": of, "note": {"zh": "虚构", "en": "invented"}, "source": {"key": "invented", "text": "示例区办法第三条（虚构）", "address": None},
            "grade": "proposal", "effective_from": "2020-01-01", "effective_to": None} | values


def place():
    """Rules of the district: persons may be published, the head extends, and an authority reviews."""
    days = {"kind": "clock", "unit": "working_days", "rolls": False}
    return {"pack_id": "cn-invented", "version": "1", "jurisdiction": DISTRICT, "extends": "cn-national", "title": {"zh": "示例区", "en": "Invented"},
            "effective_from": "2020-01-01", "effective_to": None,
            "rules": [rule("publicity.person.public", kind="flag", value=True),
                      rule("objection.provider.extension", value=3, starts="objection.due", **days),
                      rule("objection.review", value=5, starts="review.accepted", **days),
                      rule("repair.decide.extension", value=3, starts="repair.due", **days)]}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def add_file(client, path, text):
    """A paper of a case: its id."""
    return must(client.post_bytes(f"{path}/evidence?kind=documentary&name=paper.txt", text.encode(), "text/plain; charset=utf-8", key=True), 201).json["evidence_id"]


class Life:
    """One record, and who does what about it."""

    def __init__(self, world, record):
        self.world, self.record = world, record
        self.clerk, self.verifier = world.client("zhang.clerk"), world.client("li.verifier")
        self.decider, self.supervisor = world.client("zhao.decider"), world.client("qian.supervisor")
        self.reviewer, self.integrator = world.client("wang.reviewer"), world.client("sun.integrator")

    def status(self):
        """As it is now: what says nothing of a person may be a second old."""
        return must(self.supervisor.get(f"/v1/records/{self.record}?disclose=subject"), 200).json["status"]

    # ---------------------------------------------------------------------------------------------- objections
    def object(self, ground="wording_wrong", paper="异议申请书：姓名有误。"):
        """At the counter, with its paper: the path."""
        draft = {"record_id": self.record, "ground": ground, "statement": "姓名有误。", "identity_check": "document_seen", "paper_sha256": digest(paper)}
        made = must(self.clerk.post("/v1/objections", draft, key=True), 201)
        add_file(self.clerk, made.headers["location"], paper)
        return made.headers["location"]

    def answer(self, path, number="示例住保异字〔2026〕1号", **proposal):
        must(self.verifier.post(f"{path}/proposal", {"outcome": "keep", "reasons": "经核对无误。"} | proposal), 200)
        return must(self.supervisor.post(f"{path}/decision", {"agreed": True, "reasons": "同意。", "number": number}), 200).json

    # ------------------------------------------------------------------------------------------------- repairs
    def apply(self, corrected_on="2026-04-01", paper="信用修复申请书"):
        draft = {"record_id": self.record, "statement": "已退出，申请修复。", "corrected_on": corrected_on, "identity_check": "document_seen",
                 "paper_sha256": digest(paper)}
        made = must(self.clerk.post("/v1/repairs", draft, key=True), 201)
        add_file(self.clerk, made.headers["location"], paper)
        return made.headers["location"]

    def take_in(self, path):
        papers = {"correction_evidence_id": add_file(self.clerk, path, "退房证明"), "commitment_evidence_id": add_file(self.clerk, path, "信用承诺书")}
        return must(self.verifier.post(f"{path}/acceptance", {"accepted": True, "why": "材料齐全。"} | papers), 200).json

    def grant(self, path):
        return must(self.supervisor.post(f"{path}/decision", {"granted": True, "reasons": "符合条件。", "number": "示例住保修字〔2026〕1号"}), 200).json

    # ------------------------------------------------------------------------------------------------ publicity
    def proposal(self, **changes):
        return {"record_id": self.record, "severity": "general", "legal_basis": BASIS,
                "assessment": {"purpose": "依法公示，确有必要。", "impact": "可能影响名誉。", "safeguards": "去标识化，期满撤下。"}} | changes

    def approved(self):
        """Proposed and approved, and the subject not told yet: the path."""
        made = must(self.verifier.post("/v1/publicity", self.proposal(), key=True), 201)
        path = made.headers["location"]
        said = {"approved": True, "opinion": "同意。", "preview_sha256": made.json["preview_sha256"], "number": "示例住保公字〔2026〕1号"}
        must(self.supervisor.post(f"{path}/approval", said), 200)
        return path

    def notice(self, path):
        return {"served_at": self.world.after_all_that(), "method": "in_person", "evidence_id": add_file(self.clerk, path, "送达回证：本人签收。"),
                "digest_sha256": must(self.clerk.get(path), 200).json["notice"]["digest_sha256"]}

    def published(self):
        path = self.approved()
        must(self.clerk.post(f"{path}/notice", self.notice(path)), 200)
        return path

    def shown(self):
        """What everybody reads of this record's publications."""
        own = {item["publicity_id"] for item in must(self.supervisor.get(f"/v1/publicity?record_id={self.record}"), 200).json["items"]}
        return [e for e in self.world.client().all_items("/public/v1/publicity?limit=1") if e["publicity_id"] in own]


def corrected_report(world, case):
    """The platform refuses the first report, which has the agency's old name: corrected, it is there."""
    supervisor, path = world.client("qian.supervisor"), f"/v1/submissions/{case['batch_no']}"
    record = must(supervisor.get(path), 200).json["records"][0]
    fields = {error["field"]: REGISTERED_NAME for error in record["errors"]}
    must(supervisor.post(f"{path}/records/{record['record_no']}/correction", {"fields": fields, "why": "单位名称以平台登记为准"}), 201)
    wait_until("the platform has it", lambda: copies(world, case), within=60)


def copies(world, case):
    """What the platform holds of the case."""
    return world.at_platform().all_items(f"/exchange/v1/records?commitment_code={case['commitment_code']}")


def give_place(world):
    """Gives the district its rules."""
    return must(world.client("root.admin").post("/v1/knowledge", place()), 200).json


def carried(rule):
    """A rule as the program carries it."""
    return next(r for r in json.loads((ROOT / "schema/rules/cn-national.json").read_text(encoding="utf-8"))["rules"] if r["id"] == rule)
