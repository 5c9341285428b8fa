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
/// Every node (root, expiry, strike) of one underlying, as columns: segments of one expiry each, ascending by settlement,
/// within them by strike, padded to eight so that kernels need no remainder loop.
/// </summary>
internal sealed class NodeTable
{
    public const double NanosPerYear = UnixNanos.PerYear;

    public readonly ExpirySegment[] Segments;
    public readonly int Length;

    // Identity.
    public readonly double[] Strike;
    public readonly double[] LogStrike;
    public readonly int[] StrikeIndex;
    public readonly ushort[] SegmentIndex;

    // Stored quotes of both sides, integers in the contract's price scale, and when the quote of the side that is read last changed.
    public readonly NodeSideColumns Calls;
    public readonly NodeSideColumns Puts;
    public readonly long[] QuoteNanos;

    // Of segments whose quotes are made European: whether and why not, and the worth of early exercise. Empty until asked for.
    public QuoteStatus[] EquivalentStatus = [];
    public ExerciseZone[] Zone = [];

    // Total deviation: the pair that is stored, and its value at the mark in force.
    public readonly double[] ReferenceDeviation;
    public readonly double[] ReferenceYears;
    public readonly double[] Deviation;
    public readonly DeviationSource[] Source;
    public readonly QuoteStatus[] Status;
    public readonly bool[] IsCallSide;
    public readonly long[] HoldEndNanos;

    // Interpolation: w = w[left] + fraction * (w[right] - w[left]).
    public readonly int[] LeftAnchor;
    public readonly int[] RightAnchor;
    public readonly double[] AnchorFraction;

    // Signed contracts times multiplier, as the position model says.
    public readonly double[] CallWeight;
    public readonly double[] PutWeight;
    public readonly double[] NetWeight;

    /// <summary>Distinct strikes, ascending.</summary>
    public readonly double[] Strikes;

    public NodeTable(NodeKey[] keysInOrder)
    {
        Segments = Segment(keysInOrder);
        Length = Segments.Length == 0 ? 0 : Segments[^1].PaddedEnd;
        Strike = new double[Length];
        LogStrike = new double[Length];
        StrikeIndex = new int[Length];
        SegmentIndex = new ushort[Length];
        Calls = new NodeSideColumns(Length);
        Puts = new NodeSideColumns(Length);
        QuoteNanos = new long[Length];
        ReferenceDeviation = new double[Length];
        ReferenceYears = new double[Length];
        Deviation = new double[Length];
        Source = new DeviationSource[Length];
        Status = new QuoteStatus[Length];
        IsCallSide = new bool[Length];
        HoldEndNanos = new long[Length];
        LeftAnchor = new int[Length];
        RightAnchor = new int[Length];
        AnchorFraction = new double[Length];
        CallWeight = new double[Length];
        PutWeight = new double[Length];
        NetWeight = new double[Length];

        long[] strikeMills = [.. keysInOrder.Select(key => key.StrikeMills).Distinct().Order()];
        Strikes = [.. strikeMills.Select(mills => mills / 1000.0)];
        // Padding and nodes without a quote: a harmless w, so that a kernel meets no zero. Their contribution is masked by weight or source.
        Array.Fill(Deviation, 1.0);
        Array.Fill(ReferenceDeviation, 1.0);
        Array.Fill(ReferenceYears, 1.0);
        Array.Fill(Status, QuoteStatus.Missing);

        int next = 0;
        for (int s = 0; s < Segments.Length; s++)
        {
            for (int i = Segments[s].Start; i < Segments[s].End; i++, next++)
            {
                Strike[i] = keysInOrder[next].StrikeMills / 1000.0;
                LogStrike[i] = Functions.Log(Strike[i]);
                StrikeIndex[i] = Array.BinarySearch(strikeMills, keysInOrder[next].StrikeMills);
            }
            for (int i = Segments[s].Start; i < Segments[s].PaddedEnd; i++) SegmentIndex[i] = (ushort)s;
        }
    }

    /// <summary>Makes room for early-exercise premiums, which a stream does without.</summary>
    public void AddExerciseColumns()
    {
        EquivalentStatus = new QuoteStatus[Length];
        Array.Fill(EquivalentStatus, QuoteStatus.Missing);
        Zone = new ExerciseZone[Length];
        Calls.ExercisePremium = new double[Length];
        Puts.ExercisePremium = new double[Length];
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

    private static ExpirySegment[] Segment(NodeKey[] keys)
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
            segments.Add(new ExpirySegment
            {
                Root = key.Root,
                ExpiryDate = key.ExpiryDate,
                Settlement = key.Settlement,
                Exercise = key.Exercise,
                SettlementNanos = key.SettlementNanos,
                DayStartNanos = NewYorkTime.ToUnixNanos(NewYorkTime.DateOf(key.SettlementNanos), TimeOnly.MinValue),
                Start = start,
                Count = end - first,
            });
            start = segments[^1].PaddedEnd;
            first = end;
        }
        if (segments.Count > ushort.MaxValue) throw new ArgumentException($"{segments.Count} expiries of one underlying; the engine holds 65,535.");
        return [.. segments];
    }

    private static class Throw
    {
        public static void Mixed(NodeKey key) => throw new ArgumentException(
            $"{key.Root} {key.ExpiryDate}: its contracts differ in settlement or exercise style; one root and date has one of each.");
    }
}

/// <summary>What makes a node: root, expiry and strike, with the terms that its definition gave.</summary>
internal readonly record struct NodeKey(
    Ascii8 Root, int ExpiryDate, SettlementKind Settlement, long SettlementNanos, ExerciseKind Exercise, long StrikeMills)
{
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

/// <summary>The stored quotes, open interest and terms of one side (calls or puts) of every node.</summary>
internal sealed class NodeSideColumns(int length)
{
    public readonly int[] Bid = new int[length];
    public readonly int[] Ask = new int[length];
    public readonly uint[] OpenInterest = new uint[length];
    public readonly uint[] Multiplier = new uint[length];
    public readonly byte[] PriceDecimals = new byte[length];
    public readonly ushort[] TickMills = new ushort[length];
    public readonly bool[] IsListed = new bool[length];

    /// <summary>Early-exercise premium, currency per share, where the segment has them; see <see cref="NodeTable.AddExerciseColumns"/>.</summary>
    public double[] ExercisePremium = [];

    /// <summary>Bid and ask of a quote from before a silence of the whole underlying; no message carries it.</summary>
    public const int Stale = -1;

    /// <summary>A stored quote says nothing about now any more; the same prices again are a new quote.</summary>
    public void MakeStale(int node)
    {
        if ((Bid[node] | Ask[node]) != 0) Bid[node] = Ask[node] = Stale;
    }

    public double BidPrice(int node) => Bid[node] / PriceScale.Of(PriceDecimals[node]);

    public double AskPrice(int node) => Ask[node] / PriceScale.Of(PriceDecimals[node]);

    /// <summary>Two-sided and not crossed: fit for parity.</summary>
    public bool IsTwoSided(int node) => Bid[node] > 0 && Ask[node] >= Bid[node];
}

/// <summary>Powers of ten that integer prices are divided by; the quotient is the double nearest to the decimal.</summary>
internal static class PriceScale
{
    private static readonly double[] Powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    public const int MaxDecimals = 9;

    public static double Of(byte decimals) => Powers[decimals];
}
