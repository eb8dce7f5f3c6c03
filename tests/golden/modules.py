"""modules.py - golden cases of whole modules, for the scripts make_*.py; see ModuleConformance in the tests."""
from torch import nn
from torch.nn.utils import stateless
from make_golden import case, rng, uniform


def module_case(file, op, label, module, x, rename=lambda name: name, forward=None, attributes=None):
    """inputs: x (a tensor or a shape), then all parameters, filled at random; the attribute "parameters" lists their names as our module has them"""
    names = [n for n, _ in module.named_parameters()]
    r = rng(op)
    values = [uniform(r, tuple(p.shape), -0.7, 0.7) for _, p in module.named_parameters()]

    def run(x, *parameters):
        values = dict(zip(names, parameters))
        given = (x,) if forward is None else forward(x)
        if isinstance(module, nn.RNNBase):      # it calls its kernels with a list of its own
            module._flat_weights = [values[n] for n in module._flat_weights_names]
            out = module(*given)
        else:
            out = stateless.functional_call(module.to(parameters[0].dtype) if parameters else module, values, given)
        return out[0] if isinstance(out, tuple) else out
    case(file, op, label, run, [x] + values, dict(attributes or {}, parameters=[rename(n) for n in names]))
