namespace Workspaces.Memory;

/// <summary>A moment of a pass, taken by <see cref="Pass.Mark"/>.</summary>
public readonly record struct PassMark
{
    internal PassMark(long serial, ulong births)
    {
        Serial = serial;
        Births = births;
    }

    internal long Serial { get; }

    internal ulong Births { get; }
}
