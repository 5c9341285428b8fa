using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>The columns that all of Cboe DataShop's option files share: which contract, what its underlying stood at.</summary>
internal sealed class DataShopRow(CsvHeader header)
{
    /// <summary>Names of them.</summary>
    public static readonly string[] Names = ["underlying_symbol", "root", "expiration", "strike", "option_type"];

    private readonly int _underlying = header.Place("underlying_symbol");
    private readonly int _root = header.Place("root");
    private readonly int _expiry = header.Place("expiration");
    private readonly int _strike = header.Place("strike");
    private readonly int _right = header.Place("option_type");
    private readonly int _underlyingBid = header.Place("underlying_bid");
    private readonly int _underlyingAsk = header.Place("underlying_ask");

    // Files are sorted by contract, so each of them says the same spots again; forgetting them costs a tick that repeats another.
    private const int MaxSpots = 100_000;
    private readonly HashSet<(uint Underlying, long Nanos, long Price)> _spots = [];

    /// <summary>The contract of a row and its underlying; an index is written with a caret: <c>^VIX</c>.</summary>
    public bool TryContract(in CsvFields fields, TickImport import, out uint id)
    {
        id = 0;
        if (!RowFields.TryContract(fields[_root], fields[_expiry], fields[_strike], fields[_right], import, out OsiContract contract)) return false;
        ReadOnlySpan<char> underlying = fields[_underlying].TrimStart('^');
        if (underlying.IsEmpty) return import.Reject(ImportRejection.UnknownContract, "the underlying is empty");
        RootTerms terms = RootTable.TermsOf(contract.Root);
        if (!underlying.SequenceEqual(terms.Underlying)) terms = terms with { Underlying = underlying.ToString() };
        return import.TryContract(in contract, in terms, out id);
    }

    /// <summary>The middle of the underlying's quote, where it has one and it is not what was said for that time already.</summary>
    public bool ReadSpot(in CsvFields fields, long nanos, uint id, TickImport import)
    {
        if (_underlyingBid < 0 || _underlyingAsk < 0) return true;
        if (!RowFields.TryPrice(fields[_underlyingBid], import, "underlying_bid", out long bid)) return false;
        if (!RowFields.TryPrice(fields[_underlyingAsk], import, "underlying_ask", out long ask)) return false;
        if (bid <= 0 || ask <= 0) return true;
        uint underlying = import.Definitions[(int)id].UnderlyingId;
        long price = bid + ((ask - bid) / 2);
        if (_spots.Count >= MaxSpots) _spots.Clear();
        return !_spots.Add((underlying, nanos, price)) || import.Spot(nanos, underlying, price);
    }
}
