"""Signing in with a passkey, byte by byte: what is refused, what a session may not do, and when it ends."""
import datetime
import unittest

from sponsio_e2e import passkeys
from sponsio_e2e.contract import begin
from sponsio_e2e.passkeys import HAS_CREDENTIAL, PRESENT, VERIFIED, Authenticator, Browser, base64url, code_for, enrolled
from sponsio_e2e.world import AGENCY, World, must, parse_instant

WORLD = World()
MINUTE = datetime.timedelta(minutes=1)


def setUpModule():
    begin(WORLD)


NAMES = iter(range(1000, 2000))


def somebody():
    """A new account, and a browser in which its person is signed in."""
    number = next(NAMES)
    login = f"person.{number}"
    WORLD.add_person(login, AGENCY, f"某{number}", ["clerk"])
    return login, *enrolled(WORLD, login, f"credential-of-a-test-{number}".encode())


class Enrolling(unittest.TestCase):
    def setUp(self):
        WORLD.add_person(f"new.{next(NAMES)}", AGENCY, "新来者", ["clerk"])
        self.login = list(WORLD.accounts)[-1]
        self.browser = Browser(WORLD)
        self.authenticator = Authenticator(self.browser.host, f"credential-of-{self.login}".encode())

    def refused(self, pointer, **given):
        answer = self.browser.enrol(given.pop("code", None) or code_for(WORLD, self.login), self.authenticator, **given)
        self.assertEqual((answer.status, list(answer.pointers())), (422, [pointer]))
        self.assertNotIn("set-cookie", answer.headers)

    def test_a_code_is_spent_by_one_passkey(self):
        code = code_for(WORLD, self.login)
        session = must(self.browser.enrol(code, self.authenticator), 201)
        self.assertRegex(session.headers["set-cookie"], r"^__Host-sponsio=spb_[\w-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=36000$")
        self.assertNotIn("spb_", session.body.decode())
        self.refused("/code", code=code)
        self.refused("/code", code="spe_" + "A" * 43)
        # The same key is nobody else's.
        self.refused("/authenticator_data")

    def test_only_a_verified_person_on_our_own_page(self):
        made = self.authenticator.made
        for wrong in (made(PRESENT), made(VERIFIED), made(rp_id="elsewhere.example"), made()[:-1], made() + b"x", made(PRESENT | VERIFIED | 0x80),
                      self.authenticator.data(), self.authenticator.data(PRESENT | VERIFIED | HAS_CREDENTIAL),
                      made().replace(bytes.fromhex("0326"), bytes.fromhex("0327"))):
            self.refused("/authenticator_data", data=wrong)
        data = self.browser.client_data
        for wrong in (data("get"), data("create", origin="https://elsewhere.example"), data("create", crossOrigin=True), b"{}", b"[]",
                      data("create", challenge=base64url(b"1.AAAA.AAAA.1")), data("create", challenge="AAAA")):
            self.refused("/client_data", client_data=wrong)
        old = data("create")
        WORLD.clock.move_to(WORLD.clock.now() + 6 * MINUTE)
        self.refused("/client_data", client_data=old)
        # The code was spent by none of them.
        must(self.browser.enrol(code_for(WORLD, self.login), self.authenticator), 201)

    def test_bad_fields_are_told_all_at_once(self):
        answer = self.browser.public.post("/v1/passkeys", {"code": "", "name": "x" * 101, "client_data": "not base64url!", "more": 1})
        self.assertEqual(answer.pointers(), {"/code": "empty", "/name": "too_long", "/client_data": "bad_format", "/authenticator_data": "required",
                                             "/more": "unknown_field"})


class SigningIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.login, cls.browser, cls.authenticator, cls.session = somebody()

    def refused(self, assertion, status=401, problem="unauthenticated"):
        answer = Browser(WORLD).sign_in(assertion)
        self.assertEqual((answer.status, answer.problem), (status, problem))
        self.assertNotIn("set-cookie", answer.headers)

    def test_what_was_signed_opens_one_session(self):
        assertion = self.browser.assertion(self.authenticator)
        must(Browser(WORLD).sign_in(assertion), 201)
        # Counters that do not rise are of a copied key; without counters the challenge alone tells.
        self.refused(assertion)
        again = self.browser.assertion(self.authenticator, client_data=self.browser.client_data("get"))
        must(Browser(WORLD).sign_in(again), 201)

    def test_a_challenge_opens_one_session_though_nothing_is_counted(self):
        _, browser, authenticator, _ = somebody()

        def uncounted():
            authenticator.count = -1
            return authenticator.data()

        # The first use told a count, so a count of nothing is a step back.
        self.refused(browser.assertion(authenticator, data=uncounted()))
        other = Authenticator(browser.host, b"credential-without-count")
        other.count = -1
        login = f"uncounted.{next(NAMES)}"
        WORLD.add_person(login, AGENCY, "某某", ["clerk"])
        must(browser.enrol(code_for(WORLD, login), other, data=other.made()), 201)
        client_data = browser.client_data("get")
        for status in (201, 409):
            other.count = -1
            self.assertEqual(Browser(WORLD).sign_in(browser.assertion(other, data=other.data(), client_data=client_data)).status, status)

    def test_a_wrong_byte_anywhere(self):
        good = self.browser.assertion(self.authenticator)
        signature = bytearray(passkeys.base64.urlsafe_b64decode(good["signature"] + "=="))
        signature[-1] ^= 1
        self.refused(good | {"signature": base64url(bytes(signature))})
        self.refused(good | {"signature": base64url(bytes(64))})
        self.refused(good | {"client_data": self.browser.assertion(self.authenticator)["client_data"]})
        self.refused(good | {"authenticator_data": base64url(self.authenticator.data())})
        self.refused(good | {"credential_id": base64url(b"another-credential-000001")})
        stranger = Authenticator(self.browser.host, self.authenticator.name)
        stranger.count = 1000
        self.refused(self.browser.assertion(stranger))
        for data in (self.authenticator.data(PRESENT), self.authenticator.data(rp_id="elsewhere.example")):
            self.refused(self.browser.assertion(self.authenticator, data=data), 422, "invalid")
        self.refused(self.browser.assertion(self.authenticator, client_data=self.browser.client_data("get", origin="https://elsewhere.example")), 422, "invalid")
        must(Browser(WORLD).sign_in(self.browser.assertion(self.authenticator)), 201)

    def test_a_closed_account_signs_in_no_more(self):
        login, browser, authenticator, _ = somebody()
        must(WORLD.client("root.admin").post(f"/v1/accounts/{WORLD.accounts[login]}/closure"), 200)
        self.assertEqual(browser.ask("GET", "/v1/me").status, 401)
        self.refused(browser.assertion(authenticator))

    def test_the_trail_tells_of_it(self):
        login, browser, authenticator, _ = somebody()
        self.refused(browser.assertion(authenticator) | {"signature": base64url(bytes(8))})
        account = WORLD.accounts[login]
        events = WORLD.client("zhou.auditor").all_items(f"/v1/audit-events?subject={account}&limit=200")
        self.assertLessEqual({"passkey_enrolled", "signed_in", "refused"}, {one["event"] for one in events})


class Sessions(unittest.TestCase):
    def setUp(self):
        self.login, self.browser, self.authenticator, self.session = somebody()

    def test_it_is_taken_from_our_own_pages_only(self):
        ask = self.browser.ask
        must(ask("GET", "/v1/me"), 200)
        absence = "/v1/searches"
        must(ask("POST", absence, {}), 200)
        for headers in ({"Sec_Fetch_Site": None}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "none"}):
            for method in ("GET", "POST"):
                answer = ask(method, "/v1/me" if method == "GET" else absence, None if method == "GET" else {}, **headers)
                self.assertEqual((answer.status, answer.problem), (401, "unauthenticated"), headers)
        for origin in (None, "null", "https://elsewhere.example", f"http://{self.browser.host}"):
            self.assertEqual(ask("POST", absence, {}, Origin=origin).status, 401, origin)
        secret = self.browser.cookie.split("=", 1)[1]
        bearer = {"Authorization": f"Bearer {secret}"}
        self.assertEqual(self.browser.public.request("GET", "/v1/me", headers=bearer).status, 401)
        self.assertEqual(ask("GET", "/v1/me", **bearer).status, 401)
        token = f"__Host-sponsio={WORLD.tokens[self.login]}"
        self.assertEqual(ask("GET", "/v1/me", Cookie=token).status, 401)

    def test_it_makes_nothing_that_outlives_it(self):
        own = must(self.browser.ask("GET", "/v1/me"), 200).json["token"]["token_id"]
        self.assertEqual(own, self.session["token_id"])
        tokens = must(self.browser.ask("GET", f"/v1/accounts/{self.session['account_id']}/tokens"), 200).json["items"]
        self.assertEqual([one["passkey_id"] for one in tokens], [self.session["passkey_id"], None])
        for token in tokens:
            answer = self.browser.ask("POST", f"/v1/tokens/{token['token_id']}/renewal", {}, Idempotency_Key="renew-1")
            self.assertEqual((answer.status, answer.problem), (409, "conflict"))

    def test_it_ends_by_itself(self):
        WORLD.clock.move_to(WORLD.clock.now() + 31 * MINUTE)
        answer = self.browser.ask("GET", "/v1/me")
        self.assertEqual((answer.status, answer.problem), (401, "token-expired"))
        before = WORLD.clock.now()
        session = must(self.browser.sign_in(self.browser.assertion(self.authenticator)), 201).json
        self.assertLess(abs(parse_instant(session["expires_at"]) - before - 600 * MINUTE), MINUTE)
        must(self.browser.ask("GET", "/v1/me"), 200)
        WORLD.clock.move_to(WORLD.clock.now() + 601 * MINUTE)
        last = self.browser.ask("GET", "/v1/me")
        self.assertEqual((last.status, last.problem), (401, "token-expired"))

    def test_it_is_ended_alone_or_with_its_passkey(self):
        other = Browser(WORLD)
        must(other.sign_in(other.assertion(self.authenticator)), 201)
        must(self.browser.ask("DELETE", f"/v1/tokens/{self.session['token_id']}"), 204)
        self.assertEqual(self.browser.ask("GET", "/v1/me").status, 401)
        must(other.ask("GET", "/v1/me"), 200)
        must(WORLD.client("root.admin").delete(f"/v1/passkeys/{self.session['passkey_id']}"), 204)
        self.assertEqual(other.ask("GET", "/v1/me").status, 401)
        self.assertEqual(other.sign_in(other.assertion(self.authenticator)).status, 401)
        listed = must(WORLD.client(self.login).get(f"/v1/accounts/{self.session['account_id']}/passkeys"), 200).json["items"]
        self.assertIsNotNone(listed[0]["ended_at"])
        must(WORLD.client("root.admin").delete(f"/v1/passkeys/{self.session['passkey_id']}"), 204)

    def test_whose_passkeys_are_seen(self):
        stranger = somebody()[1]
        path = f"/v1/accounts/{self.session['account_id']}/passkeys"
        self.assertEqual(stranger.ask("GET", path).status, 404)
        self.assertEqual(stranger.ask("DELETE", f"/v1/passkeys/{self.session['passkey_id']}").status, 404)
        self.assertEqual(len(must(WORLD.client("root.admin").get(path), 200).json["items"]), 1)


if __name__ == "__main__":
    unittest.main()
