"""Somebody who follows a feed for days, whatever happens to the server meanwhile."""
import http.client
import ssl
import threading
import time


class Following(threading.Thread):
    """Asks `client()` for `target` with the last cursor it kept, until it is told to stop, and then once more to the end. What
    it got and the cursor are kept together, as one transaction would."""

    def __init__(self, client, target, name_of):
        super().__init__(daemon=True)
        self.client, self.target, self.name_of = client, target, name_of
        self.kept = ([], None)  # names in the order they came, cursor
        self.stopping, self.failed, self.troubles = False, None, 0

    def ask(self):
        """True if something came. A server that is not there, or not ready, is asked again later."""
        names, cursor = self.kept
        joint = "&" if "?" in self.target else "?"
        try:
            answer = self.client().get(f"{self.target}{joint}limit=20" + (f"&cursor={cursor}" if cursor else ""))
        except (OSError, http.client.HTTPException, ssl.SSLError):
            self.troubles += 1
            return False
        if answer.status == 503:
            self.troubles += 1
            return False
        if answer.status != 200:
            raise AssertionError(f"GET {self.target}: {answer.status} {answer.body[:500]!r}")
        page = answer.json
        if page["next_cursor"] is None:
            return False
        self.kept = (names + [self.name_of(item) for item in page["items"]], page["next_cursor"])
        return True

    def run(self):
        try:
            while not self.stopping:
                if not self.ask():
                    time.sleep(0.05)
        except BaseException as why:
            self.failed = why
            raise

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *what):
        self.stopping = True
        self.join(60)

    def to_the_end(self):
        """All that came, after the server is back for good."""
        while self.ask():
            pass
        return self.kept[0]

    def from_the_beginning(self):
        """What a new follower gets."""
        return Following(self.client, self.target, self.name_of).to_the_end()
