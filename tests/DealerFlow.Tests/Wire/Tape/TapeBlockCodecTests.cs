using System.Runtime.InteropServices;
using CsCheck;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class TapeBlockCodecTests
{
    private static readonly Gen<long> Times = Gen.Frequency(
        (6, Gen.Long[0, 5_000]), (1, Gen.Long[-5_000, 0]), (1, Gen.Long), (1, OneOf(long.MinValue, long.MaxValue, -1L, 0L)));

    private static readonly Gen<int> Prices = Gen.Frequency(
        (6, Gen.Int[-40, 400].Select(p => 5 * p)), (2, Gen.Int), (1, OneOf(int.MinValue, int.MaxValue, -1, 0, 1)));

    private static readonly Gen<uint> Ids = Gen.Frequency(
        (6, Gen.UInt[0, 20]), (2, Gen.UInt), (1, OneOf(0u, uint.MaxValue, (uint)int.MaxValue)));

    private static readonly Gen<TickKind> Kinds = Gen.Frequency((6, Gen.Const(TickKind.Quote)), (4, Gen.Enum<TickKind>()), (1, Gen.Byte.Select(k => (TickKind)k)));

    private static readonly Gen<TickFlags> Flags = Gen.Frequency((6, Gen.UShort[0, 1]), (1, Gen.UShort)).Select(f => (TickFlags)f);

    private static readonly Gen<Tick> AnyTick =
        from time in Times
        from delay in Gen.Frequency((4, Gen.Const(0u)), (1, Gen.UInt))
        from id in Ids
        from bid in Prices
        from ask in Prices
        from sizes in Gen.Select(Gen.UShort, Gen.UShort)
        from venue in Gen.Byte
        from kind in Kinds
        from flags in Flags
        select Tick.Quote(time, id, bid, ask, sizes.Item1, sizes.Item2, venue, flags) with { ReceiveDelayNanos = delay, Kind = kind };

    // Blocks in which only some fields vary, so that columns win over plain ticks in most of them.
    private static readonly Gen<Tick[]> Blocks =
        from ticks in Gen.OneOf(AnyTick.Array[1, 20], AnyTick.Array[240, 700])
        from running in Gen.Bool
        from calm in Gen.UInt
        select Calmed(ticks, running, calm);

    private readonly TapeBlockEncoder _encoder = new(1024);
    private readonly TapeBlockDecoder _decoder = new(1024);

    [Fact]
    public void Every_tick_goes_through_bit_for_bit()
    {
        int columns = 0, plain = 0;
        Blocks.Sample(ticks =>
        {
            byte[] payload = Encode(ticks);
            if (MemoryMarshal.Read<TickBlockCoding>(payload) == TickBlockCoding.Columns) columns++;
            else plain++;
            var decoded = new Tick[ticks.Length];
            Assert.Equal(TapeDecodeStatus.Ok, _decoder.Decode(payload, decoded));
            TapeRoundTripTests.AssertSameTicks(ticks, decoded);
        }, iter: 600, threads: 1);
        Assert.True(columns > 50 && plain > 50, $"{columns} blocks of columns and {plain} of plain ticks");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1024)]
    public void A_market_goes_through_at_every_length(int count)
    {
        Tick[] ticks = new OpraLikeMix(seed: 5, contracts: 60, receiveDelays: true).Next(count);
        var decoded = new Tick[count];
        Assert.Equal(TapeDecodeStatus.Ok, _decoder.Decode(Encode(ticks), decoded));
        TapeRoundTripTests.AssertSameTicks(ticks, decoded);
    }

    [Fact]
    public void A_block_is_the_same_whatever_was_encoded_before()
    {
        Tick[] ticks = new OpraLikeMix(seed: 6, contracts: 60).Next(900);
        byte[] first = Encode(ticks);
        Blocks.Sample(other => { Encode(other); }, iter: 20, threads: 1);
        Assert.Equal(first, Encode(ticks));
        Assert.Equal(first, Encode(new TapeBlockEncoder(4096), ticks));
    }

    [Fact]
    public void Ticks_that_columns_would_lengthen_are_stored_as_they_are()
    {
        var random = new SplitMix(3);
        var ticks = new Tick[500];
        foreach (ref ulong word in MemoryMarshal.Cast<Tick, ulong>(ticks.AsSpan())) word = random.NextBits();
        byte[] payload = Encode(ticks);
        Assert.Equal(TickBlockHead.MaxPayloadBytes(500), payload.Length);
        Assert.Equal(TickBlockCoding.Ticks, MemoryMarshal.Read<TickBlockCoding>(payload));
        var decoded = new Tick[500];
        Assert.Equal(TapeDecodeStatus.Ok, _decoder.Decode(payload, decoded));
        TapeRoundTripTests.AssertSameTicks(ticks, decoded);
    }

    [Fact]
    public void Times_in_whole_milliseconds_cost_no_more_than_their_count()
    {
        Tick[] ticks = [.. Enumerable.Range(0, 1000).Select(i => Tick.Quote(i * UnixNanos.PerMillisecond * (1 + (i % 3)), 7, 100, 105, 1, 1, 1, TickFlags.None))];
        TickBlockHead head = MemoryMarshal.Read<TickBlockHead>(Encode(ticks));
        Assert.Equal((ulong)UnixNanos.PerMillisecond, head.TimeUnitNanos);
        Assert.True((head.Flags & TickBlockFlags.TimesRunBack) != 0);
    }

    [Fact]
    public void Prices_are_coded_in_the_steps_of_their_instrument()
    {
        Tick[] ticks = [.. Enumerable.Range(0, 1000).Select(i => Tick.Quote(i, (uint)(i % 2), 100 + (i % 7 * (i % 2 == 0 ? 5 : 10)), 200, 1, 1, 1, TickFlags.NationalBest))];
        TickBlockHead head = MemoryMarshal.Read<TickBlockHead>(Encode(ticks));
        Assert.Equal([1u, 5, 10, 0, 0, 0, 0, 0], ((ReadOnlySpan<uint>)head.Steps).ToArray());
        Assert.InRange(head.EscapeCount, 0u, 2u);       // the first quote of each, which lies on its own anchor
        Assert.Equal(2, head.MoveCount);                // two steps up and five down, alike for both instruments
    }

    [Fact]
    public void A_payload_that_ends_early_is_refused_at_every_byte()
    {
        Tick[] ticks = new OpraLikeMix(seed: 8, contracts: 20).Next(300);
        byte[] payload = Encode(ticks);
        var decoded = new Tick[300];
        for (int length = 0; length < payload.Length; length++)
            Assert.NotEqual(TapeDecodeStatus.Ok, _decoder.Decode(payload.AsSpan(0, length), decoded));
        Assert.NotEqual(TapeDecodeStatus.Ok, _decoder.Decode([.. payload, 0], decoded));
    }

    // H8b without the checksums in front: whatever the payload says, the decoder answers and stays inside its tables.
    [Fact]
    public void A_changed_payload_gives_an_answer_and_never_an_exception()
    {
        Tick[] ticks = new OpraLikeMix(seed: 9, contracts: 20).Next(600);
        byte[] payload = Encode(ticks);
        Assert.Equal(TickBlockCoding.Columns, MemoryMarshal.Read<TickBlockCoding>(payload));
        var decoded = new Tick[600];
        var random = new SplitMix(10);
        int refused = 0;
        for (int at = 0; at < payload.Length; at++)
            foreach (byte value in (ReadOnlySpan<byte>)[0x00, 0xFF, (byte)(payload[at] ^ 1), (byte)(payload[at] ^ 0x80), (byte)random.NextBits()])
            {
                byte kept = payload[at];
                payload[at] = value;
                if (_decoder.Decode(payload, decoded) != TapeDecodeStatus.Ok) refused++;
                payload[at] = kept;
            }
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. payload];
            for (int changes = 1 + (int)(random.NextBits() % 4); changes > 0; changes--)
            {
                // Half of the changes go to the head, where counts and lengths are.
                int reach = (random.NextBits() & 1) == 0 ? TickBlockHead.SizeInBytes : changed.Length;
                changed[(int)(random.NextBits() % (ulong)reach)] = (byte)random.NextBits();
            }
            if (_decoder.Decode(changed, decoded) != TapeDecodeStatus.Ok) refused++;
        }
        Assert.True(refused > 10_000, $"only {refused} changes were refused");
        Assert.Equal(TapeDecodeStatus.Ok, _decoder.Decode(payload, decoded));
        TapeRoundTripTests.AssertSameTicks(ticks, decoded);
    }

    [Fact]
    public void A_column_may_not_name_what_the_block_does_not_have()
    {
        Tick[] ticks = new OpraLikeMix(seed: 12, contracts: 20).Next(300);
        byte[] payload = Encode(ticks);
        TickBlockHead head = MemoryMarshal.Read<TickBlockHead>(payload);
        head.InstrumentCount--;
        AssertRefused(payload, head, TapeDecodeStatus.BadColumn);        // the id column goes on
        head.InstrumentCount = 0;
        AssertRefused(payload, head, TapeDecodeStatus.BadHead);
        head = MemoryMarshal.Read<TickBlockHead>(payload);
        head.Steps[1] = 0;
        AssertRefused(payload, head, TapeDecodeStatus.BadReference);
        head = MemoryMarshal.Read<TickBlockHead>(payload);
        head.TimeUnitNanos = 0;
        AssertRefused(payload, head, TapeDecodeStatus.BadHead);
        head = MemoryMarshal.Read<TickBlockHead>(payload);
        head.EscapeCount += 1;
        AssertRefused(payload, head, TapeDecodeStatus.BadReference);
    }

    [Fact]
    public void A_block_larger_than_the_decoder_was_made_for_is_refused()
    {
        byte[] payload = Encode(new OpraLikeMix(seed: 13, contracts: 20).Next(300));
        Assert.Equal(TapeDecodeStatus.DestinationTooSmall, new TapeBlockDecoder(299).Begin(payload, 300));
        Assert.Equal(TapeDecodeStatus.DestinationTooSmall, _decoder.Begin(payload, 0));
        Assert.Equal(TapeDecodeStatus.Ok, _decoder.Begin(payload, 300));
        Assert.Equal(TapeDecodeStatus.DestinationTooSmall, _decoder.Next(payload, new Tick[255], out _));
        Assert.Equal(TapeDecodeStatus.Ok, _decoder.Next(payload, new Tick[256], out int written));
        Assert.Equal(256, written);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private void AssertRefused(byte[] payload, TickBlockHead head, TapeDecodeStatus expected)
    {
        byte[] changed = [.. payload];
        MemoryMarshal.Write(changed, in head);
        Assert.Equal(expected, _decoder.Decode(changed, new Tick[300]));
    }

    private byte[] Encode(Tick[] ticks) => Encode(_encoder, ticks);

    private static byte[] Encode(TapeBlockEncoder encoder, Tick[] ticks)
    {
        byte[] payload = new byte[TickBlockHead.MaxPayloadBytes(ticks.Length)];
        return payload.AsSpan(0, encoder.Encode(ticks, payload)).ToArray();
    }

    private static Tick[] Calmed(Tick[] ticks, bool running, uint calm)
    {
        long time = 0;
        for (int i = 0; i < ticks.Length; i++)
        {
            ref Tick tick = ref ticks[i];
            tick.EventTimeNanos = running ? time += tick.EventTimeNanos : tick.EventTimeNanos;
            if ((calm & 1) != 0) tick.ReceiveDelayNanos = 0;
            if ((calm & 2) != 0) tick.InstrumentId %= 20;
            if ((calm & 4) != 0) tick.Bid = Math.Abs(tick.Bid % 200) * 5;
            if ((calm & 8) != 0) tick.Ask = Math.Abs(tick.Ask % 200) * 5;
            if ((calm & 16) != 0) tick.BidSize = tick.AskSize = (ushort)(tick.BidSize % 100);
            if ((calm & 32) != 0) tick.Venue %= 5;
            if ((calm & 64) != 0 && i > 0) tick.EventTimeNanos = ticks[0].EventTimeNanos;
        }
        return ticks;
    }
}
