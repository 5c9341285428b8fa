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
    private ulong _escapedPrices, _escapedKindAndFlags;     // bytes 16 … 23 and 29 … 31 of the escape that was decoded last

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
                AnchorMask = anchors,
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
        bool known = Largest(Values(TapeColumn.Instrument, run)) < (uint)_instrumentCount
            && Largest(Values(TapeColumn.Move, run)) <= (uint)_moveCount
            && Largest(Values(TapeColumn.Venue, run)) < (uint)_venueCount
            && Largest(Values(TapeColumn.BidSize, run)) <= ushort.MaxValue
            && Largest(Values(TapeColumn.AskSize, run)) <= ushort.MaxValue;
        if (!known) return TapeDecodeStatus.BadReference;
        ReadTimes(run);
        return AssembleTicks(payload, ticks);
    }

    private void ReadTimes(int run)
    {
        ReadOnlySpan<uint> low = Values(TapeColumn.TimeLow, run), high = Values(TapeColumn.TimeHigh, run);
        Span<long> times = _times.AsSpan(0, run);
        long time = _time, unit = _timeUnit;
        if ((_flags & TickBlockFlags.TimesRunBack) == 0)
        {
            for (int i = 0; i < times.Length; i++)
            {
                time += (long)(low[i] | ((ulong)high[i] << 32)) * unit;
                times[i] = time;
            }
        }
        else
        {
            for (int i = 0; i < times.Length; i++)
            {
                time += ZigZag.Decode(low[i] | ((ulong)high[i] << 32)) * unit;
                times[i] = time;
            }
        }
        _time = time;
    }

    // The hot loop. Every number it indexes with was checked by NextColumns against the table it points into.
    private TapeDecodeStatus AssembleTicks(ReadOnlySpan<byte> payload, Span<Tick> ticks)
    {
        ref uint row = ref MemoryMarshal.GetArrayDataReference(_values);       // the first column's value of this tick
        ref long time = ref MemoryMarshal.GetArrayDataReference(_times);
        ref Instrument instruments = ref MemoryMarshal.GetArrayDataReference(_instruments);
        ref DecodedMove moves = ref MemoryMarshal.GetArrayDataReference(_moves);
        ref ulong venues = ref MemoryMarshal.GetArrayDataReference(_venues);
        ref ulong to = ref Unsafe.As<Tick, ulong>(ref MemoryMarshal.GetReference(ticks));
        for (int left = ticks.Length; left > 0; left--)
        {
            nuint code = Unsafe.Add(ref row, (int)TapeColumn.Move * Run);
            ref Instrument instrument = ref Unsafe.Add(ref instruments, (nuint)Unsafe.Add(ref row, (int)TapeColumn.Instrument * Run));
            ulong prices, kindAndFlags;
            if (code == 0)
            {
                if (!TryEscape(payload, ref instrument)) return TapeDecodeStatus.BadColumn;
                prices = _escapedPrices;
                kindAndFlags = _escapedKindAndFlags;
            }
            else
            {
                ref readonly DecodedMove move = ref Unsafe.Add(ref moves, code);
                int bidChange = move.BidSteps * instrument.Step, askChange = move.AskSteps * instrument.Step;
                int bid = instrument.AnchorBid, ask = instrument.AnchorAsk;
                instrument.AnchorBid = bid + (bidChange & move.AnchorMask);
                instrument.AnchorAsk = ask + (askChange & move.AnchorMask);
                prices = (uint)(bid + bidChange) | ((ulong)(uint)(ask + askChange) << 32);
                kindAndFlags = move.KindAndFlags;
            }
            to = (ulong)time;
            Unsafe.Add(ref to, 1) = Unsafe.Add(ref row, (int)TapeColumn.ReceiveDelay * Run) | ((ulong)instrument.Id << 32);
            Unsafe.Add(ref to, 2) = prices;
            Unsafe.Add(ref to, 3) = kindAndFlags
                | Unsafe.Add(ref venues, (nuint)Unsafe.Add(ref row, (int)TapeColumn.Venue * Run))
                | (Unsafe.Add(ref row, (int)TapeColumn.AskSize * Run) << 16)
                | Unsafe.Add(ref row, (int)TapeColumn.BidSize * Run);
            row = ref Unsafe.Add(ref row, 1);
            time = ref Unsafe.Add(ref time, 1);
            to = ref Unsafe.Add(ref to, 4);
        }
        return TapeDecodeStatus.Ok;
    }

    // A trade, an open interest, an unknown kind or a rare move: the next entry of the escape columns. The answer is left in fields,
    // so that nothing of the hot loop has to live in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryEscape(ReadOnlySpan<byte> payload, ref Instrument instrument)
    {
        if (_nextEscape == _escapesDecoded && !TryNextEscapes(payload)) return false;
        int at = _nextEscape++ % Run;
        uint kindAndFlags = Values(TapeColumn.EscapeKind, Run)[at];
        if (kindAndFlags >> 24 != 0) return false;
        var kind = (TickKind)(byte)kindAndFlags;
        bool priced = kind is TickKind.Quote or TickKind.Spot;
        int bid = ZigZag.Decode(Values(TapeColumn.EscapeBid, Run)[at]) + (priced || kind == TickKind.Trade ? instrument.AnchorBid : 0);
        int ask = ZigZag.Decode(Values(TapeColumn.EscapeAsk, Run)[at]) + (priced ? instrument.AnchorAsk : 0);
        if (TickBlockHead.MovesAnchor(kind, (TickFlags)(kindAndFlags >> 8), _flags))
        {
            instrument.AnchorBid = bid;
            instrument.AnchorAsk = ask;
        }
        _escapedPrices = (uint)bid | ((ulong)(uint)ask << 32);
        _escapedKindAndFlags = ((ulong)kind << 40) | ((ulong)(kindAndFlags >> 8) << 48);
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

    private static uint Largest(ReadOnlySpan<uint> values)
    {
        Vector256<uint> most = default;
        int i = 0;
        for (; i <= values.Length - Vector256<uint>.Count; i += Vector256<uint>.Count)
            most = Vector256.Max(most, Vector256.Create(values[i..]));
        uint largest = 0;
        for (int lane = 0; lane < Vector256<uint>.Count; lane++) largest = Math.Max(largest, most[lane]);
        for (; i < values.Length; i++) largest = Math.Max(largest, values[i]);
        return largest;
    }

    private struct Instrument
    {
        public uint Id;
        public int Step;
        public int AnchorBid;
        public int AnchorAsk;
    }

    [StructLayout(LayoutKind.Sequential, Size = 32)]        // a power of two, so that indexing is a shift
    private struct DecodedMove
    {
        public int BidSteps;
        public int AskSteps;
        public int AnchorMask;          // all ones when the move becomes the anchor
        public ulong KindAndFlags;      // where bytes 29 … 31 of a tick have them
    }
}
