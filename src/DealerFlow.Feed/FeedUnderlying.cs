using DealerFlow.Wire;

namespace DealerFlow.Feed;

/// <summary>What a feed keeps room for: an underlying, or several of them as one.</summary>
public readonly struct FeedUnderlying
{
    /// <summary>Room for snapshots with so many rows; throws when a count is out of range.</summary>
    /// <param name="symbol">What it is called; zeros only in a feed of one.</param>
    /// <param name="strikeCapacity">Most strike rows of a snapshot.</param>
    /// <param name="expiryCapacity">Most expiry rows of a snapshot.</param>
    /// <param name="kind">Whether it is an underlying or several as one.</param>
    /// <param name="slots">Snapshots kept in turn, 4 or more.</param>
    public FeedUnderlying(
        Ascii8 symbol, int strikeCapacity, int expiryCapacity, FeedEntryKind kind = FeedEntryKind.Underlying, int slots = FeedGeometry.MinSlots)
    {
        Symbol = symbol;
        Kind = kind;
        Geometry = new FeedGeometry(strikeCapacity, expiryCapacity, slots);
    }

    internal FeedUnderlying(in FeedEntry entry, FeedGeometry geometry) => (Symbol, Kind, Geometry) = (entry.Symbol, entry.Kind, geometry);

    /// <summary>What it is called.</summary>
    public Ascii8 Symbol { get; }

    /// <summary>Whether it is an underlying or several as one.</summary>
    public FeedEntryKind Kind { get; }

    /// <summary>Rows and slots that there is room for.</summary>
    public FeedGeometry Geometry { get; }
}
