namespace Workspaces.Tests.Planning;

/// <summary>A clock that moves on by one second whenever it is read, and can do something at a reading.</summary>
internal sealed class CountingClock(Action<int>? atReading = null) : TimeProvider
{
    internal int Readings { get; private set; }

    public override long TimestampFrequency => 1;

    public override long GetTimestamp()
    {
        Readings++;
        atReading?.Invoke(Readings);
        return Readings;
    }
}
