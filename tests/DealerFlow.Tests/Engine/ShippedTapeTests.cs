using System.IO.Hashing;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The tape in data-samples, whole: exactness, sameness, allocation.</summary>
public class ShippedTapeTests(ITestOutputHelper output)
{
    private static readonly string Tape = Path.Combine(Repository.Root, "data-samples", "spx.dftape");

    [Fact]
    public void The_tape_is_large_enough_and_small_enough()
    {
        using TapeReader tape = TapeReader.Open(Tape);
        Assert.True(tape.TickCount >= 1_000_000);
        Assert.True(tape.SizeInBytes <= 8_000_000);
        output.WriteLine($"{tape.TickCount} ticks, {tape.SizeInBytes} bytes, {(double)tape.SizeInBytes / tape.TickCount:0.00} bytes per tick");
    }

    [Fact]
    public void The_incremental_book_after_the_whole_tape_equals_a_full_recompute_bit_for_bit()
    {
        using TapeReader tape = TapeReader.Open(Tape);
        var calculation = new Calculation(tape.Definitions, 0, new EngineOptions());
        var sink = new CountingSink();
        var ticks = new Tick[4096];
        long looked = 0;
        for (int count = tape.Read(ticks); count > 0; count = tape.Read(ticks))
        {
            calculation.Apply(ticks.AsSpan(0, count), ref sink);
            // In the middle of things, with events since the last mark: a few times on the way, and at the end.
            if ((looked += count) % (64 * 4096) != 0) continue;
            calculation.Flush();
            IncrementalBookTests.AssertEqual(calculation);
        }
        calculation.Flush();
        IncrementalBookTests.AssertEqual(calculation);
        Assert.Equal(0ul, calculation.Ledger.RejectedTotal);
        Assert.Equal((ulong)tape.TickCount, calculation.Ledger.Applied);
        output.WriteLine($"{calculation.Work}");
    }

    [Fact]
    public void Two_ring_sizes_and_widths_1_4_and_8_give_the_same_market_bytes()
    {
        string first = Hash(LaneDispatch.Best, ringCapacity: 1 << 16);
        output.WriteLine($"hash over all market sections: {first}");
        Assert.Equal(first, Hash(LaneDispatch.Best, ringCapacity: 64));
        foreach (LaneWidth width in (ReadOnlySpan<LaneWidth>)[LaneWidth.One, LaneWidth.Four, LaneWidth.Eight])
            if (width <= LaneDispatch.Best) Assert.Equal(first, Hash(width, ringCapacity: 1 << 10));
    }

    private static string Hash(LaneWidth lanes, int ringCapacity)
    {
        using TapeReader tape = TapeReader.Open(Tape);
        var hash = new XxHash128();
        using var engine = new StreamEngine<WholeTape, HashingSink>(
            new Calculation(tape.Definitions, 0, new EngineOptions { Lanes = lanes }), new WholeTape(tape), new HashingSink(hash), ringCapacity);
        engine.Run(CancellationToken.None);
        Assert.True(engine.Ledger.Balances);
        Assert.Equal((ulong)tape.TickCount, engine.Ledger.In);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private readonly struct WholeTape(TapeReader tape) : ITickSource
    {
        public int Read(Span<Tick> ticks) => tape.Read(ticks);
    }

    private readonly struct HashingSink(XxHash128 hash) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => hash.Append(marketSection);

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }
}
