using System.Text;

namespace DealerFlow.Cli.Top;

/// <summary>The colours that every terminal has; what they mean on it is the user's own choice.</summary>
internal enum Ink : byte
{
    Plain,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

/// <summary>What is told apart without colour.</summary>
[Flags]
internal enum Face : byte
{
    None = 0,
    Bold = 1,
    Dim = 2,
    Reverse = 4,
}

/// <summary>How a cell looks.</summary>
internal readonly record struct Style(Ink Ink = Ink.Plain, Face Face = Face.None)
{
    public Style With(Face face) => this with { Face = Face | face };
}

/// <summary>One place of the screen.</summary>
internal readonly record struct Cell(char Glyph, Style Style);

/// <summary>
/// A screen of cells in memory. Whatever is written is cut at the edges, and no glyph but printable ASCII and the few of <see cref="Drawn"/>,
/// each one cell wide, gets in: no text from a feed or a path can move the cursor, ring the bell or shift a column.
/// </summary>
internal sealed class Canvas
{
    /// <summary>The glyphs beyond ASCII that screens are drawn with.</summary>
    public const string Drawn = "─│┼·…▁▂▃▄▅▆▇█▌▐▲▼▶●↑↓→";

    /// <summary>What a terminal that cannot show them gets instead, in the same order.</summary>
    public const string Substitutes = "-|+.~_.:-=+*###^v>*^v>";

    private readonly Cell[] _cells;

    public Canvas(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        (Width, Height) = (width, height);
        _cells = new Cell[width * height];
        Clear();
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>All cells, row by row.</summary>
    public ReadOnlySpan<Cell> Cells => _cells;

    public void Clear() => Array.Fill(_cells, new Cell(' ', default));

    /// <summary>Writes a text into so many cells at most; one that is longer ends in an ellipsis.</summary>
    public void Write(int row, int column, ReadOnlySpan<char> text, Style style = default, int width = int.MaxValue)
    {
        int room = Math.Min(width, Width - column);
        for (int i = 0; i < text.Length && i < room; i++)
            Set(row, column + i, i == room - 1 && text.Length > room ? '…' : Fit(text[i]), style);
    }

    /// <summary>Writes a text so that it ends before a column. A number that does not fit is not cut, which would make it another: hashes say so.</summary>
    public void WriteRight(int row, int end, ReadOnlySpan<char> text, Style style = default, int width = int.MaxValue)
    {
        if (text.Length > width) Fill(row, end - width, width, '#', style);
        else Write(row, end - text.Length, text, style);
    }

    /// <summary>The same glyph so many times.</summary>
    public void Fill(int row, int column, int width, char glyph, Style style = default)
    {
        for (int i = 0; i < width; i++) Set(row, column + i, Fit(glyph), style);
    }

    /// <summary>One glyph.</summary>
    public void Set(int row, int column, char glyph, Style style = default)
    {
        if ((uint)row < (uint)Height && (uint)column < (uint)Width) _cells[(row * Width) + column] = new Cell(Fit(glyph), style);
    }

    /// <summary>The glyphs of one row.</summary>
    public string Line(int row)
    {
        var text = new StringBuilder(Width);
        foreach (Cell cell in Cells.Slice(row * Width, Width)) text.Append(cell.Glyph);
        return text.ToString().TrimEnd();
    }

    /// <summary>All rows, as they would be copied from a terminal.</summary>
    public override string ToString() => string.Join('\n', Enumerable.Range(0, Height).Select(Line));

    private static char Fit(char glyph) => glyph is >= ' ' and <= '~' || Drawn.Contains(glyph) ? glyph : '?';
}
