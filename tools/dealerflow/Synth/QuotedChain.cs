using DealerFlow.Import;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// A real chain as the market of a synthetic tape: its strikes, expiries and open interest, its forwards by put-call parity and its
/// smiles through its out-of-the-money quotes. Series that have settled are dropped.
/// </summary>
internal static class QuotedChain
{
    private const double InterestRate = 0.038;
    private const double DividendYield = 0.012;
    private const double ParityWindow = 0.05;
    private const int LeastParityPairs = 3;
    private const double NarrowestSpread = 0.05;
    private const int LaneMultiple = 8;

    /// <summary>The instant at which the tape begins unless options say otherwise: the file's own, or 10:00 of the next trading day.</summary>
    /// <remarks>Evening and weekend downloads list the last close; nothing trades then.</remarks>
    public static (DateOnly Date, TimeOnly Start)? SessionOf(OptionChain chain)
    {
        if (chain.AsOfNanos is not { } asOf) return null;
        DateOnly date = NewYorkTime.DateOf(asOf);
        TimeOnly time = NewYorkTime.TimeOf(asOf);
        if (!TradingCalendar.Knows(date.Year)) return null;
        if (TradingCalendar.IsTradingDay(date))
        {
            if (time < TradingCalendar.Open) return (date, SynthOptions.DefaultStart);
            if (time < TradingCalendar.CloseOf(date)) return (date, time);
        }
        do date = date.AddDays(1);
        while (TradingCalendar.Knows(date.Year) && !TradingCalendar.IsTradingDay(date));
        return TradingCalendar.Knows(date.Year) ? (date, SynthOptions.DefaultStart) : null;
    }

    /// <summary>Lists what is alive at the start of the tape.</summary>
    public static SyntheticChain Build(OptionChain chain, SynthOptions options)
    {
        long quotedNanos = chain.AsOfNanos ?? options.StartNanos;
        double quotedSpot = chain.Spot ?? options.Spot;
        var expiries = new List<ListedExpiry>();
        var contracts = new List<ListedContract>();
        foreach (IGrouping<(string Root, DateOnly Expiry), ChainContract> series in chain.Contracts
            .Where(contract => contract.SettlementNanos > Math.Max(options.StartNanos, quotedNanos))
            .GroupBy(contract => (contract.Root, contract.Expiry))
            .OrderBy(series => series.First().SettlementNanos).ThenBy(series => series.Key.Root, StringComparer.Ordinal))
        {
            ChainContract[] rows = [.. series.OrderBy(contract => contract.StrikeMills).ThenBy(contract => contract.Right)];
            foreach (ChainContract row in rows)
                contracts.Add(new ListedContract(
                    expiries.Count, row.StrikeMills, row.Right, row.OpenInterest, row.Multiplier, row.Exercise, row.IsAdjusted));
            expiries.Add(Fit(rows, quotedNanos, quotedSpot));
        }
        if (contracts.Count == 0)
            throw new CliException(ExitCode.Failure,
                $"{chain.Source}: every series of the chain has settled by {UnixNanos.ToIso(Math.Max(options.StartNanos, quotedNanos))}; name an earlier --date or another chain.");
        return new SyntheticChain
        {
            Underlying = chain.Underlying,
            Spot = options.Spot,
            Grid = QuoteGrid.Of(chain),
            Expiries = [.. expiries],
            Contracts = [.. contracts],
        };
    }

    private static ListedExpiry Fit(ChainContract[] rows, long quotedNanos, double quotedSpot)
    {
        ChainContract first = rows[0];
        double years = (double)(first.SettlementNanos - quotedNanos) / UnixNanos.PerYear;
        double discount = Functions.Exp(-InterestRate * years);
        double carry = InterestRate - DividendYield;
        if (TryParity(rows, quotedSpot, discount, out double forward)) carry = Functions.Log(forward / quotedSpot) / years;
        else forward = quotedSpot * Functions.Exp(carry * years);
        return new ListedExpiry(
            first.Root, first.Expiry, first.Settlement, first.SettlementNanos, SmileOf(rows, forward, discount, years), InterestRate, carry);
    }

    // The weighted median of K + (C − P)/D near spot, as the engine takes it.
    private static bool TryParity(ChainContract[] rows, double spot, double discount, out double forward)
    {
        var pairs = new List<(double Forward, double Weight)>();
        for (int i = 1; i < rows.Length; i++)
        {
            ref readonly ChainContract call = ref rows[i - 1], put = ref rows[i];
            if (call.StrikeMills != put.StrikeMills || !IsTwoSided(in call) || !IsTwoSided(in put)) continue;
            if (Math.Abs(call.Strike - spot) > ParityWindow * spot) continue;
            double spread = Math.Max(call.Ask - call.Bid, NarrowestSpread) + Math.Max(put.Ask - put.Bid, NarrowestSpread);
            pairs.Add((call.Strike + ((Middle(in call) - Middle(in put)) / discount), 1 / (spread * spread)));
        }
        forward = 0;
        if (pairs.Count < LeastParityPairs) return false;
        pairs.Sort();
        double half = pairs.Sum(pair => pair.Weight) / 2;
        foreach ((double candidate, double weight) in pairs)
        {
            forward = candidate;
            half -= weight;
            if (half <= 0) break;
        }
        return forward > 0;
    }

    private static Smile SmileOf(ChainContract[] rows, double forward, double discount, double years)
    {
        var logMoneyness = new List<double>();
        var premium = new List<double>();
        foreach (ChainContract row in rows)
        {
            bool isOutOfTheMoney = row.Right == OptionRight.Call ? row.Strike >= forward : row.Strike < forward;
            if (!isOutOfTheMoney || !IsTwoSided(in row)) continue;
            logMoneyness.Add(Functions.Log(row.Strike / forward));
            premium.Add(Middle(in row) / discount / Math.Min(forward, row.Strike));
        }
        int count = logMoneyness.Count, padded = (count + LaneMultiple - 1) / LaneMultiple * LaneMultiple;
        double[] distance = new double[padded], price = new double[padded], deviation = new double[padded];
        var status = new SolveStatus[padded];
        for (int i = 0; i < padded; i++)
        {
            distance[i] = i < count ? Math.Abs(logMoneyness[i]) : 1;
            price[i] = i < count ? premium[i] : 0.1;
        }
        ImpliedDeviation.Solve(LaneDispatch.Best, distance, price, deviation, status);
        int[] good = [.. Enumerable.Range(0, count).Where(i => status[i] == SolveStatus.Ok)];
        return good.Length == 0
            ? SurfaceSmile.Instance
            : new QuotedSmile([.. good.Select(i => logMoneyness[i])], [.. good.Select(i => deviation[i])], years);
    }

    private static bool IsTwoSided(in ChainContract row) => row.Bid > 0 && row.Ask > row.Bid;

    private static double Middle(in ChainContract row) => (row.Bid + row.Ask) / 2;
}
