using DealerFlow.Cli.Synth;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>What a benchmark sends: definitions and ticks, all of them in memory before the clock runs.</summary>
internal sealed class BenchMarket
{
    private BenchMarket(InstrumentDefinition[] definitions, ReadOnlyMemory<Tick> memory, string description)
    {
        Definitions = definitions;
        Ticks = memory;
        ReadOnlySpan<Tick> ticks = memory.Span;
        Description = description;
        long start = ticks.Length == 0 ? 0 : ticks[0].EventTimeNanos;
        int opening = 0;
        while (opening < ticks.Length && ticks[opening].EventTimeNanos == start) opening++;
        // The opening fills every table, and the first twentieth after it lets the compiler settle.
        WarmUpTicks = opening + ((ticks.Length - opening) / 20);
    }

    public InstrumentDefinition[] Definitions { get; }

    public ReadOnlyMemory<Tick> Ticks { get; }

    public string Description { get; }

    /// <summary>Ticks that are sent before the clock runs.</summary>
    public int WarmUpTicks { get; }

    public int Contracts => Definitions.Count(definition => definition.Kind != InstrumentKind.Underlying);

    public uint[] Underlyings => [.. Definitions.Where(definition => definition.Kind == InstrumentKind.Underlying).Select(definition => definition.InstrumentId)];

    /// <summary>A synthetic market. With <paramref name="changesOnly"/> the quotes that change no best price are left out.</summary>
    public static BenchMarket Synthetic(SynthOptions options, bool changesOnly, int maxTicks, CancellationToken stop)
    {
        SyntheticChain[] chains = MarketChains.Build(options);
        var market = new SyntheticMarket(options, chains);
        var ticks = new Tick[Math.Min((long)maxTicks, (long)(1.2 * options.Rate * options.Minutes * 60) + (3L * chains.Sum(chain => chain.Contracts.Length)) + 100_000)];
        int count = 0;
        var batch = new Tick[16_384];
        for (int read = market.Read(batch); read > 0 && count < ticks.Length; read = market.Read(batch))
        {
            stop.ThrowIfCancellationRequested();
            foreach (ref readonly Tick tick in batch.AsSpan(0, read))
            {
                if (changesOnly && tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) == 0) continue;
                if (count < ticks.Length) ticks[count++] = tick;
            }
        }
        string what = changesOnly ? "every quote changes a national best price" : "a fifth of the quotes changes a national best price";
        return new BenchMarket([.. chains.SelectMany(chain => chain.Definitions())], ticks.AsMemory(0, count), $"synthetic, {what}, {options.Rate / 1e6:0.#} M messages/s of event time");
    }

    /// <summary>The first <paramref name="maxTicks"/> ticks of a tape.</summary>
    public static BenchMarket OfTape(string path, int maxTicks)
    {
        using TapeReader tape = TapeReader.Open(path);
        var ticks = new Tick[Math.Min(tape.TickCount, maxTicks)];
        int count = 0;
        for (int read = tape.Read(ticks); read > 0; read = tape.Read(ticks.AsSpan(count))) count += read;
        string what = tape.TickCount > count ? $"the first {count:#,0} ticks of {path}" : path;
        return new BenchMarket(tape.Definitions.ToArray(), ticks.AsMemory(0, count), what);
    }
}
