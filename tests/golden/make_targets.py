#!/usr/bin/env python3
"""make_targets.py - PyTorch's figures for losses of classes in axis 1 and of class probabilities, and for attention with masks: writes targets.json; see make_golden.py.

    python3 make_targets.py [FOLDER]
"""
import os, sys
import torch
import torch.nn.functional as F
from make_golden import case, rng, uniform, write

FILE = "targets"
SHAPES = ((3, 4), (2, 4, 3), (2, 4, 2, 3), (1, 4, 1), (0, 4))


def by(shape):
    return "x".join(map(str, shape))


def losses():
    weights = torch.tensor([0.5, 1.5, 2.0, 0.25])
    for shape in SHAPES:
        for reduction in ("mean", "sum", "none"):
            if shape[0] == 0 and reduction == "mean":
                continue
            for full in (False, True):
                name = "%s_%s%s" % (by(shape), reduction, "_full" if full else "")
                label = (name,) if full and shape == (2, 4, 3) else name
                positions = shape[:1] + shape[2:]
                labels = torch.tensor(rng("labels" + by(shape)).randint(0, 4, positions))
                options = {"reduction": reduction, "full": full}
                smoothing, ignored = (0.1, 1) if full else (0.0, -100)
                case(FILE, "probabilities", label, lambda x, t: F.cross_entropy(
                    x, t, weight=weights.to(x.dtype) if full else None, reduction=reduction, label_smoothing=smoothing), [shape, shape], options)
                case(FILE, "labels", label, lambda x, t: F.cross_entropy(
                    x, t, weight=weights.to(x.dtype) if full else None, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing), [shape, labels], options)
                case(FILE, "likelihood", label, lambda x, t: F.nll_loss(
                    x, t, weight=weights.to(x.dtype) if full else None, ignore_index=ignored, reduction=reduction), [shape, labels], options)


def attention(q, k, v, mask):
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(~mask, float("-inf")) if mask.dtype == torch.bool else scores + mask
    return torch.softmax(scores, -1) @ v


def masks():
    sizes = [(2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3)]
    for shape in ((2, 2, 3, 5), (3, 5), (1, 1, 5), (2, 1, 3, 5), (2, 1, 1), (5,), ()):
        case(FILE, "attention", ("added_" + by(shape),) if shape == (3, 5) else "added_" + by(shape), attention, sizes + [shape])
    for shape in ((3, 5), (2, 1, 1, 5), (1, 2, 3, 5)):
        seen = torch.tensor(rng("seen" + by(shape)).randint(0, 3, shape) > 0)
        seen[..., 0] = True  # a query that sees nothing is 0 here and no number there
        case(FILE, "attention", "seen_" + by(shape), attention, sizes + [seen])


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    losses(), masks()
    write(target)
