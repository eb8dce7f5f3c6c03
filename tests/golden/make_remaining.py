#!/usr/bin/env python3
"""make_remaining.py - PyTorch's values of the ops that no other group of the tests holds; writes remaining.json.

    python3 make_remaining.py [FOLDER]     as make_golden.py, whose writers it uses
"""
import os, sys
import torch
import torch.nn.functional as F
from make_golden import INF, NAN, case, write

GROUP = "remaining"
SHAPES = [("3x5", (3, 5)), ("2x3x1x4", (2, 3, 1, 4)), ("1", (1,)), ("0x3", (0, 3)), ("scalar", ())]
BROADCAST = [("same", (3, 4), (3, 4)), ("row", (3, 4), (4,)), ("column", (3, 1), (1, 4)), ("empty", (0, 4), (4,)), ("one", (1,), (1, 1))]
SPECIAL = torch.tensor([0.0, -0.0, INF, -INF, NAN, 1.0, -1.0, 1e-8])


def elementwise():
    functions = dict(sin=torch.sin, cos=torch.cos, square=torch.square, reciprocal=torch.reciprocal, mish=F.mish)
    for op, fn in functions.items():
        for name, shape in SHAPES:
            case(GROUP, op, (name,), fn, [shape])
        case(GROUP, op, "transposed", lambda x: fn(x.t()), [(3, 4)], {"transposed": True})
        case(GROUP, op, "special", fn, [SPECIAL], gradients=False)
    case(GROUP, "sign", "special", torch.sign, [torch.tensor([0.0, -0.0, INF, -INF, 1.5, -2.5])], gradients=False)
    case(GROUP, "sign", "empty", torch.sign, [torch.zeros(0, 3)], gradients=False)


def comparisons():
    ties = torch.tensor([[1.0, 2.0, NAN, INF], [-INF, 0.0, -0.0, 2.0]]), torch.tensor([1.0, 3.0, NAN, INF])
    for op, fn in dict(eq=torch.eq, ne=torch.ne, lt=torch.lt, le=torch.le, gt=torch.gt, ge=torch.ge).items():
        case(GROUP, op, "ties", fn, list(ties), gradients=False)
        case(GROUP, op, "empty", fn, [torch.zeros(0, 4), torch.ones(4)], gradients=False)
        case(GROUP, op, "integers", fn, [torch.tensor([[1], [2]]), torch.tensor([1, 2, 3])], gradients=False)


def positions():
    for name, shape, axis in (("4x5", (4, 5), 1), ("2x3x4", (2, 3, 4), 1), ("1x1", (1, 1), 0)):
        case(GROUP, "argmin", name, lambda x: torch.argmin(x, axis), [torch.rand(shape, generator=torch.Generator().manual_seed(len(name)))], {"axis": axis}, gradients=False)
    case(GROUP, "argmin", "ties", lambda x: torch.argmin(x, 1), [torch.tensor([[2.0, 1.0, 1.0], [3.0, 3.0, 3.0]])], {"axis": 1}, gradients=False)


def views():
    for name, shape in (("3x1x4", (3, 1, 4)), ("0x1x2", (0, 1, 2))):
        case(GROUP, "squeeze", (name,), lambda x: torch.squeeze(x, 1), [shape], {"axis": 1})
        case(GROUP, "unsqueeze", (name,), lambda x: torch.unsqueeze(x, -1), [shape], {"axis": -1})
        case(GROUP, "flatten", (name,), lambda x: torch.flatten(x, 1), [shape], {"axis": 1})
        case(GROUP, "clone", (name,), torch.clone, [shape])
        case(GROUP, "contiguous", (name,), lambda x: x.transpose(0, 2).contiguous(), [shape])
    for name, shape, axis, size in (("5x4", (5, 4), 0, 2), ("2x7", (2, 7), 1, 3)):
        case(GROUP, "split", (name,), lambda x: torch.split(x, size, axis)[1], [shape], {"axis": axis, "size": size})
        case(GROUP, "chunk", (name,), lambda x: torch.chunk(x, size, axis)[1], [shape], {"axis": axis, "size": size})
        case(GROUP, "narrow", (name,), lambda x: torch.narrow(x, axis, 1, size), [shape], {"axis": axis, "size": size})
        case(GROUP, "select", (name,), lambda x: torch.select(x, axis, -1), [shape], {"axis": axis})


def in_place():
    for name, a, b in BROADCAST:
        if name in ("column", "one"):
            continue
        for op, fn in dict(add_=torch.Tensor.add_, sub_=torch.Tensor.sub_, mul_=lambda x, y: x.mul_(y.detach())).items():
            case(GROUP, op, (name,), lambda x, y: fn(x.clone(), y), [a, b])
    case(GROUP, "relu_", "3x4", lambda x: torch.relu_(x.clone()), [(3, 4)])
    case(GROUP, "fill_", "3x4", lambda x: x.clone().fill_(2.5), [(3, 4)], gradients=False)
    case(GROUP, "adaptive_max_pool1d", "2x3x7", lambda x: F.adaptive_max_pool1d(x, 3), [(2, 3, 7)], {"size": 3})


if __name__ == "__main__":
    torch.set_num_threads(1)
    elementwise()
    comparisons()
    positions()
    views()
    in_place()
    write(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
