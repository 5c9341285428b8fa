using System.Text;

namespace DealerFlow.Cli.Report;

/// <summary>A page being written. Every text goes through one place, where it becomes text and nothing else.</summary>
internal sealed class Html
{
    private readonly StringBuilder _page = new();

    /// <summary>Text as the page shows it: no character of it is markup, none is a control character.</summary>
    public static string Text(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            switch (c)
            {
                case '&': escaped.Append("&amp;"); break;
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '"': escaped.Append("&quot;"); break;
                case '\'': escaped.Append("&#39;"); break;
                default:
                    escaped.Append(char.IsControl(c) ? '\uFFFD' : c);
                    break;
            }
        }
        return escaped.ToString();
    }

    /// <summary>Markup of this program, never of anybody else.</summary>
    public Html Raw(string markup)
    {
        _page.Append(markup).Append('\n');
        return this;
    }

    public Html Element(string name, string text, string? style = null) =>
        Raw($"<{name}{(style is null ? "" : $" class=\"{style}\"")}>{Text(text)}</{name}>");

    /// <summary>A table. The name of a column of numbers begins with <c>&gt;</c>; an empty row list leaves the table out.</summary>
    public Html Table(string caption, string reading, string[] columns, IReadOnlyCollection<string[]> rows, Func<string[], bool>? isMarked = null)
    {
        if (rows.Count == 0) return this;
        Raw("<section>").Element("h2", caption);
        if (reading.Length > 0) Element("p", reading, "reading");
        Raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + Text(caption) + "\"><table><thead><tr>");
        foreach (string column in columns)
            Raw($"<th scope=\"col\"{(column.StartsWith('>') ? " class=\"number\"" : "")}>{Text(column.TrimStart('>'))}</th>");
        Raw("</tr></thead><tbody>");
        foreach (string[] row in rows)
        {
            _page.Append(isMarked?.Invoke(row) == true ? "<tr class=\"chosen\">" : "<tr>");
            for (int i = 0; i < row.Length; i++)
            {
                string style = columns[i].StartsWith('>') ? row[i].StartsWith('-') && row[i].Length > 1 ? " class=\"number negative\"" : " class=\"number\"" : "";
                _page.Append(i == 0 ? $"<th scope=\"row\"{style}>{Text(row[i])}</th>" : $"<td{style}>{Text(row[i])}</td>");
            }
            _page.Append("</tr>\n");
        }
        return Raw("</tbody></table></div></section>");
    }

    public override string ToString() => _page.ToString();
}
