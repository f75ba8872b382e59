"""Many commitments in one request: every line answered for itself, in order, while later lines are still to come."""
import hashlib
import http.client
import json
import ssl
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.world import World, must

WORLD = World()
PATH = "/v1/commitments/bulk"
NDJSON = "application/x-ndjson"


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def draft(**changes):
    return people.commitment(WORLD.notice_id, "2026-03-02") | changes


def lines_of(drafts):
    return "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in drafts).encode()


def answers_of(body):
    """The answers to the lines; the last line counts them."""
    *answers, last = [json.loads(line) for line in body.decode().splitlines()]
    counts = last["summary"]
    assert counts["lines"] == len(answers) and counts["complete"], counts
    assert counts["refused"] == sum("problem" in a for a in answers), counts
    assert counts["replayed"] == sum(a.get("replayed", False) for a in answers), counts
    return answers


def send(body, key=True, content_type=NDJSON):
    return WORLD.client("zhang.clerk").post_bytes(PATH, body, content_type, key)


class Bulk(unittest.TestCase):
    def test_answers_every_line_in_order_with_its_receipt(self):
        answers = answers_of(must(send(lines_of(draft(reason=f"第{n}件") for n in range(1, 701))), 200).body)
        self.assertEqual([a["line"] for a in answers], list(range(1, 701)))
        self.assertEqual({a["status"] for a in answers}, {201})
        self.assertEqual(len({a["commitment_code"] for a in answers}), 700)
        for n, answer in enumerate(answers, 1):
            receipt = answer["receipt"]
            digest = hashlib.sha256(receipt["content"].encode()).hexdigest()
            self.assertEqual(json.loads(receipt["entry"])["digest"], digest)
            self.assertEqual(json.loads(receipt["content"])["reason"], f"第{n}件")
            self.assertTrue(receipt["proof"].startswith("c2sp.org/tlog-proof@v1\n"))
        kept = must(WORLD.client("zhang.clerk").get(f"/v1/commitments/{answers[350]['commitment_code']}"), 200).json
        self.assertEqual(kept["receipt"], answers[350]["receipt"])

    def test_a_bad_line_stops_no_other(self):
        body = b"".join([
            lines_of([draft()]),
            b"{not json\n",
            lines_of([draft(notice_id="019caacc-1bc5-78f0-af2f-4a0d01d6a1b4")]),
            b"\n",
            lines_of([draft(made_on="2026-02-30", remarks=7)]),
            b'"' + b"x" * 70_000 + b'"\n',
            lines_of([draft()]).rstrip(b"\n"),  # the last line may end with the body
        ])
        answers = answers_of(must(send(body), 200).body)
        self.assertEqual([(a["line"], a["status"]) for a in answers],
                         [(1, 201), (2, 400), (3, 422), (5, 422), (6, 413), (7, 201)])
        self.assertEqual(answers[1]["problem"]["type"], "urn:sponsio:problem:bad-json")
        self.assertEqual([e["pointer"] for e in answers[2]["problem"]["errors"]], ["/notice_id"])
        self.assertEqual({e["pointer"] for e in answers[3]["problem"]["errors"]}, {"/made_on", "/remarks"})

    def test_the_same_request_again_is_answered_with_what_was_said_first(self):
        body = lines_of([draft(), draft()])
        first = answers_of(must(send(body, "bulk-again"), 200).body)
        again = answers_of(must(send(body + lines_of([draft()]), "bulk-again"), 200).body)
        self.assertEqual([a["replayed"] for a in again], [True, True, False])
        for before, after in zip(first, again):
            self.assertEqual(before | {"replayed": True}, after)
        changed = answers_of(must(send(lines_of([draft(reason="改了")]), "bulk-again"), 200).body)
        self.assertEqual(changed[0]["problem"]["type"], "urn:sponsio:problem:idempotency-key-reused")

    def test_refuses_what_is_no_bulk(self):
        self.assertEqual(send(lines_of([draft()]), key=None).problem, "idempotency-key-missing")
        self.assertEqual(send(lines_of([draft()]), "k" * 241).problem, "invalid")
        self.assertEqual(send(lines_of([draft()]), content_type="application/json").problem, "media-type")
        self.assertEqual(WORLD.client("li.verifier").post_bytes(PATH, b"", NDJSON, True).problem, "forbidden")
        self.assertEqual(answers_of(must(send(b""), 200).body), [])

    def test_answers_a_line_before_the_next_one_is_sent(self):
        host, port = WORLD.server.address.rsplit(":", 1)
        context = ssl.create_default_context(cafile=WORLD.server.certificate)
        connection = http.client.HTTPSConnection(host, int(port), timeout=30, context=context)
        self.addCleanup(connection.close)
        connection.putrequest("POST", PATH)
        for name, value in {"Authorization": f"Bearer {WORLD.tokens['zhang.clerk']}", "Content-Type": NDJSON,
                            "Idempotency-Key": "line-by-line", "Transfer-Encoding": "chunked"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = None
        for n in range(1, 4):
            line = lines_of([draft()])
            connection.send(b"%x\r\n%s\r\n" % (len(line), line))
            response = response or connection.getresponse()
            answer = json.loads(response.fp.readline() if not response.chunked else self.read_line(response))
            self.assertEqual((answer["line"], answer["status"]), (n, 201))
        connection.send(b"0\r\n\r\n")
        self.assertEqual(json.loads(response.read())["summary"]["filed"], 3)

    @staticmethod
    def read_line(response):
        text = b""
        while not text.endswith(b"\n"):
            text += response.read1(1)
        return text


if __name__ == "__main__":
    unittest.main()
