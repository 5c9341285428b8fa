using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Real chains of American options with their premium taken off, against a plain tree of 1,000 steps that shares no code with it.</summary>
public class AmericanChainOracleTests(ITestOutputHelper output)
{
    private const double Rate = 0.05;

    public static TheoryData<string, string?> Chains => new()
    {
        { "spy_20220709_1728ET.csv", null },
        { "qqq_20230924_1346ET.csv", null },
        { "amd_20230820_2235ET.csv", null },
        { "spy_202306xx_1515ET_bad-date.csv", "2023-06-05T15:15:00-04:00" },
    };

    [Theory, MemberData(nameof(Chains))]
    public void Deviations_agree_with_a_tree_of_a_thousand_steps(string file, string? asOf)
    {
        (ScalarChain rows, Calculation calculation, ExpiryRow[] expiries, DateTimeOffset instant, double spot) = Run(file, asOf, ForwardMode.Carry);
        var forwards = expiries.ToDictionary(row => row.ExpiryDate, row => row.Forward);
        double largest = 0;
        int compared = 0;
        // A few strikes of a few expiries, from a week to two years, and from the money outwards.
        foreach (IGrouping<DateOnly, ScalarRow> expiry in rows.Rows.Where(row => !row.IsAdjusted).GroupBy(row => row.Expiry).Where((_, i) => i % 6 == 2))
        {
            double years = (ScalarCalendar.SettlementInstant(expiry.First().Root, expiry.Key) - instant).TotalSeconds / (365.0 * 86_400);
            foreach (double moneyness in (ReadOnlySpan<double>)[0.8, 0.95, 1, 1.05])
            {
                ScalarRow row = expiry.MinBy(other => Math.Abs((double)other.Strike - (moneyness * spot)))!;
                NodeReading node = Node(calculation, row);
                if (node.Status != QuoteStatus.Ok) continue;
                double forward = forwards[node.ExpiryDate];
                bool isCall = node.Strike >= forward;
                ScalarQuote quote = isCall ? row.Call : row.Put;
                double? w = ScalarAmericanTree.TotalDeviation(isCall, spot, forward, Rate, years, node.Strike, (double)(quote.Bid + quote.Ask) / 2);
                Assert.NotNull(w);
                largest = Math.Max(largest, Math.Abs((node.TotalDeviation / w.Value) - 1));
                Assert.True(Math.Abs(node.TotalDeviation - w.Value) <= 2e-4 * w.Value, $"{row.Expiry:yyyy-MM-dd} {row.Strike}: {w:R} expected, {node.TotalDeviation:R} found");
                compared++;
            }
        }
        output.WriteLine($"{file}: {compared} nodes, largest relative difference of w {largest:0.0e0}; {calculation.Exercise}");
        Assert.True(compared >= 8, $"{compared} nodes");
    }

    [Theory]
    [InlineData("amd_20230820_2235ET.csv", 2023, 9, 22)]
    [InlineData("qqq_20230924_1346ET.csv", 2023, 10, 5)]
    public void A_forward_by_parity_is_that_of_the_European_equivalents(string file, int year, int month, int day)
    {
        (ScalarChain rows, Calculation calculation, ExpiryRow[] expiries, DateTimeOffset instant, double spot) = Run(file, null, ForwardMode.Parity);
        var date = new DateOnly(year, month, day);
        ExpiryRow expiry = expiries.Single(row => row.ExpiryDate == (year * 10000) + (month * 100) + day);
        List<ScalarRow> pairs = [.. rows.Rows.Where(row => row.Expiry == date && !row.IsAdjusted && Math.Abs((double)row.Strike - spot) <= 0.05 * spot
            && row.Call.Bid > 0 && row.Put.Bid > 0)];
        double years = (ScalarCalendar.SettlementInstant(pairs[0].Root, date) - instant).TotalSeconds / (365.0 * 86_400);
        double discount = Math.Exp(-Rate * years), forward = spot * Math.Exp(Rate * years);
        for (int round = 0; round < 3; round++) forward = Forward(pairs, spot, forward, years, discount);
        output.WriteLine($"{file} {date:yyyy-MM-dd}: forward {forward:0.0000} expected, {expiry.Forward:0.0000} found, {pairs.Count} pairs");
        Assert.True(pairs.Count >= 3);
        Assert.Equal(ForwardSource.Parity, expiry.ForwardSource);
        Assert.Equal(forward, expiry.Forward, 2e-5 * spot);
        Assert.True(calculation.Exercise.American > 0);
    }

    [Fact]
    public void European_contracts_are_not_touched()
    {
        OptionChain chain = CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20250106_2048ET_feb.csv"));
        (Calculation european, byte[] plain) = ChainRun.Levels(chain, chain.AsOfNanos!.Value, chain.Spot, ChainRun.Carry);
        (Calculation asListed, byte[] listed) = ChainRun.Levels(
            chain, chain.AsOfNanos.Value, chain.Spot, ChainRun.Carry with { Exercise = ExerciseTreatment.AsListed });
        Assert.Equal(plain, listed);
        Assert.Equal(default, asListed.Exercise);
        Assert.Equal(european.ReadNodes(), asListed.ReadNodes());
    }

    private static (ScalarChain Rows, Calculation Calculation, ExpiryRow[] Expiries, DateTimeOffset Instant, double Spot) Run(
        string file, string? asOf, ForwardMode mode)
    {
        string path = Repository.RealData($"cboe_csv/{file}");
        OptionChain chain = CboeQuotedataCsv.Read(path);
        long nanos = asOf is null ? chain.AsOfNanos!.Value : UnixNanos.FromUtc(DateTimeOffset.Parse(asOf).UtcDateTime);
        var options = new EngineOptions
        {
            ForwardMode = mode,
            Rate = Rate,
            Dividend = mode == ForwardMode.Carry ? 0.015 : 0,
            Exercise = ExerciseTreatment.AsListed,
            OneShot = true,
        };
        (Calculation calculation, byte[] section) = ChainRun.Levels(chain, nanos, chain.Spot, options);
        Assert.True(MarketView.TryOpen(section, out MarketView market));
        return (ScalarChain.Read(path), calculation, market.Expiries.ToArray(), new DateTimeOffset(UnixNanos.ToUtc(nanos), TimeSpan.Zero), chain.Spot!.Value);
    }

    private static NodeReading Node(Calculation calculation, ScalarRow row) => calculation.ReadNodes().Single(node => node.Root == row.Root
        && node.Strike == (double)row.Strike && node.ExpiryDate == (row.Expiry.Year * 10000) + (row.Expiry.Month * 100) + row.Expiry.Day);

    // The weighted median of the methodology, over pairs whose both sides have lost the premium that the tree gives them.
    private static double Forward(List<ScalarRow> pairs, double spot, double forward, double years, double discount)
    {
        double yield = Rate - (Math.Log(forward / spot) / years);
        var values = new List<(double Forward, double Weight)>();
        foreach (ScalarRow row in pairs)
        {
            double strike = (double)row.Strike;
            bool isCall = strike >= forward;
            double call = (double)(row.Call.Bid + row.Call.Ask) / 2, put = (double)(row.Put.Bid + row.Put.Ask) / 2;
            double? w = ScalarAmericanTree.TotalDeviation(isCall, spot, forward, Rate, years, strike, isCall ? call : put);
            Assert.NotNull(w);
            double vol = w.Value / Math.Sqrt(years);
            call -= ScalarAmericanTree.Premium(true, spot, Rate, yield, years, vol, strike, []);
            put -= ScalarAmericanTree.Premium(false, spot, Rate, yield, years, vol, strike, []);
            double spread = (double)(Math.Max(row.Call.Ask - row.Call.Bid, 0.01m) + Math.Max(row.Put.Ask - row.Put.Bid, 0.01m));
            values.Add((strike + ((call - put) / discount), 1 / (spread * spread)));
        }
        values.Sort();
        double half = values.Sum(value => value.Weight) / 2, reached = 0;
        foreach ((double value, double weight) in values)
        {
            reached += weight;
            if (reached >= half * (1 - 1e-12)) return value;
        }
        throw new InvalidOperationException("The weights do not add up to their sum.");
    }
}
