using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Benchmarks;

/// <summary>
/// One snapshot into shared memory, checksum included, and out again. A regression here delays every level that a desk sees.
/// The baseline is a plain copy of the same bytes.
/// </summary>
[MemoryDiagnoser, HideColumns("Error", "StdDev", "RatioSD")]
public class FeedPublisherBench
{
    // As many rows as the sample tape has.
    private const int Strikes = 221;
    private const int Expiries = 27;

    private readonly byte[] _section = new byte[MarketView.SizeOf(Strikes, Expiries)];
    private readonly byte[] _copy = new byte[MarketView.SizeOf(Strikes, Expiries)];
    private readonly string _directory = Directory.CreateTempSubdirectory("dealerflow-bench-").FullName;
    private FeedPublisher _publisher = null!;
    private FeedSubscriber _subscriber = null!;
    private SnapshotBuffer _buffer = null!;
    private HeadlineSection _headline = new() { EventSequence = 1 };
    private ulong _events;

    [GlobalSetup]
    public void Open()
    {
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(_section.AsSpan());
        head.StrikeCount = Strikes;
        head.ExpiryCount = Expiries;
        _publisher = FeedPublisher.Create(_directory, "bench", Strikes, Expiries);
        _publisher.Publish(_section, default);
        _subscriber = FeedSubscriber.Open(_directory, "bench");
        _buffer = _subscriber.CreateBuffer();
        PublishHeadline();
    }

    [GlobalCleanup]
    public void Close()
    {
        _subscriber.Dispose();
        _publisher.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _section.CopyTo(_copy, 0);

    [Benchmark]
    public void Publish() => _publisher.Publish(_section, default);

    [Benchmark]
    public SnapshotReadStatus TryRead() => _subscriber.TryRead(_buffer);

    [Benchmark]
    public void PublishHeadline() => _publisher.PublishHeadline(in _headline, default);

    [Benchmark]
    public SnapshotReadStatus TryReadHeadline() => _subscriber.TryReadHeadline(out _, out _);

    [Benchmark]
    public void Heartbeat() => _publisher.Heartbeat(++_events, 1);
}
