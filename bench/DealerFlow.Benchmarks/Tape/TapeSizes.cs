using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using DealerFlow.Cli.Export;
using DealerFlow.Tape;
using DealerFlow.Wire;
using K4os.Compression.LZ4;
using ZstdSharp;

namespace DealerFlow.Benchmarks;

/// <summary>
/// The same ticks as a tape and in the forms that others use: bytes per tick of each, and how fast a tape is decoded and encoded on one
/// core, from and to memory. <c>dotnet run -c Release -- sizes TAPE …</c>
/// </summary>
internal static class TapeSizes
{
    private const int Rounds = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private const int Batch = 65_536;
    private const long TimedTicks = 8_000_000;

    public static void Run(string[] paths)
    {
        Console.WriteLine("| ticks | quotes | tape, B/tick | per quote | decode, M/s | encode, M/s | DBN + zstd | raw + LZ4 | Parquet + zstd | CSV + gzip | file |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (string path in paths) Run(path);
    }

    private static void Run(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        long ticks, quotes;
        using (TapeReader tape = TapeReader.Open(bytes, path)) (ticks, quotes) = (tape.TickCount, CountQuotes(tape));
        double decode = Decode(bytes, path), encode = Encode(bytes, path);
        long quoteBytes = QuoteBytes(bytes, path);
        double dbn = Size(bytes, path, stream => new DbnSink(stream)), lz4 = Size(bytes, path, stream => new Lz4Sink(stream));
        double parquet = Size(bytes, path, (stream, symbols) => new ParquetExport(stream, symbols));
        double csv = Size(bytes, path, (stream, symbols) => new CsvExport(new GZipStream(stream, CompressionLevel.Optimal), symbols));
        Console.WriteLine(FormattableString.Invariant(
            $"| {ticks:#,0} | {quotes:#,0} | {(double)bytes.Length / ticks:0.00} | {(quotes == 0 ? 0 : (double)quoteBytes / quotes):0.00} | {decode:0} | {encode:0} | {dbn / ticks:0.00} | {lz4 / ticks:0.00} | {parquet / ticks:0.00} | {csv / ticks:0.00} | {Path.GetFileName(path)} |"));
    }

    private static long CountQuotes(TapeReader tape)
    {
        var buffer = new Tick[Batch];
        long quotes = 0;
        for (int count = tape.Read(buffer); count > 0; count = tape.Read(buffer))
            foreach (ref readonly Tick tick in buffer.AsSpan(0, count)) if (tick.Kind == TickKind.Quote) quotes++;
        return quotes;
    }

    private static double Decode(byte[] bytes, string path)
    {
        using TapeReader tape = TapeReader.Open(bytes, path);
        // As many ticks as the engine takes at once; they stay in the cache.
        var buffer = new Tick[1_024];
        var rates = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (rates.Count < Rounds)
        {
            tape.Rewind();
            long ticks = 0, start = Stopwatch.GetTimestamp();
            for (int count = tape.Read(buffer); count > 0 && ticks < TimedTicks; count = tape.Read(buffer)) ticks += count;
            if (Stopwatch.GetElapsedTime(begin) > WarmUp) rates.Add(ticks / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6);
        }
        return Median(rates);
    }

    // Into a file in memory: what is timed is columns, LZ4 and checksums, not a disk.
    private static double Encode(byte[] bytes, string path)
    {
        using TapeReader tape = TapeReader.Open(bytes, path);
        var some = new Tick[Math.Min(tape.TickCount, TimedTicks)];
        for (int read = 0; read < some.Length;) read += tape.Read(some.AsSpan(read));
        string folder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), target = Path.Combine(folder, $"dealerflow-sizes-{Environment.ProcessId}.dftape");
        var rates = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (rates.Count < Rounds)
        {
            long start = Stopwatch.GetTimestamp();
            using (TapeWriter writer = TapeWriter.Create(target, tape.Definitions, tape.Metadata, overwrite: true))
            {
                writer.Append(some);
                writer.Complete();
            }
            if (Stopwatch.GetElapsedTime(begin) > WarmUp) rates.Add(some.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6);
        }
        File.Delete(target);
        return Median(rates);
    }

    /// <summary>Bytes of a tape of the quotes alone, definitions and metadata left out.</summary>
    private static long QuoteBytes(byte[] bytes, string path)
    {
        string folder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), target = Path.Combine(folder, $"dealerflow-quotes-{Environment.ProcessId}.dftape");
        using TapeReader tape = TapeReader.Open(bytes, path);
        using (TapeWriter writer = TapeWriter.Create(target, [], new Dictionary<string, string>(), overwrite: true))
        {
            var buffer = new Tick[Batch];
            var quotes = new List<Tick>(Batch);
            for (int count = tape.Read(buffer); count > 0; count = tape.Read(buffer))
            {
                quotes.Clear();
                foreach (ref readonly Tick tick in buffer.AsSpan(0, count)) if (tick.Kind == TickKind.Quote) quotes.Add(tick);
                writer.Append(CollectionsMarshal.AsSpan(quotes));
            }
            writer.Complete();
        }
        long length = new FileInfo(target).Length;
        File.Delete(target);
        return length;
    }

    private static double Size(byte[] bytes, string path, Func<Stream, ITickExport> begin) => Size(bytes, path, (stream, _) => begin(stream));

    private static double Size(byte[] bytes, string path, Func<Stream, TickSymbols, ITickExport> begin)
    {
        using TapeReader tape = TapeReader.Open(bytes, path);
        var counted = new CountingStream();
        using (ITickExport export = begin(counted, new TickSymbols(tape.Definitions)))
        {
            var buffer = new Tick[Batch];
            for (int count = tape.Read(buffer); count > 0; count = tape.Read(buffer)) export.Write(buffer.AsSpan(0, count));
            export.Complete();
        }
        return counted.Bytes;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>Records as Databento sends them: cmbp-1 for quotes, trades, statistics for open interest; Zstandard at its default level.</summary>
    private sealed class DbnSink(Stream stream) : ITickExport
    {
        private const long Undefined = long.MaxValue;
        private const byte OpenInterest = 9;

        private readonly CompressionStream _zstd = new(stream, level: 3, leaveOpen: true);
        private readonly byte[] _record = new byte[80];
        private uint _sequence;

        public void Write(ReadOnlySpan<Tick> ticks)
        {
            foreach (ref readonly Tick tick in ticks) Write(in tick);
        }

        public void Complete() => _zstd.Dispose();

        public void Dispose()
        {
        }

        private void Write(in Tick tick)
        {
            Span<byte> record = _record;
            record.Clear();
            (byte kind, int length) = tick.Kind switch
            {
                TickKind.Quote => ((byte)0xB1, 80),
                TickKind.OpenInterest => ((byte)0x18, 80),
                _ => ((byte)0x00, 48),
            };
            record[0] = (byte)(length / 4);
            record[1] = kind;
            BinaryPrimitives.WriteUInt16LittleEndian(record[2..], 30);
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], tick.InstrumentId);
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], tick.EventTimeNanos);
            if (tick.Kind == TickKind.OpenInterest)
            {
                BinaryPrimitives.WriteInt64LittleEndian(record[16..], tick.EventTimeNanos);
                BinaryPrimitives.WriteInt64LittleEndian(record[32..], Undefined);
                BinaryPrimitives.WriteInt64LittleEndian(record[40..], tick.Quantity);
                BinaryPrimitives.WriteUInt16LittleEndian(record[56..], OpenInterest);
            }
            else
            {
                bool isQuote = tick.Kind == TickKind.Quote;
                BinaryPrimitives.WriteInt64LittleEndian(record[16..], isQuote ? Undefined : tick.Price * 10_000_000L);
                BinaryPrimitives.WriteUInt32LittleEndian(record[24..], isQuote ? 0 : tick.Quantity);
                record[28] = isQuote ? (byte)'A' : (byte)'T';
                record[29] = (byte)'N';
                record[30] = 194;
                BinaryPrimitives.WriteInt64LittleEndian(record[32..], tick.EventTimeNanos + tick.ReceiveDelayNanos);
                BinaryPrimitives.WriteUInt32LittleEndian(record[44..], ++_sequence);
                if (isQuote)
                {
                    BinaryPrimitives.WriteInt64LittleEndian(record[48..], tick.Bid * 10_000_000L);
                    BinaryPrimitives.WriteInt64LittleEndian(record[56..], tick.Ask * 10_000_000L);
                    BinaryPrimitives.WriteUInt32LittleEndian(record[64..], tick.BidSize);
                    BinaryPrimitives.WriteUInt32LittleEndian(record[68..], tick.AskSize);
                    BinaryPrimitives.WriteUInt16LittleEndian(record[72..], tick.Venue);
                    BinaryPrimitives.WriteUInt16LittleEndian(record[76..], tick.Venue);
                }
            }
            _zstd.Write(record[..length]);
        }
    }

    /// <summary>The 32-byte records as they are, LZ4 over blocks of 65,536.</summary>
    private sealed class Lz4Sink(Stream stream) : ITickExport
    {
        private readonly byte[] _compressed = new byte[LZ4Codec.MaximumOutputSize(Batch * Tick.SizeInBytes)];

        public void Write(ReadOnlySpan<Tick> ticks)
        {
            int bytes = LZ4Codec.Encode(MemoryMarshal.AsBytes(ticks), _compressed, LZ4Level.L00_FAST);
            stream.Write(_compressed.AsSpan(0, bytes));
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class CountingStream : Stream
    {
        public long Bytes { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Bytes;

        public override long Position
        {
            get => Bytes;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Bytes += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Bytes += buffer.Length;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
