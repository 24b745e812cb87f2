"""Where messages for people go: the standard output, or a logger."""

import logging

from keras_core.runtime import config

logger = logging.getLogger("keras_core")


def show(text: str) -> None:
    """Print a text; hand it to the logger `keras_core` where interactive logging is disabled."""
    if config.is_interactive_logging_enabled():
        print(text, flush=True)
    else:
        logger.info(text)
