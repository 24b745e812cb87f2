"""`MixtureOfExperts`: many feed-forward networks, of which each token chooses some."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from keras_core import activations, constraints, initializers, layers, ops, random, regularizers
from keras_layers_extra.arguments import choice, integer, known_size, number, wrong
from keras_layers_extra.initialization import copies, stacked


class MixtureOfExperts(layers.Layer):
    """Adds up, for each token, the outputs of the `top_k` experts that a router prefers, weighted by its preference.

    The router gives each token a probability `p = softmax(token @ router)` for each expert. `losses` has the
    load-balancing loss `num_experts * sum(f * P)`, where `f` is the share of choices that an expert gets and `P` its
    mean probability; it is 1 where all experts get the same, more where they do not. Masked tokens do not count.

    All experts compute all tokens and what was not chosen is weighted by 0. So every shape is known when the layer is
    compiled and no token is dropped, but the cost is that of `num_experts` networks, not of `top_k`.

    Args:
        num_experts: number of experts.
        hidden_dim: size of the hidden layer of an expert.
        top_k: number of experts that a token chooses.
        output_dim: size of the last axis of the outputs; None for that of the inputs.
        expert: `"swiglu"`: `(activation(x @ gate) * (x @ up)) @ down`; `"dense"`: `activation(x @ up) @ down`.
        activation: name or function; None for `"silu"` in a swiglu expert, `"relu"` in a dense one.
        use_bias: whether the projections of the experts add a bias; the router has none.
        renormalize: whether the probabilities of the chosen experts are divided by their sum. None for yes unless
            `top_k` is 1: the one weight would always be 1, and the router would learn from the loss of balance alone.
        load_balancing: factor of the load-balancing loss, 0 for none.
        router_jitter: in training the router sees its inputs times random numbers in
            `[1 - router_jitter, 1 + router_jitter)`.
        kernel_initializer: first values of the kernels of the experts, drawn for each one.
        bias_initializer: first value of their biases.
        router_initializer: first value of the router.
        kernel_regularizer: penalty on each stack of kernels, or None.
        bias_regularizer: penalty on each stack of biases, or None.
        router_regularizer: penalty on the router, or None.
        kernel_constraint: what the optimizer applies to each stack of kernels after an update, or None.
        bias_constraint: the same for the biases.
        seed: int from which the random numbers of the jitter come, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for an argument out of range.

    Source:
        Shazeer et al., "Outrageously Large Neural Networks", 2017, arXiv:1701.06538; the loss and the jitter: Fedus,
        Zoph and Shazeer, "Switch Transformers", 2021, arXiv:2101.03961.

    Example:
        >>> layer = keras.layers.MixtureOfExperts(num_experts=4, hidden_dim=16)
        >>> layer(np.ones((2, 5, 8))).shape
        (2, 5, 8)
    """

    def __init__(
        self,
        num_experts: int,
        hidden_dim: int,
        top_k: int = 2,
        output_dim: int | None = None,
        expert: str = "swiglu",
        activation: Any = None,
        use_bias: bool = False,
        renormalize: bool | None = None,
        load_balancing: float = 0.01,
        router_jitter: float = 0.0,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        router_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        router_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_experts = integer(self, "num_experts", num_experts)
        self.hidden_dim = integer(self, "hidden_dim", hidden_dim)
        self.top_k = integer(self, "top_k", top_k)
        if self.top_k > self.num_experts:
            raise wrong(self, "top_k", f"an int from 1 to num_experts={self.num_experts}", top_k)
        self.output_dim = None if output_dim is None else integer(self, "output_dim", output_dim)
        self.expert = choice(self, "expert", expert, ("swiglu", "dense"))
        self.activation = activations.get(activation or ("silu" if self.expert == "swiglu" else "relu"))
        self.use_bias = bool(use_bias)
        self.renormalize = self.top_k > 1 if renormalize is None else bool(renormalize)
        self.load_balancing = number(self, "load_balancing", load_balancing)
        self.router_jitter = number(self, "router_jitter", router_jitter)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.router_initializer = initializers.get(router_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.router_regularizer = regularizers.get(router_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.seed = seed
        if self.router_jitter:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True

    def build(self, inputs_shape: Any) -> None:
        """Make the router and the experts."""
        size = known_size(self, inputs_shape, -1)
        # The router computes in full precision: small errors of its probabilities would change what is chosen.
        self.router = self.add_weight(
            (size, self.num_experts),
            self.router_initializer,
            autocast=False,
            regularizer=self.router_regularizer,
            name="router",
        )
        shapes = {
            "gate": (size, self.hidden_dim),
            "up": (size, self.hidden_dim),
            "down": (self.hidden_dim, self.output_dim or size),
        }
        kernels, biases = (
            iter(copies(initializer, 3 * self.num_experts))
            for initializer in (self.kernel_initializer, self.bias_initializer)
        )
        for name in ("up", "down") if self.expert == "dense" else shapes:
            setattr(self, name, self._stack(name, shapes[name], kernels, "kernel"))
            if self.use_bias:
                setattr(self, f"{name}_bias", self._stack(f"{name}_bias", shapes[name][1:], biases, "bias"))

    def _stack(self, name: str, shape: tuple[int, ...], drawn: Iterator[Any], kind: str) -> Any:
        return self.add_weight(
            (self.num_experts, *shape),
            stacked(list(islice(drawn, self.num_experts))),
            regularizer=getattr(self, f"{kind}_regularizer"),
            constraint=getattr(self, f"{kind}_constraint"),
            name=name,
        )

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the outputs, of shape `(*inputs.shape[:-1], output_dim)`.

        Args:
            inputs: float tensor, features on the last axis.
            training: whether the jitter acts.
            mask: bool tensor of shape `inputs.shape[:-1]`, False where a token does not count in the loss; or None.
        """
        probabilities, chosen = self._route(inputs, training)
        if self.load_balancing:
            self.add_loss(self.load_balancing * self._imbalance(probabilities, chosen, mask))
        weights = probabilities * chosen
        if self.renormalize:
            weights = weights / ops.sum(weights, axis=-1, keepdims=True)
        return ops.einsum("...eo,...e->...o", self._outputs(inputs), ops.cast(weights, self.compute_dtype))

    def _route(self, inputs: Any, training: bool | None) -> tuple[Any, Any]:
        """Return the probabilities of the experts, and 1 for those chosen, 0 for others: `(..., num_experts)`."""
        dtype = "float64" if self.variable_dtype == "float64" else "float32"
        seen = ops.cast(inputs, dtype)
        if training and self.router_jitter:
            low, high = 1 - self.router_jitter, 1 + self.router_jitter
            seen = seen * random.uniform(ops.shape(seen), low, high, dtype, self.seed_generator)
        probabilities = ops.softmax(ops.matmul(seen, ops.cast(self.router, dtype)))
        _, indices = ops.top_k(probabilities, self.top_k)
        chosen = ops.sum(ops.one_hot(indices, self.num_experts, dtype=dtype), axis=-2)
        return probabilities, chosen

    def _imbalance(self, probabilities: Any, chosen: Any, mask: Any) -> Any:
        axes = tuple(range(probabilities.ndim - 1))
        if mask is None:
            shares, means = ops.mean(chosen, axis=axes), ops.mean(probabilities, axis=axes)
        else:
            counted = ops.expand_dims(ops.cast(mask, probabilities.dtype), -1)
            tokens = ops.maximum(ops.sum(counted), 1)
            shares = ops.sum(chosen * counted, axis=axes) / tokens
            means = ops.sum(probabilities * counted, axis=axes) / tokens
        return self.num_experts / self.top_k * ops.sum(shares * means)

    def _outputs(self, inputs: Any) -> Any:
        """Return the outputs of all experts, of shape `(..., num_experts, output_dim)`."""
        hidden = self._projected("...d,edh->...eh", inputs, "up")
        if self.expert == "swiglu":
            hidden = self.activation(self._projected("...d,edh->...eh", inputs, "gate")) * hidden
        else:
            hidden = self.activation(hidden)
        return self._projected("...eh,eho->...eo", hidden, "down")

    def _projected(self, subscripts: str, x: Any, name: str) -> Any:
        result = ops.einsum(subscripts, x, getattr(self, name))
        return result + getattr(self, f"{name}_bias") if self.use_bias else result

    def compute_output_shape(self, inputs_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the outputs."""
        return (*inputs_shape[:-1], self.output_dim or inputs_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "num_experts": self.num_experts,
            "hidden_dim": self.hidden_dim,
            "top_k": self.top_k,
            "output_dim": self.output_dim,
            "expert": self.expert,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "renormalize": self.renormalize,
            "load_balancing": self.load_balancing,
            "router_jitter": self.router_jitter,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "router_initializer": initializers.serialize(self.router_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "router_regularizer": regularizers.serialize(self.router_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }
