#!/usr/bin/env python3
"""make_optimizers.py - writes optimizers.json: what torch.optim makes of given gradients, learning-rate curves, and clipping.

    python3 make_optimizers.py [FOLDER]      needs torch and numpy; FOLDER is the script's own by default

"start", "gradients"    two parameters (11 and 6 elements, one after the other) and the gradients of 8 steps, some of them 0
"runs"                  [{"name", "options", "values"}]: the 17 elements after every step, in double precision
"groups"                one AdamW with two groups: the first parameter with decay, the second with a rate of its own and none
"schedules"             [{"name", "options", "rates"}]: the rate of each step, from base 0.2
"plateaus"              [{"name", "options", "metrics", "rates"}]: the rate after each epoch, from base 0.2
"clips"                 [{"name", "limit", "gradient", "norm", "clipped"}]
Numbers are those of make_golden.py.
"""
import json, os, sys
import torch
from torch.optim import lr_scheduler as S
from make_golden import number, rng, uniform

SPLIT, STEPS, BASE = 11, 8, 0.2
INF, NAN = float("inf"), float("nan")
RUNS = [
    ("sgd", torch.optim.SGD, dict(lr=0.1)),
    ("sgd_decay", torch.optim.SGD, dict(lr=0.1, weight_decay=0.05)),
    ("sgd_momentum", torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    ("sgd_dampening", torch.optim.SGD, dict(lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01)),
    ("sgd_nesterov", torch.optim.SGD, dict(lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.01)),
    ("adam", torch.optim.Adam, dict(lr=0.05)),
    ("adam_decay", torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    ("adam_amsgrad", torch.optim.Adam, dict(lr=0.05, betas=(0.9, 0.6), amsgrad=True)),
    ("adamw", torch.optim.AdamW, dict(lr=0.05, weight_decay=0.1)),
    ("adamw_amsgrad", torch.optim.AdamW, dict(lr=0.05, betas=(0.9, 0.6), weight_decay=0.1, amsgrad=True)),
    ("rmsprop", torch.optim.RMSprop, dict(lr=0.02)),
    ("rmsprop_centered", torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, centered=True)),
    ("rmsprop_momentum", torch.optim.RMSprop, dict(lr=0.02, alpha=0.95, momentum=0.9, weight_decay=0.02)),
    ("rmsprop_all", torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, eps=1e-4, momentum=0.5, centered=True, weight_decay=0.02)),
    ("adagrad", torch.optim.Adagrad, dict(lr=0.1)),
    ("adagrad_decay", torch.optim.Adagrad, dict(lr=0.1, lr_decay=0.2, weight_decay=0.05)),
    ("adagrad_accumulator", torch.optim.Adagrad, dict(lr=0.1, initial_accumulator_value=0.5, eps=1e-6)),
]


def array(values):
    return "[%s]" % ",".join(number(v, False) for v in values)


def run(make, start, gradients):
    p = [t.clone().requires_grad_(True) for t in (start[:SPLIT], start[SPLIT:])]
    optimizer = make(p)
    values = []
    for g in gradients:
        p[0].grad, p[1].grad = g[:SPLIT].clone(), g[SPLIT:].clone()
        optimizer.step()
        values.append(array(torch.cat([t.detach() for t in p]).tolist()))
    return "[%s]" % ",\n".join(values)


def plain(options):
    return json.dumps(options, separators=(",", ":"))


def sgd():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE)


def curve(make, steps=30):
    optimizer = sgd()
    scheduler, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return array(rates)


def warm_cosine(o, total, warm, start, low):
    first = S.LinearLR(o, start_factor=start, total_iters=warm)
    return S.SequentialLR(o, [first, S.CosineAnnealingLR(o, total - warm, eta_min=low)], milestones=[warm])


SCHEDULES = [
    ("step", dict(every=7, gamma=0.5), lambda o: S.StepLR(o, 7, gamma=0.5)),
    ("multi_step", dict(milestones=[3, 10, 10, 21], gamma=0.3), lambda o: S.MultiStepLR(o, [3, 10, 10, 21], gamma=0.3)),
    ("exponential", dict(gamma=0.9), lambda o: S.ExponentialLR(o, 0.9)),
    ("cosine", dict(total=29, minimum=0.01), lambda o: S.CosineAnnealingLR(o, 29, eta_min=0.01)),
    ("cosine", dict(total=29, warmUp=6, start=0.1, minimum=0.02), lambda o: warm_cosine(o, 29, 6, 0.1, 0.02)),
    ("one_cycle", dict(total=30), lambda o: S.OneCycleLR(o, BASE, total_steps=30, cycle_momentum=False)),
    ("one_cycle", dict(total=30, rise=0.45, divisor=10, final=50, linear=True),
     lambda o: S.OneCycleLR(o, BASE, total_steps=30, pct_start=0.45, div_factor=10, final_div_factor=50, anneal_strategy="linear", cycle_momentum=False)),
]
LOSSES = [5, 4, 4, 3.9999, 4.1, 3.5, 3.6, NAN, 3.5, 3.4999, 3.49, 3.6, 3.6, 3.6, 3.6, 3.6, 3.6, 1, 1, 1, 1, 1, 1, 1, 1]
PLATEAUS = [
    ("low", dict(factor=0.5, patience=2, threshold=1e-4), dict(factor=0.5, patience=2)),
    ("cooldown", dict(factor=0.1, patience=1, threshold=0.01, cooldown=3, minimum=0.001),
     dict(factor=0.1, patience=1, threshold=0.01, cooldown=3, min_lr=0.001)),
    ("high", dict(factor=0.3, patience=3, threshold=1e-4, higher=True), dict(factor=0.3, patience=3, mode="max")),
    ("at_once", dict(factor=0.5, patience=0, threshold=0), dict(factor=0.5, patience=0, threshold=0)),
]


def plateau(options):
    optimizer = sgd()
    scheduler, rates = S.ReduceLROnPlateau(optimizer, **options), []
    for loss in LOSSES:
        scheduler.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    return array(rates)


def clip(name, gradient, limit, by_value):
    p = [torch.zeros(SPLIT, dtype=torch.float64, requires_grad=True), torch.zeros(len(gradient) - SPLIT, dtype=torch.float64, requires_grad=True)]
    p[0].grad, p[1].grad = gradient[:SPLIT].clone(), gradient[SPLIT:].clone()
    norm = 0.0
    if by_value:
        torch.nn.utils.clip_grad_value_(p, limit)
    else:
        norm = float(torch.nn.utils.clip_grad_norm_(p, limit))
    clipped = torch.cat([t.grad for t in p]).tolist()
    return '{"name":"%s","limit":%s,"gradient":%s,"norm":%s,"clipped":%s}' % (
        name, number(limit, False), array(gradient.tolist()), number(norm, False), array(clipped))


def clips(gradient):
    strange, endless = gradient.clone(), gradient.clone()
    strange[3], endless[12] = NAN, -INF
    return [clip("norm_above", gradient, 1.5, False), clip("norm_below", gradient, 100.0, False), clip("norm_zero", gradient, 0.0, False),
            clip("norm_nan", strange, 1.5, False), clip("norm_infinite", endless, 1.5, False),
            clip("value", gradient, 0.7, True), clip("value_nan", strange, 0.7, True), clip("value_infinite", endless, 0.7, True)]


def main(folder):
    r = rng("optimizers")
    start = uniform(r, (17,), dtype=torch.float64)
    gradients = uniform(r, (STEPS, 17), dtype=torch.float64)
    gradients[2:4, 5] = 0
    gradients[:, 8] = 0
    runs = ['{"name":"%s","options":%s,"values":%s}' % (n, plain(o), run(lambda p: kind(p, **o), start, gradients)) for n, kind, o in RUNS]
    grouped = run(lambda p: torch.optim.AdamW([dict(params=[p[0]]), dict(params=[p[1]], lr=0.2, weight_decay=0.0)], lr=0.05, weight_decay=0.1), start, gradients)
    schedules = ['{"name":"%s","options":%s,"rates":%s}' % (n, plain(o), curve(f)) for n, o, f in SCHEDULES]
    plateaus = ['{"name":"%s","options":%s,"metrics":%s,"rates":%s}' % (n, plain(o), array(LOSSES), plateau(t)) for n, o, t in PLATEAUS]
    lists = {"runs": runs, "schedules": schedules, "plateaus": plateaus, "clips": clips(gradients[0])}
    with open(os.path.join(folder, "optimizers.json"), "w") as f:
        f.write('{"torch":"%s","start":%s,\n"gradients":[%s],\n"groups":%s,\n%s}\n' % (
            torch.__version__, array(start.tolist()), ",\n".join(array(g.tolist()) for g in gradients), grouped,
            ",\n".join('"%s":[\n%s\n]' % (k, ",\n".join(v)) for k, v in lists.items())))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
