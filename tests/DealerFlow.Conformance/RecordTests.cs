using System.Text.Json;
using DealerFlow.Tape;
using DealerFlow.Wire;
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

    // A limit on the length of a file is the full disk that needs no rights: a write fails in the middle of the run.
    [Fact]
    public void C1_a_write_that_fails_ends_the_recording_and_not_the_replay()
    {
        const int blocksOf512 = 700;
        string day = LittleMarket.WriteTape(_room.Path("day.dftape"), LittleMarket.Ticks(600)), copy = _room.Path("copy.dftape");
        Outcome outcome = _room.RunWithFilesLimited(blocksOf512, "replay", day, "--record", copy, "--json");
        string told = outcome.RefusedWhileRunning(1);
        Assert.Contains("stopped after", told);
        Assert.Contains(copy + TapeWriter.PartialSuffix, told);

        // The engine went on to the end, and the feed says what became of the recording.
        JsonElement last = _room.Run("snapshot", "--json").Json();
        using TapeReader whole = TapeReader.Open(day);
        Assert.Equal(whole.TickCount, last.GetProperty("eventSequence").GetInt64());
        JsonElement feed = last.GetProperty("feed");
        Assert.Equal("Stopped", feed.GetProperty("recording").GetString());
        Assert.Equal("Closed", feed.GetProperty("state").GetString());
        Assert.True(feed.GetProperty("unrecordedTicks").GetInt64() > 0);
        Assert.False(File.Exists(copy));
        AssertIsBeginning(copy + TapeWriter.PartialSuffix, whole, feed.GetProperty("recordedTicks").GetInt32());
    }

    [Fact]
    public void C2_after_kill_9_a_recording_has_its_whole_blocks_and_nobody_writes_on()
    {
        string day = LittleMarket.WriteTape(_room.Path("day.dftape"), LittleMarket.Ticks(300)), copy = _room.Path("copy.dftape");
        string partial = copy + TapeWriter.PartialSuffix;
        RunningProgram killed = _room.Start("replay", day, "--record", copy, "--speed", "50x", "--json");
        Eventually.True(() => File.Exists(partial) && new FileInfo(partial).Length > 100_000, "a block on the tape", killed);
        killed.Kill();
        killed.WaitForEnd();
        Assert.False(File.Exists(copy));
        using TapeReader whole = TapeReader.Open(day);
        AssertIsBeginning(partial, whole, ticks: null);

        byte[] left = File.ReadAllBytes(partial);
        Assert.Contains("was interrupted", _room.Run("replay", day, "--record", copy).Refused(1));
        Assert.Equal(left, File.ReadAllBytes(partial));
    }

    [Fact]
    public void C8_pace_and_steps_change_no_byte()
    {
        Tick[] ticks = LittleMarket.Ticks(2);
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), ticks);
        string hash = Hash(_room.Run("replay", little, "--json").Json());
        foreach (string speed in (ReadOnlySpan<string>)["1x", "100x", "max"])
            Assert.Equal(hash, Hash(_room.Run("replay", little, "--speed", speed, "--json").Json()));
        // A line for each tick, and two more.
        Assert.Equal(hash, Hash(_room.RunReading(new string('\n', ticks.Length + 2), "replay", little, "--step", "1", "--json").Json()));
    }

    private static void AssertIsBeginning(string partial, TapeReader whole, int? ticks)
    {
        using TapeReader reader = TapeReader.Open(partial, TapeRecovery.Prefix);
        if (ticks is not null) Assert.Equal(ticks, (int)reader.TickCount);
        Assert.InRange(reader.TickCount, 1, whole.TickCount - 1);
        Tick[] left = new Tick[reader.TickCount], right = new Tick[reader.TickCount];
        for (int read = 0; read < left.Length;) read += reader.Read(left.AsSpan(read));
        for (int read = 0; read < right.Length;) read += whole.Read(right.AsSpan(read));
        Assert.Equal(right, left);
    }

    private static string Hash(JsonElement replay) => replay.GetProperty("snapshotHash").GetString()!;
}
