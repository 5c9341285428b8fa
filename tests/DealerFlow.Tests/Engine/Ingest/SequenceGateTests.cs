using CsCheck;
using DealerFlow.Engine;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Order, duplicates, gaps and resets: rows E1 to E4 and A8 of the failure catalogue.</summary>
public class SequenceGateTests
{
    private const byte A = 0, B = 1;
    private const ulong Far = 1UL << 31;

    // Small enough that every bound is met within a short test.
    private static readonly SequenceGateOptions Small = new()
    {
        Window = 64,
        Channels = 3,
        GapPatience = 5,
        OpenGaps = 3,
        DenseInstruments = 4,
        SparseInstruments = 2,
    };

    private static readonly SequenceGateOptions Roomy = Small with { GapPatience = 1000, OpenGaps = 64 };

    private static SequenceGate Gate(SequenceGateOptions? options = null) => new(options ?? Roomy);

    private static Arrival Trade(ulong sequence, byte line = A, ushort channel = 0, SequenceWidth width = SequenceWidth.Bits64) =>
        Arrival.Event(7, channel, line, sequence, width);

    private static Arrival Quote(ulong sequence, uint instrument, byte line = A, ushort channel = 0) =>
        Arrival.State(7, channel, line, sequence, instrument);

    private static Arrival Reset(ulong sequence, byte line = A, SequenceWidth width = SequenceWidth.Bits64) =>
        Arrival.Reset(7, 0, line, sequence, width);

    private static Admission Expect(SequenceGate gate, in Arrival arrival, Verdict verdict, AdmissionMarks marks = AdmissionMarks.None)
    {
        Admission admission = gate.Admit(in arrival);
        Assert.Equal((arrival.Sequence, verdict, marks), (arrival.Sequence, admission.Verdict, admission.Marks));
        Assert.True(gate.Counts.Balances);
        return admission;
    }

    private static void PassInOrder(SequenceGate gate, ulong first, int count, byte line = A)
    {
        for (int i = 0; i < count; i++) Expect(gate, Trade(first + (ulong)i, line), Verdict.Pass);
    }

    private static List<GapNotice> Notices(SequenceGate gate)
    {
        var notices = new List<GapNotice>();
        while (gate.TryTakeNotice(out GapNotice notice)) notices.Add(notice);
        Assert.False(gate.HasNotices);
        return notices;
    }

    [Fact]
    public void E1_An_event_out_of_order_is_applied_once_and_says_that_it_filled_the_gap()
    {
        SequenceGate gate = Gate();
        Expect(gate, Trade(1), Verdict.Pass);
        Admission ahead = Expect(gate, Trade(4), Verdict.Pass, AdmissionMarks.OpensGap);
        Assert.Equal((2UL, 2U), (ahead.GapFirst, ahead.GapCount));
        Expect(gate, Trade(3), Verdict.Pass, AdmissionMarks.FillsGap);
        Expect(gate, Trade(3), Verdict.Duplicate);
        Expect(gate, Trade(2), Verdict.Pass, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);
        Expect(gate, Trade(2), Verdict.Duplicate);
        Expect(gate, Trade(5), Verdict.Pass);
        Assert.Equal((1UL, 1UL, 0UL, 2UL), (gate.Counts.GapsOpened, gate.Counts.GapsFilled, gate.Counts.GapsLost, gate.Counts.MessagesFilled));
    }

    [Theory]
    [InlineData(1)]             // dense
    [InlineData(4_000_000_000)] // sparse
    public void E1_A_quote_older_than_its_contracts_last_is_stale_and_its_number_is_settled(uint contract)
    {
        SequenceGate gate = Gate();
        Expect(gate, Quote(1, contract), Verdict.Pass);
        Expect(gate, Quote(4, contract), Verdict.Pass, AdmissionMarks.OpensGap);
        Expect(gate, Quote(3, contract), Verdict.StaleState, AdmissionMarks.FillsGap);
        Expect(gate, Quote(3, contract, B), Verdict.Duplicate);
        Expect(gate, Quote(2, 2), Verdict.Pass, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);    // another contract: nothing later yet
        gate.DeclareOpenGapsLost();
        Assert.Empty(Notices(gate));
        Assert.Equal(1UL, gate.Counts.StaleStates);
    }

    [Fact]
    public void E1_A_contract_that_moves_to_another_channel_is_not_stale_there()
    {
        SequenceGate gate = Gate();
        Expect(gate, Quote(1_000, 1, channel: 0), Verdict.Pass);
        Expect(gate, Quote(5, 1, channel: 1), Verdict.Pass);
    }

    [Fact]
    public void E1_Contracts_beyond_the_room_pass_unchecked_and_are_counted()
    {
        SequenceGate gate = Gate();
        for (uint contract = 100; contract < 103; contract++) Expect(gate, Quote(contract, contract), Verdict.Pass);
        Assert.Equal(1UL, gate.Counts.UncheckedStates);
        Expect(gate, Quote(104, 101), Verdict.Pass, AdmissionMarks.OpensGap);
        Expect(gate, Quote(103, 101), Verdict.StaleState, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);
        Expect(gate, Quote(106, 102), Verdict.Pass, AdmissionMarks.OpensGap);
        Expect(gate, Quote(105, 102), Verdict.Pass, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);
        Assert.Equal(3UL, gate.Counts.UncheckedStates);
    }

    [Fact]
    public void E1_Where_datagrams_are_numbered_the_states_in_them_are_settled_one_by_one()
    {
        SequenceGate gate = Gate();
        Admission one = Expect(gate, Trade(1), Verdict.Pass);
        Assert.True(gate.AdmitState(in one, 1));
        Assert.True(gate.AdmitState(in one, 1));        // twice in one datagram: in their order there
        Admission three = Expect(gate, Trade(3), Verdict.Pass, AdmissionMarks.OpensGap);
        Assert.True(gate.AdmitState(in three, 1));
        Admission two = Expect(gate, Trade(2), Verdict.Pass, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);
        Assert.False(gate.AdmitState(in two, 1));
        Assert.True(gate.AdmitState(in two, 2));
        Assert.True(gate.Counts.Balances);
        Assert.Equal((8UL, 7UL, 1UL), (gate.Counts.In, gate.Counts.Passed, gate.Counts.StaleStates));
    }

    [Fact]
    public void E2_What_one_line_has_brought_is_a_duplicate_on_the_other_as_long_as_the_window_is()
    {
        SequenceGate gate = Gate();
        PassInOrder(gate, 1, 100);
        Expect(gate, Trade(36, B), Verdict.Late);
        for (ulong sequence = 37; sequence <= 100; sequence++) Expect(gate, Trade(sequence, B), Verdict.Duplicate);
        PassInOrder(gate, 101, 1, B);
        Expect(gate, Trade(101), Verdict.Duplicate);
    }

    [Fact]
    public void E2_The_same_number_on_another_channel_or_from_another_source_is_another_message()
    {
        SequenceGate gate = Gate();
        Expect(gate, Trade(1), Verdict.Pass);
        Expect(gate, Trade(1, channel: 1), Verdict.Pass);
        Expect(gate, Arrival.Event(8, 0, A, 1), Verdict.Pass);
        Assert.Equal(3, gate.Channels);
        Admission refused = Expect(gate, Arrival.Event(9, 0, A, 1), Verdict.Refused);
        Assert.Equal(Refusal.NoRoomForChannel, refused.Refusal);
        Assert.Equal(1UL, gate.Counts.RefusedChannels);
        Expect(gate, Trade(1), Verdict.Duplicate);
    }

    [Fact]
    public void E2_What_came_just_before_the_first_passes_once()
    {
        SequenceGate gate = Gate();
        Expect(gate, Trade(1_000), Verdict.Pass);
        Expect(gate, Trade(937), Verdict.Pass, AdmissionMarks.PrecedesFirst);
        Expect(gate, Trade(937, B), Verdict.Duplicate);
        Expect(gate, Trade(936), Verdict.Late);
        Assert.Equal(0UL, gate.Counts.GapsOpened);
    }

    [Fact]
    public void E3_A_gap_is_lost_after_as_many_later_messages_as_it_may_wait_for()
    {
        SequenceGate gate = Gate(Small);
        PassInOrder(gate, 1, 10);
        Expect(gate, Trade(14), Verdict.Pass, AdmissionMarks.OpensGap);
        Expect(gate, Trade(12), Verdict.Pass, AdmissionMarks.FillsGap);
        for (int i = 0; i < 20; i++) Expect(gate, Trade(14, B), Verdict.Duplicate);      // nothing later
        PassInOrder(gate, 15, 4);
        Assert.False(gate.HasNotices);
        PassInOrder(gate, 19, 1);
        GapNotice notice = Assert.Single(Notices(gate));
        Assert.Equal((7, 0), (notice.Source, notice.Channel));
        Assert.Equal((11UL, 13UL, 2UL), (notice.FirstSequence, notice.LastSequence, notice.Count));
        Expect(gate, Trade(11, B), Verdict.Late);
        Expect(gate, Trade(12, B), Verdict.Duplicate);
        Expect(gate, Trade(13, B), Verdict.Late);
        Assert.Equal((1UL, 0UL, 1UL, 2UL), (gate.Counts.GapsOpened, gate.Counts.GapsFilled, gate.Counts.GapsLost, gate.Counts.MessagesLost));
    }

    [Fact]
    public void E3_A_gap_is_lost_when_it_falls_out_of_the_window()
    {
        SequenceGate gate = Gate();
        PassInOrder(gate, 1, 1);
        Expect(gate, Trade(3), Verdict.Pass, AdmissionMarks.OpensGap);
        PassInOrder(gate, 4, 62);
        Assert.False(gate.HasNotices);
        PassInOrder(gate, 66, 1);
        Assert.Equal((2UL, 2UL, 1UL), Assert.Single(Notices(gate).Select(n => (n.FirstSequence, n.LastSequence, n.Count))));
        PassInOrder(gate, 67, 200);
        Assert.Equal(1UL, gate.Counts.GapsOpened);
    }

    [Theory]
    [InlineData(63, 0)]
    [InlineData(64, 1)]
    [InlineData((1L << 31) - 1, 1)]
    public void E3_A_gap_as_long_as_the_window_is_lost_at_once(long length, int notices)
    {
        SequenceGate gate = Gate();
        PassInOrder(gate, 1, 1);
        Admission after = Expect(gate, Trade(2 + (ulong)length), Verdict.Pass, AdmissionMarks.OpensGap);
        Assert.Equal((2UL, (uint)length), (after.GapFirst, after.GapCount));
        List<GapNotice> told = Notices(gate);
        Assert.Equal(notices, told.Count);
        Assert.All(told, notice => Assert.Equal((2UL, 1 + (ulong)length, (ulong)length), (notice.FirstSequence, notice.LastSequence, notice.Count)));
        Expect(gate, Trade(1 + (ulong)length), notices == 1 ? Verdict.Late : Verdict.Pass, notices == 1 ? AdmissionMarks.None : AdmissionMarks.FillsGap);
        PassInOrder(gate, 3 + (ulong)length, 200);
    }

    [Fact]
    public void E3_One_open_gap_too_many_gives_up_the_oldest()
    {
        SequenceGate gate = Gate(Small with { GapPatience = 1000 });
        PassInOrder(gate, 0, 1);
        for (ulong sequence = 2; sequence <= 6; sequence += 2) Expect(gate, Trade(sequence), Verdict.Pass, AdmissionMarks.OpensGap);
        Assert.False(gate.HasNotices);
        Expect(gate, Trade(8), Verdict.Pass, AdmissionMarks.OpensGap);
        Assert.Equal((1UL, 1UL), Assert.Single(Notices(gate).Select(n => (n.FirstSequence, n.Count))));
        Expect(gate, Trade(1), Verdict.Late);
        Expect(gate, Trade(5), Verdict.Pass, AdmissionMarks.FillsGap | AdmissionMarks.ClosesGap);
        Expect(gate, Trade(10), Verdict.Pass, AdmissionMarks.OpensGap);
        Assert.False(gate.HasNotices);
        Assert.Equal(3UL, gate.Counts.GapsOpen);
    }

    [Fact]
    public void E3_Losses_that_nobody_has_taken_are_joined_per_channel_and_none_is_dropped()
    {
        SequenceGate gate = Gate(Small);
        for (ushort channel = 0; channel < 3; channel++)
        {
            for (ulong sequence = 0; sequence < 100; sequence += 2) gate.Admit(Trade(sequence, channel: channel));
        }
        gate.DeclareOpenGapsLost();
        Assert.True(gate.HasNotices);
        List<GapNotice> notices = Notices(gate);
        Assert.Equal([0, 1, 2], notices.Select(notice => (int)notice.Channel));
        Assert.All(notices, notice => Assert.Equal((1UL, 97UL, 49UL), (notice.FirstSequence, notice.LastSequence, notice.Count)));
        Assert.Equal(147UL, gate.Counts.MessagesLost);
        Assert.True(gate.Counts.Balances);
    }

    [Fact]
    public void E3_A_notice_concerns_the_channels_quotes_until_they_are_refreshed()
    {
        SequenceGate gate = Gate(Small);
        gate.Admit(Quote(1, 1));
        gate.Admit(Quote(2, 2));
        gate.Admit(Quote(1, 3, channel: 1));
        gate.Admit(Quote(3, 100));
        gate.Admit(Quote(5, 2));            // 4 is lost; 2 has been refreshed since
        gate.DeclareOpenGapsLost();
        GapNotice notice = Assert.Single(Notices(gate));
        Assert.True(gate.MayHaveMissed(in notice, 1));
        Assert.False(gate.MayHaveMissed(in notice, 2));
        Assert.False(gate.MayHaveMissed(in notice, 3));
        Assert.True(gate.MayHaveMissed(in notice, 100));
        Assert.False(gate.MayHaveMissed(in notice, 0));      // never showed anything
        Assert.False(gate.MayHaveMissed(in notice, 101));    // nor did this one, and there is room for it
        gate.Admit(Quote(6, 1));
        Assert.False(gate.MayHaveMissed(in notice, 1));
        gate.Admit(Quote(7, 101));
        Assert.True(gate.MayHaveMissed(in notice, 102));     // nobody knows: no room
    }

    [Fact]
    public void E4_A_reset_record_begins_an_epoch_and_empties_the_windows()
    {
        SequenceGate gate = Gate();
        Expect(gate, Quote(50, 1), Verdict.Pass);
        Expect(gate, Quote(53, 1), Verdict.Pass, AdmissionMarks.OpensGap);
        Expect(gate, Reset(40), Verdict.Pass, AdmissionMarks.StartsEpoch);
        Assert.Equal((51UL, 52UL, 2UL), Assert.Single(Notices(gate).Select(n => (n.FirstSequence, n.LastSequence, n.Count))));
        for (ulong sequence = 41; sequence < 60; sequence++) Expect(gate, Quote(sequence, 1), Verdict.Pass);     // none stale, none a duplicate
        Expect(gate, Quote(39, 1), Verdict.Late);           // before the reset there is nothing of this epoch
        Assert.Equal(1UL, gate.Counts.Resets);
    }

    [Fact]
    public void E4_A_reset_on_both_lines_is_one_reset()
    {
        SequenceGate gate = Gate();
        PassInOrder(gate, 1_000_000, 20);
        Expect(gate, Reset(0), Verdict.Pass, AdmissionMarks.StartsEpoch);
        Expect(gate, Reset(0), Verdict.Duplicate);                  // redelivered before anything followed
        PassInOrder(gate, 1, 30);
        for (ulong sequence = 15; sequence < 25; sequence++) Expect(gate, Trade(1_000_000 + sequence, B), Verdict.Late);     // B is behind
        Expect(gate, Trade(1_000_019, A), Verdict.Late);            // a straggler on A
        Expect(gate, Trade(1, B), Verdict.Duplicate);               // B has changed over, and its record comes out of order
        Expect(gate, Reset(0, B), Verdict.Duplicate);
        for (ulong sequence = 1; sequence <= 30; sequence++) Expect(gate, Trade(sequence, B), Verdict.Duplicate);
        PassInOrder(gate, 31, 100, B);
        Assert.Equal(1UL, gate.Counts.Resets);
        Expect(gate, Reset(0, B), Verdict.Pass, AdmissionMarks.StartsEpoch);        // the next day
        Assert.Equal(2UL, gate.Counts.Resets);
    }

    [Fact]
    public void E4_A_stream_that_opens_with_its_reset_record_has_it_from_both_lines_too()
    {
        SequenceGate gate = Gate();
        Expect(gate, Reset(0), Verdict.Pass);
        PassInOrder(gate, 1, 10);
        Expect(gate, Reset(0, B), Verdict.Duplicate);
        Expect(gate, Trade(10, B), Verdict.Duplicate);
        PassInOrder(gate, 11, 100, B);
        Assert.Equal(0UL, gate.Counts.Resets);
    }

    [Fact]
    public void E4_A_line_that_lost_the_reset_record_is_heard_again_within_a_window()
    {
        SequenceGate gate = Gate();
        PassInOrder(gate, 1, 100);
        Expect(gate, Reset(0), Verdict.Pass, AdmissionMarks.StartsEpoch);
        // A falls silent; the numbers of B look like those before the reset.
        int late = 0;
        ulong sequence = 90;
        while (gate.Admit(Trade(sequence++, B)).Verdict == Verdict.Late) late++;
        Assert.InRange(late, 1, 64);
        Assert.True(gate.Counts.Balances);
    }

    [Theory]
    [InlineData(-(1L << 31), Verdict.Late, AdmissionMarks.None)]
    [InlineData(-(1L << 31) - 1, Verdict.Pass, AdmissionMarks.StartsEpoch)]
    [InlineData(1L << 31, Verdict.Pass, AdmissionMarks.OpensGap)]
    [InlineData((1L << 31) + 1, Verdict.Pass, AdmissionMarks.StartsEpoch)]
    public void E4_More_than_half_of_32_bits_away_is_another_numbering(long fromLast, Verdict verdict, AdmissionMarks marks)
    {
        SequenceGate gate = Gate();
        ulong last = 1UL << 40;
        PassInOrder(gate, last - 9, 10);
        Expect(gate, Trade(last + (ulong)fromLast), verdict, marks);
        Assert.Equal(marks == AdmissionMarks.StartsEpoch ? 1UL : 0, gate.Counts.Resets);
    }

    [Fact]
    public void E4_After_a_failover_the_numbering_before_does_not_come_back_with_the_slower_line()
    {
        SequenceGate gate = Gate();
        ulong old = 1UL << 40;
        PassInOrder(gate, old, 20);
        Expect(gate, Trade(3), Verdict.Pass, AdmissionMarks.StartsEpoch);
        Expect(gate, Trade(2), Verdict.Pass, AdmissionMarks.PrecedesFirst);
        for (ulong i = 10; i < 22; i++) Expect(gate, Trade(old + i, B), Verdict.Late);
        PassInOrder(gate, 4, 10);
        Expect(gate, Trade(3, B), Verdict.Duplicate);
        PassInOrder(gate, 14, 10, B);
        Assert.Equal(1UL, gate.Counts.Resets);
    }

    [Fact]
    public void E4_A_32_bit_counter_that_begins_anew_is_told_from_one_that_wraps()
    {
        SequenceGate gate = Gate();
        Expect(gate, Trade(3_000_000_000, width: SequenceWidth.Bits32), Verdict.Pass);
        Admission anew = Expect(gate, Trade(1, width: SequenceWidth.Bits32), Verdict.Pass, AdmissionMarks.StartsEpoch);
        Assert.Equal(1UL, anew.Sequence);
        Expect(gate, Trade(2, width: SequenceWidth.Bits32), Verdict.Pass);
    }

    [Theory]
    [InlineData(0x1_0000_0000UL - 40, SequenceWidth.Bits64)]
    [InlineData(0x1_0000_0000UL - 40, SequenceWidth.Bits32)]
    [InlineData(0x8000_0000UL - 40, SequenceWidth.Bits32)]
    [InlineData(0x8000_0000_0000_0000UL - 40, SequenceWidth.Bits64)]
    [InlineData(ulong.MaxValue - 39, SequenceWidth.Bits64)]
    public void A8_Nothing_happens_where_a_counter_wraps(ulong start, SequenceWidth width)
    {
        ulong OnTheWire(ulong sequence) => width == SequenceWidth.Bits32 ? (uint)sequence : sequence;
        Admission Send(SequenceGate gate, ulong offset, byte line, uint contract) =>
            gate.Admit(Arrival.State(7, 0, line, OnTheWire(start + offset), contract, width));

        SequenceGate gate = Gate();
        for (ulong i = 0; i < 200; i++)
        {
            // Of each four A brings 0, 3, 1 and loses 2; B brings the four a little later.
            foreach (ulong offset in (ReadOnlySpan<ulong>)[0, 3, 1])
                Assert.Equal((Verdict.Pass, start + (4 * i) + offset), (Send(gate, (4 * i) + offset, A, (uint)offset).Verdict, Send(gate, (4 * i) + offset, B, (uint)offset).Sequence));
            Assert.Equal(Verdict.StaleState, Send(gate, (4 * i) + 2, B, 3).Verdict);
            for (ulong offset = 0; offset < 4; offset++) Assert.Equal(Verdict.Duplicate, Send(gate, (4 * i) + offset, B, (uint)offset).Verdict);
        }
        Assert.True(gate.Counts.Balances);
        Assert.Equal((600UL, 200UL, 200UL, 1400UL), (gate.Counts.Passed, gate.Counts.StaleStates, gate.Counts.GapsFilled, gate.Counts.Duplicates));
        Assert.Equal((0UL, 0UL, 0UL), (gate.Counts.Resets, gate.Counts.Late, gate.Counts.GapsLost));
    }

    [Theory]
    [InlineData(0x1_0000_0000UL - 40)]
    [InlineData(0x8000_0000_0000_0000UL - 40)]
    public void A8_A_loss_across_the_wrap_is_told_with_64_bit_numbers(ulong start)
    {
        SequenceGate gate = Gate();
        gate.Admit(Quote(start, 1));
        gate.Admit(Quote(start + 50, 2));
        gate.DeclareOpenGapsLost();
        GapNotice notice = Assert.Single(Notices(gate));
        Assert.Equal((start + 1, start + 49, 49UL), (notice.FirstSequence, notice.LastSequence, notice.Count));
        Assert.True(gate.MayHaveMissed(in notice, 1));
        Assert.False(gate.MayHaveMissed(in notice, 2));
    }

    [Fact]
    public void A8_Any_numbers_whatever_keep_the_accounts_and_throw_nothing()
    {
        Gen<ulong> wild = Gen.OneOf(Gen.ULong, Gen.ULong[0, 200], Gen.ULong[Far - 100, Far + 100], Gen.Int[-100, 100].Select(n => (ulong)n));
        Gen<(ulong, byte, byte, byte)> message = Gen.Select(wild, Gen.Byte[0, 3], Gen.Byte, Gen.Byte);
        message.Array[0, 400].Sample(messages =>
        {
            SequenceGate gate = Gate(Small);
            ulong lost = 0;
            foreach ((ulong sequence, byte kind, byte line, byte contract) in messages)
            {
                ushort channel = (ushort)(contract % 5);
                SequenceWidth width = channel == 0 ? SequenceWidth.Bits32 : SequenceWidth.Bits64;
                Admission admission = gate.Admit(kind switch
                {
                    0 => Arrival.Event(1, channel, line, sequence, width),
                    1 => Arrival.Reset(1, channel, (byte)(line & 1), sequence, width),
                    _ => Arrival.State(1, channel, line, sequence, contract, width),
                });
                if (admission.OpensGap) Assert.InRange(admission.GapCount, 1U, uint.MaxValue >> 1);
                if (line % 8 == 0 && gate.TryTakeNotice(out GapNotice notice)) lost += notice.Count;
            }
            gate.DeclareOpenGapsLost();
            foreach (GapNotice notice in Notices(gate)) lost += notice.Count;
            Assert.True(gate.Counts.Balances);
            Assert.Equal(((ulong)messages.Length, lost, 0UL), (gate.Counts.In, gate.Counts.MessagesLost, gate.Counts.MessagesMissing));
        }, iter: 5_000);
    }

    // A line: for each number of the original stream how often it comes (0 = lost) and how far each copy is held back.
    private static readonly Gen<(int Copies, int Delay)[]> AnyLine = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 12])
        .Select((copies, delay) => (copies == 0 ? 0 : copies == 9 ? 2 : 1, delay < 6 ? 0 : delay)).Array[300];

    private static List<(ulong Sequence, byte Line)> Interleave((int Copies, int Delay)[] a, (int Copies, int Delay)[] b, int lagOfB)
    {
        var sent = new List<(int At, ulong Sequence, byte Line)>();
        for (int i = 0; i < a.Length; i++)
        {
            for (int copy = 0; copy < a[i].Copies; copy++) sent.Add((i + ((copy + 1) * a[i].Delay), (ulong)i, A));
            for (int copy = 0; copy < b[i].Copies; copy++) sent.Add((i + lagOfB + ((copy + 1) * b[i].Delay), (ulong)i, B));
        }
        return [.. sent.OrderBy(m => m.At).Select(m => (m.Sequence, m.Line))];
    }

    [Fact]
    public void E1_E2_E3_Any_two_lines_give_each_number_once_and_what_is_missing_is_told() =>
        Gen.Select(AnyLine, AnyLine, Gen.Int[0, 30], Gen.OneOf(Gen.Const(0UL), Gen.Const(0x1_0000_0000UL - 150), Gen.Const(0x8000_0000_0000_0000UL - 150))).Sample((a, b, lag, start) =>
        {
            SequenceGate gate = Gate();
            var arrived = new HashSet<ulong>();
            var passed = new List<ulong>();
            foreach ((ulong sequence, byte line) in Interleave(a, b, lag))
            {
                bool isNew = arrived.Add(sequence);
                Admission admission = gate.Admit(Trade(start + sequence, line));
                Assert.Equal(isNew ? Verdict.Pass : Verdict.Duplicate, admission.Verdict);      // the window is longer than any delay here
                if (admission.Passes) passed.Add(admission.Sequence - start);
            }
            gate.DeclareOpenGapsLost();
            ulong lost = 0;
            foreach (GapNotice notice in Notices(gate)) lost += notice.Count;

            Assert.Equal(arrived.Order(), passed.Order());
            // From the first that was seen: what lies before it is nobody's gap.
            Assert.Equal(passed.Max() - passed[0] + 1, (ulong)passed.Count(n => n >= passed[0]) + lost);
            Assert.True(gate.Counts.Balances);
        }, iter: 2_000);

    [Fact]
    public void E1_E2_Two_lines_that_lose_different_messages_in_order_give_the_original_stream() =>
        Gen.Select(Gen.Int[0, 2].Array[300], Gen.Int[0, 30]).Sample((who, lag) =>
        {
            // 0 = only A brings it, 1 = only B, 2 = both; the lines keep their order.
            (int, int)[] a = [.. who.Select(w => (w == 1 ? 0 : 1, 0))], b = [.. who.Select(w => (w == 0 ? 0 : 1, 0))];
            SequenceGate gate = Gate();
            var passed = new List<ulong>();
            foreach ((ulong sequence, byte line) in Interleave(a, b, lag))
                if (gate.Admit(Trade(sequence, line)).Passes) passed.Add(sequence);

            Assert.Equal(Enumerable.Range(0, 300).Select(i => (ulong)i), passed.Order());
            if (lag == 0) Assert.Equal(passed.Order(), passed);
            Assert.Equal((0UL, 0UL), (gate.Counts.GapsLost, gate.Counts.GapsOpen));
            Assert.True(gate.Counts.Balances);
        }, iter: 2_000);

    [Fact]
    public void E2_When_nothing_is_lost_on_either_line_what_passes_is_the_original_stream() =>
        Gen.Select(Gen.Bool.Array[600], Gen.Int[1, 3]).Sample((isFromA, copies) =>
        {
            SequenceGate gate = Gate();
            var passed = new List<ulong>();
            ulong a = 0, b = 0;
            foreach (bool takeA in isFromA)
            {
                if (a > b + 60 || b > a + 60) continue;
                ulong sequence = takeA ? a++ : b++;
                for (int i = 0; i < copies; i++)
                {
                    Admission admission = gate.Admit(Trade(sequence, takeA ? A : B));
                    Assert.Equal(AdmissionMarks.None, admission.Marks);
                    if (admission.Passes) passed.Add(sequence);
                }
            }
            Assert.Equal(Enumerable.Range(0, (int)Math.Max(a, b)).Select(i => (ulong)i), passed);
        }, iter: 2_000);

    [Fact]
    public void E1_E2_E3_Every_verdict_is_that_of_the_naive_gate()
    {
        // Mostly near the front, sometimes a jump or a look far back; contract 0 to 2, or an event.
        Gen<int> step = Gen.Frequency((12, Gen.Const(0)), (6, Gen.Int[-12, 6]), (2, Gen.Int[-70, 70]), (1, Gen.Int[-200, 200]));
        Gen.Select(step, Gen.Int[0, 5]).Array[1, 600].Sample(steps =>
        {
            const ulong start = 1UL << 20;
            SequenceGate gate = Gate(Small);
            var naive = new NaiveGate(64, 5, 3);
            ulong next = start;
            HashSet<ulong> told = [];
            ulong lost = 0;
            foreach ((int distance, int contract) in steps)
            {
                ulong sequence = next + (ulong)distance;
                if (sequence >= next) next = sequence + 1;
                (Verdict verdict, AdmissionMarks marks) = naive.Admit(sequence, contract < 3 ? (uint)contract : null);
                Expect(gate, contract < 3 ? Quote(sequence, (uint)contract) : Trade(sequence), verdict, marks);
                foreach (GapNotice notice in Notices(gate))
                {
                    lost += notice.Count;
                    Assert.Contains(notice.FirstSequence, naive.Lost);
                    Assert.Contains(notice.LastSequence, naive.Lost);
                    for (ulong n = notice.FirstSequence; n <= notice.LastSequence; n++) told.Add(n);
                }
                Assert.Equal((ulong)naive.Lost.Count, lost);
                Assert.Equal((ulong)naive.Open, gate.Counts.GapsOpen);
            }
            Assert.Subset(told, naive.Lost);
        }, iter: 5_000);
    }

    [Fact]
    public void E2_An_unknown_kind_is_refused_with_its_reason()
    {
        Arrival arrival = Trade(1);
        System.Runtime.CompilerServices.Unsafe.AsRef(in arrival.Kind) = (ArrivalKind)9;
        SequenceGate gate = Gate();
        Assert.Equal(Refusal.UnknownKind, Expect(gate, in arrival, Verdict.Refused).Refusal);
        Expect(gate, Trade(0), Verdict.Pass);
        Assert.Equal(Refusal.UnknownKind, Expect(gate, in arrival, Verdict.Refused).Refusal);
        Expect(gate, Trade(1), Verdict.Pass);
    }

    [Fact]
    public void E3_After_the_constructor_nothing_is_allocated()
    {
        SequenceGate gate = Gate(Small);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 10_000; i++)
        {
            gate.Admit(Quote(i + (i / 50 * 3), (uint)(i % 9)));
            gate.Admit(Trade(i, B));
            if (i % 1000 == 0) gate.Admit(Reset(i << 33));
            if (i % 100 == 0) gate.TryTakeNotice(out _);
        }
        gate.DeclareOpenGapsLost();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(gate.Counts.Balances);
        Assert.NotEqual(0UL, gate.Counts.GapsLost);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_when_they_are_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { Window = 100 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { Window = 32 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { Channels = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { Channels = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { GapPatience = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { OpenGaps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { DenseInstruments = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceGateOptions { SparseInstruments = -1 });
        Assert.Throws<ArgumentException>(() => new SequenceGate(new SequenceGateOptions { Window = 1 << 24, Channels = 65_535 }));
    }
}
