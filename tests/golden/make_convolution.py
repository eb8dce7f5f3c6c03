#!/usr/bin/env python3
"""make_convolution.py - PyTorch's figures for convolution, pooling, resampling and norms over channels: writes convolution.json and
lenet_sgd.json and mlp_digits_sgd.json; see make_golden.py.

    python3 make_convolution.py [FOLDER]
"""
import os, sys
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from make_golden import write, number
from modules import module_case

FILE = "convolution"


def modules():
    def add(op, module, *shapes, **more):
        for shape in shapes:
            module_case(FILE, op, ("x".join(map(str, shape)),), module, shape, **more)
    add("nn.Conv2d", nn.Conv2d(2, 3, 3), (1, 2, 4, 5), (2, 2, 3, 3))
    add("nn.Conv2d.strided", nn.Conv2d(2, 4, (2, 3), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), (2, 2, 5, 6))
    add("nn.Conv2d.pointwise", nn.Conv2d(3, 2, 1, bias=False), (2, 3, 3, 2))
    add("nn.Conv1d", nn.Conv1d(2, 3, 3, stride=2, padding=1), (2, 2, 7))
    add("nn.ConvTranspose2d", nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), (2, 2, 3, 2))
    add("nn.ConvTranspose2d.groups", nn.ConvTranspose2d(4, 2, (2, 3), stride=(1, 2), dilation=2, groups=2, bias=False), (1, 4, 2, 3))
    add("nn.ConvTranspose1d", nn.ConvTranspose1d(2, 2, 3, stride=2, output_padding=1), (1, 2, 4))
    add("nn.MaxPool2d", nn.MaxPool2d(2), (2, 2, 4, 6), (1, 1, 5, 5))
    add("nn.MaxPool2d.padded", nn.MaxPool2d(3, stride=2, padding=1), (1, 2, 5, 6))
    add("nn.MaxPool1d", nn.MaxPool1d(3, stride=2, padding=1), (2, 2, 8))
    add("nn.AvgPool2d", nn.AvgPool2d(3, stride=2, padding=1), (1, 2, 5, 6))
    add("nn.AvgPool2d.inside", nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), (1, 2, 5, 6))
    add("nn.AvgPool1d", nn.AvgPool1d(2), (2, 2, 6))
    add("nn.AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d((3, 2)), (2, 2, 5, 7))
    add("nn.AdaptiveAvgPool1d", nn.AdaptiveAvgPool1d(3), (2, 2, 7))
    add("nn.AdaptiveMaxPool2d", nn.AdaptiveMaxPool2d((3, 2)), (2, 2, 5, 7))
    add("nn.BatchNorm2d", nn.BatchNorm2d(3), (2, 3, 2, 3))
    add("nn.BatchNorm2d", nn.BatchNorm2d(3).eval(), (2, 3, 3, 3), attributes={"eval": True})
    add("nn.BatchNorm1d", nn.BatchNorm1d(3, affine=False, track_running_stats=False), (4, 3, 5))
    add("nn.BatchNorm1d.rows", nn.BatchNorm1d(4), (6, 4))
    add("nn.GroupNorm", nn.GroupNorm(2, 4), (2, 4, 3, 3))
    add("nn.InstanceNorm", nn.InstanceNorm2d(3, affine=True), (2, 3, 3, 2))
    add("nn.Upsample", nn.Upsample(scale_factor=2), (1, 2, 2, 3))
    add("nn.Upsample.linear", nn.Upsample(size=(5, 4), mode="bilinear", align_corners=False), (1, 2, 3, 2))
    add("nn.Upsample.corners", nn.Upsample(size=(5, 4), mode="bilinear", align_corners=True), (1, 2, 3, 2))


# ---------------------------------------------------------------- LeNet
def draw(seed, count):
    """count numbers from [0, 1) by integer arithmetic alone, so that other languages draw the same"""
    mask, h = np.uint64(0xFFFFFFFF), np.arange(count, dtype=np.uint64)
    h = (h * np.uint64(0x9E3779B1) + np.uint64(seed) * np.uint64(0x85EBCA77)) & mask
    h ^= h >> np.uint64(15)
    h = (h * np.uint64(0x2C1B3C6D)) & mask
    h ^= h >> np.uint64(12)
    h = (h * np.uint64(0x297A2D39)) & mask
    h ^= h >> np.uint64(15)
    return h.astype(np.float64) / 2.0 ** 32


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def train(model, dtype, steps):
    model = model.to(dtype)
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            fan = p[0].numel() if p.dim() > 1 else fan
            p.copy_(torch.tensor(((draw(i + 1, p.numel()) * 2 - 1) / fan ** 0.5).reshape(p.shape).astype(np.float32)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    losses = []
    for step in range(steps):
        labels = (draw(1000 + step, 64) * 10).astype(np.int64)
        noise = draw(2000 + step, 64 * 784).reshape(64, 784)
        pattern = np.stack([draw(100 + label, 784) for label in labels])
        x = torch.tensor((4 * pattern - 2 + noise).astype(np.float32).reshape(64, 1, 28, 28)).to(dtype)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), torch.tensor(labels))
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def training(folder):
    for file, model in dict(lenet_sgd=lenet, mlp_digits_sgd=mlp).items():
        losses, exact = train(model(), torch.float32, 50), train(model(), torch.float64, 50)
        drift = max(abs(a - b) for a, b in zip(losses, exact))
        with open(os.path.join(folder, file + ".json"), "w") as f:
            f.write('{"torch":"%s","driftFromF64":%.2e,\n"losses":[%s]}\n' % (torch.__version__, drift, ",".join(number(v, True) for v in losses)))
        print(file, losses[0], losses[-1], drift)


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    modules()
    write(target)
    training(target)
