using DealerFlow.Kernels;

namespace DealerFlow.Cli.Synth;

/// <summary>Total deviation w = σ√T over log-moneyness ln(K/F) of one expiry. It moves with the forward, so it moves smoothly with spot.</summary>
internal abstract class Smile
{
    // Short expiries breathe with the market, long ones hardly.
    private const double LevelMemoryYears = 30.0 / 365;

    /// <summary>w at a log-moneyness.</summary>
    /// <param name="logMoneyness">ln(K/F).</param>
    /// <param name="years">Time to settlement.</param>
    /// <param name="level">Logarithm of the factor on the shortest volatility: <see cref="SpotPath.Level"/>.</param>
    public double Deviation(double logMoneyness, double years, double level)
    {
        double damping = Math.Sqrt(LevelMemoryYears / (years + LevelMemoryYears));
        return Shape(logMoneyness, years, Functions.Exp(damping * level));
    }

    protected abstract double Shape(double logMoneyness, double years, double factor);
}

/// <summary>
/// The surface of a calendar market: SSVI with one skew for all expiries, free of butterfly arbitrage by η(1 + |ρ|) ≤ 2 and, since
/// at-the-money variance grows with time, free of calendar arbitrage.
/// </summary>
/// <remarks>Source: J. Gatheral, A. Jacquier, Arbitrage-free SVI volatility surfaces (2014), section 4, with φ(θ) = η/√(θ(1 + θ)).</remarks>
/// <param name="scale">Volatility over that of an index.</param>
internal sealed class SurfaceSmile(double scale) : Smile
{
    /// <summary>The surface of an index.</summary>
    public static readonly SurfaceSmile Instance = new(1);

    private const double Skew = -0.7;               // ρ
    private const double Curvature = 1.1;           // η
    private const double ShortVolatility = 0.125;
    private const double LongVolatility = 0.19;
    private const double TermYears = 0.35;

    protected override double Shape(double logMoneyness, double years, double factor)
    {
        double volatility = scale * factor * (ShortVolatility + ((LongVolatility - ShortVolatility) * Math.Sqrt(years / (years + TermYears))));
        double variance = volatility * volatility * years;
        double scaled = Curvature / Math.Sqrt(variance * (1 + variance)) * logMoneyness;
        double wing = Math.Sqrt(((scaled + Skew) * (scaled + Skew)) + (1 - (Skew * Skew)));
        return Math.Sqrt(variance / 2 * (1 + (Skew * scaled) + wing));
    }
}

/// <summary>The smile of a real chain: linear in ln(K/F) between its good quotes, flat beyond them, shrinking with √T.</summary>
internal sealed class QuotedSmile : Smile
{
    private readonly double[] _logMoneyness;        // ascending
    private readonly double[] _deviation;
    private readonly double _years;

    /// <param name="logMoneyness">ln(K/F) of the good quotes, ascending, at least one.</param>
    /// <param name="deviation">Their w.</param>
    /// <param name="years">Time to settlement when they were quoted.</param>
    public QuotedSmile(double[] logMoneyness, double[] deviation, double years)
    {
        if (logMoneyness.Length == 0 || logMoneyness.Length != deviation.Length)
            throw new ArgumentException("A smile needs at least one quote, and as many deviations as strikes.", nameof(logMoneyness));
        _logMoneyness = logMoneyness;
        _deviation = deviation;
        _years = years;
    }

    protected override double Shape(double logMoneyness, double years, double factor) =>
        Quoted(logMoneyness) * factor * Math.Sqrt(years / _years);

    private double Quoted(double logMoneyness)
    {
        int above = Array.BinarySearch(_logMoneyness, logMoneyness);
        if (above >= 0) return _deviation[above];
        above = ~above;
        if (above == 0) return _deviation[0];
        if (above == _logMoneyness.Length) return _deviation[^1];
        double share = (logMoneyness - _logMoneyness[above - 1]) / (_logMoneyness[above] - _logMoneyness[above - 1]);
        return _deviation[above - 1] + (share * (_deviation[above] - _deviation[above - 1]));
    }
}
