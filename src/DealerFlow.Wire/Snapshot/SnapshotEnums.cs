namespace DealerFlow.Wire;

/// <summary>Which position the dealers are assumed to hold. An assumption, always published with the numbers.</summary>
public enum PositionModel : byte
{
    /// <summary>Dealers long every open call, short every open put: the customary index convention.</summary>
    OpenInterest = 0,

    /// <summary>Dealers short both: customary for single stocks.</summary>
    ShortBoth = 1,

    /// <summary>Unsigned open interest: magnitude only; regime and zero gamma are absent.</summary>
    Gross = 5,
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
    /// <summary>No spot: exposures are frozen.</summary>
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
    /// <summary>Nothing was priced, or the position model has no sign.</summary>
    Unpriced = 0,

    /// <summary>At least one root.</summary>
    Found = 1,

    /// <summary>The profile keeps one sign over the whole interval.</summary>
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
