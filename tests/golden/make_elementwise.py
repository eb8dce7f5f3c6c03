#!/usr/bin/env python3
"""make_elementwise.py - elementwise functions, activations and losses of PyTorch for the tests; writes elementwise.json and losses.json.

    python3 make_elementwise.py [FOLDER]     as make_golden.py, whose writers it uses
"""
import math, os, sys
import torch
import torch.nn.functional as F
from make_golden import INF, NAN, case, rng, special, uniform, write

EDGES = special(0, -0.0, NAN, INF, -INF, 1, -1, 0.5, -0.5, 1e-6, -1e-6, 20, -20, 80, -80)


def functions():
    plain = dict(expm1=torch.expm1, exp2=torch.exp2, erf=torch.erf, tan=torch.tan, atan=torch.atan, sinh=torch.sinh, cosh=torch.cosh,
                 silu=F.silu, relu6=F.relu6, gelu=lambda x: F.gelu(x), gelu_tanh=lambda x: F.gelu(x, approximate="tanh"))
    for op, fn in plain.items():
        case("elementwise", op, ("3x5",), fn, [(3, 5)])
        case("elementwise", op, "odd_35", fn, [(35,)])
        edges = EDGES
        if op == "tan":                    # next to a pole one rounding is everything
            edges = special(0, -0.0, NAN, 1, -1, 0.5, 1e-6, 20)
        if op in ("gelu", "gelu_tanh"):    # PyTorch's slope at -inf is NaN by 0 * inf; so is its value
            edges = special(0, -0.0, NAN, 1, -1, 0.5, -0.5, 1e-6, -1e-6, 5, -5, 8)
        case("elementwise", op, "edges", fn, [edges], gradients=op not in ("silu",))
    positive = dict(log1p=torch.log1p, log2=torch.log2, log10=torch.log10, rsqrt=torch.rsqrt)
    for op, fn in positive.items():
        case("elementwise", op, ("3x5",), fn, [(3, 5)], positive=True)
        case("elementwise", op, "edges", fn, [special(0, NAN, INF, -2, 1, 1e-6, 1e30, 2, 8, 0.25)])
    case("elementwise", "log1p", "small", torch.log1p, [special(-0.9, -0.5, -1e-3, -1e-7, 1e-10, 1e-4, 0.3)])
    for op, fn in dict(asin=torch.asin, acos=torch.acos).items():
        case("elementwise", op, ("11",), fn, [uniform(rng(op), (11,), -0.99, 0.99)])
        case("elementwise", op, "edges", fn, [special(0, NAN, 1, -1, 0.5, 1e-6)], gradients=False)
    rounding = special(0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6, 0, NAN, INF, -INF, 1e10)
    for op, fn in dict(floor=torch.floor, ceil=torch.ceil, round=torch.round, trunc=torch.trunc).items():
        case("elementwise", op, "edges", fn, [rounding], gradients=False)
        case("elementwise", op, ("17",), fn, [(17,)], gradients=False)
    for alpha in (1.0, 0.5):
        case("elementwise", "elu", ("3x5_%g" % alpha,), lambda x: F.elu(x, alpha), [(3, 5)], {"alpha": alpha})
    case("elementwise", "elu", "edges", lambda x: F.elu(x), [EDGES], {"alpha": 1.0})
    for slope in (0.01, 0.3):
        case("elementwise", "leaky_relu", ("3x5_%g" % slope,), lambda x: F.leaky_relu(x, slope), [(3, 5)], {"slope": slope})
    case("elementwise", "leaky_relu", "edges", lambda x: F.leaky_relu(x), [EDGES], {"slope": 0.01})
    for beta, threshold in ((1.0, 20.0), (2.0, 1.0)):
        case("elementwise", "softplus", ("3x5_%g" % beta,), lambda x: F.softplus(x, beta, threshold), [(3, 5)], {"beta": beta, "threshold": threshold})
    case("elementwise", "softplus", "edges", lambda x: F.softplus(x), [EDGES], {"beta": 1.0, "threshold": 20.0})
    case("elementwise", "hardtanh", ("3x5",), lambda x: F.hardtanh(x, -0.5, 1.2), [(3, 5)], {"low": -0.5, "high": 1.2})
    case("elementwise", "hardtanh", "edges", lambda x: F.hardtanh(x), [EDGES], {"low": -1.0, "high": 1.0})
    for low, high in ((-0.5, 1.0), (None, 0.3), (0.1, None), (1.0, -1.0)):
        given = {k: v for k, v in (("min", low), ("max", high)) if v is not None}
        case("elementwise", "clamp", "3x5_%s_%s" % (low, high), lambda x: torch.clamp(x, low, high), [(3, 5)], given)
        case("elementwise", "clamp", "edges_%s_%s" % (low, high), lambda x: torch.clamp(x, low, high), [EDGES], given)


def pairs():
    for label, a, b in (("3x4", (3, 4), (3, 4)), ("row", (3, 4), (4,)), ("both", (3, 1), (1, 4)), ("scalar", (), (5,))):
        case("elementwise", "atan2", (label,), torch.atan2, [a, b])
        case("elementwise", "fmod", (label,), torch.fmod, [a, b])
        case("elementwise", "remainder", (label,), torch.remainder, [a, b])
        case("elementwise", "lerp", (label,), torch.lerp, [a, b, a])
        case("elementwise", "lerp_number", (label,), lambda x, y: torch.lerp(x, y, 0.3), [a, b], {"weight": 0.3})
        case("elementwise", "maximum", (label,), torch.maximum, [a, b])
        case("elementwise", "minimum", (label,), torch.minimum, [a, b])
    signs = [special(7, -7, 7, -7, 0, 5.5, NAN), special(3, 3, -3, -3, 2, -2, 1)]
    for op, fn in dict(fmod=torch.fmod, remainder=torch.remainder).items():
        case("elementwise", op, "signs", fn, signs)
        case("elementwise", op, "integers", fn, [torch.tensor([7, -7, 7, -7, 0]), torch.tensor([3, 3, -3, -3, 2])])
    case("elementwise", "atan2", "quadrants", torch.atan2, [special(0, 0, 1, -1, 1, -1), special(1, -1, 0, 0, -1, -1)])
    mask = torch.tensor(rng("mask").randint(0, 2, (3, 4)) > 0)
    case("elementwise", "masked_fill", "3x4", lambda x, m: x.masked_fill(m, -9.5), [(3, 4), mask], {"value": -9.5})
    case("elementwise", "masked_fill", "row", lambda x, m: x.masked_fill(m, -9.5), [(3, 4), mask[0]], {"value": -9.5})
    numbers = [special(0, 1, NAN, -INF, 2, 0), special(0, 0, 1, 1, NAN, 3)]
    for op, fn in dict(logical_and=torch.logical_and, logical_or=torch.logical_or, logical_xor=torch.logical_xor).items():
        case("elementwise", op, "edges", fn, numbers, gradients=False)
    for op, fn in dict(isnan=torch.isnan, isinf=torch.isinf, isfinite=torch.isfinite, logical_not=torch.logical_not).items():
        case("elementwise", op, "edges", fn, [EDGES], gradients=False)


def losses():
    points = dict(mse=(F.mse_loss, {}), l1=(F.l1_loss, {}), huber=(F.huber_loss, {"delta": 0.7}), smooth_l1=(F.smooth_l1_loss, {"beta": 0.7}))
    for op, (fn, options) in points.items():
        for reduction in ("mean", "sum", "none"):
            for shape in ((5, 3), (1,), (2, 1, 37)):
                label = "%s_%s" % ("x".join(map(str, shape)), reduction)
                case("losses", op, (label,) if shape == (5, 3) else label, lambda x, t: fn(x, t, reduction=reduction, **options), [shape, shape],
                     {"reduction": reduction, **options})
    case("losses", "smooth_l1", "beta_0", lambda x, t: F.smooth_l1_loss(x, t, beta=0.0), [(4,), (4,)], {"reduction": "mean", "beta": 0.0})
    logits = special(0, 5, -5, 50, -50, 100, -100, 0.1)
    truth = torch.tensor(rng("truth").uniform(0, 1, (5, 3)).round(2))
    for reduction in ("mean", "sum", "none"):
        case("losses", "bce", ("5x3_%s" % reduction,), lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction=reduction),
             [(5, 3), truth], {"reduction": reduction})
        case("losses", "bce_weighted", ("5x3_%s" % reduction,),
             lambda x, t: F.binary_cross_entropy_with_logits(x, t, pos_weight=torch.tensor([0.5, 2.0, 3.5], dtype=x.dtype), reduction=reduction),
             [(5, 3), truth], {"reduction": reduction, "weights": [0.5, 2.0, 3.5]})
        for log in (False, True):
            shape = (4, 6)
            x = torch.log_softmax(uniform(rng("kl_x"), shape), 1)
            t = torch.softmax(uniform(rng("kl_t"), shape), 1)
            case("losses", "kl", ("%s_%s" % (reduction, log),), lambda x, t: F.kl_div(x, t, reduction=reduction, log_target=log), [x, t.log() if log else t],
                 {"reduction": reduction, "log": log})
    case("losses", "kl", "zeros", lambda x, t: F.kl_div(x, t, reduction="batchmean"), [torch.log_softmax(uniform(rng("z"), (2, 3)), 1),
         torch.tensor([[0.0, 1.0, 0.0], [0.5, 0.5, 0.0]])], {"reduction": "batchmean", "log": False}, gradients=False)
    case("losses", "bce", "edges", lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
         [logits, special(0, 1, 1, 0, 1, 1, 0, 0.5)], {"reduction": "none"})
    labels = torch.tensor([2, 0, 4, 1, 0, 3])
    weights = [0.5, 1.0, 2.0, 0.25, 1.5]
    for reduction in ("mean", "sum", "none"):
        for smoothing in (0.0, 0.1):
            for given in (None, weights):
                for ignore in (-100, 0):
                    label = "%s_%g_%s_%d" % (reduction, smoothing, "weighted" if given else "plain", ignore)
                    options = {"reduction": reduction, "smoothing": smoothing, "weights": given or [], "ignore": ignore}
                    tensor = lambda x: None if given is None else torch.tensor(given, dtype=x.dtype)
                    case("losses", "cross_entropy", (label,), lambda x, y: F.cross_entropy(
                        x, y, weight=tensor(x), ignore_index=ignore, reduction=reduction, label_smoothing=smoothing), [(6, 5), labels], options)
                    if smoothing == 0:
                        case("losses", "nll", (label,), lambda x, y: F.nll_loss(x, y, weight=tensor(x), ignore_index=ignore, reduction=reduction),
                             [(6, 5), labels], options)


if __name__ == "__main__":
    torch.set_num_threads(1)
    functions(), pairs(), losses()
    write(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
