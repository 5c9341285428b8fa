using System.Diagnostics;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Engine;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Bench;

/// <summary>What the runs of a benchmark came to; of several the median by messages per second is shown in full.</summary>
internal sealed class BenchReport
{
    private readonly BenchMarket _market;
    private readonly EngineOptions _options;
    private readonly ThroughputRun[] _runs;     // ascending by messages per second
    private readonly ThroughputRun _median;

    public BenchReport(BenchMarket market, EngineOptions options, IReadOnlyList<ThroughputRun> runs)
    {
        _market = market;
        _options = options;
        _runs = [.. runs.OrderBy(run => run.MessagesPerSecond)];
        _median = _runs[_runs.Length / 2];
    }

    /// <summary>Nanoseconds per message of each stage, in the order of a message; the calculation's add up to the whole.</summary>
    private IEnumerable<(string Name, string Key, double Nanos)> Stages
    {
        get
        {
            StageTimes times = _median.Times;
            // Of every thread that calculates.
            double whole = _median.Shards * _median.Seconds * 1e9 / _median.Messages;
            double flush = PerMessage(times.Flush), mark = PerMessage(times.Mark), headline = PerMessage(times.Headline), publish = PerMessage(times.Publish), idle = PerMessage(times.Idle);
            yield return ("source: copy into the ring", "source", PerMessage(times.Source));
            yield return ("source: waits for room", "sourceWait", PerMessage(times.SourceWait));
            yield return ("calculation: messages", "messages", whole - flush - mark - headline - publish - idle);
            yield return ("calculation: touched nodes", "flush", flush);
            yield return ("calculation: marks", "mark", mark);
            yield return ("calculation: headlines", "headline", headline);
            yield return ("calculation: snapshots", "publish", publish);
            yield return ("calculation: waits for ticks", "idle", idle);
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("messagesPerSecond", _median.MessagesPerSecond);
        json.WriteStartArray("messagesPerSecondOfRuns");
        foreach (ThroughputRun run in _runs) json.WriteNumberValue(run.MessagesPerSecond);
        json.WriteEndArray();
        json.WriteStartObject("nsPerMessage");
        json.WriteNumber("whole", _median.Seconds * 1e9 / _median.Messages);
        foreach ((_, string key, double nanos) in Stages) json.WriteNumber(key, nanos);
        json.WriteEndObject();
        json.WriteNumber("messages", _median.Messages);
        json.WriteNumber("seconds", _median.Seconds);
        json.WriteNumber("contracts", _market.Contracts);
        json.WriteNumber("underlyings", _market.Underlyings.Length);
        json.WriteNumber("markIntervalNanos", _options.MarkIntervalNanos);
        json.WriteNumber("publishIntervalNanos", _options.PublishIntervalNanos);
        json.WriteNumber("inversions", _median.Work.Inversions);
        json.WriteNumber("nodesRepriced", _median.Work.NodesRepriced);
        json.WriteNumber("marks", _median.Work.Marks);
        json.WriteNumber("flushes", _median.Work.Flushes);
        json.WriteNumber("publishes", _median.Work.Publishes);
        json.WriteNumber("headlines", _median.Work.Headlines);
        json.WriteNumber("headlineIntervalNanos", _options.HeadlineIntervalNanos);
        json.WriteNumber("allocatedBytesPerMessage", (double)_median.AllocatedBytes / _median.Messages);
        json.WriteNumber("collections", _median.Collections);
        json.WriteNumber("shards", _median.Shards);
        json.WriteNumber("engineBytes", _median.EngineBytes);
        json.WriteNumber("feedBytes", _median.FeedBytes);
        json.WriteNumber("residentBytes", Environment.WorkingSet);
        json.WriteStartObject("ledger");
        Ledger ledger = _median.Ledger;
        json.WriteNumber("in", ledger.In);
        json.WriteNumber("applied", ledger.Applied);
        json.WriteNumber("conflated", ledger.Conflated);
        json.WriteNumber("rejected", ledger.RejectedTotal);
        json.WriteNumber("dropped", ledger.Dropped);
        json.WriteNumber("queued", ledger.Queued);
        json.WriteNumber("pending", ledger.Pending);
        json.WriteNumber("bestQuotes", ledger.BestQuotes);
        json.WriteNumber("otherQuotes", ledger.OtherQuotes);
        json.WriteBoolean("balances", ledger.Balances);
        json.WriteEndObject();
        json.WriteString("market", _market.Description);
        json.WriteString("cpu", Machine.Cpu());
        json.WriteNumber("cores", Environment.ProcessorCount);
        json.WriteString("vectors", Machine.Vectors(_options));
        json.WriteString("runtime", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
    }

    public void Write(IAnsiConsole console)
    {
        Ledger ledger = _median.Ledger;
        Table table = LevelsTable.NewTable("throughput", ">");
        void Row(string name, string value) => table.AddRow(new Text(name), LevelsTable.Right(value));
        Row("messages/s, median of " + _runs.Length, $"{_median.MessagesPerSecond:#,0}");
        Row("slowest, fastest", $"{_runs[0].MessagesPerSecond:#,0}, {_runs[^1].MessagesPerSecond:#,0}");
        Row("messages, seconds", $"{_median.Messages:#,0}, {_median.Seconds:0.000}");
        if (_median.Shards > 1) Row("threads that calculate", $"{_median.Shards}");
        Row("underlyings, contracts", $"{_market.Underlyings.Length:#,0}, {_market.Contracts:#,0}");
        Row("marks, flushes", $"{_median.Work.Marks:#,0}, {_median.Work.Flushes:#,0}");
        Row("snapshots, headlines", $"{_median.Work.Publishes:#,0}, {_median.Work.Headlines:#,0}");
        Row("out-of-the-money inversions", $"{_median.Work.Inversions:#,0}");
        Row("inversions/s", $"{_median.Work.Inversions / _median.Seconds:#,0}");
        Row("nodes repriced", $"{_median.Work.NodesRepriced:#,0}");
        Row("allocated bytes per message, collections", $"{(double)_median.AllocatedBytes / _median.Messages:0.###}, {_median.Collections}");
        Row("memory of the engine, of its feeds", $"{_median.EngineBytes / 1e6:#,0} MB, {_median.FeedBytes / 1e6:#,0} MB");
        Row("resident memory of the process, ticks included", $"{Environment.WorkingSet / 1e6:#,0} MB");
        Row("national best, other quotes", $"{ledger.BestQuotes:#,0}, {ledger.OtherQuotes:#,0}");
        Row("ledger", ledger.Balances ? "adds up" : "does NOT add up");
        console.Write(table);
        Table stages = LevelsTable.NewTable(_median.Shards > 1 ? "stage, all threads together" : "stage", ">ns per message");
        foreach ((string name, _, double nanos) in Stages) stages.AddRow(new Text(name), LevelsTable.Right($"{nanos:0.0}"));
        console.Write(stages);
        console.WriteLine($"{Machine.Cpu()}, {Environment.ProcessorCount} cores, {Machine.Vectors(_options)}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}.");
        console.WriteLine($"Market: {_market.Description}; marks every {_options.MarkIntervalNanos / 1e6:0.###} ms, snapshots every {_options.PublishIntervalNanos / 1e6:0.###} ms.");
    }

    private double PerMessage(long stopwatchTicks) => stopwatchTicks * 1e9 / Stopwatch.Frequency / _median.Messages;
}
