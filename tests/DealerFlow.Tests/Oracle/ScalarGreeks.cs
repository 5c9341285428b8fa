namespace DealerFlow.Tests;

/// <summary>
/// Raw derivatives of one European option as the methodology's section 4 writes them: per unit of the variable, per year, per share.
/// The carry is implied by forward, discount and spot: exp(−qT) = D·F/S, r = −ln(D)/T.
/// </summary>
public readonly record struct ScalarGreeks(double Spot, double Forward, double Discount, double Strike, double Years, double W)
{
    private double D1 => Math.Log(Forward / Strike) / W + W / 2;
    private double D2 => D1 - W;
    private double Density => ScalarBlack.NormalDensity(D1);
    private double Volatility => W / Math.Sqrt(Years);
    private double CarryFactor => Discount * Forward / Spot;
    private double Rate => -Math.Log(Discount) / Years;
    private double Yield => -Math.Log(CarryFactor) / Years;

    /// <summary>∂Δ/∂S, the same for call and put.</summary>
    public double Gamma => Discount * Forward * Density / (Spot * Spot * W);

    /// <summary>∂Δ/∂σ, the same for call and put.</summary>
    public double Vanna => -CarryFactor * Density * D2 / Volatility;

    /// <summary>∂V/∂S.</summary>
    public double Delta(bool isCall) =>
        isCall ? CarryFactor * ScalarBlack.NormalCdf(D1) : -CarryFactor * ScalarBlack.NormalCdf(-D1);

    /// <summary>∂Δ/∂t, per year.</summary>
    public double Charm(bool isCall)
    {
        double carry = isCall ? Yield * CarryFactor * ScalarBlack.NormalCdf(D1) : -Yield * CarryFactor * ScalarBlack.NormalCdf(-D1);
        return carry - CarryFactor * Density * (2 * (Rate - Yield) * Years - D2 * W) / (2 * Years * W);
    }
}
