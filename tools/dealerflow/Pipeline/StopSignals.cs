using System.Runtime.InteropServices;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// SIGINT and SIGTERM: the first asks the run to drain, close the feed and leave with 0; a second one leaves at once with
/// 130 or 143.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, 130)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, 143)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>Ends the run as the first signal would.</summary>
    public void Stop() => _source.Cancel();

    /// <summary>Ends the run after a time.</summary>
    public void StopAfter(TimeSpan time) => _source.CancelAfter(time);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested) Environment.Exit(exitCode);
        _source.Cancel();
    }
}
