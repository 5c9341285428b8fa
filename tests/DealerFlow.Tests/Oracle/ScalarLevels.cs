namespace DealerFlow.Tests;

/// <summary>
/// The judge of the engine: a plain transcription of the methodology for one-shot chains, model <c>OpenInterest</c>, European exercise.
/// It shares no code with what it judges.
/// </summary>
public static class ScalarLevels
{
    /// <summary>Reads a chain and computes everything from it.</summary>
    public static ScalarSnapshot Compute(string csvPath, DateTimeOffset asOf, double spot, ScalarOptions options) =>
        Compute(ScalarChain.Read(csvPath), asOf, spot, options);

    /// <summary>Computes everything from a chain that was read before.</summary>
    public static ScalarSnapshot Compute(ScalarChain chain, DateTimeOffset asOf, double spot, ScalarOptions options)
    {
        var live = chain.Rows.Where(row => ScalarCalendar.SettlementInstant(row.Root, row.Expiry) > asOf).ToList();
        var expiries = live
            .Where(row => !row.IsAdjusted)
            .GroupBy(row => (row.Root, row.Expiry))
            .OrderBy(rows => rows.Key.Root, StringComparer.Ordinal).ThenBy(rows => rows.Key.Expiry)
            .Select(rows => ScalarExpiryPricer.Price([.. rows], asOf, spot, options))
            .ToList();

        return new ScalarSnapshot(
            asOf, spot, expiries,
            All: Bucket(expiries, spot),
            ZeroDte: Bucket([.. expiries.Where(expiry => expiry.IsZeroDte)], spot),
            ExZeroDte: Bucket([.. expiries.Where(expiry => !expiry.IsZeroDte)], spot),
            AdjustedOpenInterest: live.Where(row => row.IsAdjusted).Sum(row => row.Call.OpenInterest + row.Put.OpenInterest),
            UnpricedOpenInterest: expiries.Where(expiry => expiry.IsUnpriced).Sum(expiry => expiry.OpenInterest),
            InterpolatedNodes: expiries.SelectMany(expiry => expiry.Nodes).Count(node => node.IsInterpolated));
    }

    private static ScalarBucket Bucket(IReadOnlyList<ScalarExpiry> expiries, double spot)
    {
        var nodes = expiries.SelectMany(expiry => expiry.Nodes).ToList();
        var exposures = nodes.Select(node => node.Exposure).OfType<ScalarExposure>().ToList();
        double net = exposures.Sum(exposure => exposure.NetGex), gross = exposures.Sum(exposure => Math.Abs(exposure.NetGex));

        var strikes = nodes
            .GroupBy(node => node.Strike)
            .OrderBy(group => group.Key)
            .Select(group => new ScalarStrike(
                group.Key,
                group.Sum(node => node.Exposure?.CallGex ?? 0),
                group.Sum(node => node.Exposure?.PutGex ?? 0),
                group.Sum(node => node.CallOpenInterest),
                group.Sum(node => node.PutOpenInterest)))
            .ToList();

        return new ScalarBucket(
            net,
            exposures.Sum(exposure => exposure.CallGex),
            exposures.Sum(exposure => exposure.PutGex),
            gross,
            exposures.Sum(exposure => exposure.Dex),
            exposures.Sum(exposure => exposure.Vex),
            exposures.Sum(exposure => exposure.Chex),
            Regime(net, gross),
            strikes,
            ScalarWallSearch.Find(strikes, spot),
            ScalarZeroGammaSearch.Find(expiries, spot));
    }

    private static ScalarRegime Regime(double net, double gross) =>
        gross == 0 ? ScalarRegime.Undefined
        : Math.Abs(net) < 0.05 * gross ? ScalarRegime.Transition
        : net > 0 ? ScalarRegime.Positive
        : ScalarRegime.Negative;
}
