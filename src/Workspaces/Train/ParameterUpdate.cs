using System.Globalization;
using Workspaces.Autograd;
using Workspaces.Data;
using Workspaces.Memory;
using Workspaces.Optim;
using Workspaces.Tensors;

namespace Workspaces.Train;

/// <summary>
/// The second half of a training step: gradients of the loss, and when the batches of an update are complete clipping, the optimizer, the schedule and the average.
/// <code>
///   batch          0    1    2  |  3    4         AccumulationSteps 3, an epoch of 5 batches of 8 8 8 8 4 samples
///   share of loss  1/3  1/3  1/3|  2/3  1/3
///   optimizer                 * |       *
/// </code>
/// </summary>
internal sealed class ParameterUpdate
{
    private readonly Optimizer _optimizer;
    private readonly DataLoader _train;
    private readonly TrainerOptions _options;
    private int _batch;
    private bool _waits;
    private bool _stepped;

    internal ParameterUpdate(Optimizer optimizer, DataLoader train, TrainerOptions options)
    {
        if (options.AccumulationSteps < 1)
            throw new ArgumentOutOfRangeException(nameof(options), Refusal(nameof(TrainerOptions.AccumulationSteps), options.AccumulationSteps, "at least 1"));
        if (!(options.ClipNorm >= 0)) throw new ArgumentOutOfRangeException(nameof(options), Refusal(nameof(TrainerOptions.ClipNorm), options.ClipNorm, "at least 0"));
        if (!(options.ClipValue >= 0)) throw new ArgumentOutOfRangeException(nameof(options), Refusal(nameof(TrainerOptions.ClipValue), options.ClipValue, "at least 0"));
        (_optimizer, _train, _options) = (optimizer, train, options);
    }

    /// <summary>An epoch begins, or goes on with one of its batches; what an earlier one left incomplete is given up.</summary>
    internal void BeginEpoch(int batch)
    {
        GiveUp();
        _batch = batch;
    }

    /// <summary>True between two updates: no gradient waits for the optimizer.</summary>
    internal bool IsComplete => !_waits;

    /// <summary>Batches of the update that begins now; 0 at the end of the epoch.</summary>
    internal int NextLength => EndOfUpdate - Math.Min(_batch, _train.BatchCount);

    /// <summary>Number of the next batch.</summary>
    internal int Batch => _batch;

    /// <summary>Backward of one batch and, if it is the last of its update, the step. A pass that is traced on shapes alone does both and counts nothing.</summary>
    internal void Run(Tensor loss)
    {
        bool traced = TensorFrames.IsTracing;
        if (_options.AccumulationSteps == 1)
        {
            loss.Backward();
        }
        else
        {
            using Tensor share = Tensor.Full(loss.Shape, traced ? 1 : Share(), loss.DType);
            loss.Backward(share);
        }

        if (!traced) _waits = true;
        if (traced || IsLast) Step(traced);
    }

    /// <summary>The pass of the batch has ended.</summary>
    internal void EndBatch()
    {
        _batch++;
        if (!_stepped) return;
        _stepped = false;
        _options.Scheduler?.OnStep();
        _options.Average?.Update();
    }

    /// <summary>Discards gradients of an update that was not completed, because the run was stopped or a batch failed.</summary>
    internal void GiveUp()
    {
        if (!_waits) return;
        _waits = false;
        _optimizer.ZeroGrad();
    }

    private int FirstBatch => _batch - (_batch % _options.AccumulationSteps);

    /// <summary>The batch behind the last one of this update.</summary>
    private int EndOfUpdate => (int)Math.Min((long)FirstBatch + _options.AccumulationSteps, _train.BatchCount);

    private bool IsLast => _batch + 1 == EndOfUpdate;

    private double Share()
    {
        long together = 0;
        for (int batch = FirstBatch; batch < EndOfUpdate; batch++) together += _train.SamplesOf(batch);
        return (double)_train.SamplesOf(_batch) / together;
    }

    private void Step(bool traced)
    {
        if (_options.ClipValue > 0) GradientClipping.ByValue(_optimizer.Parameters, _options.ClipValue);
        if (_options.ClipNorm > 0) GradientClipping.ByNorm(_optimizer.Parameters, _options.ClipNorm);
        _optimizer.Step();
        if (traced) return;
        _waits = false;
        _stepped = true;
    }

    internal static string Refusal(string option, double value, string wanted) => WorkspaceException.Compose(
        $"train with {option} = {value.ToString(CultureInfo.InvariantCulture)}", nameof(Trainer), $"it must be {wanted}", "give a number in range, or leave it out");
}
