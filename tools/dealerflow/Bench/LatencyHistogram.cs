using System.Numerics;
using System.Text.Json;

namespace DealerFlow.Cli.Bench;

/// <summary>
/// Counts of latencies in buckets a thirty-second of their value wide, from a nanosecond to minutes; and the greatest as it was.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int Subs = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits) * Subs];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Add(long nanos)
    {
        nanos = Math.Max(nanos, 0);
        _counts[Bucket(nanos)]++;
        Count++;
        Max = Math.Max(Max, nanos);
    }

    /// <summary>Everything that another has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int bucket = 0; bucket < _counts.Length; bucket++) _counts[bucket] += other._counts[bucket];
        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The least latency that this share of all does not exceed, within the width of a bucket.</summary>
    public long Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * Count), seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank && seen > 0) return Math.Min(Top(bucket), Max);
        }
        return Max;
    }

    /// <summary>Counts between powers of two of nanoseconds, the first that has any to the last.</summary>
    public IEnumerable<(long From, long To, long Count)> Octaves()
    {
        if (Count == 0) yield break;
        int last = BitOperations.Log2((ulong)Math.Max(Max, 1));
        bool hasAny = false;
        for (int power = 0; power <= last; power++)
        {
            long from = power == 0 ? 0 : 1L << power, to = 1L << (power + 1), count = 0;
            for (int bucket = 0; bucket < _counts.Length; bucket++)
                if (_counts[bucket] > 0 && Top(bucket) >= from && Top(bucket) < to) count += _counts[bucket];
            hasAny |= count > 0;
            if (hasAny) yield return (from, to, count);
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("count", Count);
        json.WriteNumber("max", Max);
        json.WriteStartArray("buckets");
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            if (_counts[bucket] == 0) continue;
            json.WriteNumberValue(bucket);
            json.WriteNumberValue(_counts[bucket]);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static LatencyHistogram Read(JsonElement json)
    {
        var histogram = new LatencyHistogram { Count = json.GetProperty("count").GetInt64(), Max = json.GetProperty("max").GetInt64() };
        JsonElement buckets = json.GetProperty("buckets");
        for (int i = 0; i < buckets.GetArrayLength(); i += 2) histogram._counts[buckets[i].GetInt32()] = buckets[i + 1].GetInt64();
        return histogram;
    }

    // Below 32 ns a bucket each; above, 32 for every doubling.
    private static int Bucket(long nanos)
    {
        if (nanos < Subs) return (int)nanos;
        int shift = BitOperations.Log2((ulong)nanos) - SubBits;
        return ((shift + 1) << SubBits) + (int)((nanos >> shift) & (Subs - 1));
    }

    private static long Top(int bucket)
    {
        if (bucket < Subs) return bucket;
        int shift = (bucket >> SubBits) - 1;
        return ((Subs + (long)(bucket & (Subs - 1)) + 1) << shift) - 1;
    }
}
