"""Roads between two programs that can be cut, to see what they make of a lost answer or a dead peer."""
import contextlib
import socket
import threading


class Relay:
    """Takes callers at a port of its own, joins each with a peer, and passes on what either says. What is done on the way
    is for those that derive from it."""

    def __init__(self):
        self.callers = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def dial(self):
        """A socket to the peer; OSError if it cannot be reached, None if it is not to be."""
        raise NotImplementedError

    def session(self):
        """What is remembered of one connection."""
        return None

    def forward(self, session, data, caller):
        """Whether these bytes of the caller are passed on; if not, it was the last that was taken of it."""
        return True

    def backward(self, session, data, peer):
        """The same for the peer's bytes. Where they are not passed on, the caller is cut off."""
        return True

    def close(self):
        self.listener.close()

    def cut(self):
        """Ends what is open, so that callers come over a connection of their own next time."""
        for caller in list(self.callers):
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def swallow(side):
        """Until that side gives up."""
        with contextlib.suppress(OSError):
            while side.recv(65536):
                pass

    def _accept(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller):
        self.callers.add(caller)
        try:
            with caller, contextlib.suppress(OSError):
                if peer := self.dial():
                    self._join(caller, peer)
        finally:
            self.callers.discard(caller)

    def _join(self, caller, peer):
        with peer:
            session = self.session()
            back = threading.Thread(target=self._backward, args=(session, peer, caller), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                while data := caller.recv(65536):
                    if not self.forward(session, data, caller):
                        break
                    peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
            back.join(60)

    def _backward(self, session, peer, caller):
        end = socket.SHUT_RDWR  # cut off, or a peer that was killed and resets what it had not read
        with contextlib.suppress(OSError):
            while data := peer.recv(65536):
                if not self.backward(session, data, peer):
                    break
                caller.sendall(data)
            else:
                end = socket.SHUT_WR
        with contextlib.suppress(OSError):
            caller.shutdown(end)


class Road(Relay):
    """Forwards TCP to wherever `target()` says ("host:port"). It sees only ciphertext.

    modes: "open" forwards both ways; "shut" refuses, and cuts what is open at its next word; "lose_answers" lets a request
    through and cuts the connection before the answer: once the caller has sent more than a handshake is long, nothing goes
    back any more. A mode holds for connections that are open already, since callers keep them for their next request.
    """

    HANDSHAKE_BYTES = 1500

    def __init__(self, target):
        self.target = target
        self.mode = "open"
        self.lost = 0
        super().__init__()

    def dial(self):
        if self.mode == "shut":
            return None
        host, port = self.target().rsplit(":", 1)
        peer = socket.create_connection((host, int(port)), timeout=5)
        peer.settimeout(None)  # it may be silent for as long as it likes
        return peer

    def session(self):
        return {"sent": 0}

    def forward(self, session, data, caller):
        if self.mode == "shut":
            caller.shutdown(socket.SHUT_RDWR)
            return False
        session["sent"] += len(data)
        return True

    def backward(self, session, data, peer):
        if self.mode != "lose_answers" or session["sent"] <= self.HANDSHAKE_BYTES:
            return True
        self.lost += 1
        peer.settimeout(2)  # it may finish what it is saying, to nobody
        self.swallow(peer)
        return False
