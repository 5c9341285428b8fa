using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DealerFlow.Wire;

/// <summary>
/// Turns the payload of a tick block back into ticks, at once or 256 at a time. Whatever the bytes are, the answer is a status:
/// no exception, no allocation, no reference outside the tables of the block.
/// </summary>
public sealed class TapeBlockDecoder
{
    private const int Run = PackedColumn.RunLength;

    private readonly Instrument[] _instruments;
    private readonly DecodedMove[] _moves = new DecodedMove[TickBlockHead.MaxMoves + 1];
    private readonly ulong[] _venues = new ulong[256];
    private readonly PackedColumnReader[] _columns = new PackedColumnReader[ColumnSizes.Length];
    private readonly uint[] _values = new uint[ColumnSizes.Length * Run];      // one run of each column
    private readonly long[] _times = new long[Run];
    private TickBlockFlags _flags;
    private TickBlockCoding _coding;
    private long _timeUnit;
    private long _time;
    private int _instrumentCount, _moveCount, _venueCount;
    private int _next, _count;
    private int _nextEscape, _escapesDecoded, _escapeCount;

    /// <summary>A decoder of blocks of up to <paramref name="maxTicks"/> ticks; its tables are 16 bytes per tick.</summary>
    public TapeBlockDecoder(int maxTicks = TickBlockHead.MaxTicks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTicks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTicks, TickBlockHead.MaxTicks);
        _instruments = new Instrument[maxTicks];
    }

    /// <summary>Ticks of the block that have not been decoded yet.</summary>
    public int Remaining => _count - _next;

    /// <summary>Decodes a whole block of <c>ticks.Length</c> ticks.</summary>
    public TapeDecodeStatus Decode(ReadOnlySpan<byte> payload, Span<Tick> ticks)
    {
        TapeDecodeStatus status = Begin(payload, ticks.Length);
        while (status == TapeDecodeStatus.Ok && Remaining > 0) status = Next(payload, ticks[_next..], out _);
        return status;
    }

    /// <summary>Reads the head and the tables of a block of <paramref name="count"/> ticks.</summary>
    public TapeDecodeStatus Begin(ReadOnlySpan<byte> payload, int count)
    {
        _next = 0;
        _count = 0;
        if ((uint)(count - 1) >= (uint)_instruments.Length) return TapeDecodeStatus.DestinationTooSmall;
        if (payload.Length < sizeof(uint)) return TapeDecodeStatus.BadHead;
        _coding = MemoryMarshal.Read<TickBlockCoding>(payload);
        TapeDecodeStatus status = _coding switch
        {
            TickBlockCoding.Ticks when payload.Length == TickBlockHead.MaxPayloadBytes(count) => TapeDecodeStatus.Ok,
            TickBlockCoding.Columns when payload.Length >= TickBlockHead.SizeInBytes => BeginColumns(payload, count),
            _ => TapeDecodeStatus.BadHead,
        };
        if (status == TapeDecodeStatus.Ok) _count = count;
        return status;
    }

    /// <summary>
    /// Decodes the next run: 256 ticks, fewer at the end of the block. <paramref name="payload"/> is the span that
    /// <see cref="Begin"/> was given; <paramref name="ticks"/> has room for the run. After a failure nothing remains.
    /// </summary>
    public TapeDecodeStatus Next(ReadOnlySpan<byte> payload, Span<Tick> ticks, out int written)
    {
        written = 0;
        int run = Math.Min(Run, Remaining);
        if (ticks.Length < run) return TapeDecodeStatus.DestinationTooSmall;
        TapeDecodeStatus status = TapeDecodeStatus.Ok;
        if (_coding == TickBlockCoding.Ticks)
            MemoryMarshal.Cast<byte, Tick>(payload.Slice(sizeof(uint) + (_next * Tick.SizeInBytes), run * Tick.SizeInBytes)).CopyTo(ticks);
        else
            status = NextColumns(payload, ticks[..run]);
        if (status != TapeDecodeStatus.Ok)
        {
            _next = _count = 0;
            return status;
        }
        _next += run;
        written = run;
        return Remaining == 0 ? CheckEnd() : TapeDecodeStatus.Ok;
    }

    /// <summary>Forgets the rest of the block.</summary>
    public void Reset() => _next = _count = 0;

    private TapeDecodeStatus BeginColumns(ReadOnlySpan<byte> payload, int count)
    {
        TickBlockHead head = MemoryMarshal.Read<TickBlockHead>(payload);
        long tables = TickBlockHead.SizeInBytes + (head.MoveCount * TickMove.SizeInBytes) + head.VenueCount;
        bool countsFit = head.InstrumentCount - 1 < (uint)count && head.EscapeCount <= (uint)count
            && head.MoveCount <= TickBlockHead.MaxMoves && head.VenueCount is > 0 and <= 256
            && head.TimeUnitNanos > 0 && tables <= payload.Length;
        if (!countsFit) return TapeDecodeStatus.BadHead;

        long offset = tables;
        for (int column = 0; column < ColumnSizes.Length; column++)
        {
            uint length = head.ColumnBytes[column];
            if (length > payload.Length - offset) return TapeDecodeStatus.BadHead;
            if (!PackedColumnReader.TryOpen(payload, (int)offset, (int)length, out _columns[column])) return TapeDecodeStatus.BadColumn;
            offset += length;
        }
        if (offset != payload.Length) return TapeDecodeStatus.BadHead;

        _flags = head.Flags;
        _time = head.BaseTimeNanos;
        _timeUnit = (long)head.TimeUnitNanos;
        _instrumentCount = (int)head.InstrumentCount;
        _moveCount = head.MoveCount;
        _venueCount = head.VenueCount;
        _escapeCount = (int)head.EscapeCount;
        _nextEscape = _escapesDecoded = 0;
        ReadMoves(payload[TickBlockHead.SizeInBytes..]);
        ReadVenues(payload[(TickBlockHead.SizeInBytes + (_moveCount * TickMove.SizeInBytes))..]);
        return ReadInstruments(payload, head.Steps);
    }

    private void ReadMoves(ReadOnlySpan<byte> table)
    {
        for (int i = 0; i < _moveCount; i++)
        {
            TickMove move = MemoryMarshal.Read<TickMove>(table[(i * TickMove.SizeInBytes)..]);
            int anchors = TickBlockHead.MovesAnchor(move.Kind, move.Flags, _flags) ? -1 : 0;
            _moves[i + 1] = new DecodedMove
            {
                BidSteps = move.BidSteps,
                AskSteps = move.AskSteps,
                AnchorsBid = anchors,
                AnchorsAsk = anchors,
                KindAndFlags = ((ulong)move.Kind << 40) | ((ulong)move.Flags << 48),
            };
        }
    }

    private void ReadVenues(ReadOnlySpan<byte> table)
    {
        for (int i = 0; i < _venueCount; i++) _venues[i] = (ulong)table[i] << 32;
    }

    private TapeDecodeStatus ReadInstruments(ReadOnlySpan<byte> payload, ReadOnlySpan<uint> steps)
    {
        uint id = 0;
        int bid = 0;
        for (int first = 0; first < _instrumentCount; first += Run)
        {
            int run = Math.Min(Run, _instrumentCount - first);
            for (TapeColumn column = TapeColumn.InstrumentId; column <= TapeColumn.AnchorAsk; column++)
                if (!_columns[(int)column].TryNext(payload, Values(column, run))) return TapeDecodeStatus.BadColumn;
            ReadOnlySpan<uint> ids = Values(TapeColumn.InstrumentId, run), stepIndices = Values(TapeColumn.InstrumentStep, run);
            ReadOnlySpan<uint> bids = Values(TapeColumn.AnchorBid, run), spreads = Values(TapeColumn.AnchorAsk, run);
            for (int i = 0; i < run; i++)
            {
                if (stepIndices[i] >= (uint)steps.Length || (int)steps[(int)stepIndices[i]] <= 0) return TapeDecodeStatus.BadReference;
                int step = (int)steps[(int)stepIndices[i]];
                id += (uint)ZigZag.Decode(ids[i]);
                int bidInSteps = (step == 1 ? bid : bid / step) + ZigZag.Decode(bids[i]);
                bid = bidInSteps * step;
                int ask = (bidInSteps + ZigZag.Decode(spreads[i])) * step;
                _instruments[first + i] = new Instrument { Id = id, Step = step, AnchorBid = bid, AnchorAsk = ask };
            }
        }
        for (TapeColumn column = TapeColumn.InstrumentId; column <= TapeColumn.AnchorAsk; column++)
            if (!_columns[(int)column].IsExhausted) return TapeDecodeStatus.BadColumn;
        return TapeDecodeStatus.Ok;
    }

    private TapeDecodeStatus NextColumns(ReadOnlySpan<byte> payload, Span<Tick> ticks)
    {
        int run = ticks.Length;
        for (TapeColumn column = TapeColumn.TimeLow; column <= TapeColumn.ReceiveDelay; column++)
            if (!_columns[(int)column].TryNext(payload, Values(column, run))) return TapeDecodeStatus.BadColumn;
        bool known = NoneExceeds(Values(TapeColumn.Instrument, run), (uint)_instrumentCount - 1)
            && NoneExceeds(Values(TapeColumn.Move, run), (uint)_moveCount)
            && NoneExceeds(Values(TapeColumn.Venue, run), (uint)_venueCount - 1)
            && TryJoinSizes(Values(TapeColumn.BidSize, run), Values(TapeColumn.AskSize, run));
        if (!known) return TapeDecodeStatus.BadReference;
        ReadTimes(run);
        return AssembleTicks(payload, ticks);
    }

    private void ReadTimes(int run)
    {
        ReadOnlySpan<uint> low = Values(TapeColumn.TimeLow, run);
        ReadOnlySpan<uint> high = Values(TapeColumn.TimeHigh, run)[..low.Length];
        Span<long> times = _times.AsSpan(0, run)[..low.Length];
        long time = _time, unit = _timeUnit;
        if ((_flags & TickBlockFlags.TimesRunBack) != 0)
        {
            for (int i = 0; i < low.Length; i++)
            {
                time += ZigZag.Decode(low[i] | ((ulong)high[i] << 32)) * unit;
                times[i] = time;
            }
        }
        else if (_columns[(int)TapeColumn.TimeHigh].IsAllZero)
        {
            for (int i = 0; i < low.Length; i++)
            {
                time += low[i] * unit;
                times[i] = time;
            }
        }
        else
        {
            for (int i = 0; i < low.Length; i++)
            {
                time += (long)(low[i] | ((ulong)high[i] << 32)) * unit;
                times[i] = time;
            }
        }
        _time = time;
    }

    private TapeDecodeStatus AssembleTicks(ReadOnlySpan<byte> payload, Span<Tick> ticks)
    {
        for (int next = AssembleMoves(ticks, 0); next < ticks.Length; next = AssembleMoves(ticks, next + 1))
            if (!TryEscape(payload, next, ref ticks[next])) return TapeDecodeStatus.BadColumn;
        return TapeDecodeStatus.Ok;
    }

    // The hot loop: ticks from a place on, up to the next escape, whose place is the answer. It calls nothing, so that all it needs stays
    // in registers. Every number it indexes with was checked by NextColumns against the table it points into, and a run of ticks is no
    // longer than a run of values.
    private int AssembleMoves(Span<Tick> ticks, int first)
    {
        ref uint values = ref MemoryMarshal.GetArrayDataReference(_values);
        ref long times = ref MemoryMarshal.GetArrayDataReference(_times);
        ref Instrument instruments = ref MemoryMarshal.GetArrayDataReference(_instruments);
        ref DecodedMove moves = ref MemoryMarshal.GetArrayDataReference(_moves);
        ref ulong venues = ref MemoryMarshal.GetArrayDataReference(_venues);
        ref ulong to = ref Unsafe.As<Tick, ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(ticks), first));
        nuint i = (uint)first;
        for (; i < (uint)ticks.Length; i++)
        {
            ref uint row = ref Unsafe.Add(ref values, i);       // the first column's value of this tick
            nuint code = Unsafe.Add(ref row, (int)TapeColumn.Move * Run);
            if (code == 0) break;
            ref Instrument instrument = ref Unsafe.Add(ref instruments, (nuint)Unsafe.Add(ref row, (int)TapeColumn.Instrument * Run));
            ref DecodedMove move = ref Unsafe.Add(ref moves, code);
            to = (ulong)Unsafe.Add(ref times, i);
            Unsafe.Add(ref to, 1) = Unsafe.Add(ref row, (int)TapeColumn.ReceiveDelay * Run) | ((ulong)instrument.Id << 32);
            Unsafe.Add(ref to, 3) = move.KindAndFlags
                | Unsafe.Add(ref venues, (nuint)Unsafe.Add(ref row, (int)TapeColumn.Venue * Run))
                | Unsafe.Add(ref row, (int)TapeColumn.BidSize * Run);

            // Bid and ask at once. A move has no change in the lanes of Id and Step, so these stay what they are. All sixteen bytes are
            // written back: the next load of this instrument can then be answered by this store while it is still under way.
            Vector128<int> anchor = Vector128.LoadUnsafe(ref instrument.AnchorBid);
            Vector128<int> change = Vector128.LoadUnsafe(ref move.BidSteps) * Vector128.Shuffle(anchor, Vector128.Create(3));
            (anchor + (change & Vector128.LoadUnsafe(ref move.AnchorsBid))).StoreUnsafe(ref instrument.AnchorBid);
            Unsafe.Add(ref to, 2) = (anchor + change).AsUInt64().ToScalar();
            to = ref Unsafe.Add(ref to, 4);
        }
        return (int)i;
    }

    // A trade, an open interest, an unknown kind or a rare move: the next entry of the escape columns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryEscape(ReadOnlySpan<byte> payload, int place, ref Tick tick)
    {
        if (_nextEscape == _escapesDecoded && !TryNextEscapes(payload)) return false;
        int at = _nextEscape++ % Run;
        ReadOnlySpan<uint> row = _values.AsSpan(place);         // as in AssembleMoves, with this tick's value of each column
        ReadOnlySpan<uint> escape = _values.AsSpan(at);
        uint kindAndFlags = escape[(int)TapeColumn.EscapeKind * Run];
        if (kindAndFlags >> 24 != 0) return false;
        var kind = (TickKind)(byte)kindAndFlags;
        ref Instrument instrument = ref _instruments[row[(int)TapeColumn.Instrument * Run]];
        bool priced = kind is TickKind.Quote or TickKind.Spot;
        int bid = ZigZag.Decode(escape[(int)TapeColumn.EscapeBid * Run]) + (priced || kind == TickKind.Trade ? instrument.AnchorBid : 0);
        int ask = ZigZag.Decode(escape[(int)TapeColumn.EscapeAsk * Run]) + (priced ? instrument.AnchorAsk : 0);
        if (TickBlockHead.MovesAnchor(kind, (TickFlags)(kindAndFlags >> 8), _flags))
        {
            instrument.AnchorBid = bid;
            instrument.AnchorAsk = ask;
        }
        tick.EventTimeNanos = _times[place];
        tick.ReceiveDelayNanos = row[(int)TapeColumn.ReceiveDelay * Run];
        tick.InstrumentId = instrument.Id;
        tick.Bid = bid;
        tick.Ask = ask;
        tick.BidSize = (ushort)row[(int)TapeColumn.BidSize * Run];
        tick.AskSize = (ushort)(row[(int)TapeColumn.BidSize * Run] >> 16);      // joined
        tick.Venue = (byte)(_venues[row[(int)TapeColumn.Venue * Run]] >> 32);
        tick.Kind = kind;
        tick.Flags = (TickFlags)(kindAndFlags >> 8);
        return true;
    }

    private bool TryNextEscapes(ReadOnlySpan<byte> payload)
    {
        int run = Math.Min(Run, _escapeCount - _escapesDecoded);
        if (run == 0) return false;
        for (TapeColumn column = TapeColumn.EscapeKind; column <= TapeColumn.EscapeAsk; column++)
            if (!_columns[(int)column].TryNext(payload, Values(column, run))) return false;
        _escapesDecoded += run;
        return true;
    }

    private TapeDecodeStatus CheckEnd()
    {
        if (_coding == TickBlockCoding.Ticks) return TapeDecodeStatus.Ok;
        if (_nextEscape != _escapeCount) return TapeDecodeStatus.BadReference;
        for (TapeColumn column = TapeColumn.TimeLow; column <= TapeColumn.EscapeAsk; column++)
            if (!_columns[(int)column].IsExhausted) return TapeDecodeStatus.BadColumn;
        return TapeDecodeStatus.Ok;
    }

    private Span<uint> Values(TapeColumn column, int run) => _values.AsSpan((int)column * Run, run);

    private static bool NoneExceeds(ReadOnlySpan<uint> values, uint limit)
    {
        ref uint first = ref MemoryMarshal.GetReference(values);
        Vector256<uint> most = default;
        int i = 0;
        for (; i <= values.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
            most = Vector256.Max(most, Vector256.LoadUnsafe(ref first, (nuint)i));
        bool exceeds = Vector256.GreaterThanAny(most, Vector256.Create(limit));
        for (; i < values.Length; i++) exceeds |= values[i] > limit;
        return !exceeds;
    }

    // Both sizes as a tick has them, in the place of the bid's; false when one is too large for that.
    private static bool TryJoinSizes(Span<uint> bids, ReadOnlySpan<uint> asks)
    {
        ref uint bid = ref MemoryMarshal.GetReference(bids), ask = ref MemoryMarshal.GetReference(asks);
        Vector256<uint> all = default;
        uint some = 0;
        int i = 0;
        for (; i <= Math.Min(bids.Length, asks.Length) - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            Vector256<uint> b = Vector256.LoadUnsafe(ref bid, (nuint)i), a = Vector256.LoadUnsafe(ref ask, (nuint)i);
            all |= a | b;
            (b | (a << 16)).StoreUnsafe(ref bid, (nuint)i);
        }
        for (; i < bids.Length; i++)
        {
            some |= bids[i] | asks[i];
            bids[i] |= asks[i] << 16;
        }
        return some <= ushort.MaxValue && Vector256.LessThanOrEqualAll(all, Vector256.Create((uint)ushort.MaxValue));
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]        // one vector
    private struct Instrument
    {
        public int AnchorBid;
        public int AnchorAsk;
        public uint Id;
        public int Step;
    }

    [StructLayout(LayoutKind.Explicit, Size = 32)]          // two vectors, lane for lane with an instrument's
    private struct DecodedMove
    {
        [FieldOffset(0)] public int BidSteps;
        [FieldOffset(4)] public int AskSteps;               // then two lanes of 0
        [FieldOffset(16)] public int AnchorsBid;            // all ones when the move becomes the anchor
        [FieldOffset(20)] public int AnchorsAsk;
        [FieldOffset(24)] public ulong KindAndFlags;        // where bytes 29 … 31 of a tick have them
    }
}
