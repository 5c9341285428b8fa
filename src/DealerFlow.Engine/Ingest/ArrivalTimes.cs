using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// When messages came into the ring, from the thread that puts them there to those that calculate. A stamp is for all messages since the one
/// before; while there is no room for one, the next has the time of the first that went without, so that no latency is told too short.
/// </summary>
internal sealed class ArrivalTimes : IDisposable
{
    private const int Capacity = 4_096;

    private readonly TickRing<Stamp> _stamps;
    private readonly Func<long> _clock;
    private readonly long[] _measured;          // by calculation, messages
    private long _unstamped;                    // time of the first message without a stamp; 0 = all have one

    /// <param name="calculations">Threads that calculate, each a consumer.</param>
    /// <param name="clock">Monotonic nanoseconds.</param>
    public ArrivalTimes(int calculations, Func<long> clock)
    {
        _stamps = new TickRing<Stamp>(Capacity, calculations);
        _clock = clock;
        _measured = new long[calculations];
    }

    /// <summary>Messages are about to be published. Thread of ingest.</summary>
    /// <param name="until">The ring's cursor after them.</param>
    public void Note(long until)
    {
        long nanos = _unstamped != 0 ? _unstamped : _clock();
        Span<Stamp> room = _stamps.Claim(1);
        if (room.IsEmpty)
        {
            _unstamped = nanos;
            return;
        }
        room[0] = new Stamp(until, nanos);
        _stamps.Publish(1);
        _unstamped = 0;
    }

    /// <summary>A calculation has taken messages in. Its thread.</summary>
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
