namespace DealerFlow.Kernels;

/// <summary>What a quote could be turned into. A status stands where there is no number; never a floor, never a NaN.</summary>
public enum QuoteStatus : byte
{
    /// <summary>Two-sided, bid &gt; 0, ask &gt; bid, not <see cref="Wide"/>; for a priced row: inverted.</summary>
    Ok = 0,

    /// <summary>Bid = ask &gt; 0: the mid is used, flagged.</summary>
    Locked = 1,

    /// <summary>Bid = 0: only an upper bound exists.</summary>
    NoBid = 2,

    /// <summary>Bid &gt; ask: no mid.</summary>
    Crossed = 3,

    /// <summary>w(ask) &gt; 2·w(bid), or w(ask) does not exist.</summary>
    Wide = 4,

    /// <summary>Price ≤ discounted intrinsic value: no implied volatility exists.</summary>
    BelowIntrinsic = 5,

    /// <summary>Out-of-the-money premium ≥ D·min(F, K): no finite implied volatility exists.</summary>
    AboveMax = 6,

    /// <summary>One rounding of the price moves w by more than 1e-6 relative.</summary>
    IllConditioned = 7,

    /// <summary>Source gap, halt, or silence of the whole underlying.</summary>
    Stale = 8,

    /// <summary>No quote.</summary>
    Missing = 9,

    /// <summary>Non-finite, negative, or zero where that is forbidden.</summary>
    Invalid = 10,

    /// <summary>At or past the settlement instant.</summary>
    Expired = 11,

    /// <summary>In the last 60 s before settlement: w is frozen.</summary>
    Pin = 12,
}
