using System.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>The lines below the header of a comma-separated text, each told to the account of rows before it is read.</summary>
internal sealed class CsvRows : IDisposable
{
    private readonly StreamReader _text;
    private readonly LineReader _lines;
    private readonly Range[] _ranges = new Range[CsvHeader.MaxColumns];

    /// <summary>Reads the header.</summary>
    /// <param name="content">The text; not closed.</param>
    /// <param name="source">How messages name it.</param>
    /// <param name="names">Names that it must have.</param>
    /// <exception cref="InputFormatException">It has no such header.</exception>
    public CsvRows(Stream content, string source, params ReadOnlySpan<string> names)
    {
        _text = new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
        _lines = new LineReader(_text, source, long.MaxValue);
        LineStatus status;
        ReadOnlySpan<char> line;
        do status = _lines.Read(out line);
        while (status == LineStatus.Line && line.IsWhiteSpace());
        CsvHeader? header = status == LineStatus.Line ? CsvHeader.Of(line) : null;
        if (header is null || !header.Has(names)) throw new InputFormatException(
            source, _lines.LineNumber, $"the first line must name the columns {string.Join(',', names.ToArray())}, each once.");
        Header = header;
    }

    /// <summary>The columns.</summary>
    public CsvHeader Header { get; }

    /// <summary>Line of the row that was read last, counted from 1.</summary>
    public int LineNumber => _lines.LineNumber;

    /// <summary>The next row; what is none is rejected here. False at the end of the text.</summary>
    /// <param name="import">Is told of every row.</param>
    /// <param name="hasTail">Rows may have more fields than the header has names.</param>
    /// <param name="fields">Valid until the next call.</param>
    public bool Next(TickImport import, bool hasTail, out CsvFields fields)
    {
        fields = new CsvFields(_ranges);
        while (true)
        {
            LineStatus status = _lines.Read(out ReadOnlySpan<char> line);
            if (status == LineStatus.End) return false;
            if (status == LineStatus.Line && line.IsWhiteSpace()) continue;
            import.BeginRow(_lines.LineNumber);
            if (status == LineStatus.TooLong) import.Reject(ImportRejection.Malformed, $"the line is longer than {LineReader.MaxLineLength} characters");
            else if (line.Contains('\0')) import.Reject(ImportRejection.Malformed, LineReader.ZeroByte);
            else if (!fields.TrySplit(line)) import.Reject(ImportRejection.Malformed, "a quote is not closed, or there are far too many fields");
            else if (fields.Count == Header.Count || hasTail) return true;
            else import.Reject(ImportRejection.Malformed, $"the row has {fields.Count} fields, the header {Header.Count}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();
}
