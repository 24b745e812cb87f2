"""The one error that a plugin raises on purpose."""


class UnsupportedOpError(NotImplementedError):
    """An op, or one dtype of it, that a backend declares it cannot compute.

    A backend raises it instead of a wrong answer and names the pair in its `conformance.toml`, where the conformance
    suite checks that exactly this error comes.

    Args:
        op: name of the primitive or kernel.
        backend: name of the backend.
        reason: what is missing upstream, in one sentence.
    """

    def __init__(self, op: str, backend: str, reason: str) -> None:
        self.op = op
        self.backend = backend
        self.reason = reason
        super().__init__(f"backend '{backend}' does not support '{op}': {reason}")

    def __reduce__(self):
        return type(self), (self.op, self.backend, self.reason)
