using System.Globalization;
using DealerFlow.Tape;

namespace DealerFlow.Cli.Pipeline;

/// <summary>Steps through a replay by lines on stdin: each lets so many ticks go; the end of stdin lets the rest go.</summary>
internal sealed class StepLines : IDisposable
{
    private readonly TapeReplayer _tapes;
    private readonly int _ticks;
    private volatile bool _isOver;

    public StepLines(TapeReplayer tapes, int ticks)
    {
        _tapes = tapes;
        _ticks = ticks;
        tapes.Pause();
        // Background: a run that ends does not wait for a line.
        new Thread(ReadLines) { Name = "steps", IsBackground = true }.Start();
    }

    public void Dispose() => _isOver = true;

    private void ReadLines()
    {
        try
        {
            for (string? line = Console.In.ReadLine(); line is not null && !_isOver; line = Console.In.ReadLine())
            {
                long steps = long.TryParse(line.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long given) && given > 0 ? Math.Min(given, int.MaxValue) : 1;
                _tapes.Step(steps * _ticks);
            }
            if (!_isOver) _tapes.Resume();
        }
        catch (ObjectDisposedException)
        {
            // The replay ended while a line came in.
        }
    }
}
