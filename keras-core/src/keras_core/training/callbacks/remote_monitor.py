"""`RemoteMonitor`: the logs of epochs to a server."""

from __future__ import annotations

import json
import warnings
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np

from keras_core.training.callbacks.callback import Callback

_SECONDS_TO_WAIT = 10.0


class RemoteMonitor(Callback):
    """Posts the number of each epoch and its logs to a server. Where none answers, it warns and training goes on.

    Args:
        root: address of the server, `http` or `https`.
        path: where on the server to post to.
        field: name of the form's field that holds the JSON; not used with `send_as_json`.
        headers: dict of further headers, or None.
        send_as_json: whether the JSON is the body itself (`application/json`) and not the field of a form.

    Raises:
        ValueError: for an address that is not of `http` or `https`.

    Example:
        >>> keras.callbacks.RemoteMonitor("http://localhost:9000").path
        '/publish/epoch/end/'
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        if urlsplit(root).scheme not in ("http", "https"):
            raise ValueError(f"RemoteMonitor: expected root to be an address of http or https, got {root!r}.")
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Post the logs."""
        from urllib.error import URLError
        from urllib.request import Request, urlopen

        text = json.dumps({"epoch": epoch, **{name: _plain(value) for name, value in (logs or {}).items()}})
        body = text if self.send_as_json else urlencode({self.field: text})
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        request = Request(self.root + self.path, body.encode(), {"Content-Type": kind, **(self.headers or {})})
        try:
            with urlopen(request, timeout=_SECONDS_TO_WAIT):  # nosec B310 # the caller's own URL
                pass
        except (URLError, TimeoutError, ConnectionError) as error:
            warnings.warn(
                f"RemoteMonitor: the logs of epoch {epoch + 1} did not reach {self.root + self.path!r}: {error}",
                stacklevel=2,
            )


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
