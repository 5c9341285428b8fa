using DealerFlow.Kernels;

namespace DealerFlow.Tests;

/// <summary>Random and extreme rows for the kernels, the same ones in every run.</summary>
internal static class NodeRows
{
    /// <summary>Numbers that break things: signed zeros, subnormals, infinities, NaNs of both signs, edges of the double range.</summary>
    public static readonly double[] Extremes =
    [
        0.0, -0.0, double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, -2.2250738585072014e-308, 1e-300, 1e-160, 1e-150, 1e-16,
        1e-12, 0.5, 0.70710678118654752, 0.70710678118654757, 1, -1, 1.4142135623730949, 1.4142135623730951, 20, 37.5, 38.5, 39, 64, 700,
        709.782712893384, 709.7827128933841, -708.4, -745.1332191019411, -745.1332191019412, 1e16, 1e150, 1e160, double.MaxValue,
        double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, BitConverter.Int64BitsToDouble(0x7FF8000000000001),
    ];

    /// <summary>Random bit patterns (every binade, both signs, NaNs among them), then the extremes.</summary>
    public static double[] AnyDoubles(int count, int seed)
    {
        var random = new Random(seed);
        double[] rows = new double[Columns.PaddedLength(count)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = i % 4 switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                1 => (random.NextDouble() - 0.5) * 1600,
                2 => (random.NextDouble() - 0.5) * 80,
                _ => i % 64 == 3 ? Extremes[random.Next(Extremes.Length)] : random.NextDouble() * 4,
            };
        }
        Extremes.CopyTo(rows, 0);
        return rows;
    }

    /// <summary>ln K around ln 6000 and w from minutes to years, with extremes sprinkled in.</summary>
    public static void Nodes(int count, int seed, out double[] logStrike, out double[] totalDeviation, out double[] weight)
    {
        var random = new Random(seed);
        int length = Columns.PaddedLength(count);
        logStrike = new double[length];
        totalDeviation = new double[length];
        weight = new double[length];
        for (int i = 0; i < length; i++)
        {
            double w = Math.Exp(Math.Log(1e-6) + random.NextDouble() * Math.Log(20 / 1e-6));
            totalDeviation[i] = w;
            logStrike[i] = Math.Log(6000) + w * (random.NextDouble() - 0.5) * (i % 7 == 0 ? 90 : 10);
            weight[i] = random.Next(-100_000, 100_000);
            if (i % 97 == 5) totalDeviation[i] = Extremes[random.Next(Extremes.Length)];
            if (i % 97 == 9) logStrike[i] = Extremes[random.Next(Extremes.Length)];
            if (i % 97 == 13) weight[i] = Extremes[random.Next(Extremes.Length)];
        }
    }

    /// <summary>(h, c) over the whole domain: round trips, raw random prices, and extremes.</summary>
    public static void Prices(int count, int seed, out double[] h, out double[] c)
    {
        var random = new Random(seed);
        int length = Columns.PaddedLength(count);
        h = new double[length];
        c = new double[length];
        for (int i = 0; i < length; i++)
        {
            double w = Math.Exp(Math.Log(1e-8) + random.NextDouble() * Math.Log(20 / 1e-8));
            h[i] = i % 11 == 0 ? 0 : i % 3 == 0 ? random.NextDouble() * 12 : w * random.NextDouble() * 37;
            c[i] = i % 3 == 1
                ? Math.Exp(-random.NextDouble() * (i % 2 == 0 ? 10 : 740))
                : ImpliedDeviation.NormalisedPrice(h[i], w);
            if (i % 101 == 5) c[i] = Extremes[random.Next(Extremes.Length)];
            if (i % 101 == 9) h[i] = Extremes[random.Next(Extremes.Length)];
            if (i % 101 == 13) c[i] = 1 - Math.Exp(-random.NextDouble() * 37);
        }
    }
}
