using System.Threading.Channels;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>What one thread does that calculates: spans of the ring through its <see cref="Calculation"/>, commands between them.</summary>
internal sealed class CalculationLoop<TSink, TWait>
    where TSink : struct, ISnapshotSink
    where TWait : struct, IWaitStrategy
{
    private const int ControlCapacity = 16;

    private readonly TickRing<Tick> _ring;
    private readonly int _consumer;
    private readonly LiveIngest? _live;
    private readonly ArrivalTimes? _arrivals;
    private readonly Calculation _calculation;
    private RingLedgerSink _sink;    // not readonly: a struct policy must not be copied on every call
    private readonly TWait _wait = new();
    private readonly Channel<Action<Calculation>> _control = Channel.CreateBounded<Action<Calculation>>(ControlCapacity);

    /// <param name="ring">Where ticks come from.</param>
    /// <param name="consumer">Which of its consumers this is.</param>
    /// <param name="live">What stands before the ring of a live stream; null = the source is held back.</param>
    /// <param name="arrivals">When ticks came into the ring; null = nobody measures.</param>
    /// <param name="calculation">What happens to a tick.</param>
    /// <param name="sink">Where snapshots go.</param>
    public CalculationLoop(TickRing<Tick> ring, int consumer, LiveIngest? live, ArrivalTimes? arrivals, Calculation calculation, TSink sink)
    {
        (_ring, _consumer, _live, _arrivals, _calculation) = (ring, consumer, live, arrivals, calculation);
        _sink = new RingLedgerSink(ring, live, calculation, sink);
    }

    public long AllocatedBytesAfterWarmUp { get; private set; }

    public ulong TicksAfterWarmUp { get; private set; }

    /// <summary>How long there was nothing to do.</summary>
    public long Idle { get; private set; }

    public Ledger Ledger => _sink.Complete(in _calculation.Ledger);

    /// <summary>There is room for one more command.</summary>
    public bool HasRoomForCommand => _control.Reader.Count < ControlCapacity;

    public void Post(Action<Calculation> command) => _control.Writer.TryWrite(command);

    /// <summary>Wakes the loop: something was published.</summary>
    public void Signal() => _wait.Signal();

    /// <summary>Runs until the ring is complete and empty, or <paramref name="isAbandoned"/> says that it will not be filled any more.</summary>
    public void Run(ref int isAbandoned)
    {
        int idleRounds = 0;
        long taken = 0;
        var warmUp = new WarmUp();
        while (Volatile.Read(ref isAbandoned) == 0)
        {
            // Looked at before the ring: whatever was published before completion is then seen below.
            bool isLast = _ring.IsCompleted;
            while (_control.Reader.TryRead(out Action<Calculation>? command)) command(_calculation);
            ReadOnlySpan<Tick> ticks = _ring.Available(_consumer);
            if (!ticks.IsEmpty)
            {
                if (_live is not null && _live.IsDegraded != _calculation.IsDegraded) _calculation.IsDegraded = _live.IsDegraded;
                _calculation.Apply(ticks, ref _sink);
                if (_calculation.PublishesPerSpan) _calculation.PublishHeadlines(ref _sink);
                _arrivals?.Measure(_consumer, taken += ticks.Length, ref _calculation.LatencyToCount);
                _ring.Release(_consumer, ticks.Length);
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
                Idle += _calculation.StageNow() - since;
            }
        }
        _calculation.IsDegraded = false;
        (AllocatedBytesAfterWarmUp, TicksAfterWarmUp) = warmUp.Measure(_calculation.Sequence);
    }

    /// <summary>The last snapshots leave.</summary>
    public void Finish() => _calculation.Finish(ref _sink);

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
            if (live is null || !calculation.IsFirst)
            {
                complete.In = (ulong)ring.Cursor - calculation.Elsewhere;
                complete.Queued = complete.In + calculation.Elsewhere - calculation.Sequence;
                return complete;
            }
            // In this order: what was conflated or dropped had come in before.
            OverloadStatus status = live.Status;
            complete.Conflated += status.Conflated;
            complete.Dropped += status.Dropped;
            complete.In = live.In - calculation.Elsewhere;
            complete.Queued = complete.In + calculation.Elsewhere - calculation.Sequence - status.Conflated - status.Dropped;
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
}
