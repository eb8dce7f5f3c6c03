"""files.py - the safetensors layout in a few lines of struct, json and numpy, for machines without the safetensors package.

    | 8 bytes: n, little-endian | n bytes: JSON {name: {dtype, shape, data_offsets}, "__metadata__": {text: text}} | elements |
"""
import json, struct
import numpy as np
import torch

NUMPY = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
TORCH = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
         torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}


def save(path, tensors, metadata=None):
    head, data = {}, b""
    if metadata:
        head["__metadata__"] = metadata
    for name, t in sorted(tensors.items(), key=lambda kv: (-kv[1].element_size(), kv[0])):
        t = t.detach().contiguous()
        raw = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).numpy().tobytes()
        head[name] = {"dtype": TORCH[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def load(path):
    with open(path, "rb") as f:
        content = f.read()
    (n,) = struct.unpack("<Q", content[:8])
    head = json.loads(content[8:8 + n])
    head.pop("__metadata__", None)
    end, tensors = 0, {}
    for name, e in sorted(head.items(), key=lambda kv: kv[1]["data_offsets"]):
        begin, stop = e["data_offsets"]
        assert begin == end, (name, begin, end)
        end = stop
        raw = content[8 + n + begin:8 + n + stop]
        if e["dtype"] == "BF16":
            tensors[name] = torch.frombuffer(bytearray(raw), dtype=torch.bfloat16).reshape(e["shape"])
        else:
            tensors[name] = torch.from_numpy(np.frombuffer(raw, NUMPY[e["dtype"]]).reshape(e["shape"]).copy())
    assert 8 + n + end == len(content)
    return tensors
