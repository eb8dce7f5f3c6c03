using System.Numerics;
using Workspaces.Autograd;
using Workspaces.Kernels.Optimizers;
using Workspaces.Kernels.Team;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>
/// Makes gradients smaller between <c>Backward</c> and <c>Step</c>. Only gradients that wait for an optimizer count and change; those of neighbours in the slab
/// are one kernel call. No managed garbage; the result does not depend on the number of threads.
/// </summary>
public static class GradientClipping
{
    /// <summary>As torch.nn.utils.clip_grad_norm_ has it, against a division by a norm of 0.</summary>
    private const double Tiny = 1e-6;

    /// <summary>
    /// Scales all gradients by maxNorm / (norm + 1e-6) where that is below 1, as torch.nn.utils.clip_grad_norm_ does: the norm is the Euclidean one of all
    /// gradients together, taken in double precision. With a norm that is no number all gradients become no numbers; with an infinite one finite gradients become 0.
    /// </summary>
    /// <param name="parameters">The parameters, e.g. <c>optimizer.Parameters</c>, each once; those without a waiting gradient count as 0.</param>
    /// <param name="maxNorm">At least 0; infinity only measures.</param>
    /// <returns>The norm before scaling; not a number while the step is traced on shapes alone, when nothing changes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is negative or no number.</exception>
    /// <exception cref="ArgumentException">A parameter is null.</exception>
    /// <exception cref="StaleAccessException">A parameter was disposed.</exception>
    public static double ByNorm(IReadOnlyList<Parameter> parameters, double maxNorm)
    {
        CheckLimit(maxNorm, nameof(maxNorm));
        using var use = new PassUse();
        Frame? frame = use.Frame;
        if (!Check(parameters, frame)) return double.NaN;
        double norm = 0;
        for (int next = 0; GradientStretch.TryFind(parameters, ref next, out GradientStretch stretch);) norm = Join(norm, NormOf(stretch, frame));
        double factor = maxNorm / (norm + Tiny);
        if (factor >= 1) return norm;
        for (int next = 0; GradientStretch.TryFind(parameters, ref next, out GradientStretch stretch);) Change(stretch, factor, frame, bounds: false);
        return norm;
    }

    /// <summary>Brings every element of the gradients into -maxValue … maxValue, as torch.nn.utils.clip_grad_value_ does; what is no number stays so.</summary>
    /// <param name="parameters">The parameters, e.g. <c>optimizer.Parameters</c>.</param>
    /// <param name="maxValue">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxValue"/> is negative or no number.</exception>
    /// <exception cref="ArgumentException">A parameter is null.</exception>
    /// <exception cref="StaleAccessException">A parameter was disposed.</exception>
    public static void ByValue(IReadOnlyList<Parameter> parameters, double maxValue)
    {
        CheckLimit(maxValue, nameof(maxValue));
        using var use = new PassUse();
        Frame? frame = use.Frame;
        if (!Check(parameters, frame)) return;
        for (int next = 0; GradientStretch.TryFind(parameters, ref next, out GradientStretch stretch);) Change(stretch, maxValue, frame, bounds: true);
    }

    private static void CheckLimit(double limit, string name)
    {
        if (!(limit >= 0)) OptimizerErrors.ThrowNumber(limit, nameof(GradientClipping), name, "at least 0");
    }

    /// <summary>Checks all parameters before any gradient changes.</summary>
    /// <returns>False when nothing computes here.</returns>
    private static bool Check(IReadOnlyList<Parameter> parameters, Frame? frame)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        bool computes = frame is not { ShapesOnly: true };
        for (int i = 0; i < parameters.Count; i++)
        {
            if (parameters[i] is not { } parameter)
                throw new ArgumentException(WorkspaceException.Compose(
                    "clip gradients", nameof(GradientClipping), $"number {i} of {parameters.Count} parameters is null", "leave it out"), nameof(parameters));
            frame?.NoteHost(parameter.Manager);
            parameter.Value.Checked(nameof(GradientClipping));
            computes &= !parameter.Manager.ShapesOnly;
        }

        return computes;
    }

    private static double NormOf(in GradientStretch stretch, Frame? frame) => stretch.DType == DType.F32
        ? Clipping.Norm<float>(stretch.Values<float>(nameof(ByNorm)), Team(stretch, frame))
        : Clipping.Norm<double>(stretch.Values<double>(nameof(ByNorm)), Team(stretch, frame));

    /// <summary>√(a² + b²); unlike Hypot no number wins over infinity.</summary>
    private static double Join(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : double.Hypot(a, b);

    private static void Change(in GradientStretch stretch, double number, Frame? frame, bool bounds)
    {
        if (stretch.DType == DType.F32) Change<float>(stretch, number, frame, bounds);
        else Change<double>(stretch, number, frame, bounds);
    }

    private static void Change<T>(in GradientStretch stretch, double number, Frame? frame, bool bounds)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        string name = bounds ? nameof(ByValue) : nameof(ByNorm);
        stretch.BeginWrite(name);
        KernelTeam? team = Team(stretch, frame);
        if (bounds) Clipping.Bound(stretch.Values<T>(name), T.CreateTruncating(number), team);
        else Clipping.Scale(stretch.Values<T>(name), T.CreateTruncating(number), team);
    }

    private static KernelTeam? Team(in GradientStretch stretch, Frame? frame) =>
        ComputeTeams.For(ReferenceEquals(frame?.Manager, stretch.Manager) ? frame! : stretch.Manager.Persistent.State, stretch.Bytes);
}
