using System.Text;
using DealerFlow.Cli.Top;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Keys from what terminals send, in whatever pieces it comes.</summary>
public sealed class TopInputTests
{
    [Theory]
    [InlineData("q", "q")]
    [InlineData("m?b", "m ? b")]
    [InlineData("\e[A\e[B\e[5~\e[6~", "Up Down PageUp PageDown")]
    [InlineData("\eOA\eOB\eOH\eOF", "Up Down Home End")]
    [InlineData("\e[H\e[1~\e[7~\e[F\e[4~\e[8~", "Home Home Home End End End")]
    [InlineData("\e[1;5A\e[5;2~x", "Up PageUp x")]
    [InlineData("\e[200~\e[?1;2c\e[<0;10;20Mq", "q")]
    [InlineData("\e[99999999999999999999~q", "q")]
    [InlineData("é漢q", "q")]
    [InlineData("\e\e[A", "Escape Up")]
    [InlineData("\eqm", "Escape q m")]
    public void What_a_terminal_sends_is_read_the_same_in_one_piece_and_byte_by_byte(string sent, string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(sent);
        var whole = new List<KeyPress>();
        new TopInput().Read(bytes, whole);
        Assert.Equal(keys, Told(whole));

        var pieces = new List<KeyPress>();
        var input = new TopInput();
        foreach (byte one in bytes) input.Read([one], pieces);
        Assert.Equal(keys, Told(pieces));
    }

    [Fact]
    public void An_escape_that_nothing_follows_is_the_key_itself()
    {
        var input = new TopInput();
        var keys = new List<KeyPress>();
        input.Read("\e"u8, keys);
        Assert.Empty(keys);
        input.Pause(keys);
        Assert.Equal("Escape", Told(keys));
        input.Read("["u8, keys);
        Assert.Equal("Escape [", Told(keys));

        // A sequence that broke off takes no later key with it.
        keys.Clear();
        input.Read("\e[1"u8, keys);
        input.Pause(keys);
        input.Read("q"u8, keys);
        Assert.Equal("q", Told(keys));
    }

    private static string Told(List<KeyPress> keys) => string.Join(' ', keys.Select(press => press.Key == Key.Character ? press.Character.ToString() : press.Key.ToString()));
}
