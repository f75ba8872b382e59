"""Prints the story: a headline per step in Chinese and English, and under it every request with what came back."""
import contextlib
import json
import sys
import urllib.parse

from .program import wait_until

WIDTH = 150


class StoryBroke(AssertionError):
    """Something was not as promised."""


def expect(condition, sentence):
    if not condition:
        raise StoryBroke(sentence)


def shortened(text, width=WIDTH):
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def compact(body, content_type):
    """A body in one line: JSON without its long strings, anything else by its size."""
    if not body:
        return ""
    if "json" in content_type and "jsonl" not in content_type:
        try:
            return shortened(json.dumps(_trimmed(json.loads(body)), ensure_ascii=False, separators=(",", ":")))
        except ValueError:
            pass
    try:
        return shortened(body.decode()) if len(body) < 400 else f"({len(body)} bytes) {shortened(body.decode(), 60)}"
    except UnicodeDecodeError:
        return f"({len(body)} bytes)"


def _trimmed(node):
    if isinstance(node, dict):
        return {name: _trimmed(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_trimmed(item) for item in node]
    return shortened(node, 40) if isinstance(node, str) else node


class Teller:
    def __init__(self, stream=sys.stdout):
        self.stream = stream
        self.step = 0
        self.silent = True

    def line(self, text=""):
        print(text, file=self.stream, flush=True)

    def headline(self, zh, en):
        self.step += 1
        self.silent = False
        self.line(f"\n━━ {self.step}. {zh}\n      {en}")

    def note(self, zh, en):
        if not self.silent:
            self.line(f"   • {zh}  {en}")

    @contextlib.contextmanager
    def quietly(self):
        """While waiting, the same question over and over is no part of the story."""
        was, self.silent = self.silent, True
        try:
            yield
        finally:
            self.silent = was

    def until(self, what, condition, within=60):
        with self.quietly():
            return wait_until(what, condition, within)

    def exchange(self, who, method, target, headers, body, answer):
        if self.silent:
            return
        shown = urllib.parse.unquote(target)
        self.line(f"   {method} {shown}   [{who or 'public 公众'}]")
        if body:
            self.line(f"     > {compact(body, headers.get('Content-Type', ''))}")
        replayed = "  (Idempotency-Replayed)" if answer.headers.get("idempotency-replayed") else ""
        self.line(f"     < {answer.status}{replayed} {compact(answer.body, answer.headers.get('content-type', ''))}")


class Silence(Teller):
    """For tests."""

    def line(self, text=""):
        pass
