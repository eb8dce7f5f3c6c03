"""The measured models in PyTorch, the clock, and the line of JSON that `workspaces bench --compare` and `--table` read."""
import argparse
import json
import math
import sys
import time

import torch
from torch import nn
from torch.autograd import profiler_legacy
from torch.nn import functional


class Attention(nn.Module):
    """Causal attention of four heads with one projection for queries, keys and values."""

    def __init__(self, width, heads, length):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.register_buffer("hidden", torch.ones(length, length, dtype=torch.bool).triu(1))

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = [part.view(batch, length, self.heads, width // self.heads).transpose(1, 2) for part in self.qkv(x).split(width, 2)]
        scores = (q @ k.transpose(2, 3)) / math.sqrt(width // self.heads)
        weights = scores.masked_fill(self.hidden[:length, :length], -math.inf).softmax(3)
        return self.out((weights @ v).transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    """A transformer block with its norms first."""

    def __init__(self, width, heads, length):
        super().__init__()
        self.attention = Attention(width, heads, length)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.down(functional.gelu(self.up(self.second(x))))


class Gpt(nn.Module):
    """Four blocks over tokens and learned positions."""

    def __init__(self, vocabulary=65, width=256, heads=4, layers=4, length=128):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[Block(width, heads, length) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        return self.head(self.norm(self.blocks(x)))


class CharacterLstm(nn.Module):
    """An LSTM that predicts the next character."""

    def __init__(self, vocabulary=65, width=256):
        super().__init__()
        self.embedding, self.lstm = nn.Embedding(vocabulary, width), nn.LSTM(width, width, batch_first=True)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.head(self.lstm(self.embedding(tokens))[0])


def perceptron(*sizes):
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def vgg():
    layers, channels = [], 3
    for planes in (32, 64):
        for _ in range(2):
            layers += [nn.Conv2d(channels, planes, 3, padding=1), nn.ReLU()]
            channels = planes
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4096, 256), nn.ReLU(), nn.Linear(256, 10))


def model_and_input(family, batch):
    """The model of a case and an input of `batch` samples."""
    torch.manual_seed(1)
    if family == "mlp_small":
        return perceptron(784, 128, 10), torch.randn(batch, 784)
    if family == "mlp":
        return perceptron(784, 512, 512, 10), torch.randn(batch, 784)
    if family == "lenet":
        return lenet(), torch.randn(batch, 1, 28, 28)
    if family == "vgg":
        return vgg(), torch.randn(batch, 3, 32, 32)
    if family == "lstm":
        return CharacterLstm(), torch.randint(65, (batch, 64))
    if family == "gpt":
        return Gpt(), torch.randint(65, (batch, 128))
    sys.exit(f"unknown case {family}")


def arguments():
    """The options that every script of a peer takes; the mode names the allocator, which the caller has put in place already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", required=True)
    parser.add_argument("--variant", default="inference_mode")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--mode", default="stock")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--memory", action="store_true", help="count the blocks of one step instead of timing many")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    return given


def warning():
    """What makes PyTorch slower here than it could be: on Debian it may be linked to the reference BLAS, some twenty times slower than OpenBLAS."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            libraries = maps.read()
    except OSError:
        return {}
    fast = any(name in libraries for name in ("openblas", "mkl", "blis")) or "libblas.so" not in libraries
    return {} if fast else {"warning": "PyTorch runs on the reference BLAS, which is no measure; install OpenBLAS"}


def memory_of(step):
    """Blocks of PyTorch's allocator that one step takes, and the most bytes of them at once beyond those that lived before it."""
    for _ in range(3):
        step()
    recorder = profiler_legacy.profile(profile_memory=True)
    torch.autograd._enable_profiler_legacy(recorder.config())
    step()
    live = peak = blocks = 0
    for record in (record for thread in torch.autograd._disable_profiler_legacy() for record in thread):
        if record.kind() == "memory_alloc":
            live += record.cpu_memory_usage()
            blocks += record.cpu_memory_usage() > 0
            peak = max(peak, live)
    return {"allocations": blocks, "peak_bytes": peak}


def report(step, given):
    """Warms up, times steps, and prints their median; or prints what one step takes in memory."""
    if given.memory:
        print(json.dumps({"case": given.case, "variant": given.variant, "threads": given.threads, "torch": torch.__version__, **memory_of(step)}))
        return
    begin = time.perf_counter()
    while time.perf_counter() - begin < 0.5:
        step()
    times, begin = [], time.perf_counter()
    while time.perf_counter() - begin < given.seconds or len(times) < 30:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    times.sort()
    print(json.dumps({
        "case": given.case, "variant": given.variant, "threads": given.threads, "mode": given.mode, "torch": torch.__version__,
        **warning(), "ms": times[len(times) // 2] * 1e3, "p10": times[len(times) // 10] * 1e3, "p90": times[len(times) * 9 // 10] * 1e3}))
