"""A road between two programs that can be cut, to see what they make of a lost answer or a dead peer."""
import contextlib
import socket
import threading


class Road:
    """Forwards TCP from a port of its own to wherever `target()` says ("host:port"). It sees only ciphertext.

    modes: "open" forwards both ways; "shut" refuses, and cuts what is open at its next word; "lose_answers" lets a request
    through and cuts the connection before the answer: once the caller has sent more than a handshake is long, nothing goes
    back any more. A mode holds for connections that are open already, since callers keep them for their next request.
    """

    HANDSHAKE_BYTES = 1500

    def __init__(self, target):
        self.target = target
        self.mode = "open"
        self.lost = 0
        self.callers = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def cut(self):
        """Ends what is open, so that callers come over a connection of their own next time."""
        for caller in list(self.callers):
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

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
            self._serve_open(caller)
        finally:
            self.callers.discard(caller)

    def _serve_open(self, caller):
        with caller:
            if self.mode == "shut":
                return
            host, port = self.target().rsplit(":", 1)
            try:
                peer = socket.create_connection((host, int(port)), timeout=5)
            except OSError:
                return
            with peer:
                state = {"sent": 0}
                back = threading.Thread(target=self._backward, args=(peer, caller, state), daemon=True)
                back.start()
                self._forward(caller, peer, state)
                back.join(30)

    def _forward(self, caller, peer, state):
        try:
            while data := caller.recv(65536):
                if self.mode == "shut":
                    caller.shutdown(socket.SHUT_RDWR)
                    break
                state["sent"] += len(data)
                peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _backward(self, peer, caller, state):
        try:
            while data := peer.recv(65536):
                if self.mode == "lose_answers" and state["sent"] > self.HANDSHAKE_BYTES:
                    self._swallow(peer)
                    caller.shutdown(socket.SHUT_RDWR)
                    return
                caller.sendall(data)
            caller.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _swallow(self, peer):
        """Lets the peer finish what it is saying, to nobody."""
        self.lost += 1
        peer.settimeout(2)
        try:
            while peer.recv(65536):
                pass
        except OSError:
            pass
