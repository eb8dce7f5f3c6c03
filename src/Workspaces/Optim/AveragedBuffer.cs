using System.Numerics;
using Workspaces.Kernels.Optimizers;
using Workspaces.Memory.Passes;
using Workspaces.NN;
using Workspaces.Tensors;

namespace Workspaces.Optim;

/// <summary>The average of a module's buffer, e.g. of running statistics; in persistent memory.</summary>
internal sealed class AveragedBuffer
{
    private readonly ModuleBuffer _buffer;
    private readonly Tensor _average;

    /// <summary>Allocates the average; it has no values yet.</summary>
    internal AveragedBuffer(ModuleBuffer buffer, string by)
    {
        _buffer = buffer;
        _average = TensorFrames.Allocate(buffer.Manager.Persistent.State, buffer.Value.DType, buffer.Value.Shape, by, zeroed: true);
    }

    private bool Computes => !_buffer.Manager.ShapesOnly;

    /// <summary>average += share · (value - average).</summary>
    internal void Follow(string by, double share)
    {
        if (!Computes) return;
        if (_buffer.Value.DType == DType.F32) Follow<float>(by, share);
        else Follow<double>(by, share);
    }

    /// <summary>Puts the average into the buffer and the buffer's values in its place, or back.</summary>
    internal void Swap(string by)
    {
        if (!Computes) return;
        Tensor value = _buffer.Value;
        using (var op = new OpScope(by, _buffer.Manager.Persistent.State, value, _average))
        {
            op.BeginWrite(value, mayBeLeaf: true);
            op.Complete();
        }

        if (value.DType == DType.F32) Averaging.Swap(Elements<float>(value, by), Elements<float>(_average, by));
        else Averaging.Swap(Elements<double>(value, by), Elements<double>(_average, by));
    }

    internal void Release() => _average.Dispose();

    private static Span<T> Elements<T>(Tensor tensor, string by)
        where T : unmanaged => TensorMemory.Span<T>(tensor.Checked(by));

    private void Follow<T>(string by, double share)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> values = Elements<T>(_buffer.Value, by), average = Elements<T>(_average, by);
        if (share == 1) values.CopyTo(average);
        else Averaging.Follow(average, values, T.CreateTruncating(share));
    }
}
