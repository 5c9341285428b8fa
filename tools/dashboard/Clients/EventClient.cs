using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace DealerFlow.Dashboard;

/// <summary>
/// One stream of events with bounded queues of its own. A client that is slower than the feed gets the newest snapshots and is told how many
/// it did not get; one that takes nothing any more is let go.
/// </summary>
internal sealed class EventClient
{
    private const int SnapshotCapacity = 4;
    private const int NoticeCapacity = 64;

    private readonly Channel<ReadOnlyMemory<byte>> _snapshots;
    private readonly Channel<ReadOnlyMemory<byte>> _notices;
    private readonly Action _abort;
    private long _writingSince;
    private long _conflated;
    private long _unread;
    private int _isLetGo;

    /// <param name="abort">Cuts the connection.</param>
    /// <param name="onConflated">Called for every event that is left out.</param>
    public EventClient(Action abort, Action onConflated)
    {
        _abort = abort;
        _snapshots = Bounded(SnapshotCapacity);
        _notices = Bounded(NoticeCapacity);

        Channel<ReadOnlyMemory<byte>> Bounded(int capacity) => Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = false },
            _ =>
            {
                Interlocked.Increment(ref _conflated);
                Interlocked.Increment(ref _unread);
                onConflated();
            });
    }

    /// <summary>Events that this client did not get.</summary>
    public long Conflated => Interlocked.Read(ref _conflated);

    public void Show(ReadOnlyMemory<byte> snapshot) => _snapshots.Writer.TryWrite(snapshot);

    public void Tell(ReadOnlyMemory<byte> notice) => _notices.Writer.TryWrite(notice);

    /// <summary>True when a write has been waiting for the client for longer than that.</summary>
    public bool IsStuck(TimeSpan limit)
    {
        long since = Volatile.Read(ref _writingSince);      // one word: nothing else is read under it
        return since != 0 && Stopwatch.GetElapsedTime(since) > limit;
    }

    /// <summary>Cuts the connection, once.</summary>
    public bool TryLetGo()
    {
        if (Interlocked.Exchange(ref _isLetGo, 1) != 0) return false;
        _abort();
        return true;
    }

    /// <summary>Writes events until the client leaves or the server stops.</summary>
    public async Task RunAsync(PipeWriter output, CancellationToken stop)
    {
        Task<bool>? news = null, next = null;
        while (!stop.IsCancellationRequested)
        {
            while (_notices.Reader.TryRead(out ReadOnlyMemory<byte> notice)) await WriteAsync(output, notice, stop);
            long lost = Interlocked.Exchange(ref _unread, 0);
            if (lost > 0) await WriteAsync(output, Events.Conflated(lost), stop);
            if (_snapshots.Reader.TryRead(out ReadOnlyMemory<byte> snapshot))
            {
                await WriteAsync(output, snapshot, stop);
                continue;
            }
            // A wait that has not come to its end goes on, so that none heaps up on another.
            news ??= _notices.Reader.WaitToReadAsync(stop).AsTask();
            next ??= _snapshots.Reader.WaitToReadAsync(stop).AsTask();
            await await Task.WhenAny(news, next);
            if (news.IsCompleted) news = null;
            if (next.IsCompleted) next = null;
        }
    }

    private async ValueTask WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        Volatile.Write(ref _writingSince, Stopwatch.GetTimestamp());        // one word, for the watch that looks whether it gets old
        FlushResult result = await output.WriteAsync(bytes, stop);
        Volatile.Write(ref _writingSince, 0);
        if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException(stop);
    }
}
