using System.Globalization;
using System.Text.Json;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class Black76Tests
{
    private const int GreekColumnCount = 12;

    // Haug (1998), Option pricing formulas, pp. 2-8, 24, 27, as tabulated by QuantLib's test suite.
    //  right, K, S, q, r, T, σ, value
    [Theory]
    [InlineData(true, 65, 60, 0.00, 0.08, 0.25, 0.30, 2.1334)]
    [InlineData(false, 95, 100, 0.05, 0.10, 0.50, 0.20, 2.4648)]
    [InlineData(false, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011)]
    public void Prices_match_the_published_values(
        bool isCall, double strike, double spot, double q, double r, double years, double vol, double expected)
    {
        double price = Black76.Price(spot * Math.Exp((r - q) * years), strike, Math.Exp(-r * years), vol * Math.Sqrt(years), isCall);
        Assert.Equal(expected, price, 1e-4);
    }

    // Rows on which published solvers failed. S, K, r, T, price, right → status, volatility.
    [Theory]
    // FinancialToolbox.jl #21: vega taken as zero, step infinite; truth by 50-digit arithmetic.
    [InlineData(4753.63, 4085, 0.0525, 0.13870843734533175, 701.3994, true, QuoteStatus.Ok, 0.215179753507675)]
    // TheQuantPy #6: below the discounted intrinsic value 12.52, divided by zero there.
    [InlineData(85.37, 75, 0.043, 0.6767, 11.73, true, QuoteStatus.BelowIntrinsic, 0)]
    // py_vollib #18: intrinsic value 1541.5.
    [InlineData(4127.83, 2600, 0.01, 133 / 252.0, 1529.75, true, QuoteStatus.BelowIntrinsic, 0)]
    // A Newton iteration that used gamma as its slope ran to −10²³ here.
    [InlineData(23.95, 24, 0.05, 71 / 365.0, 1.52, true, QuoteStatus.Ok, 0.340244611266918)]
    // Deep in the money with only the in-the-money quote: no digits left for w.
    [InlineData(6000, 3000, 0, 1, 3000.0000000000005, true, QuoteStatus.IllConditioned, 0)]
    public void Known_failures_of_other_solvers_have_the_right_answer(
        double spot, double strike, double r, double years, double price, bool isCall, QuoteStatus status, double vol)
    {
        Row row = FromPrice(spot, spot * Math.Exp(r * years), strike, years, Math.Exp(-r * years), price, isCall);
        Assert.Equal(status, row.Status);
        Assert.Equal(vol, row.ImpliedVol, 1e-12 * vol);
    }

    [Theory]
    [InlineData(100, 100, 100, 1, 1, 0, QuoteStatus.BelowIntrinsic)]
    [InlineData(100, 100, 100, 1, 1, 100, QuoteStatus.AboveMax)]
    [InlineData(100, 100, 100, 1, 1, 1e9, QuoteStatus.AboveMax)]
    [InlineData(100, 100, 100, 1, 1, -1, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 1, double.NaN, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 1, double.PositiveInfinity, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 0, 1, 5, QuoteStatus.Expired)]
    [InlineData(100, 100, 100, -1, 1, 5, QuoteStatus.Expired)]
    [InlineData(100, 100, 100, double.NaN, 1, 5, QuoteStatus.Invalid)]
    [InlineData(0, 100, 100, 1, 1, 5, QuoteStatus.Invalid)]
    [InlineData(100, -100, 100, 1, 1, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, 0, 1, 1, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, double.NaN, 1, 1, 5, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 0, 5, QuoteStatus.Invalid)]
    [InlineData(100, double.PositiveInfinity, 100, 1, 1, 5, QuoteStatus.Invalid)]
    public void A_row_without_an_answer_has_a_status_and_zeros(
        double spot, double forward, double strike, double years, double discount, double price, QuoteStatus status)
    {
        Row row = FromPrice(spot, forward, strike, years, discount, price, isCall: true);
        Assert.Equal(new Row { Status = status }, row);
    }

    [Fact]
    public void Prices_of_both_rights_give_back_volatility_and_Greeks()
    {
        var random = new Random(61);
        for (int i = 0; i < 5_000; i++)
        {
            double spot = 80 + 40 * random.NextDouble(), years = 0.02 + 2 * random.NextDouble(), vol = 0.08 + random.NextDouble();
            double r = 0.08 * random.NextDouble() - 0.02, q = 0.04 * random.NextDouble(), root = Math.Sqrt(years);
            double forward = spot * Math.Exp((r - q) * years), discount = Math.Exp(-r * years), w = vol * root;
            double strike = forward * Math.Exp((random.NextDouble() - 0.5) * 2 * w);
            bool isCall = i % 2 == 0;
            Row row = FromPrice(spot, forward, strike, years, discount, Black76.Price(forward, strike, discount, w, isCall), isCall);
            Assert.Equal(QuoteStatus.Ok, row.Status);
            Assert.Equal(vol, row.ImpliedVol, 1e-11);
            Assert.Equal(w, row.TotalDeviation, 1e-11);

            double s = spot * 1e-4;
            Close(Difference(x => P(x, years, vol), spot, s), row.Delta, 1e-7);
            Close(SecondDifference(x => P(x, years, vol), spot, 10 * s), row.Gamma, 1e-5 * row.Gamma + 1e-8);
            Close(Difference(x => P(spot, years, x), vol, 1e-4), row.Vega, 1e-6 * spot);
            Close(-Difference(x => P(spot, x, vol), years, 1e-3 * years), row.Theta, 1e-5 * spot);

            double P(double s, double t, double sigma) =>
                Black76.Price(s * Math.Exp((r - q) * t), strike, Math.Exp(-r * t), sigma * Math.Sqrt(t), isCall);
        }
    }

    [Fact]
    public void Row_Greeks_are_those_of_the_node_kernel()
    {
        double spot = 5990, forward = 6000, discount = 0.98, years = 0.2;
        foreach (double strike in (double[])[4000, 5500, 5990, 6000, 6200, 8000])
        {
            double w = 0.09;
            double[] logStrike = new double[8], deviation = new double[8];
            logStrike.AsSpan().Fill(Math.Log(strike));
            deviation.AsSpan().Fill(w);
            double[][] node = KernelWidthTests.Greeks(LaneDispatch.Best, new ExpiryTerms(spot, forward, discount, years), logStrike, deviation);
            bool isCall = strike >= forward;
            Row row = FromPrice(spot, forward, strike, years, discount, Black76.Price(forward, strike, discount, w, isCall), isCall);
            Assert.Equal(1, row.Gamma / node[0][0], 1e-11);
            Assert.Equal(1, row.Delta / node[isCall ? 1 : 2][0], 1e-11);
            Assert.Equal(node[3][0], row.Vanna, 1e-11 * Math.Abs(node[3][0]) + 1e-13);
            Assert.Equal(node[isCall ? 4 : 5][0], row.Charm, 1e-11 * Math.Abs(node[isCall ? 4 : 5][0]) + 1e-13);
        }
    }

    [Theory]
    [InlineData("golden/py_vollib/test_data.json")]
    [InlineData("golden/fast-vollib/tests_data_py_vollib.json")]
    public void Rows_of_py_vollib_are_reproduced(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Repository.RealData(file)));
        string[] columns = [.. document.RootElement.GetProperty("columns").EnumerateArray().Select(name => name.GetString()!)];
        int priced = 0;
        foreach (JsonElement data in document.RootElement.GetProperty("data").EnumerateArray())
        {
            double[] values = [.. data.EnumerateArray().Select(value => value.GetDouble())];
            double Of(string column) => values[Array.IndexOf(columns, column)];
            double spot = Of("S"), strike = Of("K"), r = Of("R"), years = Of("t"), vol = Of("v");
            double forward = spot * Math.Exp(r * years), discount = Math.Exp(-r * years), w = vol * Math.Sqrt(years);
            foreach (bool isCall in (bool[])[true, false])
            {
                double price = Black76.Price(forward, strike, discount, w, isCall);
                Assert.Equal(Of(isCall ? "bs_call" : "bs_put"), price, 1e-8 + 1e-9 * price);
                Row row = FromPrice(spot, forward, strike, years, discount, price, isCall);
                if (row.Status != QuoteStatus.Ok)
                {
                    Assert.Contains(row.Status, (QuoteStatus[])[QuoteStatus.BelowIntrinsic, QuoteStatus.IllConditioned]);
                    continue;
                }
                priced++;
                string right = isCall ? "C" : "P";
                Assert.Equal(vol, row.ImpliedVol, 2e-6 * vol);
                // Printed to ten decimals; Greeks from a volatility that is itself known to the conditioning of the price only.
                Assert.Equal(Of(right + "D"), row.Delta, 1e-7);
                Assert.Equal(Of(right + "G"), row.Gamma, 1e-8);
                Assert.Equal(Of(right + "T"), row.Theta, 1e-4);
                Assert.Equal(Of(right + "V"), row.Vega, 1e-4);
            }
        }
        Assert.True(priced > 150, $"only {priced} rows were priced");
    }

    [Fact]
    public void Haug_values_of_the_whole_table_are_reproduced()
    {
        int rows = 0;
        foreach (string line in File.ReadLines(Repository.RealData("golden/quantlib_tables/haug1998_european_values.csv")))
        {
            if (line.StartsWith('#') || line.StartsWith("type", StringComparison.Ordinal)) continue;
            string[] cells = line.Split(',');
            double[] n = [.. cells.Skip(1).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
            (double strike, double spot, double q, double r, double years, double vol) = (n[0], n[1], n[2], n[3], n[4], n[5]);
            double price = Black76.Price(
                spot * Math.Exp((r - q) * years), strike, Math.Exp(-r * years), vol * Math.Sqrt(years), cells[0] == "call");
            Assert.Equal(n[6], price, n[7]);
            rows++;
        }
        Assert.True(rows > 20, $"{rows} rows");
    }

    [Fact]
    public void Rows_allocate_nothing()
    {
        Columns8 input = RandomRows(1024, seed: 63);
        var status = new QuoteStatus[1024];
        double[][] values = [.. Enumerable.Range(0, GreekColumnCount + 1).Select(_ => new double[1024])];
        foreach (LaneWidth width in SameBits.Widths)
        {
            Run(width, input, status, values);
            RunFromDeviations(width, input, status, values);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(width, input, status, values);
            RunFromDeviations(width, input, status, values);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Theory]
    [InlineData(0, 100, 1, 0.2)]
    [InlineData(100, -1, 1, 0.2)]
    [InlineData(100, 100, double.NaN, 0.2)]
    [InlineData(100, 100, 1, -0.2)]
    public void A_price_of_nonsense_is_no_number(double forward, double strike, double discount, double w) =>
        Assert.Equal(double.NaN, Black76.Price(forward, strike, discount, w, isCall: true));

    internal static Columns8 RandomRows(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new Columns8(Columns.PaddedLength(count));
        for (int i = 0; i < rows.Price.Length; i++)
        {
            double w = Math.Exp(Math.Log(1e-4) + random.NextDouble() * Math.Log(5e4));
            rows.Spot[i] = 6000 * random.NextDouble();
            rows.Forward[i] = rows.Spot[i] * (0.95 + 0.1 * random.NextDouble());
            rows.Strike[i] = rows.Forward[i] * Math.Exp(Math.Min(w, 2) * 20 * (random.NextDouble() - 0.5));
            rows.Years[i] = Math.Exp(-25 * random.NextDouble() + 2);
            rows.Discount[i] = 0.9 + 0.15 * random.NextDouble();
            rows.IsCall[i] = random.Next(2) == 0;
            rows.TotalDeviation[i] = w;
            rows.Price[i] = Black76.Price(rows.Forward[i], rows.Strike[i], rows.Discount[i], w, rows.IsCall[i]);
            if (i % 5 == 0) rows.Price[i] *= 0.9 + 0.2 * random.NextDouble();
            if (i % 7 == 1) rows.Price[i] *= 1 + 3e-16 * random.Next(4); // in the money: a time value made of rounding errors
            double[] column = new[] { rows.Spot, rows.Forward, rows.Strike, rows.Years, rows.Discount, rows.Price, rows.TotalDeviation }[random.Next(7)];
            if (i % 31 == 3) column[i] = NodeRows.Extremes[random.Next(NodeRows.Extremes.Length)];
        }
        return rows;
    }

    private static Row FromPrice(double spot, double forward, double strike, double years, double discount, double price, bool isCall)
    {
        var rows = new Columns8(8);
        rows.Spot.AsSpan().Fill(spot);
        rows.Forward.AsSpan().Fill(forward);
        rows.Strike.AsSpan().Fill(strike);
        rows.Years.AsSpan().Fill(years);
        rows.Discount.AsSpan().Fill(discount);
        rows.Price.AsSpan().Fill(price);
        rows.IsCall.AsSpan().Fill(isCall);
        Results results = Solve(LaneDispatch.Best, rows);
        return new Row
        {
            Status = results.Status[5],
            TotalDeviation = results.Values[0][5],
            ImpliedVol = results.Values[1][5],
            Delta = results.Values[2][5],
            Gamma = results.Values[3][5],
            Vega = results.Values[4][5],
            Theta = results.Values[5][5],
            Vanna = results.Values[6][5],
            Charm = results.Values[7][5],
            Vomma = results.Values[8][5],
            Speed = results.Values[9][5],
            Zomma = results.Values[10][5],
            Color = results.Values[11][5],
        };
    }

    internal static Results Solve(LaneWidth width, Columns8 rows)
    {
        var status = new QuoteStatus[rows.Price.Length];
        double[][] values = [.. Enumerable.Range(0, GreekColumnCount).Select(_ => new double[rows.Price.Length])];
        Run(width, rows, status, values);
        return new Results(status, values);
    }

    /// <summary>The same rows from w, which stands where the price does; the price is the last of the columns.</summary>
    internal static Results Price(LaneWidth width, Columns8 rows)
    {
        var status = new QuoteStatus[rows.Price.Length];
        double[][] values = [.. Enumerable.Range(0, GreekColumnCount + 1).Select(_ => new double[rows.Price.Length])];
        RunFromDeviations(width, rows, status, values);
        return new Results(status, values);
    }

    private static void RunFromDeviations(LaneWidth width, Columns8 rows, QuoteStatus[] status, double[][] values) => Black76.FromDeviations(
        width,
        new DeviationRows
        {
            Spot = rows.Spot,
            Forward = rows.Forward,
            Strike = rows.Strike,
            Years = rows.Years,
            Discount = rows.Discount,
            TotalDeviation = rows.TotalDeviation,
            IsCall = rows.IsCall,
        },
        values[^1],
        GreekRowsOf(status, values));

    private static void Run(LaneWidth width, Columns8 rows, QuoteStatus[] status, double[][] values) => Black76.FromPrices(
        width,
        new PricedRows
        {
            Spot = rows.Spot,
            Forward = rows.Forward,
            Strike = rows.Strike,
            Years = rows.Years,
            Discount = rows.Discount,
            Price = rows.Price,
            IsCall = rows.IsCall,
        },
        GreekRowsOf(status, values));

    internal static GreekRows GreekRowsOf(QuoteStatus[] status, double[][] values) => new()
    {
        Status = status,
        TotalDeviation = values[0],
        ImpliedVol = values[1],
        Delta = values[2],
        Gamma = values[3],
        Vega = values[4],
        Theta = values[5],
        Vanna = values[6],
        Charm = values[7],
        Vomma = values[8],
        Speed = values[9],
        Zomma = values[10],
        Color = values[11],
    };

    private static double Difference(Func<double, double> f, double x, double step) =>
        (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);

    private static double SecondDifference(Func<double, double> f, double x, double step) =>
        (16 * (f(x + step) + f(x - step)) - (f(x + 2 * step) + f(x - 2 * step)) - 30 * f(x)) / (12 * step * step);

    private static void Close(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{actual:R} instead of {expected:R}");

    internal sealed class Columns8(int length)
    {
        public readonly double[] Spot = new double[length];
        public readonly double[] Forward = new double[length];
        public readonly double[] Strike = new double[length];
        public readonly double[] Years = new double[length];
        public readonly double[] Discount = new double[length];
        public readonly double[] Price = new double[length];
        public readonly double[] TotalDeviation = new double[length];
        public readonly bool[] IsCall = new bool[length];
    }

    internal sealed record Results(QuoteStatus[] Status, double[][] Values);

    private readonly record struct Row
    {
        public QuoteStatus Status { get; init; }
        public double TotalDeviation { get; init; }
        public double ImpliedVol { get; init; }
        public double Delta { get; init; }
        public double Gamma { get; init; }
        public double Vega { get; init; }
        public double Theta { get; init; }
        public double Vanna { get; init; }
        public double Charm { get; init; }
        public double Vomma { get; init; }
        public double Speed { get; init; }
        public double Zomma { get; init; }
        public double Color { get; init; }
    }
}
