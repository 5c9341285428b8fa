namespace DealerFlow.Wire;

/// <summary>Which position the dealers are assumed to hold. An assumption, always published with the numbers.</summary>
public enum PositionModel : byte
{
    /// <summary>Dealers long every open call, short every open put: the customary index convention.</summary>
    OpenInterest = 0,

    /// <summary>Dealers short both: customary for single stocks.</summary>
    ShortBoth = 1,

    /// <summary>The session's trades alone: dealers took the other side of every trade that could be signed.</summary>
    Tape = 2,

    /// <summary>The sum of <see cref="OpenInterest"/> and <see cref="Tape"/>.</summary>
    OpenInterestPlusTape = 3,

    /// <summary>Positions from outside: the opposite of what customers hold.</summary>
    OpenClose = 4,

    /// <summary>Unsigned open interest: magnitude only; regime and zero gamma are absent.</summary>
    Gross = 5,
}

/// <summary>Facts about <see cref="PositionModel"/>.</summary>
public static class PositionModels
{
    /// <summary>How many there are.</summary>
    public const int Count = 6;
}

/// <summary>Whether a position model has what it needs.</summary>
public enum ModelStatus : byte
{
    /// <summary>It has.</summary>
    Live = 0,

    /// <summary>No trade of the session could be signed yet.</summary>
    NoTrades = 1,

    /// <summary>No positions from outside were given.</summary>
    NoPositions = 2,
}

/// <summary>How forwards were obtained.</summary>
public enum ForwardMode : byte
{
    /// <summary>From put–call parity per expiry.</summary>
    Parity = 0,

    /// <summary>From spot, rate and dividend yield.</summary>
    Carry = 1,
}

/// <summary>Where the spot of a snapshot comes from.</summary>
public enum SpotSource : byte
{
    /// <summary>Not quoted and not to be inferred: the last spot is held.</summary>
    NoUnderlying = 0,

    /// <summary>Quoted by the source.</summary>
    Quoted = 1,

    /// <summary>Inferred from the nearest expiry's parity forward.</summary>
    Inferred = 2,
}

/// <summary>Where the forward of an expiry comes from.</summary>
public enum ForwardSource : byte
{
    /// <summary>None yet: the expiry has no exposure.</summary>
    None = 0,

    /// <summary>Weighted median of put–call parity.</summary>
    Parity = 1,

    /// <summary>Spot, rate and dividend yield, as asked for.</summary>
    Carry = 2,

    /// <summary>Spot, rate and dividend yield, because parity had too few pairs.</summary>
    CarryFallback = 3,
}

/// <summary>State of an expiry in a snapshot.</summary>
public enum ExpiryStatus : byte
{
    /// <summary>At least one node has a good quote.</summary>
    Live = 0,

    /// <summary>No node has a good quote: no exposure; its open interest is reported as unpriced.</summary>
    Unpriced = 1,

    /// <summary>The settlement instant has passed.</summary>
    Expired = 2,
}

/// <summary>Sign of net gamma at the current spot, with a band in which it says nothing.</summary>
public enum GammaRegime : byte
{
    /// <summary>No exposure to speak of, or a position model without sign.</summary>
    None = 0,

    /// <summary>Dealers long gamma: their hedging leans against moves.</summary>
    Positive = 1,

    /// <summary>Dealers short gamma: their hedging chases moves.</summary>
    Negative = 2,

    /// <summary>Less than 5 % of gross: the sign is not telling.</summary>
    Transition = 3,
}

/// <summary>Outcome of the search for zero gamma.</summary>
public enum ZeroGammaStatus : byte
{
    /// <summary>Nothing of what is live was priced, or the position model has no sign.</summary>
    Unpriced = 0,

    /// <summary>At least one root.</summary>
    Found = 1,

    /// <summary>The profile keeps one sign over the whole interval, or is zero because nothing of the bucket is live any more.</summary>
    None = 2,
}

/// <summary>The buckets of every total and level.</summary>
public enum ExposureBucket : byte
{
    /// <summary>Every live expiry.</summary>
    All = 0,

    /// <summary>Settling later today, New York time.</summary>
    ZeroDte = 1,

    /// <summary>All but 0DTE.</summary>
    ExZeroDte = 2,
}

/// <summary>The strike levels of a bucket, in the order of <see cref="BucketSection.Levels"/>.</summary>
public enum StrikeLevel : byte
{
    /// <summary>Largest positive net GEX.</summary>
    CallWall = 0,

    /// <summary>Most negative net GEX.</summary>
    PutWall = 1,

    /// <summary>Largest |net| GEX.</summary>
    MaxGamma = 2,

    /// <summary>Largest |call| + |put| GEX.</summary>
    AbsoluteGamma = 3,

    /// <summary>Largest |call-only| GEX at or above spot.</summary>
    CallWallOneSided = 4,

    /// <summary>Largest |put-only| GEX at or below spot.</summary>
    PutWallOneSided = 5,

    /// <summary>Largest call open interest.</summary>
    CallWallOpenInterest = 6,

    /// <summary>Largest put open interest.</summary>
    PutWallOpenInterest = 7,
}

/// <summary>Buckets of the session's trades.</summary>
public enum TradeBucket : byte
{
    /// <summary>Calls that settle today.</summary>
    ZeroDteCalls = 0,

    /// <summary>Puts that settle today.</summary>
    ZeroDtePuts = 1,

    /// <summary>Other calls.</summary>
    OtherCalls = 2,

    /// <summary>Other puts.</summary>
    OtherPuts = 3,
}

/// <summary>Settlements at which exposure leaves.</summary>
public enum RollOff : byte
{
    /// <summary>The next settlement instant.</summary>
    Next = 0,

    /// <summary>The next standard monthly expiry that settles in the morning.</summary>
    MonthlyAm = 1,

    /// <summary>The next standard monthly expiry that settles in the afternoon.</summary>
    MonthlyPm = 2,
}

/// <summary>Scenarios of hedging flow: spot moves at once at unchanged volatility, time passes, or volatility moves.</summary>
public enum HedgeScenario : byte
{
    /// <summary>Spot −2 %.</summary>
    SpotDown200 = 0,

    /// <summary>Spot −1 %.</summary>
    SpotDown100 = 1,

    /// <summary>Spot −0.5 %.</summary>
    SpotDown50 = 2,

    /// <summary>Spot −0.25 %.</summary>
    SpotDown25 = 3,

    /// <summary>Spot +0.25 %.</summary>
    SpotUp25 = 4,

    /// <summary>Spot +0.5 %.</summary>
    SpotUp50 = 5,

    /// <summary>Spot +1 %.</summary>
    SpotUp100 = 6,

    /// <summary>Spot +2 %.</summary>
    SpotUp200 = 7,

    /// <summary>The close, at unchanged spot and volatility.</summary>
    Close = 8,

    /// <summary>Every volatility one point lower.</summary>
    VolDown1 = 9,

    /// <summary>Every volatility one point higher.</summary>
    VolUp1 = 10,
}

/// <summary>Facts about <see cref="HedgeScenario"/>.</summary>
public static class HedgeScenarios
{
    /// <summary>How many there are.</summary>
    public const int Count = 11;
}

/// <summary>Facts about the rows of a <see cref="BandTable"/>: the eight of <see cref="StrikeLevel"/>, then three more.</summary>
public static class BandedLevels
{
    /// <summary>Zero gamma.</summary>
    public const int ZeroGamma = 8;

    /// <summary>Pin strike; in the buckets all and 0DTE.</summary>
    public const int Pin = 9;

    /// <summary>Net GEX, USD per 1 %.</summary>
    public const int NetGex = 10;

    /// <summary>How many rows a bucket has.</summary>
    public const int Count = 11;
}

/// <summary>What is doubtful about a snapshot.</summary>
[Flags]
public enum QualityFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Messages were lost: quotes from before the gap are stale until they come again.</summary>
    Gap = 1,

    /// <summary>Event times that cannot be: the last sane time is held.</summary>
    SuspectTime = 2,

    /// <summary>Nothing was heard of the underlying for more than five seconds.</summary>
    Silent = 4,

    /// <summary>The underlying's own price is silent and none can be inferred: exposures are at the last one.</summary>
    NoUnderlying = 8,

    /// <summary>Trading is halted.</summary>
    Halted = 16,

    /// <summary>The trading calendar does not know the year: there is no close to look at.</summary>
    NoCalendar = 32,
}
