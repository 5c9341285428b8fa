using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What the session's trades did: dealers' position of the other side, and the flow that hedges it. A trade is signed when it comes,
/// against the quote in force; its flow is taken at the next flush, with the delta at the mark in force.
/// </summary>
internal sealed class TradeTape
{
    private const long LargestPosition = 1L << 40;

    private readonly NodeTable _nodes;
    private readonly InstrumentDirectory _directory;
    private readonly Smile _smile;
    private readonly ExposureScaling _scaling;
    private readonly LaneWidth _lanes;
    private readonly PrintLog _prints;
    private readonly GreekScratch _greeks = new(Columns.Padding);
    private readonly double[] _logStrike = new double[Columns.Padding];
    private readonly double[] _deviation = new double[Columns.Padding];
    private long _pendingFrom = 1;
    private TradeFlowSection _session;

    public TradeTape(NodeTable nodes, InstrumentDirectory directory, Smile smile, ExposureScaling scaling, int prints, LaneWidth lanes)
    {
        _prints = new PrintLog(prints);
        _nodes = nodes;
        _directory = directory;
        _smile = smile;
        _scaling = scaling;
        _lanes = lanes;
        _deviation.AsSpan().Fill(1);
    }

    /// <summary>Flows and volumes of the session.</summary>
    public ref readonly TradeFlowSection Session => ref _session;

    /// <summary>Prints whose flow is not taken yet; a flush is due when there is no room for another.</summary>
    public bool IsFull => _prints.Last - _pendingFrom + 1 >= _prints.Capacity;

    /// <summary>Whether any flow waits for a flush.</summary>
    public bool HasPending => _pendingFrom <= _prints.Last;

    /// <summary>A new session: its trades have not happened yet.</summary>
    public void Begin()
    {
        _session = default;
        _pendingFrom = _prints.Last + 1;
        foreach (NodeSideColumns side in (ReadOnlySpan<NodeSideColumns>)[_nodes.Calls, _nodes.Puts])
        {
            Array.Clear(side.Tape);
            Array.Clear(side.LastTradePrice);
            Array.Clear(side.PriorTradePrice);
            Array.Clear(side.LastPrint);
        }
        Array.Clear(_nodes.TradeFlow);
    }

    /// <summary>Takes a print. True with <paramref name="movesPosition"/> when dealers' position changed.</summary>
    public Rejection? TryApply(in Tick tick, InstrumentSlot slot, out bool movesPosition)
    {
        movesPosition = false;
        int node = slot.Node;
        NodeSideColumns side = slot.Role == ContractRole.Call ? _nodes.Calls : _nodes.Puts;
        if (tick.Price < 0) return Rejection.BadPrice;
        if ((tick.Flags & TickFlags.Cancel) != 0) return TryCancel(in tick, side, node, out movesPosition);

        int sign = TradeSide.Of(
            tick.Price, side.Quote(node).Bid, side.Quote(node).Ask, tick.Flags, side.LastTradePrice[node], side.PriorTradePrice[node]);
        if (Math.Abs(side.Tape[node]) + tick.Quantity > LargestPosition) return Rejection.BadQuantity;
        bool isZeroDte = _nodes.Segments[_nodes.SegmentIndex[node]].IsZeroDte;
        bool isCall = slot.Role == ContractRole.Call;
        var print = new Print
        {
            InstrumentId = tick.InstrumentId,
            Price = tick.Price,
            Quantity = tick.Quantity,
            Side = (sbyte)sign,
            Bucket = (byte)(isZeroDte ? isCall ? TradeBucket.ZeroDteCalls : TradeBucket.ZeroDtePuts
                : isCall ? TradeBucket.OtherCalls : TradeBucket.OtherPuts),
            // Nothing is worth nothing: the tick test has no use for such a price.
            IsInOrder = tick.Price > 0 && (tick.Flags & (TickFlags.Late | TickFlags.Complex)) == 0,
            Previous = side.LastPrint[node],
        };
        side.LastPrint[node] = _prints.Add(in print);
        if (print.IsInOrder && side.LastTradePrice[node] != tick.Price)
            (side.LastTradePrice[node], side.PriorTradePrice[node]) = (tick.Price, side.LastTradePrice[node]);
        _session.Traded[print.Bucket] += tick.Quantity;
        if (sign == 0) _session.Unclassified[print.Bucket] += tick.Quantity;
        side.Tape[node] -= sign * (long)tick.Quantity;
        movesPosition = sign != 0 && tick.Quantity > 0;
        return null;
    }

    /// <summary>Adds the flow of every print since the last flush, at the mark in force.</summary>
    public void Flush(double spot)
    {
        for (; _pendingFrom <= _prints.Last; _pendingFrom++) TakeFlow(ref _prints[_pendingFrom], spot);
    }

    /// <summary>
    /// Gives up on prints whose flow is not taken yet, of one contract or of all: it leaves, or there is no room for more, before any mark
    /// has told a delta.
    /// </summary>
    public void GiveUp(uint? instrumentId)
    {
        for (long number = _pendingFrom; number <= _prints.Last; number++)
        {
            ref Print print = ref _prints[number];
            if (print.IsCancelled || print.Side == 0 || print.IsUnpriced || (instrumentId ?? print.InstrumentId) != print.InstrumentId) continue;
            print.IsUnpriced = true;
            _session.Unpriced[print.Bucket] += print.Quantity;
        }
        if (instrumentId is null) _pendingFrom = _prints.Last + 1;
    }

    private Rejection? TryCancel(in Tick tick, NodeSideColumns side, int node, out bool movesPosition)
    {
        movesPosition = false;
        long number = _prints.Find(side.LastPrint[node], tick.InstrumentId, tick.Price, tick.Quantity);
        if (number == 0) return Rejection.UnknownPrint;
        ref Print print = ref _prints[number];
        print.IsCancelled = true;
        _session.Traded[print.Bucket] -= print.Quantity;
        if (print.Side == 0) _session.Unclassified[print.Bucket] -= print.Quantity;
        if (print.IsUnpriced) _session.Unpriced[print.Bucket] -= print.Quantity;
        if (print.HasFlow)
        {
            _session.Flow[print.Bucket] -= print.Flow;
            _nodes.TradeFlow[node] -= print.Flow;
        }
        side.Tape[node] += print.Side * (long)print.Quantity;
        (side.LastTradePrice[node], side.PriorTradePrice[node]) = _prints.LastPrices(side.LastPrint[node]);
        movesPosition = print.Side != 0 && print.Quantity > 0;
        return null;
    }

    private void TakeFlow(ref Print print, double spot)
    {
        if (print.IsCancelled || print.Side == 0 || print.IsUnpriced) return;
        InstrumentSlot slot = _directory[print.InstrumentId];
        if (slot.Role is not (ContractRole.Call or ContractRole.Put)) return;
        ExpirySegment segment = _nodes.Segments[_nodes.SegmentIndex[slot.Node]];
        if (!segment.IsPriced)
        {
            print.IsUnpriced = true;
            _session.Unpriced[print.Bucket] += print.Quantity;
            return;
        }
        NodeSideColumns side = slot.Role == ContractRole.Call ? _nodes.Calls : _nodes.Puts;
        _smile.Bring(slot.Node);
        _logStrike[0] = _nodes.LogStrike[slot.Node];
        _deviation[0] = _nodes.Deviation[slot.Node];
        GreekKernel.Evaluate(
            _lanes, new ExpiryTerms(spot, segment.Forward, segment.Discount, segment.Years), _logStrike, _deviation,
            _greeks.Columns(Columns.Padding));
        double delta = slot.Role == ContractRole.Call ? _greeks.CallDelta[0] : _greeks.PutDelta[0];
        double contracts = print.Side * (double)print.Quantity * side.Multiplier[slot.Node];
        print.Flow = _scaling.Round(delta * (spot * MoneyGrid.UnitsPerUsd) * contracts);
        print.HasFlow = true;
        _session.Flow[print.Bucket] += print.Flow;
        _nodes.TradeFlow[slot.Node] += print.Flow;
    }
}
