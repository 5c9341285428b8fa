using DealerFlow.Cli.Synth;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>Six seconds of the default market in memory, made once for all tests that measure it.</summary>
public sealed class SyntheticDay
{
    internal SynthOptions Options { get; } = new() { Seed = 1, Minutes = 0.1 };

    internal SyntheticChain Chain { get; }

    /// <summary>By id.</summary>
    public InstrumentDefinition[] Definitions { get; }

    /// <summary>All ticks, in the order of the tape.</summary>
    public Tick[] Ticks { get; }

    /// <summary>Quotes and trades after the first instant.</summary>
    public Tick[] Messages { get; }

    public SyntheticDay()
    {
        Chain = CalendarChain.Build(Options);
        Definitions = Chain.Definitions();
        Ticks = Read(new SyntheticMarket(Options, Chain));
        Messages = [.. Ticks.Where(tick => tick.EventTimeNanos > Options.StartNanos && tick.Kind is TickKind.Quote or TickKind.Trade)];
    }

    internal static Tick[] Read(SyntheticMarket market)
    {
        var ticks = new List<Tick>();
        var batch = new Tick[4096];
        for (int count = market.Read(batch); count > 0; count = market.Read(batch)) ticks.AddRange(batch.AsSpan(0, count));
        return [.. ticks];
    }
}
