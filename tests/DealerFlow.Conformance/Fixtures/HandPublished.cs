using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>A feed that a test publishes itself: a real snapshot, changed as the test likes.</summary>
internal sealed class HandPublished : IDisposable
{
    private readonly byte[] _section;
    private readonly FeedPublisher _feed;
    private ulong _sequence;

    /// <param name="room">Whose feed directory it lies in.</param>
    /// <param name="section">A market section; see <see cref="SectionOf"/>.</param>
    /// <param name="name">Name of the feed.</param>
    public HandPublished(Workspace room, byte[] section, string name = "default")
    {
        _section = [.. section];
        ref readonly MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(section);
        _sequence = head.EventSequence;
        _feed = FeedPublisher.Create(room.FeedDirectory, name, (int)head.StrikeCount, (int)head.ExpiryCount);
    }

    public delegate void Change(ref MarketSection head);

    public ulong PublishNumber => _feed.PublishNumber;

    /// <summary>The market section of the last snapshot of a tape's replay.</summary>
    public static byte[] SectionOf(string tape)
    {
        using var room = new Workspace();
        room.Run("replay", tape).Succeeded();
        using FeedSubscriber feed = FeedSubscriber.Open(room.FeedDirectory, "default");
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        return snapshot.MarketBytes.ToArray();
    }

    /// <summary>Publishes the section, changed; what was changed before stays changed.</summary>
    public void Publish(Change? change = null)
    {
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(_section.AsSpan());
        head.EventSequence = ++_sequence;
        change?.Invoke(ref head);
        _feed.Publish(_section, new RuntimeSection { Ledger = new Ledger { In = _sequence, Applied = _sequence }, TicksPerSecond = 1000 });
    }

    /// <summary>Publishes one snapshot at an event time, with that price of the underlying.</summary>
    public void Publish(long nanos, double spot) => Publish((ref MarketSection head) => (head.MarkTimeNanos, head.EventTimeNanos, head.Spot) = (nanos, nanos, spot));

    public void Close() => _feed.Close();

    public void Dispose() => _feed.Dispose();
}
