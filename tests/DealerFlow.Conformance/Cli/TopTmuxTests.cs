using System.Globalization;
using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>top</c> in a real terminal: what a person would see, and the terminal that is left behind.</summary>
public sealed class TopTmuxTests : IDisposable
{
    private readonly Workspace _room = new();
    private readonly TmuxPane _pane;

    public TopTmuxTests() => _pane = new TmuxPane(_room, 80, 24);

    public void Dispose()
    {
        _pane.Dispose();
        _room.Dispose();
    }

    [Fact]
    public void A_replay_is_shown_as_it_moves_and_keys_and_window_sizes_are_answered()
    {
        RunningProgram replay = StartReplay();
        StartTop();
        _pane.WaitFor(" LIVE ", " SPX  ", "Dealers ", "zero gamma", "▶ ", "1 OpenInterest: dealers long every open call", "inferred, never reported", "? help");
        Assert.True(_pane.IsTaken);
        string first = _pane.Screen.Split('\n')[0];
        _pane.Wait(screen => screen.Split('\n')[0] is var title && title.Contains(" SPX  ", StringComparison.Ordinal) && title[..30] != first[..30], "another spot or time");

        _pane.Press("m");
        _pane.WaitFor("2 ShortBoth (the feed: OpenInterest): dealers short every open contract.");
        _pane.Press("0", "b");
        _pane.WaitFor("NY  0DTE ", "1 OpenInterest: ");
        _pane.Press("b", "b", "e");
        _pane.WaitFor("NY  all expiries", "2026-11-23 SPXW ");
        _pane.Press("?");
        _pane.WaitFor("docs/dealer-flow/gamma-exposure.md");
        _pane.Press("Escape", "e");
        _pane.WaitFor("net GEX by strike");
        _pane.Press("Space");
        _pane.WaitFor("FROZEN");
        _pane.Press("Space");

        _pane.Resize(150, 40);
        _pane.WaitFor("position models, all expiries", "expiries", "level changes", "net GEX by strike");
        Assert.True(_pane.Screen.Split('\n')[0].Length > 140);
        _pane.Resize(40, 10);
        _pane.WaitFor("40 x 10 is small", "LIVE");
        _pane.Resize(80, 24);
        _pane.WaitFor("net GEX by strike", "? help");
        Assert.DoesNotContain("position models", _pane.Screen);

        // The last word of the feed is the same on the screen and in 'snapshot'.
        replay.Terminate();
        Assert.Equal(0, replay.WaitForEnd().ExitCode);
        _pane.WaitFor(" CLOSED ", " CLOSED: the writer has ended in good order");
        JsonElement levels = _room.Run("snapshot", "--json").Json(), all = levels.GetProperty("buckets").GetProperty("all");
        _pane.WaitFor(
            $" SPX  {levels.GetProperty("spot").GetDouble():#,0.00} ", $" zero gamma  {all.GetProperty("zeroGamma").GetProperty("value").GetDouble():#,0.00} ",
            $" call wall      {all.GetProperty("callWall").GetProperty("strike").GetDouble():#,0} ",
            $" put wall       {all.GetProperty("putWall").GetProperty("strike").GetDouble():#,0} ");
        double netGex = all.GetProperty("netGex").GetDouble();
        string[] words = _pane.Screen.Split('\n').Single(line => line.Contains("│ GEX ", StringComparison.Ordinal)).Split("GEX ")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double shown = double.Parse(words[0], CultureInfo.InvariantCulture) * (words[1] switch { "bn" => 1e9, "mn" => 1e6, "k" => 1e3, _ => 1 });
        Assert.InRange(shown / netGex, 0.999, 1.001);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("C-c")]
    [InlineData("C-\\")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void However_it_ends_the_terminal_is_as_it_was(string end)
    {
        StartReplay();
        _pane.Type("clear; echo before top; stty -a > stty.before");
        _pane.WaitForLine("before top");
        StartTop();
        _pane.WaitFor(" LIVE ");
        Assert.True(_pane.IsTaken);
        Assert.DoesNotContain("before top", _pane.Screen);
        if (end is "TERM" or "HUP") Signal(end);
        else _pane.Press(end);
        _pane.WaitFor("before top", "ended with 0");
        Assert.False(_pane.IsTaken);
        AssertSameModes();
    }

    [Fact]
    public void Suspended_it_gives_the_terminal_back_and_takes_it_again_when_it_goes_on()
    {
        StartReplay();
        _pane.Type("clear; echo before top; stty -a > stty.before");
        _pane.WaitForLine("before top");
        StartTop();
        _pane.WaitFor(" LIVE ");
        _pane.Press("C-z");
        _pane.WaitFor("before top", "Stopped");
        Assert.False(_pane.IsTaken);
        _pane.Type("stty -a > stty.after; echo compared");
        _pane.WaitForLine("compared");
        Assert.Equal(File.ReadAllText(_room.Path("stty.before")), File.ReadAllText(_room.Path("stty.after")));
        _pane.Type("fg");
        _pane.WaitFor(" LIVE ", "? help");
        Assert.True(_pane.IsTaken);
        _pane.Press("m");
        _pane.WaitFor("2 ShortBoth");
        _pane.Press("q");
        _pane.WaitFor("before top");
        Assert.False(_pane.IsTaken);
        AssertSameModes();
    }

    [Fact]
    public void A_feed_is_waited_for_a_dead_writer_is_seen_and_the_next_one_followed()
    {
        StartTop();
        _pane.WaitFor(" NO FEED", "there is no feed 'default' yet");
        RunningProgram replay = StartReplay();
        _pane.WaitFor(" LIVE ", " SPX  ");
        replay.Kill();
        replay.WaitForEnd();
        _pane.WaitFor(" DEAD ", " DEAD: the writer died without closing the feed", " SPX  ");
        RunningProgram next = StartReplay();
        _pane.WaitFor(" LIVE ");
        next.Terminate();
        next.WaitForEnd();
        _pane.WaitFor(" CLOSED ");
        Assert.Equal(0, _room.Run("clean", "--closed", "--yes").ExitCode);
        _pane.WaitFor(" REMOVED ", " REMOVED: the feed is gone", " SPX  ");
        StartReplay();
        _pane.WaitFor(" LIVE ");
    }

    [Fact]
    public void Colour_is_used_unless_it_is_not_wanted()
    {
        StartReplay();
        StartTop();
        _pane.WaitFor(" LIVE ");
        Assert.Matches(@"\e\[[0-9;]*3[1-6]m", _pane.ColouredScreen);
        _pane.Press("q");
        _pane.WaitFor("ended with 0");
        _pane.Type("export NO_COLOR=1; clear");
        StartTop();
        _pane.WaitFor(" LIVE ");
        Assert.DoesNotMatch(@"\e\[[0-9;]*\b(3[0-7]|4[0-7])\b[0-9;]*m", _pane.ColouredScreen);
    }

    [Fact]
    public void A_terminal_that_cannot_place_a_cursor_is_refused_in_a_sentence()
    {
        _pane.Type("export TERM=dumb; clear");
        StartTop();
        // Where the lines are broken depends on what was typed ahead.
        _pane.Wait(
            screen => screen.Replace("\n", "", StringComparison.Ordinal) is var said && said.Contains("ended with 2", StringComparison.Ordinal)
                && said.Contains("dealerflow: 'top' needs a terminal that can place a cursor, and TERM is 'dumb'", StringComparison.Ordinal),
            "a refusal");
        Assert.Contains("needs a terminal, and its input or output is none", _room.Run("top").Refused(2));
    }

    private RunningProgram StartReplay() => _room.Start("replay", Tape(), "--speed", "1x");

    private string Tape() => File.Exists(_room.Path("long.dftape")) ? _room.Path("long.dftape") : LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(240));

    // exec, so that the shell's number is that of the program.
    private void StartTop() => _pane.Type($"sh -c 'echo $$ > top.pid; exec {Workspace.ShellCommand("top")}'; echo ended with $?");

    private void Signal(string signal) =>
        Assert.Equal(0, _room.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", $"kill -{signal} $(cat top.pid)"])).WaitForEnd().ExitCode);

    private void AssertSameModes()
    {
        _pane.Type("clear; stty -a > stty.after; echo compared");
        _pane.WaitForLine("compared");
        Assert.Equal(File.ReadAllText(_room.Path("stty.before")), File.ReadAllText(_room.Path("stty.after")));
    }
}
