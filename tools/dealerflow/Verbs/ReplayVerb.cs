using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>replay</c>: tapes through ring, kernels, book and levels into shared memory.</summary>
internal static class ReplayVerb
{
    public static Command Create()
    {
        Argument<string[]> tapes = new Argument<string[]>("TAPE")
        {
            Description = "Tick files, in the order of their times.",
            Arity = ArgumentArity.OneOrMore,
        }.RefusingOptions();
        var speed = new Option<double>("--speed")
        {
            Description = "max, which is the default, or a multiple of event time such as 1x or 10x.",
            HelpName = "max|1x|10x",
            CustomParser = ParseSpeed,
        };
        Option<string> feed = FeedOption();
        Option<bool> json = JsonOption();
        var pricing = new PricingOptions();
        var command = new Command("replay",
            """
            Replay recorded ticks and publish live dealer gamma to shared memory.

            Examples:
              dealerflow replay data-samples/spx.dftape
              dealerflow replay morning.dftape afternoon.dftape --speed 10x --feed spx
              dealerflow replay day.dftape --forward carry --rate 0.05 --dividend 0.015 --json > result.json

            Progress goes to stderr, the result to stdout. A second process reads the same numbers with 'dealerflow snapshot'.
            Set DEALERFLOW_LANES to 1, 2, 4 or 8 to force a vector width; the numbers do not depend on it.
            """)
        { tapes, speed, feed, json };
        pricing.AddTo(command);
        command.SetAction(parsed => Run(
            parsed.GetValue(tapes)!, parsed.GetValue(speed), parsed.GetValue(feed)!, pricing.Read(parsed), parsed.GetValue(json)));
        return command;
    }

    public static Option<string> FeedOption() => new("--feed")
    {
        Description = "Name of the shared-memory feed.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    public static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout instead of tables." };

    private static int Run(string[] paths, double speed, string feedName, EngineOptions options, bool asJson)
    {
        using var signals = new StopSignals();
        using var tapes = new TapeSequence(paths, speed, signals.Token);
        var calculation = new Calculation(tapes.Definitions, UnderlyingOf(tapes.Definitions, paths[0]), options);
        using FeedPublisher feed = FeedPublisher.Create(
            FeedDirectory.Default, feedName, calculation.StrikeCapacity, calculation.ExpiryCapacity);

        long start = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(start).TotalSeconds;
        var collector = new SnapshotCollector(feed, () => calculation.Sequence / Math.Max(Elapsed(), 1e-9));
        using var engine = new StreamEngine<TapeSource, CollectorSink>(
            calculation, new TapeSource(tapes), new CollectorSink(collector), options.RingCapacity);
        try
        {
            using (new ReplayProgress(collector, tapes.TickCount, Elapsed)) engine.Run(signals.Token);
        }
        finally
        {
            feed.Close();
        }
        double seconds = Elapsed();
        if (calculation.HasOverflowed)
            throw new CliException(ExitCode.Failure, $"{paths[0]}: an exposure left the exact grid of 1/1024 USD, so nothing was published after it; check multipliers and open interest.");

        var result = new ReplayResult(engine.Ledger, seconds, engine.AllocatedBytesAfterWarmUp, engine.TicksAfterWarmUp, collector, calculation.Work, feed);
        if (asJson) Terminal.Json(json => result.Write(json));
        else result.Write(Terminal.Tables());
        return ExitCode.Success;
    }

    /// <summary>The one underlying of a tape.</summary>
    private static uint UnderlyingOf(ReadOnlySpan<InstrumentDefinition> definitions, string path)
    {
        uint? found = null;
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            if (definition.Kind != InstrumentKind.Underlying) continue;
            if (found is not null) throw new CliException(ExitCode.Failure, $"{path} holds more than one underlying; this version replays one.");
            found = definition.InstrumentId;
        }
        return found ?? throw new CliException(ExitCode.Corrupt, $"{path} defines no underlying, so its options cannot be priced.");
    }

    private static double ParseSpeed(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == "max") return 0;
        if (text.EndsWith('x') && double.TryParse(text[..^1], out double factor) && factor > 0 && double.IsFinite(factor)) return factor;
        result.AddError($"'{text}' is not a speed; use max, or a multiple such as 1x or 10x.");
        return 0;
    }
}

/// <summary>What a replay ends with.</summary>
internal sealed record ReplayResult(
    Ledger Ledger, double Seconds, long AllocatedBytes, ulong MeasuredTicks, SnapshotCollector Collector, WorkCounts Work, FeedPublisher Feed)
{
    private double AllocatedBytesPerTick => MeasuredTicks == 0 ? 0 : (double)AllocatedBytes / MeasuredTicks;

    public void Write(Utf8JsonWriter json)
    {
        Ledger ledger = Ledger;
        json.WriteStartObject();
        json.WriteNumber("ticks", ledger.In);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("ticksPerSecond", ledger.In / Seconds);
        json.WriteStartObject("ledger");
        json.WriteNumber("in", ledger.In);
        json.WriteNumber("applied", ledger.Applied);
        json.WriteNumber("conflated", ledger.Conflated);
        json.WriteStartObject("rejected");
        foreach (Rejection reason in Enum.GetValues<Rejection>()) json.WriteNumber(Names.Of(reason), ledger.Rejected[(int)reason]);
        json.WriteEndObject();
        json.WriteNumber("dropped", ledger.Dropped);
        json.WriteNumber("queued", ledger.Queued);
        json.WriteNumber("bestQuotes", ledger.BestQuotes);
        json.WriteNumber("otherQuotes", ledger.OtherQuotes);
        json.WriteNumber("trades", ledger.Trades);
        json.WriteNumber("spots", ledger.Spots);
        json.WriteNumber("openInterests", ledger.OpenInterests);
        json.WriteNumber("timeRegressions", ledger.TimeRegressions);
        json.WriteEndObject();
        json.WriteNumber("allocatedBytesPerTick", AllocatedBytesPerTick);
        json.WriteString("snapshotHash", Collector.Hash());
        json.WriteNumber("snapshots", Collector.Count);
        json.WriteNumber("inversions", Work.Inversions);
        json.WriteNumber("nodesRepriced", Work.NodesRepriced);
        json.WriteNumber("marks", Work.Marks);
        json.WriteNumber("zeroGammaSearches", Work.FullSearches);
        json.WriteString("feed", Feed.Path);
        byte[] bytes = [];
        if (Collector.TryCopyLast(ref bytes, out int length, out _) && MarketView.TryOpen(bytes.AsSpan(0, length), out MarketView market))
        {
            json.WritePropertyName("levels");
            LevelsJson.Write(json, market);
        }
        else
        {
            json.WriteNull("levels");
        }
        json.WriteEndObject();
    }

    public void Write(IAnsiConsole console)
    {
        Ledger ledger = Ledger;
        byte[] bytes = [];
        if (Collector.TryCopyLast(ref bytes, out int length, out _) && MarketView.TryOpen(bytes.AsSpan(0, length), out MarketView market))
        {
            LevelsTable.WriteHeadline(console, in market.Head);
            LevelsTable.WriteBuckets(console, in market.Head);
        }
        else
        {
            console.WriteLine("No snapshot: the tape holds no spot, and none could be inferred by parity.");
        }

        Table table = LevelsTable.NewTable("run", "");
        void Row(string name, string value) => table.AddRow(new Text(name), LevelsTable.Right(value));
        Row("ticks", $"{ledger.In:#,0}");
        Row("seconds", $"{Seconds:0.00}");
        Row("ticks/s", $"{ledger.In / Seconds:#,0}");
        Row("marks, nodes repriced", $"{Work.Marks:#,0}, {Work.NodesRepriced:#,0}");
        Row("out-of-the-money inversions", $"{Work.Inversions:#,0}");
        Row("snapshots, full zero-gamma searches", $"{Collector.Count:#,0}, {Work.FullSearches:#,0}");
        Row("allocated bytes per tick", $"{AllocatedBytesPerTick:0.###}");
        Row("snapshot hash", Collector.Hash());
        Row("feed", Feed.Path);
        console.Write(table);

        Table account = LevelsTable.NewTable("ledger", "messages", "of which", "");
        void Entry(string name, ulong count, string part = "", ulong partCount = 0) => account.AddRow(
            new Text(name), LevelsTable.Right($"{count:#,0}"), new Text(part), LevelsTable.Right(part.Length == 0 ? "" : $"{partCount:#,0}"));
        void Part(string part, ulong count) => account.AddRow(new Text(""), new Text(""), new Text(part), LevelsTable.Right($"{count:#,0}"));
        Entry("in", ledger.In);
        Entry("applied", ledger.Applied, "national best", ledger.BestQuotes);
        Part("off the best or size only", ledger.OtherQuotes);
        Part("trades", ledger.Trades);
        Part("spot", ledger.Spots);
        Part("open interest", ledger.OpenInterests);
        Entry("conflated", ledger.Conflated);
        Entry("rejected", ledger.RejectedTotal);
        foreach (Rejection reason in Enum.GetValues<Rejection>())
            if (ledger.Rejected[(int)reason] > 0) Part(Names.Of(reason), ledger.Rejected[(int)reason]);
        Entry("dropped", ledger.Dropped);
        Entry("queued", ledger.Queued);
        console.Write(account);
        console.WriteLine(ledger.Balances
            ? "The ledger adds up: in = applied + conflated + rejected + dropped + queued."
            : "The ledger does NOT add up: this is a defect; please report it with the tape.");
    }
}
