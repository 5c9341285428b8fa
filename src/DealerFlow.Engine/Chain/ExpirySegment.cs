using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// One expiry (root, date, settlement instant): its place in the node table and its terms at the mark in force.
/// Nodes <see cref="Start"/> to <see cref="End"/> (exclusive) ascend by strike; padding up to <see cref="PaddedEnd"/> has no weight.
/// </summary>
internal sealed class ExpirySegment
{
    public required Ascii8 Root { get; init; }
    public required int ExpiryDate { get; init; }
    public required SettlementKind Settlement { get; init; }
    public required ExerciseKind Exercise { get; init; }

    /// <summary>Its place in <see cref="NodeTable.Segments"/>.</summary>
    public required int Index { get; init; }

    public required int Start { get; init; }

    /// <summary>Nodes that there is room for: strikes may be listed during the session.</summary>
    public required int Capacity { get; init; }

    public int Count;

    /// <summary>Moves when the exchange reschedules the settlement.</summary>
    public long SettlementNanos { get; private set; }

    /// <summary>The settlement that the last definition named: in force from the next mark on.</summary>
    public long AnnouncedSettlementNanos;

    /// <summary>Midnight, New York, before the settlement instant: from here on the expiry is 0DTE.</summary>
    public long DayStartNanos { get; private set; }

    /// <summary>It is one of the standard monthly expiries.</summary>
    public required bool IsMonthly { get; init; }

    public int End => Start + Count;
    public int PaddedEnd => Start + PaddedCount;
    public int PaddedCount => (Count + 7) & ~7;

    // Terms at the mark in force.
    public double Years;
    public double Forward;
    public double LogForward;
    public double Discount;
    public ForwardSource ForwardSource;
    public bool IsExpired;
    public bool IsPinned;
    public bool IsZeroDte;

    // Parity: F/S of the last fit, held until the next.
    public double ForwardOverSpot;
    public long LastFitNanos = long.MinValue;

    /// <summary>F/S of the last fit against a quoted spot: what an unquoted spot is inferred with. 0 before any.</summary>
    public double QuotedForwardOverSpot;

    /// <summary>Premiums of early exercise are known for its nodes, and quotes are read without them.</summary>
    public bool HasExercisePremiums;

    // Smile: who has a w of its own.
    public int Good;
    public int Held;
    public int Interpolated;
    public bool AnchorsChanged;
    public long NextHoldEndNanos = long.MaxValue;

    // Nodes in [SideCheckLow, SideCheckHigh) may stand on the side that is no longer out of the money.
    public int SideCheckLow;
    public int SideCheckHigh;

    // Kept until open interest changes: the sum over calls and puts, and the strike with the least payout, 0 without open interest.
    public long OpenInterest;
    public double MaxPain;
    public bool HasNewOpenInterest = true;

    /// <summary>The source has moved the settlement during the session.</summary>
    public bool IsRescheduledBySource;

    /// <summary>Settles at another instant from now on.</summary>
    public void Settle(long settlementNanos)
    {
        SettlementNanos = AnnouncedSettlementNanos = settlementNanos;
        DayStartNanos = NewYorkTime.ToUnixNanos(NewYorkTime.DateOf(settlementNanos), TimeOnly.MinValue);
    }

    /// <summary>Another object with the same place and terms.</summary>
    public ExpirySegment Clone() => (ExpirySegment)MemberwiseClone();

    /// <summary>Takes over the terms of the mark in force, and how much of the smile is known.</summary>
    public void CopyTerms(ExpirySegment other)
    {
        (Count, SettlementNanos, DayStartNanos) = (other.Count, other.SettlementNanos, other.DayStartNanos);
        (Years, Forward, LogForward, Discount, ForwardSource) = (other.Years, other.Forward, other.LogForward, other.Discount, other.ForwardSource);
        (IsExpired, IsPinned, IsZeroDte) = (other.IsExpired, other.IsPinned, other.IsZeroDte);
        (Good, Held, Interpolated) = (other.Good, other.Held, other.Interpolated);
    }

    /// <summary>At least one node has a w of its own, so every node has a w.</summary>
    public bool IsPriced => !IsExpired && ForwardSource != ForwardSource.None && Good + Held > 0;
}
