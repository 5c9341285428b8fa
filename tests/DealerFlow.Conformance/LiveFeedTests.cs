using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>Readers in other processes than the writer, while it writes.</summary>
public sealed class LiveFeedTests : IDisposable
{
    private const int Snapshots = 12;
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_reader_sees_publish_numbers_rise_and_every_snapshot_whole()
    {
        RunningProgram replay = StartPacedReplay();
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        SnapshotBuffer snapshot = feed.CreateBuffer();
        ulong last = 0, lastSequence = 0;
        int seen = 0;
        Eventually.True(() =>
        {
            Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));     // whole, and its checksum holds
            ref readonly RuntimeSection runtime = ref snapshot.Runtime;
            Assert.True(runtime.PublishNumber >= last);
            if (runtime.PublishNumber == last) return false;
            Assert.Equal(1ul, runtime.Epoch);
            Assert.True(runtime.Ledger.Balances);
            Assert.True(snapshot.Market.Head.EventSequence > lastSequence);
            (last, lastSequence) = (runtime.PublishNumber, snapshot.Market.Head.EventSequence);
            return ++seen == Snapshots;
        }, "a dozen snapshots", replay);
        Eventually.True(() => feed.State() == FeedState.Live, "the state Live", replay);
    }

    [Fact]
    public void The_Python_reader_sees_the_same()
    {
        RunningProgram replay = StartPacedReplay();
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        JsonElement watched = Watch(Snapshots);
        ulong[] numbers = [.. watched.GetProperty("numbers").EnumerateArray().Select(number => number.GetUInt64())];
        Assert.Equal(Snapshots, numbers.Length);
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.Equal(0, watched.GetProperty("outcomes").GetProperty("Corrupt").GetInt32());
        Assert.Equal(0, watched.GetProperty("unbalanced").GetInt32());
        Assert.Contains("Live", watched.GetProperty("states").EnumerateArray().Select(state => state.GetString()));

        replay.Terminate();
        Assert.Equal(0, replay.WaitForEnd().ExitCode);
        Assert.Equal("Closed", Watch(1).GetProperty("states")[0].GetString());
    }

    [Fact]
    public void The_Python_reader_and_the_program_tell_the_same_numbers()
    {
        string tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.5));
        JsonElement levels = _room.Run("replay", tape, "--json").Json().GetProperty("levels");
        JsonElement read = Watch(1).GetProperty("last");
        foreach (string name in (ReadOnlySpan<string>)["underlying", "spot", "nodes", "eventSequence"])
            Assert.True(JsonElement.DeepEquals(levels.GetProperty(name), read.GetProperty(name)), name);
        JsonElement buckets = levels.GetProperty("buckets"), all = buckets.GetProperty("all");
        string[] order = ["all", "zeroDte", "exZeroDte"];
        for (int i = 0; i < order.Length; i++)
            Assert.Equal(buckets.GetProperty(order[i]).GetProperty("netGex").GetDouble(), read.GetProperty("netGex")[i].GetDouble());
        Assert.Equal(all.GetProperty("callWall").GetProperty("strike").GetDouble(), read.GetProperty("callWall").GetDouble());
        Assert.Equal(all.GetProperty("zeroGamma").GetProperty("value").GetDouble(), read.GetProperty("zeroGamma").GetDouble());
        // Every model, not only the chosen one, from its documented place.
        foreach (JsonProperty model in levels.GetProperty("models").EnumerateObject())
        {
            JsonElement mapped = read.GetProperty("models").GetProperty(model.Name);
            Assert.Equal(model.Value.GetProperty("status").GetString(), mapped.GetProperty("status").GetString());
            foreach (string bucket in order)
            {
                JsonElement printed = model.Value.GetProperty("buckets").GetProperty(bucket), from = mapped.GetProperty("buckets").GetProperty(bucket);
                foreach (string name in (ReadOnlySpan<string>)["netGex", "charmToClose"]) Same(printed.GetProperty(name), from.GetProperty(name));
                Same(printed.GetProperty("zeroGamma").GetProperty("value"), from.GetProperty("zeroGamma"));
                Same(printed.GetProperty("zeroGamma").GetProperty("perStickiness"), from.GetProperty("zeroGammaPerStickiness"));
                Same(Strike(printed.GetProperty("callWall")), from.GetProperty("callWall"));
                Same(Strike(printed.GetProperty("putWall")), from.GetProperty("putWall"));
            }
            Same(Strike(model.Value.GetProperty("pin")), mapped.GetProperty("pin"));
            Same(model.Value.GetProperty("rollOff").GetProperty("next").GetProperty("gex"), mapped.GetProperty("nextRollOffGex"));
        }
        Assert.Equal(levels.GetProperty("model").GetString(), read.GetProperty("model").GetString());
        Same(
            levels.GetProperty("hedgeFlow").GetProperty("scenarios").GetProperty("spotUp100").GetProperty("all").GetProperty("flow"),
            read.GetProperty("models").GetProperty("OpenInterest").GetProperty("flowUp100"));
        JsonElement band = levels.GetProperty("bands").GetProperty("models").GetProperty("all").GetProperty("netGex");
        foreach (string name in (ReadOnlySpan<string>)["low", "high"]) Same(band.GetProperty(name), read.GetProperty("netGexBand").GetProperty(name));
        Assert.True(JsonElement.DeepEquals(band.GetProperty("missing"), read.GetProperty("netGexBand").GetProperty("missing")));
        Assert.Equal(levels.GetProperty("provenance").GetProperty("sessionDate").GetString(), Dashed(read.GetProperty("sessionDate").GetInt32()));
        JsonElement root = levels.GetProperty("roots")[0], mappedRoot = read.GetProperty("roots")[0];
        Assert.Equal(levels.GetProperty("roots").GetArrayLength(), read.GetProperty("roots").GetArrayLength());
        Assert.Equal(root.GetProperty("root").GetString(), mappedRoot.GetProperty("root").GetString());
        foreach (string name in (ReadOnlySpan<string>)["netGex", "tradeFlow"]) Same(root.GetProperty(name), mappedRoot.GetProperty(name));
        Same(root.GetProperty("models").GetProperty("ShortBoth"), mappedRoot.GetProperty("models").GetProperty("ShortBoth"));
        SameRows("strikes", "strike", "callGex", "putGex", "dex", "tradeFlow");
        SameRows("expiries", "root", "forward", "vex", "grossShare");

        void SameRows(string table, params string[] columns)
        {
            Assert.Equal(levels.GetProperty(table).GetArrayLength(), read.GetProperty(table).GetArrayLength());
            foreach ((JsonElement printed, JsonElement mapped) in levels.GetProperty(table).EnumerateArray().Zip(read.GetProperty(table).EnumerateArray()))
                foreach (string column in columns) Assert.Equal(printed.GetProperty(column).ToString(), Plain(mapped.GetProperty(column)));
        }

        static JsonElement Strike(JsonElement level) => level.ValueKind == JsonValueKind.Null ? level : level.GetProperty("strike");

        static string Dashed(int date) => $"{date / 10_000:D4}-{date / 100 % 100:D2}-{date % 100:D2}";

        static void Same(JsonElement printed, JsonElement mapped) => Assert.Equal(Plain(printed), Plain(mapped));

        // Python prints 5960.0 where the program prints 5960.
        static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("R") : value.ToString();
    }

    private RunningProgram StartPacedReplay() =>
        _room.Start("replay", LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(120)), "--speed", "1x");

    private JsonElement Watch(int snapshots)
    {
        string[] arguments = [_room.FeedDirectory, "default", snapshots.ToString(), "30"];
        return ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("watch_feed.py"), arguments).WaitForEnd().Json();
    }
}
