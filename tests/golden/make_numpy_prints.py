"""Writes numpy_prints.json: how NumPy prints arrays, the reference of TensorFormatterTests.

Run with any NumPy 1.2x from any folder: python3 make_numpy_prints.py

Each case holds the exact bytes of a base array (base64, little endian, row-major) or, for large ones, the rule
start + step * k; optionally a permutation of its axes; print options; and the text of str().
"""
import base64
import json
import pathlib

import numpy as np

DEFAULTS = dict(precision=4, threshold=1000, edgeitems=3, linewidth=75)
CASES = []


def add(name, array, permute=None, rule=None, **options):
    """Prints one array with the given options and records the case."""
    settings = {**DEFAULTS, **options}
    view = array if permute is None else array.transpose(permute)
    with np.printoptions(**settings):
        text = str(view if view.shape else view[()])
    data = base64.b64encode(array.tobytes()).decode("ascii") if rule is None else None
    CASES.append(dict(name=name, dtype=array.dtype.name, shape=list(array.shape), permute=permute, data=data, rule=rule,
                      **settings, text=text))


def add_range(name, dtype, shape, start, step, **options):
    """As add, for an array that a rule describes; the numbers must be exact in the dtype."""
    count = int(np.prod(shape))
    array = (start + step * np.arange(count, dtype=np.float64)).astype(dtype).reshape(shape)
    add(name, array, rule=[start, step], **options)


def floats(dtype):
    """Cases that both floating-point types share."""
    rng = np.random.default_rng(7)
    tag = np.dtype(dtype).name + ": "

    def f(values):
        return np.array(values, dtype=dtype)

    add(tag + "integers", f([1, 2, 3]))
    add(tag + "mixed fractions", f([1.5, 2.25, -3.125, 10]))
    add(tag + "tenths", f([0.1, 0.2, 0.3]))
    add(tag + "more digits than shown", f([3.14159265, 2.71828183]))
    add(tag + "exact halves at the last digit", f([0.03125, 0.09375, 0.15625, 0.21875, 0.00390625]))
    add(tag + "carry through nines", f([0.99996, 9.99995, 99.999951]))
    add(tag + "zero", f([0]))
    add(tag + "zeros", np.zeros((2, 3), dtype))
    add(tag + "negative zero", f([-0.0, 0.0, 1.0]))
    add(tag + "negative", f([-1, -2.5, -300]))
    add(tag + "largest positional", f([99999992, 1e6]))
    add(tag + "hundred million", f([1e8, 1e6]))
    add(tag + "ratio of 1000", f([1, 1000]))
    add(tag + "ratio above 1000", f([1, 1001]))
    add(tag + "ratio above 1000 with fractions", f([0.5, 1234.5678, -7]))
    add(tag + "just below a ten-thousandth", f([0.00009, 0.5]))
    add(tag + "a ten-thousandth", f([0.0001]))
    add(tag + "tiny", f([1e-30, 2.5e-31, -3e-30]))
    add(tag + "huge", f([1e30, -2.5e31]))
    add(tag + "tiny and huge", f([1e-38, 1e38]))
    add(tag + "subnormal", f([np.finfo(dtype).tiny / 4, np.finfo(dtype).smallest_subnormal, 0]))
    add(tag + "extremes", f([np.finfo(dtype).max, np.finfo(dtype).min]))
    add(tag + "carry in scientific notation", f([9.99996e10, 1e10]))
    add(tag + "half in scientific notation", f([1.03125e9 * 2 ** 5, 1000015625 * 64]))
    add(tag + "nan", f([np.nan, 1.5, -2]))
    add(tag + "inf", f([np.inf, 1.5]))
    add(tag + "negative inf", f([-np.inf, np.inf, np.nan]))
    add(tag + "only nan", f([np.nan, np.nan]))
    add(tag + "nan among long numbers", f([[np.nan, 12345.678], [-np.inf, 0.25]]))
    add(tag + "nan with exponents", f([np.nan, 1e-20, np.inf]))
    add(tag + "empty", np.zeros((0,), dtype))
    add(tag + "empty matrix", np.zeros((3, 0), dtype))
    add(tag + "one element, rank 4", np.full((1, 1, 1, 1), 0.5, dtype))
    add(tag + "matrix", f([[1, 2.5], [-3, 4]]))
    add(tag + "transposed", np.arange(6, dtype=dtype).reshape(2, 3) / 4, permute=[1, 0])
    add(tag + "rank 3 permuted", np.arange(12, dtype=dtype).reshape(2, 3, 2) - 5, permute=[2, 0, 1])
    add(tag + "rank 3", np.arange(12, dtype=dtype).reshape(2, 2, 3))
    add(tag + "rank 4", np.arange(16, dtype=dtype).reshape(2, 2, 2, 2))
    add(tag + "wrapped row", rng.standard_normal(23).astype(dtype))
    add(tag + "wrapped rows of a matrix", rng.standard_normal((2, 17)).astype(dtype))
    add(tag + "wrapped rows with exponents", (rng.standard_normal((2, 9)) * 1e12).astype(dtype))
    add(tag + "random matrix", rng.standard_normal((4, 5)).astype(dtype))
    add(tag + "random magnitudes", (10.0 ** rng.uniform(-30, 30, (3, 4))).astype(dtype))
    add(tag + "uniform", rng.uniform(0, 1, (3, 3)).astype(dtype))
    add(tag + "precision 0", f([0.5, 1.5, 2.5, 3.4]), precision=0)
    add(tag + "precision 0 with exponents", f([1.5e9, 2.5e9, 4e11]), precision=0)
    add(tag + "precision 2", f([0.006, 0.004, 0.125, 0.375, 1.005]), precision=2)
    add(tag + "precision 8", f([1 / 3, 2 / 3, 1.5]), precision=8)
    add(tag + "precision 17", f([1 / 3, 0.1, 1.5]), precision=17)
    add(tag + "narrow lines", f([[1.5, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]), linewidth=20)
    add(tag + "lines narrower than an element", f([1000.25, 2000.5, 3]), linewidth=5)
    add(tag + "low threshold", np.arange(8, dtype=dtype), threshold=5)
    add(tag + "threshold 0, short axes", np.arange(6, dtype=dtype).reshape(2, 3), threshold=0)
    add(tag + "one edge item", np.arange(27, dtype=dtype).reshape(3, 3, 3), threshold=5, edgeitems=1)
    add_range(tag + "at the threshold", dtype, [1000], 0, 0.5)
    add_range(tag + "above the threshold", dtype, [1001], 0, 1)
    add_range(tag + "summarised matrix", dtype, [40, 40], -800, 0.25)
    add_range(tag + "summarised, one long axis", dtype, [2, 600], 0, 1)
    add_range(tag + "summarised, rank 3", dtype, [12, 12, 12], 0, 0.125)
    add_range(tag + "summarised and wrapped", dtype, [5, 400], 1000, 0.125, linewidth=30)
    add_range(tag + "summarised, large values hidden in the middle", dtype, [2001], -1000, 1)
    add(tag + "shortest digits are not the exact ones", f([16777218 * 8.0, 1e23, 3e-5]), precision=17)
    add(tag + "many digits", f([1.23456789e-10, 7, 1e-9]), precision=12)
    scalars = [0, -0.0, 1, 0.1, 3.14159265, 1e-4, 9.9e-5, 1e15, 1e16, 1.5e16, -2.5e-7, 1e30, np.nan, np.inf, -np.inf]
    for k, value in enumerate(scalars):
        add(tag + f"scalar {k}", np.array(value, dtype))


def integers(dtype):
    """Cases that all integer types share."""
    tag = np.dtype(dtype).name + ": "
    info = np.iinfo(dtype)
    add(tag + "range", np.arange(5, dtype=dtype))
    add(tag + "extremes", np.array([info.min, info.max, 0], dtype))
    add(tag + "matrix", np.array([[1, 20], [100, 7]], dtype))
    add(tag + "wrapped", np.arange(60, dtype=dtype))
    add(tag + "empty", np.zeros((0, 2), dtype))
    add(tag + "scalar", np.array(info.max, dtype))
    add(tag + "low threshold", np.arange(64, dtype=dtype).reshape(8, 8), threshold=63)
    if info.min < 0:
        add(tag + "negative", np.array([[-1, 20], [300, -4000]], dtype))
        add_range(tag + "summarised", dtype, [50, 50], -1250, 1)


def main():
    """Makes all cases and writes them beside this script."""
    floats(np.float32)
    floats(np.float64)
    integers(np.int32)
    integers(np.int64)
    integers(np.uint8)
    add("bool: mixed", np.array([True, False]))
    add("bool: all true", np.array([[True, True], [True, True]]))
    add("bool: scalar true", np.array(True))
    add("bool: scalar false", np.array(False))
    add("bool: wrapped", np.arange(40) % 3 == 0)
    add("bool: summarised", np.arange(40) % 3 == 0, threshold=20)
    lines = ",\n".join(json.dumps(case) for case in CASES)
    path = pathlib.Path(__file__).with_name("numpy_prints.json")
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(CASES)} cases, {path.stat().st_size} bytes")


main()
