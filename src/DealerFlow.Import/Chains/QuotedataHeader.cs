using System.Text.RegularExpressions;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// The lines before the column header: name and prices of the underlying, download time. Read label by label, because quotes,
/// commas and whole lines in them get lost when people save the file again.
/// </summary>
internal sealed partial class QuotedataHeader
{
    private static readonly char[] BlanksAndCommas = [' ', '\t', ','];
    private static readonly char[] BlanksCommasQuotes = [.. BlanksAndCommas, '"'];

    /// <summary>Name of the underlying, null until seen.</summary>
    public string? Name { get; private set; }

    /// <summary>Last price, null when missing, zero or unreadable.</summary>
    public double? Last { get; private set; }

    /// <summary>Bid, null when missing, zero or unreadable.</summary>
    public double? Bid { get; private set; }

    /// <summary>Ask, null when missing, zero or unreadable.</summary>
    public double? Ask { get; private set; }

    /// <summary>The date as written, null until seen.</summary>
    public string? DateText { get; private set; }

    /// <summary>Download time, UTC nanoseconds since the Unix epoch, null when it cannot be read.</summary>
    public long? AsOfNanos { get; private set; }

    /// <summary>Takes what one line says; complaints go to <paramref name="issues"/>.</summary>
    public void ReadLine(string line, int lineNumber, IssueList issues)
    {
        foreach (Match match in LabelledValue().Matches(line))
        {
            string value = match.Groups["value"].Value.Trim(BlanksAndCommas);
            switch (match.Groups["label"].Value)
            {
                case "Last:":
                    Last ??= Price("Last", value, lineNumber, issues);
                    Name ??= NameBefore(line, match.Index);
                    break;
                case "Bid:": Bid ??= Price("Bid", value, lineNumber, issues); break;
                case "Ask:": Ask ??= Price("Ask", value, lineNumber, issues); break;
                case "Date:" when DateText is null:
                    DateText = Printable.Of(value);
                    if (ChainDate.TryParse(value, out long unixNanos)) AsOfNanos = unixNanos;
                    else issues.Add(lineNumber, $"the date '{DateText}' cannot be read with certainty; state the time of the chain.");
                    break;
            }
        }
    }

    private static double? Price(string label, string value, int lineNumber, IssueList issues)
    {
        if (!ChainNumber.TryPrice(value, out double price))
        {
            issues.Add(lineNumber, $"{label} of the underlying is '{Printable.Of(value)}', which is no price; left out.");
            return null;
        }
        return price > 0 ? price : null;
    }

    private static string? NameBefore(string line, int index)
    {
        string name = line[..index].Trim(BlanksCommasQuotes);
        return name.Length > 0 ? Printable.Of(name) : null;
    }

    private const string Label = "(?:Last|Change|Date|Bid|Ask|Size|Volume):";

    // A value ends at a quote, at the next label, at the empty fields that a spreadsheet adds, or with the line. It never fails to
    // end, so one pass over the line is enough whatever the line holds.
    [GeneratedRegex($"""\b(?<label>{Label})(?<value>[^"]*?)(?="|, *{Label}|,,|$)""", RegexOptions.CultureInvariant)]
    private static partial Regex LabelledValue();
}
