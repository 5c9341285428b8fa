using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>RELIABILITY A1, A2: states are conflated, events never, and what is lost is told.</summary>
public class OverloadBufferTests
{
    private const int Instruments = 20;

    // Against the plain rules, over random streams: what leaves is what came, less quotes that a later one replaced.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A1_of_each_contract_the_last_quote_waits_and_every_event_in_its_order(int seed)
    {
        var random = new Random(seed);
        var buffer = new OverloadBuffer(Instruments, 100_000, [0]);
        List<Tick> came = Stream(random, 40_000), left = [];
        var room = new Tick[64];
        for (int at = 0; at < came.Count;)
        {
            int count = Math.Min(random.Next(1, 200), came.Count - at);
            buffer.Add(came.ToArray().AsSpan(at, count));
            at += count;
            int drained = buffer.Drain(room.AsSpan(0, random.Next(0, 64)));
            left.AddRange(room[..drained]);
        }
        while (!buffer.IsEmpty) left.AddRange(room[..buffer.Drain(room)]);

        Assert.Equal((ulong)came.Count, (ulong)left.Count + buffer.Conflated);
        Assert.Equal(0ul, buffer.Dropped);
        Assert.True(buffer.Conflated > 1_000, "the stream must conflate, or nothing is tested");
        Assert.Equal(came.Where(IsEvent), left.Where(IsEvent));
        // Numbers of the stream, which the ticks carry, rise within each contract: nothing of it overtakes.
        foreach (IGrouping<uint, Tick> of in left.GroupBy(tick => tick.InstrumentId)) Assert.Equal(of.Select(NumberOf).Order(), of.Select(NumberOf));
        Dictionary<ulong, Tick?> before = QuotesBeforeEvents(came), after = QuotesBeforeEvents(left);
        Assert.Equal(before, after);
        foreach (IGrouping<uint, Tick> of in came.Where(IsState).GroupBy(tick => tick.InstrumentId))
            Assert.Equal(of.Last(), left.Last(tick => IsState(tick) && tick.InstrumentId == of.Key));
        // And nothing waits that need not: between two events of a contract one quote of it at most, if all came while nothing left.
        Assert.DoesNotContain(left, tick => tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) == 0);
    }

    [Fact]
    public void A1_while_nothing_leaves_one_quote_of_a_contract_waits_between_two_of_its_events()
    {
        var buffer = new OverloadBuffer(Instruments, 100, [0]);
        buffer.Add([Quote(1, 3, 100), Quote(2, 3, 101), Quote(3, 4, 50), Trade(4, 3), Quote(5, 3, 102), Quote(6, 3, 103), Quote(7, 4, 51)]);
        var room = new Tick[16];
        int count = buffer.Drain(room);
        Assert.Equal([2ul, 7ul, 4ul, 6ul], room[..count].Select(NumberOf));
        Assert.Equal(3ul, buffer.Conflated);
    }

    [Fact]
    public void A1_a_contract_that_is_quoted_all_the_time_comes_to_its_turn_with_its_last_quote()
    {
        var buffer = new OverloadBuffer(Instruments, 100, [0]);
        var room = new Tick[1];
        int turns = 0;
        for (ulong number = 1; number < 200; number += 2)
        {
            buffer.Add([Quote(number, 3, (int)number), Trade(number + 1, 5)]);
            buffer.Drain(room);
            if (room[0].Kind != TickKind.Quote) continue;
            turns++;
            Assert.Equal(number, NumberOf(room[0]));
        }
        // Each turn lies behind as many trades as wait by then, which double from turn to turn.
        Assert.True(turns >= 6, $"{turns} turns");
    }

    [Fact]
    public void A2_what_finds_no_room_is_counted_and_a_gap_of_its_contract_follows_what_waited()
    {
        var buffer = new OverloadBuffer(Instruments, 3, [0]);
        buffer.Add([Trade(1, 5), Quote(2, 6, 10), Trade(3, 7), Trade(4, 8), Quote(5, 6, 11), Quote(6, 9, 12), Trade(7, 8)]);
        Assert.Equal(3ul, buffer.Dropped);          // both trades of 8 and the quote of 9
        Assert.Equal(1ul, buffer.Conflated);
        var room = new Tick[16];
        int count = buffer.Drain(room);
        Assert.Equal([(TickKind.Trade, 5u), (TickKind.Quote, 6u), (TickKind.Trade, 7u)], room[..3].Select(tick => (tick.Kind, tick.InstrumentId)));
        Assert.Equal([8u, 9u], room[3..count].Select(tick => tick.InstrumentId).Order());
        Assert.All(room[3..count], tick => Assert.Equal((TickKind.Gap, 7L), (tick.Kind, tick.EventTimeNanos)));
        Assert.Equal(2ul, buffer.GapsMade);
        Assert.True(buffer.IsEmpty);

        // Once told, it is told again only when something is lost again.
        buffer.Add([Trade(8, 8)]);
        Assert.Equal(1, buffer.Drain(room));
    }

    [Fact]
    public void A2_a_loss_of_an_id_without_a_place_is_told_of_every_underlying_once()
    {
        var buffer = new OverloadBuffer(Instruments, 1, [0, 1]);
        buffer.Add([Trade(1, 5), Trade(2, 1_000_000), Trade(3, 2_000_000)]);
        var room = new Tick[16];
        int count = buffer.Drain(room);
        Assert.Equal([TickKind.Trade, TickKind.Gap, TickKind.Gap], room[..count].Select(tick => tick.Kind));
        Assert.Equal([0u, 1u], room[1..count].Select(tick => tick.InstrumentId).Order());
        Assert.Equal(2ul, buffer.Dropped);
    }

    [Fact]
    public void Ids_without_a_place_wait_each_for_themselves()
    {
        var buffer = new OverloadBuffer(Instruments, 10, [0]);
        buffer.Add([Quote(1, 1_000, 5), Quote(2, 1_000, 6)]);
        Assert.Equal(2, buffer.Count);
        Assert.Equal(0ul, buffer.Conflated);
    }

    /// <summary>By event: the quote of its contract that came last before it.</summary>
    private static Dictionary<ulong, Tick?> QuotesBeforeEvents(List<Tick> ticks)
    {
        var last = new Dictionary<uint, Tick>();
        var before = new Dictionary<ulong, Tick?>();
        foreach (Tick tick in ticks)
        {
            if (IsState(tick)) last[tick.InstrumentId] = tick;
            else if (IsEvent(tick)) before.Add(NumberOf(tick), last.TryGetValue(tick.InstrumentId, out Tick quote) ? quote : null);
        }
        return before;
    }

    private static List<Tick> Stream(Random random, int count)
    {
        var ticks = new List<Tick>(count);
        for (ulong number = 1; number <= (ulong)count; number++)
        {
            uint id = (uint)random.Next(1, Instruments);
            ticks.Add(random.Next(20) switch
            {
                0 => Trade(number, id),
                1 => Numbered(number, new Tick { InstrumentId = id, Kind = TickKind.OpenInterest, Quantity = 5 }),
                2 => Numbered(number, new Tick { InstrumentId = 0, Kind = TickKind.Spot, Price = random.Next(1, 1_000) }),
                3 => Numbered(number, new Tick { InstrumentId = id, Kind = TickKind.Gap }),
                4 or 5 or 6 => Numbered(number, new Tick { InstrumentId = id, Kind = TickKind.Quote, Bid = 1, Ask = 2 }),
                _ => Quote(number, id, random.Next(1, 1_000)),
            });
        }
        return ticks;
    }

    private static Tick Numbered(ulong number, Tick tick) => tick with { EventTimeNanos = (long)number };

    private static Tick Quote(ulong number, uint id, int bid) => Tick.Quote((long)number, id, bid, bid + 1, 1, 1, 1, TickFlags.NationalBest);

    private static Tick Trade(ulong number, uint id) => Tick.Trade((long)number, id, 7, 1, 1, TickFlags.None);

    private static ulong NumberOf(Tick tick) => (ulong)tick.EventTimeNanos;

    private static bool IsState(Tick tick) =>
        tick.Kind == TickKind.Spot || (tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0);

    private static bool IsEvent(Tick tick) => tick.Kind is not (TickKind.Spot or TickKind.Quote);
}
