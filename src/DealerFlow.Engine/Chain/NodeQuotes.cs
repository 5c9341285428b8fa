using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// All that a quote meets of its node, side by side: in a market of a million contracts every cache line that a message touches is fetched
/// from afar, so it touches one.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct NodeQuotes
{
    private SideQuotes _sides;

    /// <summary>When the quote of the side that is read last changed.</summary>
    public long ChangedNanos;

    /// <summary>The node's w is that of its call.</summary>
    public bool IsCallSide;

    /// <summary>It is among the <see cref="TouchedQuotes"/>.</summary>
    public bool IsTouched;

    /// <summary>It is among the <see cref="ChangedQuotes"/> …</summary>
    public bool IsListed;

    /// <summary>… with a change of the side that is read.</summary>
    public bool IsListedAsRead;

    /// <summary>Its expiry.</summary>
    public ushort Segment;

    /// <summary>The stored quote of a side.</summary>
    [UnscopedRef]
    public ref SideQuote this[ContractRole side] => ref _sides[(int)side - (int)ContractRole.Call];

    /// <summary>Takes the prices of a national best quote; false when they are what is stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryChange(ContractRole role, in Tick tick, long nowNanos, out bool isRead)
    {
        ref SideQuote quote = ref this[role];
        isRead = IsCallSide == (role == ContractRole.Call);
        // Only a message that moves the national best price can move a node. Either price alone is a coin's toss, both together are not.
        if (((quote.Bid ^ tick.Bid) | (quote.Ask ^ tick.Ask)) == 0) return false;
        quote.Bid = tick.Bid;
        quote.Ask = tick.Ask;
        // The same toss decides whether the node reads this side: a mask costs less than a branch that is wrong every other time.
        ChangedNanos ^= (ChangedNanos ^ nowNanos) & -(long)Unsafe.BitCast<bool, byte>(isRead);
        return true;
    }

    [InlineArray(2)]
    private struct SideQuotes
    {
        private SideQuote _call;
    }
}

/// <summary>What bid and ask of an accepted quote are inverted from, once somebody asks for them; nearly nobody does.</summary>
internal struct QuoteSides
{
    /// <summary>|ln(K/F)| when the quote was read.</summary>
    public double LogMoneyness;

    /// <summary>Undiscounted premium / min(F, K).</summary>
    public double Bid;

    /// <summary>Likewise.</summary>
    public double Ask;

    /// <summary>They have not been inverted yet.</summary>
    public bool ArePending;
}

/// <summary>Bid and ask in the contract's price scale.</summary>
internal struct SideQuote
{
    public int Bid;
    public int Ask;
}
