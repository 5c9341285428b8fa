using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>What a run computes. Together with the tape it determines every byte of every market section.</summary>
public sealed record EngineOptions
{
    /// <summary>Which position the dealers are assumed to hold.</summary>
    public PositionModel Model
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Model), value, "There is no such position model.");
    } = PositionModel.OpenInterest;

    /// <summary>How forwards are obtained.</summary>
    public ForwardMode ForwardMode
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(ForwardMode), value, "Forwards come from Parity or Carry.");
    } = ForwardMode.Parity;

    /// <summary>Continuously compounded interest rate per year.</summary>
    public double Rate
    {
        get;
        init => field = double.IsFinite(value) && Math.Abs(value) <= 1 ? value : throw new ArgumentOutOfRangeException(
            nameof(Rate), value, "The rate is a yearly fraction between -1 and 1 (0.05 is five per cent).");
    }

    /// <summary>Continuously compounded dividend yield per year.</summary>
    public double Dividend
    {
        get;
        init => field = double.IsFinite(value) && Math.Abs(value) <= 1 ? value : throw new ArgumentOutOfRangeException(
            nameof(Dividend), value, "The dividend yield is a yearly fraction between -1 and 1 (0.015 is one and a half per cent).");
    }

    /// <summary>What becomes of American contracts in a one-shot chain; a stream treats every contract as European.</summary>
    public ExerciseTreatment Exercise
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Exercise), value, "Contracts are treated as European or as listed.");
    } = ExerciseTreatment.European;

    /// <summary>Cash dividends of the underlying, ascending by time; those before the mark are over.</summary>
    public IReadOnlyList<ScheduledDividend> Dividends
    {
        get;
        init => field = AreDividends(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Dividends), value, "Cash dividends ascend by time, and each is a positive amount.");
    } = [];

    /// <summary>USD of one-sided flow that moves the underlying by 100 %; 0 = not given.</summary>
    public double LiquidityUsd
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(LiquidityUsd), value, "The liquidity is a positive amount of USD, or 0 for none.");
    }

    /// <summary>Distance of marks in event time.</summary>
    public long MarkIntervalNanos
    {
        get;
        init => field = value is > 0 and <= UnixNanos.PerDay ? value : throw new ArgumentOutOfRangeException(
            nameof(MarkIntervalNanos), value, "Marks lie a positive time apart, at most a day.");
    } = UnixNanos.PerMillisecond;

    /// <summary>Distance of snapshots in event time; a multiple of the mark interval keeps them on marks.</summary>
    public long PublishIntervalNanos
    {
        get;
        init => field = value is > 0 and <= UnixNanos.PerDay ? value : throw new ArgumentOutOfRangeException(
            nameof(PublishIntervalNanos), value, "Snapshots lie a positive time apart, at most a day.");
    } = 100 * UnixNanos.PerMillisecond;

    /// <summary>
    /// Shortest event time between two looks at zero gamma, which takes longer than the rest of a snapshot: a snapshot in between has the roots
    /// of an earlier mark and says how old they are. Open interest, positions from outside, the first signed trade of a session and an expiry that
    /// comes, moves or settles are never waited with; what later trades change is seen at the next look.
    /// </summary>
    public long ZeroGammaIntervalNanos
    {
        get;
        init => field = value is > 0 and <= UnixNanos.PerDay ? value : throw new ArgumentOutOfRangeException(
            nameof(ZeroGammaIntervalNanos), value, "Zero gamma is followed at marks a positive time apart, at most a day.");
    } = 20 * UnixNanos.PerMillisecond;

    /// <summary>
    /// Longest event time between two headlines: touched nodes are evaluated and the totals published as they stand; 0 = totals move with
    /// snapshots only. Part of what a run computes, for a quote that is replaced before it is read leaves no trace.
    /// </summary>
    public long HeadlineIntervalNanos
    {
        get;
        init => field = value is >= 0 and <= UnixNanos.PerDay ? value : throw new ArgumentOutOfRangeException(
            nameof(HeadlineIntervalNanos), value, "Headlines lie a positive time apart, at most a day; 0 asks for none.");
    }

    /// <summary>Most messages between two headlines.</summary>
    public int HeadlineMessages
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(
            nameof(HeadlineMessages), value, "There is at least one message between two headlines.");
    } = 8_192;

    /// <summary>
    /// A headline after every span that the ring gives, in addition: as soon as can be, and not reproducible, for spans are cut by the
    /// threads' timing.
    /// </summary>
    public bool HeadlinePerSpan { get; init; }

    /// <summary>Distance of outlooks (scenario flows, quote bands) in event time; each carries its own mark.</summary>
    public long OutlookIntervalNanos
    {
        get;
        init => field = value is > 0 and <= UnixNanos.PerDay ? value : throw new ArgumentOutOfRangeException(
            nameof(OutlookIntervalNanos), value, "Outlooks lie a positive time apart, at most a day.");
    } = UnixNanos.PerSecond;

    /// <summary>
    /// Chains with room for so many nodes have their outlooks made in steps, a part at each mark; smaller ones at once, which takes them less
    /// than a large chain's step.
    /// </summary>
    public int StepwiseNodes
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(StepwiseNodes), value, "A chain has no negative number of nodes.");
    } = 2_048;

    /// <summary>Event time without a price of the underlying after which spot is inferred by parity.</summary>
    public long SpotSilenceNanos
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(SpotSilenceNanos), value, "A silence is a positive time.");
    } = 5 * UnixNanos.PerSecond;

    /// <summary>Skew-stickiness R of every repriced profile: 1 holds w per strike (sticky strike).</summary>
    public double Stickiness
    {
        get;
        init => field = value is >= -5 and <= 5 ? value : throw new ArgumentOutOfRangeException(
            nameof(Stickiness), value, "The skew-stickiness is a number about 1, between -5 and 5.");
    } = 1;

    /// <summary>Trading days, closes and what an operator says of them: for the close that charm to close looks at.</summary>
    public SessionCalendar Calendar { get; init; } = SessionCalendar.Embedded;

    /// <summary>Underlyings that are also published as one, in terms of one of them; null = none.</summary>
    public CombinedBasis? Combined { get; init; }

    /// <summary>Room kept for contracts that are listed during the session; a one-shot chain needs none.</summary>
    public RoomForLater Room { get; init; } = new(StrikesPerExpiry: 16, Expiries: 4, StrikesPerNewExpiry: 256, Strikes: 256);

    /// <summary>Messages of contracts without a definition that may wait for one.</summary>
    public int PendingCapacity
    {
        get;
        init => field = value is >= 0 and <= 1 << 20 ? value : throw new ArgumentOutOfRangeException(
            nameof(PendingCapacity), value, "Between none and a million messages may wait for their definition.");
    } = 4096;

    /// <summary>
    /// The full search for zero gamma of every second runs on another thread. Results do not depend on it: its roots are taken over at
    /// fixed event times.
    /// </summary>
    public bool SearchesBeside { get; init; }

    /// <summary>
    /// One quote per contract and one answer: the plain out-of-the-money rule, no hysteresis, bad quotes interpolated at once,
    /// and the end of the stream is the mark.
    /// </summary>
    public bool OneShot { get; init; }

    /// <summary>Vector width of the kernels; every width gives the same bits.</summary>
    public LaneWidth Lanes
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Lanes), value, "A kernel evaluates 1, 2, 4 or 8 options side by side.");
    } = LaneDispatch.Best;

    /// <summary>Records in the ring between ingest and calculation: a power of two. Results do not depend on it.</summary>
    public int RingCapacity
    {
        get;
        init => field = value >= 8 && System.Numerics.BitOperations.IsPow2(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(RingCapacity), value, "A ring holds a power of two records, at least 8.");
    } = 1 << 16;

    /// <summary>Instrument ids up to which quotes go straight to their underlying; beyond, a list lies between. No result depends on it.</summary>
    internal int NearInstruments { get; init; } = 1 << 15;

    /// <summary>Totals are kept current between marks.</summary>
    internal bool MakesHeadlines => HeadlineIntervalNanos > 0 || HeadlinePerSpan;

    private static bool AreDividends(IReadOnlyList<ScheduledDividend> dividends)
    {
        for (int i = 0; i < dividends.Count; i++)
        {
            if (!(dividends[i].Amount > 0 && double.IsFinite(dividends[i].Amount))) return false;
            if (i > 0 && dividends[i].ExNanos < dividends[i - 1].ExNanos) return false;
        }
        return true;
    }

    /// <summary>How long a node stays on its last good w while its quote is bad, in event time.</summary>
    public long HoldNanos => OneShot ? 0 : 5 * UnixNanos.PerSecond;
}

/// <summary>What becomes of contracts that may be exercised early.</summary>
public enum ExerciseTreatment
{
    /// <summary>Their prices are taken as those of European contracts.</summary>
    European,

    /// <summary>The early-exercise premium is taken off their prices first.</summary>
    AsListed,
}

/// <summary>A dividend in cash.</summary>
/// <param name="ExNanos">When the underlying begins to trade without it, UTC nanoseconds since the Unix epoch.</param>
/// <param name="Amount">Currency per share.</param>
public readonly record struct ScheduledDividend(long ExNanos, double Amount);
