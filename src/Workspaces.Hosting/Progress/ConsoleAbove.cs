namespace Workspaces.Hosting.Progress;

/// <summary>
/// While it lives, what anybody writes to the console of this process, such as the lines of a log, appears above the live lines of a screen. Streams that go
/// elsewhere than to the terminal are left alone.
/// </summary>
internal sealed class ConsoleAbove : IDisposable
{
    private readonly TextWriter? _output;
    private readonly TextWriter? _errors;
    private readonly LinesAbove _above;

    /// <param name="screen">The screen on the terminal of this process.</param>
    /// <param name="hasOutput">True when standard output goes to that terminal.</param>
    /// <param name="hasErrors">True when standard error goes there.</param>
    internal ConsoleAbove(LiveScreen screen, bool hasOutput, bool hasErrors)
    {
        _above = new LinesAbove(screen);
        if (hasOutput)
        {
            _output = Console.Out;
            Console.SetOut(_above);
        }

        if (hasErrors)
        {
            _errors = Console.Error;
            Console.SetError(_above);
        }
    }

    public void Dispose()
    {
        if (_output is not null) Console.SetOut(_output);
        if (_errors is not null) Console.SetError(_errors);
        _above.Dispose();
    }
}
