namespace Workspaces.Memory.Arenas;

/// <summary>Pages of dead blocks, taken away so that raw pointers into them fault (<see cref="CheckMode.Protect"/>).</summary>
internal sealed unsafe partial class Arena
{
    private PageGuard? _guard;

    /// <summary>True while pages are taken away.</summary>
    internal bool HasTakenPages => _guard is { HasTaken: true };

    /// <summary>Takes every committed page away, the tail page too. Contents stay; nothing but <see cref="GivePages()"/> makes them usable again.</summary>
    internal void TakePages()
    {
        if (DiscardedBytes > 0) return; // gaps without pages: they are closed before the next pass, and taken after that
        Note((_guard ??= NewGuard()).TakeAll(_committed));
    }

    /// <summary>Takes the whole pages inside [from, to) away: those that no other block has a part of.</summary>
    internal void TakePages(long from, long to) =>
        Note((_guard ??= NewGuard()).Take(VirtualMemory.RoundUp(from, _page), VirtualMemory.RoundDown(to, _page)));

    /// <summary>Gives back every page that [from, to) has a part of; where the system refuses a piece, all of them.</summary>
    /// <returns>False when the system refuses that too: the bytes must not be touched.</returns>
    internal bool GivePages(long from, long to)
    {
        if (_guard is not { HasTaken: true } guard) return true;
        int error = guard.Give(VirtualMemory.RoundDown(from, _page), VirtualMemory.RoundUp(to, _page));
        return error == 0 || GivePages();
    }

    /// <summary>Gives every page back, for a new pass.</summary>
    /// <returns>False when the system refuses: the arena cannot be used.</returns>
    internal bool GivePages()
    {
        int error = _guard?.GiveAll() ?? 0;
        Note(error);
        return error == 0;
    }

    private PageGuard NewGuard() => new(_memory, _range.Start, _page);

    private void Note(int error)
    {
        if (error != 0) LastSystemError = error;
    }
}
