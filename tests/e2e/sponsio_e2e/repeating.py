"""A client that sends every POST twice with one Idempotency-Key, as somebody does whose first answer was lost."""
import re
import uuid

from .client import Client

# Changes nothing, or spends a code: the answer is kept for nobody.
ASKING = re.compile(r"/v1/(searches|personal-queries/searches|enrolments|passkeys|sessions|sign-in-challenges)|/public/v1/(draws/[^/]+/opening|my-case/sessions(/end)?|exposures/progress)")
# The answer holds a secret, which is shown this once.
SHOWN_ONCE = re.compile(r"/v1/(accounts/[^/]+/enrolments|tokens/[^/]+/renewal|subscriptions(/[^/]+/secret)?)")
PIECEMEAL = {"application/x-ndjson", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class RepeatingClient(Client):
    """What succeeds is repeated at once and must be answered the same. A bulk request keeps a key for each line and says in
    each line whether it was there before; test_bulk.py and test_sheets.py repeat those."""

    repeated = set()  # targets without their query

    def request(self, method, target, body=None, headers=None, timeout=30):
        sent = dict(headers or {})
        piecemeal = sent.get("Content-Type", "").split(";")[0] in PIECEMEAL
        once = method == "POST" and not piecemeal and not ASKING.fullmatch(target.split("?")[0])
        if once:
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        first = super().request(method, target, body, sent, timeout)
        if once and first.status < 300:
            again = super().request(method, target, body, sent, timeout)
            if SHOWN_ONCE.fullmatch(target):
                if (again.status, again.problem) != (409, "conflict"):
                    raise AssertionError(f"POST {target} again with its key shows a secret again: {again.status} {again.body[:500]!r}")
            elif (again.status, again.body, again.headers.get("idempotency-replayed")) != (first.status, first.body, "true"):
                raise AssertionError(f"POST {target} again with its key: {again.status} {again.headers} {again.body[:500]!r}, "
                                     f"and first: {first.status} {first.body[:500]!r}")
            RepeatingClient.repeated.add(target.split("?")[0])
        return first


def never_repeated(paths, but=()):
    """The operationIds of the POSTs among a contract's `paths` that no client sent twice, except those named."""
    left = set()
    for template, item in paths.items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template.replace(".", r"\.")))
        operation = item.get("post")
        if operation and operation["operationId"] not in but and not any(map(pattern.fullmatch, RepeatingClient.repeated)):
            left.add(operation["operationId"])
    return left


def hold_all_repeated(paths, but=()):
    """Every POST was sent twice with one key, and answered the same."""
    left = never_repeated(paths, but)
    if left:
        raise AssertionError(f"never sent twice with one Idempotency-Key: {sorted(left)}")
