using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Engine;
using Spectre.Console;

namespace DealerFlow.Cli.Bench;

/// <summary>What a measurement of latency came to: percentiles, and the whole distribution as a picture in characters.</summary>
internal sealed class LatencyReport(BenchMarket market, EngineOptions options, int rate, LatencyRun run)
{
    private const int BarWidth = 60;

    public static readonly (string Name, string Key, double Share)[] Percentiles =
        [("p50", "p50", 0.5), ("p90", "p90", 0.9), ("p99", "p99", 0.99), ("p99.9", "p999", 0.999)];

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("latencyNs");
        WritePercentiles(json, run.All);
        json.WritePropertyName("latencyNsBetweenMarks");
        WritePercentiles(json, run.BetweenMarks);
        json.WriteStartArray("histogram");
        foreach ((long from, long to, long count) in run.All.Octaves())
        {
            json.WriteStartObject();
            json.WriteNumber("fromNs", from);
            json.WriteNumber("toNs", to);
            json.WriteNumber("messages", count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("messages", run.All.Count);
        json.WriteNumber("pacePerSecond", rate);
        json.WriteNumber("headlines", run.Headlines);
        json.WriteNumber("readerRetries", run.ReaderRetries);
        json.WriteNumber("mostMessagesDueAtOnce", run.SlowestBehind);
        json.WriteNumber("contracts", market.Contracts);
        json.WriteNumber("markIntervalNanos", options.MarkIntervalNanos);
        json.WriteNumber("publishIntervalNanos", options.PublishIntervalNanos);
        json.WriteString("market", market.Description);
        json.WriteString("cpu", Machine.Cpu());
        json.WriteNumber("cores", Environment.ProcessorCount);
        json.WriteString("vectors", Machine.Vectors(options));
        json.WriteString("runtime", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
    }

    public void Write(IAnsiConsole console)
    {
        Table table = LevelsTable.NewTable("latency, µs", ">all messages", ">between marks");
        foreach ((string name, _, double share) in Percentiles) Row(name, run.All.Percentile(share), run.BetweenMarks.Percentile(share));
        Row("max", run.All.Max, run.BetweenMarks.Max);
        table.AddRow(new Text("messages"), LevelsTable.Right($"{run.All.Count:#,0}"), LevelsTable.Right($"{run.BetweenMarks.Count:#,0}"));
        console.Write(table);
        long most = run.All.Octaves().Select(octave => octave.Count).DefaultIfEmpty(1).Max();
        foreach ((long from, long to, long count) in run.All.Octaves())
            console.WriteLine($"{Micros(from),10} to {Micros(to),10} µs  {100.0 * count / run.All.Count,7:0.000} %  {new string('█', (int)Math.Ceiling((double)BarWidth * count / most))}");
        console.WriteLine($"Paced at {rate:#,0} messages/s on the thread that calculates; visible when another process has read a whole headline that includes the message.");
        console.WriteLine($"{run.Headlines:#,0} headlines; at most {run.SlowestBehind:#,0} messages were due at once; the reader was overtaken {run.ReaderRetries:#,0} times.");
        console.WriteLine($"{Machine.Cpu()}, {Environment.ProcessorCount} cores, {Machine.Vectors(options)}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}.");
        console.WriteLine($"Market: {market.Description}, {market.Contracts:#,0} contracts; marks every {options.MarkIntervalNanos / 1e6:0.###} ms, snapshots every {options.PublishIntervalNanos / 1e6:0.###} ms.");

        void Row(string name, long all, long between) => table.AddRow(new Text(name), LevelsTable.Right(Micros(all)), LevelsTable.Right(Micros(between)));
    }

    private static string Micros(long nanos) => $"{nanos / 1e3:#,0.0##}";

    public static void WritePercentiles(Utf8JsonWriter json, LatencyHistogram histogram)
    {
        json.WriteStartObject();
        foreach ((_, string key, double share) in Percentiles) json.WriteNumber(key, histogram.Percentile(share));
        json.WriteNumber("max", histogram.Max);
        json.WriteEndObject();
    }
}
