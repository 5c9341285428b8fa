using System.IO.Hashing;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// Takes every snapshot of a run: hashes its market section, hands it to the feed, and keeps the last one for whoever asks.
/// </summary>
internal sealed class SnapshotCollector(FeedPublisher? feed, Func<double> ticksPerSecond)
{
    private readonly XxHash128 _hash = new();
    private readonly Lock _gate = new();
    private byte[] _last = [];
    private int _lastLength;
    private Ledger _ledger;

    /// <summary>Snapshots so far.</summary>
    public long Count { get; private set; }

    /// <summary>Hash over the market sections of all snapshots, in order.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger)
    {
        _hash.Append(marketSection);
        feed?.Publish(marketSection, in ledger, ticksPerSecond());
        lock (_gate)
        {
            if (_last.Length < marketSection.Length) _last = new byte[marketSection.Length + (marketSection.Length / 2)];
            marketSection.CopyTo(_last);
            _lastLength = marketSection.Length;
            _ledger = ledger;
            Count++;
        }
    }

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => feed?.Heartbeat(eventSequence, eventTimeNanos);

    /// <summary>Copies the last snapshot; false before the first.</summary>
    public bool TryCopyLast(ref byte[] bytes, out int length, out Ledger ledger)
    {
        lock (_gate)
        {
            length = _lastLength;
            ledger = _ledger;
            if (length == 0) return false;
            if (bytes.Length < length) bytes = new byte[_last.Length];
            _last.AsSpan(0, length).CopyTo(bytes);
            return true;
        }
    }
}

/// <summary>The struct that the engine calls.</summary>
internal readonly struct CollectorSink(SnapshotCollector collector) : ISnapshotSink
{
    public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => collector.Publish(marketSection, in ledger);

    public void Heartbeat(ulong eventSequence, long eventTimeNanos) => collector.Heartbeat(eventSequence, eventTimeNanos);
}
