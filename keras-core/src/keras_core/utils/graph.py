"""What symbolic tensors tell about the graph that they come from."""

from typing import Any

from keras_core.runtime.keras_tensor import KerasTensor


def get_source_inputs(tensor: Any) -> Any:
    """Return the inputs of the graph that a symbolic tensor comes from.

    Args:
        tensor: symbolic tensor; anything else comes back as it is, as does one without a history.

    Returns:
        List of symbolic tensors, each once, in the order in which they are met.

    Example:
        >>> first, second = keras.Input((2,)), keras.Input((2,))
        >>> found = keras.utils.get_source_inputs(keras.layers.add([first, second]))
        >>> [tensor is wanted for tensor, wanted in zip(found, [first, second])]
        [True, True]
    """
    if not isinstance(tensor, KerasTensor) or tensor._keras_history is None:
        return tensor
    found: list[KerasTensor] = []
    seen: set[int] = set()
    pending = [tensor]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        history = current._keras_history
        if history is None:
            continue
        node = history.operation._inbound_nodes[history.node_index]
        if node.is_input:
            found += [output for output in node.output_tensors if output is current]
        pending += reversed(node.input_tensors)
    return found
