using Workspaces.Memory;
using Workspaces.Memory.Budgets;
using Workspaces.Memory.Persistent;
using Workspaces.Memory.Pressure;
using Workspaces.Memory.Tracking;

namespace Workspaces.Train;

/// <summary>
/// Compares what a step will need at least, from its trace on shapes alone, with what it may have, before it asks for a byte: a limit that it cannot fit is an
/// error, less memory than it needs a warning.
/// </summary>
internal static class StepRoom
{
    /// <param name="step">The workspace of the step, which was traced last.</param>
    /// <param name="pass">Which pass.</param>
    /// <exception cref="OutOfWorkspaceException">The pass needs more at one moment than a limit allows.</exception>
    internal static void Check(Workspace step, string pass)
    {
        WorkspaceConfiguration configuration = step.Configuration;
        if (configuration.PolicyLocation == LocationPolicy.Mmap) return; // arenas lie in files, whose pages the system writes and drops
        bool all = configuration.DebugMode == DebugMode.SpillEverything, spills = configuration.PolicySpill == SpillPolicy.External && (configuration.MaxSize > 0 || all);
        long bound = step.LastTrace?.LowerBoundBytes() ?? 0;
        if (!spills) CheckLimits(step, pass, bound);
        long need = !spills ? bound : all ? 0 : Math.Min(bound, configuration.MaxSize);
        CheckMachine(step, pass, need);
    }

    private static void CheckLimits(Workspace step, string pass, long bound)
    {
        bool owns = step.Configuration.WorkspaceMode == WorkspaceMode.None || step.Configuration.DebugMode == DebugMode.BypassEverything; // scratch then lies elsewhere
        PersistentMemory persistent = step.Manager.Persistent;
        long beside = persistent.ParameterBytes + persistent.GradientBytes + persistent.StateBytes, limit = step.Manager.Budget.LimitBytes;
        MemoryBudget? small = owns ? null : step.Arenas.Budget.TooSmallFor(bound);
        string key = small?.Key ?? "Workspaces:Manager:MemoryLimit";
        if (small is null && (limit == 0 || bound + beside <= limit)) return;
        throw new OutOfWorkspaceException(
            $"run a pass ({pass})", $"the trainer, in workspace '{step.DisplayName}'",
            $"the pass needs {bound} bytes at one moment, {beside} bytes of parameters, gradients and optimizer state lie beside it, and {key} is {small?.Limit ?? limit} bytes",
            $"use smaller batches, raise {key}, or set Workspaces:{step.DisplayName}:MaxSize, so that the rest lies in a file");
    }

    private static void CheckMachine(Workspace step, string pass, long need)
    {
        using var gauge = new MemoryPressureGauge(step.Manager.Surroundings.Files);
        long room = gauge.Room();
        if (need <= room || !step.Manager.IsNews($"{FindingCodes.StepAboveMemory} {step.DisplayName} {pass}")) return;
        step.Manager.QueueFinding(new Finding(
            FindingCodes.StepAboveMemory, FindingSeverity.Warning, step.DisplayName,
            $"A pass ({pass}) is about to run, asked by the trainer, in workspace '{step.DisplayName}': it needs {need} bytes at one moment, "
            + $"and this process can have {room} bytes before the machine or its control group is full. "
            + $"Remedy: use smaller batches, or set Workspaces:{step.DisplayName}:MaxSize below that, so that the rest lies in a file."));
        step.Manager.DeliverFindings();
    }
}
