using System.Text.Json;

namespace DealerFlow.Wire;

/// <summary>
/// One market section as JSON. The names are a contract: more may be added, none renamed. What does not exist is null, never 0; what
/// is not finite is null too, for JSON knows no infinity. <see cref="LevelsUnits"/> says the unit of every number.
/// </summary>
public static class LevelsJson
{
    private static readonly string[] ModelNames = Enum.GetNames<PositionModel>();
    private static readonly string[] QuoteNames = ["bid", "mid", "ask"];

    /// <summary>One market section as an object of its own.</summary>
    /// <param name="json">Where the object goes.</param>
    /// <param name="market">The section.</param>
    public static void Write(Utf8JsonWriter json, MarketView market)
    {
        Begin(json, market);
        json.WriteEndObject();
    }

    /// <summary>One snapshot of a feed as an object of its own: the levels, and how the feed and its writer are.</summary>
    /// <param name="json">Where the object goes.</param>
    /// <param name="market">The market section.</param>
    /// <param name="runtime">The runtime section.</param>
    /// <param name="state">What the reader says of the feed.</param>
    public static void Write(Utf8JsonWriter json, MarketView market, in RuntimeSection runtime, string state)
    {
        Begin(json, market);
        json.WriteStartObject("feed");
        json.WriteString("state", state);
        json.WriteNumber("epoch", runtime.Epoch);
        json.WriteNumber("publishNumber", runtime.PublishNumber);
        json.WriteString("published", UnixNanos.ToIso(runtime.PublishUtcNanos));
        json.WriteNumber("ticksPerSecond", double.IsFinite(runtime.TicksPerSecond) ? Math.Round(runtime.TicksPerSecond) : 0);
        json.WriteNumber("messagesIn", runtime.Ledger.In);
        json.WriteBoolean("ledgerBalances", runtime.Ledger.Balances);
        if (runtime.Latency.Messages > 0) WriteLatency(json, in runtime.Latency);
        json.WriteString("recording", runtime.Recording.ToString());
        json.WriteNumber("recordedTicks", runtime.RecordedTicks);
        json.WriteNumber("unrecordedTicks", runtime.UnrecordedTicks);
        if (runtime.Ingest.Received > 0) WriteIngest(json, in runtime.Ingest);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>How long messages took from the ring into the numbers, as the member <c>latency</c>.</summary>
    /// <param name="json">Within an object.</param>
    /// <param name="latency">The section; its percentiles are told as the upper ends of their buckets.</param>
    public static void WriteLatency(Utf8JsonWriter json, in LatencySection latency)
    {
        json.WriteStartObject("latency");
        json.WriteNumber("messages", latency.Messages);
        json.WriteNumber("p50Nanos", latency.Percentile(0.5));
        json.WriteNumber("p99Nanos", latency.Percentile(0.99));
        json.WriteNumber("maxNanos", latency.MaxNanos);
        json.WriteEndObject();
    }

    /// <summary>How a live stream came in, as the member <c>ingest</c>.</summary>
    /// <param name="json">Within an object.</param>
    /// <param name="ingest">The section.</param>
    public static void WriteIngest(Utf8JsonWriter json, in IngestSection ingest)
    {
        json.WriteStartObject("ingest");
        json.WriteNumber("received", ingest.Received);
        json.WriteNumber("duplicates", ingest.Duplicates);
        json.WriteNumber("late", ingest.Late);
        json.WriteNumber("refused", ingest.Refused);
        json.WriteNumber("passedOver", ingest.PassedOver);
        json.WriteNumber("lost", ingest.Lost);
        json.WriteNumber("ringHighWater", ingest.RingHighWater);
        json.WriteNumber("ringCapacity", ingest.RingCapacity);
        json.WriteString("overload", ingest.Overload.ToString());
        json.WriteEndObject();
    }

    /// <summary>The same without the closing brace, for a caller that adds members.</summary>
    /// <param name="json">Where the object goes.</param>
    /// <param name="market">The section.</param>
    public static void Begin(Utf8JsonWriter json, MarketView market)
    {
        ref readonly MarketSection head = ref market.Head;
        json.WriteStartObject();
        json.WriteString("underlying", head.Underlying.ToString());
        WriteFinite(json, "spot", head.Spot);
        json.WriteString("spotSource", head.SpotSource.ToString());
        json.WriteString("asOf", UnixNanos.ToIso(head.MarkTimeNanos));
        json.WriteString("model", head.Model.ToString());
        json.WriteString("forwardMode", SnapshotNames.Of(head.ForwardMode));
        json.WriteString("unit", SnapshotNames.GexUnit);
        json.WriteNumber("nodes", head.Nodes);
        json.WriteNumber("interpolated", head.Interpolated);
        json.WriteNumber("held", head.Held);
        json.WriteNumber("stale", head.Stale);
        json.WriteNumber("unpricedOpenInterest", head.UnpricedOpenInterest);
        json.WriteNumber("adjustedOpenInterest", head.AdjustedOpenInterest);
        json.WriteNumber("zeroDteAmOpenInterest", head.ZeroDteAmOpenInterest);
        WriteUsd(json, "zeroDteAmNetGex", head.ZeroDteAmNetGex);
        json.WriteNumber("eventSequence", head.EventSequence);
        WriteProvenance(json, in head);
        LevelsUnits.Write(json);
        ref readonly ModelSection chosen = ref head.Models[(int)head.Model];
        WriteBuckets(json, in chosen, in head);
        WritePin(json, in chosen.Pin);
        WriteRollOff(json, in chosen.RollOffs);
        WriteModels(json, in head);
        WriteBands(json, in head);
        WriteHedgeFlow(json, in head);
        WriteProfile(json, in head);
        WriteTradeFlow(json, in head.Trades);
        WriteRoots(json, in head);
        WriteStrikes(json, in head, market.Strikes);
        WriteExpiries(json, in head, market.Expiries);
    }

    private static void WriteProvenance(Utf8JsonWriter json, in MarketSection head)
    {
        json.WriteStartObject("provenance");
        json.WriteString("unit", SnapshotNames.GexUnit);
        json.WriteString("model", head.Model.ToString());
        json.WriteString("positions", "inferred");
        json.WriteString("clock", "calendar365");
        json.WriteStartObject("smileRule");
        json.WriteString("name", head.Stickiness == 1 ? "stickyStrike" : "skewStickiness");
        WriteFinite(json, "stickiness", head.Stickiness);
        json.WriteEndObject();
        WriteDate(json, "openInterestDate", head.OpenInterestDate);
        json.WriteNumber("openInterestRevisions", head.OpenInterestRevisions);
        WriteDate(json, "sessionDate", head.SessionDate);
        json.WriteNumber("lastEventSequence", head.EventSequence);
        WriteShare(json, "staleShare", head.Stale, head.Nodes);
        WriteShare(json, "interpolatedShare", head.Interpolated, head.Nodes);
        TradeSums trades = TradeSums.Of(in head.Trades);
        WriteShare(json, "unclassifiedShare", trades.Unclassified, trades.Traded);
        if (head.SpotAgeNanos < 0) json.WriteNull("spotAgeSeconds");
        else json.WriteNumber("spotAgeSeconds", head.SpotAgeNanos / 1e9);
        json.WriteNumber("zeroGammaAgeSeconds", head.ZeroGammaAgeNanos / 1e9);
        json.WriteNumber("calendarVersion", head.CalendarVersion);
        if (head.CalendarOverrides == 0) json.WriteNull("calendarOverrides");
        else json.WriteString("calendarOverrides", $"{head.CalendarOverrides:x16}");
        json.WriteNumber("lateDefinitions", head.LateDefinitions);
        json.WriteNumber("nonFiniteContributions", head.NonFiniteContributions);
        json.WriteNumber("members", head.Members);
        json.WriteStartArray("quality");
        foreach (string flag in SnapshotNames.Of(head.Quality)) json.WriteStringValue(flag);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModels(Utf8JsonWriter json, in MarketSection head)
    {
        json.WriteStartObject("models");
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            ref readonly ModelSection section = ref head.Models[(int)model];
            json.WriteStartObject(ModelNames[(int)model]);
            json.WriteString("status", section.Status.ToString());
            WriteBuckets(json, in section, in head);
            WritePin(json, in section.Pin);
            WriteRollOff(json, in section.RollOffs);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteBuckets(Utf8JsonWriter json, in ModelSection model, in MarketSection head)
    {
        json.WriteStartObject("buckets");
        foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
        {
            json.WritePropertyName(SnapshotNames.Of(bucket));
            WriteBucket(json, in model.Buckets[(int)bucket], head.LiquidityUsd > 0, head.Outlook.CloseNanos != 0);
        }
        json.WriteEndObject();
    }

    private static void WriteBucket(Utf8JsonWriter json, in BucketSection bucket, bool hasLiquidity, bool knowsClose)
    {
        json.WriteStartObject();
        WriteGex(json, bucket.CallGex, bucket.PutGex);
        WriteUsd(json, "grossGex", bucket.GrossGex);
        WriteUsd(json, "dex", bucket.Dex);
        WriteUsd(json, "vex", bucket.Vex);
        WriteUsd(json, "chex", bucket.Chex);
        if (knowsClose) WriteUsd(json, "charmToClose", bucket.CharmToClose);
        else json.WriteNull("charmToClose");
        json.WriteNumber("openInterest", bucket.OpenInterest);
        if (bucket.Regime == GammaRegime.None) json.WriteNull("regime");
        else json.WriteString("regime", bucket.Regime.ToString());
        WriteFinite(json, "squeezeGain", bucket.SqueezeGain, hasLiquidity && bucket.Regime != GammaRegime.None);
        WriteZeroGamma(json, in bucket.ZeroGamma);
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>()) WriteLevel(json, level, in bucket.Levels[(int)level]);
        json.WriteEndObject();
    }

    private static void WriteZeroGamma(Utf8JsonWriter json, in ZeroGammaSection zeroGamma)
    {
        bool isFound = zeroGamma.Status == ZeroGammaStatus.Found;
        json.WriteStartObject("zeroGamma");
        WriteFinite(json, "value", zeroGamma.Value, isFound);
        json.WriteString("status", zeroGamma.Status.ToString());
        json.WriteNumber("sign", zeroGamma.Sign);
        WriteFinite(json, "slope", zeroGamma.Slope, isFound);
        // Infinite where the profile touches zero flat.
        WriteFinite(json, "conditioning", zeroGamma.Conditioning, isFound);
        WriteFinite(json, "perStickiness", zeroGamma.PerStickiness, isFound);
        json.WriteStartArray("roots");
        for (int i = 0; i < Math.Min(zeroGamma.RootCount, ZeroGammaSection.RootCapacity); i++) json.WriteNumberValue(zeroGamma.Roots[i]);
        json.WriteEndArray();
        json.WriteNumber("rootCount", zeroGamma.RootCount);
        json.WriteEndObject();
    }

    private static void WriteLevel(Utf8JsonWriter json, StrikeLevel level, in LevelRow row)
    {
        string name = SnapshotNames.Of(level);
        if (row.Present == 0)
        {
            json.WriteNull(name);
            return;
        }
        bool isOpenInterest = level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest;
        json.WriteStartObject(name);
        WriteFinite(json, "strike", row.Strike);
        if (isOpenInterest) json.WriteNumber("openInterest", row.Size);
        else WriteUsd(json, "gex", row.Size);
        WriteFinite(json, "runnerUp", row.RunnerUp, row.HasRunnerUp != 0);
        WriteFinite(json, "margin", row.Margin);
        json.WriteEndObject();
    }

    private static void WritePin(Utf8JsonWriter json, in PinSection pin)
    {
        if (pin.Present == 0)
        {
            json.WriteNull("pin");
            return;
        }
        json.WriteStartObject("pin");
        WriteFinite(json, "strike", pin.Strike);
        WriteFinite(json, "share", pin.Share);
        WriteFinite(json, "probability", pin.Probability);
        json.WriteString("settlement", UnixNanos.ToIso(pin.SettlementNanos));
        json.WriteEndObject();
    }

    private static void WriteRollOff(Utf8JsonWriter json, in RollOffRows rows)
    {
        json.WriteStartObject("rollOff");
        foreach (RollOff kind in Enum.GetValues<RollOff>())
        {
            ref readonly RollOffRow row = ref rows[(int)kind];
            if (row.Present == 0)
            {
                json.WriteNull(SnapshotNames.Of(kind));
                continue;
            }
            json.WriteStartObject(SnapshotNames.Of(kind));
            json.WriteString("expiry", SnapshotNames.Date(row.ExpiryDate));
            json.WriteString("settlementInstant", UnixNanos.ToIso(row.SettlementNanos));
            WriteUsd(json, "gex", row.Gex);
            WriteUsd(json, "dex", row.Dex);
            WriteFinite(json, "grossShare", row.GrossShare);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteBands(Utf8JsonWriter json, in MarketSection head)
    {
        json.WriteStartObject("bands");
        WriteBandTable(json, "models", in head.ModelBands, ModelNames);
        if (head.Outlook.MarkTimeNanos == 0) json.WriteNull("quotes");
        else WriteBandTable(json, "quotes", in head.Outlook.QuoteBands, QuoteNames);
        json.WriteEndObject();
    }

    private static void WriteBandTable(Utf8JsonWriter json, string name, in BandTable bands, string[] books)
    {
        json.WriteStartObject(name);
        foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
        {
            json.WriteStartObject(SnapshotNames.Of(bucket));
            for (int level = 0; level < BandedLevels.Count; level++)
                WriteBand(json, SnapshotNames.OfBand(level), in bands.Rows[((int)bucket * BandedLevels.Count) + level], books);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteBand(Utf8JsonWriter json, string name, in BandRow band, string[] books)
    {
        // No book was asked for this level.
        if ((band.Present | band.Missing) == 0)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        WriteFinite(json, "low", band.Low, band.Present != 0);
        WriteFinite(json, "high", band.High, band.Present != 0);
        json.WriteStartArray("missing");
        for (int book = 0; book < books.Length; book++)
            if ((band.Missing >> book & 1) != 0) json.WriteStringValue(books[book]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHedgeFlow(Utf8JsonWriter json, in MarketSection head)
    {
        ref readonly OutlookSection outlook = ref head.Outlook;
        // Positions without a sign say nothing of who would buy.
        if (outlook.MarkTimeNanos == 0 || head.Model == PositionModel.Gross)
        {
            json.WriteNull("hedgeFlow");
            return;
        }
        bool knowsClose = outlook.CloseNanos != 0;
        json.WriteStartObject("hedgeFlow");
        json.WriteString("asOf", UnixNanos.ToIso(outlook.MarkTimeNanos));
        WriteFinite(json, "spot", outlook.Spot);
        json.WriteNumber("eventSequence", outlook.EventSequence);
        if (knowsClose) json.WriteString("close", UnixNanos.ToIso(outlook.CloseNanos));
        else json.WriteNull("close");
        json.WriteStartObject("scenarios");
        foreach (HedgeScenario scenario in Enum.GetValues<HedgeScenario>())
        {
            if (scenario == HedgeScenario.Close && !knowsClose)
            {
                json.WriteNull(SnapshotNames.Of(scenario));
                continue;
            }
            json.WriteStartObject(SnapshotNames.Of(scenario));
            foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
            {
                FlowRow row = outlook.Flows[(int)head.Model][bucket, scenario];
                json.WriteStartObject(SnapshotNames.Of(bucket));
                WriteUsd(json, "flow", row.Flow);
                WriteUsd(json, "gamma", row.Gamma);
                WriteUsd(json, "vanna", row.Vanna);
                WriteUsd(json, "charm", row.Charm);
                WriteUsd(json, "residual", row.Residual);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Columns, not rows: what a chart takes. Null before the first, and for a model that has nothing to go by.</summary>
    private static void WriteProfile(Utf8JsonWriter json, in MarketSection head)
    {
        ref readonly ProfileSection profile = ref head.Profile;
        if (profile.MarkTimeNanos == 0)
        {
            json.WriteNull("profile");
            return;
        }
        json.WriteStartObject("profile");
        json.WriteString("asOf", UnixNanos.ToIso(profile.MarkTimeNanos));
        WriteFinite(json, "spot", profile.Spot);
        json.WriteStartArray("spots");
        foreach (ref readonly ProfileRow row in (ReadOnlySpan<ProfileRow>)profile.Rows) json.WriteNumberValue(Math.Round(row.Spot, 6));
        json.WriteEndArray();
        json.WriteStartObject("models");
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            if (head.Models[(int)model].Status != ModelStatus.Live)
            {
                json.WriteNull(ModelNames[(int)model]);
                continue;
            }
            json.WriteStartObject(ModelNames[(int)model]);
            foreach (ExposureBucket bucket in Enum.GetValues<ExposureBucket>())
            {
                json.WriteStartArray(SnapshotNames.Of(bucket));
                foreach (ref readonly ProfileRow row in (ReadOnlySpan<ProfileRow>)profile.Rows) json.WriteNumberValue(Math.Round(row.NetGex(model, bucket), 3));
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTradeFlow(Utf8JsonWriter json, in TradeFlowSection trades)
    {
        json.WriteStartObject("tradeFlow");
        TradeSums total = TradeSums.Of(in trades);
        WriteTrades(json, "total", in total);
        foreach (TradeBucket bucket in Enum.GetValues<TradeBucket>())
        {
            TradeSums sums = TradeSums.Of(in trades, bucket);
            WriteTrades(json, SnapshotNames.Of(bucket), in sums);
        }
        WriteShare(json, "unclassifiedShare", total.Unclassified, total.Traded);
        json.WriteEndObject();
    }

    private static void WriteTrades(Utf8JsonWriter json, string name, in TradeSums sums)
    {
        json.WriteStartObject(name);
        WriteUsd(json, "flow", sums.Flow);
        json.WriteNumber("traded", sums.Traded);
        json.WriteNumber("unclassified", sums.Unclassified);
        json.WriteNumber("unpriced", sums.Unpriced);
        json.WriteEndObject();
    }

    private static void WriteRoots(Utf8JsonWriter json, in MarketSection head)
    {
        json.WriteStartArray("roots");
        for (int i = 0; i < Math.Min((int)head.RootCount, MarketSection.RootCapacity); i++)
        {
            ref readonly RootRow row = ref head.Roots[i];
            json.WriteStartObject();
            json.WriteString("root", row.Root.ToString());
            WriteGex(json, row.CallGex, row.PutGex);
            WriteUsd(json, "grossGex", row.GrossGex);
            WriteFlows(json, in head, row.Dex, row.Vex, row.Chex, row.CharmToClose, row.TradeFlow, in row.ModelNetGex);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteStrikes(Utf8JsonWriter json, in MarketSection head, ReadOnlySpan<StrikeRow> strikes)
    {
        json.WriteStartArray("strikes");
        foreach (ref readonly StrikeRow row in strikes)
        {
            json.WriteStartObject();
            WriteFinite(json, "strike", row.Strike);
            WriteGex(json, row.CallGex, row.PutGex);
            json.WriteStartObject("zeroDte");
            WriteGex(json, row.ZeroDteCallGex, row.ZeroDtePutGex);
            json.WriteEndObject();
            json.WriteNumber("callOpenInterest", row.CallOpenInterest);
            json.WriteNumber("putOpenInterest", row.PutOpenInterest);
            WriteFlows(json, in head, row.Dex, row.Vex, row.Chex, row.CharmToClose, row.TradeFlow, in row.ModelNetGex);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteExpiries(Utf8JsonWriter json, in MarketSection head, ReadOnlySpan<ExpiryRow> expiries)
    {
        json.WriteStartArray("expiries");
        foreach (ref readonly ExpiryRow row in expiries)
        {
            json.WriteStartObject();
            json.WriteString("root", row.Root.ToString());
            json.WriteString("expiry", SnapshotNames.Date(row.ExpiryDate));
            json.WriteString("settlement", row.Settlement.ToString());
            json.WriteString("settlementInstant", UnixNanos.ToIso(row.SettlementNanos));
            json.WriteString("status", row.Status.ToString());
            json.WriteBoolean("isZeroDte", row.IsZeroDte != 0);
            json.WriteBoolean("isMonthly", row.IsMonthly != 0);
            WriteFinite(json, "forward", row.Forward);
            json.WriteString("forwardSource", row.ForwardSource.ToString());
            WriteFinite(json, "discount", row.Discount);
            WriteGex(json, row.CallGex, row.PutGex);
            WriteUsd(json, "grossGex", row.GrossGex);
            WriteFinite(json, "grossShare", row.GrossShare);
            WriteFlows(json, in head, row.Dex, row.Vex, row.Chex, row.CharmToClose, row.TradeFlow, in row.ModelNetGex);
            WriteFinite(json, "maxPain", row.MaxPain, row.MaxPain > 0);
            json.WriteNumber("openInterest", row.OpenInterest);
            json.WriteNumber("nodes", row.Nodes);
            json.WriteNumber("good", row.Good);
            json.WriteNumber("held", row.Held);
            json.WriteNumber("stale", row.Stale);
            json.WriteNumber("interpolated", row.Interpolated);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteGex(Utf8JsonWriter json, long calls, long puts)
    {
        WriteUsd(json, "netGex", calls + puts);
        WriteUsd(json, "callGex", calls);
        WriteUsd(json, "putGex", puts);
    }

    private static void WriteFlows(
        Utf8JsonWriter json, in MarketSection head, long dex, long vex, long chex, long charmToClose, long tradeFlow, in PerModel netGex)
    {
        WriteUsd(json, "dex", dex);
        WriteUsd(json, "vex", vex);
        WriteUsd(json, "chex", chex);
        WriteCharmToClose(json, in head, charmToClose);
        WriteUsd(json, "tradeFlow", tradeFlow);
        WriteNetOfModels(json, in head, in netGex);
    }

    /// <summary>Net GEX by model; null for a model that lacks what it needs.</summary>
    private static void WriteNetOfModels(Utf8JsonWriter json, in MarketSection head, in PerModel netGex)
    {
        json.WriteStartObject("models");
        for (int model = 0; model < ModelNames.Length; model++)
        {
            if (head.Models[model].Status == ModelStatus.Live) WriteUsd(json, ModelNames[model], netGex[model]);
            else json.WriteNull(ModelNames[model]);
        }
        json.WriteEndObject();
    }

    private static void WriteCharmToClose(Utf8JsonWriter json, in MarketSection head, long units)
    {
        if (head.Outlook.CloseNanos != 0) WriteUsd(json, "charmToClose", units);
        else json.WriteNull("charmToClose");
    }

    private static void WriteUsd(Utf8JsonWriter json, string name, long units) => json.WriteNumber(name, MoneyGrid.ToUsd(units));

    private static void WriteDate(Utf8JsonWriter json, string name, int yyyymmdd)
    {
        if (yyyymmdd == 0) json.WriteNull(name);
        else json.WriteString(name, SnapshotNames.Date(yyyymmdd));
    }

    private static void WriteShare(Utf8JsonWriter json, string name, long part, long whole) =>
        WriteFinite(json, name, (double)part / Math.Max(whole, 1), whole > 0);

    private static void WriteFinite(Utf8JsonWriter json, string name, double value, bool isPresent = true)
    {
        if (isPresent && double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
