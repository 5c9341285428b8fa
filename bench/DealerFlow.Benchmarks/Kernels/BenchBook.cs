using DealerFlow.Kernels;

namespace DealerFlow.Benchmarks;

/// <summary>
/// A made-up index book, the same in every run: 16 expiries from two hours to two years in equal numbers, strikes from seven
/// at-the-money deviations below the spot (but not below half of it) to four above, a smile, and only nodes whose
/// out-of-the-money premium is worth at least a thousandth of the smallest tick.
/// </summary>
internal sealed class BenchBook
{
    public const int Nodes = 4096;
    private const double Spot = 6000;

    public readonly double[] LogStrike = new double[Nodes];
    public readonly double[] TotalDeviation = new double[Nodes];
    public readonly double[] LogMoneyness = new double[Nodes];
    public readonly double[] Price = new double[Nodes];
    public readonly double[] Weight = new double[Nodes];

    public BenchBook()
    {
        double[] hours = [2, 26, 50, 74, 98, 170, 340, 510, 700, 1_000, 1_500, 2_200, 4_400, 8_760, 13_000, 17_500];
        var random = new Random(2026);
        for (int node = 0; node < Nodes;)
        {
            double years = hours[node % hours.Length] / 8_760;
            double atTheMoney = 0.16 * Math.Sqrt(years);
            double strike = Spot * (1 + atTheMoney * (11 * random.NextDouble() - 7));
            if (strike < 0.5 * Spot) continue;
            double h = Math.Log(strike / Spot);
            // A smile that steepens towards expiry, as in an index.
            double w = atTheMoney * Math.Sqrt(1 + 0.35 * (h / atTheMoney) * (h / atTheMoney) / (1 + Math.Abs(h) / atTheMoney)) * Math.Exp(-0.8 * h);
            double price = ImpliedDeviation.NormalisedPrice(Math.Abs(h), w);
            if (price * Math.Min(strike, Spot) < 5e-5) continue;
            LogStrike[node] = Math.Log(strike);
            TotalDeviation[node] = w;
            LogMoneyness[node] = Math.Abs(h);
            Price[node] = price;
            Weight[node] = random.Next(-20_000, 30_000);
            node++;
        }
    }

    /// <summary>Log of the forward, which is the spot here.</summary>
    public static double LogForward => Math.Log(Spot);

    /// <summary>What the figures depend on: how much of the book is deep in the wing, and how much expires within a day.</summary>
    public string Mix()
    {
        int wing = 0, nearExpiry = 0;
        for (int i = 0; i < Nodes; i++)
        {
            if (LogMoneyness[i] > 3 * TotalDeviation[i]) wing++;
            if (TotalDeviation[i] < 0.01) nearExpiry++;
        }
        return FormattableString.Invariant($"{Nodes} nodes, {100.0 * wing / Nodes:F0} % beyond 3 deviations, {100.0 * nearExpiry / Nodes:F0} % with w < 0.01");
    }
}
