using Workspaces.Tensors;

namespace Workspaces.Ops;

/// <summary>A loss of [n, classes] with labels [n].</summary>
internal interface IRowLoss
{
    /// <summary>The loss; errors tell the shape that was given before it became rows.</summary>
    Tensor Of(Tensor rows, Tensor labels, in Shape given);
}
