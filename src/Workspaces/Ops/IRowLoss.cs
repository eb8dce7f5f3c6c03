using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>A loss of [n, classes] with labels [n].</summary>
internal interface IRowLoss
{
    /// <summary>The loss.</summary>
    Tensor Of(Tensor rows, Tensor labels);
}
