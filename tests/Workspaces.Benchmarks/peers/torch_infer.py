#!/usr/bin/env python3
"""One forward pass of a case in PyTorch, without gradients.

    python3 torch_infer.py --case lenet_b32 --variant inference_mode|script|trace|trace_opt [--threads 1]

script and trace are compiled by TorchScript; trace_opt is frozen and optimised for inference besides.
"""
import torch

import models


def main():
    given = models.arguments()
    family, batch = given.case.rsplit("_b", 1)
    model, x = models.model_and_input(family, int(batch))
    model.eval()
    with torch.inference_mode() if given.variant == "inference_mode" else torch.no_grad():
        if given.variant == "script":
            model = torch.jit.script(model)
        elif given.variant.startswith("trace"):
            model = torch.jit.trace(model, x)
            if given.variant == "trace_opt":
                model = torch.jit.optimize_for_inference(torch.jit.freeze(model))
        models.report(lambda: model(x), given)


main()
