using System.Text.Json;
using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Output;

/// <summary>One market section as JSON. The names are a contract: more may be added, none renamed.</summary>
internal static class LevelsJson
{
    public static void Write(Utf8JsonWriter json, MarketView market)
    {
        Begin(json, market);
        json.WriteEndObject();
    }

    /// <summary>The same with what became of American contracts.</summary>
    public static void Write(Utf8JsonWriter json, MarketView market, EngineOptions options, ExerciseCounts counts)
    {
        Begin(json, market);
        json.WriteStartObject("exercise");
        json.WriteString("treatment", options.Exercise == ExerciseTreatment.AsListed ? "auto" : "european");
        json.WriteNumber("americanNodes", counts.American);
        json.WriteNumber("premiumNodes", counts.Premium);
        json.WriteNumber("immediateNodes", counts.Immediate);
        json.WriteStartArray("dividends");
        foreach (ScheduledDividend dividend in options.Dividends)
        {
            json.WriteStartObject();
            json.WriteString("exDate", Names.Date(dividend));
            json.WriteNumber("amount", dividend.Amount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The same without the closing brace, for a caller that adds members.</summary>
    public static void Begin(Utf8JsonWriter json, MarketView market)
    {
        ref readonly MarketSection head = ref market.Head;
        json.WriteStartObject();
        json.WriteString("underlying", head.Underlying.ToString());
        json.WriteNumber("spot", head.Spot);
        json.WriteString("spotSource", head.SpotSource.ToString());
        json.WriteString("asOf", UnixNanos.ToIso(head.MarkTimeNanos));
        json.WriteString("model", head.Model.ToString());
        json.WriteString("forwardMode", Names.Of(head.ForwardMode));
        json.WriteString("unit", Names.GexUnit);
        json.WriteNumber("nodes", head.Nodes);
        json.WriteNumber("interpolated", head.Interpolated);
        json.WriteNumber("held", head.Held);
        json.WriteNumber("unpricedOpenInterest", head.UnpricedOpenInterest);
        json.WriteNumber("adjustedOpenInterest", head.AdjustedOpenInterest);
        json.WriteNumber("zeroDteAmOpenInterest", head.ZeroDteAmOpenInterest);
        json.WriteNumber("zeroDteAmNetGex", MoneyGrid.ToUsd(head.ZeroDteAmNetGex));
        json.WriteNumber("eventSequence", head.EventSequence);
        json.WriteStartObject("buckets");
        foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
        {
            json.WritePropertyName(Names.Of(bucket));
            WriteBucket(json, in head.Buckets[(int)bucket], head.LiquidityUsd > 0);
        }
        json.WriteEndObject();
        WriteStrikes(json, market.Strikes);
        WriteExpiries(json, market.Expiries);
    }

    private static void WriteBucket(Utf8JsonWriter json, in BucketSection bucket, bool hasLiquidity)
    {
        json.WriteStartObject();
        json.WriteNumber("netGex", MoneyGrid.ToUsd(bucket.NetGex));
        json.WriteNumber("callGex", MoneyGrid.ToUsd(bucket.CallGex));
        json.WriteNumber("putGex", MoneyGrid.ToUsd(bucket.PutGex));
        json.WriteNumber("grossGex", MoneyGrid.ToUsd(bucket.GrossGex));
        json.WriteNumber("dex", MoneyGrid.ToUsd(bucket.Dex));
        json.WriteNumber("vex", MoneyGrid.ToUsd(bucket.Vex));
        json.WriteNumber("chex", MoneyGrid.ToUsd(bucket.Chex));
        json.WriteNumber("openInterest", bucket.OpenInterest);
        if (bucket.Regime == GammaRegime.None) json.WriteNull("regime");
        else json.WriteString("regime", bucket.Regime.ToString());
        if (hasLiquidity) json.WriteNumber("squeezeGain", bucket.SqueezeGain);
        else json.WriteNull("squeezeGain");
        WriteZeroGamma(json, in bucket.ZeroGamma);
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>()) WriteLevel(json, level, in bucket.Levels[(int)level]);
        json.WriteEndObject();
    }

    private static void WriteZeroGamma(Utf8JsonWriter json, in ZeroGammaSection zeroGamma)
    {
        bool isFound = zeroGamma.Status == ZeroGammaStatus.Found;
        json.WriteStartObject("zeroGamma");
        WriteNumberOrNull(json, "value", zeroGamma.Value, isFound);
        json.WriteString("status", zeroGamma.Status.ToString());
        json.WriteNumber("sign", zeroGamma.Sign);
        WriteNumberOrNull(json, "slope", zeroGamma.Slope, isFound);
        WriteNumberOrNull(json, "conditioning", zeroGamma.Conditioning, isFound);
        json.WriteStartArray("roots");
        for (int i = 0; i < Math.Min(zeroGamma.RootCount, ZeroGammaSection.RootCapacity); i++) json.WriteNumberValue(zeroGamma.Roots[i]);
        json.WriteEndArray();
        json.WriteNumber("rootCount", zeroGamma.RootCount);
        json.WriteEndObject();
    }

    private static void WriteLevel(Utf8JsonWriter json, StrikeLevel level, in LevelRow row)
    {
        string name = Names.Of(level);
        if (row.Present == 0)
        {
            json.WriteNull(name);
            return;
        }
        bool isOpenInterest = level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest;
        json.WriteStartObject(name);
        json.WriteNumber("strike", row.Strike);
        if (isOpenInterest) json.WriteNumber("openInterest", row.Size);
        else json.WriteNumber("gex", MoneyGrid.ToUsd(row.Size));
        WriteNumberOrNull(json, "runnerUp", row.RunnerUp, row.HasRunnerUp != 0);
        json.WriteNumber("margin", row.Margin);
        json.WriteEndObject();
    }

    private static void WriteStrikes(Utf8JsonWriter json, ReadOnlySpan<StrikeRow> strikes)
    {
        json.WriteStartArray("strikes");
        foreach (ref readonly StrikeRow row in strikes)
        {
            json.WriteStartObject();
            json.WriteNumber("strike", row.Strike);
            json.WriteNumber("netGex", MoneyGrid.ToUsd(row.CallGex + row.PutGex));
            json.WriteNumber("callGex", MoneyGrid.ToUsd(row.CallGex));
            json.WriteNumber("putGex", MoneyGrid.ToUsd(row.PutGex));
            json.WriteStartObject("zeroDte");
            json.WriteNumber("netGex", MoneyGrid.ToUsd(row.ZeroDteCallGex + row.ZeroDtePutGex));
            json.WriteNumber("callGex", MoneyGrid.ToUsd(row.ZeroDteCallGex));
            json.WriteNumber("putGex", MoneyGrid.ToUsd(row.ZeroDtePutGex));
            json.WriteEndObject();
            json.WriteNumber("callOpenInterest", row.CallOpenInterest);
            json.WriteNumber("putOpenInterest", row.PutOpenInterest);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteExpiries(Utf8JsonWriter json, ReadOnlySpan<ExpiryRow> expiries)
    {
        json.WriteStartArray("expiries");
        foreach (ref readonly ExpiryRow row in expiries)
        {
            json.WriteStartObject();
            json.WriteString("root", row.Root.ToString());
            json.WriteString("expiry", Names.Date(row.ExpiryDate));
            json.WriteString("settlement", row.Settlement.ToString());
            json.WriteString("settlementInstant", UnixNanos.ToIso(row.SettlementNanos));
            json.WriteString("status", row.Status.ToString());
            json.WriteBoolean("isZeroDte", row.IsZeroDte != 0);
            json.WriteNumber("forward", row.Forward);
            json.WriteString("forwardSource", row.ForwardSource.ToString());
            json.WriteNumber("discount", row.Discount);
            json.WriteNumber("netGex", MoneyGrid.ToUsd(row.NetGex));
            json.WriteNumber("grossGex", MoneyGrid.ToUsd(row.GrossGex));
            json.WriteNumber("dex", MoneyGrid.ToUsd(row.Dex));
            json.WriteNumber("openInterest", row.OpenInterest);
            json.WriteNumber("nodes", row.Nodes);
            json.WriteNumber("good", row.Good);
            json.WriteNumber("held", row.Held);
            json.WriteNumber("interpolated", row.Interpolated);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, double value, bool isPresent)
    {
        if (isPresent) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
