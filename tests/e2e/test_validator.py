"""The judge of answers sees every kind of breach; else its silence would mean nothing."""
import base64
import json
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ID = "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10"
JSON_HEADERS = {"content-type": "application/json", "x-request-id": "0123456789abcdef"}
ORGANISATION = {"uscc": "91350100M000100Y43", "name": "示例", "kind": "government", "region_code": "110105",
                "parent_uscc": None, "created_at": "2026-03-02T01:00:00.000000Z"}


def exchange(**changes):
    """A good one: an organisation is asked for and found."""
    body = changes.pop("json", ORGANISATION)
    line = {"server": "sponsio", "method": "GET", "target": "/v1/organisations/91350100M000100Y43", "headers": {}, "body": "",
            "status": 200, "answer_headers": JSON_HEADERS, "answer_body": base64.b64encode(json.dumps(body).encode()).decode()}
    return line | changes


def problem(slug="not-found", status=404, **changes):
    body = {"type": f"urn:sponsio:problem:{slug}", "title": "x", "status": status, "instance": "urn:request:0123456789abcdef"} | changes
    return exchange(json=body, status=status, answer_headers=JSON_HEADERS | {"content-type": "application/problem+json"})


def created(headers):
    draft = {k: v for k, v in ORGANISATION.items() if k != "created_at"}
    return exchange(method="POST", target="/v1/organisations", status=201,
                    headers={"Content-Type": "application/json"} | headers,
                    body=base64.b64encode(json.dumps(draft).encode()).decode(),
                    answer_headers=JSON_HEADERS | {"location": "/v1/organisations/91350100M000100Y43"})


GOOD = [exchange(), problem(), created({"Idempotency-Key": "a"}),
        problem("invalid", 422, errors=[{"pointer": "/a", "reason": "empty", "detail": "x"}]) | {"method": "POST", "target": "/v1/organisations"},
        exchange(method="DELETE", target=f"/v1/tokens/{ID}", status=204, answer_body="", answer_headers={"x-request-id": "a"}),
        problem() | {"target": "/nowhere"}]
BAD = [
    (exchange(json=ORGANISATION | {"colour": "blue"}), "must NOT have additional properties"),
    (exchange(json={k: v for k, v in ORGANISATION.items() if k != "name"}), "must have required property 'name'"),
    (exchange(json=ORGANISATION | {"kind": "shop"}), "must be equal to one of the allowed values"),
    (exchange(json=ORGANISATION | {"created_at": "yesterday"}), "must match format"),
    (exchange(status=201), "status 201 is not promised"),
    (exchange(answer_headers={"content-type": "application/json"}), "X-Request-Id is missing"),
    (exchange(answer_headers=JSON_HEADERS | {"content-type": "text/html"}), "content type text/html"),
    (exchange(answer_body=base64.b64encode(b"{").decode()), "the body is no JSON"),
    (problem("invented"), "must be equal to one of the allowed values"),
    (problem("not-found", 409), "belongs to status 404"),
    (problem(status=404) | {"status": 403}, "the problem says status 404"),
    (problem(instance="urn:request:other"), "is not the X-Request-Id"),
    (created({}), "accepted without header Idempotency-Key"),
    (exchange(target="/v1/organisations/91350100M000100Y43?x=1"), "accepted the unknown query parameter x"),
    (exchange(target="/nowhere"), "content type application/json"),
    (problem("throttled", 429), "Retry-After is missing"),
]


class Validator(unittest.TestCase):
    def judge(self, exchanges, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "exchanges.jsonl"
            path.write_text("".join(json.dumps(e) + "\n" for e in exchanges))
            run = subprocess.run(["node", ROOT / "tests/e2e/validate_answers.cjs", ROOT / "schema", path, *options],
                                 capture_output=True, text=True, check=False)
            return run.returncode, run.stdout + run.stderr

    def test_good_answers_pass(self):
        self.assertEqual(self.judge(GOOD), (0, f"{len(GOOD)} answers judged, 0 breaches of the contract\n"))

    def test_every_breach_is_named(self):
        for line, sentence in BAD:
            with self.subTest(sentence):
                status, output = self.judge([line])
                self.assertEqual(status, 1)
                self.assertIn(sentence, output)

    def test_operations_never_called_are_named(self):
        status, output = self.judge(GOOD, "--cover")
        self.assertEqual(status, 1)
        self.assertIn("POST /v1/commitments was never answered well", output)
        self.assertNotIn("GET /v1/organisations/{uscc} was never", output)

    def test_exceptions_are_those_that_were_not_called(self):
        self.assertNotIn("POST /v1/commitments was", self.judge(GOOD, "--cover", "fileCommitment")[1])
        self.assertIn("GET /v1/organisations/{uscc} was answered well", self.judge(GOOD, "--cover", "getOrganisation")[1])

    def test_no_answers_at_all_is_a_failure(self):
        self.assertEqual(self.judge([])[0], 1)
