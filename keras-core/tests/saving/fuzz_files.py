"""Model files that are changed at random: each must end in a loaded model or in a ModelFileError.

    python keras-core/tests/saving/fuzz_files.py --files 10000 --seed 0

A file is changed as bytes, as a zip archive, as JSON or as HDF5 (one of safetensors: as a header), and loaded under a
clock of 10 seconds and 1 GiB. Of several files with an index one is changed, the index too, or files are lost and
exchanged. What ends otherwise is listed with its number, which makes it again:
`--first NUMBER --files 1 --keep FOLDER`. `keras-core convert` made `data/safetensors` and `data/shards` of
`data/sequential.keras`.
"""

import argparse
import contextlib
import copy
import io
import json
import pathlib
import random
import shutil
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter

import h5py
import hostile
import numpy as np

DATA = pathlib.Path(__file__).parent / "data"
_FILES = (*DATA.iterdir(), *(DATA / "safetensors").iterdir())
BASES = sorted(path for path in _FILES if path.suffix in (".keras", ".h5", ".safetensors"))
BASES += sorted((DATA / "shards").glob("*.json"))
BATCH = 50

VALUES = [
    *(None, True, False, 0, 1, -1, 2, 3, 7, 10**6, 10**9, 10**18, 2**63, 2**64, 0.5, -0.0, 1e308, 1e-308),
    *("", "x", "relu", "same", "valid", "float32", "float64", "int8", "string", "channels_first", "../x", "a/b"),
    *("x" * 2000, "\u202e", "mse", "Dense", "keras.layers", "keras.ops", "os", [], {}, [[]], [None], [1, 2, 3]),
    *([10**9] * 3, {"class_name": "Dense", "config": {}}, {"class_name": "__numpy__", "config": {}}),
    *("Dense", "LSTM", "Conv2D", "Bidirectional", "TimeDistributed", "Sequential", "Functional", "Adam", "Reshape"),
    *("RepeatVector", "Flatten", "Permute", "ZeroPadding1D", "UpSampling2D", "Concatenate", "Lambda", "InputLayer"),
    *("MultiHeadAttention", "StackedRNNCells", "RNN", "SpectralNormalization", "EinsumDense", "Split", "Arange"),
]


NUMBERS = (0, 1, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 64) - 1)
NO_TEXT = np.bytes_(b"\xff")


def changed_bytes(content, chance):
    """Return bytes of which some are changed, lost, doubled or cut off."""
    content = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        place, length = chance.randrange(len(content) + 1), chance.choice((1, 2, 4, 8, 64, 1000))
        part = slice(place, place + length)
        match chance.randrange(6):
            case 0:
                content[part] = chance.randbytes(len(content[part]))
            case 1:
                del content[part]
            case 2:
                content[place:place] = content[part]
            case 3:
                content[part] = bytes([chance.choice((0, 0xFF, 0x7F, 0x80))]) * len(content[part])
            case 4 if len(content) > 8:
                place = chance.randrange(len(content) - 8)
                value = chance.choice(
                    (0, 1, 0xFFFF, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 64) - 1, chance.getrandbits(64))
                )
                struct.pack_into("<Q", content, place, value)
            case 5 if chance.random() < 0.2:
                del content[place:]
    return bytes(content)


def nodes(value):
    """Return all `(container, key)` of a nested value."""
    found, pending = [], [value]
    while pending:
        item = pending.pop()
        keys = list(item) if isinstance(item, dict) else range(len(item))
        for key in keys:
            found.append((item, key))
            if isinstance(item[key], dict | list):
                pending.append(item[key])
    return found


def changed_json(text, chance):
    """Return JSON in which values are replaced, taken out, exchanged or doubled."""
    value = json.loads(text)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        places = nodes(value)
        if not places:
            break
        holder, key = chance.choice(places)
        other, other_key = chance.choice(places)
        match chance.randrange(7):
            case 0 | 1 | 2:
                holder[key] = copy.deepcopy(chance.choice(VALUES))
            case 3:
                del holder[key]
            case 4:
                holder[key] = copy.deepcopy(other[other_key])
            case 5 if isinstance(holder, list):
                holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
            case 6:
                number = holder[key]
                if type(number) in (int, float):
                    holder[key] = chance.choice((number * 1000, -number, number + 1, number * 10**9, number / 3))
                elif isinstance(holder, list):
                    chance.shuffle(holder)
    return json.dumps(value)


def changed_hdf5(content, chance):
    """Return HDF5 in which links, arrays and attributes are changed."""
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as file:
        for _ in range(chance.choice((1, 1, 2, 4))):
            items = []
            file.visititems(lambda path, item, items=items: items.append((path, item)))
            with contextlib.suppress(ValueError, OSError, KeyError, RuntimeError):  # what h5py itself does not write
                _change_item(file, items, chance)
    return stream.getvalue()


def _change_item(file, items, chance):
    if not items:
        return
    path, item = chance.choice(items)
    arrays = [name for name, one in items if isinstance(one, h5py.Dataset)]
    match chance.randrange(9):
        case 0:
            del file[path]
        case 1 if path in arrays:
            _replace_array(file, path, chance)
        case 2:
            del file[path]
            file[path] = chance.choice((h5py.SoftLink("/"), h5py.ExternalLink("/etc/passwd", "/x")))
        case 3:
            file[f"{path}_more" if path in arrays else f"{path}/more"] = chance.choice((file["/"], item))
        case 4:
            name = chance.choice([*item.attrs, "name", "weight_names", "layer_names"])
            item.attrs[name] = chance.choice(("x", "x" * 5000, 3.0, ["a", "b"], np.zeros(3), np.bytes_(b"\xff")))
        case 5 if chance.random() < 0.5:
            target = chance.choice(items)[0]
            if not target.startswith(path):
                file.move(path, f"{target}/moved" if target not in arrays else f"{target}_moved")
        case 6 if arrays:
            _replace_array(file, chance.choice(arrays), chance)
        case 7:
            file.create_group(f"{path}_group" if path in arrays else f"{path}/vars{chance.randrange(3)}")
        case 8 if list(file.attrs):
            name = chance.choice(list(file.attrs))
            if isinstance(file.attrs[name], str) and file.attrs[name].startswith("{"):
                file.attrs[name] = changed_json(file.attrs[name], chance)
            else:
                del file.attrs[name]


def _replace_array(file, path, chance):
    old = file[path]
    shape = chance.choice((old.shape, old.shape[::-1], (), (0,), (3,), (1000, 1000), (1 << 40,), (1 << 31, 1 << 31)))
    dtype = chance.choice(
        ("float32", "float64", "float16", "int8", "int64", "complex64", "bool", "V4", "S8", old.dtype)
    )
    options = {}
    if shape and 0 not in shape and chance.random() < 0.5:
        options = {
            "chunks": tuple(min(size, 64) for size in shape),
            "compression": chance.choice((None, "gzip", "lzf")),
        }
    del file[path]
    file.create_dataset(path, shape=shape, dtype=dtype, **options)


def changed_zip(content, chance):
    """Return an archive whose members are changed, lost, doubled, renamed or written in another way."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    place = chance.randrange(len(members))
    name, inside = members[place]
    match chance.randrange(6):
        case 0:
            members[place] = name, changed_bytes(inside, chance)
        case 1:
            del members[place]
        case 2:
            members.append((chance.choice((name, name.upper(), "../x", "assets/x", "x", f"{name}/", "x/y")), inside))
        case 3:
            members[place] = chance.choice(members)[0], inside
        case 4:
            members.reverse()
        case 5:
            members[place] = name, chance.choice((b"", bytes(10_000_000), inside * 2, b"{}", b"[]"))
    stream = io.BytesIO()
    method = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, inside in members:
            archive.writestr(zipfile.ZipInfo(name) if method == zipfile.ZIP_STORED else name, inside)
    return changed_bytes(stream.getvalue(), chance) if chance.random() < 0.3 else stream.getvalue()


def changed_member(content, name, change, chance):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(stream, "w") as other:
        for member in archive.namelist():
            inside = archive.read(member)
            other.writestr(member, change(inside, chance) if member == name else inside)
    return stream.getvalue()


def changed_safetensors(content, chance):
    """Return safetensors whose header is changed, and what follows it at times."""
    size = int.from_bytes(content[:8], "little")
    header, rest = changed_json(content[8 : 8 + size], chance).encode(), content[8 + size :]
    length = len(header) if chance.random() < 0.9 else chance.choice(NUMBERS)
    return length.to_bytes(8, "little") + header + (rest if chance.random() < 0.7 else changed_bytes(rest, chance))


def json_bytes(content, chance):
    """Return JSON that is changed, as bytes."""
    return changed_json(content, chance).encode()


def _json_of_legacy(content, chance):
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as file:
        name = chance.choice(("model_config", "model_config", "training_config"))
        if name in file.attrs:
            file.attrs[name] = changed_json(file.attrs[name], chance)
    return stream.getvalue()


def files_of(base):
    """Return a file, or an index and the files that it names, by name."""
    files = {base.name: base.read_bytes()}
    if base.suffix == ".json":
        for told in json.loads(files[base.name])["weight_map"].values():
            names = told if isinstance(told, list) else [told]
            files |= {name: (base.parent / name).read_bytes() for name in names}
    return files


def changed_set(base, level, chance):
    """Return the level and the files of a set of which one is changed, lost or exchanged."""
    files = files_of(base)
    shards = [name for name in files if name != base.name]
    one, other = chance.sample(shards, 2)
    match level:
        case "bytes":
            one = chance.choice(list(files))
            files[one] = changed_bytes(files[one], chance)
        case "json":
            files[base.name] = json_bytes(files[base.name], chance)
        case "hdf5":
            level, change = _inner_level(one)
            files[one] = change(files[one], chance)
        case _:
            level = "set"
            match chance.randrange(5):
                case 0:
                    del files[one]
                case 1:
                    files[one], files[other] = files[other], files[one]
                case 2:
                    files[one] = files[other]
                case 3:
                    files[f"{chance.randrange(10)}{one}"] = files[one]
                case 4:
                    files[one] = chance.choice((b"", files[one] * 2, files[base.name], bytes(10_000_000)))
    return level, files


def _inner_level(name):
    return ("header", changed_safetensors) if "safetensors" in name else ("hdf5", changed_hdf5)


LEVELS = ("bytes", "zip", "json", "hdf5")


def mutated(number):
    """Return the base, the level and the files, content by name, of a number."""
    chance = random.Random(number)
    base = BASES[number % len(BASES)]
    level = LEVELS[number // len(BASES) % len(LEVELS)]
    if base.suffix == ".json":
        return base, *changed_set(base, level, chance)
    level, content = _changed_file(base, level, chance)
    return base, level, {base.name: content}


def _changed_file(base, level, chance):
    content = base.read_bytes()
    is_archive = base.suffix == ".keras"
    if level == "bytes":
        return level, changed_bytes(content, chance)
    if level == "zip" and is_archive:
        return level, changed_zip(content, chance)
    if level == "json" and not _is_of_weights(base):
        if not is_archive:
            return level, _json_of_legacy(content, chance)
        name = chance.choice(("config.json",) * 9 + ("metadata.json",))
        return level, changed_member(content, name, json_bytes, chance)
    name = "model.weights.h5" if base.parent == DATA else "model.safetensors"
    level, change = _inner_level(name)
    return level, changed_member(content, name, change, chance) if is_archive else change(content, chance)


def _is_of_weights(base):
    return base.name.endswith((".weights.h5", ".safetensors", ".json"))


def fuzz(path, number, keep=None):
    """Make a file by its number, and load it."""
    base, _, files = mutated(number)
    folder = pathlib.Path(keep or path) / str(number)
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        if _is_of_weights(base):
            hostile.load_weights(folder / base.name, DATA / "sequential.keras")
        else:
            hostile.load(folder / base.name)
    finally:
        if not keep:
            shutil.rmtree(folder)


hostile.ACTIONS["fuzz"] = fuzz


def told(number):
    """Return the base and the level of a number."""
    base, level, _ = mutated(number)
    return base.name, level


def results(numbers, keep=None, action="fuzz"):
    """Yield `(number, result)` of files by their numbers."""
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            jobs = [{"action": action, "path": folder, "number": number, "keep": keep} for number in batch]
            yield from zip(batch, hostile.guarded(jobs), strict=True)


def main(about, action, told):
    """Run a job of fuzzing from the command line, and return its exit code.

    Args:
        about: what it does.
        action: name of the action that makes and loads what belongs to a number.
        told: `number -> (base, level)`.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="other files for another seed")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--keep", help="folder in which the files stay")
    given = parser.parse_args()
    hostile.warm_up()
    first = given.seed * 1_000_000_000 + given.first
    start, counts, slowest, bad = time.perf_counter(), Counter(), 0.0, 0
    for number, result in results(range(first, first + given.files), given.keep, action):
        base, level = told(number)
        counts[level, result["outcome"]] += 1
        slowest = max(slowest, result["seconds"])
        if result["outcome"] not in ("loaded", "refused"):
            bad += 1
            print(number, base, result["outcome"], result["message"], flush=True)
            print(result.get("trace", ""), flush=True)
    for (level, outcome), count in sorted(counts.items()):
        print(f"{level:6} {outcome:8} {count}")
    seconds = time.perf_counter() - start
    print(f"{given.files} files in {seconds:.0f} s, the slowest {slowest:.1f} s; {bad} ended otherwise")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(__doc__, "fuzz", told))
