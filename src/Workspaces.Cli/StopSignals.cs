using System.Runtime.InteropServices;

namespace Workspaces.Cli;

/// <summary>
/// Turns the first Ctrl-C (SIGINT) or SIGTERM into a cancellation, so that the step in progress ends and the result is printed. A second one ends the
/// process as ever.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    internal StopSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, CommandErrors.Interrupted));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, CommandErrors.Terminated));
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>What shells report of a process that the signal ended: 128 and its number. 0 before any signal.</summary>
    internal int ExitCode { get; private set; }

    /// <summary>What the command returns.</summary>
    internal int Code => Token.IsCancellationRequested ? ExitCode : 0;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext signal, int exitCode)
    {
        if (_source.IsCancellationRequested) return;
        signal.Cancel = true;
        ExitCode = exitCode;
        _source.Cancel();
    }
}
