"""The own case of somebody: the code on the prior notice, and what they see and file with it. All are made up."""
import re

from . import people
from .case import checked, filed
from .identifiers import citizen_number
from .program import wait_until
from .world import must

ROOT = "/public/v1/my-case"
CODE = re.compile(r"查询码 ([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})")
VISITOR = {"kind": "natural_person", "name": "皇甫例二", "document": {"type": "citizen_id", "number": citizen_number("11010519790909001")}}


def noticed(world, committer=VISITOR):
    """A finding about somebody, whose prior notice was composed and served: its path."""
    filing = filed(world, committer)
    finding = must(world.client("li.verifier").post("/v1/findings", checked(world, filing), key=True), 201).json
    path = f"/v1/findings/{finding['finding_id']}"
    must(world.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
    world.notify(world.client("zhang.clerk"), path)
    return path


def code_on(world, path):
    """That of the newest prior notice of a finding, as the party reads it on paper."""
    clerk = world.client("zhang.clerk")
    papers = [d for d in must(clerk.get(path), 200).json["documents"] if d["kind"] == "prior_notice"]
    return CODE.search(must(clerk.get(f"/v1/documents/{papers[-1]['document_id']}"), 200).json["text"]["zh"])[1]


def identity(code, committer=VISITOR):
    return {"case_code": code, "name": committer["name"], "document": committer["document"]}


def signed_in(world, code, committer=VISITOR):
    """A client with the token of a visit."""
    client = world.client()
    client.token = must(world.client().post(f"{ROOT}/sessions", identity(code, committer)), 201).json["token"]
    return client


def add_file(client, where, text, name="paper.txt"):
    return client.post_bytes(f"{where}/files?kind=documentary&name={name}", text.encode(), "text/plain; charset=utf-8", key=True)


def everything_of_ones_own(world, record_id, finding_path, committer):
    """Each operation of the own case, and those of removals, once: for the contract."""
    world.notice_id = world.notice_id if hasattr(world, "notice_id") else world.story.notice["notice_id"]
    visitor = signed_in(world, code_on(world, finding_path), committer)
    case = must(visitor.get(ROOT), 200).json
    assert case["record"]["record_id"] == record_id, case
    must(visitor.get(f"{ROOT}/papers/{case['papers'][0]['document_id']}"), 200)
    assert must(visitor.get(f"{ROOT}/queries"), 200).json["items"]
    objection = must(visitor.post(f"{ROOT}/objections", {"ground": "missing", "statement": "遗漏已整改的事实。"}, key=True), 201)
    must(add_file(visitor, objection.headers["location"], "整改证明"), 201)
    must(visitor.post(f"{ROOT}/repairs", {"statement": "已退出，申请修复。", "corrected_on": "2026-04-01"}, key=True), 201)
    must(visitor.post(f"{ROOT}/sessions/end"), 204)
    other = signed_in(world, code_on(world, noticed(world)))
    must(other.post(f"{ROOT}/statements", {"text": "请予核实。"}, key=True), 201)
    must(other.post(f"{ROOT}/hearings", {"text": "要求听证。"}, key=True), 201)
    integrator = world.client("sun.integrator")
    removal = wait_until("a removal is to be confirmed", lambda: next(iter(must(integrator.get("/v1/removals?state=ordered"), 200).json["items"]), None))
    path = f"/v1/removals/{removal['removal_id']}"
    must(integrator.get(path), 200)
    must(integrator.post(f"{path}/receipts", {"measure": removal["measure"], "removed_at": world.after_all_that()}, key=True), 201)
