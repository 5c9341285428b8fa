using System.Runtime.CompilerServices;
using DealerFlow.Kernels;
using DealerFlow.Market;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// Model values of contracts, evaluated only where a message is due: Black-76 under the expiry's smile at an anchor, and from there an
/// expansion to second order in spot and first order in time and level, until one of them has gone too far.
/// </summary>
internal sealed class ContractValues
{
    // At a tenth of the expiry's own deviation the third order is below a hundredth of a price step.
    private const double BumpDeviations = 0.05;
    private const double ReachBumps = 2;
    private const double LevelBump = 0.01;
    private const int TimeShare = 512;
    private const int TimeReach = 4;
    private const double FullDeltaDeviations = 40;

    private readonly SyntheticChain _chain;
    private readonly Expansion[] _expansions;

    public ContractValues(SyntheticChain chain)
    {
        _chain = chain;
        _expansions = new Expansion[chain.Contracts.Length];
    }

    /// <summary>Value and half the calm spread, currency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ValueAt(int contract, double spot, double level, long nanos, out double halfSpread)
    {
        ref Expansion at = ref _expansions[contract];
        double move = spot - at.Spot, levelMove = level - at.Level;
        if (Math.Abs(move) > at.SpotReach || Math.Abs(levelMove) > LevelBump || nanos > at.ValidUntilNanos)
        {
            Expand(contract, spot, level, nanos);
            move = levelMove = 0;
        }
        halfSpread = at.HalfSpread;
        double value = at.Value + (move * (at.Slope + (at.HalfCurvature * move))) + (at.LevelSlope * levelMove) + (at.TimeSlope * (nanos - at.Nanos));
        return Math.Max(value, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Expand(int contract, double spot, double level, long nanos)
    {
        ref readonly ListedContract terms = ref _chain.Contracts[contract];
        ListedExpiry expiry = _chain.Expiries[terms.Expiry];
        double years = expiry.YearsAt(nanos);
        double bump = BumpDeviations * spot * expiry.Smile.Deviation(0, years, level);
        long later = Math.Max((expiry.SettlementNanos - nanos) / TimeShare, 1);

        double value = Price(in terms, expiry, spot, level, nanos);
        double up = Price(in terms, expiry, spot + bump, level, nanos), down = Price(in terms, expiry, spot - bump, level, nanos);
        double lifted = Price(in terms, expiry, spot, level + LevelBump, nanos);
        _expansions[contract] = new Expansion
        {
            Spot = spot,
            Level = level,
            Nanos = nanos,
            ValidUntilNanos = nanos + (later * TimeReach),
            SpotReach = bump * ReachBumps,
            Value = value,
            Slope = (up - down) / (2 * bump),
            HalfCurvature = (up - value - value + down) / (2 * bump * bump),
            LevelSlope = (lifted - value) / LevelBump,
            TimeSlope = (Price(in terms, expiry, spot, level, nanos + later) - value) / later,
            HalfSpread = HalfSpreadOf(in terms, expiry, spot, years, level, value),
        };
    }

    private static double Price(in ListedContract terms, ListedExpiry expiry, double spot, double level, long nanos)
    {
        double years = expiry.YearsAt(nanos);
        double forward = spot * expiry.ForwardRatioAt(years);
        double deviation = expiry.Smile.Deviation(Functions.Log(terms.Strike / forward), years, level);
        return Black76.Price(forward, terms.Strike, expiry.DiscountAt(years), deviation, terms.Right == OptionRight.Call);
    }

    // A step's worth at least, growing with premium, with vega and, deep in the money, with the hedge to carry.
    private static double HalfSpreadOf(in ListedContract terms, ListedExpiry expiry, double spot, double years, double level, double value)
    {
        double forward = spot * expiry.ForwardRatioAt(years), discount = expiry.DiscountAt(years);
        double intrinsic = discount * Math.Max(terms.Right == OptionRight.Call ? forward - terms.Strike : terms.Strike - forward, 0);
        double logMoneyness = Functions.Log(terms.Strike / forward);
        double deviation = expiry.Smile.Deviation(logMoneyness, years, level);
        double d1 = Math.Clamp((deviation / 2) - (logMoneyness / deviation), -FullDeltaDeviations, FullDeltaDeviations);
        double vegaPerVolPoint = 0.01 * discount * forward * Functions.NormalDensity(d1) * Math.Sqrt(years);
        double spread = 0.05 + (0.004 * (value - intrinsic)) + (0.03 * vegaPerVolPoint) + Math.Min(0.002 * intrinsic, 4);
        return spread / 2;
    }

    private struct Expansion
    {
        public double Spot, Level;
        public long Nanos, ValidUntilNanos;
        public double SpotReach;
        public double Value, Slope, HalfCurvature, LevelSlope, TimeSlope;
        public double HalfSpread;
    }
}
