using System.Diagnostics.CodeAnalysis;
using Workspaces.Hosting.Configuration;
using Workspaces.NN;

namespace Workspaces.Hosting.Composition;

/// <summary>Activation functions that a run file can name.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class ActivationComponents
{
    internal static void Register(Components components) => components.Layers
        .Register<GeluOptions>("GELU", static (options, _) => new GELU(options.Approximation))
        .Register<NoOptions>("Mish", static (_, _) => new Mish())
        .Register<NoOptions>("SiLU", static (_, _) => new SiLU())
        .Register<EluOptions>("ELU", static (options, _) => new ELU(options.Alpha))
        .Register<LeakyReluOptions>("LeakyReLU", static (options, _) => new LeakyReLU(options.Slope))
        .Register<SoftplusOptions>("Softplus", static (options, _) => new Softplus(options.Beta, options.Threshold))
        .Register<HardTanhOptions>("HardTanh", static (options, _) => new HardTanh(options.Low, options.High))
        .Register<NoOptions>("ReLU6", static (_, _) => new ReLU6())
        .Register<AxisOptions>("Softmax", static (options, _) => new Softmax(options.Axis));
}
