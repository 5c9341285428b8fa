using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>replay</c> and <c>snapshot</c> on whole tapes: what is printed, what adds up, what others can read afterwards.</summary>
public sealed class ReplayTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_replay_accounts_for_every_tick_and_keeps_the_contract_of_its_json()
    {
        JsonElement replay = _room.Run("replay", tape.Path, "--json").Json();
        JsonElement ledger = replay.GetProperty("ledger");
        ulong ticks = replay.GetProperty("ticks").GetUInt64();
        Assert.True(ticks > 10_000);
        Assert.Equal(ticks, ledger.GetProperty("in").GetUInt64());
        ulong rejected = ledger.GetProperty("rejected").EnumerateObject().Aggregate(0ul, (sum, reason) => sum + reason.Value.GetUInt64());
        Assert.Equal(ticks, ledger.GetProperty("applied").GetUInt64() + ledger.GetProperty("conflated").GetUInt64() + rejected
            + ledger.GetProperty("dropped").GetUInt64() + ledger.GetProperty("queued").GetUInt64() + ledger.GetProperty("pending").GetUInt64());
        foreach (string name in (ReadOnlySpan<string>)["definitions", "notices", "cancels", "suspectTimes", "timeRegressions"])
            Assert.Equal(0ul, ledger.GetProperty(name).GetUInt64());
        Assert.Equal(0ul, ledger.GetProperty("dropped").GetUInt64() + ledger.GetProperty("queued").GetUInt64());
        Assert.True(LevelsContract.Number(replay, "seconds") > 0);
        Assert.True(LevelsContract.Number(replay, "ticksPerSecond") > 0);
        Assert.True(LevelsContract.Number(replay, "allocatedBytesPerTick") >= 0);
        Assert.Matches("^[0-9a-f]{32}$", replay.GetProperty("snapshotHash").GetString());
        LevelsContract.Check(replay.GetProperty("levels"));
    }

    [Fact]
    public void A_snapshot_of_a_finished_replay_repeats_its_last_levels()
    {
        JsonElement levels = _room.Run("replay", tape.Path, "--feed", "spx", "--json").Json().GetProperty("levels");
        JsonElement snapshot = _room.Run("snapshot", "--feed", "spx", "--json").Json();
        LevelsContract.Check(snapshot);
        foreach (JsonProperty property in levels.EnumerateObject())
            Assert.True(JsonElement.DeepEquals(property.Value, snapshot.GetProperty(property.Name)), property.Name);
        Assert.Equal("Closed", snapshot.GetProperty("feed").GetProperty("state").GetString());
    }

    [Fact]
    public void Tables_go_to_stdout_and_progress_to_stderr()
    {
        Outcome replay = _room.Run("replay", tape.Path);
        string tables = replay.Succeeded();
        foreach (string word in (ReadOnlySpan<string>)["net GEX", "zero gamma", "call wall", "snapshot hash", "The ledger adds up"])
            Assert.Contains(word, tables);
        Assert.Contains("ticks/s", replay.Error);
        string snapshot = _room.Run("snapshot", "--strikes", "4").Succeeded();
        Assert.Contains("Closed, epoch 1", snapshot);
        Assert.Contains("net GEX", snapshot);
    }

    [Fact]
    public void Several_tapes_are_merged_by_time_in_whatever_order_they_are_named()
    {
        string morning = LittleMarket.WriteTape(_room.Path("morning.dftape"), LittleMarket.Ticks(0.5));
        string afternoon = LittleMarket.WriteTape(_room.Path("afternoon.dftape"), LittleMarket.Ticks(0.5, startSeconds: 3600));
        int ticks = LittleMarket.Ticks(0.5).Length;
        JsonElement replay = _room.Run("replay", morning, afternoon, "--json").Json();
        Assert.Equal(2 * ticks, replay.GetProperty("ticks").GetInt32());
        Assert.StartsWith("2026-11-16T16:00:00", replay.GetProperty("levels").GetProperty("asOf").GetString());

        JsonElement swapped = _room.Run("replay", afternoon, morning, "--json").Json();
        Assert.Equal(replay.GetProperty("snapshotHash").GetString(), swapped.GetProperty("snapshotHash").GetString());
        // Another root of the same underlying: its contracts come beside those of the first.
        string others = LittleMarket.WriteTape(_room.Path("others.dftape"), LittleMarket.Ticks(0.5, startSeconds: 3600), root: "SPX");
        JsonElement both = _room.Run("replay", morning, others, "--json").Json();
        Assert.Equal(2 * ticks, both.GetProperty("ticks").GetInt32());
        Assert.True(both.GetProperty("levels").GetProperty("expiries").GetArrayLength() > replay.GetProperty("levels").GetProperty("expiries").GetArrayLength());
    }

    [Fact]
    public void Unknown_contracts_and_kinds_are_counted_and_change_no_level()
    {
        Tick[] known = LittleMarket.Ticks(0.5);
        Tick[] foreign = [.. known.SelectMany((tick, i) => i % 10 == 9
            ? [tick, tick with { InstrumentId = LittleMarket.Undefined }, tick with { Kind = (TickKind)77 }]
            : new[] { tick })];
        int strangers = (foreign.Length - known.Length) / 2;
        Assert.True(strangers > 10);
        JsonElement plain = _room.Run("replay", LittleMarket.WriteTape(_room.Path("plain.dftape"), known), "--json").Json();
        JsonElement mixed = _room.Run("replay", LittleMarket.WriteTape(_room.Path("mixed.dftape"), foreign), "--json").Json();
        JsonElement ledger = mixed.GetProperty("ledger"), rejected = ledger.GetProperty("rejected");
        // The last quote and the last open interest of an unknown contract wait for its definition, in place of those before them.
        Assert.Equal(2, ledger.GetProperty("pending").GetInt32());
        Assert.Equal(strangers - 2, ledger.GetProperty("conflated").GetInt32());
        Assert.Equal(strangers, rejected.GetProperty("unknownKind").GetInt32());
        Assert.Equal(known.Length, ledger.GetProperty("applied").GetInt32());
        foreach (string part in (ReadOnlySpan<string>)["buckets", "strikes", "expiries"])
            Assert.True(JsonElement.DeepEquals(plain.GetProperty("levels").GetProperty(part), mixed.GetProperty("levels").GetProperty(part)), part);
    }

    [Fact]
    public void Models_and_forwards_are_named_in_the_answer()
    {
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.2));
        JsonElement carry = _room.Run(
            "replay", little, "--forward", "carry", "--rate", "0.05", "--dividend", "0.015", "--liquidity", "1e13", "--json").Json().GetProperty("levels");
        LevelsContract.Check(carry);
        Assert.Equal("carry", carry.GetProperty("forwardMode").GetString());
        // METHODOLOGY 2: D = exp(-rT), F = S exp((r - q)T), T = 7 days and 6 hours to 16:00 on the second expiry, in years of 365 days.
        double years = (Nanos("2026-11-23T21:00:00Z") - Nanos(carry.GetProperty("asOf").GetString()!)) / (365.0 * 86_400 * 1e9);
        JsonElement later = carry.GetProperty("expiries")[1];
        Assert.Equal(Math.Exp(-0.05 * years), LevelsContract.Number(later, "discount"), 1e-12);
        Assert.Equal(LevelsContract.Number(carry, "spot") * Math.Exp(0.035 * years), LevelsContract.Number(later, "forward"), 1e-8);

        JsonElement gross = _room.Run("replay", little, "--model", "gross", "--json").Json().GetProperty("levels");
        LevelsContract.Check(gross);
        Assert.Equal("Gross", gross.GetProperty("model").GetString());
        JsonElement all = gross.GetProperty("buckets").GetProperty("all");
        Assert.Equal(JsonValueKind.Null, all.GetProperty("regime").ValueKind);
        Assert.Equal(JsonValueKind.Null, all.GetProperty("zeroGamma").GetProperty("value").ValueKind);

        JsonElement shortBoth = _room.Run("replay", little, "--model", "ShortBoth", "--json").Json().GetProperty("levels");
        LevelsContract.Check(shortBoth);
        Assert.Equal("Negative", shortBoth.GetProperty("buckets").GetProperty("all").GetProperty("regime").GetString());
    }

    [Fact]
    public void A_paced_replay_never_runs_ahead_of_its_clock()
    {
        // Five ticks a second: whoever takes ticks by the block is seconds ahead at once.
        string slow = LittleMarket.WriteTape(_room.Path("slow.dftape"), LittleMarket.Ticks(60, ticksPerSecond: 5));
        long before = FeedClock.System.MonotonicNanos;
        RunningProgram replay = _room.Start("replay", slow, "--speed", "1x");
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        Eventually.True(() => feed.EventTimeNanos >= LittleMarket.StartNanos + UnixNanos.PerSecond, "a second of event time", replay);
        long eventTime = feed.EventTimeNanos - LittleMarket.StartNanos;
        Assert.True(eventTime <= FeedClock.System.MonotonicNanos - before, $"{eventTime} ns of event time in less");
    }

    private static long Nanos(string iso) => UnixNanos.FromUtc(DateTimeOffset.Parse(iso).UtcDateTime);
}
