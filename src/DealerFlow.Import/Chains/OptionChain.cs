namespace DealerFlow.Import;

/// <summary>One chain file, read: what it says of the underlying, its contracts in file order, and what was wrong with it.</summary>
public sealed class OptionChain
{
    /// <summary>The file, as the caller named it.</summary>
    public required string Source { get; init; }

    /// <summary>Symbol of the underlying, from the roots of the contracts: <c>SPX</c>. The file itself names no symbol.</summary>
    public required string Underlying { get; init; }

    /// <summary>The name in the file's first line; changes over time for one index. Null where the line is lost.</summary>
    public string? UnderlyingName { get; init; }

    /// <summary>Last price of the underlying, currency; null where the file has none or prints 0.</summary>
    public double? Spot { get; init; }

    /// <summary>Bid of the underlying, currency; null where the file has none or prints 0. Outside hours it is far from the last.</summary>
    public double? UnderlyingBid { get; init; }

    /// <summary>Ask of the underlying, currency; null where the file has none or prints 0.</summary>
    public double? UnderlyingAsk { get; init; }

    /// <summary>
    /// When the file was downloaded, UTC nanoseconds since the Unix epoch; quotes are up to 15 minutes older and, outside hours, those
    /// of the last close. Null where the date is lost or cannot be read with certainty: then the caller must say it.
    /// </summary>
    public long? AsOfNanos { get; init; }

    /// <summary>The date as the file writes it, for messages; null where the line is lost.</summary>
    public string? DateText { get; init; }

    /// <summary>Contracts in file order, each symbol once. Those that have settled are still here: <see cref="CountSettled"/>.</summary>
    public required IReadOnlyList<ChainContract> Contracts { get; init; }

    /// <summary>What was left out or contradicts itself, in file order; at most <see cref="MaxIssues"/> are listed.</summary>
    public required IReadOnlyList<ChainIssue> Issues { get; init; }

    /// <summary>All issues, listed or not.</summary>
    public required int IssueCount { get; init; }

    /// <summary>Call or put halves of rows that name a contract which is not in <see cref="Contracts"/>.</summary>
    public required int SkippedContracts { get; init; }

    /// <summary>First expiry date of the file.</summary>
    public required DateOnly FirstExpiry { get; init; }

    /// <summary>Last expiry date of the file.</summary>
    public required DateOnly LastExpiry { get; init; }

    /// <summary>A file that is wrong in every line need not fill the memory with complaints.</summary>
    public const int MaxIssues = 1_000;

    /// <summary>
    /// Contracts whose settlement instant is not after <paramref name="asOfNanos"/>: evening and weekend downloads still list them.
    /// They must leave every sum.
    /// </summary>
    public int CountSettled(long asOfNanos)
    {
        int settled = 0;
        foreach (ChainContract contract in Contracts)
            if (contract.SettlementNanos <= asOfNanos) settled++;
        return settled;
    }
}
