using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using DealerFlow.Cli.Output;
using Spectre.Console;

namespace DealerFlow.Cli.Bench;

/// <summary>The feed beside its competitors, headlines and snapshots.</summary>
/// <param name="plan">How much was sent, and how fast.</param>
/// <param name="loadBefore">What the machine had to do before it began.</param>
/// <param name="results">Of every competitor.</param>
internal sealed class FeedOnlyReport(FeedOnlyPlan plan, double? loadBefore, IReadOnlyDictionary<(MessageKind Kind, Competitor Competitor), FeedOnlyResult> results)
{
    private static readonly MessageKind[] Kinds = [MessageKind.Headline, MessageKind.Snapshot];

    public static string NameOf(Competitor competitor) => competitor switch
    {
        Competitor.Feed => "feed",
        Competitor.Copy => "copy",
        Competitor.Crc => "CRC-32",
        Competitor.Socket => "socket",
        Competitor.SocketPolled => "socket, polled",
        _ => "Pipelines",
    };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("cpu", Machine.Cpu());
        json.WriteNumber("cores", Environment.ProcessorCount);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        if (loadBefore is { } load) json.WriteNumber("loadBefore", load);
        json.WriteNumber("rounds", plan.Rounds);
        json.WriteNumber("strikes", plan.Strikes);
        json.WriteNumber("expiries", plan.Expiries);
        foreach (MessageKind kind in Kinds)
        {
            FeedOnlyMessage message = plan.MessageOf(kind);
            json.WriteStartObject(KeyOf(kind));
            json.WriteNumber("payloadBytes", message.PayloadBytes);
            json.WriteNumber("pacePerSecond", plan.PerSecond(kind));
            json.WriteStartObject("sender");
            foreach (Competitor competitor in FeedOnlyPlan.FlatOut) WriteSender(json, kind, competitor, message);
            json.WriteEndObject();
            json.WriteStartObject("seen");
            foreach (Competitor competitor in FeedOnlyPlan.Watched) WriteSeen(json, kind, competitor);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public void Write(IAnsiConsole console)
    {
        console.WriteLine(
            $"{Machine.Cpu()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}: headlines of {plan.MessageOf(MessageKind.Headline).PayloadBytes:#,0} bytes; "
            + $"snapshots of {plan.Strikes:#,0} strikes and {plan.Expiries:#,0} expiries, {plan.MessageOf(MessageKind.Snapshot).PayloadBytes:#,0} bytes.");
        console.WriteLine();
        console.WriteLine("Cost of a publication for its sender, flat out:");
        foreach (MessageKind kind in Kinds) console.Write(SenderTable(kind, plan.MessageOf(kind)));
        console.WriteLine($"From the intended send time until a second process has read it, {plan.PerSecond(MessageKind.Headline):#,0} headlines/s and {plan.PerSecond(MessageKind.Snapshot):#,0} snapshots/s:");
        foreach (MessageKind kind in Kinds)
        {
            console.Write(SeenTable(kind));
            console.WriteLine("  quietest round, p50 and p99: " + string.Join("; ", FeedOnlyPlan.Watched.Select(competitor => $"{NameOf(competitor)} {Quietest(kind, competitor)}")));
        }
        console.WriteLine();
        console.WriteLine("Feed: checksum, copy, version, number, sign of life; its reader compares the checksum. Copy: the same bytes into a shared page; its reader copies them between two looks at a version. "
            + "Socket: a Unix stream, each message with its length, a reader that blocks, or polls. Pipelines: System.IO.Pipelines over such a socket, at both ends.");
        console.WriteLine($"{plan.Rounds} rounds in which all take turns, with {plan.PerRound(MessageKind.Headline):#,0} headlines and {plan.PerRound(MessageKind.Snapshot):#,0} snapshots of each; medians of the rounds, but p99.9 and max, which are over all. × is of the median.");
        if (loadBefore is { } load)
            console.WriteLine($"Load average before it began: {load:0.##}. Who polls needs a core of its own: beside other work it is a turn of the scheduler behind, where a reader that sleeps in the kernel is not.");
        console.WriteLine($"Flat out nobody reads feed and copy; a socket's reader empties it, and its sender waits for that. At the pace, with a reader at work, the feed's sender takes {Call(MessageKind.Headline)} ns for a headline and {Call(MessageKind.Snapshot)} for a snapshot.");
        console.WriteLine($"Every message that was read was compared with what was sent. Sockets bring each; shared memory has the newest, and older ones count as read with it: of the feed {Share(MessageKind.Headline, Competitor.Feed)} of the headlines and {Share(MessageKind.Snapshot, Competitor.Feed)} of the snapshots were read themselves.");
    }

    private string Quietest(MessageKind kind, Competitor competitor)
    {
        LatencyHistogram round = results[(kind, competitor)].Quietest;
        return $"{ThreeDigits(round.Percentile(0.5) / 1e3)}, {ThreeDigits(round.Percentile(0.99) / 1e3)}";
    }

    private string Call(MessageKind kind) => $"{results[(kind, Competitor.Feed)].Calls.Percentile(0.5):#,0}";

    private string Share(MessageKind kind, Competitor competitor) =>
        $"{100.0 * results[(kind, competitor)].Read / results[(kind, competitor)].Seen.Count:0.#} %";

    private Table SenderTable(MessageKind kind, FeedOnlyMessage message)
    {
        Table table = LevelsTable.NewTable($"{KeyOf(kind)}, ns", ">median", ">fastest", ">slowest", ">×copy", ">×socket", ">bytes");
        foreach (Competitor competitor in FeedOnlyPlan.FlatOut)
        {
            FeedOnlyResult result = results[(kind, competitor)];
            table.AddRow(
                new Text(NameOf(competitor)), LevelsTable.Right($"{result.MedianNanos:#,0}"), LevelsTable.Right($"{result.Nanos[0]:#,0}"), LevelsTable.Right($"{result.Nanos[^1]:#,0}"),
                Digits(result.MedianNanos / results[(kind, Competitor.Copy)].MedianNanos), Digits(result.MedianNanos / results[(kind, Competitor.Socket)].MedianNanos),
                LevelsTable.Right($"{FeedOnlyPlan.BytesOf(competitor, message):#,0}"));
        }
        return table;
    }

    private Table SeenTable(MessageKind kind)
    {
        Table table = LevelsTable.NewTable($"{KeyOf(kind)}, µs", ">p50", ">p90", ">p99", ">p99.9", ">max", ">×copy", ">×socket");
        foreach (Competitor competitor in FeedOnlyPlan.Watched)
        {
            FeedOnlyResult result = results[(kind, competitor)];
            table.AddRow(
                new Text(NameOf(competitor)), Micros(result.MedianSeen(0.5)), Micros(result.MedianSeen(0.9)), Micros(result.MedianSeen(0.99)), Micros(result.Seen.Percentile(0.999)), Micros(result.Seen.Max),
                Digits((double)result.MedianSeen(0.5) / results[(kind, Competitor.Copy)].MedianSeen(0.5)), Digits((double)result.MedianSeen(0.5) / results[(kind, Competitor.Socket)].MedianSeen(0.5)));
        }
        return table;
    }

    private void WriteSender(Utf8JsonWriter json, MessageKind kind, Competitor competitor, FeedOnlyMessage message)
    {
        FeedOnlyResult result = results[(kind, competitor)];
        json.WriteStartObject(KeyOf(competitor));
        json.WriteNumber("nsMedian", result.MedianNanos);
        json.WriteNumber("nsFastest", result.Nanos[0]);
        json.WriteNumber("nsSlowest", result.Nanos[^1]);
        json.WriteNumber("timesCopy", result.MedianNanos / results[(kind, Competitor.Copy)].MedianNanos);
        json.WriteNumber("timesSocket", result.MedianNanos / results[(kind, Competitor.Socket)].MedianNanos);
        json.WriteNumber("publications", result.Sent);
        json.WriteNumber("bytes", FeedOnlyPlan.BytesOf(competitor, message));
        json.WriteNumber("allocatedBytes", (double)result.Allocated / result.Sent);
        json.WriteEndObject();
    }

    private void WriteSeen(Utf8JsonWriter json, MessageKind kind, Competitor competitor)
    {
        FeedOnlyResult result = results[(kind, competitor)];
        json.WriteStartObject(KeyOf(competitor));
        json.WritePropertyName("latencyNs");
        LatencyReport.WritePercentiles(json, result.Seen);
        json.WriteStartObject("latencyNsMedianOfRounds");
        foreach ((_, string key, double share) in LatencyReport.Percentiles) json.WriteNumber(key, result.MedianSeen(share));
        json.WriteEndObject();
        json.WritePropertyName("latencyNsOfQuietestRound");
        LatencyReport.WritePercentiles(json, result.Quietest);
        json.WritePropertyName("callNs");
        LatencyReport.WritePercentiles(json, result.Calls);
        json.WriteNumber("timesCopy", (double)result.MedianSeen(0.5) / results[(kind, Competitor.Copy)].MedianSeen(0.5));
        json.WriteNumber("timesSocket", (double)result.MedianSeen(0.5) / results[(kind, Competitor.Socket)].MedianSeen(0.5));
        json.WriteNumber("timesCopyP99", (double)result.MedianSeen(0.99) / results[(kind, Competitor.Copy)].MedianSeen(0.99));
        json.WriteNumber("timesSocketP99", (double)result.MedianSeen(0.99) / results[(kind, Competitor.Socket)].MedianSeen(0.99));
        json.WriteNumber("messages", result.Seen.Count);
        json.WriteNumber("read", result.Read);
        json.WriteNumber("readerRetries", result.Retries);
        json.WriteEndObject();
    }

    private static string KeyOf(MessageKind kind) => kind == MessageKind.Headline ? "headline" : "snapshot";

    private static string KeyOf(Competitor competitor) => JsonNamingPolicy.CamelCase.ConvertName(competitor.ToString());

    private static Text Micros(double nanos) => Digits(nanos / 1e3);

    private static Text Digits(double value) => LevelsTable.Right(ThreeDigits(value));

    private static string ThreeDigits(double value) =>
        value.ToString(value >= 99.95 ? "#,0" : value >= 9.995 ? "0.0" : value >= 0.0995 ? "0.00" : "0.000", CultureInfo.InvariantCulture);
}
