using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>One underlying of a tape, replayed flat out in this process, with its snapshots as samples of the course of the day.</summary>
internal static class TapeCourse
{
    private const long FinestNanos = 100 * UnixNanos.PerMillisecond;

    /// <summary>Replays, and hands over so many snapshots at most.</summary>
    /// <param name="part">Which part of which tape.</param>
    /// <param name="symbol">Which underlying; null where the tape has only one.</param>
    /// <param name="pricing">What to compute.</param>
    /// <param name="samples">How many snapshots suffice; they lie a multiple of 0.1 s of event time apart.</param>
    /// <param name="take">Called with each, on another thread, in order.</param>
    /// <returns>The last market section.</returns>
    public static byte[] Replay(TapePart part, string? symbol, Pricing pricing, int samples, Action<MarketView> take)
    {
        string path = part.Paths[0];
        (long first, long last) = part.Interval();
        using var signals = new StopSignals();
        using TapeReplayer tape = part.Open(speed: 0, signals.Token);
        InstrumentDefinition[] definitions = tape.Definitions.ToArray();
        CommandLine.Tell(pricing.MoveSettlements(definitions));
        InstrumentDefinition underlying = Chosen(Underlyings.Of(definitions, path), symbol, path);
        long apart = Math.Clamp((((last - first) / samples / FinestNanos) + 1) * FinestNanos, FinestNanos, UnixNanos.PerDay);
        EngineOptions options = pricing.Options with { SearchesBeside = true, PublishIntervalNanos = apart };
        var calculation = new Calculation(definitions, underlying.InstrumentId, options);
        CommandLine.Tell(pricing.LoadPositions(calculation.LoadPositions, definitions, path));
        var kept = new Kept(take);
        using (var engine = new StreamEngine<TapeSource, CourseSink>(calculation, new TapeSource(tape, pricing.LateMoves()), new CourseSink(kept), options.RingCapacity))
        using (new ProgressLine(() => $"{100.0 * calculation.Sequence / Math.Max(tape.TickCount, 1),5:0.0}%  replaying {path}", TimeSpan.FromSeconds(2)))
            engine.Run(signals.Token);
        if (signals.Token.IsCancellationRequested) throw new CliException(ExitCode.Failure, "Stopped on request; nothing was written.");
        if (calculation.HasOverflowed)
            throw new CliException(ExitCode.Failure, $"{path}: an exposure left the exact grid of 1/1024 USD; check multipliers and open interest.");
        return kept.Last ?? throw new CliException(
            ExitCode.Failure, $"{path} gives no snapshot of {underlying.Root}: it holds no spot there, and none could be inferred by parity.");
    }

    private static InstrumentDefinition Chosen(InstrumentDefinition[] underlyings, string? symbol, string path)
    {
        string names = string.Join(", ", underlyings.Select(each => each.Root));
        if (symbol is null)
        {
            return underlyings.Length == 1 ? underlyings[0] : throw new CliException(
                ExitCode.Usage, $"{path} holds {underlyings.Length} underlyings; say which with --symbol: {names}.");
        }
        int index = Array.FindIndex(underlyings, each => each.Root.ToString() == symbol);
        return index >= 0 ? underlyings[index] : throw new CliException(ExitCode.Usage, $"{path} does not hold {symbol}; it has {names}.");
    }

    private sealed class Kept(Action<MarketView> take)
    {
        public byte[]? Last { get; private set; }

        public void Add(ReadOnlySpan<byte> section)
        {
            if (!MarketView.TryOpen(section, out MarketView market)) return;
            take(market);
            if (Last?.Length != section.Length) Last = new byte[section.Length];
            section.CopyTo(Last);
        }
    }

    private readonly struct CourseSink(Kept kept) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => kept.Add(marketSection);

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger)
        {
        }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos)
        {
        }
    }
}
