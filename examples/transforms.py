"""Four programs on `keras_core.transforms` that run unchanged on every backend.

python examples/transforms.py [BACKEND ...]    # all installed ones where none is named
python examples/transforms.py --quick numpy    # fewer steps, wider bounds
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import keras_core as keras
from keras_core import layers, ops, transforms
from keras_core.plugins import BACKENDS, State, list_plugins

SEED = 7


class TargetMissed(AssertionError):
    """A program did not reach what it promises."""


def expect(reached: bool, text: str) -> str:
    """Return the text, or raise with it where the target is missed."""
    if not reached:
        raise TargetMissed(text)
    return text


def network(inputs: int, units: int, outputs: int, activation: str = "tanh") -> keras.Model:
    """Return a network of two hidden layers."""
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            layers.Dense(units, activation),
            layers.Dense(units, activation),
            layers.Dense(outputs),
        ]
    )


# A custom training step.


def spirals(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return points, shape (count, 2), on two arms of a spiral, and the arm of each."""
    arm = generator.integers(0, 2, count)
    turn = generator.uniform(0.5, 3.5, count)
    angle = turn * 1.6 + arm * np.pi
    points = np.stack([turn * np.cos(angle), turn * np.sin(angle)], axis=1) + generator.normal(0, 0.05, (count, 2))
    return points.astype("float32"), arm.astype("int32")


def training_step(steps: int, target: float) -> str:
    """Tell two spirals apart with a training loop that is written by hand."""
    generator = np.random.default_rng(SEED)
    x_test, y_test = spirals(500, generator)
    model = network(2, 32, 2)
    optimizer = keras.optimizers.Adam(0.01)
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def loss(x, y):
        return loss_function(y, model(x, training=True))

    differentiated = transforms.value_and_grad(loss, variables=model.trainable_variables)

    @transforms.jit
    def step(x, y):
        value, gradients = differentiated(x, y)
        optimizer.apply(gradients, model.trainable_variables)
        return value

    optimizer.build(model.trainable_variables)
    for _ in range(steps):
        value = step(*spirals(128, generator))
    accuracy = float(np.mean(ops.convert_to_numpy(model(x_test)).argmax(axis=-1) == y_test))
    return expect(accuracy >= target, f"accuracy {accuracy:.1%} (target {target:.0%}), last loss {float(value):.3f}")


# A gradient penalty: a gradient by variables of a gradient by inputs.


def gradient_penalty(steps: int, target: float) -> str:
    """Measure how far a cloud of points was moved, by a critic whose slope is held near 1.

    With slope s the objective is at best `2 s - 10 (s - 1)^2` for a distance of 2: greatest at s = 1.1, so the critic
    tells values apart by 2.2, and the distance is their difference over the slope.

    Source:
        Gulrajani et al., "Improved Training of Wasserstein GANs", 2017.
    """
    generator = np.random.default_rng(SEED)
    shift = np.array([1.2, 1.6])  # of length 2, the distance that the critic should find
    critic = network(2, 32, 1)
    optimizer = keras.optimizers.Adam(0.01, beta_1=0.5)

    def loss(real, moved, mixed):
        difference = ops.mean(critic(moved)) - ops.mean(critic(real))
        slopes = transforms.grad(lambda x: ops.sum(critic(x)))(mixed)
        norms = ops.sqrt(ops.sum(slopes * slopes, axis=-1))
        return -difference + 10.0 * ops.mean(ops.square(norms - 1.0)), (difference, ops.mean(norms))

    differentiated = transforms.value_and_grad(loss, has_aux=True, variables=critic.trainable_variables)

    @transforms.jit
    def step(real, moved, mixed):
        (_, measured), gradients = differentiated(real, moved, mixed)
        optimizer.apply(gradients, critic.trainable_variables)
        return measured

    optimizer.build(critic.trainable_variables)
    measured = []
    for _ in range(steps):
        real = generator.normal(size=(128, 2))
        moved = generator.normal(size=(128, 2)) + shift
        between = generator.uniform(size=(128, 1))
        points = (real, moved, between * real + (1 - between) * moved)
        measured.append([float(part) for part in step(*[part.astype("float32") for part in points])])
    difference, norm = np.mean(measured[-20:], axis=0)
    distance = difference / norm
    reached = abs(distance - 2.0) <= target and abs(norm - 1.1) <= target
    return expect(reached, f"distance {distance:.3f} (target 2 ± {target}), slope {norm:.3f} (target 1.1 ± {target})")


# A physics-informed network: derivatives by the input are part of the loss.


def physics_informed(steps: int, target: float) -> str:
    """Solve u'' = -sin(x) with u(0) = u(pi) = 0, whose solution is sin(x).

    Source:
        Raissi, Perdikaris and Karniadakis, "Physics-informed neural networks", 2019.
    """
    model = network(1, 16, 1)
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.02, steps))
    points = np.linspace(0, np.pi, 32, dtype="float32")[:, np.newaxis]

    def solution(x):
        return x * (np.pi - x) * model(x)  # 0 at both ends, whatever the network says

    # Each value depends on its own point alone, so the gradient of the sum holds the derivative at each point.
    slope = transforms.grad(lambda x: ops.sum(solution(x)))
    curvature = transforms.grad(lambda x: ops.sum(slope(x)))

    def loss(x):
        return ops.mean(ops.square(curvature(x) + ops.sin(x)))

    differentiated = transforms.value_and_grad(loss, variables=model.trainable_variables)

    @transforms.jit
    def step(x):
        value, gradients = differentiated(x)
        optimizer.apply(gradients, model.trainable_variables)
        return value

    optimizer.build(model.trainable_variables)
    for _ in range(steps):
        step(points)
    between = np.linspace(0, np.pi, 101, dtype="float32")[:, np.newaxis]
    error = float(np.max(np.abs(ops.convert_to_numpy(solution(ops.convert_to_tensor(between))) - np.sin(between))))
    return expect(error <= target, f"largest error {error:.1e} (target {target:.0e})")


# Reinforcement learning.


class Corridors:
    """A batch of corridors of 6 cells; each step costs 0.05, the last cell pays 1 and ends the episode."""

    cells = 6
    best = 1 - 0.05 * (cells - 1)

    def __init__(self, count: int) -> None:
        self.cell = np.zeros(count, "int32")

    def observe(self) -> np.ndarray:
        """Return the cell of each walker as a one-hot vector."""
        return np.eye(self.cells, dtype="float32")[self.cell]

    def step(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Go left (0) or right (1); return the rewards, and which walkers were still on their way."""
        running = self.cell < self.cells - 1
        moved = np.clip(self.cell + np.where(action == 1, 1, -1), 0, self.cells - 1)
        self.cell = np.where(running, moved, self.cell)
        rewards = np.where(running, -0.05 + (self.cell == self.cells - 1), 0.0)
        return rewards, running


def reinforcement(steps: int, target: float) -> str:
    """Learn by REINFORCE to walk to the end of a corridor.

    Source:
        Williams, "Simple statistical gradient-following algorithms", 1992.
    """
    generator = np.random.default_rng(SEED)
    walkers, horizon = 32, 20
    policy = network(Corridors.cells, 16, 2)
    optimizer = keras.optimizers.Adam(0.03)

    def loss(observations, actions, advantages):
        logarithms = ops.log_softmax(policy(observations))
        chosen = ops.sum(ops.one_hot(actions, 2) * logarithms, axis=-1)
        return -ops.mean(chosen * advantages)

    differentiated = transforms.value_and_grad(loss, variables=policy.trainable_variables)

    @transforms.jit
    def step(observations, actions, advantages):
        value, gradients = differentiated(observations, actions, advantages)
        optimizer.apply(gradients, policy.trainable_variables)
        return value

    @transforms.jit
    def probability_of_right(observations):
        return ops.softmax(policy(observations))[:, 1]

    optimizer.build(policy.trainable_variables)
    returns = []
    for _ in range(steps):
        environment = Corridors(walkers)
        observations, actions, rewards, running = [], [], [], []
        for _ in range(horizon):
            observations.append(environment.observe())
            right = ops.convert_to_numpy(probability_of_right(observations[-1]))
            actions.append((generator.uniform(size=walkers) < right).astype("int32"))
            reward, on_the_way = environment.step(actions[-1])
            rewards.append(reward)
            running.append(on_the_way)
        to_go = np.cumsum(np.array(rewards)[::-1], axis=0)[::-1]
        advantages = (to_go - to_go.mean(axis=1, keepdims=True)) * np.array(running)
        step(np.concatenate(observations), np.concatenate(actions), advantages.reshape(-1).astype("float32"))
        returns.append(np.sum(rewards, axis=0).mean())
    reached = float(np.mean(returns[-5:]))
    return expect(
        reached >= target, f"mean return {returns[0]:.2f} -> {reached:.2f} (target {target}, best {Corridors.best})"
    )


@dataclass(frozen=True)
class Program:
    """One program, with its number of steps and target: in full, and for a quick look."""

    name: str
    run: Callable[[int, float], str]
    full: tuple[int, float]
    quick: tuple[int, float]


PROGRAMS = (
    Program("training step", training_step, full=(400, 0.98), quick=(80, 0.9)),
    Program("gradient penalty", gradient_penalty, full=(300, 0.1), quick=(80, 0.3)),
    Program("physics-informed", physics_informed, full=(1500, 2e-3), quick=(80, 8e-2)),
    Program("reinforcement", reinforcement, full=(40, 0.7), quick=(25, 0.6)),
)


def installed_backends() -> list[str]:
    """Return the names of the backends that can be loaded."""
    return [plugin.name for plugin in list_plugins(BACKENDS) if plugin.state == State.AVAILABLE]


def main(arguments: list[str]) -> int:
    """Run every program on each backend; return 0 where all reach their targets."""
    parser = argparse.ArgumentParser(description="Four programs on keras_core.transforms.")
    parser.add_argument("backends", nargs="*", help="names of backends; all installed ones where none is given")
    parser.add_argument("--quick", action="store_true", help="fewer steps, wider bounds")
    options = parser.parse_args(arguments)
    missed = 0
    for backend in options.backends or installed_backends():
        for program in PROGRAMS:
            start = time.perf_counter()
            try:
                with keras.use_backend(backend):
                    keras.utils.set_random_seed(SEED)
                    text = program.run(*(program.quick if options.quick else program.full))
            except TargetMissed as error:
                missed += 1
                text = f"MISSED: {error}"
            print(f"{backend:<12}{program.name:<18}{time.perf_counter() - start:5.1f} s  {text}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
