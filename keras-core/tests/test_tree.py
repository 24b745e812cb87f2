"""Nested structures, `keras_core.tree`."""

from collections import OrderedDict, namedtuple

import pytest

from keras_core import tree

Pair = namedtuple("Pair", "x y")
NESTED = {"b": [1, (2, None)], "a": Pair(3, [])}


@pytest.mark.parametrize(
    ("structure", "leaves"),
    [
        (NESTED, [3, 1, 2, None]),
        (5, [5]),
        ([], []),
        (OrderedDict([("b", 1), ("a", 2)]), [1, 2]),
        ({3, 1}, [{3, 1}]),
        ("text", ["text"]),
    ],
)
def test_flatten_gives_the_leaves_in_order(structure, leaves):
    assert tree.flatten(structure) == leaves


def test_flatten_with_path_says_what_leads_to_each_leaf():
    assert tree.flatten_with_path(NESTED) == [(("a", 0), 3), (("b", 0), 1), (("b", 1, 0), 2), (("b", 1, 1), None)]
    assert tree.flatten_with_path(5) == [((), 5)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [([], True), ((), True), ({}, True), (Pair(1, 2), True), (None, False), ({1}, False), ("", False)],
)
def test_is_nested_tells_structures_from_leaves(value, expected):
    assert tree.is_nested(value) is expected


def test_map_structure_calls_the_function_for_none_unless_told_otherwise():
    assert tree.map_structure(lambda x: x is None, [1, None]) == [False, True]
    assert tree.map_structure(lambda x: x + 1, [1, None], none_is_leaf=False) == [2, None]


def test_map_structure_takes_a_dict_for_an_ordered_dict_and_keeps_the_first_form():
    found = tree.map_structure(lambda x, y: (x, y), OrderedDict([("b", 1), ("a", 2)]), {"a": 3, "b": 4})
    assert found == OrderedDict([("b", (1, 4)), ("a", (2, 3))])
    assert isinstance(found, OrderedDict)


@pytest.mark.parametrize("other", [[1], (1, 2), {"a": 1}, [1, [2]], [[1], 2], 3])
def test_map_structure_refuses_structures_of_other_forms(other):
    with pytest.raises(ValueError, match="map_structure: "):
        tree.map_structure(lambda x, y: x, [1, 2], other)


def test_functions_that_map_want_a_function_and_a_structure():
    for function in (tree.map_structure, lambda f, *s: tree.map_structure_up_to([0], f, *s)):
        with pytest.raises(TypeError, match="expected a function, got 3"):
            function(3, [1])
        with pytest.raises(ValueError, match="at least one structure"):
            function(len)
    for function in (tree.traverse, tree.map_shape_structure):
        with pytest.raises(TypeError, match="expected a function, got 3"):
            function(3, [1])


def test_map_structure_up_to_hands_over_what_lies_deeper():
    assert tree.map_structure_up_to([0, 0], lambda x, y: (x, y), [1, [2]], [[3], 4]) == [(1, [3]), ([2], 4)]
    assert tree.map_structure_up_to(0, len, [3, 4]) == 2


@pytest.mark.parametrize("structure", [(1, 2), [1, 2, 3], [3]])
def test_map_structure_up_to_refuses_what_is_not_as_deep(structure):
    with pytest.raises(ValueError, match="map_structure_up_to: the structures differ"):
        tree.map_structure_up_to([[0], 0], lambda x: x, structure)


def test_pack_sequence_as_is_the_inverse_of_flatten():
    assert tree.pack_sequence_as(NESTED, [1, 2, 3, 4]) == {"b": [2, (3, 4)], "a": Pair(1, [])}
    assert tree.pack_sequence_as(NESTED, tree.flatten(NESTED)) == NESTED
    assert tree.pack_sequence_as(0, (7,)) == 7


@pytest.mark.parametrize("leaves", [[1], [1, 2, 3]])
def test_pack_sequence_as_wants_as_many_leaves(leaves):
    with pytest.raises(ValueError, match=f"expected 2 leaves for the structure, got {len(leaves)}"):
        tree.pack_sequence_as([0, 0], leaves)


def test_pack_sequence_as_wants_a_sequence():
    with pytest.raises(TypeError, match="expected a sequence of leaves, got 5"):
        tree.pack_sequence_as([0], 5)


def test_traverse_from_the_top_leaves_what_was_replaced_alone():
    seen = []

    def visit(x):
        seen.append(x)
        return "replaced" if x == [2] else None

    assert tree.traverse(visit, [1, [2]]) == [1, "replaced"]
    assert seen == [[1, [2]], 1, [2]]


def test_traverse_from_the_bottom_sees_what_was_replaced():
    assert tree.traverse(lambda x: sum(x) if isinstance(x, list) else None, [1, [2, [3]]], top_down=False) == 6


@pytest.mark.parametrize("top_down", [True, False])
def test_traverse_puts_none_where_it_is_told_to(top_down):
    assert tree.traverse(lambda x: tree.MAP_TO_NONE if x == 1 else None, [1, (2,)], top_down) == [None, (2,)]


def test_lists_become_tuples_at_every_depth():
    assert tree.lists_to_tuples({"a": [1, [2, (3, [4])], Pair([1], 2)]}) == {"a": (1, (2, (3, (4,))), Pair((1,), 2))}


def test_shapes_are_leaves_of_map_shape_structure():
    found = tree.map_shape_structure(lambda shape: ("shape", shape), {"a": [1, 2], "b": [(1, None), (3,)], "c": None})
    assert found == {"a": ("shape", [1, 2]), "b": [("shape", (1, None)), ("shape", (3,))], "c": ("shape", None)}


@pytest.mark.parametrize(
    ("a", "b"), [([1, 2], [3, 4]), ({"a": 1}, OrderedDict(a=2)), ([None], [1]), (Pair(1, 2), Pair(3, 4)), (1, 2)]
)
def test_structures_that_differ_in_leaves_only_are_the_same(a, b):
    tree.assert_same_structure(a, b)
    tree.assert_same_paths(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [([1, 2], (3, 4)), ([1, 2], [3]), ({"a": 1}, {"b": 1}), ([1], [[1]]), ([[1]], [1]), (Pair(1, 2), (1, 2)), (1, [])],
)
def test_structures_of_other_forms_are_not_the_same(a, b):
    with pytest.raises(ValueError, match="assert_same_structure: "):
        tree.assert_same_structure(a, b)


def test_check_types_is_of_older_code():
    with pytest.warns(DeprecationWarning, match="check_types"):
        tree.assert_same_structure([1], [2], check_types=False)


def test_paths_count_whatever_the_kinds():
    tree.assert_same_paths([1, 2], {0: 1, 1: 2})
    with pytest.raises(ValueError, match=r"only 'a' has \[\('a',\)\], and only 'b' has \[\('b',\)\]"):
        tree.assert_same_paths({"a": 1}, {"b": 1})
