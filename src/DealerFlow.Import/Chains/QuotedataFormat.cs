using System.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary><see cref="CboeQuotedataCsv"/> among the formats of chains.</summary>
public sealed class QuotedataFormat : IChainFormat
{
    /// <inheritdoc/>
    public string Name => "quotedata";

    /// <inheritdoc/>
    public string Description => "Cboe quotedata CSV";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) => head.IndexOf("Expiration Date,Calls,"u8) >= 0;

    /// <inheritdoc/>
    public OptionChain Read(Stream content, string source, SessionCalendar calendar)
    {
        using var reader = new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
        return CboeQuotedataCsv.Read(reader, source, calendar);
    }
}
