"""Checkpoints of Orbax that are changed at random: each must end in a loaded model or in a ModelFileError.

    python keras-core/tests/saving/fuzz_checkpoints.py --files 10000 --seed 0

A checkpoint that Keras wrote is changed in one of its files, in its JSON or in a value of its store, or files of it are
lost and exchanged. The arguments are those of `fuzz_files.py`. It needs `orbax-checkpoint`.
"""

import pathlib
import random
import shutil
import sys

import fuzz_files
import hostile
import tensorstore

BASE = pathlib.Path(__file__).parents[3] / "keras-backend-jax" / "tests" / "data" / "checkpoint_of_keras" / "1"
LEVELS = ("bytes", "json", "value", "set")


def level_of(number):
    """Return at which level the checkpoint of a number is changed."""
    return LEVELS[number % len(LEVELS)]


def changed_files(level, chance):
    """Return the files of a checkpoint, content by name, changed as files."""
    files = {path.relative_to(BASE).as_posix(): path.read_bytes() for path in sorted(BASE.rglob("*")) if path.is_file()}
    one, other = chance.sample(list(files), 2)
    match level, chance.randrange(4):
        case "bytes", _:
            files[one] = fuzz_files.changed_bytes(files[one], chance)
        case "json", _:
            one = chance.choice(("pytree/_METADATA", "model_config/_strings.json"))
            files[one] = fuzz_files.json_bytes(files[one], chance)
        case "set", 0:
            del files[one]
        case "set", 1:
            files[one], files[other] = files[other], files[one]
        case "set", 2:
            files[one] = files[other]
        case "set", 3:
            files[f"{one}{chance.randrange(10)}"] = files[one]
    return files


def change_value(folder, chance):
    """Change what stands under a key of the store: the description of an array, or a piece of one."""
    base = {"driver": "file", "path": f"{folder / 'pytree'}/"}
    values = tensorstore.KvStore.open({"driver": "ocdbt", "base": base}).result()
    key = chance.choice(sorted(values.list().result()))
    change = fuzz_files.json_bytes if key.endswith(b".zarray") else fuzz_files.changed_bytes
    values.write(key, change(values.read(key).result().value, chance)).result()


def fuzz(path, number, keep=None):
    """Make a checkpoint by its number, and load it."""
    level, chance = level_of(number), random.Random(number)
    folder = pathlib.Path(keep or path) / str(number)
    for name, content in changed_files(level, chance).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if level == "value":
        change_value(folder, chance)
    try:
        hostile.load(folder)
    finally:
        if not keep:
            shutil.rmtree(folder)


hostile.ACTIONS["fuzz_checkpoint"] = fuzz


if __name__ == "__main__":
    sys.exit(fuzz_files.main(__doc__, "fuzz_checkpoint", lambda number: (BASE.parent.name, level_of(number))))
