using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>All formats that hold an option chain, in the order in which a file is tried.</summary>
public static class ChainFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IChainFormat> All { get; } =
    [
        new QuotedataFormat(),
        new DelayedQuotesFormat(),
        new MergedJsonFormat(),
        new PolygonSnapshotFormat(),
        new DataShopEodFormat(),
    ];

    /// <summary>Reads a chain of whatever format; a text that none recognizes is read as quotedata CSV, whose header may be lost.</summary>
    /// <param name="path">The file; <c>-</c> is standard input.</param>
    /// <param name="calendar">Gives the settlement instants; null = the embedded calendar.</param>
    /// <exception cref="InputFormatException">The file is missing, cannot be read, or is no option chain.</exception>
    public static OptionChain Read(string path, SessionCalendar? calendar = null)
    {
        using ImportFile file = ImportFile.Open(path);
        IChainFormat? known = All.FirstOrDefault(each => each.Recognizes(file.Head.Span, file.FileName));
        if (known is null && UnreadFiles.ReasonOf(file.Head.Span) is string reason) throw new ChainFormatException(path, 0, reason);
        IChainFormat format = known ?? All[0];
        try
        {
            return format.Read(file.Content, path, calendar ?? SessionCalendar.Embedded);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ChainFormatException(path, 0, $"the file cannot be read: {exception.Message}", exception);
        }
    }
}
