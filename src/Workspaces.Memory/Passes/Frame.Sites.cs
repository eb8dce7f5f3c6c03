using System.Runtime.CompilerServices;
using Workspaces.Memory.Sites;

namespace Workspaces.Memory.Passes;

/// <summary>What is known of lives that are over: for the messages of those who use them all the same.</summary>
internal sealed partial class Frame
{
    /// <summary>Passes that are known by number; a power of two.</summary>
    private const int PassesKnown = 16;

    /// <summary>Lengths of passes whose ends are remembered apart.</summary>
    private const int EndsKnown = 64;
    private readonly PassBirths[] _passes = new PassBirths[PassesKnown];
    private SiteBook? _birthBook;
    private SiteBook? _releaseBook;
    private SiteBook? _endBook;
    private int _opened;

    /// <summary>
    /// True when a stale handle is let through: nobody wants to be told (<see cref="CheckMode.Off"/>), its header still describes it, and pages lie under its bytes.
    /// What the bytes hold by now is the caller's affair.
    /// </summary>
    internal bool Overlooks(BlockHeader header, ulong birth) =>
        _checks == CheckMode.Off && header.Birth == birth && Workspace!.Arenas.HasPages(header.Address, header.Bytes);

    /// <summary>True for a frame whose stale handles are let through where possible.</summary>
    internal bool ChecksNothing => _checks == CheckMode.Off;

    /// <summary>True when every access to an element is checked by itself.</summary>
    internal bool ChecksElements => _checks is CheckMode.Element or CheckMode.Protect;

    /// <summary>True when pages of dead blocks are taken away.</summary>
    internal bool TakesPages => _checks == CheckMode.Protect;

    /// <summary>Number of the pass that a block was born in, or 0 when it is too long ago.</summary>
    internal long PassOf(ulong birth) => Find(birth).Number;

    /// <summary>What the trace of this pass or the last one says of a block whose header serves another by now; null when it says nothing.</summary>
    internal (string? Op, long Bytes)? Lost(ulong birth)
    {
        PassBirths pass = Find(birth), latest = _passes[_opened & (PassesKnown - 1)];
        var number = (uint)(birth - pass.Floor);
        if (_persistent || pass.Number == 0) return null;
        using (_gate.Enter())
        {
            bool open = latest.Floor == Floor && IsOpen;
            if (pass.Number == latest.Number) return (open ? _trace : LastTrace)?.Find(number);
            return open && pass.Number == _passes[(_opened - 1) & (PassesKnown - 1)].Number ? LastTrace?.Find(number) : null;
        }
    }

    /// <summary>Where a life began, was ended, and is used now, as far as that was recorded; empty when it was not.</summary>
    internal string DescribeSites(BlockHeader header, ulong birth)
    {
        if (Manager.Sites is null) return "";
        LifeSites? life = header.Sites is { } sites && sites.Birth == birth ? sites : null;
        string born = life?.Born is { } first ? $"made at {first}; " : "";
        CodeSite? last = life?.Released ?? (birth <= Floor ? Find(birth).End : null);
        string ended = last is null ? "" : $"{(life?.Released is null ? "its pass ended" : "released")} at {last}; ";
        return $"; {born}{ended}used at {AllocationSites.Capture()?.ToString() ?? "an unknown place"}";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteBirth(AllocationSites sites, BlockHeader header)
    {
        CodeSite? site = _persistent
            ? AllocationSites.Capture()
            : (_birthBook ??= new SiteBook()).Of(sites, NumberOf(header.Birth), header.Op, header.Bytes);
        header.Sites = new LifeSites(header.Birth, site) { Part = Part, IsBackward = IsBackward };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteRelease(AllocationSites sites, BlockHeader header, ulong birth)
    {
        if (!header.Admits(birth) || header.Sites is not { } life || life.Birth != birth) return;
        life.Released = _persistent
            ? AllocationSites.Capture()
            : (_releaseBook ??= new SiteBook()).Of(sites, NumberOf(birth), header.Op, header.Bytes);
    }

    /// <summary>Where the pass is being ended: a pass of as many events is taken to end where the last such one did.</summary>
    private CodeSite? SiteOfEnd() => Manager.Sites is { } sites ? (_endBook ??= new SiteBook()).Of(sites, (ulong)(uint)_trace.Events % EndsKnown, null, _trace.Events) : null;

    /// <summary>The pass that opens now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NotePass(long number)
    {
        ref PassBirths pass = ref _passes[++_opened & (PassesKnown - 1)];
        pass.Floor = _births;
        pass.Number = number;
        if (pass.End is not null) pass.End = null; // a store of a reference is dearer than a comparison
    }

    private void NoteEnd(CodeSite? site)
    {
        if (site is not null) _passes[_opened & (PassesKnown - 1)].End = site;
    }

    private ulong NumberOf(ulong birth) => birth - _passes[_opened & (PassesKnown - 1)].Floor;

    /// <summary>The pass that a birth falls in: the latest that began below it.</summary>
    private PassBirths Find(ulong birth)
    {
        PassBirths found = default;
        foreach (PassBirths pass in _passes)
        {
            if (pass.Number != 0 && pass.Floor < birth && pass.Floor >= found.Floor && pass.Number >= found.Number) found = pass;
        }

        return found;
    }
}
