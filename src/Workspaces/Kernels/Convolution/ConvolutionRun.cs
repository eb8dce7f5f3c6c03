using System.Numerics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>Runs a pass on its path.</summary>
internal static unsafe class ConvolutionRun<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Runs all parts, on the team when there is one.</summary>
    public static void Run(in ConvolutionCall<T> call, KernelTeam? team)
    {
        bool forWeight = call.Pass == ConvolutionPass.BackwardWeight;
        switch (call.Needs.Path)
        {
            case ConvolutionPath.Winograd:
                var weights = new WinogradWeights<T, TVector, TSimd>(call);
                Run(weights, weights.Parts, call.Slots, team);
                Run(new WinogradJob<T, TVector, TSimd>(call), call.Items, call.Slots, team);
                break;
            case ConvolutionPath.Direct when forWeight:
                WeightJob<T, TVector, TSimd> slices = Run(new WeightJob<T, TVector, TSimd>(call), call.Items, call.Slots, team);
                var sums = new WeightSums<T, TVector, TSimd>(call, slices.SlicesOfSums);
                Run(sums, sums.Parts, call.Slots, team);
                break;
            case ConvolutionPath.Filters:
                Run(new FilterJob<T, TVector, TSimd>(call), call.Items, call.Slots, team);
                break;
            case ConvolutionPath.PlaneSums:
                Run(new PlaneSumJob<T, TVector, TSimd>(call), call.Items, call.Slots, team).Finish();
                break;
            case ConvolutionPath.Direct:
                Run(new DirectJob<T, TVector, TSimd>(call), call.Items, call.Slots, team);
                break;
            default:
                ColumnsJob<T, TVector, TSimd> job = Run(new ColumnsJob<T, TVector, TSimd>(call), call.Items, call.Slots, team);
                if (forWeight) job.Finish();
                break;
        }
    }

    private static TJob Run<TJob>(TJob job, int parts, int slots, KernelTeam? team)
        where TJob : struct, ISlotJob
    {
        if (team is null || slots == 1)
        {
            for (int part = 0; part < parts; part++) job.Execute(part, 0);
        }
        else
        {
            team.RunSlots(parts, slots, ref job);
        }

        return job;
    }
}
