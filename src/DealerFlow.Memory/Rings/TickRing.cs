using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DealerFlow.Memory;

/// <summary>
/// Bounded, lock-free hand-off of value records from one producer thread to one consumer thread or a few, whole spans at a time.
/// The producer claims room, fills it, publishes; each consumer takes what is available, reads it in place, releases it.
/// Every consumer sees every record, and nothing is ever overwritten before all have released it.
/// </summary>
/// <typeparam name="T">The record; copied as bytes, so it holds no references.</typeparam>
public sealed unsafe class TickRing<T> : IDisposable
    where T : unmanaged
{
    private readonly int _capacity;
    private readonly int _mask;
    private readonly int _consumers;
    private readonly AlignedBuffer<T> _slotMemory;
    private readonly AlignedBuffer<RingSequences> _sequenceMemory;
    // Into the two buffers, which never move: the hot path looks at them without asking the owner.
    private readonly T* _slots;
    private readonly RingSequences* _sequences;
    private int _completed;          // written by the producer, once

    /// <param name="capacity">Records in the ring: a power of two, at least 8.</param>
    /// <param name="consumers">Consumers, each on a thread of its own; all of them gate the producer.</param>
    public TickRing(int capacity, int consumers = 1)
    {
        if (!BitOperations.IsPow2(capacity) || capacity < 8) Throw.CapacityNotPowerOfTwo(capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(consumers, 1);
        _consumers = consumers;
        _capacity = capacity;
        _mask = capacity - 1;
        _slotMemory = new AlignedBuffer<T>(capacity);
        _sequenceMemory = new AlignedBuffer<RingSequences>(consumers);
        _slots = (T*)Unsafe.AsPointer(ref _slotMemory.First);
        _sequences = (RingSequences*)Unsafe.AsPointer(ref _sequenceMemory.First);
    }

    /// <summary>Records in the ring.</summary>
    public int Capacity => _capacity;

    /// <summary>Events published so far. Any thread.</summary>
    public long Cursor => Volatile.Read(ref _sequences->Cursor);

    /// <summary>Events released by the first consumer so far. Any thread.</summary>
    public long Released => Volatile.Read(ref _sequences->Gating);

    /// <summary>Events released so far by the consumer that is furthest behind. Any thread.</summary>
    public long SlowestReleased => SlowestGating();

    /// <summary>True once the producer said that nothing follows. Any thread.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    /// <summary>Producer: up to <paramref name="wanted"/> free slots that lie side by side; empty when the ring is full.</summary>
    public Span<T> Claim(int wanted)
    {
        long cursor = _sequences->Cursor;
        long free = _capacity - (cursor - _sequences->GatingCached);
        if (free < wanted)
        {
            _sequences->GatingCached = SlowestGating();
            free = _capacity - (cursor - _sequences->GatingCached);
        }
        int index = (int)cursor & _mask;
        int contiguous = (int)Math.Min(Math.Min(free, wanted), _capacity - index);
        return new Span<T>(_slots + index, contiguous);
    }

    /// <summary>Producer: makes the first <paramref name="count"/> claimed slots visible to the consumer.</summary>
    public void Publish(int count) =>
        // Release: the records are whole before the cursor says so.
        Volatile.Write(ref _sequences->Cursor, _sequences->Cursor + count);

    /// <summary>Producer: nothing follows what is published now.</summary>
    public void Complete() =>
        // Release: whoever sees the end sees every record published before it.
        Volatile.Write(ref _completed, 1);

    /// <summary>The first consumer: every published record that lies side by side with the first unread one; empty when there is none.</summary>
    public ReadOnlySpan<T> Available() => Available(_sequences);

    /// <summary>One of several consumers, counted from 0: as <see cref="Available()"/>.</summary>
    public ReadOnlySpan<T> Available(int consumer) => Available(Of(consumer));

    /// <summary>The first consumer: gives the first <paramref name="count"/> available slots back.</summary>
    public void Release(int count) => Release(_sequences, count);

    /// <summary>One of several consumers, counted from 0: as <see cref="Release(int)"/>.</summary>
    public void Release(int consumer, int count) => Release(Of(consumer), count);

    private ReadOnlySpan<T> Available(RingSequences* consumer)
    {
        long gating = consumer->Gating;
        if (consumer->CursorCached == gating)
        {
            // Acquire: records below the cursor are read only after the cursor was seen.
            consumer->CursorCached = Volatile.Read(ref _sequences->Cursor);
        }
        int index = (int)gating & _mask;
        int contiguous = (int)Math.Min(consumer->CursorCached - gating, _capacity - index);
        return new ReadOnlySpan<T>(_slots + index, contiguous);
    }

    private static void Release(RingSequences* consumer, int count) =>
        // Release: every read of these slots is done before the producer may claim them.
        Volatile.Write(ref consumer->Gating, consumer->Gating + count);

    private RingSequences* Of(int consumer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)consumer, (uint)_consumers);
        return _sequences + consumer;
    }

    private long SlowestGating()
    {
        // Acquire: a consumer has finished reading every slot below its gating sequence before the producer writes there again.
        long slowest = Volatile.Read(ref _sequences->Gating);
        for (int consumer = 1; consumer < _consumers; consumer++) slowest = Math.Min(slowest, Volatile.Read(ref _sequences[consumer].Gating));
        return slowest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slotMemory.Dispose();
        _sequenceMemory.Dispose();
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void CapacityNotPowerOfTwo(int capacity) => throw new ArgumentOutOfRangeException(
            nameof(capacity), capacity, "A ring holds a power of two records, at least 8.");
    }
}
