#!/usr/bin/env python3
"""One training step of a case in PyTorch: clear gradients, forward, mean cross-entropy, backward, optimizer.

    python3 torch_train.py --case lenet [--threads 1]

A case with `_cl` behind its name runs with channels last. Synthetic data, already in memory.
"""
import torch
from torch.nn import functional

import models

BATCHES = {"mlp": 128, "mlp_small": 32, "lenet": 64, "vgg": 32, "lstm": 32, "gpt": 8}


def optimizer_of(case, parameters):
    if case.startswith("gpt"):
        return torch.optim.AdamW(parameters, lr=3e-4, weight_decay=0.1)
    if case.endswith("adam") or case.startswith("lstm"):
        return torch.optim.Adam(parameters, lr=1e-3)
    if case.startswith("mlp"):
        return torch.optim.SGD(parameters, lr=0.1)
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9)


def main():
    given = models.arguments()
    case = given.case
    family = case[:-3] if case.endswith("_cl") else case.rsplit("_", 1)[0] if case.startswith("mlp") else case
    batch = BATCHES[family]
    model, x = models.model_and_input(family, batch)
    if case.endswith("_cl"):
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    labels = torch.randint(65, x.shape) if family in ("lstm", "gpt") else torch.randint(10, (batch,))
    optimizer = optimizer_of(case, list(model.parameters()))

    def step():
        optimizer.zero_grad(set_to_none=True)
        scores = model(x)
        functional.cross_entropy(scores.reshape(-1, scores.shape[-1]), labels.reshape(-1)).backward()
        optimizer.step()

    models.report(step, given)


main()
