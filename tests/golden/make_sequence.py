#!/usr/bin/env python3
"""make_sequence.py - PyTorch's figures for ops and modules of sequence models: writes sequence_ops.json and sequence.json; see make_golden.py.

    python3 make_sequence.py [FOLDER]
"""
import os, sys
import torch
import torch.nn.functional as F
from torch import nn
from make_golden import case, rng, write
from modules import module_case

OPS, MODULES = "sequence_ops", "sequence"


def by(shape):
    return "x".join(map(str, shape))


def indices(name, shape, count):
    return torch.tensor(rng(name).randint(0, count, shape))


def attention(q, k, v, causal=False, padding=None):
    """as F.scaled_dot_product_attention of later versions, which this one does not have in public"""
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), float("-inf"))
    if padding is not None:
        scores = scores.masked_fill(padding[:, None, None, :], float("-inf"))
    return torch.softmax(scores, -1) @ v


def ops():
    for shape in ((7,), (2, 3), (1, 1), (2, 0)):
        case(OPS, "embedding", (by(shape),) if shape == (7,) else by(shape), lambda t, i: F.embedding(i, t), [(5, 4), indices("embedding", shape, 5)])
    case(OPS, "embedding", "padding", lambda t, i: F.embedding(i, t, padding_idx=2), [(5, 4), torch.tensor([[2, 0, 2], [4, 4, 1]])], {"padding": 2})
    for shape, axes in (((4, 9), 1), ((2, 3, 5), 1), ((2, 3, 5), 2), ((1, 1), 1), ((3, 33), 1), ((0, 4), 1)):
        places = shape[-axes:]
        label = "%s_axes_%d" % (by(shape), axes)
        case(OPS, "layer_norm", (label,) if shape == (4, 9) else label, lambda x, w, b: F.layer_norm(x, places, w, b), [shape, places, places], {"axes": axes})
    case(OPS, "layer_norm", "plain_4x9", lambda x: F.layer_norm(x, (9,)), [(4, 9)], {"axes": 1})
    for shape in ((4, 9), (2, 3, 5), (1, 1)):
        case(OPS, "rms_norm", by(shape), lambda x, w: x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6) * w, [shape, shape[-1:]])
    for b, h, q, k, d, v in ((1, 1, 1, 1, 1, 1), (2, 3, 5, 5, 4, 4), (2, 1, 3, 7, 4, 2), (1, 2, 7, 3, 5, 3)):
        for causal in (False, True):
            label = "%s%s" % (by((b, h, q, k, d, v)), "_causal" if causal else "")
            case(OPS, "attention", (label,) if h == 3 else label, lambda x, y, z: attention(x, y, z, causal), [(b, h, q, d), (b, h, k, d), (b, h, k, v)],
                 {"causal": causal})
    padding = torch.tensor([[False, False, True, False], [True, False, False, True]])
    case(OPS, "attention", "padding", lambda x, y, z, p: attention(x, y, z, padding=p), [(2, 2, 3, 5), (2, 2, 4, 5), (2, 2, 4, 5), padding], {"causal": False})
    for spec, a, b in (("ij,jk->ik", (2, 3), (3, 4)), ("bij,bjk->bik", (2, 2, 3), (2, 3, 4)), ("i,j->ij", (3,), (4,)), ("i,i->", (5,), (5,)),
                       ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)), ("abc,cd->dba", (2, 3, 4), (4, 2)),
                       ("ij,kl->jl", (2, 3), (4, 2)), ("ij,ij->ij", (2, 3), (2, 3)), ("ijk,ilm->jm", (2, 2, 3), (2, 4, 2))):
        case(OPS, "einsum", spec.replace(",", "_").replace("->", "_to_"), lambda x, y: torch.einsum(spec, x, y), [a, b], {"spec": spec})
    for spec, a in (("ij->ji", (2, 3)), ("ijk->j", (2, 3, 4)), ("ij->", (2, 3)), ("ijk->ki", (2, 3, 4)), ("ij->ij", (2, 3))):
        case(OPS, "einsum", spec.replace("->", "_to_"), lambda x: torch.einsum(spec, x), [a], {"spec": spec})
    for shape in ((2, 3, 5), (1, 1, 2), (2, 2, 2, 3)):
        labels = indices("positions", shape[:-1], shape[-1])
        for reduction in ("mean", "sum", "none"):
            case(OPS, "cross_entropy_positions", "%s_%s" % (by(shape), reduction),
                 lambda x, t: F.cross_entropy(x.movedim(-1, 1), t, reduction=reduction), [shape, labels], {"reduction": reduction})


def modules():
    for shape in ((1, 5), (6, 5), (2, 3, 5)):
        module_case(MODULES, "nn.Linear", by(shape), nn.Linear(5, 7), shape)
    for shape in ((4,), (2, 3)):
        module_case(MODULES, "nn.Embedding", by(shape), nn.Embedding(6, 5), indices("embedding", shape, 6))
        module_case(MODULES, "nn.Embedding.padding", by(shape), nn.Embedding(6, 5, padding_idx=1), indices("embedding", shape, 6))
    for shape in ((4, 9), (2, 3, 9)):
        module_case(MODULES, "nn.LayerNorm", by(shape), nn.LayerNorm(9), shape)
    module_case(MODULES, "nn.LayerNorm2", "2x3x4", nn.LayerNorm((3, 4)), (2, 3, 4))
    for b, t in ((1, 1), (2, 5)):
        module_case(MODULES, "nn.MultiheadAttention", by((b, t)), nn.MultiheadAttention(8, 2, batch_first=True), (b, t, 8), forward=lambda x: (x, x, x))
        mask = torch.ones(t, t, dtype=torch.bool).triu(1)
        module_case(MODULES, "nn.MultiheadAttention.causal", by((b, t)), nn.MultiheadAttention(8, 2, batch_first=True), (b, t, 8),
                    forward=lambda x: (x, x, x, None, False, mask))
        block = nn.TransformerEncoderLayer(8, 2, 12, 0.0, F.gelu, norm_first=True, batch_first=True)
        module_case(MODULES, "nn.TransformerEncoderLayer", by((b, t)), block, (b, t, 8), forward=lambda x: (x, mask))
    for name, kind, options in (("nn.LSTM", nn.LSTM, {}), ("nn.GRU", nn.GRU, {}), ("nn.RNN", nn.RNN, {}), ("nn.RNN.relu", nn.RNN, dict(nonlinearity="relu"))):
        for suffix, more in (("", dict(batch_first=True)), (".steps_first", {}), (".two", dict(num_layers=2, bidirectional=True, batch_first=True)),
                             (".no_bias", dict(bias=False, batch_first=True))):
            for b, t in ((1, 1), (2, 4))[1 if suffix else 0:]:
                if name == "nn.RNN.relu" and suffix:
                    continue
                shape = (b, t, 3) if "batch_first" in more else (t, b, 3)
                label = (by((b, t)),) if b == 2 and suffix == "" else by((b, t))
                module_case(MODULES, name + suffix, label, kind(3, 5, **options, **more), shape)


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    ops(), modules()
    write(target)
