using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// When messages came into the ring, from the thread that puts them there to those that calculate: a stamp for each batch. There is always room for one,
/// for each that is not done with has a message that still takes a place in the ring.
/// </summary>
internal sealed class ArrivalTimes : IDisposable
{
    private readonly TickRing<Stamp> _stamps;
    private readonly Func<long> _clock;
    private readonly long[] _measured;          // by calculation, messages

    /// <param name="ringCapacity">Messages that the ring holds.</param>
    /// <param name="calculations">Threads that calculate, each a consumer.</param>
    /// <param name="clock">Monotonic nanoseconds.</param>
    public ArrivalTimes(int ringCapacity, int calculations, Func<long> clock)
    {
        _stamps = new TickRing<Stamp>(ringCapacity, calculations);
        _clock = clock;
        _measured = new long[calculations];
    }

    /// <summary>Messages are about to be published. Thread of ingest.</summary>
    /// <param name="until">The ring's cursor after them.</param>
    public void Note(long until)
    {
        _stamps.Claim(1)[0] = new Stamp(until, _clock());
        _stamps.Publish(1);
    }

    /// <summary>A calculation has taken messages in and has not released them yet. Its thread.</summary>
    /// <param name="calculation">Which.</param>
    /// <param name="until">How many in all.</param>
    /// <param name="latency">Where they are counted.</param>
    public void Measure(int calculation, long until, ref LatencySection latency)
    {
        ref long measured = ref _measured[calculation];
        long now = _clock();
        for (ReadOnlySpan<Stamp> stamps = _stamps.Available(calculation); !stamps.IsEmpty; stamps = _stamps.Available(calculation))
        {
            int done = 0;
            foreach (ref readonly Stamp stamp in stamps)
            {
                long end = Math.Min(stamp.Until, until);
                if (end > measured) latency.Add(now - stamp.Nanos, (ulong)(end - measured));
                measured = Math.Max(measured, end);
                if (stamp.Until > until) break;
                done++;
            }
            _stamps.Release(calculation, done);
            if (done < stamps.Length) return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stamps.Dispose();

    private readonly record struct Stamp(long Until, long Nanos);
}
