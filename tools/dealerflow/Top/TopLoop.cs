using System.Diagnostics;
using System.Runtime.Versioning;
using DealerFlow.Feed;

namespace DealerFlow.Cli.Top;

/// <summary>Look, draw, wait: as often as asked for, and at once when a key is pressed or the window changes.</summary>
[UnsupportedOSPlatform("windows")]
internal static class TopLoop
{
    public static int Run(TopState state, double framesPerSecond)
    {
        using var feed = new TopFeed(FeedDirectory.Default, state);
        feed.Look();
        // What is wrong before anything is shown is said as by every other verb; what comes later is shown.
        if (state is { Feed: null, Trouble: { } trouble }) throw new CliException(ExitCode.Failure, trouble);
        using TopTerminal terminal = TopTerminal.Open();
        TimeSpan every = TimeSpan.FromSeconds(1 / framesPerSecond);
        var keys = new List<KeyPress>();
        Canvas canvas = NewCanvas();
        while (true)
        {
            long began = Stopwatch.GetTimestamp();
            feed.Look();
            state.Choices.Follow(state);
            state.Choices.Page = TopScreen.Draw(canvas, state);
            terminal.Show(canvas);
            while (true)
            {
                TimeSpan left = every - Stopwatch.GetElapsedTime(began);
                TerminalEvents events = terminal.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero, keys);
                if (events.HasFlag(TerminalEvents.Stop)) return ExitCode.Success;
                if (events.HasFlag(TerminalEvents.Suspend)) terminal.Suspend();
                if (events.HasFlag(TerminalEvents.Continued)) terminal.Renew();
                if (events != TerminalEvents.None) canvas = NewCanvas();
                if (Press(keys, state, terminal)) return ExitCode.Success;
                bool isAnswered = events != TerminalEvents.None || keys.Count > 0;
                keys.Clear();
                if (isAnswered || Stopwatch.GetElapsedTime(began) >= every) break;
            }
        }
    }

    private static bool Press(List<KeyPress> keys, TopState state, TopTerminal terminal)
    {
        foreach (KeyPress key in keys)
        {
            // Ctrl-L, as everywhere: whatever others have written over the screen goes.
            if (key is { Key: Key.Character, Character: '\f' }) terminal.Forget();
            if (state.Choices.Press(key, state)) return true;
        }
        return false;
    }

    private static Canvas NewCanvas()
    {
        // No terminal is larger; what says so is broken, and must not cost memory.
        const int Most = 1_000;
        (int width, int height) = TopTerminal.Size;
        return new Canvas(Math.Clamp(width, 1, Most), Math.Clamp(height, 1, Most));
    }
}
