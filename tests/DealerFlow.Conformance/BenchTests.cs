using System.Text.Json;
using DealerFlow.Tests;
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
}
