namespace Workspaces.Memory.Passes;

/// <summary>What the layer above keeps for a frame from pass to pass.</summary>
internal interface IFrameAttachment
{
    /// <summary>The pass has ended: what belongs to it is let go. Called outside the frame's gate.</summary>
    void EndPass();
}
