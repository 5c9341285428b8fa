namespace DealerFlow.Import;

/// <summary>
/// The fields of one line of comma-separated text. Quotes hold commas together inside the line and never reach beyond it: one
/// unbalanced quote in the header of a real file would otherwise swallow the whole chain.
/// </summary>
internal ref struct CsvFields(Span<Range> ranges)
{
    private readonly Span<Range> _ranges = ranges;
    private ReadOnlySpan<char> _line;

    /// <summary>Number of fields; at most the room that was given.</summary>
    public int Count { get; private set; }

    /// <summary>One field without its quotes and outer blanks.</summary>
    public readonly ReadOnlySpan<char> this[int index] => _line[_ranges[index]].Trim();

    /// <summary>Splits a line; false when a quote is not closed or the line has more fields than there is room for.</summary>
    public bool TrySplit(ReadOnlySpan<char> line)
    {
        _line = line;
        Count = 0;
        int start = 0;
        while (true)
        {
            if (Count == _ranges.Length) return false;
            ReadOnlySpan<char> rest = line[start..];
            if (rest is ['"', ..])
            {
                int length = rest[1..].IndexOf('"');
                if (length < 0) return false;
                _ranges[Count++] = new Range(start + 1, start + 1 + length);
                start += length + 2;
                if (start == line.Length) return true;
                if (line[start] != ',') return false;
                start++;
            }
            else
            {
                int length = rest.IndexOf(',');
                _ranges[Count++] = new Range(start, length < 0 ? line.Length : start + length);
                if (length < 0) return true;
                start += length + 1;
            }
        }
    }

    /// <summary>Drops empty fields at the end, such as a spreadsheet adds to make all rows equally wide; keeps at least so many.</summary>
    public void DropEmptyTail(int keep = 0)
    {
        while (Count > keep && this[Count - 1].IsEmpty) Count--;
    }
}
