using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The JSON of <c>levels</c>, <c>snapshot</c> and <c>replay</c>: the names that others bind to, and what must add up.</summary>
internal static class LevelsContract
{
    private static readonly string[] Strikes =
        ["callWall", "putWall", "maxGamma", "absoluteGamma", "callWallOneSided", "putWallOneSided", "callWallOpenInterest", "putWallOpenInterest"];

    /// <summary>Every promised name with its type, every number finite, every sum exact.</summary>
    public static void Check(JsonElement levels)
    {
        Assert.Equal(JsonValueKind.String, levels.GetProperty("underlying").ValueKind);
        Assert.True(Number(levels, "spot") > 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$", levels.GetProperty("asOf").GetString());
        Assert.Contains(levels.GetProperty("model").GetString(), (IEnumerable<string>)["OpenInterest", "ShortBoth", "Gross"]);
        Assert.Contains(levels.GetProperty("forwardMode").GetString(), (IEnumerable<string>)["parity", "carry"]);
        Assert.Contains("USD per 1%", levels.GetProperty("unit").GetString());
        Assert.True(Number(levels, "nodes") >= Number(levels, "interpolated"));
        Assert.True(Number(levels, "unpricedOpenInterest") >= 0);
        Assert.True(Number(levels, "adjustedOpenInterest") >= 0);
        foreach (string bucket in (ReadOnlySpan<string>)["all", "zeroDte", "exZeroDte"])
            CheckBucket(levels.GetProperty("buckets").GetProperty(bucket));
        foreach (JsonElement strike in levels.GetProperty("strikes").EnumerateArray()) CheckStrike(strike);
        foreach (JsonElement expiry in levels.GetProperty("expiries").EnumerateArray()) CheckExpiry(expiry);
        CheckSums(levels);
    }

    public static double Number(JsonElement parent, string name)
    {
        double value = parent.GetProperty(name).GetDouble();
        Assert.True(double.IsFinite(value), $"{name} is {value}");
        return value;
    }

    private static void CheckBucket(JsonElement bucket)
    {
        foreach (string name in (ReadOnlySpan<string>)["netGex", "callGex", "putGex", "grossGex", "dex", "vex", "chex"]) Number(bucket, name);
        Assert.Contains(bucket.GetProperty("regime").GetString(), (IEnumerable<string?>)["Positive", "Negative", "Transition", null]);

        JsonElement zeroGamma = bucket.GetProperty("zeroGamma");
        bool isFound = zeroGamma.GetProperty("status").GetString() == "Found";
        Assert.Contains(zeroGamma.GetProperty("status").GetString(), (IEnumerable<string>)["Found", "None", "Unpriced"]);
        Assert.InRange(zeroGamma.GetProperty("sign").GetInt32(), -1, 1);
        foreach (string name in (ReadOnlySpan<string>)["value", "slope", "conditioning"])
        {
            if (isFound) Number(zeroGamma, name);
            else Assert.Equal(JsonValueKind.Null, zeroGamma.GetProperty(name).ValueKind);
        }
        double[] roots = [.. zeroGamma.GetProperty("roots").EnumerateArray().Select(root => root.GetDouble())];
        Assert.Equal(isFound, roots.Length > 0);
        Assert.Equal(roots.Order(), roots);
        if (isFound) Assert.Contains(zeroGamma.GetProperty("value").GetDouble(), roots);

        foreach (string name in Strikes) CheckLevel(bucket.GetProperty(name), name.EndsWith("OpenInterest", StringComparison.Ordinal));
    }

    private static void CheckLevel(JsonElement level, bool isOpenInterest)
    {
        if (level.ValueKind == JsonValueKind.Null) return;
        Assert.True(Number(level, "strike") > 0);
        Number(level, isOpenInterest ? "openInterest" : "gex");
        if (level.GetProperty("runnerUp").ValueKind != JsonValueKind.Null) Assert.True(Number(level, "runnerUp") > 0);
        Assert.InRange(Number(level, "margin"), 0, 1);
    }

    private static void CheckStrike(JsonElement strike)
    {
        Assert.True(Number(strike, "strike") > 0);
        foreach (JsonElement exposure in (ReadOnlySpan<JsonElement>)[strike, strike.GetProperty("zeroDte")])
            Assert.Equal(Number(exposure, "netGex"), Number(exposure, "callGex") + Number(exposure, "putGex"));
    }

    private static void CheckExpiry(JsonElement expiry)
    {
        Assert.Equal(JsonValueKind.String, expiry.GetProperty("root").ValueKind);
        Assert.Matches(@"^\d{4}-\d\d-\d\d$", expiry.GetProperty("expiry").GetString());
        Assert.Contains(expiry.GetProperty("settlement").GetString(), (IEnumerable<string>)["AM", "PM", "Utc0800"]);
        foreach (string name in (ReadOnlySpan<string>)["forward", "discount", "netGex", "grossGex"]) Number(expiry, name);
        Assert.True(Math.Abs(Number(expiry, "netGex")) <= Number(expiry, "grossGex"));
    }

    // Multiples of 1/1024 USD below 2^53 of them: these sums of doubles are exact, so equal means equal.
    private static void CheckSums(JsonElement levels)
    {
        JsonElement all = levels.GetProperty("buckets").GetProperty("all");
        JsonElement zeroDte = levels.GetProperty("buckets").GetProperty("zeroDte");
        JsonElement later = levels.GetProperty("buckets").GetProperty("exZeroDte");
        foreach (string name in (ReadOnlySpan<string>)["netGex", "callGex", "putGex", "grossGex", "dex", "vex", "chex"])
            Assert.Equal(Number(all, name), Number(zeroDte, name) + Number(later, name));
        foreach (JsonElement bucket in (ReadOnlySpan<JsonElement>)[all, zeroDte, later])
            Assert.Equal(Number(bucket, "netGex"), Number(bucket, "callGex") + Number(bucket, "putGex"));

        JsonElement[] strikes = [.. levels.GetProperty("strikes").EnumerateArray()];
        JsonElement[] expiries = [.. levels.GetProperty("expiries").EnumerateArray()];
        foreach (string name in (ReadOnlySpan<string>)["netGex", "callGex", "putGex"])
        {
            Assert.Equal(Number(all, name), strikes.Sum(strike => Number(strike, name)));
            Assert.Equal(Number(zeroDte, name), strikes.Sum(strike => Number(strike.GetProperty("zeroDte"), name)));
        }
        Assert.Equal(Number(all, "netGex"), expiries.Sum(expiry => Number(expiry, "netGex")));
        Assert.Equal(Number(all, "grossGex"), expiries.Sum(expiry => Number(expiry, "grossGex")));
        double[] strikeValues = [.. strikes.Select(strike => Number(strike, "strike"))];
        Assert.Equal(strikeValues.Distinct().Order(), strikeValues);
    }
}
