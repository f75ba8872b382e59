"""The judges accept what is right and refuse every way of being wrong, so that their yes means something."""
import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile
import unittest

from sponsio_e2e import judges


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class RecordJudge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        for name in ("key", "other"):
            cls.run_jose("jwk", "gen", "-i", '{"alg":"ES256"}', "-o", cls.folder / f"{name}.jwk")
            cls.run_jose("jwk", "pub", "-s", "-i", cls.folder / f"{name}.jwk", "-o", cls.folder / f"{name}.jwks")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @staticmethod
    def run_jose(*arguments, **options):
        return subprocess.run(["jose", *map(str, arguments)], check=True, capture_output=True, **options).stdout

    def sign(self, payload, typ="dc+sd-jwt"):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        template = json.dumps({"protected": {"alg": "ES256", "typ": typ}})
        return self.run_jose("jws", "sig", "-c", "-I-", "-k", self.folder / "key.jwk", "-s", template,
                             input=text.encode()).decode()

    def token(self, disclosures, payload=None, **options):
        texts = [b64(json.dumps(d, ensure_ascii=False).encode()) for d in disclosures]
        digests = [b64(hashlib.sha256(t.encode()).digest()) for t in texts]
        if payload is None:
            payload = {"iss": "https://a", "_sd": sorted(digests), "_sd_alg": "sha-256"}
        return self.sign(payload, **options), texts, digests

    def verify(self, compact, texts, keys="key.jwks"):
        return judges.verify_record("~".join([compact, *texts]) + "~", self.folder / keys)

    def test_a_good_record_gives_its_claims(self):
        compact, texts, _ = self.token([["s1", "name", "张三"], ["s2", "matter", {"code": "X"}]])
        _, payload, claims = self.verify(compact, texts)
        self.assertNotIn("name", payload)
        self.assertEqual(claims, {"iss": "https://a", "name": "张三", "matter": {"code": "X"}})

    def test_an_undisclosed_claim_stays_hidden(self):
        compact, texts, _ = self.token([["s1", "name", "张三"], ["s2", "matter", 1]])
        self.assertEqual(self.verify(compact, texts[1:])[2], {"iss": "https://a", "matter": 1})

    def test_a_disclosure_inside_a_disclosure_and_in_an_array(self):
        inner = b64(b'["s3","number","1"]')
        element = b64(b'["s4","a"]')
        outer = ["s1", "subject", {"_sd": [b64(hashlib.sha256(inner.encode()).digest())]}]
        text = b64(json.dumps(outer).encode())
        payload = {"_sd": [b64(hashlib.sha256(text.encode()).digest())],
                   "list": [{"...": b64(hashlib.sha256(element.encode()).digest())}, "b"]}
        claims = self.verify(self.sign(payload), [text, inner, element])[2]
        self.assertEqual(claims, {"subject": {"number": "1"}, "list": ["a", "b"]})

    def refuse(self, what, compact, texts, **options):
        with self.subTest(what), self.assertRaises(judges.Refused):
            self.verify(compact, texts, **options)

    def test_what_is_wrong_is_refused(self):
        compact, texts, digests = self.token([["s1", "name", "张三"]])
        self.refuse("another key", compact, texts, keys="other.jwks")
        self.refuse("a changed signature", compact[:-4] + ("AAAA" if compact[-4:] != "AAAA" else "BBBB"), texts)
        self.refuse("a foreign disclosure", compact, texts + [b64(b'["s9","x",1]')])
        self.refuse("a disclosure twice", compact, texts * 2)
        self.refuse("a changed disclosure", compact, [b64('["s1","name","李四"]'.encode())])
        self.refuse("typ", *self.token([["s1", "name", 1]], typ="jwt")[:2])
        self.refuse("a digest twice", self.sign({"_sd": digests * 2}), texts)
        self.refuse("a claim that is there already", self.sign({"_sd": digests, "name": "x"}), texts)
        self.refuse("a member twice", self.sign('{"a":1,"a":2}'), [])
        self.refuse("an array element among members", *self.token([["s1", "x"]])[:2])
        with self.assertRaises(judges.Refused):
            judges.verify_record(compact, self.folder / "key.jwks")


class SubmissionJudge(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.openssl("genpkey", "-algorithm", "SM2", "-out", self.folder / "key.pem")
        self.openssl("pkey", "-in", self.folder / "key.pem", "-pubout", "-out", self.folder / "sm2-public.pem")
        (self.folder / "records.jsonl").write_text('{"record_no":"1"}\n{"record_no":"2"}\n')
        self.write_manifest(judges.sm3(self.folder / "records.jsonl"), 2)

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def write_manifest(self, digest, count, distid=judges.SM2_DISTINGUISHING_ID):
        (self.folder / "manifest.json").write_text(json.dumps({"digest_sm3": digest, "record_count": count}))
        self.openssl("dgst", "-sm3", "-sign", self.folder / "key.pem", "-sigopt", f"distid:{distid}", "-out",
                     self.folder / "manifest.sm2", self.folder / "manifest.json")

    def test_a_good_batch_gives_its_records(self):
        self.assertEqual([r["record_no"] for r in judges.verify_submission(self.folder)[1]], ["1", "2"])

    def refused(self):
        with self.assertRaises(judges.Refused):
            judges.verify_submission(self.folder)

    def test_another_distinguishing_id_is_refused(self):
        self.write_manifest(judges.sm3(self.folder / "records.jsonl"), 2, distid="0000000000000000")
        self.refused()

    def test_changed_records_are_refused(self):
        (self.folder / "records.jsonl").write_text('{"record_no":"1"}\n{"record_no":"3"}\n')
        self.refused()

    def test_a_changed_manifest_is_refused(self):
        path = self.folder / "manifest.json"
        path.write_text(path.read_text().replace('2}', '3}'))
        self.refused()

    def test_a_wrong_count_is_refused(self):
        self.write_manifest(judges.sm3(self.folder / "records.jsonl"), 3)
        self.refused()
