using System.Numerics;
using Workspaces.Kernels.Optimizers;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>The average of a persistent tensor that is no parameter, e.g. of running statistics; in persistent memory too.</summary>
internal sealed class AveragedBuffer
{
    private readonly Tensor _value;
    private readonly WorkspaceManager _manager;
    private readonly Tensor _average;

    /// <summary>Allocates the average; it has no values yet.</summary>
    internal AveragedBuffer(Tensor value, string by)
    {
        _value = value;
        _manager = value.Checked(by).Storage.Frame.Manager;
        _average = TensorFrames.Allocate(_manager.Persistent.State, value.DType, value.Shape, by, zeroed: true);
    }

    /// <summary>The average itself.</summary>
    internal Tensor Average => _average;

    private bool Computes => !_manager.ShapesOnly;

    /// <summary>average += share · (value - average), counted in a pass.</summary>
    internal void Follow(string by, Frame? pass, double share)
    {
        if (!Computes) return;
        pass?.NoteHost(_manager);
        if (_value.DType == DType.F32) Follow<float>(by, share);
        else Follow<double>(by, share);
    }

    /// <summary>Puts the average into the buffer and the buffer's values in its place, or back.</summary>
    internal void Swap(string by)
    {
        if (!Computes) return;
        using (var op = new OpScope(by, _manager.Persistent.State, _value, _average))
        {
            op.BeginWrite(_value, mayBeLeaf: true);
            op.Complete();
        }

        if (_value.DType == DType.F32) Averaging.Swap(Elements<float>(_value, by), Elements<float>(_average, by));
        else Averaging.Swap(Elements<double>(_value, by), Elements<double>(_average, by));
    }

    internal void Release() => _average.Dispose();

    private static Span<T> Elements<T>(Tensor tensor, string by)
        where T : unmanaged => TensorMemory.Span<T>(tensor.Checked(by));

    private void Follow<T>(string by, double share)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> values = Elements<T>(_value, by), average = Elements<T>(_average, by);
        if (share == 1) values.CopyTo(average);
        else Averaging.Follow(average, values, T.CreateTruncating(share));
    }
}
