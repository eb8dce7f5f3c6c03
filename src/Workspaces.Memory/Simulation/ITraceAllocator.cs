namespace Workspaces.Memory.Simulation;

/// <summary>
/// Serves the calls of a <see cref="TraceSchedule"/>, one replay after another. Most implementations deal in offsets only; those whose
/// <see cref="HasOffsets"/> is false take real memory. Not thread-safe.
/// </summary>
/// <remarks>
/// An implementation is made for one schedule and one cap. Whatever it counts as its own (<see cref="PeakBytes"/>) never passes the cap;
/// a request that would make it do so is refused and leaves no trace. Equal replays give equal answers.
/// </remarks>
public interface ITraceAllocator : IDisposable
{
    /// <summary>The answer of <see cref="Allocate"/> to a request that would pass the cap.</summary>
    const long Refused = -1;

    /// <summary>Name for reports.</summary>
    string Name { get; }

    /// <summary>True when <see cref="Allocate"/> answers with offsets into one range of addresses, which can be checked for overlap.</summary>
    bool HasOffsets { get; }

    /// <summary>Most bytes held at once since <see cref="Begin"/>, rounding and unused bytes between blocks included.</summary>
    long PeakBytes { get; }

    /// <summary>Begins a replay: nothing is live.</summary>
    void Begin();

    /// <summary>Serves a request.</summary>
    /// <param name="request">Number of the request: 0, 1, 2, … in a replay.</param>
    /// <param name="slot">Names the block until it is released; below <see cref="TraceSchedule.SlotCount"/>.</param>
    /// <param name="bytes">Size, positive, a multiple of the alignment.</param>
    /// <returns>The first byte (0 or more; 0 without offsets), or <see cref="Refused"/>.</returns>
    long Allocate(int request, int slot, long bytes);

    /// <summary>Takes the block of a slot back; called only for requests that were served.</summary>
    /// <param name="slot">The slot given with the request.</param>
    void Free(int slot);
}
