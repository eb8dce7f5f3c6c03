#!/usr/bin/env python3
"""make_sequence_training.py - losses of a small LSTM and a small GPT over 50 steps in PyTorch: writes sequence_training.json.

    python3 make_sequence_training.py [FOLDER]

Weights and tokens come from formulas that both sides compute in double precision, so that the file holds losses only:
    element i of parameter p (in the order of registration), rounded to single precision
        rank 1, name ends in "weight"      1 + 0.1 sin(0.37 i + p + 1)
        rank 1 otherwise                   0.1 sin(0.37 i + p + 1)
        else                               sin(0.37 i + 0.011 i mod 1.7 + p + 1) / sqrt(last size)
    token t of sample b in step s          (5 b + 3 t + s) mod 11; its label is token t + 1
"""
import json, math, os, sys
import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, STEPS = 11, 50


def fill(module, dtype):
    for p, (name, parameter) in enumerate(module.named_parameters()):
        rank, values = parameter.dim(), []
        for i in range(parameter.numel()):
            if rank == 1:
                v = (1.0 if name.endswith("weight") else 0.0) + 0.1 * math.sin(0.37 * i + p + 1)
            else:
                v = math.sin(0.37 * i + math.fmod(0.011 * i, 1.7) + p + 1) / math.sqrt(parameter.shape[-1])
            values.append(v)
        with torch.no_grad():
            parameter.copy_(torch.tensor(values, dtype=torch.float32).reshape(parameter.shape).to(dtype))


def tokens(step, samples, length):
    return torch.tensor([[(5 * b + 3 * t + step) % VOCABULARY for t in range(length + 1)] for b in range(samples)])


class Positions(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(length, width))

    def forward(self, x):
        return x + self.weight[:x.shape[1]]


class Block(nn.TransformerEncoderLayer):
    def forward(self, x):
        t = x.shape[1]
        return super().forward(x, torch.ones(t, t, dtype=torch.bool).triu(1))


class First(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0]


def lstm():
    return nn.Sequential(nn.Embedding(VOCABULARY, 12), First(12, 16, batch_first=True), nn.Linear(16, VOCABULARY))


def gpt():
    block = lambda: Block(16, 2, 64, 0.0, F.gelu, norm_first=True, batch_first=True)
    return nn.Sequential(nn.Embedding(VOCABULARY, 16), Positions(10, 16), block(), block(), nn.LayerNorm(16), nn.Linear(16, VOCABULARY, bias=False))


def train(make, optimizer, samples, length, dtype):
    module = make().to(dtype)
    fill(module, dtype)
    opt = optimizer(module.parameters())
    losses = []
    for step in range(STEPS):
        batch = tokens(step, samples, length)
        opt.zero_grad(set_to_none=True)
        loss = F.cross_entropy(module(batch[:, :-1]).reshape(-1, VOCABULARY), batch[:, 1:].reshape(-1))
        loss.backward()
        opt.step()
        losses.append(float(loss))
    return losses


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    runs = []
    for name, make, optimizer, samples, length in (
            ("lstm", lstm, lambda p: torch.optim.Adam(p, lr=1e-2), 4, 12),
            ("gpt", gpt, lambda p: torch.optim.AdamW(p, lr=3e-3, weight_decay=0.1), 4, 10)):
        single, exact = (train(make, optimizer, samples, length, d) for d in (torch.float32, torch.float64))
        drift = max(abs(a - b) for a, b in zip(single, exact))
        print(name, "first", single[0], "last", single[-1], "drift", drift)
        runs.append('{"name":"%s","samples":%d,"length":%d,"drift":%.2e,\n"losses":%s,\n"exact":%s}'
                    % (name, samples, length, drift, json.dumps([round(v, 7) for v in single]), json.dumps([round(v, 12) for v in exact])))
    with open(os.path.join(target, "sequence_training.json"), "w") as f:
        f.write('{"torch":"%s","runs":[\n%s\n]}\n' % (torch.__version__, ",\n".join(runs)))
