"""Loads files that may be hostile, each in a process of its own that has 10 seconds and 1 GiB.

    python hostile.py < jobs.jsonl > results.jsonl

A job is a dict: `path` of a model file, what else `ACTIONS` takes, and perhaps `seconds`. A result has `outcome`:
"loaded", "refused" (a ModelFileError), "error" (another one), "killed" (a signal, such as that of the clock), with
`message` and `seconds`.
The processes are forks of one that has imported all there is to import.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
import warnings

import keras_core as keras
from keras_core import models, ops, plugins
from keras_core.saving import ModelFileError, legacy_h5

SECONDS = 10
BYTES = 1 << 30


def load(path, safe_mode=True, compile=True):
    keras.saving.load_model(path, safe_mode=safe_mode, compile=compile)


def load_weights(path, into):
    """Load the weights of a file into the model of another one."""
    model = keras.saving.load_model(into)
    before = [weight.numpy().tobytes() for weight in model.weights]
    try:
        model.load_weights(path)
    except ModelFileError:
        assert before == [weight.numpy().tobytes() for weight in model.weights], "weights were changed"
        raise


def from_json(path, safe_mode=True):
    with open(path) as file:
        models.model_from_json(file.read(), safe_mode=safe_mode)


ACTIONS = {"load": load, "load_weights": load_weights, "from_json": from_json}


def settings():
    """Return what no file may change."""
    config = keras.config
    floats = config.floatx(), config.epsilon(), config.image_data_format(), str(config.dtype_policy())
    return floats, keras.backend.backend(), sorted(keras.saving.get_custom_objects()), sorted(os.environ)


def run(job):
    """Return the result of a job, in this process."""
    before = settings()
    action = ACTIONS[job.pop("action", "load")]
    try:
        action(**job)
        result = {"outcome": "loaded", "message": ""}
    except ModelFileError as error:
        result = {"outcome": "refused", "message": str(error)}
    except BaseException as error:
        result = {"outcome": "error", "message": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
    if settings() != before:
        result = {"outcome": "error", "message": "settings were changed"}
    return result


def guarded(jobs):
    """Yield the results of jobs that run in processes of their own: a new one after each that is killed."""
    left = list(jobs)
    while left:
        start = time.perf_counter()
        finished = _in_a_fork(left)
        yield from finished
        left = left[len(finished) :]
        if left:
            yield {"outcome": "killed", "message": str(left.pop(0)), "seconds": time.perf_counter() - start}


def _in_a_fork(jobs):
    """Return the results of jobs, of those before one that is killed."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_AS, (in_use() + BYTES,) * 2)
        with os.fdopen(writer, "w") as pipe, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for job in jobs:
                start = time.perf_counter()
                job = dict(job)
                signal.alarm(job.pop("seconds", SECONDS))
                result = run(job)
                signal.alarm(0)
                pipe.write(json.dumps({**result, "seconds": time.perf_counter() - start}) + "\n")
                pipe.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        lines = pipe.read().splitlines()
    os.waitpid(child, 0)
    return [json.loads(line) for line in lines]


def in_use():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def warm_up():
    """Import what the loading of any file imports."""
    plugins.formats()
    ops.ones(1)
    assert legacy_h5.load_model
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    keras.Model.from_config(keras.Model(model.input, model.output * 2.0).get_config())


def main():
    warm_up()
    for line in sys.stdin:
        print(json.dumps(next(guarded([json.loads(line)]))), flush=True)


if __name__ == "__main__":
    main()
