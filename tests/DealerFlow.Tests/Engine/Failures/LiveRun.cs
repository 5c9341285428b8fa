using System.Runtime.InteropServices;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>A calculation that a test feeds tick by tick, and everything that it published on the way.</summary>
internal sealed class LiveRun
{
    private RecordingSink _sink;

    public LiveRun(InstrumentDefinition[] definitions, EngineOptions options)
    {
        Recording = new Recording();
        _sink = new RecordingSink(Recording);
        Calculation = new Calculation(definitions, 0, options);
    }

    public Calculation Calculation { get; }

    public Recording Recording { get; }

    public Ledger Ledger => Calculation.Ledger;

    public void Apply(params ReadOnlySpan<Tick> ticks) => Calculation.Apply(ticks, ref _sink);

    public void Apply(IEnumerable<Tick> ticks) => Calculation.Apply(ticks.ToArray(), ref _sink);

    /// <summary>
    /// Time goes by with a price of the underlying every third second, since a longer silence would make every quote stale, and one at
    /// the end.
    /// </summary>
    public void Pass(long toNanos, double spot)
    {
        for (long t = Calculation.EventTimeNanos + (3 * UnixNanos.PerSecond); t < toNanos; t += 3 * UnixNanos.PerSecond) Apply(PlainMarket.Spot(t, spot));
        Apply(PlainMarket.Spot(toNanos, spot));
    }

    /// <summary>A definition on its way through the stream: four ticks.</summary>
    public void Define(in InstrumentDefinition definition, long nanos) => Apply(Quarters(in definition, nanos));

    /// <summary>The state at the mark in force, everything included that came since.</summary>
    public byte[] Section()
    {
        Calculation.Finish(ref _sink);
        return Recording.Last;
    }

    public MarketSection Head() => HeadOf(Section());

    /// <summary>Live expiries as they are published.</summary>
    public ExpiryRow[] Expiries()
    {
        Assert.True(MarketView.TryOpen(Section(), out MarketView view));
        return view.Expiries.ToArray();
    }

    public NodeReading Node(int index) => Calculation.ReadNodes()[index];

    public ulong Rejected(Rejection reason) => Calculation.Ledger.Rejected[(int)reason];

    /// <summary>The book is what a full recompute gives, and no message is lost or counted twice.</summary>
    public void AssertSound()
    {
        Calculation.Flush();
        IncrementalBookTests.AssertEqual(Calculation);
        Assert.Equal(Calculation.Sequence, Ledger.Applied + Ledger.Conflated + Ledger.RejectedTotal + Ledger.Dropped + Ledger.Pending);
    }

    public static MarketSection HeadOf(byte[] section) => MemoryMarshal.Read<MarketSection>(section);

    /// <summary>Exposures of a bucket under one model: they are zero together when nothing is left.</summary>
    public static (long Call, long Put, long Net, long Gross, long Dex, long Vex, long Chex) Sums(in BucketSection bucket) =>
        (bucket.CallGex, bucket.PutGex, bucket.NetGex, bucket.GrossGex, bucket.Dex, bucket.Vex, bucket.Chex);

    /// <summary>A section without the count of messages behind it: what remains is what the market looks like.</summary>
    public static byte[] WithoutSequence(byte[] section)
    {
        byte[] copy = [.. section];
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(copy.AsSpan());
        head.EventSequence = 0;
        head.Outlook.EventSequence = 0;
        return copy;
    }

    public static Tick[] Quarters(in InstrumentDefinition definition, long nanos)
    {
        var ticks = new Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in definition, nanos, ticks);
        return ticks;
    }

    public static Tick Gap(long nanos, uint instrument) => new() { EventTimeNanos = nanos, InstrumentId = instrument, Kind = TickKind.Gap };

    public static Tick Status(long nanos, bool isHalted) =>
        new() { EventTimeNanos = nanos, Kind = TickKind.Status, Flags = isHalted ? TickFlags.Halted : TickFlags.None };

    /// <summary>An instant of New York's clock.</summary>
    public static long At(DateOnly date, int hour, int minute, int second = 0) =>
        NewYorkTime.ToUnixNanos(date, new TimeOnly(hour, minute, second));
}
