using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>replay --record</c>, parts of a tape, paces and steps: the numbers do not depend on how a tape is replayed.</summary>
public sealed class RecordTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_recorded_replay_is_the_tape_again_and_has_its_hash_at_any_pace()
    {
        string copy = _room.Path("copy.dftape");
        JsonElement original = _room.Run("replay", tape.Path, "--record", copy, "--json").Json();
        Assert.Equal(original.GetProperty("ticks").GetInt64(), original.GetProperty("recordedTicks").GetInt64());
        Assert.Equal(File.ReadAllBytes(tape.Path), File.ReadAllBytes(copy));
        string hash = Hash(original);
        Assert.Equal(hash, Hash(_room.Run("replay", copy, "--json").Json()));
        Assert.Equal(hash, Hash(_room.Run("replay", copy, "--speed", "10x", "--json").Json()));
        // A line is a step, a number so many; the end of stdin lets the rest go.
        Assert.Equal(hash, Hash(_room.RunReading("\n\n17\n\n", "replay", copy, "--step", "500", "--json").Json()));

        Assert.Contains("exists already", _room.Run("replay", tape.Path, "--record", copy).Refused(2));
        Assert.Contains("--step 0", _room.Run("replay", tape.Path, "--step", "0").Refused(2));
    }

    [Fact]
    public void A_part_of_a_tape_begins_with_its_open_interest()
    {
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(20));
        JsonElement whole = _room.Run("replay", little, "--json").Json(), part = _room.Run("replay", little, "--from", "10:00:10", "--to", "10:00:15", "--json").Json();
        Assert.Equal(whole.GetProperty("ledger").GetProperty("openInterests").GetInt64(), part.GetProperty("ledger").GetProperty("openInterests").GetInt64());
        Assert.InRange(part.GetProperty("ticks").GetInt64(), 1, whole.GetProperty("ticks").GetInt64() / 2);
        Assert.StartsWith("2026-11-16T15:00:15", part.GetProperty("levels").GetProperty("asOf").GetString());

        Assert.Contains("nothing would be replayed", _room.Run("replay", little, "--from", "15:00").Refused(2));
        Assert.Contains("nothing would be replayed", _room.Run("replay", little, "--to", "09:00").Refused(2));
        Assert.Contains("the other way round", _room.Run("replay", little, "--from", "10:00:12", "--to", "10:00:11").Refused(2));
        Assert.Contains("is no time for --from", _room.Run("replay", little, "--from", "noon").Refused(2));
    }

    private static string Hash(JsonElement replay) => replay.GetProperty("snapshotHash").GetString()!;
}
