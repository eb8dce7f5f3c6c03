namespace Workspaces.Memory.Tracking;

/// <summary>
/// Tells a number that goes up and up from one that moves. It is looked at now and then; only when it was higher than before so many times in a row is it
/// called growth, so what fills once, or fills and empties, is not.
/// </summary>
internal struct GrowthWatch
{
    /// <summary>Looks in a row that must each find more than the one before.</summary>
    internal const int Looks = 16;

    private long _last;
    private long _first;
    private int _rises;
    private bool _told;

    /// <summary>How much it has grown since it began to.</summary>
    internal readonly long Grown => _last - _first;

    /// <summary>Looks once; true the one time that growth is certain.</summary>
    /// <param name="value">The number now.</param>
    /// <param name="least">The least rise that counts.</param>
    internal bool Look(long value, long least = 1)
    {
        if (value - _last < least)
        {
            _rises = 0;
            _first = value;
        }
        else
        {
            _rises++;
        }

        _last = value;
        if (_rises < Looks || _told) return false;
        return _told = true;
    }
}
