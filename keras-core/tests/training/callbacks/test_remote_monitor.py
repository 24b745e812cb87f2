"""`RemoteMonitor`: what a server gets."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest

from keras_core.callbacks import RemoteMonitor


@pytest.fixture
def server():
    """Run a server on this machine that notes what is posted: path, headers, body."""
    posts = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posts.append((self.path, dict(self.headers), body))
            self.send_response(200 if self.path != "/refused" else 500)
            self.end_headers()

        def log_message(self, *_):
            """Write nothing."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", posts
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_form(server):
    root, posts = server
    RemoteMonitor(root, field="logs", headers={"X-Key": "k"}).on_epoch_end(
        3, {"loss": np.float32(0.5), "each": np.ones(2)}
    )
    ((path, headers, body),) = posts
    assert path == "/publish/epoch/end/"
    assert headers["X-Key"] == "k"
    assert json.loads(parse_qs(body)["logs"][0]) == {"epoch": 3, "loss": 0.5, "each": [1.0, 1.0]}


def test_json(server):
    root, posts = server
    RemoteMonitor(root, "/x", send_as_json=True).on_epoch_end(0, {"loss": 1.0})
    ((path, headers, body),) = posts
    assert (path, headers["Content-Type"], json.loads(body)) == ("/x", "application/json", {"epoch": 0, "loss": 1.0})


def test_a_server_that_refuses(server):
    root, _ = server
    with pytest.warns(UserWarning, match=r"epoch 1 did not reach 'http://.*/refused': .*500"):
        RemoteMonitor(root, "/refused").on_epoch_end(0, {"loss": 1.0})


def test_no_server():
    with pytest.warns(UserWarning, match="RemoteMonitor: the logs of epoch 2 did not reach"):
        RemoteMonitor("http://127.0.0.1:9").on_epoch_end(1, {})


def test_an_address_of_another_kind():
    with pytest.raises(ValueError, match="expected root to be an address of http or https, got 'file:///tmp'"):
        RemoteMonitor("file:///tmp")
