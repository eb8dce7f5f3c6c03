#!/usr/bin/env python3
"""make_linalg.py - figures of PyTorch for decompositions and solvers; see make_golden.py for the form of the file.

    python3 make_linalg.py [FOLDER]

Factors are not unique (signs, order), so only what is unique is written: singular values, solutions, inverses, determinants.
"""
import os, sys
import torch
import make_golden as golden


def spd(name, n, dtype=torch.float64):
    a = golden.uniform(golden.rng(name), (n, n), dtype=dtype)
    return a @ a.T + n * torch.eye(n, dtype=dtype)


def cases():
    linalg = torch.linalg
    for label, shape in (("3x3", (3, 3)), ("5x2", (5, 2)), ("2x5", (2, 5)), ("1x1", (1, 1)), ("batch_2x4x3", (2, 4, 3)), ("empty_0x3", (0, 3))):
        one("svd", label, linalg.svdvals, [shape])
        one("pinv", label, linalg.pinv, [shape])
        one("rank", label, linalg.matrix_rank, [shape])
    low = torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]], dtype=torch.float64)
    one("rank", "low_3x3", linalg.matrix_rank, [low])
    one("pinv", "low_3x3", linalg.pinv, [low])
    for label, shape in (("3x3", (3, 3)), ("1x1", (1, 1)), ("batch_2x3x4x4", (2, 3, 4, 4)), ("empty_0x0", (0, 0)), ("no_matrices_0x2x2", (0, 2, 2))):
        one("det", label, linalg.det, [shape])
        one("inv", label, linalg.inv, [shape])
    for label, shape in (("3x3", (3, 3)), ("4x2", (4, 2)), ("batch_2x3x3", (2, 3, 3))):
        one("cond", label, linalg.cond, [shape])
    for label, a, b in (("vector", (3, 3), (3,)), ("matrix", (4, 4), (4, 2)), ("batch", (2, 3, 3), (2, 3, 2))):
        one("solve", label, linalg.solve, [a, b])
    for label, a, b in (("tall", (5, 2), (5, 3)), ("wide", (2, 4), (2, 1)), ("batch", (2, 4, 3), (2, 4, 2))):
        one("lstsq", label, lambda x, y: linalg.pinv(x) @ y, [a, b])
    one("cholesky", "3x3", linalg.cholesky, [spd("cholesky", 3)])
    one("cholesky", "batch_2x4x4", linalg.cholesky, [torch.stack([spd("first", 4), spd("second", 4)])])
    one("eigh", "4x4", linalg.eigvalsh, [spd("eigh", 4)])
    one("eigh", "batch_2x3x3", linalg.eigvalsh, [torch.stack([spd("a", 3), spd("b", 3)])])


def one(op, label, fn, inputs):
    golden.case("linalg", op, (label,), fn, inputs, gradients=False)


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    cases()
    golden.write(folder)
