namespace DealerFlow.Tests;

/// <summary>From the rows of one expiry to its forward, its w per strike and its exposures: sections 2, 3, 4 and 6.</summary>
public static class ScalarExpiryPricer
{
    private const double Multiplier = 100;

    /// <summary>Prices one (root, expiry) that has not settled yet.</summary>
    public static ScalarExpiry Price(IReadOnlyList<ScalarRow> rows, DateTimeOffset asOf, double spot, ScalarOptions options)
    {
        (string root, DateOnly expiry) = (rows[0].Root, rows[0].Expiry);
        DateTimeOffset settlement = ScalarCalendar.SettlementInstant(root, expiry);
        double seconds = (settlement - asOf).TotalSeconds;
        if (seconds <= 60) throw new InvalidOperationException($"{root} {expiry}: in pin state, which a one-shot chain cannot have.");
        double years = seconds / (365.0 * 86_400);
        bool isZeroDte = ScalarCalendar.NewYorkDate(settlement) == ScalarCalendar.NewYorkDate(asOf);

        double discount = Math.Exp(-options.Rate * years);
        double? parity = options.Mode == ScalarForwardMode.Parity
            ? ParityForward(rows, spot, discount, options.Tick, out int pairs)
            : NoPairs(out pairs);
        double forward = parity ?? spot * Math.Exp((options.Rate - options.Yield) * years);

        var nodes = rows.OrderBy(row => row.Strike).Select(row => Invert(row, isZeroDte, forward, discount)).ToList();
        if (nodes.Any(node => node.IsGood))
            for (int i = 0; i < nodes.Count; i++) nodes[i] = AddExposure(Interpolate(nodes, i, forward), spot, forward, discount, years);
        ScalarForwardMode mode = parity is null ? ScalarForwardMode.Carry : ScalarForwardMode.Parity;
        return new ScalarExpiry(root, expiry, settlement, isZeroDte, years, forward, discount, mode, pairs, nodes);
    }

    /// <summary>
    /// Weighted median of K + (C − P)/D over the strikes within ±5 % of spot whose call and put are both quoted, or ±10 % where these are
    /// fewer than three; null where those are still fewer than three.
    /// </summary>
    public static double? ParityForward(IReadOnlyList<ScalarRow> rows, double spot, double discount, decimal tick, out int pairs)
    {
        foreach (double reach in new[] { 0.05, 0.10 })
        {
            var values = rows
                .Where(row => Math.Abs((double)row.Strike - spot) <= reach * spot && IsTwoSided(row.Call) && IsTwoSided(row.Put))
                .Select(row =>
                {
                    double difference = (double)((row.Call.Bid + row.Call.Ask - row.Put.Bid - row.Put.Ask) / 2);
                    decimal spread = Math.Max(row.Call.Ask - row.Call.Bid, tick) + Math.Max(row.Put.Ask - row.Put.Bid, tick);
                    return (Forward: (double)row.Strike + difference / discount, Weight: 1 / (double)(spread * spread));
                })
                .OrderBy(pair => pair.Forward)
                .ToList();
            pairs = values.Count;
            if (pairs >= 3) return WeightedMedian(values);
        }
        return NoPairs(out pairs);

        static bool IsTwoSided(ScalarQuote quote) => quote.Bid > 0 && quote.Ask >= quote.Bid;
    }

    // The smallest value whose cumulative weight reaches half; a sum that is half up to rounding has reached it.
    private static double WeightedMedian(List<(double Value, double Weight)> ascending)
    {
        double half = ascending.Sum(pair => pair.Weight) / 2, cumulative = 0;
        foreach ((double value, double weight) in ascending)
        {
            cumulative += weight;
            if (cumulative >= half * (1 - 1e-12)) return value;
        }
        throw new InvalidOperationException("The weights do not add up to their sum.");
    }

    private static double? NoPairs(out int pairs)
    {
        pairs = 0;
        return null;
    }

    // Only the out-of-the-money side is inverted: the call for K >= F, the put for K < F.
    private static ScalarNode Invert(ScalarRow row, bool isZeroDte, double forward, double discount)
    {
        double strike = (double)row.Strike;
        char side = strike >= forward ? 'C' : 'P';
        ScalarQuote quote = side == 'C' ? row.Call : row.Put;
        ScalarStatus status = Status(quote, forward, strike, discount, out double? w);
        return new ScalarNode(row.Root, row.Expiry, strike, isZeroDte, side, status, row.Call.OpenInterest, row.Put.OpenInterest) { W = w };
    }

    private static ScalarStatus Status(ScalarQuote quote, double forward, double strike, double discount, out double? w)
    {
        w = null;
        (decimal bid, decimal ask) = (quote.Bid, quote.Ask);
        if (bid < 0 || ask < 0) return ScalarStatus.Invalid;
        if (bid == 0) return ask == 0 ? ScalarStatus.Missing : ScalarStatus.NoBid;
        if (bid > ask) return ScalarStatus.Crossed;

        double h = Math.Abs(Math.Log(strike / forward));
        double? middle = TotalDeviation((bid + ask) / 2);
        if (middle is null) return ScalarStatus.AboveMax;
        if (ask > bid && (TotalDeviation(ask) is not double wAsk || wAsk > 2 * TotalDeviation(bid))) return ScalarStatus.Wide;
        if (ScalarBlack.AttainableError(h, middle.Value) > 1e-6) return ScalarStatus.IllConditioned;
        w = middle;
        return ask > bid ? ScalarStatus.Ok : ScalarStatus.Locked;

        double? TotalDeviation(decimal price) => ScalarBlack.TotalDeviation(h, (double)price / discount / Math.Min(forward, strike));
    }

    // Linear in ln(K/F) between the nearest good nodes, flat beyond the ends.
    private static ScalarNode Interpolate(List<ScalarNode> nodes, int index, double forward)
    {
        ScalarNode node = nodes[index];
        if (node.IsGood) return node;
        ScalarNode? below = nodes.Take(index).LastOrDefault(other => other.IsGood);
        ScalarNode? above = nodes.Skip(index + 1).FirstOrDefault(other => other.IsGood);
        if (below is null || above is null) return node with { W = (below ?? above)!.W, IsInterpolated = true };
        double x0 = Math.Log(below.Strike / forward), x = Math.Log(node.Strike / forward), x1 = Math.Log(above.Strike / forward);
        double share = (x - x0) / (x1 - x0);
        return node with { W = (1 - share) * below.W + share * above.W, IsInterpolated = true };
    }

    // Model OpenInterest: dealers are long the calls' open interest and short the puts'.
    private static ScalarNode AddExposure(ScalarNode node, double spot, double forward, double discount, double years)
    {
        var greeks = new ScalarGreeks(spot, forward, discount, node.Strike, years, node.W!.Value);
        double calls = Multiplier * node.CallOpenInterest, puts = -Multiplier * node.PutOpenInterest;
        double gexPerShare = 0.01 * spot * spot * greeks.Gamma;
        return node with
        {
            Gamma = greeks.Gamma,
            Exposure = new ScalarExposure(
                CallGex: gexPerShare * calls,
                PutGex: gexPerShare * puts,
                Dex: (calls * greeks.Delta(isCall: true) + puts * greeks.Delta(isCall: false)) * spot,
                Vex: (calls + puts) * greeks.Vanna * 0.01 * spot,
                Chex: (calls * greeks.Charm(isCall: true) + puts * greeks.Charm(isCall: false)) * spot / 365),
        };
    }
}
