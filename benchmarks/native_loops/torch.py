"""Loops in torch: modules, `torch.optim.Adam(fused=True)`, images with the channels last in memory."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from training_tasks import BLOCKS, CLASSES, HEADS, HIDDEN, WIDTH

from native_loops import slices


class Convolutional(nn.Module):
    """Three blocks of convolution and pooling."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (3, 16, 32, 64)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(size, filters, 3, padding=1) for size, filters in itertools.pairwise(sizes)
        )
        self.last = nn.Linear(sizes[-1], CLASSES)

    def forward(self, x: Any) -> Any:
        """Return the logits of images whose channels are the last axis."""
        x = x.permute(0, 3, 1, 2)  # a view, in the memory format channels_last
        for convolution in self.convolutions:
            x = functional.max_pool2d(functional.relu_(convolution(x)), 2)
        return self.last(x.mean((2, 3)))


class Block(nn.Module):
    """Attention and a hidden layer, each normalized after its residual."""

    def __init__(self) -> None:
        super().__init__()
        self.projection = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)
        self.first_norm = nn.LayerNorm(WIDTH, eps=1e-3)
        self.hidden = nn.Linear(WIDTH, HIDDEN)
        self.last = nn.Linear(HIDDEN, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-3)

    def forward(self, x: Any) -> Any:
        """Return the output of the block."""
        samples, length, _ = x.shape
        projected = self.projection(x).view(samples, length, 3, HEADS, WIDTH // HEADS)
        query, key, value = projected.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        x = self.first_norm(x + self.output(mixed))
        return self.last_norm(x + self.last(functional.gelu(self.hidden(x))))


class Encoder(nn.Module):
    """Blocks, and the mean over the positions."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.last = nn.Linear(WIDTH, CLASSES)

    def forward(self, x: Any) -> Any:
        """Return the logits."""
        return self.last(self.blocks(x).mean(1))


class Recurrent(nn.Module):
    """An LSTM whose last output is classified."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(64, 64, batch_first=True)
        self.last = nn.Linear(64, CLASSES)

    def forward(self, x: Any) -> Any:
        """Return the logits."""
        return self.last(self.lstm(x)[1][0][0])


# The weights of Keras in the order and the layout of torch's parameters.


def dense(weights: list[np.ndarray]) -> Iterator[np.ndarray]:
    return (weight.T for weight in weights)


def of_convolutional(weights: list[np.ndarray]) -> Iterator[np.ndarray]:
    for weight in weights:
        yield weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight.T


def of_encoder(weights: list[np.ndarray]) -> Iterator[np.ndarray]:
    size = (len(weights) - 2) // BLOCKS  # the last two are those of the classes
    for start in range(0, size * BLOCKS, size):
        block = weights[start : start + size]
        yield np.concatenate([part.reshape(WIDTH, WIDTH) for part in block[:6:2]], 1).T
        yield np.concatenate([part.reshape(WIDTH) for part in block[1:6:2]])
        yield block[6].reshape(WIDTH, WIDTH).T
        yield from dense(block[7:])
    yield from dense(weights[-2:])


def of_recurrent(weights: list[np.ndarray]) -> Iterator[np.ndarray]:
    kernel, recurrent, bias, *last = weights
    yield from (kernel.T, recurrent.T, bias, np.zeros_like(bias))
    yield from dense(last)


MODULES = {
    "mlp": (lambda: nn.Sequential(nn.Linear(784, 256), nn.ReLU(inplace=True), nn.Linear(256, CLASSES)), dense),
    "cnn": (lambda: Convolutional().to(memory_format=torch.channels_last), of_convolutional),
    "transformer": (Encoder, of_encoder),
    "lstm": (Recurrent, of_recurrent),
}


class Loop:
    """The loop of a task."""

    def __init__(self, task: str, weights: list[np.ndarray], batch: int, chunk: int) -> None:
        make, arranged = MODULES[task]
        self.module = make()
        with torch.no_grad():
            for parameter, value in zip(self.module.parameters(), arranged(weights), strict=True):
                parameter.copy_(torch.tensor(np.ascontiguousarray(value)))
        if task == "lstm":  # Keras has one bias
            self.module.lstm.bias_hh_l0.requires_grad_(False)
        trained = [parameter for parameter in self.module.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.Adam(trained, lr=1e-3, eps=1e-7, fused=True)
        self.batch = batch
        self.fits = {"Adam(fused=True)": self.fit}

    def fit(self, x: np.ndarray, y: np.ndarray, shuffle: bool) -> float:
        """Train one epoch."""
        inputs, targets = torch.from_numpy(x), torch.from_numpy(y).long()
        rows = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
        total = torch.zeros(())
        for some in rows.split(self.batch):
            loss = functional.cross_entropy(self.module(inputs.index_select(0, some)), targets.index_select(0, some))
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            total += loss.detach()
        return float(total) * self.batch / len(x)

    @torch.inference_mode()
    def predict_one(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of one batch."""
        return self.module(torch.from_numpy(x)).numpy()

    @torch.inference_mode()
    def predict(self, x: np.ndarray, batch: int) -> np.ndarray:
        """Return the logits of all samples, computed in batches."""
        return torch.cat([self.module(part) for part in slices(torch.from_numpy(x), batch)]).numpy()
