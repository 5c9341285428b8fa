using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>bench</c>: its figures add up. How large they are is no matter of tests.</summary>
public sealed class BenchTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("--threads", "2")]
    [InlineData("--threads", "1")]
    [InlineData("--contracts", "12000")]
    [InlineData("--wait", "block")]
    public void Every_message_has_an_outcome_and_the_stages_make_up_the_whole(string option, string value)
    {
        JsonElement bench = _room.Run("bench", "--seconds", "0.01", "--rate", "20000000", "--runs", "1", "--ring", "4096", option, value, "--json").Json();
        JsonElement ledger = bench.GetProperty("ledger"), stages = bench.GetProperty("nsPerMessage");
        Assert.True(ledger.GetProperty("balances").GetBoolean());
        Assert.Equal(ledger.GetProperty("in").GetInt64(), ledger.GetProperty("applied").GetInt64());
        Assert.InRange(bench.GetProperty("messages").GetInt64(), 100_000, ledger.GetProperty("in").GetInt64());
        Assert.True(bench.GetProperty("messagesPerSecond").GetDouble() > 0);
        double whole = stages.GetProperty("whole").GetDouble();
        Assert.InRange(bench.GetProperty("engineBytes").GetInt64(), 1_000_000, 1_000_000_000);
        Assert.InRange(bench.GetProperty("feedBytes").GetInt64(), 100_000, 100_000_000);
        double sum = new[] { "messages", "flush", "mark", "publish", "idle" }.Sum(stage => stages.GetProperty(stage).GetDouble());
        Assert.InRange(sum, 0.99 * whole, 1.01 * whole);
        Assert.True(bench.GetProperty("inversions").GetInt64() > 0);
        Assert.True(bench.GetProperty("marks").GetInt64() > 0);
        Assert.Equal(option == "--contracts" ? 12_000 : 9_220, bench.GetProperty("contracts").GetInt32());
    }

    [Theory]
    [InlineData("--threads", "1")]
    [InlineData("--latency", null)]
    public void One_thread_cannot_be_spread(string option, string? value)
    {
        string[] line = ["bench", "--shards", "2", option, .. value is null ? Array.Empty<string>() : [value]];
        Assert.Contains("--shards and --cores", _room.Run(line).Refused(2));
    }

    [Fact]
    public void Shards_enter_every_message_once_between_them()
    {
        JsonElement bench = _room.Run(
            "bench", "--seconds", "0.01", "--rate", "20000000", "--runs", "1", "--ring", "4096", "--contracts", "12000", "--shards", "2", "--json").Json();
        Assert.Equal(2, bench.GetProperty("shards").GetInt32());
        JsonElement ledger = bench.GetProperty("ledger");
        Assert.True(ledger.GetProperty("balances").GetBoolean());
        Assert.Equal(ledger.GetProperty("in").GetInt64(), ledger.GetProperty("applied").GetInt64());
    }

    [Fact]
    public void With_changes_only_every_quote_is_a_national_best()
    {
        JsonElement bench = _room.Run("bench", "--seconds", "0.01", "--rate", "20000000", "--runs", "1", "--ring", "4096", "--changes-only", "--json").Json();
        Assert.Equal(0, bench.GetProperty("ledger").GetProperty("otherQuotes").GetInt64());
        Assert.True(bench.GetProperty("ledger").GetProperty("bestQuotes").GetInt64() > 20_000);
    }

    [Fact]
    public void A_tape_may_be_sent_instead()
    {
        JsonElement bench = _room.Run("bench", "--tape", tape.Path, "--runs", "1", "--ring", "1024", "--json").Json();
        JsonElement replay = _room.Run("replay", tape.Path, "--json").Json();
        Assert.Equal(replay.GetProperty("ticks").GetInt64(), bench.GetProperty("ledger").GetProperty("in").GetInt64());
    }

    [Fact]
    public void Too_few_messages_for_the_ring_are_refused() =>
        Assert.Contains("too few to measure", _room.Run("bench", "--tape", tape.Path, "--runs", "1").Refused(2));

    [Theory]
    [InlineData("--runs", "0")]
    [InlineData("--threads", "3")]
    [InlineData("--wait", "sometimes")]
    [InlineData("--ring", "1000")]
    [InlineData("--seconds", "0")]
    [InlineData("--rate", "1")]
    [InlineData("--mark", "0")]
    [InlineData("--publish", "0.5")]
    [InlineData("--contracts", "-1")]
    [InlineData("--contracts", "9300")]
    public void What_cannot_be_is_refused(string option, string value) =>
        Assert.Contains(option, _room.Run("bench", option, value).Refused(2));

    [Fact]
    public void The_feed_alone_is_measured_beside_a_copy_sockets_and_pipelines()
    {
        const int strikes = 30, expiries = 4, rounds = 3, perRound = 200;
        JsonElement bench = _room.Run(
            "bench", "--feed-only", "--seconds", "0.06", "--rate", "10000", "--runs", "3", "--strikes", $"{strikes}", "--expiries", $"{expiries}", "--json").Json();
        Assert.Equal((rounds, strikes, expiries), (bench.GetProperty("rounds").GetInt32(), bench.GetProperty("strikes").GetInt32(), bench.GetProperty("expiries").GetInt32()));
        AssertKind(bench.GetProperty("headline"), FeedGeometry.HeadlinePayload, rounds * perRound);
        AssertKind(bench.GetProperty("snapshot"), MarketView.SizeOf(strikes, expiries) + RuntimeSection.SizeInBytes, rounds * perRound / 10);

        static void AssertKind(JsonElement kind, int payload, long messages)
        {
            Assert.Equal(payload, kind.GetProperty("payloadBytes").GetInt32());
            JsonElement sender = kind.GetProperty("sender"), seen = kind.GetProperty("seen");
            Assert.Equal(["feed", "copy", "crc", "socket", "pipelines"], sender.EnumerateObject().Select(member => member.Name));
            Assert.Equal(["feed", "copy", "socket", "socketPolled", "pipelines"], seen.EnumerateObject().Select(member => member.Name));
            // Beside the payload: three words of the slot and five of the entry; a length; nothing.
            Assert.Equal([payload + 64, payload, payload, payload + 4, payload + 4], sender.EnumerateObject().Select(member => member.Value.GetProperty("bytes").GetInt32()));
            Assert.All(sender.EnumerateObject(), member =>
            {
                JsonElement of = member.Value;
                Assert.Equal(messages, of.GetProperty("publications").GetInt64());
                double median = of.GetProperty("nsMedian").GetDouble();
                Assert.InRange(of.GetProperty("nsFastest").GetDouble(), 0.1, median);
                Assert.InRange(median, 0.1, of.GetProperty("nsSlowest").GetDouble());
                Assert.Equal(median / sender.GetProperty("copy").GetProperty("nsMedian").GetDouble(), of.GetProperty("timesCopy").GetDouble(), 1e-9);
                Assert.Equal(median / sender.GetProperty("socket").GetProperty("nsMedian").GetDouble(), of.GetProperty("timesSocket").GetDouble(), 1e-9);
            });
            foreach (string still in (string[])["feed", "copy", "crc", "socket"]) Assert.Equal(0, sender.GetProperty(still).GetProperty("allocatedBytes").GetDouble());
            Assert.All(seen.EnumerateObject(), member =>
            {
                JsonElement of = member.Value, latency = of.GetProperty("latencyNs"), medians = of.GetProperty("latencyNsMedianOfRounds");
                Assert.Equal(messages, of.GetProperty("messages").GetInt64());
                // Shared memory has the newest; a stream brings them all.
                Assert.InRange(of.GetProperty("read").GetInt64(), member.Name is "feed" or "copy" ? rounds : messages, messages);
                foreach (JsonElement percentiles in (JsonElement[])[latency, of.GetProperty("callNs")])
                {
                    long[] values = [.. percentiles.EnumerateObject().Select(percentile => percentile.Value.GetInt64())];
                    Assert.Equal(5, values.Length);
                    Assert.True(values[0] > 0);
                    Assert.Equal(values.Order(), values);
                }
                Assert.Equal(medians.EnumerateObject().Select(percentile => percentile.Value.GetInt64()).Order(), medians.EnumerateObject().Select(percentile => percentile.Value.GetInt64()));
                Assert.InRange(medians.GetProperty("p999").GetInt64(), 1, latency.GetProperty("max").GetInt64());
            });
        }
    }

    [Fact]
    public void The_feed_alone_is_told_in_tables_and_leaves_a_feed_and_nothing_beside()
    {
        string told = _room.Run("bench", "--feed-only", "--seconds", "0.01", "--rate", "10000", "--runs", "1", "--strikes", "3", "--expiries", "1").Succeeded();
        Assert.Contains($"headlines of {FeedGeometry.HeadlinePayload:#,0} bytes", told.Split('\n')[0]);
        Assert.Contains("snapshots of 3 strikes and 1 expiries", told.Split('\n')[0]);
        foreach (string row in (string[])["headline, ns", "snapshot, ns", "headline, µs", "snapshot, µs", "feed ", "copy ", "CRC-32 ", "socket ", "socket, polled ", "Pipelines "])
            Assert.Contains("\n  " + row, told);
        Assert.Equal(["bench.feed", "bench.lock"], Directory.EnumerateFileSystemEntries(_room.FeedDirectory).Select(path => Path.GetFileName(path)).Order());
        Assert.Equal("Closed", Assert.Single(_room.Run("feeds", "--json").Json().GetProperty("feeds").EnumerateArray()).GetProperty("state").GetString());
    }

    [Fact]
    public void A_reading_process_that_dies_ends_the_measurement_with_a_sentence()
    {
        RunningProgram bench = _room.Start("bench", "--feed-only", "--seconds", "600");
        string[] readers = [];
        Eventually.True(() => (readers = ReadersIn(_room.FeedDirectory)).Length > 0, "a reading process", bench);
        using (var reader = Process.GetProcessById(int.Parse(Assert.Single(readers), CultureInfo.InvariantCulture))) reader.Kill();
        Assert.Contains("The reading process ended too early; nothing was measured.", bench.WaitForEnd().RefusedWhileRunning(1));
    }

    [Fact]
    public void A_feed_that_is_measured_can_be_stopped_and_leaves_no_reading_process()
    {
        RunningProgram bench = _room.Start("bench", "--feed-only", "--seconds", "600");
        Eventually.True(() => ReadersIn(_room.FeedDirectory).Length > 0, "a reading process", bench);
        bench.Interrupt();
        Assert.Contains("Stopped on request", bench.WaitForEnd().RefusedWhileRunning(1));
        Assert.Empty(ReadersIn(_room.FeedDirectory));
    }

    [Theory]
    [InlineData("--latency", null)]
    [InlineData("--changes-only", null)]
    [InlineData("--tape", "day.dftape")]
    [InlineData("--contracts", "100000")]
    [InlineData("--mark", "1")]
    [InlineData("--publish", "100")]
    [InlineData("--headline", "1")]
    [InlineData("--threads", "2")]
    [InlineData("--shards", "1")]
    [InlineData("--cores", "0")]
    [InlineData("--wait", "yield")]
    [InlineData("--ring", "4096")]
    [InlineData("--seed", "2")]
    public void The_feed_alone_has_no_ticks_and_no_engine(string option, string? value)
    {
        string[] line = ["bench", "--feed-only", option, .. value is null ? Array.Empty<string>() : [value]];
        Assert.Contains($"--feed-only measures the feed without ticks and engine, and {option} ", _room.Run(line).Refused(2));
    }

    [Theory]
    [InlineData("--strikes", "0")]
    [InlineData("--strikes", "100001")]
    [InlineData("--expiries", "0")]
    [InlineData("--rate", "99")]
    [InlineData("--runs", "0")]
    [InlineData("--seconds", "0")]
    [InlineData("--seconds", "0.001")]
    public void Of_the_feed_alone_what_cannot_be_is_refused(string option, string value) =>
        Assert.Contains(option, _room.Run("bench", "--feed-only", option, value).Refused(2));

    [Theory]
    [InlineData("--strikes")]
    [InlineData("--expiries")]
    public void Rows_are_for_the_feed_alone(string option) => Assert.Contains($"{option} says how large a snapshot of --feed-only is", _room.Run("bench", option, "9").Refused(2));

    // Processes of the measurement that reads feeds of this folder; a test beside may have its own.
    private static string[] ReadersIn(string folder) => [.. Directory.EnumerateDirectories("/proc").Where(process => IsReader(process, folder)).Select(process => Path.GetFileName(process))];

    private static bool IsReader(string process, string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0') is var words && words.Contains("bench-reader") && words.Any(word => word.StartsWith(folder, StringComparison.Ordinal));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
