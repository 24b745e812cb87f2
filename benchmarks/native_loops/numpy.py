"""The MLP in NumPy: gradients derived by hand, Adam in place in buffers that are made once."""

import numpy as np

from native_loops import batches, slices

RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


class Adam:
    """Adam over arrays that it changes."""

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.arrays = arrays
        self.first, self.second, self.buffers = ([np.zeros_like(array) for array in arrays] for _ in range(3))
        self.count = 0

    def apply(self, gradients: list[np.ndarray]) -> None:
        """Change the arrays; the gradients serve as buffers."""
        self.count += 1
        rate = np.float32(RATE * np.sqrt(1 - BETA_2**self.count) / (1 - BETA_1**self.count))
        for array, gradient, first, second, buffer in zip(
            self.arrays, gradients, self.first, self.second, self.buffers, strict=True
        ):
            first *= BETA_1
            np.multiply(gradient, 1 - BETA_1, out=buffer)
            first += buffer
            second *= BETA_2
            gradient *= gradient
            gradient *= 1 - BETA_2
            second += gradient
            np.sqrt(second, out=buffer)
            buffer += EPSILON
            np.divide(first, buffer, out=buffer)
            buffer *= rate
            array -= buffer


class Loop:
    """The loop of the MLP, the only task here."""

    def __init__(self, task: str, weights: list[np.ndarray], batch: int, chunk: int) -> None:
        self.weights = [weight.copy() for weight in weights]
        self.adam = Adam(self.weights)
        self.batch = batch
        self.fits = {"by hand": self.fit}

    def fit(self, x: np.ndarray, y: np.ndarray, shuffle: bool) -> float:
        """Train one epoch."""
        losses = [self.step(*batch) for batch in batches(x, y, self.batch, shuffle)]
        return float(np.mean(losses))

    def step(self, x: np.ndarray, y: np.ndarray) -> np.float32:
        """Train by one batch and return its loss."""
        last_kernel = self.weights[2]
        hidden, logits = self.forward(x)
        logits -= logits.max(1, keepdims=True)
        rows = np.arange(len(x))
        of_class = logits[rows, y]
        np.exp(logits, out=logits)
        sums = logits.sum(1, keepdims=True)
        loss = np.mean(np.log(sums[:, 0]) - of_class)
        logits /= sums
        logits[rows, y] -= 1
        logits /= len(x)
        of_hidden = logits @ last_kernel.T
        of_hidden *= hidden > 0
        self.adam.apply([x.T @ of_hidden, of_hidden.sum(0), hidden.T @ logits, logits.sum(0)])
        return loss

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the hidden layer and the logits."""
        kernel, bias, last_kernel, last_bias = self.weights
        hidden = x @ kernel
        hidden += bias
        np.maximum(hidden, 0, out=hidden)
        logits = hidden @ last_kernel
        logits += last_bias
        return hidden, logits

    def predict_one(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of one batch."""
        return self.forward(x)[1]

    def predict(self, x: np.ndarray, batch: int) -> np.ndarray:
        """Return the logits of all samples, computed in batches."""
        return np.concatenate([self.forward(part)[1] for part in slices(x, batch)])
