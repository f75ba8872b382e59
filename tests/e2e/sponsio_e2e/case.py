"""A whole case, from the promise to the reported record, for tests that ask who may see and touch what of it."""
import datetime

from . import people
from .identifiers import citizen_number
from .program import wait_until
from .world import must

DAY = datetime.timedelta(days=1)
SUBJECT = {"kind": "natural_person", "name": "端木例一", "document": {"type": "citizen_id", "number": citizen_number("11010519820203001")}}
# Of what the party never answered.
DECISION = {k: v for k, v in people.DECISION.items() if k != "defence_answer"}


def filed(world, committer=SUBJECT, by="zhang.clerk"):
    body = people.commitment(world.notice_id, world.clock.today()) | {"committer": committer}
    filing = must(world.client(by).post("/v1/commitments", body, key=True), 201).json
    must(people.add_signed_paper(world.client(by), filing), 201)
    return filing


def checked(world, filing, by="li.verifier", result="inconsistent"):
    """Closes its check, unless told otherwise with a result that speaks against the promise: the draft of a finding."""
    verifier, path = world.client(by), f"/v1/verifications/{filing['verification']['task_id']}"
    must(verifier.post(f"{path}/claim"), 200)
    must(verifier.post(f"{path}/start"), 200)
    piece = must(verifier.post_bytes(f"{path}/evidence?kind=documentary&name=x.txt", b"x", "text/plain", key=True), 201).json
    must(verifier.post(f"{path}/conclusion", {"result": result, "checked_on": world.clock.today(), "summary": "核查完毕。"}), 200)
    must(verifier.post(f"{path}/closure"), 200)
    return people.finding(filing["verification"]["task_id"], [piece["evidence_id"]])


def reported_case(world):
    """A false promise on record and reported to the platform: what its parts are called in paths."""
    filing = filed(world)
    finding = must(world.client("li.verifier").post("/v1/findings", checked(world, filing), key=True), 201).json
    path, clerk = f"/v1/findings/{finding['finding_id']}", world.client("zhang.clerk")
    must(world.client("wang.reviewer").post(f"{path}/review", people.REVIEW), 200)
    world.notify(clerk, path)
    world.clock.move_to(world.clock.now() + 20 * DAY)
    must(world.client("zhao.decider").post(f"{path}/decision", DECISION), 200)
    must(clerk.post(f"{path}/service", people.service(clerk, path, world.after_all_that())), 200)
    world.clock.move_to(world.clock.now() + 200 * DAY)
    record = wait_until("the record is issued", lambda: clerk.get(path).json["record_id"], within=60)
    supervisor = world.client("qian.supervisor")
    batch = wait_until("it is reported", lambda: next(iter(b for b in must(supervisor.get("/v1/submissions"), 200).json["items"]
                                                           if b["state"] == "answered"), None), within=60)["batch_no"]
    holder = world.client("zhang.clerk")
    return {"commitment_code": filing["commitment_code"], "task_id": filing["verification"]["task_id"], "finding_id": finding["finding_id"],
            "record_id": record, "batch_no": batch, "evidence_id": finding["evidence_ids"][0], "notice_id": world.notice_id,
            "record_no": must(supervisor.get(f"/v1/submissions/{batch}"), 200).json["records"][0]["record_no"],
            "document_id": must(clerk.get(path), 200).json["documents"][0]["document_id"], "matter_code": people.MATTER_CODE, "version": "1",
            "account_id": world.accounts["zhang.clerk"], "token_id": must(holder.get("/v1/me"), 200).json["token"]["token_id"]}
