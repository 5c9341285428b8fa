using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>A synthetic market as it is replayed without a tape: made tick by tick while it is looked at, the same ticks each time.</summary>
internal sealed class SyntheticStream : ITickStream
{
    private readonly InstrumentDefinition[] _definitions;
    private readonly SyntheticMarket _market;

    public SyntheticStream(SynthOptions options)
    {
        SyntheticChain[] chains = MarketChains.Build(options);
        _definitions = [.. chains.SelectMany(chain => chain.Definitions())];
        _market = new SyntheticMarket(options, chains);
        Metadata = SyntheticTape.Metadata(options, chainFile: null);
        (FirstEventTimeNanos, LastEventTimeNanos) = (options.StartNanos, options.EndNanos);
    }

    public ReadOnlySpan<InstrumentDefinition> Definitions => _definitions;

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Nobody has counted them.</summary>
    public long TickCount => 0;

    public long LostTicks => 0;

    public long FirstEventTimeNanos { get; }

    public long LastEventTimeNanos { get; }

    public int Read(Span<Tick> ticks) => _market.Read(ticks);

    public void Dispose()
    {
    }
}
