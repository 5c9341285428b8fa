using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>What is read of tapes: which, from when to when, and whether damage is passed over.</summary>
internal sealed record TapePart(string[] Paths, string? From, string? To, bool SkipsBad)
{
    /// <summary>Opens the tapes at the time that was asked for, and tells what of them is lost.</summary>
    /// <param name="speed">Event seconds per second; 0 = flat out.</param>
    /// <param name="stop">Ends all waiting.</param>
    public TapeReplayer Open(double speed, CancellationToken stop)
    {
        TapeReplayer tapes = TapeReplayer.Open(Paths, Options(speed, stop));
        if (tapes.LostTicks > 0)
            CommandLine.Tell([$"{tapes.LostTicks:#,0} ticks are in damaged blocks and were passed over; a gap stands in their place."]);
        return tapes;
    }

    private ReplayerOptions Options(double speed, CancellationToken stop)
    {
        foreach (string path in Paths) CheckExists(path);
        var options = new ReplayerOptions { Speed = speed, Recovery = Recovery, Stop = stop };
        if (From is null && To is null) return options;
        (long first, long last) = Span();
        long from = From is null ? long.MinValue : Instant("--from", From, first), to = To is null ? long.MaxValue : Instant("--to", To, first);
        if (from > to) throw new CliException(ExitCode.Usage, $"--from {From} is after --to {To}; give them the other way round.");
        if (from > last) throw new CliException(ExitCode.Usage, $"--from {From} is after the last tick, {UnixNanos.ToIso(last)}; nothing would be replayed.");
        if (to < first) throw new CliException(ExitCode.Usage, $"--to {To} is before the first tick, {UnixNanos.ToIso(first)}; nothing would be replayed.");
        return options with { FromNanos = from, ToNanos = to };
    }

    /// <summary>The event times between which something will come; nothing on an empty tape.</summary>
    public (long First, long Last) Interval()
    {
        foreach (string path in Paths) CheckExists(path);
        (long first, long last) = Span();
        if (first > last) return (0, 0);
        return (From is null ? first : Math.Max(first, Instant("--from", From, first)), To is null ? last : Math.Min(last, Instant("--to", To, first)));
    }

    private TapeRecovery Recovery => SkipsBad ? TapeRecovery.Skip : TapeRecovery.Refuse;

    /// <summary>Refuses a name under which there is no file.</summary>
    public static void CheckExists(string path)
    {
        if (Directory.Exists(path)) throw new CliException(ExitCode.Failure, $"{path} is a folder; name a tape.");
        if (!File.Exists(path)) throw new CliException(ExitCode.Failure, $"{path} does not exist; check the name, or make a tape with 'dealerflow synth'.");
    }

    private (long First, long Last) Span()
    {
        long first = long.MaxValue, last = long.MinValue;
        foreach (string path in Paths)
        {
            using TapeReader tape = TapeReader.Open(path, Recovery);
            if (tape.TickCount == 0) continue;
            (first, last) = (Math.Min(first, tape.FirstEventTimeNanos), Math.Max(last, tape.LastEventTimeNanos));
        }
        return (first, last);
    }

    private static long Instant(string option, string text, long firstNanos)
    {
        if (TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time))
            return NewYorkTime.ToUnixNanos(NewYorkTime.DateOf(firstNanos), time);
        if (NewYorkInstant.TryParse(text, out long instant)) return instant;
        throw new CliException(ExitCode.Usage, $"'{text}' is no time for {option}; write 14:30, 14:30:15, or an instant such as 2026-11-16T14:30:00-05:00.");
    }
}
