"""What an undisturbed run gives."""

import pytest

from keras_core.backend import backend
from resume.comparison import in_this_process, result


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return a function that gives the result of an undisturbed run."""
    known = {}

    def run(kind, **options):
        key = backend(), kind, *sorted(options.items())
        if key not in known:
            folder = tmp_path_factory.mktemp("undisturbed")
            in_this_process(folder, kind, **options)
            known[key] = result(folder)
        return known[key]

    return run
