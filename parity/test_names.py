"""Every name that Keras has among its ops is compared."""

from collections import Counter
from collections.abc import Callable

from keras_conformance.registry import definitions
from parity.comparison import Comparison
from parity.differences import entries, expanded, lines, uncompared
from parity.names import MODULES, MODULES_ABOVE, OURS_ALONE, op_paths, paths
from parity.sides import keras_side, our_side
from parity.subjects import calls_of, names
from parity.tables.layers import ROWS


def test_every_name_of_keras_is_compared() -> None:
    """Under each path keras_core has an op that is compared, or something that is compared by its path."""
    compared = {id(our_side().function(path)) for path in op_paths().values()}
    compared |= {id(our_side().function(name)) for name in names() if name.partition(".")[0] in MODULES}
    aliases = {"ops.numpy." + name.removeprefix("ops.") for name in names()}
    missing = [
        path for path in paths(keras_side()) if id(our_side().function(path)) not in compared and path not in aliases
    ]
    assert missing == []


def test_every_name_above_the_ops_is_compared_or_listed() -> None:
    """Each public class and function of Keras that keras_core has is compared under one of its paths, or listed."""
    side = our_side()
    compared = {id(side.function(name)) for name in names() if name.rpartition(".")[0] in MODULES_ABOVE}
    listed = {name for entry in uncompared() for name in entry.names}
    missing = [
        path
        for path in paths(keras_side(), MODULES_ABOVE)
        if _exists(path) and path not in listed and id(side.function(path)) not in compared
    ]
    assert missing == []


def test_what_is_listed_as_not_compared_is_not() -> None:
    """And is a name that Keras has."""
    listed = {name for entry in uncompared() for name in entry.names if not name.startswith("files.")}
    assert listed <= set(paths(keras_side(), MODULES_ABOVE))
    assert not listed & set(names())


def test_every_layer_is_compared_in_several_configurations() -> None:
    """Which differ in arguments, in inputs or in options of the call."""
    counts = Counter(row.layer.path for row in ROWS)
    assert [path for path, count in counts.items() if count < 2] == []


def _exists(path: str) -> bool:
    return path in paths(our_side(), MODULES_ABOVE)


def test_every_op_is_compared_or_ours_alone() -> None:
    """The database has no public op but these."""
    public = {name for name, definition in definitions().items() if _is_public(definition.function)}
    assert public - set(op_paths()) == set(OURS_ALONE)
    assert not [name for name in OURS_ALONE if f"ops.{name}" in paths(keras_side())]


def _is_public(function: Callable[..., object]) -> bool:
    return id(function) in {id(our_side().function(path)) for path in paths(our_side())}


def test_aliases_are_the_same_for_both() -> None:
    """Two paths lead to one function here where they do in Keras."""
    first: dict[int, str] = {}
    for path in paths(keras_side()):
        other = first.setdefault(id(keras_side().function(path)), path)
        assert our_side().function(path) is our_side().function(other), (path, other)


def test_calls_have_ids_of_their_own() -> None:
    """No two calls have one id, so an entry of the list is about one of them."""
    ids = [str(call) for name in names() for call in calls_of(name)]
    assert len(ids) == len(set(ids))
    assert sorted(call for line in lines(ids) for call in expanded(line)) == sorted(ids)
    assert all(any(call.startswith(f"{name}/") for call in ids) for name in names())


def test_the_list_names_what_is_compared() -> None:
    """Entries about anything else would never be looked at."""
    assert {name for entry in entries() for name in entry.names} <= set(names())


def test_a_comparison_has_all_calls(compared: Callable[[str], Comparison]) -> None:
    """None is left out."""
    assert compared("softmax").calls == tuple(map(str, calls_of("softmax")))
