using System.Diagnostics.CodeAnalysis;
using System.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>What the ids of one file stand for, and the ids that they have on the tape.</summary>
/// <remarks>
/// Ids are handed out anew from day to day. So an id stands for what a definition of the same day says, else for what the metadata say
/// of the day, else for what a definition or symbol mapping said last. The day is that of the receipt in UTC, as the vendor counts it:
/// the last print in the interval of a quote may be of the day before.
/// </remarks>
internal sealed class DbnInstruments(DbnMetadata metadata, TickImport import, string source)
{
    // Feeds of shares. Elsewhere a short symbol is a future, and options are named otherwise than by OSI.
    private static readonly string[] ShareFeeds =
    [
        "XNAS.", "XNYS.", "ARCX.", "XASE.", "XBOS.", "XPSX.", "XCHI.", "XCIS.", "BATS.", "BATY.", "EDGA.", "EDGX.", "EPRL.", "IEXG.", "MEMX.",
        "FINN.", "FINY.", "DBEQ.", "EQUS.",
    ];

    private const int LongestShareSymbol = 8;
    private const char NoClass = '\0';

    private readonly bool _isOptionFeed = metadata.Dataset.StartsWith("OPRA.", StringComparison.Ordinal);
    private readonly bool _isShareFeed = Array.Exists(ShareFeeds, feed => metadata.Dataset.StartsWith(feed, StringComparison.Ordinal));
    private readonly Dictionary<uint, Told> _told = [];
    private readonly Dictionary<uint, Placed> _placed = [];
    private string? _lastRoot;

    /// <summary>What an instrument is for the engine.</summary>
    public enum Kind : byte
    {
        /// <summary>A listed option.</summary>
        Option,

        /// <summary>A share or fund: what options are on.</summary>
        Share,

        /// <summary>Futures, options on them, spreads, and whatever else there is.</summary>
        Other,
    }

    /// <summary>
    /// A definition says what an id is from now on. That of an option defines a contract; a share is on the tape when it first trades.
    /// </summary>
    public void Define(uint id, int day, ReadOnlySpan<byte> symbol, char instrumentClass)
    {
        string name = DbnText.Of(symbol);
        Tell(id, new Told(name, instrumentClass, day, IsDefinition: true));
        Kind kind = KindOf(name, instrumentClass, out OsiContract contract);
        if (kind != Kind.Option) import.Pass(ImportPass.OtherInstrument);
        else if (contract.Root is null) RejectSymbol(name);
        else if (import.TryContract(in contract, out uint tapeId)) Remember(id, new Placed(kind, tapeId, day));
    }

    /// <summary>A symbol mapping says what an id is where neither a definition of the day nor the metadata do.</summary>
    public void Map(uint id, int day, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        // Asked for by symbol, one side may be the number itself; the other is then the name.
        ReadOnlySpan<byte> symbol = to.IsEmpty || !to.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? from : to;
        if (_told.TryGetValue(id, out Told told) && told.IsDefinition && told.Day == day) return;
        Tell(id, new Told(DbnText.Of(symbol), NoClass, day, IsDefinition: false));
    }

    /// <summary>The instrument of a record.</summary>
    /// <returns>False when the row has its outcome: nobody names the id, or it is no option and no share.</returns>
    public bool TryFind(uint id, int day, out Kind kind, out uint tapeId)
    {
        if (!_placed.TryGetValue(id, out Placed placed) || placed.Day != day)
        {
            (kind, tapeId) = (default, 0);
            if (!TryPlace(id, day, out placed)) return false;
            Remember(id, in placed);
        }
        (kind, tapeId) = (placed.Kind, placed.TapeId);
        if (kind != Kind.Other) return true;
        import.Pass(ImportPass.OtherInstrument);
        return false;
    }

    private bool TryPlace(uint id, int day, out Placed placed)
    {
        placed = default;
        if (!TryName(id, day, out string name, out char instrumentClass))
            return import.Reject(ImportRejection.UnknownContract, $"no definition or mapping says what instrument {id} is on this day");
        Kind kind = KindOf(name, instrumentClass, out OsiContract contract);
        uint tapeId = 0;
        if (kind == Kind.Option && contract.Root is null) return RejectSymbol(name);
        if (kind == Kind.Option && !import.TryContract(in contract, out tapeId)) return false;
        if (kind == Kind.Share && !import.TryUnderlying(name, out tapeId)) return false;
        placed = new Placed(kind, tapeId, day);
        return true;
    }

    private bool TryName(uint id, int day, out string name, out char instrumentClass)
    {
        bool isTold = _told.TryGetValue(id, out Told told);
        (name, instrumentClass) = (told.Name, told.Class);
        if (isTold && told.IsDefinition && told.Day == day) return true;
        ReadOnlySpan<byte> mapped = metadata.Mappings.SymbolOf(id, day);
        if (mapped.IsEmpty) return isTold;
        (name, instrumentClass) = (DbnText.Of(mapped), NoClass);
        return true;
    }

    // An option without a contract: its symbol cannot be understood.
    private Kind KindOf(string name, char instrumentClass, out OsiContract contract)
    {
        contract = default;
        if (instrumentClass is 'C' or 'P' or NoClass)
        {
            if (OsiSymbol.TryParse(name, _lastRoot, out contract))
            {
                _lastRoot = contract.Root;
                return Kind.Option;
            }
            if (_isOptionFeed) return Kind.Option;
        }
        return (instrumentClass == 'K' || (instrumentClass == NoClass && _isShareFeed)) && IsShareSymbol(name) ? Kind.Share : Kind.Other;
    }

    private bool RejectSymbol(string name) =>
        import.Reject(ImportRejection.UnknownContract, $"'{name}' is no OSI symbol such as SPXW  261116C06800000");

    private static bool IsShareSymbol(string name) =>
        name.Length is > 0 and <= LongestShareSymbol && Ascii.IsValid(name) && !name.AsSpan().ContainsAnyInRange('\0', ' ');

    private void Tell(uint id, in Told told)
    {
        _told[id] = told;
        _placed.Remove(id);
        if (_told.Count > import.Options.MaxContracts) Throw.TooMany(source, import.Options.MaxContracts);
    }

    private void Remember(uint id, in Placed placed)
    {
        _placed[id] = placed;
        if (_placed.Count > import.Options.MaxContracts) Throw.TooMany(source, import.Options.MaxContracts);
    }

    private readonly record struct Told(string Name, char Class, int Day, bool IsDefinition);

    private readonly record struct Placed(Kind Kind, uint TapeId, int Day);

    private static class Throw
    {
        [DoesNotReturn]
        public static void TooMany(string source, int most) => throw new InputFormatException(
            source, 0, $"the file names more than {most:#,0} instruments; import it in parts.");
    }
}
