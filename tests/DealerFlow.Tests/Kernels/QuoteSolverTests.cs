using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class QuoteSolverTests
{
    // Premiums of h = 0.1 at w = 0.05, 0.1, 0.2, 0.3.
    private static readonly double[] Premium = [.. new[] { 0.05, 0.1, 0.2, 0.3 }.Select(w => ImpliedDeviation.NormalisedPrice(0.1, w))];

    public static TheoryData<double, double, QuoteStatus> Quotes => new()
    {
        { Premium[1], Premium[1] * 1.01, QuoteStatus.Ok },
        { Premium[1], Premium[1], QuoteStatus.Locked },
        { Premium[2], Premium[1], QuoteStatus.Crossed },
        { 0, Premium[1], QuoteStatus.NoBid },
        { 0, 0, QuoteStatus.Missing },
        { Premium[0], Premium[2], QuoteStatus.Wide },
        { Premium[1], 1.5, QuoteStatus.Wide },
        { 0.9, 1.5, QuoteStatus.AboveMax },
        { -0.01, 0.01, QuoteStatus.Invalid },
        { double.NaN, 0.01, QuoteStatus.Invalid },
        { 0.01, double.NaN, QuoteStatus.Invalid },
        { 0.01, double.PositiveInfinity, QuoteStatus.Invalid },
        { 0.99999999999999, 0.999999999999991, QuoteStatus.IllConditioned },
    };

    [Theory, MemberData(nameof(Quotes))]
    public void A_quote_has_one_status(double bid, double ask, QuoteStatus expected)
    {
        // The last is a price next to its bound: only at h = 0 is that a w at all.
        double h = expected == QuoteStatus.IllConditioned ? 0 : 0.1;
        (QuoteStatus status, double bidW, double middleW, double askW) = Solve(h, bid, (bid + ask) / 2, ask);
        Assert.Equal(expected, status);
        Assert.Equal(expected is QuoteStatus.Ok or QuoteStatus.Locked or QuoteStatus.Wide, middleW > 0);
        if (expected == QuoteStatus.NoBid) Assert.Equal(0.1, askW, 1e-14);
        if (expected is QuoteStatus.Ok) Assert.True(bidW < middleW && middleW < askW);
        Assert.All((double[])[bidW, middleW, askW], w => Assert.True(w >= 0 && double.IsFinite(w)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1501)]
    [InlineData(double.NaN)]
    public void A_quote_without_a_moneyness_is_invalid(double h) => Assert.Equal(QuoteStatus.Invalid, Solve(h, 0.01, 0.011, 0.012).Status);

    [Fact]
    public void Wide_begins_where_the_ask_is_twice_the_bid_in_deviation()
    {
        double bid = ImpliedDeviation.NormalisedPrice(0.1, 0.1);
        Assert.Equal(QuoteStatus.Ok, Solve(0.1, bid, bid, ImpliedDeviation.NormalisedPrice(0.1, 0.2 * (1 - 1e-14))).Status);
        Assert.Equal(QuoteStatus.Wide, Solve(0.1, bid, bid, ImpliedDeviation.NormalisedPrice(0.1, 0.2 * (1 + 1e-14))).Status);
    }

    [Fact]
    public void Quotes_have_the_bits_of_their_prices_solved_one_column_at_a_time_at_every_width()
    {
        NodeRows.Prices(50_000, seed: 51, out double[] h, out double[] middle);
        double[] bid = [.. middle.Select(c => c * 0.98)], ask = [.. middle.Select(c => c * 1.02)], w = new double[h.Length];
        var solved = new SolveStatus[h.Length];
        QuoteStatus[]? reference = null;
        foreach (LaneWidth width in SameBits.Widths)
        {
            double[] bidW = new double[h.Length], middleW = new double[h.Length], askW = new double[h.Length];
            var status = new QuoteStatus[h.Length];
            ImpliedDeviation.SolveQuotes(
                width, new QuoteRows { LogMoneyness = h, Bid = bid, Middle = middle, Ask = ask },
                new QuoteDeviations { Status = status, Bid = bidW, Middle = middleW, Ask = askW });
            SameBits.Assert<QuoteStatus>(reference ??= status, status, $"status, {width}");
            ImpliedDeviation.Solve(width, h, ask, w, solved);
            SameBits.Assert<double>(w, askW, $"ask, {width}");
            ImpliedDeviation.Solve(width, h, bid, w, solved);
            SameBits.Assert<double>(w, bidW, $"bid, {width}");
            ImpliedDeviation.Solve(width, h, middle, w, solved);
            for (int i = 0; i < h.Length; i++)
            {
                bool isOneSided = status[i] is QuoteStatus.Invalid or QuoteStatus.Missing or QuoteStatus.NoBid or QuoteStatus.Crossed;
                Assert.Equal(isOneSided ? 0 : w[i], middleW[i]);
            }
        }
    }

    // Spreads of every width about twice the bid, where narrow and wide are told apart, from the money to the far wing.
    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    public void Middles_first_and_sides_later_are_the_same_quotes_to_the_bit_at_every_width(int seed)
    {
        NodeRows.Prices(50_000, seed, out double[] h, out double[] price);
        var random = new Random(seed);
        double[] bid = new double[h.Length], middle = new double[h.Length], ask = new double[h.Length];
        for (int i = 0; i < h.Length; i++)
        {
            // Among them: no bid, crossed, locked, twice the bid give or take little, ten times the bid.
            double spread = random.Next(8) switch
            {
                0 => 0,
                1 => 1 + (2 * random.NextDouble()),
                2 => 9,
                3 => -0.1,
                4 => 1 - (1e-3 * random.NextDouble()),
                _ => 0.4 * random.NextDouble(),
            };
            bid[i] = random.Next(50) == 0 ? 0 : price[i];
            ask[i] = price[i] * (1 + spread);
            middle[i] = (bid[i] + ask[i]) / 2;
        }
        double[] side = new double[h.Length];
        var solved = new SolveStatus[h.Length];
        foreach (LaneWidth width in SameBits.Widths)
        {
            double[] bidW = new double[h.Length], middleW = new double[h.Length], askW = new double[h.Length];
            double[] firstBidW = new double[h.Length], firstMiddleW = new double[h.Length], firstAskW = new double[h.Length];
            QuoteStatus[] status = new QuoteStatus[h.Length], first = new QuoteStatus[h.Length];
            var later = new bool[h.Length];
            var rows = new QuoteRows { LogMoneyness = h, Bid = bid, Middle = middle, Ask = ask };
            ImpliedDeviation.SolveQuotes(width, rows, new QuoteDeviations { Status = status, Bid = bidW, Middle = middleW, Ask = askW });
            ImpliedDeviation.SolveMiddles(
                width, rows, new QuoteDeviations { Status = first, Bid = firstBidW, Middle = firstMiddleW, Ask = firstAskW }, later);
            SameBits.Assert<QuoteStatus>(status, first, $"status, {width}");
            SameBits.Assert<double>(middleW, firstMiddleW, $"middle, {width}");
            Assert.True(later.Count(isLater => isLater) > h.Length / 4, "most are for later, or nothing is won");
            foreach ((double[] given, double[] whole, double[] some) in ((double[], double[], double[])[])[(bid, bidW, firstBidW), (ask, askW, firstAskW)])
            {
                ImpliedDeviation.Solve(width, h, given, side, solved);
                for (int i = 0; i < h.Length; i++)
                {
                    if (status[i] is not (QuoteStatus.Ok or QuoteStatus.Locked)) continue;
                    Assert.Equal(whole[i], later[i] ? side[i] : some[i]);
                }
            }
        }
    }

    [Fact]
    public void A_column_of_another_length_is_named()
    {
        double[] eight = new double[8], sixteen = new double[16];
        var error = Assert.Throws<ArgumentException>(() => ImpliedDeviation.SolveQuotes(
            LaneWidth.One, new QuoteRows { LogMoneyness = eight, Bid = eight, Middle = eight, Ask = sixteen },
            new QuoteDeviations { Status = new QuoteStatus[8], Bid = eight, Middle = eight, Ask = eight }));
        Assert.Contains("Ask", error.Message, StringComparison.Ordinal);
    }

    private static (QuoteStatus Status, double Bid, double Middle, double Ask) Solve(double h, double bid, double middle, double ask)
    {
        double[] hs = new double[8], bids = new double[8], middles = new double[8], asks = new double[8];
        hs[3] = h;
        bids[3] = bid;
        middles[3] = middle;
        asks[3] = ask;
        double[] bidW = new double[8], middleW = new double[8], askW = new double[8];
        var status = new QuoteStatus[8];
        ImpliedDeviation.SolveQuotes(
            LaneDispatch.Best, new QuoteRows { LogMoneyness = hs, Bid = bids, Middle = middles, Ask = asks },
            new QuoteDeviations { Status = status, Bid = bidW, Middle = middleW, Ask = askW });
        return (status[3], bidW[3], middleW[3], askW[3]);
    }
}
