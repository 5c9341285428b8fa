namespace DealerFlow.Import;

/// <summary>Where the columns of a comma-separated text stand, by the names of its first line.</summary>
internal sealed class CsvHeader
{
    /// <summary>Most columns of any text that is read by names.</summary>
    public const int MaxColumns = 512;

    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);

    private CsvHeader(int count) => Count = count;

    /// <summary>Number of columns.</summary>
    public int Count { get; }

    /// <summary>Reads a first line; null when a quote is not closed, there are too many columns, or a name stands there twice.</summary>
    public static CsvHeader? Of(ReadOnlySpan<char> line)
    {
        Span<Range> ranges = stackalloc Range[MaxColumns];
        var fields = new CsvFields(ranges);
        if (!fields.TrySplit(line.TrimStart('\uFEFF'))) return null;
        var header = new CsvHeader(fields.Count);
        for (int i = 0; i < fields.Count; i++)
            if (fields[i].Length > 0 && !header._places.TryAdd(fields[i].ToString(), i)) return null;
        return header;
    }

    /// <summary>The header in the first bytes of a file; null when there is none.</summary>
    public static CsvHeader? Of(ReadOnlySpan<byte> head)
    {
        int end = head.IndexOfAny((byte)'\n', (byte)'\r');
        return Of(System.Text.Encoding.UTF8.GetString(end < 0 ? head : head[..end]));
    }

    /// <summary>Place of the first of some names that is there; -1 when none is.</summary>
    public int Place(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (_places.TryGetValue(name, out int place)) return place;
        return -1;
    }

    /// <summary>All names are there.</summary>
    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (!_places.ContainsKey(name)) return false;
        return true;
    }
}
