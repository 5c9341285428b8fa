using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The JSON of <c>levels</c>, <c>snapshot</c> and <c>replay</c>: the names that others bind to, and what must add up.</summary>
internal static class LevelsContract
{
    private static readonly string[] Strikes =
        ["callWall", "putWall", "maxGamma", "absoluteGamma", "callWallOneSided", "putWallOneSided", "callWallOpenInterest", "putWallOpenInterest"];

    private static readonly string[] Models = ["OpenInterest", "ShortBoth", "Tape", "OpenInterestPlusTape", "OpenClose", "Gross"];
    private static readonly string[] Buckets = ["all", "zeroDte", "exZeroDte"];
    private static readonly string[] Scenarios =
        ["spotDown200", "spotDown100", "spotDown50", "spotDown25", "spotUp25", "spotUp50", "spotUp100", "spotUp200", "close", "volDown1", "volUp1"];

    // Members that the verbs put beside the levels, and what names itself.
    private static readonly string[] Foreign = ["exercise", "feed", "units"];

    /// <summary>Every promised name with its type, every number finite, every sum exact.</summary>
    public static void Check(JsonElement levels)
    {
        Assert.Equal(JsonValueKind.String, levels.GetProperty("underlying").ValueKind);
        Assert.True(Number(levels, "spot") > 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$", levels.GetProperty("asOf").GetString());
        Assert.Contains(levels.GetProperty("model").GetString(), Models);
        Assert.Contains(levels.GetProperty("forwardMode").GetString(), (IEnumerable<string>)["parity", "carry"]);
        Assert.Contains("USD per 1%", levels.GetProperty("unit").GetString());
        Assert.True(Number(levels, "nodes") >= Number(levels, "interpolated"));
        Assert.True(Number(levels, "unpricedOpenInterest") >= 0);
        Assert.True(Number(levels, "adjustedOpenInterest") >= 0);
        CheckModel(levels);
        CheckProvenance(levels);
        CheckModels(levels);
        CheckBands(levels.GetProperty("bands"));
        // Positions without a sign say nothing of who would buy.
        if (levels.GetProperty("model").GetString() == "Gross") Assert.Equal(JsonValueKind.Null, levels.GetProperty("hedgeFlow").ValueKind);
        else CheckHedgeFlow(levels.GetProperty("hedgeFlow"));
        CheckTradeFlow(levels.GetProperty("tradeFlow"));
        foreach (JsonElement strike in levels.GetProperty("strikes").EnumerateArray()) CheckStrike(strike);
        foreach (JsonElement expiry in levels.GetProperty("expiries").EnumerateArray()) CheckExpiry(expiry);
        CheckSums(levels);
        CheckUnits(levels);
    }

    public static double Number(JsonElement parent, string name)
    {
        double value = parent.GetProperty(name).GetDouble();
        Assert.True(double.IsFinite(value), $"{name} is {value}");
        return value;
    }

    // The chosen model at the top, and each of the six under its name.
    private static void CheckModel(JsonElement model)
    {
        foreach (string bucket in Buckets) CheckBucket(model.GetProperty("buckets").GetProperty(bucket));
        JsonElement pin = model.GetProperty("pin");
        if (pin.ValueKind != JsonValueKind.Null)
        {
            Assert.True(Number(pin, "strike") > 0);
            Assert.InRange(Number(pin, "share"), 0, 1);
            Assert.InRange(Number(pin, "probability"), 0, 1);
            Assert.EndsWith("Z", pin.GetProperty("settlement").GetString());
        }
        foreach (string kind in (ReadOnlySpan<string>)["next", "monthlyAm", "monthlyPm"])
        {
            JsonElement row = model.GetProperty("rollOff").GetProperty(kind);
            if (row.ValueKind == JsonValueKind.Null) continue;
            Assert.Matches(@"^\d{4}-\d\d-\d\d$", row.GetProperty("expiry").GetString());
            Assert.EndsWith("Z", row.GetProperty("settlementInstant").GetString());
            Number(row, "gex");
            Number(row, "dex");
            Assert.InRange(Number(row, "grossShare"), 0, 1);
        }
    }

    private static void CheckProvenance(JsonElement levels)
    {
        JsonElement provenance = levels.GetProperty("provenance");
        foreach (string name in (ReadOnlySpan<string>)["unit", "model"])
            Assert.Equal(levels.GetProperty(name).GetString(), provenance.GetProperty(name).GetString());
        Assert.Equal("calendar365", provenance.GetProperty("clock").GetString());
        JsonElement rule = provenance.GetProperty("smileRule");
        Assert.Equal(Number(rule, "stickiness") == 1 ? "stickyStrike" : "skewStickiness", rule.GetProperty("name").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\d$", provenance.GetProperty("sessionDate").GetString());
        Assert.Matches(@"^(\d{4}-\d\d-\d\d)?$", provenance.GetProperty("openInterestDate").GetString() ?? "");
        Assert.Equal(levels.GetProperty("eventSequence").GetUInt64(), provenance.GetProperty("lastEventSequence").GetUInt64());
        foreach (string name in (ReadOnlySpan<string>)["staleShare", "interpolatedShare"]) Assert.InRange(Number(provenance, name), 0, 1);
        bool hasTrades = Number(levels.GetProperty("tradeFlow").GetProperty("total"), "traded") > 0;
        Assert.Equal(hasTrades ? JsonValueKind.Number : JsonValueKind.Null, provenance.GetProperty("unclassifiedShare").ValueKind);
        Assert.True(provenance.GetProperty("spotAgeSeconds").ValueKind == JsonValueKind.Null || Number(provenance, "spotAgeSeconds") >= 0);
        Assert.True(Number(provenance, "zeroGammaAgeSeconds") >= 0);
        Assert.True(Number(provenance, "calendarVersion") >= 1);
        Assert.Matches("^([0-9a-f]{16})?$", provenance.GetProperty("calendarOverrides").GetString() ?? "");
        Assert.All(provenance.GetProperty("quality").EnumerateArray(), flag => Assert.Contains(
            flag.GetString(), (IEnumerable<string>)["gap", "suspectTime", "silent", "noUnderlying", "halted", "noCalendar"]));
    }

    private static void CheckModels(JsonElement levels)
    {
        JsonElement models = levels.GetProperty("models");
        Assert.Equal(Models, models.EnumerateObject().Select(model => model.Name));
        foreach (JsonProperty model in models.EnumerateObject())
        {
            Assert.Contains(model.Value.GetProperty("status").GetString(), (IEnumerable<string>)["Live", "NoTrades", "NoPositions"]);
            CheckModel(model.Value);
            bool isLive = model.Value.GetProperty("status").GetString() == "Live";
            JsonElement[] strikes = [.. levels.GetProperty("strikes").EnumerateArray().Select(row => row.GetProperty("models").GetProperty(model.Name))];
            JsonElement[] expiries = [.. levels.GetProperty("expiries").EnumerateArray().Select(row => row.GetProperty("models").GetProperty(model.Name))];
            foreach (JsonElement[] rows in (ReadOnlySpan<JsonElement[]>)[strikes, expiries])
            {
                Assert.All(rows, row => Assert.Equal(isLive ? JsonValueKind.Number : JsonValueKind.Null, row.ValueKind));
                if (isLive) Assert.Equal(Number(model.Value.GetProperty("buckets").GetProperty("all"), "netGex"), rows.Sum(row => row.GetDouble()));
            }
        }
        // What stands at the top is the chosen model's.
        JsonElement chosen = models.GetProperty(levels.GetProperty("model").GetString()!);
        foreach (string part in (ReadOnlySpan<string>)["buckets", "pin", "rollOff"])
            Assert.True(JsonElement.DeepEquals(levels.GetProperty(part), chosen.GetProperty(part)), part);
    }

    private static void CheckBands(JsonElement bands)
    {
        foreach ((string table, string[] books) in ((string, string[])[])[("models", Models), ("quotes", ["bid", "mid", "ask"])])
        {
            foreach (string bucket in Buckets)
            {
                JsonElement levels = bands.GetProperty(table).GetProperty(bucket);
                Assert.Equal([.. Strikes, "zeroGamma", "pin", "netGex"], levels.EnumerateObject().Select(level => level.Name));
                foreach (JsonProperty level in levels.EnumerateObject())
                {
                    if (level.Value.ValueKind == JsonValueKind.Null) continue;
                    Assert.All(level.Value.GetProperty("missing").EnumerateArray(), book => Assert.Contains(book.GetString(), books));
                    if (level.Value.GetProperty("low").ValueKind != JsonValueKind.Null)
                        Assert.True(Number(level.Value, "low") <= Number(level.Value, "high"));
                }
            }
        }
    }

    // Multiples of 1/1024 USD again: the parts add up exactly.
    private static void CheckHedgeFlow(JsonElement hedgeFlow)
    {
        Assert.EndsWith("Z", hedgeFlow.GetProperty("asOf").GetString());
        Assert.EndsWith("Z", hedgeFlow.GetProperty("close").GetString());
        JsonElement scenarios = hedgeFlow.GetProperty("scenarios");
        Assert.Equal(Scenarios, scenarios.EnumerateObject().Select(scenario => scenario.Name));
        foreach (JsonProperty scenario in scenarios.EnumerateObject())
        {
            foreach (string bucket in Buckets)
            {
                JsonElement row = scenario.Value.GetProperty(bucket);
                Assert.Equal(Number(row, "flow"), Number(row, "gamma") + Number(row, "vanna") + Number(row, "charm") + Number(row, "residual"));
            }
            Assert.Equal(
                Number(scenario.Value.GetProperty("all"), "flow"),
                Number(scenario.Value.GetProperty("zeroDte"), "flow") + Number(scenario.Value.GetProperty("exZeroDte"), "flow"));
        }
    }

    private static void CheckTradeFlow(JsonElement tradeFlow)
    {
        foreach (string name in (ReadOnlySpan<string>)["flow", "traded", "unclassified", "unpriced"])
        {
            double sum = 0;
            foreach (string bucket in (ReadOnlySpan<string>)["calls0dte", "puts0dte", "otherCalls", "otherPuts"]) sum += Number(tradeFlow.GetProperty(bucket), name);
            Assert.Equal(Number(tradeFlow.GetProperty("total"), name), sum);
        }
    }

    // Whoever meets a number can look up what it is in.
    private static void CheckUnits(JsonElement levels)
    {
        HashSet<string> units = [.. levels.GetProperty("units").EnumerateObject().Select(unit => unit.Name)];
        Look(levels, "");

        void Look(JsonElement element, string name)
        {
            if (element.ValueKind == JsonValueKind.Number) Assert.True(units.Contains(name), $"{name} has no unit");
            if (element.ValueKind == JsonValueKind.Array) foreach (JsonElement item in element.EnumerateArray()) Look(item, name);
            if (element.ValueKind != JsonValueKind.Object) return;
            foreach (JsonProperty property in element.EnumerateObject())
                if (!Foreign.Contains(property.Name)) Look(property.Value, Models.Contains(property.Name) ? name : property.Name);
        }
    }

    private static void CheckBucket(JsonElement bucket)
    {
        foreach (string name in (ReadOnlySpan<string>)["netGex", "callGex", "putGex", "grossGex", "dex", "vex", "chex", "charmToClose"]) Number(bucket, name);
        Assert.Contains(bucket.GetProperty("regime").GetString(), (IEnumerable<string?>)["Positive", "Negative", "Transition", null]);

        JsonElement zeroGamma = bucket.GetProperty("zeroGamma");
        bool isFound = zeroGamma.GetProperty("status").GetString() == "Found";
        Assert.Contains(zeroGamma.GetProperty("status").GetString(), (IEnumerable<string>)["Found", "None", "Unpriced"]);
        Assert.InRange(zeroGamma.GetProperty("sign").GetInt32(), -1, 1);
        foreach (string name in (ReadOnlySpan<string>)["value", "slope", "conditioning", "perStickiness"])
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
        foreach (string name in (ReadOnlySpan<string>)["dex", "vex", "chex", "charmToClose", "tradeFlow"]) Number(strike, name);
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
        foreach (string name in (ReadOnlySpan<string>)["dex", "vex", "chex", "charmToClose", "tradeFlow", "stale"]) Number(expiry, name);
        Assert.InRange(Number(expiry, "grossShare"), 0, 1);
        Assert.Contains(expiry.GetProperty("isMonthly").ValueKind, (IEnumerable<JsonValueKind>)[JsonValueKind.True, JsonValueKind.False]);
        if (expiry.GetProperty("maxPain").ValueKind != JsonValueKind.Null) Assert.True(Number(expiry, "maxPain") > 0);
        Assert.Equal(Number(expiry, "netGex"), Number(expiry, "callGex") + Number(expiry, "putGex"));
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
        foreach (string name in (ReadOnlySpan<string>)["dex", "vex", "chex", "charmToClose"])
        {
            Assert.Equal(Number(all, name), strikes.Sum(strike => Number(strike, name)));
            Assert.Equal(Number(all, name), expiries.Sum(expiry => Number(expiry, name)));
        }
        JsonElement[] roots = [.. levels.GetProperty("roots").EnumerateArray()];
        Assert.Equal(expiries.Select(expiry => expiry.GetProperty("root").GetString()).Distinct(), roots.Select(root => root.GetProperty("root").GetString()));
        foreach (string name in (ReadOnlySpan<string>)["netGex", "grossGex", "dex", "charmToClose"])
            Assert.Equal(Number(all, name), roots.Sum(root => Number(root, name)));
        double[] strikeValues = [.. strikes.Select(strike => Number(strike, "strike"))];
        Assert.Equal(strikeValues.Distinct().Order(), strikeValues);
    }
}
