namespace Workspaces.Memory;

/// <summary>How eagerly the use of dead memory is looked for.</summary>
public enum CheckMode
{
    /// <summary>
    /// Not at all: a stale handle whose header still describes it reads and writes what its bytes hold by now. Handles that name nothing any more, and those
    /// whose pages are gone, throw all the same.
    /// </summary>
    Off,

    /// <summary>Generations are compared whenever the data of a block is touched.</summary>
    Span,

    /// <summary>On every access to an element through a view of elements too.</summary>
    Element,

    /// <summary>As <see cref="Element"/>; the pages are also taken away after the pass, so that raw pointers and native code fault.</summary>
    Protect,
}
