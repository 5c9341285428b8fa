using BenchmarkDotNet.Attributes;
using DealerFlow.Engine;

namespace DealerFlow.Benchmarks;

/// <summary>
/// What the gate costs a message: in order, twice over two lines, and with one message in a hundred on the second line only.
/// It stands before everything else, so a regression here lowers the rate at which a live source can be heard at all. The baseline
/// is the least that finds gaps and duplicates: one comparison with the next number of the channel.
/// </summary>
[MemoryDiagnoser, HideColumns("Error", "StdDev", "RatioSD")]
public class SequenceGateBench
{
    private const int Messages = 1 << 16;
    private const int Channels = 96;            // of the order of a national options feed
    private const int Contracts = 1 << 14;
    private const int PerDatagram = 16;         // a datagram stays on its channel

    private readonly SequenceGate _gate = new(new SequenceGateOptions());
    private readonly Dictionary<uint, ulong> _next = [];
    private readonly ulong[] _sent = new ulong[Channels];
    private readonly ushort[] _channel = new ushort[Messages / PerDatagram];
    private readonly uint[] _contract = new uint[Messages];

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (int i = 0; i < _channel.Length; i++) _channel[i] = (ushort)random.Next(Channels);
        for (int i = 0; i < _contract.Length; i++) _contract[i] = (uint)random.Next(Contracts);
        for (ushort i = 0; i < Channels; i++)
        {
            _next[i] = 1;
            _sent[i] = 1;
            // What may precede the first number is remembered for a window; that is over before anything is measured.
            for (int n = 0; n <= 1 << 16; n++) _gate.Admit(Arrival.Event(0, i, 0, _sent[i]++));
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public long NextNumberOnly()
    {
        long passed = 0;
        for (int i = 0; i < Messages; i++)
        {
            ushort channel = _channel[i / PerDatagram];
            ref ulong next = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_next, channel);
            if (next == _sent[channel]++) passed++;
            next++;
        }
        return passed;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long EventsInOrder()
    {
        long passed = 0;
        for (int i = 0; i < Messages; i++)
        {
            ushort channel = _channel[i / PerDatagram];
            if (_gate.Admit(Arrival.Event(0, channel, 0, _sent[channel]++)).Passes) passed++;
        }
        return passed;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long StatesInOrder()
    {
        long passed = 0;
        for (int i = 0; i < Messages; i++)
        {
            ushort channel = _channel[i / PerDatagram];
            if (_gate.Admit(Arrival.State(0, channel, 0, _sent[channel]++, _contract[i])).Passes) passed++;
        }
        return passed;
    }

    /// <summary>Each datagram on A, then on B.</summary>
    [Benchmark(OperationsPerInvoke = 2 * Messages)]
    public long StatesOnTwoLines()
    {
        long passed = 0;
        for (int i = 0; i < Messages; i += PerDatagram)
        {
            ushort channel = _channel[i / PerDatagram];
            for (byte line = 0; line < 2; line++)
            {
                for (int k = 0; k < PerDatagram; k++)
                    if (_gate.Admit(Arrival.State(0, channel, line, _sent[channel] + (ulong)k, _contract[i + k])).Passes) passed++;
            }
            _sent[channel] += PerDatagram;
        }
        return passed;
    }

    /// <summary>One datagram in a hundred is lost on A and comes on B behind the next one of its channel.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long StatesWithGapsFilled()
    {
        long passed = 0;
        for (int i = 0; i < Messages; i += PerDatagram)
        {
            ushort channel = _channel[i / PerDatagram];
            bool isLost = i / PerDatagram % 100 == 0;
            ulong first = _sent[channel];
            if (isLost) _gate.Admit(Arrival.State(0, channel, 0, first + PerDatagram, _contract[i]));
            for (int k = 0; k < PerDatagram; k++)
                if (_gate.Admit(Arrival.State(0, channel, isLost ? (byte)1 : (byte)0, first + (ulong)k, _contract[i + k])).Passes) passed++;
            _sent[channel] += isLost ? PerDatagram + 1UL : PerDatagram;
        }
        return passed;
    }
}
