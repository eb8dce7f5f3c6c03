namespace Workspaces.Memory;

/// <summary>How eagerly the use of dead memory is looked for.</summary>
public enum CheckMode
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>Generations are compared whenever the data of a block is touched.</summary>
    Span,

    /// <summary>On every element access too.</summary>
    Element,

    /// <summary>The pages are also taken away after the pass, so that raw pointers fault.</summary>
    Protect,
}
