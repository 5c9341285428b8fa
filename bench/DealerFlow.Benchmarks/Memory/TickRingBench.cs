using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Benchmarks.Memory;

/// <summary>
/// One producer thread hands 32-byte ticks to one consumer thread. A regression here means that ingest and calculation hold
/// each other up.
/// </summary>
[MemoryDiagnoser, HideColumns("Error", "StdDev", "RatioSD")]
public class TickRingBench
{
    private const int Ticks = 4_000_000;
    private const int Capacity = 1 << 16;

    [Benchmark(Baseline = true, OperationsPerInvoke = Ticks)]
    public long BoundedChannel()
    {
        var channel = Channel.CreateBounded<Tick>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        var producer = new Thread(() =>
        {
            Tick tick = default;
            for (int i = 0; i < Ticks; i++)
            {
                tick.EventTimeNanos = i;
                while (!channel.Writer.TryWrite(tick)) Thread.Yield();
            }
            channel.Writer.Complete();
        });
        producer.Start();
        long sum = 0;
        for (int read = 0; read < Ticks;)
        {
            if (channel.Reader.TryRead(out Tick tick))
            {
                sum += tick.EventTimeNanos;
                read++;
            }
            else
            {
                Thread.Yield();
            }
        }
        producer.Join();
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Ticks)]
    [Arguments(1)]
    [Arguments(16)]
    [Arguments(1024)]
    public long Ring(int batch)
    {
        using var ring = new TickRing<Tick>(Capacity);
        var producer = new Thread(() =>
        {
            for (int done = 0; done < Ticks;)
            {
                Span<Tick> room = ring.Claim(Math.Min(batch, Ticks - done));
                for (int i = 0; i < room.Length; i++) room[i].EventTimeNanos = done + i;
                ring.Publish(room.Length);
                done += room.Length;
                if (room.IsEmpty) Thread.Yield();
            }
        });
        producer.Start();
        long sum = 0;
        for (int read = 0; read < Ticks;)
        {
            ReadOnlySpan<Tick> ticks = ring.Available();
            foreach (ref readonly Tick tick in ticks) sum += tick.EventTimeNanos;
            ring.Release(ticks.Length);
            read += ticks.Length;
            if (ticks.IsEmpty) Thread.Yield();
        }
        producer.Join();
        return sum;
    }
}
