using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary>What a replay ends with.</summary>
internal sealed record ReplayResult(
    Ledger Ledger, double Seconds, long AllocatedBytes, ulong MeasuredTicks, SnapshotCollector Collector, WorkCounts Work, Ascii8[] Symbols,
    MarketFeeds Feeds, RecorderStatus? Recorded)
{
    /// <summary>How a live stream came in; null for a replay.</summary>
    public IngestSection? Ingest { get; init; }

    /// <summary>How long messages took from the ring into the numbers.</summary>
    public required LatencySection Latency { get; init; }

    /// <summary>What came from each venue.</summary>
    public required IReadOnlyList<VenueQuotes> Venues { get; init; }

    private double AllocatedBytesPerTick => MeasuredTicks == 0 ? 0 : (double)AllocatedBytes / MeasuredTicks;

    public void Write(Utf8JsonWriter json)
    {
        Ledger ledger = Ledger;
        json.WriteStartObject();
        json.WriteNumber("ticks", ledger.In);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("ticksPerSecond", ledger.In / Seconds);
        WriteLedger(json, in ledger);
        if (Ingest is { } ingest) LevelsJson.WriteIngest(json, in ingest);
        WriteVenues(json);
        LevelsJson.WriteLatency(json, Latency);
        json.WriteNumber("allocatedBytesPerTick", AllocatedBytesPerTick);
        json.WriteString("snapshotHash", Collector.Hash());
        json.WriteNumber("snapshots", Collector.Count);
        json.WriteNumber("headlines", Collector.Headlines);
        json.WriteNumber("inversions", Work.Inversions);
        json.WriteNumber("nodesRepriced", Work.NodesRepriced);
        json.WriteNumber("marks", Work.Marks);
        json.WriteNumber("zeroGammaSearches", Work.FullSearches);
        json.WriteNumber("zeroGammaSearchesAtOnce", Work.SearchesAtOnce);
        if (Recorded is { } recorded) json.WriteNumber("recordedTicks", recorded.Recorded);
        json.WriteString("feed", Feeds.Paths.First().Path);
        WriteLevels(json, "levels", Symbols[0]);
        if (Symbols.Length > 1) WriteUnderlyings(json);
        json.WriteEndObject();
    }

    public void Write(IAnsiConsole console)
    {
        byte[] bytes = [];
        foreach (Ascii8 symbol in Symbols)
        {
            if (Collector.TryCopyLast(symbol, ref bytes, out int length)) WriteLevels(console, bytes.AsSpan(0, length));
            else console.WriteLine($"No snapshot of {symbol}: the tape holds no spot, and none could be inferred by parity.");
        }
        if (Collector.TryCopyCombined(ref bytes, out int combined)) WriteLevels(console, bytes.AsSpan(0, combined));

        Table table = LevelsTable.NewTable("run", ">");
        void Row(string name, string value) => table.AddRow(new Text(name), LevelsTable.Right(value));
        Row("ticks", $"{Ledger.In:#,0}");
        Row("seconds", $"{Seconds:0.00}");
        Row("ticks/s", $"{Ledger.In / Seconds:#,0}");
        Row("marks, nodes repriced", $"{Work.Marks:#,0}, {Work.NodesRepriced:#,0}");
        Row("out-of-the-money inversions", $"{Work.Inversions:#,0}");
        Row("snapshots", $"{Collector.Count:#,0}");
        if (Collector.Headlines > 0) Row("headlines", $"{Collector.Headlines:#,0}");
        Row("zero-gamma searches, full and at once", $"{Work.FullSearches:#,0}, {Work.SearchesAtOnce:#,0}");
        if (Ingest is { } ingest)
            foreach ((string name, string value) in IngestRows.Of(ingest)) Row(name, value);
        if (Venues.Count > 1) Row("venues, the one that is silent longest", $"{Venues.Count}, {SilentFor()}");
        Row("from the ring into the numbers, us: p50, p99, longest", $"{Micros(Latency.Percentile(0.5))}, {Micros(Latency.Percentile(0.99))}, {Micros(Latency.MaxNanos)}");
        Row("allocated bytes per tick", $"{AllocatedBytesPerTick:0.###}");
        Row("snapshot hash", Collector.Hash());
        if (Recorded is { } recorded) Row("ticks recorded", $"{recorded.Recorded:#,0}");
        Row("feed", Feeds.Paths.First().Path);
        console.Write(table);
        WriteLedger(console);
    }

    private static string Micros(long nanos) => $"{nanos / 1e3:#,0.0}";

    private void WriteVenues(Utf8JsonWriter json)
    {
        json.WriteStartArray("venues");
        foreach (VenueQuotes venue in Venues)
        {
            json.WriteStartObject();
            json.WriteNumber("venue", venue.Venue);
            json.WriteNumber("quotes", venue.Quotes);
            json.WriteNumber("nationalBest", venue.Best);
            json.WriteString("last", UnixNanos.ToIso(venue.LastNanos));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLedger(Utf8JsonWriter json, in Ledger ledger)
    {
        json.WriteStartObject("ledger");
        json.WriteNumber("in", ledger.In);
        json.WriteNumber("applied", ledger.Applied);
        json.WriteNumber("conflated", ledger.Conflated);
        json.WriteStartObject("rejected");
        foreach (Rejection reason in Enum.GetValues<Rejection>()) json.WriteNumber(SnapshotNames.Of(reason), ledger.Rejected[(int)reason]);
        json.WriteEndObject();
        json.WriteNumber("dropped", ledger.Dropped);
        json.WriteNumber("queued", ledger.Queued);
        json.WriteNumber("pending", ledger.Pending);
        json.WriteNumber("bestQuotes", ledger.BestQuotes);
        json.WriteNumber("otherQuotes", ledger.OtherQuotes);
        json.WriteNumber("trades", ledger.Trades);
        json.WriteNumber("cancels", ledger.Cancels);
        json.WriteNumber("spots", ledger.Spots);
        json.WriteNumber("openInterests", ledger.OpenInterests);
        json.WriteNumber("definitions", ledger.Definitions);
        json.WriteNumber("notices", ledger.Notices);
        json.WriteNumber("timeRegressions", ledger.TimeRegressions);
        json.WriteNumber("suspectTimes", ledger.SuspectTimes);
        json.WriteEndObject();
    }

    private string SilentFor()
    {
        VenueQuotes silent = Venues.MinBy(venue => venue.LastNanos);
        return $"{silent.Venue} for {(Venues.Max(venue => venue.LastNanos) - silent.LastNanos) / 1e9:0.000} s";
    }

    /// <summary>Levels and feed of every underlying, and of their combined view.</summary>
    private void WriteUnderlyings(Utf8JsonWriter json)
    {
        json.WriteStartObject("underlyings");
        foreach (Ascii8 symbol in Symbols) WriteLevels(json, symbol.ToString(), symbol);
        json.WriteEndObject();
        byte[] bytes = [];
        if (Collector.TryCopyCombined(ref bytes, out int length) && MarketView.TryOpen(bytes.AsSpan(0, length), out MarketView market))
        {
            json.WritePropertyName(MarketFeeds.Combined);
            LevelsJson.Write(json, market);
        }
        json.WriteStartObject("feeds");
        foreach ((string name, string path) in Feeds.Paths) json.WriteString(name, path);
        json.WriteEndObject();
    }

    private void WriteLevels(Utf8JsonWriter json, string name, Ascii8 symbol)
    {
        byte[] bytes = [];
        if (Collector.TryCopyLast(symbol, ref bytes, out int length) && MarketView.TryOpen(bytes.AsSpan(0, length), out MarketView market))
        {
            json.WritePropertyName(name);
            LevelsJson.Write(json, market);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteLevels(IAnsiConsole console, ReadOnlySpan<byte> section)
    {
        if (!MarketView.TryOpen(section, out MarketView market)) return;
        LevelsTable.WriteHeadline(console, in market.Head);
        LevelsTable.WriteBuckets(console, in market.Head);
        ModelTables.WriteModels(console, in market.Head);
    }

    private void WriteLedger(IAnsiConsole console)
    {
        Ledger ledger = Ledger;
        Table account = LevelsTable.NewTable("ledger", ">messages", "of which", ">");
        void Entry(string name, ulong count, string part = "", ulong partCount = 0) => account.AddRow(
            new Text(name), LevelsTable.Right($"{count:#,0}"), new Text(part), LevelsTable.Right(part.Length == 0 ? "" : $"{partCount:#,0}"));
        void Part(string part, ulong count)
        {
            if (count > 0) account.AddRow(new Text(""), new Text(""), new Text(part), LevelsTable.Right($"{count:#,0}"));
        }
        Entry("in", ledger.In);
        Entry("applied", ledger.Applied, "national best", ledger.BestQuotes);
        Part("off the best or size only", ledger.OtherQuotes);
        Part("trades", ledger.Trades);
        Part("cancels", ledger.Cancels);
        Part("spot", ledger.Spots);
        Part("open interest", ledger.OpenInterests);
        Part("quarters of definitions", ledger.Definitions);
        Part("gap and status notices", ledger.Notices);
        Entry("conflated", ledger.Conflated);
        Entry("rejected", ledger.RejectedTotal);
        foreach (Rejection reason in Enum.GetValues<Rejection>()) Part(SnapshotNames.Of(reason), ledger.Rejected[(int)reason]);
        Entry("dropped", ledger.Dropped);
        Entry("queued", ledger.Queued);
        Entry("pending", ledger.Pending);
        console.Write(account);
        console.WriteLine(ledger.Balances
            ? "The ledger adds up: in = applied + conflated + rejected + dropped + queued + pending."
            : "The ledger does NOT add up: this is a defect; please report it with the tape.");
        if (ledger.TimeRegressions > 0) console.WriteLine($"Event time ran back at {ledger.TimeRegressions:#,0} messages; they count at the latest time seen.");
        if (ledger.SuspectTimes > 0) console.WriteLine($"Event times that cannot be: {ledger.SuspectTimes:#,0} messages; they count at the latest time seen.");
    }
}
