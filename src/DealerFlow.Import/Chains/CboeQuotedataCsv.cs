using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Reads the option chains that Cboe's site offers for download as <c>*_quotedata.csv</c>: each row is one strike with a call half
/// and a put half. Reads what the site writes and what spreadsheets, browsers and editors have made of it.
/// </summary>
/// <remarks>
/// Everything goes line by line. A row that is damaged costs the damaged half and leaves an issue; only a file without a column
/// header, without a usable contract, or that is no text is refused. The symbol decides expiry, right and strike; the other columns
/// are held against it. A zero price means "none".
/// </remarks>
public static class CboeQuotedataCsv
{
    /// <summary>Reads a chain from a file; UTF-8, or UTF-16 with its mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="calendar">Gives the settlement instants; null = the embedded calendar.</param>
    /// <exception cref="ChainFormatException">The file is missing, cannot be read, or is no option chain.</exception>
    public static OptionChain Read(string path, SessionCalendar? calendar = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new ChainFormatException(path, 0, "this is a directory; name one chain file.");
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            return Read(reader, path, calendar);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ChainFormatException(path, 0, "there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ChainFormatException(path, 0, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a chain from a text.</summary>
    /// <param name="reader">The text; read to its end, not closed.</param>
    /// <param name="source">How messages name it.</param>
    /// <param name="calendar">Gives the settlement instants; null = the embedded calendar.</param>
    /// <exception cref="ChainFormatException">The text is no option chain.</exception>
    public static OptionChain Read(TextReader reader, string source, SessionCalendar? calendar = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new LineReader(reader, source);
        var chain = new ChainAssembly(source, calendar ?? SessionCalendar.Embedded);
        IssueList issues = chain.Issues;
        var header = new QuotedataHeader();
        QuotedataColumns columns = FindColumns(lines, header, issues, source);
        var rows = new QuotedataRows(columns, chain);
        while (true)
        {
            LineStatus status = lines.Read(out ReadOnlySpan<char> line);
            if (status == LineStatus.End) break;
            if (status == LineStatus.TooLong) issues.Add(lines.LineNumber, TooLong);
            else if (line.Contains('\0')) chain.Skip(lines.LineNumber, LineReader.ZeroByte);
            else rows.Read(line, lines.LineNumber);
        }
        if (lines.LastLineIsOpen) issues.Add(lines.LineNumber, OpenEnd);
        if (chain.Count == 0) Throw.NoContracts(source, lines.LineNumber, issues);
        return chain.Build(new ChainFacts(header.Name, header.Last, header.Bid, header.Ask, header.AsOfNanos, header.DateText));
    }

    private const int MaxHeaderLines = 64;

    private const string TooLong = "the line is longer than any row of a chain; passed over.";
    private const string OpenEnd = "the file ends without a line end, so its last number may be cut short; used as it stands.";

    private static QuotedataColumns FindColumns(LineReader lines, QuotedataHeader header, IssueList issues, string source)
    {
        while (lines.LineNumber < MaxHeaderLines)
        {
            LineStatus status = lines.Read(out ReadOnlySpan<char> line);
            if (status == LineStatus.End) break;
            if (status == LineStatus.TooLong) Throw.NoText(source, lines.LineNumber, "the line is longer than any of an option chain");
            if (line.Contains('\0')) Throw.NoText(source, lines.LineNumber, LineReader.ZeroByte);
            if (lines.LineNumber == 1) line = line.TrimStart('\uFEFF');
            if (QuotedataColumns.IsHeader(line)) return QuotedataColumns.Parse(line, source, lines.LineNumber);
            if (line.Contains("Expiration Date;", StringComparison.OrdinalIgnoreCase)) Throw.Semicolons(source, lines.LineNumber);
            header.ReadLine(line.ToString(), lines.LineNumber, issues);
        }
        Throw.NoColumns(source, lines.LineNumber);
        return null;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void NoText(string source, int line, string what) => throw new ChainFormatException(
            source, line, $"{what}: this is not the text of an option chain. Unpack it first if it is an archive.");

        [DoesNotReturn]
        public static void NoColumns(string source, int lines) => throw new ChainFormatException(source, lines, lines == 0
            ? "the file is empty."
            : $"no column header among the first {lines} lines; one of them must begin with 'Expiration Date,Calls,'.");

        [DoesNotReturn]
        public static void Semicolons(string source, int line) => throw new ChainFormatException(
            source, line, "the columns are separated by semicolons; save the file with commas, or download it again.");

        [DoesNotReturn]
        public static void NoContracts(string source, int line, IssueList issues) => throw new ChainFormatException(source, line,
            issues.Count == 0
                ? "the file ends without a row of contracts."
                : $"no usable contract; the first trouble was {issues.Kept[0]}");
    }
}
