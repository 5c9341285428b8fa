namespace DealerFlow.Import;

/// <summary>Files of known vendors that hold nothing a tape can take: the refusal names them and says what to take instead.</summary>
internal static class UnreadFiles
{
    private static readonly (string[] Names, string Reason)[] Kinds =
    [
        (["#expiry", "strike", "right", "close"],
            "this is a universe of LEAN's: closing prices without a quote, of contracts whose root it does not say; "
            + "take the quote, trade and openinterest archives of the same days."),
    ];

    /// <summary>Why a file is not read; null = it is none of these.</summary>
    /// <param name="head">Its first bytes, decompressed.</param>
    public static string? ReasonOf(ReadOnlySpan<byte> head)
    {
        if (CsvHeader.Of(head) is not CsvHeader header) return null;
        foreach ((string[] names, string reason) in Kinds)
            if (header.Has(names)) return reason;
        return null;
    }
}
