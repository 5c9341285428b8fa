using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Files of known vendors that hold nothing a tape can take, and archives of who knows what: the refusal names them and says what to take
/// instead.
/// </summary>
internal static class UnreadFiles
{
    private static readonly (string[] Names, string Reason)[] Kinds =
    [
        (["#expiry", "strike", "right", "close"],
            "this is a universe of LEAN's: closing prices without a quote, of contracts whose root it does not say; "
            + "take the quote, trade and openinterest archives of the same days."),
        (["underlying_symbol", "quote_datetime", "iv30", "number_of_expiry_ivs"],
            "these are volatility indexes of Cboe DataShop's, one row an underlying and none of a contract; "
            + "take its option trades, intervals or end-of-day summary."),
    ];

    /// <summary>Why a file is not read; null = it is none of these.</summary>
    /// <param name="head">Its first bytes, decompressed.</param>
    public static string? ReasonOf(ReadOnlySpan<byte> head)
    {
        bool isArchive = ZipHead.TryRead(head, out string first, out ReadOnlySpan<byte> text);
        if (CsvHeader.Of(isArchive ? text : head) is CsvHeader header)
        {
            foreach ((string[] names, string reason) in Kinds)
                if (header.Has(names)) return reason;
        }
        return isArchive
            ? $"this is an archive whose first entry, '{Printable.Of(first)}', is of no known format; unpack it and give the files in it one by one."
            : null;
    }
}
