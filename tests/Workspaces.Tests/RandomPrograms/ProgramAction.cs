namespace Workspaces.Tests.RandomPrograms;

/// <summary>Steps of a program that are not simply an op.</summary>
internal enum ProgramAction
{
    Dispose,
    Read,
    Backward,
    BackwardRetained,
    AddInPlace,
    MultiplyInPlace,
    ReluInPlace,
    FillPart,
    CopyOver,
    WriteSpan,
    Keep,
    PushGradient,
    ReadGradient,
    MoveToOther,
    MoveToRoot,
    Hook,
    Update,
    Trim,
    Text,
    Leaf,
    Recompute,

    // From here on: blocks, which take steps that follow as their body.
    NestedPass,
    NestedPassWithResult,
    OtherWorkspace,
    OnThread,
    NoGradient,
    Rewind,
    Failing,
    FailingPass,
    Hop,
    Lanes,

    /// <summary>An exception that ends the whole pass.</summary>
    EndPass,
}
