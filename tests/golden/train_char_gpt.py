#!/usr/bin/env python3
"""train_char_gpt.py - trains a run file of text (configs/char-gpt.json, configs/char-lstm.json) in PyTorch, to compare the loss on the text kept aside.

    python3 train_char_gpt.py [FILE] [--seed N] [--steps N] [--threads N]

The same model (layers Embedding, PositionalEmbedding, TransformerBlock, LSTM, LayerNorm, Linear), the same windows of characters, the same batches in the
same order (IndexSampler and SplitMix64 are repeated here), the same optimizer (Adam, AdamW). Only the initial weights differ: each side draws its own from
the same distributions. Writes nothing; prints one line an epoch, as the command train does.
"""
import argparse, json, os, time
import torch
import torch.nn.functional as F
from torch import nn

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15
FOLDER = os.path.dirname(os.path.abspath(__file__))


def mix(v):
    v = ((v ^ (v >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    v = ((v ^ (v >> 27)) * 0x94D049BB133111EB) & MASK
    return v ^ (v >> 31)


def order(count, seed, epoch):
    """the permutation that IndexSampler draws"""
    state = mix((mix((seed + GAMMA) & MASK) + epoch * GAMMA) & MASK)

    def below(bound):
        nonlocal state
        while True:
            state = (state + GAMMA) & MASK
            product = (mix(state) >> 32) * bound
            if product & 0xFFFFFFFF >= (-bound & 0xFFFFFFFF) % bound:
                return product >> 32
    indices = list(range(count))
    for last in range(count - 1, 0, -1):
        other = below(last + 1)
        indices[last], indices[other] = indices[other], indices[last]
    return indices


class Positions(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(length, width))

    def forward(self, x):
        return x + self.weight[:x.shape[1]]


class Block(nn.TransformerEncoderLayer):
    def forward(self, x):
        t = x.shape[1]
        return super().forward(x, torch.ones(t, t, dtype=torch.bool).triu(1))


class Recurrent(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0]


LAYERS = {
    "Embedding": lambda o: nn.Embedding(o["Count"], o["Width"]),
    "PositionalEmbedding": lambda o: Positions(o["Length"], o["Width"]),
    "TransformerBlock": lambda o: Block(o["Width"], o["Heads"], 4 * o["Width"], 0.0, F.gelu, norm_first=True, batch_first=True),
    "LSTM": lambda o: Recurrent(o["InputSize"], o["HiddenSize"], o.get("LayerCount", 1), batch_first=True),
    "LayerNorm": lambda o: nn.LayerNorm(o["Width"]),
    "Linear": lambda o: nn.Linear(o["InFeatures"], o["OutFeatures"], o.get("Bias", True)),
}
OPTIMIZERS = {
    "Adam": lambda p, o: torch.optim.Adam(p, lr=o["LearningRate"]),
    "AdamW": lambda p, o: torch.optim.AdamW(p, lr=o["LearningRate"], weight_decay=o.get("WeightDecay", 0.01)),
}


def windows(tokens, length):
    n = (len(tokens) - 1) // length
    return tokens[:n * length].view(n, length), tokens[1:n * length + 1].view(n, length)


def loss_of(model, x, y):
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten())


def evaluate(model, x, y, size):
    with torch.no_grad():
        return sum(float(loss_of(model, a, b)) * b.numel() for a, b in zip(x.split(size), y.split(size))) / y.numel()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file", nargs="?", default=os.path.join(FOLDER, "..", "..", "configs", "char-gpt.json"))
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--steps", type=int, default=0)
    arguments.add_argument("--threads", type=int)
    given = arguments.parse_args()
    run = json.load(open(given.file))
    data, training = run["Data"], run["Training"]
    seed = training["Seed"] if given.seed is None else given.seed
    torch.set_num_threads(given.threads or training["Threads"])
    torch.manual_seed(seed)
    text = open(os.path.join(os.path.dirname(os.path.abspath(given.file)), data["File"]), encoding="utf-8", newline="").read()
    number = {c: i for i, c in enumerate(sorted(set(text)))}
    tokens = torch.tensor([number[c] for c in text])
    aside = int(len(tokens) * data["ValidationFraction"])
    (x, y), held = windows(tokens[:-aside], data["Length"]), windows(tokens[-aside:], data["Length"])
    model = nn.Sequential(*(LAYERS[o["Type"]](o) for o in run["Model"]["Layers"]))
    optimizer = OPTIMIZERS[run["Optimizer"]["Type"]](model.parameters(), run["Optimizer"])
    step, size = 0, data["BatchSize"]
    for epoch in range(training["Epochs"]):
        begin, total, count = time.time(), 0.0, 0
        model.train()
        for batch in torch.tensor(order(len(x), seed, epoch)).split(size):
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model, x[batch], y[batch])
            loss.backward()
            optimizer.step()
            total, count, step = total + float(loss) * y[batch].numel(), count + y[batch].numel(), step + 1
            if step == given.steps:
                break
        seconds = time.time() - begin
        model.eval()
        print("epoch %d/%d  steps %d  train loss %.4f  test loss %.4f  %.1f s"
              % (epoch + 1, training["Epochs"], step, total / count, evaluate(model, *held, size), seconds), flush=True)
        if step == given.steps:
            break


if __name__ == "__main__":
    main()
