using System.Buffers;
using System.Text;

namespace DealerFlow.Cli.Top;

/// <summary>
/// Turns screens into the bytes that a terminal has to be sent: only cells that differ from what it shows, in one piece that it is asked
/// to show at once (DEC private mode 2026, which terminals that do not know it ignore).
/// </summary>
/// <param name="inColor">Whether colours are sent; bold, dim and reverse always are.</param>
/// <param name="inUnicode">Whether glyphs beyond ASCII are sent; else their substitutes.</param>
internal sealed class FrameWriter(bool inColor, bool inUnicode)
{
    // A gap of unchanged cells up to this long is cheaper to send again than to jump over.
    private const int ShortGap = 4;

    private readonly ArrayBufferWriter<byte> _bytes = new(16_384);
    private Cell[] _shown = [];
    private int _width;
    private bool _isKnown;
    private Style _style;

    /// <summary>The terminal may show anything now: the next frame is sent whole.</summary>
    public void Forget() => _isKnown = false;

    /// <summary>What has to be sent; empty when the terminal shows this already. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Frame(Canvas canvas)
    {
        _bytes.ResetWrittenCount();
        ReadOnlySpan<Cell> cells = canvas.Cells;
        bool isWhole = !_isKnown || _width != canvas.Width || _shown.Length != cells.Length;
        if (!isWhole && cells.SequenceEqual(_shown)) return [];
        Ascii("\e[?2026h");
        if (isWhole)
        {
            Ascii("\e[0m\e[2J");
            _style = default;
            if (_shown.Length != cells.Length) _shown = new Cell[cells.Length];
            Array.Fill(_shown, new Cell(' ', default));
            (_width, _isKnown) = (canvas.Width, true);
        }
        for (int row = 0; row < canvas.Height; row++)
            WriteRow(row, cells.Slice(row * _width, _width), _shown.AsSpan(row * _width, _width));
        if (_style != default) Paint(default);
        Ascii("\e[?2026l");
        return _bytes.WrittenSpan;
    }

    private void WriteRow(int row, ReadOnlySpan<Cell> wanted, Span<Cell> shown)
    {
        int at = 0;
        while (true)
        {
            while (at < wanted.Length && wanted[at] == shown[at]) at++;
            if (at == wanted.Length) return;
            int end = at + 1;
            for (int next = end; next < wanted.Length && next - end <= ShortGap; next++)
                if (wanted[next] != shown[next]) end = next + 1;
            Ascii($"\e[{row + 1};{at + 1}H");
            for (; at < end; at++) Put(shown[at] = wanted[at]);
        }
    }

    private void Put(Cell cell)
    {
        if (cell.Style != _style) Paint(cell.Style);
        char glyph = cell.Glyph;
        if (glyph > '~' && !inUnicode) glyph = Canvas.Substitutes[Canvas.Drawn.IndexOf(glyph, StringComparison.Ordinal)];
        Span<byte> room = _bytes.GetSpan(3);
        _bytes.Advance(Encoding.UTF8.GetBytes([glyph], room));
    }

    private void Paint(Style style)
    {
        _style = style;
        string look = "\e[0";
        if (style.Face.HasFlag(Face.Bold)) look += ";1";
        if (style.Face.HasFlag(Face.Dim)) look += ";2";
        if (style.Face.HasFlag(Face.Reverse)) look += ";7";
        if (inColor && style.Ink != Ink.Plain) look += $";{30 + (int)style.Ink}";
        Ascii(look + "m");
    }

    private void Ascii(string text) => _bytes.Advance(Encoding.ASCII.GetBytes(text, _bytes.GetSpan(text.Length)));
}
