namespace Workspaces.Memory.Passes;

/// <summary>What the layer above keeps for a frame from pass to pass.</summary>
internal interface IFrameAttachment
{
    /// <summary>The pass has ended: what belongs to it is let go. Called outside the frame's gate.</summary>
    void EndPass();

    /// <summary>Recorded ops that the pass keeps.</summary>
    int Recorded => 0;

    /// <summary>The last of them, each with what it came from.</summary>
    string DescribeChain() => "";
}
