using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>All formats that hold ticks, in the order in which a file is tried.</summary>
public static class TickFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ITickFormat> All { get; } =
    [
        new DbnFormat(),
        new PlainCsv(),
        new OpraPcap(),
        new IexTops(),
        new Cryptofeed(),
        new LeanFormat(),
        new ThetaFormat(),
        new PolygonFlatFormat(),
        new DataShopTradesFormat(),
        new DataShopIntervalsFormat(),
        .. ChainFormats.All.Select(chain => new ChainTickFormat(chain)),
    ];

    /// <summary>The format of a file by its first bytes and its name.</summary>
    /// <exception cref="InputFormatException">No format knows it.</exception>
    public static ITickFormat Of(ImportFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        foreach (ITickFormat format in All) if (format.Recognizes(file.Head.Span, file.FileName)) return format;
        string names = string.Join(", ", All.Select(format => format.Name));
        throw new InputFormatException(
            file.Path, 0, UnreadFiles.ReasonOf(file.Head.Span) ?? $"this is none of the formats that are read ({names}); name one with --format if it is.");
    }

    /// <summary>The format of a name; null when there is none.</summary>
    public static ITickFormat? Named(string name) => All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
