"""The error of downloads that fail or are refused."""


class DownloadError(ValueError, OSError):
    """A file could not be downloaded or unpacked, or is refused; nothing of it is left on the disk.

    A ValueError, as for a digest that does not fit, and an OSError, as for a network that fails.
    """
