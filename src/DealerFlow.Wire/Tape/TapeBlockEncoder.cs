using System.Numerics;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// Turns ticks into the payload of a tick block (<see cref="TickBlockHead"/>). Any tick goes through bit for bit, whatever its kind,
/// time or id; where columns would be longer than the ticks themselves the ticks are stored as they are. Same ticks, same bytes.
/// Allocates in the constructor only.
/// </summary>
public sealed class TapeBlockEncoder
{
    private const ushort NoMove = ushort.MaxValue;
    private const int MinMoveUses = 4;              // below that a table entry costs more than the escapes that it saves

    private readonly InstrumentTally _instruments;
    private readonly MoveTally _moves = new();
    private readonly int[] _slotOfTick;
    private readonly ushort[] _moveOfTick;
    private readonly int[] _bidFromAnchor;          // what the tick says if it escapes
    private readonly int[] _askFromAnchor;
    private readonly int[] _escapes;
    private readonly uint[] _column;
    private readonly uint[] _secondColumn;
    private readonly int[] _venueUses = new int[256];
    private readonly uint[] _venueKeys = new uint[256];
    private readonly byte[] _codeOfVenue = new byte[256];

    /// <summary>An encoder of blocks of up to <paramref name="maxTicks"/> ticks.</summary>
    public TapeBlockEncoder(int maxTicks = TickBlockHead.MaxTicks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTicks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTicks, TickBlockHead.MaxTicks);
        MaxTicks = maxTicks;
        _instruments = new InstrumentTally(maxTicks);
        _slotOfTick = new int[maxTicks];
        _moveOfTick = new ushort[maxTicks];
        _bidFromAnchor = new int[maxTicks];
        _askFromAnchor = new int[maxTicks];
        _escapes = new int[maxTicks + 1];
        _column = new uint[maxTicks];
        _secondColumn = new uint[maxTicks];
    }

    /// <summary>Ticks of a block at most.</summary>
    public int MaxTicks { get; }

    /// <summary>
    /// Encodes one block. <paramref name="destination"/> holds <see cref="TickBlockHead.MaxPayloadBytes"/> bytes or more.
    /// Returns the bytes written.
    /// </summary>
    public int Encode(ReadOnlySpan<Tick> ticks, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ticks.Length, 1, nameof(ticks));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ticks.Length, MaxTicks, nameof(ticks));
        int rawBytes = TickBlockHead.MaxPayloadBytes(ticks.Length);
        if (destination.Length < rawBytes)
            throw new ArgumentException($"{ticks.Length} ticks may need {rawBytes} bytes; {destination.Length} were given.", nameof(destination));

        // A payload of columns has to be shorter than the ticks themselves.
        int written = EncodeColumns(ticks, destination[..(rawBytes - 1)]);
        if (written >= 0) return written;
        TickBlockCoding coding = TickBlockCoding.Ticks;
        MemoryMarshal.Write(destination, in coding);
        MemoryMarshal.AsBytes(ticks).CopyTo(destination[sizeof(uint)..]);
        return rawBytes;
    }

    private int EncodeColumns(ReadOnlySpan<Tick> ticks, Span<byte> destination)
    {
        if (destination.Length < TickBlockHead.SizeInBytes) return -1;
        var head = new TickBlockHead { Coding = TickBlockCoding.Columns };
        TallyInstruments(ticks, ref head);
        TallyMoves(ticks, ref head);
        var columns = new ColumnWriter(destination, TickBlockHead.SizeInBytes);
        head.MoveCount = (ushort)WriteMoveTable(ref columns);
        head.VenueCount = (ushort)WriteVenueTable(ref columns);
        WriteInstruments(ref columns, ref head);
        WriteTimes(ticks, ref columns, ref head);
        int escapes = WriteTicks(ticks, ref columns, ref head);
        WriteEscapes(ticks, escapes, ref columns, ref head);
        if (columns.Overflowed) return -1;
        MemoryMarshal.Write(destination, in head);
        return columns.Length;
    }

    // First look: which instruments and venues, how often, which price step, and whether the block knows a national best at all.
    private void TallyInstruments(ReadOnlySpan<Tick> ticks, ref TickBlockHead head)
    {
        _instruments.Clear();
        _venueUses.AsSpan().Clear();
        bool nationalBest = false;
        for (int i = 0; i < ticks.Length; i++)
        {
            ref readonly Tick tick = ref ticks[i];
            int slot = _instruments.Count(tick.InstrumentId);
            _slotOfTick[i] = slot;
            _venueUses[tick.Venue]++;
            if (!IsPriced(tick.Kind)) continue;
            _instruments.AddPrices(slot, tick.Bid, tick.Ask);
            nationalBest |= tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0;
        }
        if (!nationalBest) head.Flags |= TickBlockFlags.EveryQuoteMovesAnchor;
        _instruments.ChooseSteps(head.Steps);
        _instruments.Rank();
        head.InstrumentCount = (uint)_instruments.Length;
    }

    // Second look: how far each quote lies from its instrument's anchor, in that instrument's steps.
    private void TallyMoves(ReadOnlySpan<Tick> ticks, ref TickBlockHead head)
    {
        _moves.Clear();
        for (int i = 0; i < ticks.Length; i++)
        {
            ref readonly Tick tick = ref ticks[i];
            ref InstrumentTally.Entry instrument = ref _instruments[_slotOfTick[i]];
            if (!IsPriced(tick.Kind))
            {
                _moveOfTick[i] = NoMove;
                _bidFromAnchor[i] = tick.Bid - (tick.Kind == TickKind.Trade ? instrument.AnchorBid * instrument.Step : 0);
                _askFromAnchor[i] = tick.Ask;
                continue;
            }
            int bid = instrument.InSteps(tick.Bid), ask = instrument.InSteps(tick.Ask);
            int bidSteps = bid - instrument.AnchorBid, askSteps = ask - instrument.AnchorAsk;
            _moveOfTick[i] = (ushort)_moves.Count(tick.Kind, tick.Flags, bidSteps, askSteps);
            // The step divides every quoted price of the instrument, so nothing is lost on the way.
            _bidFromAnchor[i] = bidSteps * instrument.Step;
            _askFromAnchor[i] = askSteps * instrument.Step;
            if (!TickBlockHead.MovesAnchor(tick.Kind, tick.Flags, head.Flags)) continue;
            instrument.AnchorBid = bid;
            instrument.AnchorAsk = ask;
        }
        _moves.Rank(MinMoveUses, TickBlockHead.MaxMoves);
    }

    private int WriteMoveTable(ref ColumnWriter columns)
    {
        columns.Append(MemoryMarshal.AsBytes(_moves.Ranked));
        return _moves.Ranked.Length;
    }

    // Venues by falling use, so that the busiest have the shortest codes.
    private int WriteVenueTable(ref ColumnWriter columns)
    {
        int venues = 0;
        for (int venue = 0; venue < 256; venue++)
            if (_venueUses[venue] > 0) _venueKeys[venues++] = ((uint)(TickBlockHead.MaxTicks - _venueUses[venue]) << 8) | (uint)venue;
        Span<uint> ranked = _venueKeys.AsSpan(0, venues);
        ranked.Sort();
        Span<byte> table = stackalloc byte[256];
        for (int code = 0; code < venues; code++)
        {
            table[code] = (byte)ranked[code];
            _codeOfVenue[(byte)ranked[code]] = (byte)code;
        }
        columns.Append(table[..venues]);
        return venues;
    }

    private void WriteInstruments(ref ColumnWriter columns, ref TickBlockHead head)
    {
        ReadOnlySpan<int> ranked = _instruments.SlotsByRank;
        Span<uint> ids = _column.AsSpan(0, ranked.Length), steps = _secondColumn.AsSpan(0, ranked.Length);
        uint previousId = 0;
        for (int rank = 0; rank < ranked.Length; rank++)
        {
            ref readonly InstrumentTally.Entry instrument = ref _instruments[ranked[rank]];
            ids[rank] = ZigZag.Encode((int)(instrument.Id - previousId));
            steps[rank] = (uint)instrument.StepIndex;
            previousId = instrument.Id;
        }
        columns.Append(TapeColumn.InstrumentId, ids, ref head);
        columns.Append(TapeColumn.InstrumentStep, steps, ref head);

        Span<uint> bids = ids, spreads = steps;
        int previousBid = 0;
        for (int rank = 0; rank < ranked.Length; rank++)
        {
            ref readonly InstrumentTally.Entry instrument = ref _instruments[ranked[rank]];
            int bid = instrument.FirstBid / instrument.Step;
            bids[rank] = ZigZag.Encode(bid - (previousBid / instrument.Step));
            spreads[rank] = ZigZag.Encode((instrument.FirstAsk / instrument.Step) - bid);
            previousBid = instrument.FirstBid;
        }
        columns.Append(TapeColumn.AnchorBid, bids, ref head);
        columns.Append(TapeColumn.AnchorAsk, spreads, ref head);
    }

    private void WriteTimes(ReadOnlySpan<Tick> ticks, ref ColumnWriter columns, ref TickBlockHead head)
    {
        head.BaseTimeNanos = ticks[0].EventTimeNanos;
        ulong unit = 0;
        long previous = head.BaseTimeNanos;
        foreach (ref readonly Tick tick in ticks)
        {
            long delta = tick.EventTimeNanos - previous;
            previous = tick.EventTimeNanos;
            if (delta < 0) head.Flags |= TickBlockFlags.TimesRunBack;
            ulong magnitude = Magnitude(delta);
            if (unit != 1 && (unit == 0 || magnitude % unit != 0)) unit = GreatestCommonDivisor(unit, magnitude);
        }
        head.TimeUnitNanos = Math.Max(unit, 1);

        bool runsBack = (head.Flags & TickBlockFlags.TimesRunBack) != 0;
        Span<uint> low = _column.AsSpan(0, ticks.Length), high = _secondColumn.AsSpan(0, ticks.Length);
        previous = head.BaseTimeNanos;
        for (int i = 0; i < ticks.Length; i++)
        {
            long delta = ticks[i].EventTimeNanos - previous;
            previous = ticks[i].EventTimeNanos;
            ulong units = unit <= 1 ? Magnitude(delta) : Magnitude(delta) / unit;
            ulong code = runsBack ? ZigZag.Encode(delta < 0 ? -(long)units : (long)units) : units;
            low[i] = (uint)code;
            high[i] = (uint)(code >> 32);
        }
        columns.Append(TapeColumn.TimeLow, low, ref head);
        columns.Append(TapeColumn.TimeHigh, high, ref head);
    }

    // How many ticks escape; _escapes has their places.
    private int WriteTicks(ReadOnlySpan<Tick> ticks, ref ColumnWriter columns, ref TickBlockHead head)
    {
        Span<uint> column = _column.AsSpan(0, ticks.Length);
        for (int i = 0; i < column.Length; i++) column[i] = (uint)_instruments[_slotOfTick[i]].Rank;
        columns.Append(TapeColumn.Instrument, column, ref head);
        int escapes = 0;
        for (int i = 0; i < column.Length; i++)
        {
            uint code = _moveOfTick[i] == NoMove ? 0u : _moves.CodeOf(_moveOfTick[i]);
            column[i] = code;
            _escapes[escapes] = i;
            escapes += code == 0 ? 1 : 0;
        }
        columns.Append(TapeColumn.Move, column, ref head);
        for (int i = 0; i < column.Length; i++) column[i] = _codeOfVenue[ticks[i].Venue];
        columns.Append(TapeColumn.Venue, column, ref head);
        for (int i = 0; i < column.Length; i++) column[i] = ticks[i].BidSize;
        columns.Append(TapeColumn.BidSize, column, ref head);
        for (int i = 0; i < column.Length; i++) column[i] = ticks[i].AskSize;
        columns.Append(TapeColumn.AskSize, column, ref head);
        for (int i = 0; i < column.Length; i++) column[i] = ticks[i].ReceiveDelayNanos;
        columns.Append(TapeColumn.ReceiveDelay, column, ref head);
        return escapes;
    }

    // Trades, open interest, unknown kinds and rare moves.
    private void WriteEscapes(ReadOnlySpan<Tick> ticks, int count, ref ColumnWriter columns, ref TickBlockHead head)
    {
        ReadOnlySpan<int> escapes = _escapes.AsSpan(0, count);
        Span<uint> column = _column.AsSpan(0, count);
        head.EscapeCount = (uint)count;
        for (int i = 0; i < column.Length; i++) column[i] = (uint)ticks[escapes[i]].Kind | ((uint)ticks[escapes[i]].Flags << 8);
        columns.Append(TapeColumn.EscapeKind, column, ref head);
        for (int i = 0; i < column.Length; i++) column[i] = ZigZag.Encode(_bidFromAnchor[escapes[i]]);
        columns.Append(TapeColumn.EscapeBid, column, ref head);
        for (int i = 0; i < column.Length; i++) column[i] = ZigZag.Encode(_askFromAnchor[escapes[i]]);
        columns.Append(TapeColumn.EscapeAsk, column, ref head);
    }

    private static bool IsPriced(TickKind kind) => kind is TickKind.Quote or TickKind.Spot;

    private static ulong Magnitude(long value) => value < 0 ? 0 - (ulong)value : (ulong)value;

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    // Appends columns to the payload until one does not fit.
    private ref struct ColumnWriter(Span<byte> destination, int length)
    {
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; } = length;

        public bool Overflowed { get; private set; }

        public void Append(scoped ReadOnlySpan<byte> table)
        {
            Overflowed |= !table.TryCopyTo(_destination[Length..]);
            if (!Overflowed) Length += table.Length;
        }

        public void Append(TapeColumn column, scoped ReadOnlySpan<uint> values, ref TickBlockHead head)
        {
            if (Overflowed) return;
            int written = PackedColumn.Encode(values, _destination[Length..]);
            Overflowed = written < 0;
            if (Overflowed) return;
            head.ColumnBytes[(int)column] = (uint)written;
            Length += written;
        }
    }
}
