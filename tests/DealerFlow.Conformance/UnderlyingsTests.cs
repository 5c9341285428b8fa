using System.Text.Json;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>Tapes of several underlyings, and messages that come during the session.</summary>
public sealed class UnderlyingsTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Each_underlying_of_a_tape_has_its_levels_and_its_feed()
    {
        string two = LittleMarket.WriteTapeOfTwo(_room.Path("two.dftape"), 0.5);
        JsonElement replay = _room.Run("replay", two, "--feed", "day", "--json").Json();
        JsonElement underlyings = replay.GetProperty("underlyings");
        Assert.Equal(["SPX", "NDX"], underlyings.EnumerateObject().Select(underlying => underlying.Name));
        foreach (JsonProperty underlying in underlyings.EnumerateObject())
        {
            LevelsContract.Check(underlying.Value);
            Assert.Equal(underlying.Name, underlying.Value.GetProperty("underlying").GetString());
            JsonElement snapshot = _room.Run("snapshot", "--feed", "day", "--underlying", underlying.Name, "--json").Json();
            Assert.Equal(snapshot.GetRawText(), _room.Run("snapshot", "--feed", $"day.{underlying.Name}", "--json").Json().GetRawText());
            foreach (string part in (ReadOnlySpan<string>)["underlying", "buckets", "models", "strikes", "expiries", "provenance"])
                Assert.True(JsonElement.DeepEquals(underlying.Value.GetProperty(part), snapshot.GetProperty(part)), part);
        }
        Assert.True(JsonElement.DeepEquals(underlyings.GetProperty("SPX"), replay.GetProperty("levels")));
        Assert.Equal(["day.feed"], Feeds());
        Assert.Equal(
            [("SPX", "day.feed"), ("NDX", "day.feed")],
            replay.GetProperty("feeds").EnumerateObject().Select(feed => (feed.Name, Path.GetFileName(feed.Value.GetString()))));
        Assert.Equal("SPX", _room.Run("snapshot", "--feed", "day", "--json").Json().GetProperty("underlying").GetString());
        string unknown = _room.Run("snapshot", "--feed", "day", "--underlying", "DAX").Refused(1);
        Assert.Contains("no underlying 'DAX'; it has SPX, NDX.", unknown);
        JsonElement listed = _room.Run("feeds", "--json").Json().GetProperty("feeds")[0];
        Assert.Equal(2, listed.GetProperty("underlyingCount").GetInt32());
        Assert.Equal(
            [("SPX", "Closed"), ("NDX", "Closed")],
            listed.GetProperty("underlyings").EnumerateArray().Select(one => (one.GetProperty("symbol").GetString(), one.GetProperty("state").GetString())));

        // Same messages, same numbers: neither knows of the other.
        JsonElement alone = _room.Run("replay", LittleMarket.WriteTape(_room.Path("one.dftape"), LittleMarket.Ticks(0.5)), "--json").Json();
        foreach (JsonProperty underlying in underlyings.EnumerateObject())
        {
            Assert.True(JsonElement.DeepEquals(alone.GetProperty("levels").GetProperty("buckets"), underlying.Value.GetProperty("buckets")), underlying.Name);
            Assert.Equal(0, underlying.Value.GetProperty("provenance").GetProperty("quality").GetArrayLength());
        }
        Assert.False(alone.TryGetProperty("underlyings", out _));
        Assert.Equal(["day.feed", "default.feed"], Feeds());
    }

    [Theory]
    [InlineData("--headline", "none")]
    [InlineData("--headline", "2")]
    public void The_numbers_do_not_depend_on_how_many_threads_calculate(string option, string value)
    {
        string two = LittleMarket.WriteTapeOfTwo(_room.Path("two.dftape"), 0.5);
        JsonElement one = _room.Run("replay", two, option, value, "--json").Json();
        JsonElement shared = _room.Run("replay", two, option, value, "--shards", "2", "--feed", "shared", "--json").Json();
        foreach (string part in (ReadOnlySpan<string>)["snapshotHash", "snapshots", "headlines", "ledger", "underlyings", "venues", "marks", "inversions"])
            Assert.True(JsonElement.DeepEquals(one.GetProperty(part), shared.GetProperty(part)), part);
        Assert.Equal("Closed", _room.Run("snapshot", "--feed", "shared.NDX", "--json").Json().GetProperty("feed").GetProperty("state").GetString());
        Assert.Contains("for 2 only", _room.Run("replay", two, "--shards", "3", "--json").Error);
        Assert.Contains("--shards 0", _room.Run("replay", two, "--shards", "0").Refused(2));
        Assert.Contains("for 2 threads", _room.Run("replay", two, "--cores", "0,0,0").Refused(2));
        Assert.Contains("may use", _room.Run("replay", two, "--cores", "999").Refused(2));
    }

    [Fact]
    public void Combined_underlyings_are_added_up_in_terms_of_the_first()
    {
        string two = LittleMarket.WriteTapeOfTwo(_room.Path("two.dftape"), 0.5);
        JsonElement replay = _room.Run("replay", two, "--feed", "day", "--combine", "SPX,NDX=1.5", "--json").Json();
        JsonElement combined = replay.GetProperty("combined");
        Assert.Equal(2, combined.GetProperty("provenance").GetProperty("members").GetInt32());
        Assert.Equal(["day.feed"], Feeds());
        Assert.Equal(["SPX", "NDX", "combined"], replay.GetProperty("feeds").EnumerateObject().Select(feed => feed.Name));
        JsonElement read = _room.Run("snapshot", "--feed", "day", "--underlying", "combined", "--json").Json();
        Assert.True(JsonElement.DeepEquals(combined.GetProperty("buckets"), read.GetProperty("buckets")));
        // The combined view is as old as the last outlook, and of one cut with both: its own expiries add up to it.
        double net = combined.GetProperty("buckets").GetProperty("all").GetProperty("netGex").GetDouble();
        double byExpiry = combined.GetProperty("expiries").EnumerateArray().Sum(expiry => expiry.GetProperty("netGex").GetDouble());
        Assert.Equal(net, byExpiry, 0.1);
        double[] expiries = [.. combined.GetProperty("expiries").EnumerateArray().Select(expiry => expiry.GetProperty("netGex").GetDouble()).Order()];
        Assert.Equal(0, expiries.Length % 2);
        double[] singles = [.. expiries.Select(Math.Abs).Order()];
        Assert.Equal(singles[^2] * 2.25, singles[^1], 1e-6 * singles[^1]);
    }

    [Theory]
    [InlineData("SPX,DAX", "DAX")]
    [InlineData("SPX,NDX=x", "NDX=x")]
    [InlineData("SPX,SPX", "twice")]
    [InlineData("SPX=2,NDX", "its beta is 1")]
    public void A_combination_that_cannot_be_is_a_usage_error(string combination, string says)
    {
        string two = LittleMarket.WriteTapeOfTwo(_room.Path("two.dftape"), 0.1);
        Assert.Contains(says, _room.Run("replay", two, "--combine", combination).Refused(2));
    }

    [Fact]
    public void Tables_show_every_underlying()
    {
        string tables = _room.Run("replay", LittleMarket.WriteTapeOfTwo(_room.Path("two.dftape"), 0.2)).Succeeded();
        foreach (string word in (ReadOnlySpan<string>)["SPX  ", "NDX  ", "default.feed", "Position models"])
            Assert.Contains(word, tables);
    }

    [Fact]
    public void Notices_cancels_and_late_definitions_are_counted()
    {
        Tick[] known = LittleMarket.Ticks(0.5);
        long end = known[^1].EventTimeNanos;
        InstrumentDefinition late = LittleMarket.Definitions()[1];
        late.InstrumentId = LittleMarket.Undefined;
        late.StrikeMills = 6_005_000;
        var quarters = new Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in late, end, quarters);
        Tick[] ticks =
        [
            .. known,
            Tick.Trade(end, 9, 2_000, 10, venue: 1, TickFlags.None),
            Tick.Trade(end, 9, 2_000, 10, venue: 1, TickFlags.Cancel),
            .. quarters,
            new Tick { EventTimeNanos = end, InstrumentId = 0, Kind = TickKind.Status, Flags = TickFlags.Halted },
            new Tick { EventTimeNanos = end, InstrumentId = 0, Kind = TickKind.Gap },
        ];
        JsonElement replay = _room.Run("replay", LittleMarket.WriteTape(_room.Path("eventful.dftape"), ticks), "--json").Json();
        JsonElement ledger = replay.GetProperty("ledger");
        Assert.Equal(ticks.Length, ledger.GetProperty("applied").GetInt32());
        foreach ((string name, int count) in ((string, int)[])[("trades", 1), ("cancels", 1), ("definitions", 4), ("notices", 2)])
            Assert.Equal(count, ledger.GetProperty(name).GetInt32());
        JsonElement provenance = replay.GetProperty("levels").GetProperty("provenance");
        Assert.Equal(["gap", "halted"], provenance.GetProperty("quality").EnumerateArray().Select(flag => flag.GetString()));
        Assert.Equal(1, provenance.GetProperty("lateDefinitions").GetInt32());
        string tables = _room.Run("snapshot").Succeeded();
        Assert.Contains("Doubtful: trading is halted.", tables);
        Assert.Contains("Doubtful: messages were lost", tables);
    }

    [Fact]
    public void An_underlying_that_is_defined_twice_is_refused()
    {
        InstrumentDefinition[] definitions = LittleMarket.Definitions();
        InstrumentDefinition twin = definitions[0] with { InstrumentId = LittleMarket.SecondUnderlying, UnderlyingId = LittleMarket.SecondUnderlying };
        string path = _room.Path("twins.dftape");
        using (var tape = Tape.TapeWriter.Create(path, [.. definitions, twin], new Dictionary<string, string>()))
        {
            tape.Append(LittleMarket.Ticks(0.1));
            tape.Complete();
        }
        Assert.Contains("two underlyings SPX", _room.Run("replay", path).Refused(3));
    }

    // A symbol is data, and no part of a file's name; no link is followed in the folder of the feeds.
    [Fact]
    public void K6_symbols_that_are_paths_make_files_among_the_feeds_only()
    {
        string path = _room.Path("paths.dftape");
        InstrumentDefinition[] definitions = LittleMarket.Definitions();
        definitions[0].Root = Ascii8.From("../../up");
        InstrumentDefinition other = definitions[0] with { InstrumentId = LittleMarket.SecondUnderlying, UnderlyingId = LittleMarket.SecondUnderlying, Root = Ascii8.From("/tmp/~x") };
        using (var tape = Tape.TapeWriter.Create(path, [.. definitions, other], new Dictionary<string, string>()))
        {
            tape.Append(LittleMarket.Ticks(0.1));
            tape.Complete();
        }
        string[] before = [.. Everything()];
        _room.Run("replay", path, "--feed", "day", "--json").Json();
        Assert.Equal(["day.feed"], Feeds());
        Assert.Equal("../../up", _room.Run("snapshot", "--feed", "day", "--underlying", "../../up", "--json").Json().GetProperty("underlying").GetString());
        Assert.Contains("published nothing yet", _room.Run("snapshot", "--feed", "day", "--underlying", "/tmp/~x").Refused(1));
        Assert.Equal(before, Everything().Where(file => !file.StartsWith(_room.FeedDirectory, StringComparison.Ordinal)));

        string feed = Path.Combine(_room.FeedDirectory, "day.feed"), victim = _room.Write("victim", "precious");
        File.Delete(feed);
        File.CreateSymbolicLink(feed, victim);
        Assert.Contains("day.feed", _room.Run("replay", path, "--feed", "day").Refused(1));
        Assert.Equal("precious", File.ReadAllText(victim));
        foreach (string name in (ReadOnlySpan<string>)["../up", "/tmp/x", ".hidden", "a b", new('a', 65)])
        {
            Assert.Contains("is no name for a feed", _room.Run("replay", path, "--feed", name).Refused(2));
            Assert.Contains("is no name for a feed", _room.Run("snapshot", "--feed", name).Refused(2));
        }
    }

    private IEnumerable<string> Everything() => Directory.GetFiles(_room.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private IEnumerable<string?> Feeds() => Directory.GetFiles(_room.FeedDirectory, "*.feed").Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
