"""Who may call what: for every operation of the contract, without a token, with the wrong role, with each right one."""
import json
import re
import subprocess
import unittest

from sponsio_e2e.contract import begin
from sponsio_e2e.world import AGENCY, ROOT, World, must

ROLES = ["clerk", "verifier", "reviewer", "decider", "supervisor", "integrator", "assessor", "auditor", "administrator"]
IDENTIFIER = "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"
# Well-formed, and nothing has it.
PLACES = {"uscc": "91350100M000100Y43", "matter_code": "NONE-1", "version": "1", "item_id": "none-1", "batch_no": "none",
          "record_no": "none", "commitment_code": "11010520260302999999"}
WORLD = World()


def contract():
    """schema/openapi.yaml as JSON; Python's library has no YAML."""
    program = "console.log(JSON.stringify(require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))))"
    run = subprocess.run(["node", "-e", program, ROOT / "schema/openapi.yaml"], cwd=ROOT / "tests/e2e", capture_output=True,
                         text=True, check=True)
    return json.loads(run.stdout)


def operations():
    """(operation, method, target with the places filled)"""
    for template, item in contract()["paths"].items():
        target = re.sub(r"\{(\w+)\}", lambda m: PLACES.get(m[1], IDENTIFIER), template)
        for method, operation in item.items():
            yield operation, method.upper(), target


def setUpModule():
    begin(WORLD)
    admin = WORLD.client("root.admin")
    for role in ROLES:
        account = must(admin.post("/v1/accounts", {"organisation_uscc": AGENCY, "login": f"only.{role}", "name": role,
                                                   "roles": [role]}, key=True), 201).json["account_id"]
        token = must(admin.post(f"/v1/accounts/{account}/tokens", {}, key=True), 201).json["token"]
        WORLD.tokens[f"only.{role}"] = token


def ask(method, target, role=None):
    client = WORLD.client()
    client.token = WORLD.tokens[f"only.{role}"] if role else None
    headers = {"Idempotency-Key": "x", "Content-Type": "application/json", "If-Match": '"1"'} if method == "POST" else {}
    return client.request(method, target, b"{}" if method == "POST" else None, headers)


class Access(unittest.TestCase):
    def test_without_a_token(self):
        for operation, method, target in operations():
            with self.subTest(operation["operationId"]):
                answer = ask(method, target)
                if operation.get("security") == []:
                    self.assertIn(answer.status, (200, 404, 422))  # 422: what must be asked for was not said
                else:
                    self.assertEqual((answer.status, answer.problem), (401, "unauthenticated"))

    def test_every_role_at_every_door(self):
        for operation, method, target in operations():
            if operation.get("security") == []:
                continue
            for role in ROLES:
                with self.subTest(f"{operation['operationId']} by {role}"):
                    answer = ask(method, target, role)
                    if role in operation.get("x-roles", ROLES):
                        self.assertNotIn(answer.status, (401, 403), answer.body[:300])
                        self.assertLess(answer.status, 500)
                    else:
                        self.assertEqual((answer.status, answer.problem), (403, "forbidden"))
