using DealerFlow.Kernels;

namespace DealerFlow.Engine;

/// <summary>
/// What the underlyings of one calculation work with in turn and keep nothing in: a market has thousands, and room of their own would cost
/// memory and, worse, a cold cache each time.
/// </summary>
internal sealed class SharedScratch
{
    /// <summary>Quotes on their way to be inverted.</summary>
    public InversionBatch Inversions { get; } = new();

    /// <summary>Raw Greeks of an expiry, or of the nodes that are gathered.</summary>
    public GreekScratch Greeks { get; private set; } = new(0);

    /// <summary>Exposures of the same.</summary>
    public ExposureColumns Fresh { get; private set; } = new(0);

    /// <summary>By position column, what gathered nodes contributed before.</summary>
    public ExposureColumns[] Before { get; private set; } = [];

    /// <summary>Nodes that are evaluated together.</summary>
    public int[] Gathered { get; private set; } = [];

    /// <summary>ln of their strikes.</summary>
    public double[] LogStrike { get; private set; } = [];

    /// <summary>Their w.</summary>
    public double[] Deviation { get; private set; } = [];

    /// <summary>Contracts times multiplier of their calls.</summary>
    public double[] CallWeight { get; private set; } = [];

    /// <summary>Contracts times multiplier of their puts.</summary>
    public double[] PutWeight { get; private set; } = [];

    /// <summary>Makes room for an expiry of so many nodes.</summary>
    public void Require(int longest)
    {
        if (longest <= Gathered.Length) return;
        Greeks = new GreekScratch(longest);
        Fresh = new ExposureColumns(longest);
        Before = [.. Enum.GetValues<PositionColumn>().Select(_ => new ExposureColumns(longest))];
        Gathered = new int[longest];
        (LogStrike, Deviation, CallWeight, PutWeight) = (new double[longest], new double[longest], new double[longest], new double[longest]);
    }
}

/// <summary>Columns of an inversion.</summary>
internal sealed class InversionBatch
{
    public const int Capacity = 256;

    public readonly int[] Node = new int[Capacity];
    public readonly double[] LogMoneyness = new double[Capacity];
    public readonly double[] Bid = new double[Capacity], Middle = new double[Capacity], Ask = new double[Capacity];
    public readonly double[] BidDeviation = new double[Capacity], Deviation = new double[Capacity], AskDeviation = new double[Capacity];
    public readonly QuoteStatus[] Status = new QuoteStatus[Capacity];
    public readonly bool[] SidesAreLater = new bool[Capacity];
    public readonly SolveStatus[] SideStatus = new SolveStatus[Capacity];
}
