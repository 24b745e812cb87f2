"""`to_module`: one memory for the model and the module, in both directions."""

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import keras_core
from keras_backend_torch import to_module
from keras_core import Input, Sequential, layers

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")


@pytest.fixture(autouse=True)
def on_torch() -> Any:
    with keras_core.use_backend("torch"):
        yield


def model(rate: float = 0.5) -> Sequential:
    parts = [Input((3,)), layers.Dense(4, name="a"), layers.BatchNormalization(name="n"), layers.Dropout(rate)]
    return Sequential([*parts, layers.Dense(1, name="b")])


def step(module: torch.nn.Module) -> float:
    optimizer = torch.optim.Adam(module.parameters(), 0.05)
    loss = (module(torch.tensor(X)) - 1.0).square().mean()
    loss.backward()
    optimizer.step()
    return loss.item()


def test_weights_are_parameters_and_states_are_buffers() -> None:
    module = to_module(model())
    assert {n for n, _ in module.named_parameters()} == {
        *("a.kernel", "a.bias", "n.gamma", "n.beta", "b.kernel", "b.bias")
    }
    assert {"n.moving_mean", "n.moving_variance"} < {n for n, _ in module.named_buffers()}


def test_a_loop_of_torch_trains_the_model() -> None:
    keras = model(0.0)
    module = to_module(keras)
    mean = keras.get_layer("n").moving_mean.numpy().copy()
    losses = [step(module) for _ in range(20)]
    assert losses[-1] < losses[0] / 2
    assert not np.array_equal(keras.get_layer("n").moving_mean.numpy(), mean)
    native = module.eval()(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(keras.predict(X, verbose=0), native, rtol=1e-5, atol=1e-6)


def test_fit_and_assign_are_seen_by_the_module() -> None:
    keras = model()
    module = to_module(keras).eval()
    keras.compile("sgd", "mse")
    keras.fit(X, X[:, :1], verbose=0)
    keras.get_layer("b").bias.assign([3.0])
    np.testing.assert_allclose(module(torch.tensor(X)).detach().numpy(), keras.predict(X, verbose=0), rtol=1e-5)
    assert module.state_dict()["b.bias"].tolist() == [3.0]


def test_a_state_dict_goes_into_another_model() -> None:
    first, second = model(), model()
    to_module(second).load_state_dict(to_module(first).state_dict())
    np.testing.assert_array_equal(second.predict(X, verbose=0), first.predict(X, verbose=0))


def test_train_and_eval_decide_on_dropout() -> None:
    module = to_module(model(0.9))
    assert not torch.equal(module(torch.tensor(X)), module(torch.tensor(X)))
    module.eval()
    assert torch.equal(module(torch.tensor(X)), module(torch.tensor(X)))


def test_trainable_decides_on_requires_grad_before_and_after() -> None:
    keras = model()
    keras.get_layer("a").trainable = False
    module = to_module(keras)
    assert not dict(module.named_parameters())["a.kernel"].requires_grad
    keras.get_layer("a").trainable = True
    assert dict(module.named_parameters())["a.kernel"].requires_grad


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))])
def test_a_copy_trains_its_own_model(copied: Any) -> None:
    keras = model(0.0)
    module = to_module(keras)
    before = keras.get_layer("b").kernel.numpy().copy()
    other = copied(module)
    step(other)
    np.testing.assert_array_equal(keras.get_layer("b").kernel.numpy(), before)
    assert not np.array_equal(other.layer.get_layer("b").kernel.numpy(), before)
    step(module)
    assert not np.array_equal(keras.get_layer("b").kernel.numpy(), before)


def test_forward_hooks_run_and_a_move_keeps_the_memory_shared() -> None:
    keras = model(0.0)
    module = to_module(keras).to("cpu")
    shapes: list[Any] = []
    module.register_forward_hook(lambda _, inputs, outputs: shapes.append(tuple(outputs.shape)))
    step(module)
    assert shapes == [(8, 1)]
    assert module.get_parameter("b.kernel").data_ptr() == keras.get_layer("b").kernel.handle.data_ptr()


def test_another_dtype_is_refused_and_changes_nothing() -> None:
    module = to_module(model())
    with pytest.raises(TypeError, match=r"expected to keep torch.float32, got a move to torch.float64"):
        module.double()
    assert {p.dtype for p in module.parameters()} == {torch.float32}


def test_distributed_data_parallel_trains_it(tmp_path: Path) -> None:
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        module = torch.nn.parallel.DistributedDataParallel(to_module(model(0.0)))
        losses = [step(module) for _ in range(10)]
    finally:
        torch.distributed.destroy_process_group()
    assert losses[-1] < losses[0]


def test_a_single_layer_that_takes_no_training_is_a_module_too() -> None:
    layer = layers.Dense(2, name="d")
    layer.build((None, 3))
    step(to_module(layer))
    assert sorted(to_module(layer).state_dict()) == ["bias", "kernel"]


def test_errors_say_what_to_do() -> None:
    with pytest.raises(TypeError, match="expected a model or layer, got int"):
        to_module(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"expected a built layer; call it once"):
        to_module(layers.Dense(2))
    with keras_core.use_backend("numpy"):
        other = model()
    with pytest.raises(ValueError, match=r"'torch'.*is of 'numpy'"):
        to_module(other)
