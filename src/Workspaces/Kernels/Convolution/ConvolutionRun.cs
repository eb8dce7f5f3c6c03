using System.Numerics;
using Workspaces.Kernels.Simd;
using Workspaces.Kernels.Team;

namespace Workspaces.Kernels.Convolution;

/// <summary>Runs a pass on its path.</summary>
internal static class ConvolutionRun<T, TVector, TSimd>
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
                Run(new WinogradJob<T, TVector, TSimd>(call), call.Parts, team);
                break;
            case ConvolutionPath.Direct when forWeight:
                Run(new WeightJob<T, TVector, TSimd>(call), call.Parts, team).Finish();
                break;
            case ConvolutionPath.Filters:
                Run(new FilterJob<T, TVector, TSimd>(call), call.Parts, team);
                break;
            case ConvolutionPath.PlaneSums:
                Run(new PlaneSumJob<T, TVector, TSimd>(call), call.Parts, team).Finish();
                break;
            case ConvolutionPath.Direct:
                Run(new DirectJob<T, TVector, TSimd>(call), call.Parts, team);
                break;
            default:
                ColumnsJob<T, TVector, TSimd> job = Run(new ColumnsJob<T, TVector, TSimd>(call), call.Parts, team);
                if (forWeight) job.Finish();
                break;
        }
    }

    private static TJob Run<TJob>(TJob job, int parts, KernelTeam? team)
        where TJob : struct, IKernelJob
    {
        if (team is null || parts == 1)
        {
            for (int part = 0; part < parts; part++) job.Execute(part);
        }
        else
        {
            team.Run(parts, ref job);
        }

        return job;
    }
}
