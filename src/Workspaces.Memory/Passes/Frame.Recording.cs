using System.Runtime.CompilerServices;
using Workspaces.Memory.Recording;
using Workspaces.Memory.Replay;

namespace Workspaces.Memory.Passes;

/// <summary>What is said of a pass to those who record it.</summary>
internal sealed partial class Frame
{
    /// <summary>The layer that runs now, named by the layer above while places are recorded, else null.</summary>
    internal string? Part;

    /// <summary>True while the way back runs.</summary>
    internal bool IsBackward;

    /// <summary>True when places have been recorded since the pass began, so that no header has served two blocks.</summary>
    private bool _hasAllSites;

    /// <summary>True while layers are to say their names.</summary>
    internal bool WantsParts => Manager.Sites is not null;

    /// <summary>The blocks of the pass that is ending, by number of the request; null unless somebody records them. Called while headers still say what they were.</summary>
    private RecordedBlock[]? CaptureBlocks() =>
        Manager.PassRecordings is null || !_hasAllSites || Manager.Sites is null || _replay is null ? null : BlocksOfPass();

    /// <summary>Tells those who record passes of the one that has ended; the source still counts its spills.</summary>
    private void TellRecordings(RecordedBlock[]? blocks, BlockSource? source)
    {
        if (Manager.PassRecordings is { } recordings && _replay is { } replay) Tell(recordings, replay, blocks, source); // batches and the like have no passes
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RecordedBlock[] BlocksOfPass()
    {
        RecordedBlock[] blocks = RecordedPass.Blank(_trace);
        for (int i = 0; i < _headers.Count; i++)
        {
            BlockHeader header = _headers[i];
            if ((uint)header.Slot >= (uint)blocks.Length || header.BirthPass != PassNumber || header.Birth == 0) continue;
            ref RecordedBlock block = ref blocks[header.Slot];
            Sites.LifeSites? life = header.Sites is { } sites && sites.Birth == header.Birth ? sites : null;
            long offset = _source is ArenaSource arena ? arena.OffsetOf(header) : RecordedBlock.NoOffset;
            bool scratch = block.Kind == BlockKind.Scratch;
            block = block with
            {
                Offset = offset,
                IsPlanned = header.PlanSlot != 0,
                IsOutside = offset < 0 && !ShapesOnly && block.Bytes > 0,
                Kind = scratch ? BlockKind.Scratch : life is { IsBackward: true } ? BlockKind.Gradient : block.Kind,
                Name = scratch ? null : header.NameText,
                Shape = scratch ? null : header.ShapeText,
                DType = scratch ? null : header.TypeText,
                Part = life?.Part,
                Site = life?.Born?.ToString(),
            };
        }

        return blocks;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Tell(PassRecording[] recordings, PassReplay replay, RecordedBlock[]? blocks, BlockSource? source)
    {
        var end = new PassEnd(ShapesOnly ? replay.PlanOf(LastTrace!) : replay.Plan, replay.Spills, (source as ArenaSource)?.SpilledRequests ?? 0, ShapesOnly);
        foreach (PassRecording recording in recordings) recording.Add(this, LastTrace!, blocks, end);
    }
}
