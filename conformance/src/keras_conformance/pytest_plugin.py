"""The options of the suite. Any pytest run in an environment loads this module, so it imports nothing of weight."""

from __future__ import annotations

import pytest

from keras_conformance.tiers import TIERS

RUN_NAME = "keras-conformance-run"
NO_BACKEND = "keras_conformance.suite examines a backend: give --keras-backend NAME"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose the backend."""
    group = parser.getgroup("keras-conformance")
    group.addoption("--keras-backend", metavar="NAME", help="the backend that keras_conformance.suite examines")
    group.addoption("--keras-report", metavar="FILE", help="where the JSON report of keras_conformance.suite goes")
    group.addoption(
        "--keras-no-kernels",
        action="store_true",
        help="examine the composites in place of the backend's native kernels",
    )
    group.addoption("--keras-tier", choices=TIERS, help="which cases; default: those that the backend claims")
    group.addoption("--keras-strict", action="store_true", help="let cases bind that are new in this minor version")
    group.addoption("--keras-jobs", metavar="N", type=int, help="spread keras_conformance.suite over N processes")


def pytest_configure(config: pytest.Config) -> None:
    """Load the backend where one is asked for."""
    name = config.getoption("--keras-backend")
    if name:
        from keras_conformance.run import Run

        run = Run(
            config,
            name,
            config.getoption("--keras-report"),
            not config.getoption("--keras-no-kernels"),
            config.getoption("--keras-tier"),
            config.getoption("--keras-strict"),
        )
        config.pluginmanager.register(run, RUN_NAME)
        if (config.getoption("--keras-jobs") or 1) > 1:
            from keras_conformance.parallel import Jobs

            config.pluginmanager.register(Jobs(run, config.getoption("--keras-jobs")))
