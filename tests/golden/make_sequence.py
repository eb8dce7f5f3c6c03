#!/usr/bin/env python3
"""make_sequence.py - PyTorch's figures for ops and modules of sequence models: writes sequence.json; see make_golden.py.

    python3 make_sequence.py [FOLDER]
"""
import os, sys
import torch
from torch import nn
from make_golden import write
from modules import module_case


def basic():
    for shape in ((1, 5), (6, 5), (2, 3, 5)):
        module_case("sequence", "nn.Linear", "x".join(map(str, shape)), nn.Linear(5, 7), shape)


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    basic()
    write(target)
