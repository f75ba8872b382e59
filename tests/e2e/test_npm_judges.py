"""tests/judges/*.cjs accept what is right and refuse every way of being wrong that the libraries under them let pass."""
import base64
import gzip
import hashlib
import json
import pathlib
import subprocess
import tempfile
import unittest
import zlib

from sponsio_e2e import judges

NOW = 1790000000
ISSUER = "https://sponsio.example"
LIST = f"{ISSUER}/v1/status-lists/1"


def b64(data):
    data = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest(text):
    return b64(hashlib.sha256(text.encode()).digest())


def salt(number):
    return b64(hashlib.sha256(str(number).encode()).digest()[:16])


def claim(number, name, value):
    return b64([salt(number), name, value])


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


class Signing(unittest.TestCase):
    """Tokens signed by Debian's `jose`."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        for name in ("key", "other"):
            cls.jose("jwk", "gen", "-i", json.dumps({"alg": "ES256", "kid": "k1"}), "-o", cls.folder / f"{name}.jwk")
            public = json.loads(cls.jose("jwk", "pub", "-i", cls.folder / f"{name}.jwk", "-o-"))
            cls.write_keys(f"{name}.jwks", public)
            if name == "key":
                cls.public = public

    @classmethod
    def write_keys(cls, name, *keys):
        (cls.folder / name).write_text(json.dumps({"keys": keys}))

    @staticmethod
    def jose(*arguments, **options):
        return subprocess.run(["jose", *map(str, arguments)], check=True, capture_output=True, **options).stdout

    def sign(self, payload, typ, **header):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        protected = {"alg": "ES256", "kid": "k1", "typ": typ} | header
        template = json.dumps({"protected": {k: v for k, v in protected.items() if v is not None}})
        return self.jose("jws", "sig", "-c", "-I-", "-k", self.folder / "key.jwk", "-s", template, input=text.encode()).decode()


class Record(Signing):
    NAME = claim(1, "name", "张三")
    MATTER = claim(2, "matter", {"code": "X"})

    def payload(self, *disclosures, **more):
        return {"iss": ISSUER, "vct": f"{ISSUER}/vct", "iat": NOW - 10, "_sd_alg": "sha-256",
                "_sd": sorted(map(digest, disclosures))} | more

    def signed(self, payload, typ="dc+sd-jwt", **header):
        return self.sign(payload, typ, **header)

    def check(self, compact, *disclosures, keys="key.jwks", end="~", **options):
        options = {"now": NOW, "issuer": ISSUER} | options
        return judges.sd_jwt_check("~".join([compact, *disclosures]) + end, self.folder / keys, **options)

    def refuse(self, why, compact, *disclosures, **options):
        with self.subTest(why), self.assertRaisesRegex(judges.Refused, why):
            self.check(compact, *disclosures, **options)

    def test_good_records(self):
        compact = self.signed(self.payload(self.NAME, self.MATTER))
        answer = self.check(compact, self.NAME, self.MATTER, vct=f"{ISSUER}/vct", hidden=["/name", "/matter"])
        self.assertEqual(answer["claims"], {"iss": ISSUER, "vct": f"{ISSUER}/vct", "iat": NOW - 10, "name": "张三", "matter": {"code": "X"}})
        self.assertEqual(sorted(answer["disclosed"]), ["matter", "name"])
        self.assertNotIn("name", self.check(compact, self.MATTER)["claims"])
        status = {"status_list": {"idx": 7, "uri": LIST}}
        answer = self.check(self.signed(self.payload(status=status)))
        self.assertEqual(answer["claims"]["status"], status)

    def test_a_record_signed_with_ed25519(self):
        key = self.folder / "ed25519.pem"
        openssl("genpkey", "-algorithm", "ED25519", "-out", key)
        public = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-32:]
        self.write_keys("ed25519.jwks", {"kty": "OKP", "crv": "Ed25519", "x": b64(public), "kid": "k2", "alg": "EdDSA"})
        signed = f"{b64({'alg': 'EdDSA', 'kid': 'k2', 'typ': 'dc+sd-jwt'})}.{b64(self.payload(self.NAME))}"
        (self.folder / "signed").write_text(signed)
        signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", self.folder / "signed")
        answer = self.check(f"{signed}.{b64(signature)}", self.NAME, keys="ed25519.jwks")
        self.assertEqual(answer["claims"]["name"], "张三")
        wrong = signature[:-1] + bytes([signature[-1] ^ 1])
        self.refuse("jose refuses the signature", f"{signed}.{b64(wrong)}", self.NAME, keys="ed25519.jwks")

    def test_disclosures_inside_disclosures_and_arrays(self):
        number, element = claim(3, "number", "1"), b64([salt(4), "a"])
        subject = claim(5, "subject", {"_sd": [digest(number)]})
        compact = self.signed(self.payload(subject, list=[{"...": digest(element)}, {"...": digest("decoy")}, "b"]))
        claims = self.check(compact, subject, number, element, hidden=["/subject", "/subject/number"])["claims"]
        self.assertEqual((claims["subject"], claims["list"]), ({"number": "1"}, ["a", "b"]))

    def test_wrong_signatures_and_headers_are_refused(self):
        payload = self.payload(self.NAME)
        compact = self.signed(payload)
        head, body, signature = compact.split(".")
        self.refuse("jose refuses the signature", compact, self.NAME, keys="other.jwks")
        self.refuse("jose refuses the signature", f"{head}.{b64(payload | {'iat': 1})}.{signature}", self.NAME)
        self.refuse("strict base64url", f"{head}.{body}.{signature}=", self.NAME)
        self.refuse("three parts", f"{head}.{body}", self.NAME)
        self.refuse("the typ is", self.signed(payload, typ="vc+sd-jwt"), self.NAME)
        self.refuse('the alg "none" is not allowed', f"{b64({'alg': 'none', 'kid': 'k1', 'typ': 'dc+sd-jwt'})}.{body}.", self.NAME)
        self.refuse("the header has the member crit", self.signed(payload, crit=["exp"], exp=1), self.NAME)
        self.refuse("the header has the member jwk", self.signed(payload, jwk=self.public), self.NAME)
        self.refuse("names 0 keys", self.signed(payload, kid="k2"), self.NAME)
        self.refuse("names 0 keys", self.signed(payload, kid=None), self.NAME)
        self.write_keys("twice.jwks", self.public, self.public)
        self.refuse("names 2 keys", compact, self.NAME, keys="twice.jwks")
        self.write_keys("secret.jwks", json.loads((self.folder / "key.jwk").read_text()))
        self.refuse("secret key", compact, self.NAME, keys="secret.jwks")
        self.write_keys("enc.jwks", {k: v for k, v in self.public.items() if k != "key_ops"} | {"use": "enc"})
        self.refuse("something else", compact, self.NAME, keys="enc.jwks")

    def test_wrong_claims_are_refused(self):
        self.refuse("the issuer is", self.signed(self.payload(iss="https://b")))
        self.refuse("the vct is", self.signed(self.payload()), vct="https://other/vct")
        self.refuse("vct is missing", self.signed(self.payload(vct="")))
        self.refuse("issued after", self.signed(self.payload(iat=NOW + 1)))
        self.refuse("not valid before", self.signed(self.payload(nbf=NOW + 1)))
        self.refuse("expired", self.signed(self.payload(exp=NOW)))
        self.refuse("exp is no time", self.signed(self.payload(exp="never")))
        self.refuse("not SHA-256", self.signed(self.payload(_sd_alg="sha-512")))
        self.refuse("names a member twice", self.signed(f'{{"iss":"{ISSUER}","vct":"v","a":1,"\\u0061":2}}'))
        self.refuse("is no JSON", self.signed('{"iss":'))
        for status in ({}, {"status_list": {"idx": -1, "uri": LIST}}, {"status_list": {"idx": "7", "uri": LIST}},
                       {"status_list": {"idx": 7, "uri": "http://a"}}, {"status_list": {"idx": 7}}, LIST):
            self.refuse("the status claim", self.signed(self.payload(status=status)))

    def test_what_must_be_hidden_is_not_in_clear(self):
        compact = self.signed(self.payload(subject={"number": "1"}))
        self.refuse("/subject/number stands in clear", compact, hidden=["/name", "/subject/number"])
        self.check(compact, hidden=["/number"])

    def test_wrong_disclosures_are_refused(self):
        compact = self.signed(self.payload(self.NAME))
        self.refuse("1 disclosures belong to no digest", compact, self.NAME, claim(9, "x", 1))
        self.refuse("1 disclosures belong to no digest", compact, claim(1, "name", "李四"))
        self.refuse("a disclosure stands twice", compact, self.NAME, self.NAME)
        self.refuse("strict base64url", compact, self.NAME + "=")
        self.refuse("a disclosure is no JSON", compact, b64(b"name"))
        self.refuse("ends with ~", compact, end="")
        self.refuse("ends with ~", compact, self.NAME, end="")
        double = b64(f'["{salt(1)}","x",{{"a":1,"a":2}}]'.encode())
        for why, text in [
            ("a salt is too short", b64(["s1", "name", 1])), ("no array of two or three", b64([salt(1), "a", 1, 2])),
            ("no array of two or three", b64({"a": 1})), ("has no name", b64([salt(1), 7, 1])),
            ("names its claim _sd", claim(1, "_sd", [])), (r"names its claim \.\.\.", claim(1, "...", "x")),
            ("names a member twice", double), ("the wrong kind of place", b64([salt(1), "element"])),
            ("the claim iss collides", claim(1, "iss", ISSUER)), ("exp must be in clear", claim(1, "exp", NOW + 9)),
            ("status must be in clear", claim(1, "status", {})),
        ]:
            self.refuse(why, self.signed(self.payload(text)), text)
        same = [claim(1, "a", 1), claim(1, "b", 1)]
        self.refuse("the same salt", self.signed(self.payload(*same)), *same)

    def test_wrong_digests_are_refused(self):
        name = digest(self.NAME)
        element = b64([salt(4), "a"])
        for why, changes, disclosure in [
            ("a digest stands twice", {"_sd": [name, name]}, self.NAME),
            ("a digest stands twice", {"_sd": [name], "subject": {"_sd": [name]}}, self.NAME),
            ("a digest in an object is none", {"_sd": [name, 7]}, self.NAME),
            ("no strict base64url", {"_sd": [name, "***"]}, self.NAME),
            ("_sd is no array", {"_sd": name}, self.NAME),
            ("_sd_alg stands below the top", {"subject": {"_sd_alg": "sha-256"}}, None),
            ("the wrong kind of place", {"list": [{"...": name}], "_sd": []}, self.NAME),
            ("has other members", {"list": [{"...": digest(element), "a": 1}]}, element),
            (r"outside of an array is named \.\.\.", {"subject": {"...": name}, "_sd": []}, self.NAME),
        ]:
            self.refuse(why, self.signed(self.payload(**changes)), *([disclosure] if disclosure else []))


class StatusList(Signing):
    PACKED = bytes([0b0100_0001, 0b0000_0010])  # 4 bits each: 1, 4, 2, 0

    def token(self, typ="statuslist+jwt", bits=4, lst=None, **changes):
        payload = {"sub": LIST, "iat": NOW - 10, "exp": NOW + 600, "ttl": 300,
                   "status_list": {"bits": bits, "lst": b64(zlib.compress(self.PACKED, 9)) if lst is None else lst}} | changes
        return self.sign({k: v for k, v in payload.items() if v is not None}, typ)

    def check(self, token, expected=None, keys="key.jwks", now=NOW):
        return judges.status_list_check(token, self.folder / keys, LIST, expected or {}, now)

    def refuse(self, why, token, *arguments, **options):
        with self.subTest(why), self.assertRaisesRegex(judges.Refused, why):
            self.check(token, *arguments, **options)

    def test_good_lists(self):
        answer = self.check(self.token(), {0: 1, 1: 4, 2: 2, 3: 0})
        self.assertEqual((answer["bits"], answer["size"], answer["ttl"]), (4, 4, 300))
        self.check(self.token(exp=None, ttl=None), {1: 4})

    def test_the_examples_of_the_draft(self):
        # draft-ietf-oauth-status-list section 4.1: one and two bits each.
        self.check(self.token(bits=1, lst=b64(zlib.compress(bytes([0xB9, 0xA3])))),
                   dict(enumerate([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1])))
        self.check(self.token(bits=2, lst=b64(zlib.compress(bytes([0xC9, 0x44, 0xF9])))),
                   dict(enumerate([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])))

    def test_wrong_lists_are_refused(self):
        self.refuse("the list says", self.token(), {0: 0})
        self.refuse("has no index 4", self.token(), {4: 0})
        self.refuse("jose refuses the signature", self.token(), keys="other.jwks")
        self.refuse("the typ is", self.token(typ="JWT"))
        self.refuse("the list is of", self.token(sub=LIST + "0"))
        self.refuse("the list is of", self.token(sub=None))
        self.refuse("iat is missing", self.token(iat=None))
        self.refuse("issued after", self.token(), now=NOW - 11)
        self.refuse("expired", self.token(), now=NOW + 600)
        for ttl in (0, -1, "300", 1.5):
            self.refuse("ttl is no number", self.token(ttl=ttl))
        self.refuse("status_list is missing", self.token(status_list=None))
        for bits in (0, 3, 16, "4"):
            self.refuse("bits is", self.token(bits=bits))
        self.refuse("lst is missing", self.token(lst=7))

    def test_wrong_compression_is_refused(self):
        good = zlib.compress(self.PACKED)
        raw = zlib.compressobj(wbits=-15)
        for why, lst in [
            ("no zlib stream", b64(gzip.compress(self.PACKED))), ("no zlib stream", b64(raw.compress(self.PACKED) + raw.flush())),
            ("no zlib stream", b64(good[:-1])), ("no zlib stream", b64(good[:-1] + bytes([good[-1] ^ 1]))),
            ("something follows", b64(good + b"x")), ("strict base64url", b64(good) + "="), ("the list is empty", b64(zlib.compress(b""))),
            ("no zlib stream", b64(zlib.compress(bytes((1 << 24) + 1)))),
        ]:
            self.refuse(why, self.token(lst=lst))


class Sm2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        for name, options in {"key": ["SM2"], "other": ["SM2"], "p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}.items():
            openssl("genpkey", "-algorithm", *options, "-out", cls.folder / f"{name}.pem")
            openssl("pkey", "-in", cls.folder / f"{name}.pem", "-pubout", "-out", cls.folder / f"{name}.pub")
        cls.message = cls.folder / "message"
        cls.message.write_text("承诺", encoding="utf-8")
        cls.signature = cls.sign("1234567812345678")

    @classmethod
    def sign(cls, distid):
        path = cls.folder / f"{distid or 'empty'}.sig"
        option = ["-sigopt", f"distid:{distid}"] if distid else []
        openssl("dgst", "-sm3", "-sign", cls.folder / "key.pem", *option, "-out", path, cls.message)
        return path

    def refuse(self, why, message=None, signature=None, key="key.pub"):
        with self.subTest(why), self.assertRaisesRegex(judges.Refused, why):
            judges.sm2_check(message or self.message, signature or self.signature, self.folder / key)

    def changed(self, data):
        path = self.folder / "changed"
        path.write_bytes(data)
        return path

    def test_a_good_signature_is_accepted(self):
        for _ in range(8):  # integers of different lengths
            judges.sm2_check(self.message, self.sign("1234567812345678"), self.folder / "key.pub")
        judges.sm2_check(self.message, self.sign("ALICE123@YAHOO.COM"), self.folder / "key.pub", "ALICE123@YAHOO.COM")

    def test_wrong_signatures_are_refused(self):
        good = self.signature.read_bytes()
        refused = "sm-crypto-v2 refuses the SM2 signature"
        self.refuse(refused, signature=self.sign("8765432187654321"))
        self.refuse(refused, signature=self.sign(None))  # OpenSSL's default: an empty id
        self.refuse(refused, key="other.pub")
        self.refuse(refused, message=self.changed("承诺\n".encode()))
        self.refuse(refused, signature=self.changed(good[:-1] + bytes([good[-1] ^ 1])))
        self.refuse("no DER", signature=self.changed(good[2:]))
        self.refuse("no DER", signature=self.changed(good + b"\0"))
        self.refuse("something follows", signature=self.changed(b"\x30" + bytes([len(good) - 1]) + good[2:] + b"\0"))
        self.refuse("negative or padded", signature=self.changed(b"\x30" + bytes([len(good) - 1, 2, good[3] + 1, 0]) + good[4:]))
        self.refuse("none on the SM2 curve", key="p256.pub")
        self.refuse("no PEM public key", key="key.pem")
