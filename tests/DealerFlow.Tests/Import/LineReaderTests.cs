using CsCheck;
using DealerFlow.Import;
using Xunit;

namespace DealerFlow.Tests;

public class LineReaderTests
{
    [Fact]
    public void Lines_are_those_of_the_framework_however_the_text_arrives() =>
        Gen.Select(Gen.String[Gen.Char["ab\r\n"], 0, 60], Gen.Int[1, 7]).Sample((text, portion) =>
        {
            var expected = new List<string>();
            using var reference = new StringReader(text);
            while (reference.ReadLine() is string line) expected.Add(line);
            Assert.Equal(expected, LinesOf(new PortionReader(text, portion)));
        });

    [Theory]
    [InlineData(LineReader.MaxLineLength, true)]
    [InlineData(LineReader.MaxLineLength + 1, false)]
    [InlineData(20 * LineReader.MaxLineLength, false)]
    public void K5_a_line_beyond_the_limit_is_passed_over_and_counted(int length, bool fits)
    {
        foreach (string end in new[] { "\n", "\r\n", "" })
        {
            string text = "first\n" + new string('x', length) + end + (end.Length == 0 ? "" : "last");
            List<string> lines = LinesOf(new PortionReader(text, 4_096));
            Assert.Equal("first", lines[0]);
            Assert.Equal(fits ? length : "(too long)".Length, lines[1].Length);
            if (end.Length > 0) Assert.Equal("last", lines[2]);
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("a\n", false)]
    [InlineData("a\r", false)]
    [InlineData("a\r\nb", true)]
    public void An_open_last_line_is_known(string text, bool isOpen)
    {
        var reader = new LineReader(new StringReader(text), "text");
        while (reader.Read(out _) != LineStatus.End) { }
        Assert.Equal(isOpen, reader.LastLineIsOpen);
    }

    [Fact]
    public void K1_a_text_beyond_any_chain_is_refused()
    {
        var lines = new LineReader(new EndlessReader(), "endless.csv");
        ChainFormatException refusal = Assert.Throws<ChainFormatException>(() => { while (lines.Read(out _) != LineStatus.End) { } });
        Assert.Contains("268,435,456", refusal.Reason);
    }

    private static List<string> LinesOf(TextReader text)
    {
        var reader = new LineReader(text, "text");
        var lines = new List<string>();
        while (true)
        {
            LineStatus status = reader.Read(out ReadOnlySpan<char> line);
            if (status == LineStatus.End) return lines;
            lines.Add(status == LineStatus.TooLong ? "(too long)" : line.ToString());
            Assert.Equal(lines.Count, reader.LineNumber);
        }
    }

    // A text that comes a few characters at a time, as from a pipe.
    private sealed class PortionReader(string text, int portion) : TextReader
    {
        private int _at;

        public override int Read(Span<char> buffer)
        {
            int length = Math.Min(Math.Min(portion, buffer.Length), text.Length - _at);
            text.AsSpan(_at, length).CopyTo(buffer);
            _at += length;
            return length;
        }
    }

    private sealed class EndlessReader : TextReader
    {
        public override int Read(Span<char> buffer) => buffer.Length;   // zero characters for ever, and never a line end
    }
}
