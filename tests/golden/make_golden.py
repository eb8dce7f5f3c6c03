#!/usr/bin/env python3
"""make_golden.py - writes the figures of PyTorch that the tests compare with; run it only to add or change cases.

    python3 make_golden.py [FOLDER]          needs torch and numpy (Debian: python3-torch); FOLDER is the script's own by default

Every file is one JSON object {"torch": version, "cases": [...]}, one case a line:
    name, op       unique name; operation
    inputs         [{"dtype", "shape", "values"}], row-major; floating inputs are those that gradients are given for
    attributes     what else the operation takes: axes, keepDims, exponent, ...
    output         as an input
    upstream       the gradient that is fed into output (absent where there are no gradients)
    gradients      one an input, null for inputs without one
Numbers have the fewest digits that give the same value again through a 64-bit parse; NaN and infinities are strings.
Values of a case depend on its name alone, so that new cases leave the old ones as they are. Which BLAS torch uses may change the
last digit of matrix products.
"""
import json, os, sys, zlib
import numpy as np
import torch
import torch.nn.functional as F

DTYPES = {torch.float32: "f32", torch.float64: "f64", torch.int64: "i64", torch.int32: "i32", torch.uint8: "u8", torch.bool: "bool"}
INF, NAN = float("inf"), float("nan")
FILES = {}


# ---------------------------------------------------------------- writing
def number(v, single):
    v = float(v)
    if v != v:
        return '"NaN"'
    if v in (INF, -INF):
        return '"Infinity"' if v > 0 else '"-Infinity"'
    if v == int(v) and abs(v) < 1e9:
        return "-0.0" if v == 0 and np.signbit(v) else str(int(v))
    s = str(np.float32(v)) if single else repr(v)
    assert (np.float32(float(s)) == np.float32(v)) if single else float(s) == v
    return s


def dump(t):
    single = t.dtype == torch.float32
    values = ",".join(number(v, single) for v in t.detach().contiguous().flatten().tolist())
    return '{"dtype":"%s","shape":%s,"values":[%s]}' % (DTYPES[t.dtype], json.dumps(list(t.shape), separators=(",", ":")), values)


def write(folder):
    for file, cases in FILES.items():
        names = [json.loads(c)["name"] for c in cases]
        assert len(set(names)) == len(names), file
        with open(os.path.join(folder, file + ".json"), "w") as f:
            f.write('{"torch":"%s","cases":[\n%s\n]}\n' % (torch.__version__, ",\n".join(cases)))


# ---------------------------------------------------------------- cases
def rng(name):
    return np.random.RandomState(zlib.crc32(name.encode()))


def uniform(r, shape, low=-2.0, high=2.0, dtype=torch.float32):
    """three decimals, never 0: short in the file and away from kinks"""
    v = np.round(r.uniform(low, high, shape), 3)
    return torch.tensor(np.where(v == 0, 0.5, v), dtype=dtype)


def case(file, op, label, fn, inputs, attributes=None, gradients=True, positive=False):
    """inputs: tensors, or shapes that are filled at random; positive: from [0.1, 3]"""
    dtypes = [torch.float32, torch.float64] if isinstance(label, tuple) else [torch.float32]
    for dtype in dtypes:
        text = label[0] if isinstance(label, tuple) else label
        name = "%s_%s_%s" % (op, text, DTYPES[dtype])
        r = rng(name)
        leaves = []
        for i in inputs:
            if isinstance(i, (tuple, list)):
                i = uniform(r, i, *((0.1, 3.0) if positive else (-2.0, 2.0)), dtype=dtype)
            elif i.is_floating_point() and op != "cast":
                i = i.to(dtype)
            leaves.append(i.clone().requires_grad_(gradients and i.is_floating_point()))
        out = fn(*leaves)
        parts = ['"name":"%s"' % name, '"op":"%s"' % op, '"inputs":[%s]' % ",".join(map(dump, leaves)),
                 '"attributes":%s' % json.dumps(attributes or {}, separators=(",", ":")), '"output":%s' % dump(out)]
        if out.requires_grad:
            upstream = uniform(r, tuple(out.shape), dtype=out.dtype)
            out.backward(upstream)
            parts += ['"upstream":%s' % dump(upstream),
                      '"gradients":[%s]' % ",".join("null" if l.grad is None else dump(l.grad) for l in leaves)]
        FILES.setdefault(file, []).append("{%s}" % ",".join(parts))


def special(*values):
    return torch.tensor(values, dtype=torch.float32)


def elementwise():
    shapes = [("same_3x4", (3, 4), (3, 4)), ("row_3x4_4", (3, 4), (4,)), ("column_3x4_3x1", (3, 4), (3, 1)),
              ("scalar_2x3", (2, 3), ()),
              ("scalar_left_5", (), (5,)), ("both_3x1_1x4", (3, 1), (1, 4)), ("rank_2x3x4_3x1", (2, 3, 4), (3, 1)),
              ("ones_1_2x1x3", (1,), (2, 1, 3)), ("odd_17", (17,), (17,)), ("middle_2x1x3_2x4x3", (2, 1, 3), (2, 4, 3))]
    binary = dict(add=torch.add, sub=torch.sub, mul=torch.mul, div=torch.div, maximum=torch.maximum)
    for op, fn in binary.items():
        for label, a, b in shapes[:4] if op == "maximum" else shapes:
            case("binary", op, (label,) if label == "row_3x4_4" else label, fn, [a, b])
        case("binary", op, "special", fn, [special(1, -1, 0, 0, NAN, INF, INF, -0.0), special(0, 0, 0, 2, 1, -INF, 1, 3)])
    case("binary", "maximum", "ties", torch.maximum, [special(1, 2, 3, 0), special(1, 3, 2, 0)])
    case("binary", "where", "same_3x4", torch.where, [torch.tensor(rng("where").randint(0, 2, (3, 4)) > 0), (3, 4), (3, 4)])
    case("binary", "where", "broadcast_3x1_4", torch.where, [torch.tensor([[True], [False], [True]]), (4,), (3, 4)])

    unary = dict(neg=torch.neg, exp=torch.exp, abs=torch.abs, tanh=torch.tanh, sigmoid=torch.sigmoid, relu=torch.relu)
    values = special(0, -0.0, NAN, INF, -INF, 1, -1, 90, -90, 1e-30, -1e-30, 20, -20)
    for op, fn in unary.items():
        case("unary", op, ("3x5",), fn, [(3, 5)])
        case("unary", op, "odd_33", fn, [(33,)])
        case("unary", op, "special", fn, [values])
    for op, fn in dict(log=torch.log, sqrt=torch.sqrt).items():
        case("unary", op, ("3x5",), fn, [(3, 5)], positive=True)
        case("unary", op, "special", fn, [special(0, NAN, INF, -1, 1, 1e-30, 1e30)])
    for exponent in (0.0, 1.0, 2.0, 3.0, 0.5, -1.0, -0.5, 2.5):
        case("unary", "pow", "positive_%g" % exponent, lambda x: torch.pow(x, exponent), [(2, 4)], {"exponent": exponent}, positive=True)
    for exponent in (0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5):
        case("unary", "pow", "special_%g" % exponent, lambda x: torch.pow(x, exponent), [special(-2, -0.5, 0, NAN, INF, -INF, 1)],
             {"exponent": exponent})


def reductions():
    full = {"sum": torch.sum, "mean": torch.mean, "max": torch.amax, "min": torch.amin}
    sets = [((2, 3, 4), a) for a in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))]
    sets += [((5, 1), (1,)), ((7, 33), (1,)), ((33, 3), (0,)), ((4,), (0,))]
    with_nan = torch.tensor([[1.0, NAN], [2.0, INF], [-INF, INF]])
    for op, fn in full.items():
        for shape, axes in sets:
            keep = sum(axes) % 2 == 0
            label = "%s_axes_%s_%s" % ("x".join(map(str, shape)), "".join(map(str, axes)), "keep" if keep else "drop")
            case("reduce", op, (label,) if axes == (0, 2) else label, lambda x: fn(x, dim=axes, keepdim=keep), [shape],
                 {"axes": list(axes), "keepDims": keep})
        case("reduce", op, "nan_axes_1_drop", lambda x: fn(x, dim=(1,), keepdim=False), [with_nan], {"axes": [1], "keepDims": False},
             gradients=op in ("sum", "mean"))
    ties = torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    for op in ("max", "min"):        # ties share the gradient evenly
        case("reduce", op, "ties_axes_1_drop", lambda x: full[op](x, dim=(1,)), [ties], {"axes": [1], "keepDims": False})
    for label, x, axis in (("3x5", uniform(rng("argmax"), (3, 5)), 1), ("3x5", uniform(rng("argmax"), (3, 5)), 0),
                           ("2x3x4", uniform(rng("argmax3"), (2, 3, 4)), 1), ("nan", torch.tensor([[1.0, NAN, 5.0], [NAN, 1.0, NAN]]), 1)):
        case("reduce", "argmax", "%s_axis_%d" % (label, axis), lambda x: torch.argmax(x, dim=axis), [x],
             {"axis": axis, "keepDims": False}, gradients=False)


def products():
    def product(ta, tb):
        return lambda a, b: (a.t() if ta else a) @ (b.t() if tb else b)
    for m, n, k in ((1, 1, 1), (3, 4, 5), (1, 7, 9), (8, 1, 6), (5, 17, 3)):
        for ta, tb in ((0, 0), (0, 1), (1, 0), (1, 1)):
            label = "%dx%dx%d_%s%s" % (m, n, k, "nt"[ta], "nt"[tb])
            case("matmul", "matmul", (label,) if m == 3 else label, product(ta, tb), [(k, m) if ta else (m, k), (n, k) if tb else (k, n)],
                 {"transposeLeft": bool(ta), "transposeRight": bool(tb)})
    case("matmul", "batched_matmul", "2x3x4_2x4x5", torch.matmul, [(2, 3, 4), (2, 4, 5)])
    case("matmul", "batched_matmul", "2x3x4_4x5", torch.matmul, [(2, 3, 4), (4, 5)])
    case("matmul", "linear", ("6x5_7",), F.linear, [(6, 5), (7, 5), (7,)])
    case("matmul", "linear", "1x9_3", F.linear, [(1, 9), (3, 9), (3,)])
    case("matmul", "linear", "4x3_17", F.linear, [(4, 3), (17, 3), (17,)])
    case("matmul", "linear", "no_bias_4x3_2", F.linear, [(4, 3), (2, 3)])


def losses():
    hard = torch.tensor([[1000.0, 1001.0, 1002.0], [-1000.0, 0.0, 1000.0], [0.0, 0.0, 0.0]])
    masked = torch.tensor([[1.0, -INF, 2.0], [-INF, -INF, 0.0]])
    for op, fn in dict(softmax=torch.softmax, log_softmax=torch.log_softmax).items():
        for shape, axis in (((4, 5), 1), ((4, 5), 0), ((2, 3, 4), 2), ((2, 3, 4), 1), ((3, 33), 1), ((3, 1), 1)):
            label = "%s_axis_%d" % ("x".join(map(str, shape)), axis)
            case("softmax", op, (label,) if shape == (4, 5) else label, lambda x: fn(x, dim=axis), [shape], {"axis": axis})
        case("softmax", op, "large", lambda x: fn(x, dim=1), [hard], {"axis": 1})
        case("softmax", op, "masked", lambda x: fn(x, dim=1), [masked], {"axis": 1})
    for reduction in ("mean", "sum"):
        for n, c in ((6, 4), (1, 10), (3, 33)):
            target = torch.tensor(rng("target%d" % c).randint(0, c, n))
            label = "%dx%d_%s" % (n, c, reduction)
            case("softmax", "cross_entropy", (label,) if n == 6 else label, lambda x, t: F.cross_entropy(x, t, reduction=reduction),
                 [(n, c), target], {"reduction": reduction})
        case("softmax", "cross_entropy", "large_%s" % reduction, lambda x, t: F.cross_entropy(x, t, reduction=reduction),
             [hard, torch.tensor([0, 2, 1])], {"reduction": reduction})


def by(sizes):
    return "x".join(map(str, sizes)) or "scalar"


def views():
    for shape, axes in (((3, 4), (1, 0)), ((2, 3, 4), (2, 0, 1)), ((2, 3, 4), (0, 2, 1)), ((2, 1, 3, 2), (0, 2, 1, 3))):
        label = "%s_by_%s" % (by(shape), "".join(map(str, axes)))
        case("views", "permute", label, lambda x: x.permute(axes), [shape], {"axes": list(axes)})
    case("views", "transpose", "3x4", lambda x: x.transpose(0, 1), [(3, 4)], {"axis0": 0, "axis1": 1})
    case("views", "transpose", "2x3x4_last", lambda x: x.transpose(1, 2), [(2, 3, 4)], {"axis0": 1, "axis1": 2})
    for shape, to in (((3, 4), (2, 6)), ((2, 3, 4), (24,)), ((6,), (1, 2, 3)), ((1,), ())):
        case("views", "reshape", "%s_to_%s" % (by(shape), by(to)), lambda x: x.reshape(to), [shape], {"shape": list(to)})
    case("views", "reshape", "of_transposed_3x4_to_12", lambda x: x.t().reshape(12), [(3, 4)],
         {"transposeFirst": True, "shape": [12]})
    for shape, start, stop, step in (((5, 4), (1, 0), (4, 4), (1, 1)), ((5, 4), (0, 1), (5, 3), (1, 1)),
                                     ((7, 6), (1, 0), (7, 6), (2, 3)), ((2, 3, 4), (1, 1, 1), (2, 3, 4), (1, 1, 2))):
        index = tuple(slice(*s) for s in zip(start, stop, step))
        case("views", "slice", "%s_%s" % (by(shape), "".join(map(str, start + stop + step))), lambda x: x[index], [shape],
             {"starts": list(start), "stops": list(stop), "steps": list(step)})
    for shape, to in (((4,), (3, 4)), ((3, 1), (3, 4)), ((), (2, 2)), ((1, 3, 1), (2, 3, 4))):
        label = "%s_to_%s" % (by(shape), by(to))
        case("views", "broadcast_to", label, lambda x: x.broadcast_to(to), [shape], {"shape": list(to)})
    numbers = torch.tensor([0.0, -0.0, 1.5, -1.5, 2.5, 100.7, -100.2])
    f32, f64, i32, i64, u8, truth = torch.float32, torch.float64, torch.int32, torch.int64, torch.uint8, torch.bool
    for source, to in ((f32, f64), (f64, f32), (f32, i32), (f32, i64), (f32, truth), (i32, f32), (i64, f64), (truth, f32), (u8, f32)):
        x = numbers if source.is_floating_point else torch.tensor([0, 1, 2, 100, 255])
        case("views", "cast", "%s_to_%s" % (DTYPES[source], DTYPES[to]), lambda x: x.to(to), [x.to(source)], {"to": DTYPES[to]})


# ---------------------------------------------------------------- training
RUNS = [("sgd", dict(lr=0.1)), ("sgd_momentum", dict(lr=0.05, momentum=0.9)),
        ("sgd_nesterov_decay", dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
        ("adam", dict(lr=0.01, betas=[0.9, 0.999], eps=1e-8)), ("adamw", dict(lr=0.01, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.1))]
NAMES = ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"]


def train(name, options, x, y, start, dtype):
    """20 steps of Linear 8-16, ReLU, 16-12, ReLU, 12-4 with mean cross-entropy; weights are [out, in]"""
    p = [t.to(dtype).clone().requires_grad_(True) for t in start]
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}.get(name, torch.optim.SGD)
    opt = kind(p, **options)
    losses = []
    for _ in range(20):
        opt.zero_grad(set_to_none=True)
        h = torch.relu(F.linear(x.to(dtype), p[0], p[1]))
        h = torch.relu(F.linear(h, p[2], p[3]))
        loss = F.cross_entropy(F.linear(h, p[4], p[5]), y)
        loss.backward()
        opt.step()
        losses.append(loss.detach())
    return torch.stack(losses), p


def training(folder):
    r = rng("mlp_sgd")
    widths = [8, 16, 12, 4]
    start = []
    for i, o in zip(widths, widths[1:]):
        start += [uniform(r, (o, i), -i ** -0.5, i ** -0.5), uniform(r, (o,), -i ** -0.5, i ** -0.5)]
    x, y = uniform(r, (6, 8)), torch.tensor([0, 1, 2, 3, 1, 2])
    named = lambda ps: "[%s]" % ",".join('{"name":"%s","tensor":%s}' % (n, dump(t)) for n, t in zip(NAMES, ps))
    runs = []
    for name, options in RUNS:
        losses, p = train(name, options, x, y, start, torch.float32)
        exact_losses, exact = train(name, options, x, y, start, torch.float64)
        # How far f32 drifts from f64 in PyTorch itself: no test can ask for less than this.
        drift = max(float((a.double() - b).abs().max()) for a, b in zip([losses] + p, [exact_losses] + exact))
        assert drift < 2e-5, (name, drift)
        runs.append('{"name":"%s","options":%s,"driftFromF64":%.2e,"losses":%s,\n"parameters":%s}'
                    % (name, json.dumps(options, separators=(",", ":")), drift, dump(losses), named(p)))
    with open(os.path.join(folder, "mlp_sgd.json"), "w") as f:
        f.write('{"torch":"%s","layers":[8,16,12,4],\n"input":%s,\n"target":%s,\n"parameters":%s,\n"runs":[\n%s\n]}\n'
                % (torch.__version__, dump(x), dump(y), named(start), ",\n".join(runs)))


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    elementwise(), reductions(), products(), losses(), views()
    write(target)
    training(target)
