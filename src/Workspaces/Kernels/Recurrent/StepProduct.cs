using System.Numerics;
using Workspaces.Kernels.Gemm;
using Workspaces.Kernels.Team;
using GemmKernel = Workspaces.Kernels.Gemm.Gemm;

namespace Workspaces.Kernels.Recurrent;

/// <summary>
/// The product of a step with the weight of the states, the same weight in all steps. How it is computed follows from all samples together, so a part of them gets
/// the same bits. Where there are steps enough the weight is copied into panels once: each step then reads it in one run, and turns no results.
/// </summary>
internal readonly struct StepProduct
{
    /// <summary>Steps from which on panels pay: copying costs about what as many steps save.</summary>
    private const int LeastSteps = 4;

    private readonly GemmPlan _plan;
    private readonly bool _hasPanels;

    private StepProduct(in GemmPlan plan, bool hasPanels)
    {
        _plan = plan;
        _hasPanels = hasPanels;
    }

    /// <summary>The product with a weight, stored [columns, sums] for the way there and [sums, columns] for the way back.</summary>
    public static StepProduct Of<T>(in RecurrenceSettings settings, int columns, int sums, bool transposed)
        where T : unmanaged => new(
            GemmPlan.Of<T>(settings.Samples, columns, sums, false, transposed, 1),
            settings.Steps >= LeastSteps && PanelGemm.Helps(settings.Samples, columns, sums));

    /// <summary>Elements of the panels; 0 without any.</summary>
    public int PanelsLength<T>()
        where T : unmanaged => _hasPanels ? checked((int)PanelGemm.Length<T>(_plan.N, _plan.K)) : 0;

    /// <summary>Elements of scratch for some of the samples.</summary>
    /// <param name="samples">How many.</param>
    /// <param name="threads">Threads that share them, 1 for none.</param>
    public int ScratchLength<T>(int samples, int threads)
        where T : unmanaged => _hasPanels ? 0 : _plan.ForRows<T>(samples, threads).ScratchLength;

    /// <summary>The weight as the products of all steps read it.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="panels">At least <see cref="PanelsLength{T}"/> elements.</param>
    public ReadOnlySpan<T> Prepare<T>(ReadOnlySpan<T> weight, Span<T> panels)
        where T : unmanaged
    {
        if (!_hasPanels) return weight;
        PanelGemm.Pack(_plan.N, _plan.K, weight, _plan.TransposeB ? _plan.K : _plan.N, _plan.TransposeB, panels);
        return panels;
    }

    /// <summary>Adds the product to what is there.</summary>
    /// <param name="samples">Rows of it.</param>
    /// <param name="states">The left operand.</param>
    /// <param name="ldStates">Elements between its rows.</param>
    /// <param name="weight">What <see cref="Prepare{T}"/> returned.</param>
    /// <param name="to">The sums.</param>
    /// <param name="ldTo">Elements between their rows.</param>
    /// <param name="scratch">At least <see cref="ScratchLength{T}"/> elements.</param>
    /// <param name="team">Threads, or null.</param>
    public void Add<T>(int samples, ReadOnlySpan<T> states, int ldStates, ReadOnlySpan<T> weight, Span<T> to, int ldTo, Span<T> scratch, KernelTeam? team)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (_hasPanels)
        {
            PanelGemm.Multiply(samples, _plan.N, _plan.K, states, ldStates, false, weight, to, ldTo, true, default, team);
            return;
        }

        GemmPlan plan = _plan.ForRows<T>(samples, team?.Threads ?? 1);
        GemmKernel.Multiply(plan, states, ldStates, weight, _plan.TransposeB ? _plan.K : _plan.N, to, ldTo, true, scratch, team);
    }
}
