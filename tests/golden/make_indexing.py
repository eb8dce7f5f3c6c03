#!/usr/bin/env python3
"""make_indexing.py - reductions, order, shapes and positions of PyTorch for the tests; writes statistics.json and indexing.json.

    python3 make_indexing.py [FOLDER]     as make_golden.py, whose writers it uses
"""
import os, sys
import torch
import torch.nn.functional as F
from make_golden import INF, NAN, case, rng, special, uniform, write

SETS = [((2, 3, 4), (1,)), ((2, 3, 4), (0, 2)), ((2, 3, 4), (0, 1, 2)), ((7, 33), (1,)), ((33, 3), (0,)), ((5, 2), (1,))]


def statistics():
    for shape, axes in SETS:
        keep = sum(axes) % 2 == 0
        label = "%s_%s" % ("x".join(map(str, shape)), "".join(map(str, axes)))
        for op, fn in dict(var=torch.var, std=torch.std).items():
            for unbiased in (True, False):
                case("statistics", op, ("%s_%s" % (label, unbiased),), lambda x: fn(x, dim=axes, unbiased=unbiased, keepdim=keep), [shape],
                     {"axes": list(axes), "keepDims": keep, "unbiased": unbiased})
        case("statistics", "logsumexp", (label,), lambda x: torch.logsumexp(x, axes, keepdim=keep), [shape], {"axes": list(axes), "keepDims": keep})
        for p in (1.0, 2.0, 3.0, 1.5, INF):
            case("statistics", "norm", ("%s_%g" % (label, p),), lambda x: torch.linalg.vector_norm(x, p, dim=axes, keepdim=keep), [shape],
                 {"axes": list(axes), "keepDims": keep, "p": p if p != INF else 0.0})
        if len(axes) == 1:
            case("statistics", "prod", (label,), lambda x: torch.prod(x, axes[0], keepdim=keep), [shape], {"axes": list(axes), "keepDims": keep})
            case("statistics", "cumsum", (label,), lambda x: torch.cumsum(x, axes[0]), [shape], {"axis": axes[0]})
    far = (1e4 + uniform(rng("far"), (2, 50), dtype=torch.float64))
    case("statistics", "var", ("far",), lambda x: torch.var(x, dim=(1,)), [far], {"axes": [1], "keepDims": False, "unbiased": True}, gradients=False)
    hard = torch.tensor([[1000.0, 1001.0], [-1000.0, -INF], [-INF, -INF], [INF, 0.0], [NAN, 1.0]])
    case("statistics", "logsumexp", "hard", lambda x: torch.logsumexp(x, (1,)), [hard], {"axes": [1], "keepDims": False}, gradients=False)
    zeros = torch.tensor([[1.0, 2.0, 3.0], [0.0, 2.0, 3.0], [0.0, 0.0, 3.0]])
    case("statistics", "prod", "zeros", lambda x: torch.prod(x, 1), [zeros], {"axes": [1], "keepDims": False})
    for p in (1.0, 2.0, 3.0):
        case("statistics", "norm", "zeros_%g" % p, lambda x: torch.linalg.vector_norm(x, p, dim=(1,)), [torch.tensor([[0.0, 0.0], [0.0, 2.0]])],
             {"axes": [1], "keepDims": False, "p": p})
    truth = torch.tensor([[True, False, True], [True, True, True], [False, False, False]])
    for op, fn in dict(any=torch.any, all=torch.all).items():
        case("statistics", op, "bool", lambda x: fn(x, 1), [truth], {"axes": [1], "keepDims": False}, gradients=False)
        case("statistics", op, "float", lambda x: fn(x, 0, keepdim=True), [torch.tensor([[0.0, 1.0, NAN], [0.0, 0.0, 2.0]])], {"axes": [0], "keepDims": True}, gradients=False)
    case("statistics", "cumsum", "integers", lambda x: torch.cumsum(x, 1), [torch.tensor([[1, 2, 3], [4, -5, 6]])], {"axis": 1})


def order():
    ties = torch.tensor([[3.0, 1.0, 3.0, NAN, 2.0, -INF, 1.0], [0.0, 0.0, -0.5, 5.0, 5.0, 2.0, INF]])
    for name, shape, axis in (("4x5", (4, 5), 1), ("2x3x4", (2, 3, 4), 1), ("70", (70,), 0)):
        for down in (False, True):
            case("indexing", "sort", ("%s_%s" % (name, down),), lambda x: torch.sort(x, dim=axis, descending=down, stable=True)[0], [shape],
                 {"axis": axis, "descending": down})
        for largest in (True, False):
            case("indexing", "topk", ("%s_%s" % (name, largest),), lambda x: torch.topk(x, 2, axis, largest=largest)[0], [shape],
                 {"axis": axis, "k": 2, "largest": largest})
        case("indexing", "max_with", (name,), lambda x: torch.max(x, axis)[0], [shape], {"axis": axis})
        case("indexing", "min_with", (name,), lambda x: torch.min(x, axis)[0], [shape], {"axis": axis})
    for down in (False, True):
        case("indexing", "argsort", "ties_%s" % down, lambda x: torch.sort(x, dim=1, descending=down, stable=True)[1], [ties], {"axis": 1, "descending": down}, gradients=False)
        case("indexing", "sort", "ties_%s" % down, lambda x: torch.sort(x, dim=1, descending=down, stable=True)[0], [ties], {"axis": 1, "descending": down}, gradients=False)


def positions():
    r = rng("positions")
    index = torch.tensor(r.randint(0, 4, (2, 3, 5)))
    case("indexing", "gather", ("last",), lambda x, i: torch.gather(x, 2, i), [(2, 3, 4), index], {"axis": 2})
    case("indexing", "gather", ("smaller",), lambda x, i: torch.gather(x, 1, i), [(3, 4, 6), index], {"axis": 1})
    case("indexing", "scatter_add", ("last",), lambda x, i, s: x.scatter_add(2, i, s), [(2, 3, 4), index, (2, 3, 5)], {"axis": 2})
    case("indexing", "scatter_add", ("smaller",), lambda x, i, s: x.scatter_add(1, i, s), [(3, 4, 6), index, (2, 3, 5)], {"axis": 1})
    few = torch.tensor([3, 0, 3, 1])
    for axis, shape in ((0, (4, 3)), (1, (2, 4, 3)), (2, (2, 3, 4))):
        case("indexing", "index_select", ("%d" % axis,), lambda x, i: torch.index_select(x, axis, i), [shape, few], {"axis": axis})
    case("indexing", "one_hot", "labels", lambda i: F.one_hot(i, 5), [torch.tensor([[1, 0], [4, 2]])], {"classes": 5})


def shapes():
    for axis in (0, 1, 2):
        a, b, c = [tuple(4 + k if i == axis else 2 for i in range(3)) for k in range(3)]
        case("indexing", "concat", ("three_%d" % axis,), lambda *x: torch.cat(x, axis), [a, b, c], {"axis": axis})
        case("indexing", "concat", "nine_%d" % axis, lambda *x: torch.cat(x, axis), [a, b, c] * 3, {"axis": axis})
        case("indexing", "stack", ("six_%d" % axis,), lambda *x: torch.stack(x, axis), [(2, 3)] * 6, {"axis": axis})
    case("indexing", "concat", "one", lambda *x: torch.cat(x, 0), [(2, 3)], {"axis": 0})
    for widths in ([1, 2], [2, 0, 1, 1], [0, 0, 3, 1, 1, 0]):
        for mode in ("constant", "reflect", "replicate"):
            if mode != "constant" and len(widths) == 6 and mode == "reflect":
                continue
            label = "%s_%s" % (mode, "".join(map(str, widths)))
            batch = [(1, 1) + s for s in [(5,), (4, 5), (3, 4, 5)]][len(widths) // 2 - 1]   # PyTorch mirrors behind two leading axes only
            options = {"mode": mode, "widths": widths}
            if mode == "constant":
                case("indexing", "pad", (label,), lambda x: F.pad(x, widths, value=1.5), [batch], {**options, "value": 1.5})
            else:
                case("indexing", "pad", (label,), lambda x: F.pad(x, widths, mode=mode), [batch], {**options, "value": 0.0})
    for axes in ((0,), (2, 0), (0, 1, 2)):
        case("indexing", "flip", ("".join(map(str, axes)),), lambda x: torch.flip(x, axes), [(2, 3, 4)], {"axes": list(axes)})
    for times in ((2,), (1, 3), (2, 1, 3), (2, 2, 1, 1)):
        case("indexing", "tile", ("".join(map(str, times)),), lambda x: torch.tile(x, times), [(2, 1, 3)], {"times": list(times)})
    for op, fn in dict(tril=torch.tril, triu=torch.triu).items():
        for diagonal in (-2, -1, 0, 1, 3, 9):
            case("indexing", op, ("%d" % diagonal,), lambda x: fn(x, diagonal), [(2, 3, 4)], {"diagonal": diagonal})


if __name__ == "__main__":
    torch.set_num_threads(1)
    statistics(), order(), positions(), shapes()
    write(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
