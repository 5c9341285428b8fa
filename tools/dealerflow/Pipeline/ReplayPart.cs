using System.Globalization;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>What is replayed: which tapes, from when to when, how fast, and whether it is recorded again.</summary>
internal sealed record ReplayPart(string[] Paths, double Speed, string? From, string? To, int? Step, string? Record, bool Overwrite)
{
    /// <summary>Opens the tapes at the time that was asked for.</summary>
    public TapeReplayer Open(CancellationToken stop)
    {
        foreach (string path in Paths) CheckExists(path);
        if (From is null && To is null) return TapeReplayer.Open(Paths, new ReplayerOptions { Speed = Speed, Stop = stop });
        (long first, long last) = Span();
        long from = From is null ? long.MinValue : Instant("--from", From, first), to = To is null ? long.MaxValue : Instant("--to", To, first);
        if (from > to) throw new CliException(ExitCode.Usage, $"--from {From} is after --to {To}; give them the other way round.");
        if (from > last) throw new CliException(ExitCode.Usage, $"--from {From} is after the last tick, {UnixNanos.ToIso(last)}; nothing would be replayed.");
        if (to < first) throw new CliException(ExitCode.Usage, $"--to {To} is before the first tick, {UnixNanos.ToIso(first)}; nothing would be replayed.");
        return TapeReplayer.Open(Paths, new ReplayerOptions { Speed = Speed, FromNanos = from, ToNanos = to, Stop = stop });
    }

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
            using TapeReader tape = TapeReader.Open(path);
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
