namespace DealerFlow.Tests;

/// <summary>The walls of section 7: the first and second strike by size, then by nearness to spot, then the lower.</summary>
public static class ScalarWallSearch
{
    public static ScalarWalls Find(IReadOnlyList<ScalarStrike> strikes, double spot)
    {
        return new ScalarWalls(
            CallWall: Largest(row => true, row => row.NetGex, positiveOnly: true),
            PutWall: Largest(row => true, row => row.NetGex, negativeOnly: true),
            CallWallOneSided: Largest(row => row.Strike >= spot, row => row.CallGex),
            PutWallOneSided: Largest(row => row.Strike <= spot, row => row.PutGex),
            CallWallOpenInterest: Largest(row => true, row => row.CallOpenInterest),
            PutWallOpenInterest: Largest(row => true, row => row.PutOpenInterest),
            MaxGamma: Largest(row => true, row => row.NetGex),
            AbsoluteGamma: Largest(row => true, row => Math.Abs(row.CallGex) + Math.Abs(row.PutGex)));

        ScalarLevel? Largest(
            Func<ScalarStrike, bool> within, Func<ScalarStrike, double> size, bool positiveOnly = false, bool negativeOnly = false)
        {
            var ordered = strikes
                .Where(row => within(row) && size(row) != 0 && !(positiveOnly && size(row) < 0) && !(negativeOnly && size(row) > 0))
                .OrderByDescending(row => Math.Abs(size(row)))
                .ThenBy(row => Math.Abs(row.Strike - spot))
                .ThenBy(row => row.Strike)
                .Take(2)
                .ToList();
            if (ordered.Count == 0) return null;
            double first = size(ordered[0]);
            return ordered.Count == 1
                ? new ScalarLevel(ordered[0].Strike, first, null, 1)
                : new ScalarLevel(ordered[0].Strike, first, ordered[1].Strike, 1 - Math.Abs(size(ordered[1])) / Math.Abs(first));
        }
    }
}
