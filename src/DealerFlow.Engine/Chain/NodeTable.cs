using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Where the w of a node comes from.</summary>
internal enum DeviationSource : byte
{
    /// <summary>Nowhere: the expiry has no good node.</summary>
    None,

    /// <summary>Its own quote.</summary>
    Quoted,

    /// <summary>Its last good quote, at most five seconds of event time ago.</summary>
    Held,

    /// <summary>Its neighbours.</summary>
    Interpolated,
}

/// <summary>
/// Every node (root, expiry, strike) of one underlying, as columns: segments of one expiry each, within them ascending by strike,
/// padded to eight so that kernels need no remainder loop. Room for strikes and expiries that are listed later is kept from the start.
/// </summary>
internal sealed class NodeTable
{
    public const double NanosPerYear = UnixNanos.PerYear;

    private readonly List<INodeColumn> _columns = [];
    private readonly RoomForLater _room;
    private readonly List<long> _strikeMills;
    private int _used;

    /// <summary>Expiries: those of the start ascend by settlement, later ones follow.</summary>
    public ExpirySegment[] Segments { get; private set; }

    /// <summary>The same, ascending by settlement, then root.</summary>
    public ExpirySegment[] BySettlement { get; private set; }

    public readonly int SegmentCapacity;
    public readonly int StrikeCapacity;

    /// <summary>Nodes that an expiry has room for at most.</summary>
    public readonly int LongestSegment;

    public readonly int Length;

    // Identity.
    public readonly double[] Strike;
    public readonly double[] LogStrike;
    public readonly int[] StrikeIndex;
    public readonly ushort[] SegmentIndex;

    // Stored quotes of both sides, integers in the contract's price scale, and when the quote of the side that is read last changed.
    public readonly NodeSideColumns Calls;
    public readonly NodeSideColumns Puts;
    public readonly NodeQuotes[] Quotes;

    /// <summary>By expiry: quotes have changed since the forward was fitted.</summary>
    public readonly bool[] HasQuotesSinceFit;

    // Of segments whose quotes are made European: whether and why not, and the worth of early exercise. Empty until asked for.
    public QuoteStatus[] EquivalentStatus = [];
    public ExerciseZone[] Zone = [];

    // Total deviation of bid, middle and ask: what is stored with its T, and the middle's value at the mark in force.
    public readonly QuoteSides[] Sides;
    public readonly double[] ReferenceBidDeviation;
    public readonly double[] ReferenceDeviation;
    public readonly double[] ReferenceAskDeviation;
    public readonly double[] ReferenceYears;
    public readonly double[] Deviation;
    public readonly DeviationSource[] Source;
    public readonly QuoteStatus[] Status;
    public readonly long[] HoldEndNanos;

    // Interpolation: w = w[left] + fraction * (w[right] - w[left]).
    public readonly int[] LeftAnchor;
    public readonly int[] RightAnchor;
    public readonly double[] AnchorFraction;

    /// <summary>Signed contracts times multiplier, under every position model.</summary>
    public readonly PositionWeights Weights;

    /// <summary>Hedging flow of the session's trades, 1/1024 USD.</summary>
    public readonly long[] TradeFlow;

    /// <summary>Distinct strikes, ascending.</summary>
    public double[] Strikes { get; private set; }

    /// <summary>Another number with every change of which nodes there are, and where.</summary>
    public int Structure { get; private set; }

    public NodeTable(NodeKey[] keysInOrder) : this(keysInOrder, RoomForLater.None) { }

    public NodeTable(NodeKey[] keysInOrder, RoomForLater room)
        : this(Segment(keysInOrder, room), [.. keysInOrder.Select(key => key.StrikeMills).Distinct().Order()], room)
    {
        int next = 0;
        foreach (ExpirySegment segment in Segments)
        {
            for (int i = segment.Start; i < segment.End; i++, next++) Enter(i, keysInOrder[next].StrikeMills);
            EnterSegment(segment);
        }
    }

    private NodeTable(ExpirySegment[] segments, List<long> strikeMills, RoomForLater room)
    {
        _room = room;
        Segments = segments;
        BySettlement = [.. Segments];
        _used = Segments.Length == 0 ? 0 : Segments[^1].Start + Segments[^1].Capacity;
        SegmentCapacity = Segments.Length + room.Expiries;
        if (SegmentCapacity > ushort.MaxValue) throw new ArgumentException($"{SegmentCapacity} expiries of one underlying; the engine holds 65,535.");
        HasQuotesSinceFit = new bool[SegmentCapacity];
        Length = _used + (room.Expiries * Columns.PaddedLength(room.StrikesPerNewExpiry));
        LongestSegment = Math.Max(
            Segments.Length == 0 ? 8 : Segments.Max(segment => segment.Capacity), room.Expiries == 0 ? 8 : Columns.PaddedLength(room.StrikesPerNewExpiry));
        Strike = AddColumn(0.0);
        LogStrike = AddColumn(0.0);
        StrikeIndex = AddColumn(0);
        SegmentIndex = AddColumn((ushort)0);
        Quotes = AddColumn(default(NodeQuotes));
        Calls = new NodeSideColumns(this, ContractRole.Call);
        Puts = new NodeSideColumns(this, ContractRole.Put);
        // Padding and nodes without a quote: a harmless w, so that a kernel meets no zero. Their contribution is masked by weight or source.
        Sides = AddColumn(default(QuoteSides));
        ReferenceBidDeviation = AddColumn(1.0);
        ReferenceDeviation = AddColumn(1.0);
        ReferenceAskDeviation = AddColumn(1.0);
        ReferenceYears = AddColumn(1.0);
        Deviation = AddColumn(1.0);
        Source = AddColumn(DeviationSource.None);
        Status = AddColumn(QuoteStatus.Missing);
        HoldEndNanos = AddColumn(0L);
        LeftAnchor = AddColumn(0);
        RightAnchor = AddColumn(0);
        AnchorFraction = AddColumn(0.0);
        Weights = new PositionWeights(this);
        TradeFlow = AddColumn(0L);

        _strikeMills = strikeMills;
        Strikes = [.. _strikeMills.Select(mills => mills / 1000.0)];
        StrikeCapacity = Strikes.Length + room.Strikes;
    }

    /// <summary>A table of the same room for <see cref="FreezeFrom"/>; to be asked for before anything is listed later.</summary>
    public NodeTable EmptyCopy() => new([.. Segments.Select(segment => segment.Clone())], [.. _strikeMills], _room) { Structure = -1 };

    /// <summary>
    /// Takes over what exposures of a mark are made of: terms, w and positions. What stands here stays as it is while the other goes on.
    /// Allocates only where nodes have come.
    /// </summary>
    public void FreezeFrom(NodeTable other)
    {
        if (Structure != other.Structure)
        {
            Structure = other.Structure;
            Segments = [.. other.Segments.Select(segment => segment.Clone())];
            Strikes = other.Strikes;
            other.Strike.CopyTo(Strike, 0);
            other.LogStrike.CopyTo(LogStrike, 0);
            other.StrikeIndex.CopyTo(StrikeIndex, 0);
        }
        for (int i = 0; i < Segments.Length; i++) Segments[i].CopyTerms(other.Segments[i]);
        other.Deviation.CopyTo(Deviation, 0);
        other.ReferenceBidDeviation.CopyTo(ReferenceBidDeviation, 0);
        other.ReferenceAskDeviation.CopyTo(ReferenceAskDeviation, 0);
        other.ReferenceYears.CopyTo(ReferenceYears, 0);
        other.Source.CopyTo(Source, 0);
        other.LeftAnchor.CopyTo(LeftAnchor, 0);
        other.RightAnchor.CopyTo(RightAnchor, 0);
        other.AnchorFraction.CopyTo(AnchorFraction, 0);
        Weights.CopyFrom(other.Weights);
    }

    /// <summary>A column with a value for every node, which moves along when a node is put between others.</summary>
    public T[] AddColumn<T>(T empty)
    {
        var values = new T[Length];
        Array.Fill(values, empty);
        AddColumn(values, 0, empty);
        return values;
    }

    /// <summary>The same for a part of an array, which begins at <paramref name="offset"/> and holds what new nodes begin with.</summary>
    public void AddColumn<T>(T[] values, int offset, T empty) => _columns.Add(new NodeColumn<T>(values, offset, empty));

    /// <summary>Makes room for early-exercise premiums, which a stream does without.</summary>
    public void AddExerciseColumns()
    {
        EquivalentStatus = AddColumn(QuoteStatus.Missing);
        Zone = AddColumn(ExerciseZone.None);
        Calls.ExercisePremium = AddColumn(0.0);
        Puts.ExercisePremium = AddColumn(0.0);
    }

    /// <summary>The first node of a segment at or above a price.</summary>
    public int FirstAtOrAbove(ExpirySegment segment, double price)
    {
        int low = segment.Start;
        int high = segment.End;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Strike[middle] < price) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>The expiry of a key, or null.</summary>
    public ExpirySegment? Find(NodeKey key)
    {
        foreach (ExpirySegment segment in Segments)
            if (segment.Root == key.Root && segment.ExpiryDate == key.ExpiryDate) return segment;
        return null;
    }

    /// <summary>The node of a strike, or −1.</summary>
    public int Find(ExpirySegment segment, long strikeMills)
    {
        int node = FirstAtOrAbove(segment, strikeMills / 1000.0);
        return node < segment.End && Strike[node] == strikeMills / 1000.0 ? node : -1;
    }

    /// <summary>A new expiry in the room that was kept; null when there is none left.</summary>
    public ExpirySegment? TryAddExpiry(NodeKey key)
    {
        int capacity = Columns.PaddedLength(_room.StrikesPerNewExpiry);
        if (Segments.Length == SegmentCapacity || capacity == 0 || _used + capacity > Length) return null;
        ExpirySegment segment = NewSegment(key, Segments.Length, _used, 0, capacity);
        _used += capacity;
        Structure++;
        EnterSegment(segment);
        Segments = [.. Segments, segment];
        OrderBySettlement();
        return segment;
    }

    /// <summary>The strike has a place among the distinct ones, or there is one left.</summary>
    public bool HasRoomForStrike(long strikeMills) => _strikeMills.Count < StrikeCapacity || _strikeMills.BinarySearch(strikeMills) >= 0;

    public void OrderBySettlement() => BySettlement = [.. Segments.Order(Comparer<ExpirySegment>.Create((left, right) =>
        left.SettlementNanos != right.SettlementNanos
            ? left.SettlementNanos.CompareTo(right.SettlementNanos)
            : string.CompareOrdinal(left.Root.ToString(), right.Root.ToString())))];

    /// <summary>Puts a node in its place among the strikes of its expiry; those above move up by one. −1 when there is no room.</summary>
    public int TryAddNode(ExpirySegment segment, long strikeMills)
    {
        if (segment.Count == segment.Capacity) return -1;
        int strike = _strikeMills.BinarySearch(strikeMills);
        if (strike < 0 && _strikeMills.Count == StrikeCapacity) return -1;
        if (strike < 0)
        {
            strike = ~strike;
            _strikeMills.Insert(strike, strikeMills);
            Strikes = [.. _strikeMills.Select(mills => mills / 1000.0)];
            foreach (ExpirySegment each in Segments)
                for (int i = each.Start; i < each.End; i++) if (StrikeIndex[i] >= strike) StrikeIndex[i]++;
        }
        int node = FirstAtOrAbove(segment, strikeMills / 1000.0);
        foreach (INodeColumn column in _columns) column.Open(node, segment.End);
        segment.Count++;
        Structure++;
        EnterSegment(segment);
        Enter(node, strikeMills);
        return node;
    }

    private void EnterSegment(ExpirySegment segment)
    {
        SegmentIndex.AsSpan(segment.Start, segment.Capacity).Fill((ushort)segment.Index);
        foreach (ref NodeQuotes quotes in Quotes.AsSpan(segment.Start, segment.Capacity)) quotes.Segment = (ushort)segment.Index;
    }

    private void Enter(int node, long strikeMills)
    {
        Strike[node] = strikeMills / 1000.0;
        LogStrike[node] = Functions.Log(Strike[node]);
        StrikeIndex[node] = _strikeMills.BinarySearch(strikeMills);
    }

    private static ExpirySegment[] Segment(NodeKey[] keys, RoomForLater room)
    {
        var segments = new List<ExpirySegment>();
        int start = 0;
        for (int first = 0; first < keys.Length;)
        {
            int end = first;
            while (end < keys.Length && keys[end].IsSameExpiry(keys[first])) end++;
            NodeKey key = keys[first];
            for (int i = first + 1; i < end; i++)
                if (keys[i].Settlement != key.Settlement || keys[i].Exercise != key.Exercise) Throw.Mixed(key);
            segments.Add(NewSegment(key, segments.Count, start, end - first, Columns.PaddedLength(end - first + room.StrikesPerExpiry)));
            start += segments[^1].Capacity;
            first = end;
        }
        return [.. segments];
    }

    private static ExpirySegment NewSegment(NodeKey key, int index, int start, int count, int capacity)
    {
        var segment = new ExpirySegment
        {
            Root = key.Root,
            ExpiryDate = key.ExpiryDate,
            Settlement = key.Settlement,
            Exercise = key.Exercise,
            IsMonthly = key.IsMonthly,
            Index = index,
            Start = start,
            Count = count,
            Capacity = capacity,
        };
        segment.Settle(key.SettlementNanos);
        return segment;
    }

    private interface INodeColumn
    {
        void Open(int node, int end);
    }

    private sealed class NodeColumn<T>(T[] values, int offset, T empty) : INodeColumn
    {
        public void Open(int node, int end)
        {
            Array.Copy(values, offset + node, values, offset + node + 1, end - node);
            values[offset + node] = empty;
        }
    }

    private static class Throw
    {
        public static void Mixed(NodeKey key) => throw new ArgumentException(
            $"{key.Root} {key.ExpiryDate}: its contracts differ in settlement or exercise style; one root and date has one of each.");
    }
}

/// <summary>Room that is kept from the start for contracts that are listed during the session.</summary>
/// <param name="StrikesPerExpiry">Further strikes of each expiry.</param>
/// <param name="Expiries">Further expiries.</param>
/// <param name="StrikesPerNewExpiry">Strikes of each of those.</param>
/// <param name="Strikes">Further distinct strikes of the underlying.</param>
public readonly record struct RoomForLater(int StrikesPerExpiry, int Expiries, int StrikesPerNewExpiry, int Strikes)
{
    /// <summary>Nothing is listed later.</summary>
    public static RoomForLater None => default;

    // From so many underlyings on the room of each is that of a share, not of an index.
    internal const int WholeMarket = 64;

    /// <summary>The room of each of so many underlyings: a whole market keeps less for each, or the room would outweigh the chains.</summary>
    public RoomForLater ForOneOf(int underlyings) => underlyings <= WholeMarket ? this : new RoomForLater(
        Math.Min(StrikesPerExpiry, 4), Math.Min(Expiries, 1), Math.Min(StrikesPerNewExpiry, 32), Math.Min(Strikes, 16));
}

/// <summary>What makes a node: root, expiry and strike, with the terms that its definition gave.</summary>
internal readonly record struct NodeKey(
    Ascii8 Root, int ExpiryDate, SettlementKind Settlement, long SettlementNanos, ExerciseKind Exercise, long StrikeMills)
{
    /// <summary>The date is that of a standard monthly expiry.</summary>
    public bool IsMonthly
    {
        get
        {
            var date = new DateOnly(ExpiryDate / 10000, ExpiryDate / 100 % 100, ExpiryDate % 100);
            return TradingCalendar.Knows(date.Year) && TradingCalendar.IsMonthlyExpiry(date);
        }
    }

    public bool IsSameExpiry(NodeKey other) => Root == other.Root && ExpiryDate == other.ExpiryDate && SettlementNanos == other.SettlementNanos;

    /// <summary>Settlement, then root, then strike: the order of the table.</summary>
    public static int Compare(NodeKey left, NodeKey right)
    {
        int order = left.SettlementNanos.CompareTo(right.SettlementNanos);
        if (order == 0) order = string.CompareOrdinal(left.Root.ToString(), right.Root.ToString());
        if (order == 0) order = left.ExpiryDate.CompareTo(right.ExpiryDate);
        return order != 0 ? order : left.StrikeMills.CompareTo(right.StrikeMills);
    }
}

/// <summary>The stored quotes, positions and terms of one side (calls or puts) of every node.</summary>
internal sealed class NodeSideColumns(NodeTable nodes, ContractRole side)
{
    public readonly uint[] Multiplier = nodes.AddColumn(0u);
    public readonly byte[] PriceDecimals = nodes.AddColumn((byte)0);
    public readonly ushort[] TickMills = nodes.AddColumn((ushort)0);
    public readonly bool[] IsListed = nodes.AddColumn(false);

    /// <summary>The id under which ticks speak of this contract, where it is listed.</summary>
    public readonly uint[] InstrumentId = nodes.AddColumn(0u);

    /// <summary>Contracts open at the end of the last session.</summary>
    public readonly uint[] OpenInterest = nodes.AddColumn(0u);

    /// <summary>Whether an open-interest record has been seen.</summary>
    public readonly bool[] HasOpenInterest = nodes.AddColumn(false);

    /// <summary>Dealers' position from the session's signed trades, contracts.</summary>
    public readonly long[] Tape = nodes.AddColumn(0L);

    /// <summary>Dealers' position from outside, contracts.</summary>
    public readonly long[] Outside = nodes.AddColumn(0L);

    // The tick test: price of the latest trade, and of the latest one at another price; 0 before any.
    public readonly int[] LastTradePrice = nodes.AddColumn(0);
    public readonly int[] PriorTradePrice = nodes.AddColumn(0);

    /// <summary>Number of the latest print in the print log, counted from 1; 0 before any.</summary>
    public readonly long[] LastPrint = nodes.AddColumn(0L);

    /// <summary>Early-exercise premium, currency per share, where the segment has them; see <see cref="NodeTable.AddExerciseColumns"/>.</summary>
    public double[] ExercisePremium = [];

    /// <summary>Bid and ask of a quote from before a silence or a gap; no message carries it.</summary>
    public const int Stale = -1;

    /// <summary>The contract of a node is gone: no quote, no position, no id.</summary>
    public void Forget(int node)
    {
        Quote(node) = default;
        IsListed[node] = HasOpenInterest[node] = false;
        OpenInterest[node] = 0;
        Tape[node] = Outside[node] = 0;
        LastTradePrice[node] = PriorTradePrice[node] = 0;
        LastPrint[node] = 0;
    }

    /// <summary>A stored quote says nothing about now any more; the same prices again are a new quote.</summary>
    public void MakeStale(int node)
    {
        ref SideQuote quote = ref Quote(node);
        if ((quote.Bid | quote.Ask) != 0) quote = new SideQuote { Bid = Stale, Ask = Stale };
    }

    /// <summary>The stored quote.</summary>
    public ref SideQuote Quote(int node) => ref nodes.Quotes[node][side];

    public double BidPrice(int node) => Quote(node).Bid / PriceScale.Of(PriceDecimals[node]);

    public double AskPrice(int node) => Quote(node).Ask / PriceScale.Of(PriceDecimals[node]);

    /// <summary>Two-sided and not crossed: fit for parity.</summary>
    public bool IsTwoSided(int node) => Quote(node) is { Bid: > 0 } quote && quote.Ask >= quote.Bid;
}

/// <summary>Powers of ten that integer prices are divided by; the quotient is the double nearest to the decimal.</summary>
internal static class PriceScale
{
    private static readonly double[] Powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    public const int MaxDecimals = 9;

    public static double Of(byte decimals) => Powers[decimals];
}
