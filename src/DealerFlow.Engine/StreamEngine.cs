using System.Threading.Channels;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The pipeline: source → ring → calculation (chain, kernels, book, levels) → sink. Two threads: ingest fills the ring,
/// the caller's thread calculates; a tap, such as a recorder, reads the same ring on a third. Start here; <see cref="Calculation"/> is what happens to a tick.
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
    private const int TapConsumer = 1;
    private const int ControlCapacity = 16;

    private readonly TickRing<Tick> _ring;
    private readonly Calculation _calculation;
    private TSource _source;         // not readonly: a struct policy must not be copied on every call
    private RingLedgerSink _sink;    // likewise
    private readonly TWait _wait = new();
    private readonly ITickTap? _tap;
    private readonly LiveIngest? _live;          // null: lossless
    private readonly Channel<Action<Calculation>> _control = Channel.CreateBounded<Action<Calculation>>(ControlCapacity);
    private Exception? _ingestFailure;
    private Exception? _tapFailure;
    private long _idle;                          // written by the calculation
    private long _sourceBusy, _sourceWaits;      // written by ingest, read after it has been joined
    private int _stop;               // ask the source for nothing more; what is in the ring is still calculated
    private int _isAbandoned;        // and nobody will make room in the ring again

    /// <param name="calculation">What happens to a tick.</param>
    /// <param name="source">Where ticks come from; read on the ingest thread.</param>
    /// <param name="sink">Where snapshots go; called on the thread of <see cref="Run"/>.</param>
    /// <param name="ringCapacity">Records between the two threads: a power of two.</param>
    /// <param name="tap">Sees every tick as well; null = nobody does.</param>
    /// <param name="overload">What becomes of ticks while the ring is full; null = the source is held back, and nothing is ever lost.</param>
    public StreamEngine(Calculation calculation, TSource source, TSink sink, int ringCapacity, ITickTap? tap = null, OverloadOptions? overload = null)
    {
        _calculation = calculation;
        _source = source;
        _tap = tap;
        _ring = new TickRing<Tick>(ringCapacity, consumers: tap is null ? 1 : 2);
        _live = overload is null ? null : new LiveIngest(_ring, calculation, overload);
        _sink = new RingLedgerSink(_ring, _live, calculation, sink);
    }

    /// <summary>Bytes that the calculation allocated after its warm-up; the aim is 0.</summary>
    public long AllocatedBytesAfterWarmUp { get; private set; }

    /// <summary>Messages calculated after the warm-up.</summary>
    public ulong TicksAfterWarmUp { get; private set; }

    /// <summary>Where the time of the calculation and of the source went. Whole once <see cref="Run"/> has returned.</summary>
    public StageTimes Times => _calculation.Times with { Idle = _idle, Source = _sourceBusy, SourceWait = _sourceWaits };

    /// <summary>Messages in the ring. Any thread.</summary>
    public long Queued => _ring.Cursor - _ring.Released;

    /// <summary>How a live stream stands that comes faster than it is calculated. Any thread.</summary>
    public OverloadStatus Overload => _live?.Status ?? default;

    /// <summary>Where every message went. Exact once <see cref="Run"/> has returned.</summary>
    public Ledger Ledger => _sink.Complete(in _calculation.Ledger);

    /// <summary>
    /// Runs until the source ends or <paramref name="stop"/> is set; either way the ring is drained and the last snapshot
    /// leaves. A source's or a tap's exception is thrown again here, after everything that came before it was calculated. An exception
    /// of the calculation or the sink ends the run at once; the other threads are gone when this method returns, either way.
    /// </summary>
    public void Run(CancellationToken stop)
    {
        using CancellationTokenRegistration registration = stop.Register(() => Volatile.Write(ref _stop, 1));
        var ingest = new Thread(Ingest) { Name = "ingest", IsBackground = true };
        ingest.Start();
        Thread? tap = _tap is null ? null : new Thread(Tap) { Name = "tap", IsBackground = true };
        tap?.Start();
        try
        {
            Calculate();
        }
        finally
        {
            // After a failure nobody empties the ring any more: the other threads must neither wait for room nor outlive the ring.
            Volatile.Write(ref _stop, 1);
            Volatile.Write(ref _isAbandoned, 1);
            ingest.Join();
            tap?.Join();
        }
        _calculation.Finish(ref _sink);
        if ((_ingestFailure ?? _tapFailure) is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>
    /// Has something done to the calculation on its own thread, between two ticks: other positions, another calendar, another model. Any
    /// thread. Where in the stream it takes effect depends on the moment, so a replay of what was recorded does not repeat it.
    /// </summary>
    /// <returns>False: too many wait already.</returns>
    public bool TryControl(Action<Calculation> command) => _control.Writer.TryWrite(command);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ring.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Calculate()
    {
        int idleRounds = 0;
        var warmUp = new WarmUp();
        while (true)
        {
            // Looked at before the ring: whatever was published before completion is then seen below.
            bool isLast = _ring.IsCompleted;
            while (_control.Reader.TryRead(out Action<Calculation>? command)) command(_calculation);
            ReadOnlySpan<Tick> ticks = _ring.Available();
            if (!ticks.IsEmpty)
            {
                if (_live is not null && _live.IsDegraded != _calculation.IsDegraded) _calculation.IsDegraded = _live.IsDegraded;
                _calculation.Apply(ticks, ref _sink);
                if (_calculation.PublishesPerSpan) _calculation.PublishHeadlines(ref _sink);
                _ring.Release(ticks.Length);
                warmUp.Observe(_calculation.Sequence);
                idleRounds = 0;
                _sink.Heartbeat(_calculation.Sequence, _calculation.EventTimeNanos);
            }
            else if (isLast)
            {
                break;
            }
            else
            {
                long since = _calculation.StageNow();
                _wait.Wait(idleRounds++);
                _sink.Heartbeat(_calculation.Sequence, _calculation.EventTimeNanos);
                _idle += _calculation.StageNow() - since;
            }
        }
        _calculation.IsDegraded = false;
        (AllocatedBytesAfterWarmUp, TicksAfterWarmUp) = warmUp.Measure(_calculation.Sequence);
    }

    private void Ingest()
    {
        try
        {
            while (Volatile.Read(ref _stop) == 0)
            {
                Span<Tick> room = _live is null ? _ring.Claim(IngestBatch) : _live.Claim(IngestBatch);
                if (room.IsEmpty && !TryWaitForRoom(out room)) return;
                long since = _calculation.StageNow();
                int count = _source.Read(room);
                _sourceBusy += _calculation.StageNow() - since;
                if (count == 0) break;
                if (count > room.Length) Throw.MoreThanThereWasRoomFor(count, room.Length);
                // Nothing for the moment: what waits goes on all the same.
                if (count < 0) count = 0;
                if (_live is null) _ring.Publish(count);
                else _live.Publish(count);
                if (count > 0) _wait.Signal();
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
            _wait.Signal();
        }
    }

    /// <summary>What still waits when the source has ended or failed is lost to nobody: the end of a stream is in no hurry.</summary>
    private void DrainWaiting()
    {
        for (int idleRounds = 0; _live is { HasWaiting: true } && Volatile.Read(ref _isAbandoned) == 0;)
        {
            if (_live.TryDrain()) idleRounds = 0;
            else SleepingWait.ForRoom(idleRounds++);
            _wait.Signal();
        }
    }

    /// <summary>Lossless: a full ring holds the source back. False when nobody will make room again.</summary>
    private bool TryWaitForRoom(out Span<Tick> room)
    {
        long since = _calculation.StageNow();
        int idleRounds = 0;
        do
        {
            room = default;
            if (Volatile.Read(ref _isAbandoned) != 0) return false;
            SleepingWait.ForRoom(idleRounds++);
            room = _ring.Claim(IngestBatch);
        }
        while (room.IsEmpty);
        _sourceWaits += _calculation.StageNow() - since;
        return true;
    }

    /// <summary>Hands every tick to the tap; after its failure the ring is emptied all the same, so that the stream goes on.</summary>
    private void Tap()
    {
        int idleRounds = 0;
        SleepingWait wait = default;
        while (true)
        {
            // Asked before the ring is looked at: what was published before the completion is then still seen.
            bool isLast = _ring.IsCompleted;
            ReadOnlySpan<Tick> ticks = _ring.Available(TapConsumer);
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
            _ring.Release(TapConsumer, ticks.Length);
        }
    }

    /// <summary>Adds what only the ring knows to the ledger of each snapshot.</summary>
    /// <remarks>
    /// What is queued follows from the sequence, which counts messages looked at and not their outcomes: a message that left no
    /// entry in the ledger makes it fail to balance.
    /// </remarks>
    private struct RingLedgerSink(TickRing<Tick> ring, LiveIngest? live, Calculation calculation, TSink sink) : ISnapshotSink
    {
        private TSink _sink = sink;

        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => _sink.Publish(marketSection, Complete(in ledger));

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) => _sink.PublishHeadline(in headline, Complete(in ledger));

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) => _sink.Heartbeat(eventSequence, eventTimeNanos);

        public readonly Ledger Complete(in Ledger ledger)
        {
            Ledger complete = ledger;
            if (live is null)
            {
                complete.In = (ulong)ring.Cursor;
                complete.Queued = complete.In - calculation.Sequence;
                return complete;
            }
            // In this order: what was conflated or dropped had come in before.
            OverloadStatus status = live.Status;
            complete.Conflated += status.Conflated;
            complete.Dropped += status.Dropped;
            complete.In = live.In;
            complete.Queued = complete.In - calculation.Sequence - status.Conflated - status.Dropped;
            return complete;
        }
    }

    /// <summary>Allocation of the calculation thread once the code is compiled and the tables are full.</summary>
    private struct WarmUp
    {
        private const ulong Ticks = 200_000;
        private long _bytes;
        private ulong _from;

        public void Observe(ulong sequence)
        {
            if (_from != 0 || sequence < Ticks) return;
            _from = sequence;
            _bytes = GC.GetAllocatedBytesForCurrentThread();
        }

        public readonly (long Bytes, ulong Ticks) Measure(ulong sequence) =>
            _from == 0 ? (0, 0) : (GC.GetAllocatedBytesForCurrentThread() - _bytes, sequence - _from);
    }

    private static class Throw
    {
        public static void MoreThanThereWasRoomFor(int count, int room) => throw new InvalidOperationException(
            $"The tick source says that it wrote {count} ticks into room for {room}; a source returns the length of the prefix it filled.");
    }
}

/// <summary>The engine as it suits a laptop with two cores and more threads: while there is nothing to calculate it sleeps.</summary>
/// <inheritdoc/>
public sealed class StreamEngine<TSource, TSink>(
    Calculation calculation, TSource source, TSink sink, int ringCapacity, ITickTap? tap = null, OverloadOptions? overload = null)
    : StreamEngine<TSource, TSink, SleepingWait>(calculation, source, sink, ringCapacity, tap, overload)
    where TSource : struct, ITickSource
    where TSink : struct, ISnapshotSink;
