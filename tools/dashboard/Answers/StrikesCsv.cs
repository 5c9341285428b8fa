using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DealerFlow.Dashboard;

/// <summary>Rows of strikes as CSV, the names and numbers of the JSON: members of members have a dot in their name, null is an empty cell.</summary>
internal static class StrikesCsv
{
    public static string Of(ReadOnlyMemory<byte> document)
    {
        using JsonDocument parsed = JsonDocument.Parse(document);
        JsonElement levels = parsed.RootElement;
        string underlying = levels.GetProperty("underlying").GetString()!, asOf = levels.GetProperty("asOf").GetString()!;
        var csv = new StringBuilder();
        bool hasHead = false;
        foreach (JsonElement row in levels.GetProperty("strikes").EnumerateArray())
        {
            var cells = new List<(string Name, JsonElement Value)>();
            Gather(row, "", cells);
            if (!hasHead) csv.Append("underlying,asOf,").AppendJoin(',', cells.Select(cell => Cell(cell.Name))).Append('\n');
            hasHead = true;
            csv.Append(Cell(underlying)).Append(',').Append(Cell(asOf));
            foreach ((_, JsonElement value) in cells) csv.Append(',').Append(Number(value));
            csv.Append('\n');
        }
        return csv.ToString();
    }

    /// <summary>
    /// A text as a cell. One that a spreadsheet would take for a formula gets an apostrophe before it, within quotes, and is shown as what it is.
    /// </summary>
    public static string Cell(string text)
    {
        bool isFormula = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r';
        if (!isFormula && text.AsSpan().IndexOfAny(",\"\n\r") < 0) return text;
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static void Gather(JsonElement members, string prefix, List<(string Name, JsonElement Value)> cells)
    {
        foreach (JsonProperty member in members.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object) Gather(member.Value, $"{prefix}{member.Name}.", cells);
            else cells.Add((prefix + member.Name, member.Value));
        }
    }

    private static string Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
        _ => Cell(value.ToString()),
    };
}
