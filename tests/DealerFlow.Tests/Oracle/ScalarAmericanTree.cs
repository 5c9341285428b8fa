namespace DealerFlow.Tests;

/// <summary>A dividend in cash on a step of the tree.</summary>
public readonly record struct TreeDividend(int Step, double Amount);

/// <summary>
/// American options for the judge: the plain binomial tree of Cox, Ross and Rubinstein (1979), spot less the present value of the dividends
/// to come being what moves (escrowed dividends). It shares no code with what it judges.
/// </summary>
/// <remarks>
/// A dividend falls on a step: the holder of a call may exercise just before it, that of a put just after. The price is that of the tree
/// plus the error that the same tree makes for the European option (Hull and White 1988), whose price is known.
/// </remarks>
public static class ScalarAmericanTree
{
    public const int Steps = 1000;

    /// <summary>American less European price.</summary>
    public static double Premium(
        bool isCall, double spot, double rate, double yield, double years, double volatility, double strike, TreeDividend[] dividends,
        int steps = Steps)
    {
        double step = years / steps;
        double up = Math.Exp(volatility * Math.Sqrt(step)), down = 1 / up;
        double probability = (Math.Exp((rate - yield) * step) - down) / (up - down), discount = Math.Exp(-rate * step);
        double moving = spot - dividends.Sum(dividend => dividend.Amount * Math.Exp(-rate * dividend.Step * step));
        double sign = isCall ? 1 : -1;

        var price = new double[(2 * steps) + 1];
        for (int i = 0; i < price.Length; i++) price[i] = moving * Math.Pow(up, i - steps);
        var american = new double[steps + 1];
        var european = new double[steps + 1];
        for (int i = 0; i <= steps; i++) american[i] = european[i] = Math.Max(sign * (price[2 * i] - strike), 0);
        for (int level = steps - 1; level >= 0; level--)
        {
            double toCome = dividends.Where(dividend => isCall ? dividend.Step >= level : dividend.Step > level)
                .Sum(dividend => dividend.Amount * Math.Exp(-rate * (dividend.Step - level) * step));
            for (int i = 0; i <= level; i++)
            {
                double held = discount * ((probability * american[i + 1]) + ((1 - probability) * american[i]));
                european[i] = discount * ((probability * european[i + 1]) + ((1 - probability) * european[i]));
                american[i] = Math.Max(held, sign * (price[steps - level + (2 * i)] + toCome - strike));
            }
        }
        return american[0] - european[0];
    }

    /// <summary>
    /// The w of the European option that is left when the premium is taken off an out-of-the-money price, the two agreeing with each other;
    /// null where there is none.
    /// </summary>
    public static double? TotalDeviation(bool isCall, double spot, double forward, double rate, double years, double strike, double price)
    {
        double yield = rate - (Math.Log(forward / spot) / years), discount = Math.Exp(-rate * years), h = Math.Abs(Math.Log(strike / forward));
        double premium = 0;
        for (int round = 0; round < 50; round++)
        {
            if (ScalarBlack.TotalDeviation(h, (price - premium) / discount / Math.Min(forward, strike)) is not double w) return null;
            double next = Premium(isCall, spot, rate, yield, years, w / Math.Sqrt(years), strike, []);
            if (Math.Abs(next - premium) <= 1e-7 * price) return w;
            premium = next;
        }
        return null;
    }
}
