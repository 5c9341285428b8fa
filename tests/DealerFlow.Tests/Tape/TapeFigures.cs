using System.Diagnostics;
using System.Runtime.InteropServices;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Figures for the record, run by name: <c>-- --explicit only --filter-class "DealerFlow.Tests.TapeFigures"</c>.</summary>
public class TapeFigures(ITestOutputHelper output)
{
    private const int Ticks = 65_536;
    private const int Blocks = 16;

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_per_tick_by_column(bool receiveDelays)
    {
        var mix = new OpraLikeMix(receiveDelays: receiveDelays);
        var encoder = new TapeBlockEncoder(Ticks);
        var payload = new byte[TickBlockHead.MaxPayloadBytes(Ticks)];
        var bytes = new long[ColumnSizes.Length];
        long total = 0, tables = 0, escapes = 0, moves = 0, instruments = 0;
        for (int block = 0; block < Blocks; block++)
        {
            int length = encoder.Encode(mix.Next(Ticks), payload);
            TickBlockHead head = MemoryMarshal.Read<TickBlockHead>(payload);
            for (int column = 0; column < bytes.Length; column++) bytes[column] += head.ColumnBytes[column];
            total += length;
            tables += TickBlockHead.SizeInBytes + (head.MoveCount * TickMove.SizeInBytes) + head.VenueCount;
            escapes += head.EscapeCount;
            moves += head.MoveCount;
            instruments += head.InstrumentCount;
        }
        const double N = (double)Ticks * Blocks;
        for (int column = 0; column < bytes.Length; column++) output.WriteLine($"{(TapeColumn)column,-16}{bytes[column] / N,8:F4}");
        output.WriteLine($"{"head and tables",-16}{tables / N,8:F4}");
        output.WriteLine($"{"sum",-16}{total / N,8:F4} bytes per tick; {escapes / N:P2} escapes, {moves / Blocks} moves, {instruments / Blocks} instruments per block");
    }

    [Fact(Explicit = true)]
    public void Decode_speed_over_blocks_in_memory()
    {
        var mix = new OpraLikeMix();
        var encoder = new TapeBlockEncoder(Ticks);
        var decoder = new TapeBlockDecoder(Ticks);
        var payloads = new byte[Blocks][];
        var buffer = new byte[TickBlockHead.MaxPayloadBytes(Ticks)];
        var some = new Tick[Blocks][];
        for (int block = 0; block < Blocks; block++) some[block] = mix.Next(Ticks);
        var encode = new List<double>();
        for (int round = 0; round < 5; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int block = 0; block < Blocks; block++) payloads[block] = buffer.AsSpan(0, encoder.Encode(some[block], buffer)).ToArray();
            encode.Add(Ticks * Blocks / Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        var ticks = new Tick[1024];
        var rates = new List<double>();
        // Block by block: a block takes under a millisecond, so that most are not interrupted by whatever else the machine does.
        for (int round = 0; round < 60; round++)
        {
            foreach (byte[] payload in payloads)
            {
                long start = Stopwatch.GetTimestamp();
                Assert.Equal(TapeDecodeStatus.Ok, decoder.Begin(payload, Ticks));
                while (decoder.Remaining > 0)
                {
                    for (int at = 0; at < ticks.Length && decoder.Remaining > 0;)
                    {
                        decoder.Next(payload, ticks.AsSpan(at), out int written);
                        at += written;
                    }
                }
                rates.Add(Ticks / Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }
        rates = [.. rates.Skip(rates.Count / 4).Order()];
        output.WriteLine($"decode {rates[rates.Count / 2]:F0} M ticks/s (median of {rates.Count} blocks; tenth {rates[rates.Count / 10]:F0}, ninetieth {rates[rates.Count * 9 / 10]:F0}); encode {encode.Order().ElementAt(2):F0} M ticks/s");
    }

    [Fact(Explicit = true)]
    public void Whole_file_size_and_read_speed()
    {
        const int Count = 4_000_000;
        var mix = new OpraLikeMix();
        Tick[] ticks = mix.Next(Count);
        using var folder = new TemporaryFolder();
        string path = folder.File("mix.dftape");
        long start = Stopwatch.GetTimestamp();
        using (var writer = TapeWriter.Create(path, mix.Definitions, new Dictionary<string, string>()))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        double write = Count / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        using var reader = TapeReader.Open(path);
        var buffer = new Tick[4096];
        var rates = new List<double>();
        for (int round = 0; round < 9; round++)
        {
            reader.Rewind();
            start = Stopwatch.GetTimestamp();
            long read = 0;
            for (int n; (n = reader.Read(buffer)) > 0;) read += n;
            rates.Add(read / Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        output.WriteLine($"{reader.SizeInBytes / (double)Count:F3} bytes per tick in the file of {Count} ticks and {mix.Definitions.Length} definitions");
        output.WriteLine($"write {write:F1} M ticks/s, read {rates.Order().ElementAt(4):F0} M ticks/s (with checksums, from the page cache)");
    }
}
