"""Who may call what: for every operation of the contract, without a token, with the wrong role, with each right one, and from another
organisation at things that exist."""
import json
import re
import subprocess
import unittest

from sponsio_e2e import campaigning, passkeys, people
from sponsio_e2e.case import reported_case
from sponsio_e2e.contract import begin
from sponsio_e2e.exposures import COMMITTEE, appoint, reported
from sponsio_e2e.filing import open_matter
from sponsio_e2e.life import Life
from sponsio_e2e.world import AGENCY, DISTRICT, GOVERNMENT, OTHER_AGENCY, PLATFORM, ROOT, World, must

ROLES = ["clerk", "verifier", "reviewer", "decider", "supervisor", "integrator", "assessor", "auditor", "administrator"]
IDENTIFIER = "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"
# Well-formed, and nothing has it.
PLACES = {"uscc": "91350100M000100Y43", "matter_code": "NONE-1", "version": "1", "item_id": "none-1", "batch_no": "none",
          "record_no": "none", "commitment_code": "11010520260302999999"}
# Said of every organisation to every account.
KNOWN_TO_ALL = {"getOrganisation", "listOrganisationNames"}
# Where what exists is named in the body and not in the path: operation -> (member, part of the case).
NAMED_IN_BODY = {"issueNotice": ("matter_code", "matter_code"), "fileCommitment": ("notice_id", "notice_id"), "draftFinding": ("task_id", "task_id"),
                 "askEligibility": ("matter_code", "matter_code"), "fileObjection": ("record_id", "record_id"),
                 "applyForRepair": ("record_id", "record_id"), "proposePublicity": ("record_id", "record_id"),
                 "proposeListing": ("record_id", "record_id")}
# Whose doors open to no account: everybody's, and those of a visitor's own case, to whom no token of an official is one.
NO_ACCOUNT = ([], [{"visit": []}])
WORLD = World()


def contract():
    """schema/openapi.yaml as JSON; Python's library has no YAML."""
    program = "console.log(JSON.stringify(require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))))"
    run = subprocess.run(["node", "-e", program, ROOT / "schema/openapi.yaml"], cwd=ROOT / "tests/e2e", capture_output=True,
                         text=True, check=True)
    return json.loads(run.stdout)


CONTRACT = contract()


def filled(template, places):
    return re.sub(r"\{(\w+)\}", lambda m: places.get(m[1], IDENTIFIER), template)


def operations():
    """(operation, method, template)"""
    for template, item in CONTRACT["paths"].items():
        for method, operation in item.items():
            yield operation, method.upper(), template


def example_body(operation):
    """The example of its body: one that is valid but for what it names."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    schema = media and media["schema"]
    while schema and "$ref" in schema:
        schema = CONTRACT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return (schema or {}).get("example", {})


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    for unit, prefix in ((AGENCY, "only"), (OTHER_AGENCY, "beside"), (PLATFORM, "platform"), (GOVERNMENT, "above")):
        for role in ROLES:
            WORLD.add_person(f"{prefix}.{role}", unit, role, [role])
    WORLD.case = reported_case(WORLD) | {"uscc": AGENCY}
    WORLD.case["passkey_id"] = passkeys.enrolled(WORLD, "only.verifier")[2]["passkey_id"]
    WORLD.case |= demanded_proof()
    WORLD.case |= campaign()
    wish = {"url": "https://receiver.example.cn/hooks"}
    life = Life(WORLD, WORLD.case["record_id"])
    life.answer(life.object("wrong_person"), outcome="delete", reasons="确非本人。")  # so that it is to be removed
    WORLD.case["removal_id"] = must(life.supervisor.get("/v1/removals"), 200).json["items"][0]["removal_id"]
    WORLD.case["subscription_id"] = must(WORLD.client("only.integrator").post("/v1/subscriptions", wish, key=True), 201).json["subscription_id"]


def demanded_proof():
    """A case of which the agency is the authority, with its report, and a slip of a committee."""
    WORLD.add_organisation({"uscc": COMMITTEE, "name": "示例社区居民委员会", "kind": "grassroots", "region_code": DISTRICT, "parent_uscc": GOVERNMENT})
    WORLD.add_person("zou.committee", COMMITTEE, "邹委", ["clerk"])
    appointed = appoint(WORLD, "civil_affairs", AGENCY)
    reported(WORLD, unit_uscc=None)
    verifier = WORLD.client("li.verifier")
    seen = must(verifier.get("/v1/exposures/" + verifier.all_items("/v1/exposures")[-1]["exposure_id"]), 200).json
    slip = {"proof_name": "亲属关系证明", "unit_name": "示例银行", "purpose": "开户"}
    return {"exposure_id": seen["exposure_id"], "appointment_id": appointed["appointment_id"], "report_id": seen["reports"][0]["report_id"],
            "slip_id": must(WORLD.client("zou.committee").post("/v1/refusal-slips", slip, key=True), 201).json["slip_id"]}


def campaign():
    """A campaign of which the agency is the authority, with a task of its own."""
    wish = campaigning.plan(WORLD, regions=(DISTRICT,))
    wish["tasks"] = [task | {"unit_uscc": AGENCY} for task in wish["tasks"]]
    made = must(WORLD.client("qian.supervisor").post("/v1/campaigns", wish, key=True), 201).json
    return {"campaign_id": made["campaign_id"], "campaign_task_id": made["tasks"][0]["campaign_task_id"]}


def ask(method, target, login=None, body=None):
    client = WORLD.client()
    client.token = WORLD.tokens[login] if login else None
    headers = {"Content-Type": "application/json", "If-Match": '"1"'} if method == "POST" else {}
    if method == "POST":
        WORLD.asked = getattr(WORLD, "asked", 0) + 1
        headers["Idempotency-Key"] = f"access-{WORLD.asked}"
    return client.request(method, target, json.dumps(body or {}).encode() if method == "POST" else None, headers)


class Access(unittest.TestCase):
    def test_without_a_token(self):
        for operation, method, template in operations():
            with self.subTest(operation["operationId"]):
                answer = ask(method, filled(template, PLACES))
                if operation.get("security") == []:
                    self.assertIn(answer.status, (200, 404, 422))  # 422: what must be asked for was not said
                else:
                    self.assertEqual((answer.status, answer.problem), (401, "unauthenticated"))

    def test_no_account_opens_somebodys_own_case(self):
        for operation, method, template in operations():
            if operation.get("security") == [{"visit": []}]:
                for role in ROLES:
                    with self.subTest(f"{operation['operationId']} by {role}"):
                        answer = ask(method, filled(template, PLACES | WORLD.case), f"only.{role}")
                        self.assertEqual((answer.status, answer.problem), (401, "unauthenticated"))

    def test_every_role_at_every_door(self):
        for operation, method, template in operations():
            if operation.get("security") in NO_ACCOUNT:
                continue
            for role in ROLES:
                with self.subTest(f"{operation['operationId']} by {role}"):
                    answer = ask(method, filled(template, PLACES), f"only.{role}")
                    if role in operation.get("x-roles", ROLES):
                        self.assertNotIn(answer.status, (401, 403), answer.body[:300])
                        self.assertLess(answer.status, 500)
                    else:
                        self.assertEqual((answer.status, answer.problem), (403, "forbidden"))

    @staticmethod
    def told(answer):
        return answer.status, answer.problem, answer.pointers() if answer.problem == "invalid" else None

    def test_what_another_organisation_has_is_as_if_it_were_not_there(self):
        """Every operation with real identifiers and valid bodies, by each role of organisations beside the agency."""
        before = WORLD.stored()
        asked = 0
        for operation, method, template in operations():
            name = operation["operationId"]
            if operation.get("security") in NO_ACCOUNT or name in KNOWN_TO_ALL or ("{" not in template and name not in NAMED_IN_BODY):
                continue
            real = absent = example_body(operation)
            if name in NAMED_IN_BODY:
                member, part = NAMED_IN_BODY[name]
                nothing = PLACES.get(part, IDENTIFIER)
                real, absent = real | {member: WORLD.case[part]}, absent | {member: nothing}
            for prefix in ("beside", "platform"):
                for role in ROLES:
                    with self.subTest(f"{name} by {prefix}.{role}"):
                        answer = ask(method, filled(template, PLACES | WORLD.case), f"{prefix}.{role}", real)
                        self.assertGreaterEqual(answer.status, 400, answer.body[:300])
                        nothing_there = ask(method, filled(template, PLACES), f"{prefix}.{role}", absent)
                        self.assertEqual(self.told(answer), self.told(nothing_there))
                        asked += 1
        self.assertGreater(asked, 1000)
        self.assertEqual(WORLD.stored(), before)

    def test_superiors_read_no_case_of_those_below(self):
        case, reached = WORLD.case, {"getAccount", "listTokens", "listPasskeys", "listAccountChanges"} | KNOWN_TO_ALL
        for operation, method, template in operations():
            if method != "GET" or operation.get("security") in NO_ACCOUNT or "{" not in template or operation["operationId"] in reached:
                continue
            for role in ROLES:
                with self.subTest(f"{operation['operationId']} by above.{role}"):
                    self.assertIn(ask(method, filled(template, PLACES | case), f"above.{role}").status, (403, 404))

    def test_lists_hold_nothing_of_others(self):
        secrets = [v for k, v in WORLD.case.items() if k not in ("version", "uscc", "matter_code")] + [people.RESIDENT["name"]]
        for operation, method, template in operations():
            if method != "GET" or operation.get("security") in NO_ACCOUNT or "{" in template:
                continue
            for role in ROLES:
                with self.subTest(f"{operation['operationId']} by beside.{role}"):
                    answer = ask(method, template, f"beside.{role}")
                    self.assertIn(answer.status, (200, 403, 422))
                    for secret in secrets:
                        self.assertNotIn(secret, answer.body.decode())


if __name__ == "__main__":
    unittest.main()
