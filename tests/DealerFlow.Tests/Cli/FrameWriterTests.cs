using System.Text;
using CsCheck;
using DealerFlow.Cli.Top;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The bytes that a terminal is sent, judged by what a terminal makes of them.</summary>
public sealed class FrameWriterTests
{
    private static readonly Gen<(int Row, int Column, string Text, Style Style)[]> Strokes = Gen.Select(
        Gen.Int[-1, 8], Gen.Int[-2, 30], Gen.OneOf(Gen.String[Gen.Char[Canvas.Drawn], 0, 12], Gen.String[Gen.Char[' ', '~'], 0, 12], Gen.String[0, 12]),
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 7], (ink, face) => new Style((Ink)ink, (Face)face))).Array[0, 12];

    [Fact]
    public void Whatever_was_shown_before_a_terminal_shows_the_last_screen()
    {
        Gen.Select(Strokes.Array[1, 6], Gen.Int[0, 5]).Sample((frames, resizeAt) =>
        {
            var writer = new FrameWriter(inColor: true, inUnicode: true);
            LittleTerminal? terminal = null;
            for (int i = 0; i < frames.Length; i++)
            {
                (int width, int height) = i >= resizeAt ? (20, 5) : (28, 7);
                if (terminal is null || terminal.Width != width) terminal = new LittleTerminal(width, height, terminal);
                Canvas canvas = Paint(new Canvas(width, height), frames[i]);
                terminal.Take(writer.Frame(canvas));
                Assert.True(canvas.Cells.SequenceEqual(terminal.Cells), canvas + "\n---\n" + terminal);
            }
        }, iter: 5_000);
    }

    [Fact]
    public void A_screen_that_has_not_changed_costs_nothing_and_one_digit_costs_little()
    {
        var writer = new FrameWriter(inColor: true, inUnicode: true);
        var canvas = new Canvas(200, 60);
        canvas.Write(3, 10, "6,802.50", new Style(Ink.Green, Face.Bold));
        Assert.NotEqual(0, writer.Frame(canvas).Length);
        Assert.Equal(0, writer.Frame(canvas).Length);
        canvas.Write(3, 17, "1", new Style(Ink.Green, Face.Bold));
        Assert.Equal("\e[?2026h\e[4;18H\e[0;1;32m1\e[0m\e[?2026l", Encoding.UTF8.GetString(writer.Frame(canvas)));
        writer.Forget();
        Assert.StartsWith("\e[?2026h\e[0m\e[2J", Encoding.UTF8.GetString(writer.Frame(canvas)));
    }

    [Fact]
    public void Without_colour_none_is_sent_and_bold_and_reverse_still_are()
    {
        var writer = new FrameWriter(inColor: false, inUnicode: true);
        var canvas = new Canvas(20, 2);
        foreach (Ink ink in Enum.GetValues<Ink>()) canvas.Write(0, 2 * (int)ink, "x", new Style(ink, Face.Bold | Face.Reverse));
        string sent = Encoding.UTF8.GetString(writer.Frame(canvas));
        Assert.Contains("\e[0;1;7m", sent);
        Assert.DoesNotMatch(@"\e\[[0-9;]*\b(3[0-7]|4[0-7]|9[0-7])\b[0-9;]*m", sent);
    }

    [Fact]
    public void A_terminal_without_unicode_gets_ascii_in_the_same_places()
    {
        Assert.Equal(Canvas.Drawn.Length, Canvas.Substitutes.Length);
        Assert.Equal(Canvas.Drawn.Length, Canvas.Drawn.Distinct().Count());
        Assert.All(Canvas.Substitutes, glyph => Assert.InRange(glyph, '!', '~'));
        var canvas = new Canvas(Canvas.Drawn.Length, 1);
        canvas.Write(0, 0, Canvas.Drawn);
        var writer = new FrameWriter(inColor: true, inUnicode: false);
        byte[] sent = writer.Frame(canvas).ToArray();
        Assert.All(sent, one => Assert.InRange(one, (byte)0x1B, (byte)'~'));
        Assert.Contains(Canvas.Substitutes, Encoding.ASCII.GetString(sent));
    }

    [Fact]
    public void A_number_that_does_not_fit_is_not_cut_into_another()
    {
        var canvas = new Canvas(12, 1);
        canvas.WriteRight(0, 10, "123456", default, 4);
        Assert.Equal("      ####", canvas.Line(0));
        canvas.Write(0, 0, "a long text", default, 6);
        Assert.Equal("a lon…####", canvas.Line(0));
    }

    [Theory]
    [InlineData("LC_ALL=C LANG=en_US.UTF-8", false)]
    [InlineData("LC_CTYPE=C.UTF-8 LANG=C", true)]
    [InlineData("LC_ALL= LANG=de_DE.utf8", true)]
    [InlineData("", false)]
    public void The_locale_decides_whether_glyphs_beyond_ascii_are_sent(string variables, bool speaks)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(speaks, TopTerminal.SpeaksUtf8(name => set.GetValueOrDefault(name)));
    }

    private static Canvas Paint(Canvas canvas, (int Row, int Column, string Text, Style Style)[] strokes)
    {
        foreach ((int row, int column, string text, Style style) in strokes) canvas.Write(row, column, text, style);
        return canvas;
    }

    /// <summary>As much of a terminal as the writer uses; whatever else is sent fails the test.</summary>
    private sealed class LittleTerminal
    {
        private readonly Cell[] _cells;
        private readonly int _height;
        private int _row;
        private int _column;
        private Style _style;

        // A window that changes its size shows what it had, at places of its own.
        public LittleTerminal(int width, int height, LittleTerminal? before)
        {
            (Width, _height) = (width, height);
            _cells = new Cell[width * height];
            Array.Fill(_cells, new Cell(before is null ? ' ' : '#', new Style(Ink.Red)));
        }

        public int Width { get; }

        public ReadOnlySpan<Cell> Cells => _cells;

        public void Take(ReadOnlySpan<byte> bytes)
        {
            string text = Encoding.UTF8.GetString(bytes);
            for (int i = 0; i < text.Length; i++)
            {
                if (text[i] != '\e')
                {
                    Assert.True(_column < Width && _row < _height, "written outside of the window");
                    _cells[(_row * Width) + _column++] = new Cell(text[i], _style);
                    continue;
                }
                Assert.Equal('[', text[i + 1]);
                int end = i + 2;
                while (!char.IsAsciiLetter(text[end])) end++;
                Obey(text[(i + 2)..end], text[end]);
                i = end;
            }
        }

        public override string ToString() => string.Join('\n', Enumerable.Range(0, _height).Select(row => string.Concat(_cells[(row * Width)..((row + 1) * Width)].Select(cell => cell.Glyph))));

        private void Obey(string parameters, char final)
        {
            switch (final)
            {
                case 'h' or 'l':
                    Assert.Equal("?2026", parameters);
                    break;
                case 'J':
                    Array.Fill(_cells, new Cell(' ', default));
                    break;
                case 'H':
                    int[] place = [.. parameters.Split(';').Select(int.Parse)];
                    (_row, _column) = (place[0] - 1, place[1] - 1);
                    break;
                case 'm':
                    _style = default;
                    foreach (int code in parameters.Split(';').Select(int.Parse))
                    {
                        _style = code switch
                        {
                            0 => default,
                            1 => _style.With(Face.Bold),
                            2 => _style.With(Face.Dim),
                            7 => _style.With(Face.Reverse),
                            _ => _style with { Ink = (Ink)(code - 30) },
                        };
                    }
                    break;
                default:
                    Assert.Fail($"ESC [ {parameters} {final}");
                    break;
            }
        }
    }
}
