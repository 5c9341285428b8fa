using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class Black76Tests(ITestOutputHelper output)
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
    public void Higher_Greeks_are_the_derivatives_of_gamma_and_vega()
    {
        var random = new Random(65);
        for (int i = 0; i < 2_000; i++)
        {
            double spot = 80 + 40 * random.NextDouble(), years = 0.02 + 2 * random.NextDouble(), vol = 0.08 + random.NextDouble();
            double r = 0.08 * random.NextDouble() - 0.02, q = 0.04 * random.NextDouble(), w = vol * Math.Sqrt(years);
            double strike = spot * Math.Exp((random.NextDouble() - 0.5) * 3 * w);
            bool isCall = i % 2 == 0;
            Row row = At(spot, years, vol);
            // Steps of the size on which each Greek itself varies.
            double ds = 1e-3 * spot * w, dv = 1e-3 * vol, dt = 1e-3 * years;
            Close(Difference(x => At(spot, years, x).Vega, vol, dv), row.Vomma, 1e-8 * row.Vega / vol);
            Close(Difference(x => At(x, years, vol).Gamma, spot, ds), row.Speed, 1e-8 * row.Gamma / (spot * w));
            Close(Difference(x => At(spot, years, x).Gamma, vol, dv), row.Zomma, 1e-8 * row.Gamma / vol);
            Close(-Difference(x => At(spot, x, vol).Gamma, years, dt), row.Color, 1e-8 * row.Gamma / years);
            // And those below them, from the price of the same columns.
            Close(Difference(x => At(x, years, vol).Price, spot, ds), row.Delta, 1e-8);
            Close(Difference(x => At(x, years, vol).Delta, spot, ds), row.Gamma, 1e-8 / (spot * w));
            Close(Difference(x => At(spot, years, x).Price, vol, dv), row.Vega, 1e-8 * spot);
            Close(Difference(x => At(spot, years, x).Delta, vol, dv), row.Vanna, 1e-8 / vol);
            Close(-Difference(x => At(spot, x, vol).Price, years, dt), row.Theta, 1e-8 * spot / years);
            Close(-Difference(x => At(spot, x, vol).Delta, years, dt), row.Charm, 1e-8 / years);

            // S alone moves: r, q and sigma stay, so F moves with it.
            Row At(double s, double t, double sigma) => FromDeviation(s, s * Math.Exp((r - q) * t), strike, t, Math.Exp(-r * t), sigma * Math.Sqrt(t), isCall);
        }
    }

    // Relative to the sum of the sizes of the terms, against 400 binary places; prices and Greeks out of the money.
    [Theory]
    [InlineData(0, 5, 1e-14)]
    [InlineData(5, 10, 2e-14)]
    [InlineData(10, 20, 1e-13)]
    [InlineData(20, 37, 3e-13)]
    public void Prices_and_Greeks_are_as_good_as_400_places_say(double least, double most, double promised)
    {
        const int Count = 400;
        var random = new Random(66 + (int)least);
        var rows = new Columns8(Count);
        for (int i = 0; i < Count; i++)
        {
            double w = Math.Exp(Math.Log(1e-4) + random.NextDouble() * Math.Log(6e4)), years = Math.Exp(random.NextDouble() * 12 - 10);
            double distance = least + (most - least) * random.NextDouble();
            double h = Math.Min((distance + 0.5 * w) * w, 25);
            rows.IsCall[i] = i % 2 == 0;
            rows.TotalDeviation[i] = w;
            rows.Forward[i] = 50 + 7000 * random.NextDouble();
            rows.Strike[i] = rows.Forward[i] * Math.Exp(rows.IsCall[i] ? h : -h);
            rows.Spot[i] = rows.Forward[i] * (0.97 + 0.06 * random.NextDouble());
            rows.Discount[i] = 0.9 + 0.12 * random.NextDouble();
            rows.Years[i] = years;
        }
        Results results = Price(LaneDispatch.Best, rows);
        double[] worst = new double[WideBlack.Names.Length];
        int[] at = new int[worst.Length];
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(QuoteStatus.Ok, results.Status[i]);
            var wide = new WideBlack(
                rows.Spot[i], rows.Forward[i], rows.Strike[i], rows.Years[i], rows.Discount[i], rows.TotalDeviation[i], rows.IsCall[i]);
            for (int column = 0; column < worst.Length; column++)
            {
                double ours = column == 0 ? results.Values[^1][i] : results.Values[column + 1][i];
                if (Math.Abs(ours) < 1e-290) continue;
                double error = wide.Error(column, ours);
                if (error > worst[column]) (worst[column], at[column]) = (error, i);
            }
        }
        for (int column = 0; column < worst.Length; column++)
        {
            int i = at[column];
            output.WriteLine($"|d| from {least} to {most}, {WideBlack.Names[column]}: {worst[column]:E1} at w = {rows.TotalDeviation[i]:G3}, K/F = {rows.Strike[i] / rows.Forward[i]:G3}");
            Assert.InRange(worst[column], 0, promised);
        }
    }

    [Theory]
    [InlineData(100, 100, 100, 1, 1, 0, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 1, -0.1, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 1, double.NaN, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 1, double.PositiveInfinity, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 1, 1e-300, QuoteStatus.Invalid)] // speed overflows
    [InlineData(100, 100, 100, 0, 1, 0, QuoteStatus.Expired)]
    [InlineData(100, 100, 100, -1, 1, 0.1, QuoteStatus.Expired)]
    [InlineData(100, 100, 100, 0, 1, double.NaN, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, double.NaN, 1, 0.1, QuoteStatus.Invalid)]
    [InlineData(0, 100, 100, 1, 1, 0.1, QuoteStatus.Invalid)]
    [InlineData(100, double.PositiveInfinity, 100, 1, 1, 0.1, QuoteStatus.Invalid)]
    [InlineData(100, 100, -100, 1, 1, 0.1, QuoteStatus.Invalid)]
    [InlineData(100, 100, 100, 1, 0, 0.1, QuoteStatus.Invalid)]
    public void A_deviation_without_an_answer_has_a_status_and_zeros(
        double spot, double forward, double strike, double years, double discount, double w, QuoteStatus status) =>
        Assert.Equal(new Row { Status = status }, FromDeviation(spot, forward, strike, years, discount, w, isCall: true));

    [Fact]
    public void The_ends_of_the_domain_have_prices()
    {
        // A millisecond to go: the whole gamma in a cent.
        double millisecond = 1e-3 / (365 * 86400.0);
        Row last = FromDeviation(6000, 6000, 6000, millisecond, 1, 0.15 * Math.Sqrt(millisecond), isCall: true);
        Assert.Equal(QuoteStatus.Ok, last.Status);
        Assert.Equal(6000 * 0.15 * Math.Sqrt(millisecond) / Math.Sqrt(2 * Math.PI), last.Price, 1e-12);
        Assert.Equal(0.15, last.ImpliedVol, 1e-15);
        // w = 20: worth the forward, and nothing moves it but the spot.
        Row most = FromDeviation(100, 101, 100, 4, 0.95, 20, isCall: true);
        Assert.Equal(QuoteStatus.Ok, most.Status);
        Assert.Equal(0.95 * 101, most.Price, 1e-12);
        Assert.Equal(0.95 * 101 / 100, most.Delta, 1e-14);
        Assert.InRange(most.Gamma, 0, 1e-20);
        // So far out that nothing is left: zeros, and Ok.
        Row far = FromDeviation(100, 100, 1e6, 1, 1, 0.01, isCall: true);
        Assert.Equal(new Row { Status = QuoteStatus.Ok, TotalDeviation = 0.01, ImpliedVol = 0.01 }, far with { Speed = 0, Zomma = 0, Color = 0, Vanna = 0, Charm = 0, Theta = 0 });
        // As far in: intrinsic value.
        Row deep = FromDeviation(100, 100, 1e6, 1, 0.5, 0.01, isCall: false);
        Assert.Equal(0.5 * (1e6 - 100), deep.Price);
        Assert.Equal(-0.5, deep.Delta);
    }

    [Fact]
    public void Volatilities_of_the_kernels_own_prices_are_those_it_was_given()
    {
        Columns8 rows = RandomRows(20_000, seed: 67);
        Results priced = Price(LaneDispatch.Best, rows);
        priced.Values[^1].CopyTo(rows.Price, 0);
        Results solved = Solve(LaneDispatch.Best, rows);
        int compared = 0;
        for (int i = 0; i < rows.Price.Length; i++)
        {
            if (priced.Status[i] != QuoteStatus.Ok || solved.Status[i] != QuoteStatus.Ok) continue;
            if (rows.Price[i] < 1e-290) continue; // a subnormal has not all its digits
            // An in-the-money price holds the time value to its own last digit only.
            double conditioning = 1 + rows.Price[i] / (priced.Values[4][i] * priced.Values[1][i]);
            Assert.Equal(rows.TotalDeviation[i], solved.Values[0][i], 1e-15 * (4 + 4 * conditioning) * rows.TotalDeviation[i]);
            compared++;
        }
        Assert.True(compared > 8_000, $"{compared} rows");
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
        return RowOf(Solve(LaneDispatch.Best, rows), 5);
    }

    private static Row RowOf(Results results, int row) => new()
    {
        Status = results.Status[row],
        TotalDeviation = results.Values[0][row],
        ImpliedVol = results.Values[1][row],
        Delta = results.Values[2][row],
        Gamma = results.Values[3][row],
        Vega = results.Values[4][row],
        Theta = results.Values[5][row],
        Vanna = results.Values[6][row],
        Charm = results.Values[7][row],
        Vomma = results.Values[8][row],
        Speed = results.Values[9][row],
        Zomma = results.Values[10][row],
        Color = results.Values[11][row],
    };

    private static Row FromDeviation(double spot, double forward, double strike, double years, double discount, double w, bool isCall)
    {
        var rows = new Columns8(8);
        rows.Spot.AsSpan().Fill(spot);
        rows.Forward.AsSpan().Fill(forward);
        rows.Strike.AsSpan().Fill(strike);
        rows.Years.AsSpan().Fill(years);
        rows.Discount.AsSpan().Fill(discount);
        rows.TotalDeviation.AsSpan().Fill(w);
        rows.IsCall.AsSpan().Fill(isCall);
        Results results = Price(LaneDispatch.Best, rows);
        return RowOf(results, 5) with { Price = results.Values[^1][5] };
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
        public double Price { get; init; }
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
