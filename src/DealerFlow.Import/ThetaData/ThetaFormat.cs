namespace DealerFlow.Import;

/// <summary>
/// ThetaData's answers: CSV of versions 2 and 3, and captures of the protobuf answer. What a row is, is told by the names of its columns:
/// a print with the quote before it, a print, a quote, open interest, a bar.
/// </summary>
/// <remarks>
/// Quotes are the national best, whatever venue stands beside them (condition 50). A print with its quote gives the quote at
/// <c>quote_timestamp</c>, then the print at <c>trade_timestamp</c>. Times are milliseconds since 1970, or New York's clock as text, or
/// <c>date</c> and <c>ms_of_day</c>; with the last the strike is in thousandths. Bars have no quote of their own time and are passed over.
/// A price of the underlying beside a quote gives the spot. Sequence numbers wrap and order nothing.
/// </remarks>
public sealed class ThetaFormat : ITickFormat
{
    /// <inheritdoc/>
    public string Name => "theta";

    /// <inheritdoc/>
    public string Description => "ThetaData: CSV of option trade_quote, trade, quote and open_interest, and captures of the protobuf answer";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) =>
        (CsvHeader.Of(head) is CsvHeader header && ThetaRow.KindOf(header) != ThetaKind.None) || ThetaAnswer.Recognizes(head, fileName);

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        if (ThetaAnswer.Recognizes(file.Head.Span, file.FileName))
        {
            ThetaAnswer.Read(file, import);
            return;
        }
        using var rows = new CsvRows(file.Content, file.Path, "expiration", "strike", "right");
        var row = new ThetaRow(rows.Header, file.Path);
        while (rows.Next(import, hasTail: false, out CsvFields fields)) row.Read(in fields, import);
    }
}

/// <summary>What the rows of an answer are.</summary>
internal enum ThetaKind
{
    None,
    TradeQuote,
    Trade,
    Quote,
    OpenInterest,
    Bar,
}
