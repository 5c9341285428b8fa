using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>What is replayed: which tapes, from when to when, how fast, and whether it is recorded again.</summary>
internal sealed record ReplayPart(string[] Paths, double Speed, string? From, string? To, int? Step, string? Record, bool Overwrite, bool SkipsBad = false)
{
    /// <summary>Opens the tapes at the time that was asked for.</summary>
    public TapeReplayer Open(CancellationToken stop)
    {
        foreach (string path in Paths) CheckExists(path);
        var options = new ReplayerOptions { Speed = Speed, Recovery = Recovery, Stop = stop };
        if (From is null && To is null) return TapeReplayer.Open(Paths, options);
        (long first, long last) = Span();
        long from = From is null ? long.MinValue : Instant("--from", From, first), to = To is null ? long.MaxValue : Instant("--to", To, first);
        if (from > to) throw new CliException(ExitCode.Usage, $"--from {From} is after --to {To}; give them the other way round.");
        if (from > last) throw new CliException(ExitCode.Usage, $"--from {From} is after the last tick, {UnixNanos.ToIso(last)}; nothing would be replayed.");
        if (to < first) throw new CliException(ExitCode.Usage, $"--to {To} is before the first tick, {UnixNanos.ToIso(first)}; nothing would be replayed.");
        return TapeReplayer.Open(Paths, options with { FromNanos = from, ToNanos = to });
    }

    private TapeRecovery Recovery => SkipsBad ? TapeRecovery.Skip : TapeRecovery.Refuse;

    /// <summary>What to tell of damage that was passed over; nothing where there was none.</summary>
    public static IEnumerable<string> Remarks(TapeReplayer tapes) =>
        tapes.LostTicks == 0 ? [] : [$"{tapes.LostTicks:#,0} ticks are in damaged blocks and were passed over; a gap stands in their place."];

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
        if (text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant))
            return UnixNanos.FromUtc(instant.UtcDateTime);
        throw new CliException(ExitCode.Usage, $"'{text}' is no time for {option}; write 14:30, 14:30:15, or an instant such as 2026-11-16T14:30:00-05:00.");
    }
}
