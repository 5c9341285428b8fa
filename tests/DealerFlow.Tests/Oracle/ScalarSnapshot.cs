namespace DealerFlow.Tests;

/// <summary>How the forward of an expiry was found.</summary>
public enum ScalarForwardMode { Carry, Parity }

/// <summary>What became of a node's out-of-the-money quote.</summary>
public enum ScalarStatus { Ok, Locked, NoBid, Crossed, Wide, AboveMax, IllConditioned, Missing, Invalid }

/// <summary>Pricing options: continuous rate and dividend yield per year, and the tick that floors a parity spread.</summary>
public sealed record ScalarOptions(ScalarForwardMode Mode, double Rate = 0, double Yield = 0, decimal Tick = 0.01m);

/// <summary>Gamma exposure in USD per 1 %, delta exposure in USD, vanna per vol point, charm per calendar day.</summary>
public sealed record ScalarExposure(double CallGex, double PutGex, double Dex, double Vex, double Chex)
{
    public double NetGex => CallGex + PutGex;
}

/// <summary>One (root, expiry, strike). W, Gamma and Exposure are null where the whole expiry is unpriced.</summary>
public sealed record ScalarNode(
    string Root, DateOnly Expiry, double Strike, bool IsZeroDte, char Side, ScalarStatus Status,
    long CallOpenInterest, long PutOpenInterest)
{
    public bool IsGood => Status is ScalarStatus.Ok or ScalarStatus.Locked;
    public double? W { get; init; }
    public bool IsInterpolated { get; init; }
    public double? Gamma { get; init; }
    public ScalarExposure? Exposure { get; init; }
}

/// <summary>One (root, expiry). Pairs are 0 in carry mode; parity that fell back to carry says so in <see cref="ForwardMode"/>.</summary>
public sealed record ScalarExpiry(
    string Root, DateOnly Expiry, DateTimeOffset Settlement, bool IsZeroDte, double Years,
    double Forward, double Discount, ScalarForwardMode ForwardMode, int ParityPairs, IReadOnlyList<ScalarNode> Nodes)
{
    public bool IsUnpriced => !Nodes.Any(node => node.IsGood);
    public double? NetGex => IsUnpriced ? null : Nodes.Sum(node => node.Exposure!.NetGex);
    public double? GrossGex => IsUnpriced ? null : Nodes.Sum(node => Math.Abs(node.Exposure!.NetGex));
    public long OpenInterest => Nodes.Sum(node => node.CallOpenInterest + node.PutOpenInterest);
}

/// <summary>One strike summed over roots and expiries; open interest includes unpriced expiries.</summary>
public sealed record ScalarStrike(double Strike, double CallGex, double PutGex, long CallOpenInterest, long PutOpenInterest)
{
    public double NetGex => CallGex + PutGex;
}

/// <summary>
/// A level: its strike, its size with sign (USD per 1 % or contracts), the second strike, and 1 − |second|/|first| (1 without a second).
/// </summary>
public sealed record ScalarLevel(double Strike, double Size, double? RunnerUp, double Margin);

/// <summary>The eight walls; null where no strike has the required sign.</summary>
public sealed record ScalarWalls(
    ScalarLevel? CallWall, ScalarLevel? PutWall, ScalarLevel? CallWallOneSided, ScalarLevel? PutWallOneSided,
    ScalarLevel? CallWallOpenInterest, ScalarLevel? PutWallOpenInterest, ScalarLevel? MaxGamma, ScalarLevel? AbsoluteGamma);

/// <summary>What the search for zero gamma ended with.</summary>
public enum ScalarZeroGammaStatus { Found, None, Unpriced }

/// <summary>
/// A root of G: its spot, ln(spot/S_m), the slope G′ there in USD per 1 % per index point, and its lobe: the largest |G|/gross on that side
/// of it, up to the next root or the end, where this is smaller. It counts if the lobe exceeds 1e-9.
/// </summary>
public sealed record ScalarRoot(double Spot, double LogOffset, double Slope, double Lobe);

/// <summary>
/// The roots that count from low to high, the one of them nearest to spot, the sign of G at the current spot, and the sign changes that
/// do not count because a lobe is too small.
/// </summary>
public sealed record ScalarZeroGamma(
    ScalarZeroGammaStatus Status, IReadOnlyList<ScalarRoot> Roots, ScalarRoot? Chosen, int SignAtSpot, IReadOnlyList<ScalarRoot> Rejected);

/// <summary>The regime at the current spot; Undefined where gross is zero.</summary>
public enum ScalarRegime { Positive, Negative, Transition, Undefined }

/// <summary>Everything that is published per bucket.</summary>
public sealed record ScalarBucket(
    double NetGex, double CallGex, double PutGex, double GrossGex, double Dex, double Vex, double Chex, ScalarRegime Regime,
    IReadOnlyList<ScalarStrike> Strikes, ScalarWalls Walls, ScalarZeroGamma ZeroGamma);

/// <summary>The judge's whole answer for one chain.</summary>
public sealed record ScalarSnapshot(
    DateTimeOffset AsOf, double Spot, IReadOnlyList<ScalarExpiry> Expiries, ScalarBucket All, ScalarBucket ZeroDte, ScalarBucket ExZeroDte,
    long AdjustedOpenInterest, long UnpricedOpenInterest, int InterpolatedNodes)
{
    /// <summary>Ordered by root, expiry, strike.</summary>
    public IEnumerable<ScalarNode> Nodes => Expiries.SelectMany(expiry => expiry.Nodes);
}
