using System.Runtime.ExceptionServices;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The pipeline: source → ring → calculation (chain, kernels, book, levels) → sink. Two threads: ingest fills the ring, the caller's thread
/// calculates. Of several <see cref="Shards"/> each further one has a thread of its own, and so has a tap, such as a recorder: all read the
/// same ring. Start here; <see cref="CalculationLoop{TSink, TWait}"/> takes ticks out of the ring, <see cref="Calculation"/> is what happens to them.
/// </summary>
/// <typeparam name="TSource">Where ticks come from.</typeparam>
/// <typeparam name="TSink">Where snapshots go.</typeparam>
/// <typeparam name="TWait">What the calculation does while there is nothing to calculate.</typeparam>
public class StreamEngine<TSource, TSink, TWait> : IDisposable
    where TSource : struct, ITickSource
    where TSink : struct, ISnapshotSink
    where TWait : struct, IWaitStrategy
{
    private const int IngestBatch = 1024;

    private readonly TickRing<Tick> _ring;
    private readonly Shards _shards;
    private readonly CalculationLoop<TSink, TWait>[] _loops;
    private TSource _source;         // not readonly: a struct policy must not be copied on every call
    private readonly ITickTap? _tap;
    private readonly LiveIngest? _live;          // null: lossless
    private readonly ArrivalTimes? _arrivals;    // null: nobody measures
    private readonly VenueTable _venues = new();
    private readonly Lock _controlGate = new();
    private Exception? _ingestFailure, _tapFailure, _shardFailure;
    private long _sourceBusy, _sourceWaits;      // written by ingest, read after it has been joined
    private int _stop;               // ask the source for nothing more; what is in the ring is still calculated
    private int _isAbandoned;        // and nobody will make room in the ring again

    /// <param name="calculation">What happens to a tick.</param>
    /// <param name="source">Where ticks come from; read on the ingest thread.</param>
    /// <param name="sink">Where snapshots go; called on the thread of <see cref="Run"/>.</param>
    /// <param name="ringCapacity">Records between the two threads: a power of two.</param>
    /// <param name="tap">Sees every tick as well; null = nobody does.</param>
    /// <param name="overload">What becomes of ticks while the ring is full; null = the source is held back, and nothing is ever lost.</param>
    /// <param name="clock">Monotonic nanoseconds, to measure how long messages take from the ring into the numbers; null = nobody measures.</param>
    public StreamEngine(
        Calculation calculation, TSource source, TSink sink, int ringCapacity, ITickTap? tap = null, OverloadOptions? overload = null, Func<long>? clock = null)
        : this(new Shards(calculation), source, [sink], ringCapacity, tap, overload, clock)
    {
    }

    /// <param name="shards">What happens to a tick.</param>
    /// <param name="source">Where ticks come from; read on the ingest thread.</param>
    /// <param name="sinks">Where the snapshots of each shard go; called on its thread.</param>
    /// <param name="ringCapacity">Records between ingest and the other threads: a power of two.</param>
    /// <param name="tap">Sees every tick as well; null = nobody does.</param>
    /// <param name="overload">What becomes of ticks while the ring is full; null = the source is held back, and nothing is ever lost.</param>
    /// <param name="clock">Monotonic nanoseconds, to measure how long messages take from the ring into the numbers; null = nobody measures.</param>
    public StreamEngine(
        Shards shards, TSource source, ReadOnlySpan<TSink> sinks, int ringCapacity, ITickTap? tap = null, OverloadOptions? overload = null,
        Func<long>? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sinks.Length, shards.Calculations.Count);
        _shards = shards;
        _source = source;
        _tap = tap;
        _ring = new TickRing<Tick>(ringCapacity, consumers: sinks.Length + (tap is null ? 0 : 1));
        _arrivals = clock is null ? null : new ArrivalTimes(ringCapacity, sinks.Length, clock);
        _live = overload is null ? null : new LiveIngest(_ring, shards, overload, _arrivals);
        _loops = new CalculationLoop<TSink, TWait>[sinks.Length];
        for (int i = 0; i < _loops.Length; i++) _loops[i] = new(_ring, i, _live, _arrivals, shards.Calculations[i], sinks[i]);
    }

    /// <summary>Cores that threads keep to: the first is that of ingest, then one for each calculation; -1, or none, is any.</summary>
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>Bytes that the calculations allocated after their warm-up; the aim is 0.</summary>
    public long AllocatedBytesAfterWarmUp => _loops.Sum(loop => loop.AllocatedBytesAfterWarmUp);

    /// <summary>Messages calculated after the warm-up.</summary>
    public ulong TicksAfterWarmUp => _loops[0].TicksAfterWarmUp;

    /// <summary>Where the time of the calculations and of the source went. Whole once <see cref="Run"/> has returned.</summary>
    public StageTimes Times => _shards.Times with { Idle = _loops.Sum(loop => loop.Idle), Source = _sourceBusy, SourceWait = _sourceWaits };

    /// <summary>Messages in the ring. Any thread.</summary>
    public long Queued => _ring.Cursor - _ring.SlowestReleased;

    /// <summary>How a live stream stands that comes faster than it is calculated. Any thread.</summary>
    public OverloadStatus Overload => _live?.Status ?? default;

    /// <summary>What came from each venue so far. Any thread; exact once <see cref="Run"/> has returned.</summary>
    public IReadOnlyList<VenueQuotes> Venues => _venues.Read();

    /// <summary>Where every message went: the ledgers of all calculations together. Exact once <see cref="Run"/> has returned.</summary>
    public Ledger Ledger
    {
        get
        {
            Ledger total = _loops[0].Ledger;
            for (int i = 1; i < _loops.Length; i++) total += _loops[i].Ledger;
            return total;
        }
    }

    /// <summary>
    /// Runs until the source ends or <paramref name="stop"/> is set; either way the ring is drained and the last snapshots
    /// leave. A source's or a tap's exception is thrown again here, after everything that came before it was calculated. An exception
    /// of a calculation or a sink ends the run at once; the other threads are gone when this method returns, either way.
    /// </summary>
    public void Run(CancellationToken stop)
    {
        using CancellationTokenRegistration registration = stop.Register(() => Volatile.Write(ref _stop, 1));
        List<Thread> others = [Start("ingest", Ingest)];
        if (_tap is not null) others.Add(Start("tap", Tap));
        for (int i = 1; i < _loops.Length; i++)
        {
            int shard = i;
            others.Add(Start($"calculation {shard}", () => CalculateBeside(shard)));
        }
        try
        {
            Calculate(0);
        }
        catch
        {
            Abandon();
            throw;
        }
        finally
        {
            foreach (Thread other in others) other.Join();
        }
        if ((_shardFailure ?? _ingestFailure ?? _tapFailure) is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>
    /// Has something done to every calculation on its own thread, between two ticks: other positions, another calendar, another model. Any
    /// thread. Where in the stream it takes effect depends on the moment, so a replay of what was recorded does not repeat it.
    /// </summary>
    /// <returns>False: too many wait already.</returns>
    public bool TryControl(Action<Calculation> command)
    {
        lock (_controlGate)
        {
            if (!Array.TrueForAll(_loops, loop => loop.HasRoomForCommand)) return false;
            foreach (CalculationLoop<TSink, TWait> loop in _loops) loop.Post(command);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ring.Dispose();
        _arrivals?.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Thread Start(string name, ThreadStart run)
    {
        var thread = new Thread(run) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Calculate(int shard)
    {
        using CoreAffinity core = Pin(1 + shard);
        _loops[shard].Run(ref _isAbandoned);
        if (Volatile.Read(ref _isAbandoned) == 0) _loops[shard].Finish();
    }

    private void CalculateBeside(int shard)
    {
        try
        {
            Calculate(shard);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Interlocked.CompareExchange(ref _shardFailure, failure, null);
            Abandon();
        }
    }

    /// <summary>After a failure nobody empties the ring any more: no thread must wait for room, or outlive the ring.</summary>
    private void Abandon()
    {
        Volatile.Write(ref _stop, 1);
        Volatile.Write(ref _isAbandoned, 1);
        Signal();
    }

    private CoreAffinity Pin(int thread) => thread < Cores.Count && Cores[thread] >= 0 ? new CoreAffinity(Cores[thread]) : CoreAffinity.None;

    private void Signal()
    {
        foreach (CalculationLoop<TSink, TWait> loop in _loops) loop.Signal();
    }

    private void Ingest()
    {
        try
        {
            using CoreAffinity core = Pin(0);
            while (Volatile.Read(ref _stop) == 0)
            {
                Span<Tick> room = _live is null ? _ring.Claim(IngestBatch) : _live.Claim(IngestBatch);
                if (room.IsEmpty && !TryWaitForRoom(out room)) return;
                long since = StageNow();
                int count = _source.Read(room);
                _sourceBusy += StageNow() - since;
                if (count == 0) break;
                if (count > room.Length) Throw.MoreThanThereWasRoomFor(count, room.Length);
                // Nothing for the moment: what waits goes on all the same.
                if (count < 0) count = 0;
                _venues.Count(room[..count]);
                if (_live is not null)
                {
                    _live.Publish(count);
                }
                else
                {
                    if (count > 0) _arrivals?.Note(_ring.Cursor + count);
                    _ring.Publish(count);
                }
                if (count > 0) Signal();
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _ingestFailure = failure;
        }
        finally
        {
            DrainWaiting();
            _ring.Complete();
            Signal();
        }
    }

    private long StageNow() => _shards.First.StageNow();

    /// <summary>What still waits when the source has ended or failed is lost to nobody: the end of a stream is in no hurry.</summary>
    private void DrainWaiting()
    {
        for (int idleRounds = 0; _live is { HasWaiting: true } && Volatile.Read(ref _isAbandoned) == 0;)
        {
            if (_live.TryDrain()) idleRounds = 0;
            else SleepingWait.ForRoom(idleRounds++);
            Signal();
        }
    }

    /// <summary>Lossless: a full ring holds the source back. False when nobody will make room again.</summary>
    private bool TryWaitForRoom(out Span<Tick> room)
    {
        long since = StageNow();
        int idleRounds = 0;
        do
        {
            room = default;
            if (Volatile.Read(ref _isAbandoned) != 0) return false;
            SleepingWait.ForRoom(idleRounds++);
            room = _ring.Claim(IngestBatch);
        }
        while (room.IsEmpty);
        _sourceWaits += StageNow() - since;
        return true;
    }

    /// <summary>Hands every tick to the tap; after its failure the ring is emptied all the same, so that the stream goes on.</summary>
    private void Tap()
    {
        int consumer = _loops.Length, idleRounds = 0;
        SleepingWait wait = default;
        while (true)
        {
            // Asked before the ring is looked at: what was published before the completion is then still seen.
            bool isLast = _ring.IsCompleted;
            ReadOnlySpan<Tick> ticks = _ring.Available(consumer);
            if (ticks.IsEmpty)
            {
                if (isLast) return;
                wait.Wait(idleRounds++);
                continue;
            }
            idleRounds = 0;
            try
            {
                if (_tapFailure is null) _tap!.Take(ticks);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                _tapFailure = failure;
            }
            _ring.Release(consumer, ticks.Length);
        }
    }

    private static class Throw
    {
        public static void MoreThanThereWasRoomFor(int count, int room) => throw new InvalidOperationException(
            $"The tick source says that it wrote {count} ticks into room for {room}; a source returns the length of the prefix it filled.");
    }
}

/// <summary>The engine as it suits a laptop with two cores and more threads: while there is nothing to calculate it sleeps.</summary>
/// <inheritdoc/>
public sealed class StreamEngine<TSource, TSink> : StreamEngine<TSource, TSink, SleepingWait>
    where TSource : struct, ITickSource
    where TSink : struct, ISnapshotSink
{
    /// <inheritdoc/>
    public StreamEngine(
        Calculation calculation, TSource source, TSink sink, int ringCapacity, ITickTap? tap = null, OverloadOptions? overload = null, Func<long>? clock = null)
        : base(calculation, source, sink, ringCapacity, tap, overload, clock)
    {
    }

    /// <inheritdoc/>
    public StreamEngine(
        Shards shards, TSource source, ReadOnlySpan<TSink> sinks, int ringCapacity, ITickTap? tap = null, OverloadOptions? overload = null,
        Func<long>? clock = null)
        : base(shards, source, sinks, ringCapacity, tap, overload, clock)
    {
    }
}
