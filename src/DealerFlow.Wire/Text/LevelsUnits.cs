using System.Text.Json;

namespace DealerFlow.Wire;

/// <summary>The unit of every number in the levels, by the name of its member; wherever a name occurs, it has this unit.</summary>
public static class LevelsUnits
{
    private const string Contracts = "contracts";
    private const string Share = "fraction, 0 to 1";
    private const string Price = "price of the underlying";
    private const string Count = "count";

    private static readonly (string Name, string Unit)[] Units =
    [
        ("netGex", SnapshotNames.GexUnit), ("callGex", SnapshotNames.GexUnit), ("putGex", SnapshotNames.GexUnit), ("grossGex", SnapshotNames.GexUnit),
        ("gex", SnapshotNames.GexUnit), ("zeroDteAmNetGex", SnapshotNames.GexUnit), ("models", "net GEX: " + SnapshotNames.GexUnit),
        ("dex", "USD"),
        ("vex", "USD of delta per vol point"),
        ("chex", "USD of delta per calendar day"),
        ("charmToClose", "USD of delta from hedgeFlow.asOf to hedgeFlow.close, at unchanged spot and volatility"),
        ("flow", "USD, + = dealers buy"), ("gamma", "USD, part of flow"), ("vanna", "USD, part of flow"), ("charm", "USD, part of flow"),
        ("residual", "USD, part of flow"), ("tradeFlow", "USD, + = dealers must buy"),
        ("spot", Price), ("spots", Price), ("profile", "in its models: net GEX with the underlying at each of spots, " + SnapshotNames.GexUnit),
        ("all", SnapshotNames.GexUnit), ("zeroDte", SnapshotNames.GexUnit), ("exZeroDte", SnapshotNames.GexUnit),
        ("strike", Price), ("forward", Price), ("value", Price), ("roots", Price), ("runnerUp", Price), ("maxPain", Price),
        ("low", "unit of the banded level"), ("high", "unit of the banded level"),
        ("slope", SnapshotNames.GexUnit + ", per unit of its price"),
        ("conditioning", "units of the underlying's price per USD per 1% move"),
        ("perStickiness", "units of the underlying's price per unit of skew-stickiness"),
        ("sign", "-1, 0 or 1"),
        ("squeezeGain", "ratio"), ("stickiness", "ratio"), ("discount", "present value of 1"),
        ("margin", Share), ("share", Share), ("probability", Share), ("grossShare", Share), ("staleShare", Share), ("interpolatedShare", Share),
        ("unclassifiedShare", Share),
        ("openInterest", Contracts), ("callOpenInterest", Contracts), ("putOpenInterest", Contracts), ("unpricedOpenInterest", Contracts),
        ("adjustedOpenInterest", Contracts), ("zeroDteAmOpenInterest", Contracts), ("traded", Contracts), ("unclassified", Contracts),
        ("unpriced", Contracts),
        ("nodes", Count), ("interpolated", Count), ("held", Count), ("stale", Count), ("good", Count), ("rootCount", Count),
        ("openInterestRevisions", Count), ("lateDefinitions", Count), ("nonFiniteContributions", Count), ("members", Count),
        ("eventSequence", "number of the event"), ("lastEventSequence", "number of the event"), ("calendarVersion", "number of the version"),
        ("spotAgeSeconds", "s"), ("zeroGammaAgeSeconds", "s"),
    ];

    /// <summary>The member <c>units</c>.</summary>
    public static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("units");
        foreach ((string name, string unit) in Units) json.WriteString(name, unit);
        json.WriteEndObject();
    }
}
