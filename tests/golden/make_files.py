#!/usr/bin/env python3
"""make_files.py - files of PyTorch and NumPy that the tests read, in the folder files; and the other way round.

    python3 make_files.py [FOLDER]               writes the files; FOLDER is files beside the script by default
    python3 make_files.py check MODEL.safetensors    loads weights, input and output of our model, prints the largest difference of the outputs
    python3 make_files.py arrays FOLDER          compares the .npy and .npz files that a test has written there with what they must hold
"""
import os, sys
import numpy as np
import torch
from torch import nn
import files

HERE = os.path.dirname(os.path.abspath(__file__))


def model():
    return nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 8), nn.LayerNorm(8), nn.Linear(8, 3))


def all_types():
    values = torch.tensor([0.0, 1.0, -2.5, 3.25, 100.0, -0.125])
    whole = torch.tensor([0, 1, -2, 3, 100, -128])
    return {"f64": values.double() * 1.1, "f32": values.reshape(2, 3), "f16": values.half(), "bf16": values.bfloat16(), "i64": whole * 10 ** 12, "i32": whole.int() * 10 ** 6,
            "i16": whole.short() * 100, "i8": whole.to(torch.int8), "u8": torch.tensor([0, 1, 254, 255], dtype=torch.uint8), "bool": torch.tensor([[True], [False]]),
            "scalar": torch.tensor(1.5), "empty": torch.zeros(3, 0, 2)}


def write(folder):
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(7)
    m = model()
    with torch.no_grad():
        m[1].running_mean.uniform_(-0.5, 0.5)
        m[1].running_var.uniform_(0.5, 1.5)
    m.eval()
    x = torch.randn(3, 2, 6, 6)
    files.save(os.path.join(folder, "torch_model.safetensors"), m.state_dict(), {"format": "pt"})
    files.save(os.path.join(folder, "torch_model_io.safetensors"), {"x": x, "y": m(x)})
    files.save(os.path.join(folder, "torch_types.safetensors"), all_types(), {"format": "pt", "text": "ä \"quoted\""})
    base = np.arange(24).reshape(2, 3, 4)
    for descr in ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "<i8", ">i8", "<i4", ">i4", "<i2", "|i1", "|u1", "<u2", ">u4"]:
        name = ("le_" if descr[0] in "<|" else "be_") + descr[1:]
        np.save(os.path.join(folder, name + ".npy"), (base / 2 if "f" in descr else base).astype(descr))
    np.save(os.path.join(folder, "fortran.npy"), np.asfortranarray(base.astype("<f4")))
    np.save(os.path.join(folder, "bool.npy"), base % 3 == 0)
    np.save(os.path.join(folder, "scalar.npy"), np.float64(2.5))
    np.save(os.path.join(folder, "empty.npy"), np.zeros((0, 4), "<f4"))
    np.savez(os.path.join(folder, "plain.npz"), x=base.astype("<f4"), y=np.array([1, 0]))
    np.savez_compressed(os.path.join(folder, "packed.npz"), x=base.astype(">f8"), y=np.array([0.5, 1.5]), zeros=np.zeros((100, 100)))
    np.lib.format.write_array(open(os.path.join(folder, "version2.npy"), "wb"), base.astype("<i4"), version=(2, 0))


def check(path):
    tensors = files.load(path)
    x, y = tensors.pop("x"), tensors.pop("y")
    m = model()
    m.load_state_dict(tensors, strict=True)
    m.eval()
    with torch.no_grad():
        print("difference %.3e" % (m(x) - y).abs().max().item())


def arrays(folder):
    base = np.arange(24).reshape(2, 3, 4)
    expected = {"f32": (base / 2).astype("<f4"), "f64": base / 4, "i32": base.astype("<i4"), "i64": base * 10 ** 12, "u8": base.astype("|u1"), "bool": base % 3 == 0,
                "scalar": np.float32(1.5), "empty": np.zeros((0, 4), "<f4"), "view": base.astype("<f4").transpose(2, 0, 1), "row": np.arange(5, dtype="<f4")}
    for name, value in expected.items():
        for found in [np.load(os.path.join(folder, name + ".npy"))] + [np.load(os.path.join(folder, z))[name] for z in ("plain.npz", "packed.npz")]:
            assert found.dtype == value.dtype and found.shape == value.shape and (found == value).all(), (name, found.dtype, found.shape)
    print("arrays agree")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == "arrays":
        arrays(sys.argv[2])
    else:
        write(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "files"))
