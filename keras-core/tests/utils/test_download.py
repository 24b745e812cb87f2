"""`get_file`: where files come from, which URLs are opened, which digests are checked, where files go."""

import contextlib
import hashlib
import http.server
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from keras_core.utils import DownloadError, get_file

CONTENT = b"to be or not to be"


class Server:
    """A server on this machine with answers that tests give it.

    Args:
        context: of TLS, for https.

    Attributes:
        answers: path -> status, headers, content.
        asked: the paths that were asked for.
    """

    def __init__(self, context=None):
        self.answers, self.asked = {}, []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                status, headers, content = server.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):  # the client may have seen enough
                    self.wfile.write(content)

            def log_message(self, *arguments):
                """Print nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{self._server.server_port}"

    def add(self, path, content, status=200, **headers):
        """Answer a path; return its URL."""
        self.answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)
        return self.url + path

    def close(self):
        """End it."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def secure(authority, monkeypatch):
    """A server that speaks https, with a certificate of an authority that is none of the system's."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = Server(context)
    yield server
    server.close()


@pytest.fixture
def trusted(authority, monkeypatch, tmp_path):
    """Make the authority the one that the process trusts."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "home" / "cache"


@pytest.fixture
def get(cache):
    """Return `get_file` with http allowed, and the cache of this test."""
    return lambda origin, **arguments: get_file(origin=origin, cache_dir=cache, schemes=("http",), **arguments)


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_path(get, server, cache):
    path = get(server.add("/data/words.txt?version=2", CONTENT))
    assert path == str(cache / "datasets" / "words.txt")
    assert Path(path).read_bytes() == CONTENT


def test_names(get, server, cache):
    origin = server.add("/words.txt", CONTENT)
    assert get(origin, fname=Path("other.txt"), cache_subdir="a/b") == str(cache / "a" / "b" / "other.txt")


def test_default_folder(server, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_CORE_HOME", str(tmp_path / "own"))
    path = get_file(origin=server.add("/words.txt", CONTENT), schemes=("http",))
    assert path == str(tmp_path / "own" / "datasets" / "words.txt")


def test_downloaded_once(get, server):
    origin = server.add("/words.txt", CONTENT)
    assert get(origin) == get(origin)
    assert server.asked == ["/words.txt"]
    server.add("/words.txt", b"changed")
    assert Path(get(origin, force_download=True)).read_bytes() == b"changed"


@pytest.mark.parametrize("name", ["a/b", "../b", "/b", "a\\b", "c:b", "..", "", "a\nb"])
def test_name_with_folders(get, server, name):
    with pytest.raises(ValueError, match="expected the name of a file without folders"):
        get(server.add("/words.txt", CONTENT), fname=name)
    assert server.asked == []


@pytest.mark.parametrize("path", ["/", "/%2e%2e", "/..%2fwords.txt", "/a%5cb"])
def test_name_in_the_url(get, server, path):
    with pytest.raises(ValueError, match="expected the name of a file without folders"):
        get(server.add(path, CONTENT))


def test_no_origin():
    with pytest.raises(ValueError, match="expected origin"):
        get_file("words.txt")


# The digest.


@pytest.mark.parametrize(
    "arguments",
    [
        {"file_hash": hashlib.sha256(CONTENT).hexdigest()},
        {"file_hash": hashlib.sha256(CONTENT).hexdigest().upper(), "hash_algorithm": "sha256"},
        {"file_hash": hashlib.md5(CONTENT).hexdigest()},
        {"file_hash": hashlib.md5(CONTENT).hexdigest(), "hash_algorithm": "md5"},
        {"md5_hash": hashlib.md5(CONTENT).hexdigest()},
    ],
)
def test_digest(get, server, cache, arguments):
    origin = server.add("/words.txt", CONTENT)
    get(origin, **arguments)
    get(origin, **arguments)
    assert server.asked == ["/words.txt"]
    server.add("/words.txt", b"other")
    with pytest.raises(DownloadError, match=r"to have the (sha256|md5) digest"):
        get(origin, force_download=True, **arguments)
    assert (cache / "datasets" / "words.txt").read_bytes() == CONTENT


def test_cached_file_of_another_digest(get, server):
    origin = server.add("/words.txt", b"old")
    get(origin)
    server.add("/words.txt", CONTENT)
    assert Path(get(origin, file_hash=hashlib.sha256(CONTENT).hexdigest())).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "arguments",
    [
        {"file_hash": "0" * 63},
        {"file_hash": "z" * 64},
        {"file_hash": "0" * 32, "hash_algorithm": "sha256"},
        {"file_hash": "0" * 64, "hash_algorithm": "crc"},
        {"md5_hash": "0" * 64},
    ],
)
def test_no_digest(get, server, arguments):
    with pytest.raises(ValueError, match=r"expected (file_hash|hash_algorithm) to be"):
        get(server.add("/words.txt", CONTENT), **arguments)
    assert server.asked == []


# What may be opened, and how much of it.


def test_http_only_if_asked(server, cache):
    with pytest.raises(DownloadError, match=r"begins with https:, got .*Pass schemes=\('https', 'http'\)"):
        get_file(origin=server.add("/words.txt", CONTENT), cache_dir=cache)
    assert server.asked == []
    assert not cache.exists()


def test_file_only_if_asked(tmp_path, cache):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    with pytest.raises(DownloadError, match="Pass schemes="):
        get_file(origin=secret.as_uri(), cache_dir=cache)
    assert not cache.exists()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "data:,x", "x", "//127.0.0.1/x"])
def test_other_schemes(url, cache):
    with pytest.raises(DownloadError, match="cannot be opened"):
        get_file(origin=url, cache_dir=cache)
    with pytest.raises(ValueError, match="expected schemes to be among"):
        get_file(origin=url, cache_dir=cache, schemes=("ftp",))


def test_redirection(get, server):
    origin = server.add("/old.txt", b"", status=302, Location=server.add("/new.txt", CONTENT))
    assert Path(get(origin)).read_bytes() == CONTENT


@pytest.mark.usefixtures("trusted")
def test_https(secure, cache):
    path = get_file(origin=secure.add("/words.txt", CONTENT), cache_dir=cache)
    assert Path(path).read_bytes() == CONTENT


def test_certificate_of_nobody(secure, cache):
    with pytest.raises(DownloadError, match="certificate verify failed: "):
        get_file(origin=secure.add("/words.txt", CONTENT), cache_dir=cache)
    assert secure.asked == []
    assert files(cache) == []


@pytest.mark.usefixtures("trusted")
def test_certificate_of_somebody_else(secure, cache):
    with pytest.raises(DownloadError, match="certificate verify failed: "):
        get_file(origin=secure.add("/words.txt", CONTENT).replace("127.0.0.1", "localhost"), cache_dir=cache)
    assert secure.asked == []


@pytest.mark.usefixtures("trusted")
def test_redirection_from_https_to_http(secure, server, cache):
    origin = secure.add("/words.txt", b"", status=302, Location=server.add("/words.txt", CONTENT))
    with pytest.raises(DownloadError, match=r"begins with https:, got 'http:"):
        get_file(origin=origin, cache_dir=cache)
    assert server.asked == []
    assert files(cache) == []


@pytest.mark.parametrize("schemes", [("http",), ("http", "file")])
@pytest.mark.parametrize("target", ["https://127.0.0.1:9/x", "file:///etc/hostname", "ftp://127.0.0.1/x"])
def test_redirection_to_another_scheme(server, cache, schemes, target):
    origin = server.add("/words.txt", b"", status=302, Location=target)
    with pytest.raises(DownloadError, match=r"begins with http:|not allowed"):
        get_file(origin=origin, cache_dir=cache, schemes=schemes)
    assert files(cache) == []


@pytest.mark.parametrize("headers", [{"Content_Length": "1000"}, {}], ids=["announced", "not_announced"])
def test_too_large(get, server, cache, headers):
    with pytest.raises(DownloadError, match=r"has at least 1000 bytes, more than max_bytes=999\."):
        get(server.add("/words.txt", b"x" * 1000, **headers), max_bytes=999)
    assert files(cache) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"Content_Length": "1000"}, "ended after 18 of 1000 bytes"),
        ({"Content_Length": "-1"}, "announces a length of '-1'"),
        ({"status": 500}, "could not download .*500"),
    ],
)
def test_faulty_answer(get, server, cache, arguments, message):
    with pytest.raises(DownloadError, match=message):
        get(server.add("/words.txt", CONTENT, **arguments))
    assert files(cache) == []


def test_no_server(get, cache):
    with pytest.raises(DownloadError, match=r"could not download 'http://127.0.0.1:1/x'") as caught:
        get("http://name:password@127.0.0.1:1/x")
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, OSError)
    assert files(cache) == []
