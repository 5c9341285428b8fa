using System.Text.Json;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>Tapes that are cut, damaged, foreign or absent: the exit code tells them apart, the sentence says where.</summary>
public sealed class DamagedTapeTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData(20)]
    [InlineData(500)]
    [InlineData(200_000)]
    [InlineData(-1)]
    public void A_truncated_tape_is_refused_with_its_offset(int length)
    {
        byte[] bytes = File.ReadAllBytes(tape.Path);
        File.WriteAllBytes(_room.Path("cut.dftape"), bytes[..(length < 0 ? bytes.Length + length : length)]);
        string sentence = _room.Run("replay", "cut.dftape", "--json").Refused(3);
        Assert.Contains("cut.dftape: ", sentence);
        Assert.Contains("cut off", sentence);
        AssertNothingPublished();
    }

    [Fact]
    public void A_damaged_block_is_reported_with_its_offset_after_the_ticks_before_it()
    {
        Tick[] ticks = LittleMarket.Ticks(4);
        string path = LittleMarket.WriteTape(_room.Path("damaged.dftape"), ticks);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
        string sentence = _room.Run("replay", path, "--json").RefusedWhileRunning(3);
        Assert.Contains("damaged.dftape: block ", sentence);
        Assert.Matches(@"at byte \d+ is damaged", sentence);
        Assert.Contains("fetch another copy", sentence);

        // The ticks before the damage were good, and their last snapshot is whole.
        JsonElement feed = _room.Run("snapshot", "--json").Json();
        LevelsContract.Check(feed);
        Assert.InRange(feed.GetProperty("eventSequence").GetInt32(), 1, ticks.Length - 1);
        Assert.True(feed.GetProperty("feed").GetProperty("ledgerBalances").GetBoolean());
    }

    [Theory]
    [InlineData("spot,forward,strike\n", "not a DealerFlow tape")]
    [InlineData("", "empty, not a DealerFlow tape")]
    public void A_foreign_file_is_refused(string text, string told)
    {
        string sentence = _room.Run("replay", _room.Write("foreign.dftape", text)).Refused(3);
        Assert.Contains("foreign.dftape: ", sentence);
        Assert.Contains(told, sentence);
        Assert.Contains(".dftape file", sentence);
        AssertNothingPublished();
    }

    [Fact]
    public void A_tape_that_is_not_there_is_named_with_what_to_do()
    {
        string sentence = _room.Run("replay", "missing.dftape").Refused(1);
        Assert.Contains("missing.dftape", sentence);
        Assert.Contains("check the name", sentence);
        sentence = _room.Run("replay", _room.Folder).Refused(1);
        Assert.Contains("is a folder", sentence);
        AssertNothingPublished();
    }

    [Fact]
    public void A_good_tape_does_not_hide_a_bad_one_behind_it()
    {
        string good = LittleMarket.WriteTape(_room.Path("good.dftape"), LittleMarket.Ticks(0.2));
        Assert.Contains("bad.dftape", _room.Run("replay", good, _room.Write("bad.dftape", "x")).Refused(3));
        AssertNothingPublished();
    }

    [Fact]
    public void A_feed_that_is_not_there_or_no_feed_is_named()
    {
        Assert.Contains("There is no feed", _room.Run("snapshot").Refused(1));
        File.WriteAllText(Path.Combine(_room.FeedDirectory, "default.feed"), new string('x', 5000));
        File.SetUnixFileMode(Path.Combine(_room.FeedDirectory, "default.feed"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("default.feed", _room.Run("snapshot").Refused(1));
    }

    [Fact]
    public void A_feed_directory_that_others_may_write_is_refused()
    {
        File.SetUnixFileMode(_room.FeedDirectory, File.GetUnixFileMode(_room.FeedDirectory) | UnixFileMode.OtherWrite);
        Assert.Contains(_room.FeedDirectory, _room.Run("replay", tape.Path).Refused(1));
        Assert.Contains(_room.FeedDirectory, _room.Run("snapshot").Refused(1));
    }

    private void AssertNothingPublished() => Assert.Empty(Directory.GetFiles(_room.FeedDirectory, "*.feed"));
}
