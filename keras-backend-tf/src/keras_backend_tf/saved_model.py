"""`TFSMLayer`: a SavedModel as a layer."""

from typing import Any

import tensorflow as tf

from keras_core.layers.wrappers.framework_layer import FrameworkLayer


class TFSMLayer(FrameworkLayer):
    """Runs an endpoint of a SavedModel, which is a program: load only what you trust.

    A model file names the path; it is read again only where the loader is given `safe_mode=False`.

    Args:
        filepath: folder of the SavedModel.
        call_endpoint: name of the function to run.
        call_training_endpoint: name of the function to run in training; None for the same.
        trainable: whether training changes its variables.
        name: name.
        dtype: dtype policy or its name.

    Raises:
        ValueError: for an endpoint that is not there, and while another backend is active.
    """

    framework = "tensorflow"
    program_argument = "filepath"

    def __init__(
        self,
        filepath: Any,
        call_endpoint: str = "serve",
        call_training_endpoint: str | None = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self._keep("filepath", str(filepath))
        self._keep("call_endpoint", call_endpoint)
        self._keep("call_training_endpoint", call_training_endpoint)
        self.__dict__["_loaded"] = tf.saved_model.load(str(filepath))
        endpoints = (call_endpoint, call_training_endpoint or call_endpoint)
        self.__dict__["_endpoints"] = [self._endpoint(endpoint) for endpoint in endpoints]
        self.build(None)

    def build(self, input_shape: Any) -> None:
        """Make the variables, from those that the endpoints use."""
        concrete = [e if hasattr(e, "variables") else e.concrete_functions[0] for e in self._endpoints]
        found = {v.ref(): v for function in concrete for v in function.variables}
        names = [f"{place}.{v.name.partition(':')[0]}" for place, v in enumerate(found.values())]
        self.__dict__["_of_program"] = dict(zip(names, found.values(), strict=True))
        self._adopt((name, v.read_value(), v.trainable) for name, v in self._of_program.items())

    def _endpoint(self, name: str) -> Any:
        found = self._loaded.signatures.get(name) or getattr(self._loaded, name, None)
        if not callable(found):
            known = sorted({*self._loaded.signatures, *(n for n in ("serve", "__call__") if hasattr(self._loaded, n))})
            raise ValueError(f"{self.label}: the SavedModel has no endpoint {name!r}; it has {known}.")
        return found

    def call(self, inputs: Any, training: bool = False, **kwargs: Any) -> Any:
        """Run the endpoint with the values that the variables have now."""
        endpoint = self._endpoints[bool(training)]
        of_program = list(self._of_program.values())
        given = tf.nest.flatten(inputs)
        structure: list[Any] = []

        @tf.custom_gradient
        def run(*tensors: Any) -> Any:
            arguments, values = tensors[: len(given)], tensors[len(given) :]
            for variable, value in zip(of_program, values, strict=True):
                variable.assign(value)
            with tf.GradientTape() as tape:
                tape.watch(arguments)
                outputs = _run(endpoint, tf.nest.pack_sequence_as(inputs, arguments), kwargs)
            structure.append(outputs)

            def backward(*upstream: Any, variables: Any = ()) -> Any:
                found = tape.gradient(tf.nest.flatten(outputs), [*arguments, *of_program], upstream)
                return found, [None for _ in variables]

            return tf.nest.flatten(outputs), backward

        flat = run(*given, *(variable.value for variable in self._adopted.values()))
        self._write_back({name: variable.read_value() for name, variable in self._of_program.items()})
        return tf.nest.pack_sequence_as(structure[-1], flat)


def _run(endpoint: Any, inputs: Any, kwargs: dict[str, Any]) -> Any:
    """Call an endpoint; a signature takes its arguments by their names."""
    names = list(endpoint.structured_input_signature[1]) if hasattr(endpoint, "structured_input_signature") else []
    return endpoint(**{names[0]: inputs}, **kwargs) if len(names) == 1 else endpoint(inputs, **kwargs)
