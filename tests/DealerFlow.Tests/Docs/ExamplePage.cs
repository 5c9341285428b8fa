using System.Globalization;

namespace DealerFlow.Tests;

/// <summary>One table of a page: its rows by their first cell, its columns by their heading.</summary>
internal sealed record PageTable(string Name, string[] Columns, (string Key, string[] Cells)[] Rows);

/// <summary>
/// The worked example of docs/methodology.md as tables. A table is named by the heading of its first column; text between tables is
/// not looked at.
/// </summary>
internal sealed class ExamplePage
{
    private const string Heading = "## A worked example";

    private readonly Dictionary<string, PageTable> _tables = [];

    private ExamplePage(IEnumerable<string> lines)
    {
        var open = new List<string>();
        foreach (string line in lines.Append(""))
        {
            if (line.StartsWith('|')) open.Add(line);
            else if (open.Count > 0) Close(open);
        }
    }

    public IEnumerable<PageTable> Tables => _tables.Values;

    public static ExamplePage Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        int start = Array.IndexOf(lines, Heading);
        if (start < 0) throw new InvalidDataException($"{path} has no heading '{Heading}'.");
        int end = Array.FindIndex(lines, start + 1, line => line.StartsWith("## ", StringComparison.Ordinal));
        return new ExamplePage(lines[start..(end < 0 ? lines.Length : end)]);
    }

    public PageTable this[string name] => _tables[name];

    public string Text(string table, string row, string column)
    {
        PageTable found = _tables[table];
        int at = Array.IndexOf(found.Columns, column);
        return Array.Find(found.Rows, each => each.Key == row).Cells[at];
    }

    public static double Number(string text) => double.Parse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    /// <summary>A number with the digits that a cell shows.</summary>
    public static string Like(string cell, double value)
    {
        int point = cell.IndexOf('.');
        int power = cell.IndexOf('E');
        int decimals = point < 0 ? 0 : (power < 0 ? cell.Length : power) - point - 1;
        string text = value.ToString(power < 0 ? $"N{decimals}" : $"0.{new string('0', decimals)}E+00", CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.All(each => each is '-' or '0' or '.') ? text[1..] : text;
    }

    private void Close(List<string> lines)
    {
        string[][] cells = [.. lines.Where((_, i) => i != 1).Select(Cells)];
        var table = new PageTable(cells[0][0], cells[0][1..], [.. cells[1..].Select(row => (row[0], row[1..]))]);
        _tables.Add(table.Name, table);
        lines.Clear();
    }

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}

/// <summary>Numbers and words by table, row and column.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(string Table, string Row, string Column), object> _values = [];

    public void Add(string table, string row, string column, double value) => _values.Add((table, row, column), value);

    public void Add(string table, string row, string column, string word) => _values.Add((table, row, column), word);

    /// <summary>The figure as a cell would show it; null when there is none.</summary>
    public string? Like(string cell, string table, string row, string column) =>
        !_values.TryGetValue((table, row, column), out object? value) ? null
        : value is double number ? ExamplePage.Like(cell, number)
        : (string)value;
}
