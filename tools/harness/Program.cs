using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

// Replays a tape through the engine and prints a line a second of event time: a harness of your own begins here.
using TapeReplayer tape = TapeReplayer.Open(args);
InstrumentDefinition[] definitions = tape.Definitions.ToArray();
uint underlying = definitions.First(definition => definition.Kind == InstrumentKind.Underlying).InstrumentId;

var options = new EngineOptions { Model = PositionModel.OpenInterest, SearchesBeside = true };
var calculation = new Calculation(definitions, underlying, options);
using var engine = new StreamEngine<Tape, Printer>(calculation, new Tape(tape), new Printer(), options.RingCapacity);
engine.Run(CancellationToken.None);
Console.WriteLine($"{engine.Ledger.In} ticks, {engine.Ledger.Applied} applied, {engine.Ledger.RejectedTotal} rejected");

/// <summary>Where the ticks come from.</summary>
internal readonly struct Tape(TapeReplayer tape) : ITickSource
{
    public int Read(Span<Tick> ticks) => tape.Read(ticks);
}

/// <summary>Where the snapshots go.</summary>
internal struct Printer : ISnapshotSink
{
    private long _printedSecond;

    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
    {
        if (!MarketView.TryOpen(marketSection, out MarketView market)) return;
        long second = market.Head.MarkTimeNanos / UnixNanos.PerSecond;
        if (second == _printedSecond) return;
        _printedSecond = second;
        ref readonly BucketSection all = ref market.Head.Buckets[(int)ExposureBucket.All];
        Console.WriteLine(FormattableString.Invariant(
            $"{UnixNanos.ToIso(market.Head.MarkTimeNanos)} {market.Head.Underlying} {market.Head.Spot:0.00} net GEX {MoneyGrid.ToUsd(all.NetGex):0} zero gamma {all.ZeroGamma.Value:0.00}"));
    }

    public readonly void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

    public readonly void Heartbeat(ulong eventSequence, long eventTimeNanos)
    {
    }
}
