using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Feed;

/// <summary>
/// Holds the last good copy of a snapshot for one reader, who keeps it and hands it to every read. A read that fails changes
/// nothing. What the properties show is valid until the next read that returns <see cref="SnapshotReadStatus.Ok"/>.
/// </summary>
public sealed class SnapshotBuffer
{
    // The copy under way goes into the spare page, so that the shown one survives a failed read.
    private byte[] _shown;
    private byte[] _spare;
    private int _marketBytes;

    /// <summary>
    /// Room for snapshots with so many rows; <see cref="FeedSubscriber.CreateBuffer"/> knows how many a feed has.
    /// </summary>
    public SnapshotBuffer(int strikeCapacity, int expiryCapacity)
    {
        int capacity = new FeedGeometry(strikeCapacity, expiryCapacity, FeedGeometry.MinSlots).PayloadCapacity;
        _shown = new byte[capacity];
        _spare = new byte[capacity];
    }

    /// <summary>True once a read has succeeded.</summary>
    public bool HasSnapshot => _marketBytes != 0;

    /// <summary>The market section: head, strikes, expiries.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been read yet.</exception>
    public MarketView Market
    {
        get
        {
            if (!MarketView.TryOpen(MarketBytes, out MarketView view)) Throw.Empty();
            return view;
        }
    }

    /// <summary>Numbers, clocks and ledger of the run.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been read yet.</exception>
    public ref readonly RuntimeSection Runtime
    {
        get
        {
            if (!HasSnapshot) Throw.Empty();
            return ref MemoryMarshal.AsRef<RuntimeSection>(_shown.AsSpan(_marketBytes, RuntimeSection.SizeInBytes));
        }
    }

    /// <summary>The bytes of the market section, the same in every replay of a tape; empty before the first read.</summary>
    public ReadOnlySpan<byte> MarketBytes => _shown.AsSpan(0, _marketBytes);

    internal int Capacity => _shown.Length;

    internal Span<byte> Spare => _spare;

    /// <summary>Shows what has been copied into <see cref="Spare"/>.</summary>
    internal void ShowSpare(int marketBytes)
    {
        (_shown, _spare) = (_spare, _shown);
        _marketBytes = marketBytes;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void Empty() => throw new InvalidOperationException("The buffer holds no snapshot yet: ask HasSnapshot, or read first.");
    }
}
