namespace DealerFlow.Cli.Pipeline;

/// <summary>One line on stderr about something that is running: redrawn in place on a terminal, a plain line a second elsewhere.</summary>
internal sealed class ProgressLine : IDisposable
{
    private readonly Func<string?> _text;
    private readonly bool _redraws = !Console.IsErrorRedirected;
    private readonly bool _endsWithOne;
    private readonly Timer _timer;
    private bool _isOnScreen;
    private int _isWriting;

    /// <summary>Starts to write.</summary>
    /// <param name="text">The line, or null while there is nothing to tell; called on another thread, never twice at once.</param>
    /// <param name="silence">How long nothing is written; a run that ends within it leaves no line.</param>
    public ProgressLine(Func<string?> text, TimeSpan silence = default)
    {
        _text = text;
        _endsWithOne = silence == default;
        TimeSpan period = _redraws ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1);
        _timer = new Timer(_ => Write(), null, silence == default ? period : silence, period);
    }

    public void Dispose()
    {
        using var stopped = new ManualResetEvent(false);
        if (_timer.Dispose(stopped)) stopped.WaitOne();
        if (_endsWithOne || _isOnScreen) Write();
        if (_redraws && (_endsWithOne || _isOnScreen)) Console.Error.WriteLine();
    }

    private void Write()
    {
        if (Interlocked.Exchange(ref _isWriting, 1) != 0) return;
        try
        {
            if (_text() is not { } line) return;
            _isOnScreen = true;
            if (!_redraws)
            {
                Console.Error.WriteLine(line);
                return;
            }
            int width = Math.Max(20, Console.WindowWidth - 1);
            Console.Error.Write("\r" + (line.Length > width ? line[..width] : line.PadRight(width)));
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }
}
