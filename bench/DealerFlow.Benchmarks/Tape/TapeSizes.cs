using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
/// core, from and to memory. <c>dotnet run -c Release -- sizes [--rounds N] [--rates] TAPE …</c>
/// </summary>
/// <remarks>
/// The tape is read once, from the file; every form has a thread of its own and takes the same batches, so that memory does not grow with
/// the tape and the slowest form alone says how long it takes. Rates are taken before that, of a tape's first ticks; rounds 0 leaves them out, --rates the forms.
/// </remarks>
internal static class TapeSizes
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private const int Batch = 65_536;
    private const int TimedTicks = 8_000_000;
    private const int BatchesAhead = 4;

    public static void Run(string[] args)
    {
        int rounds = 5;
        bool onlyRates = false;
        var paths = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--rounds" && i + 1 < args.Length) rounds = int.Parse(args[++i], CultureInfo.InvariantCulture);
            else if (args[i] == "--rates") onlyRates = true;
            else paths.Add(args[i]);
        }
        if (onlyRates)
        {
            foreach (string path in paths)
            {
                (string decode, string encode) = Rates(path, rounds);
                Console.WriteLine($"decode {decode} M/s, encode {encode} M/s, {Path.GetFileName(path)}");
            }
            return;
        }
        Console.WriteLine("| ticks | quotes | tape, B/tick | per quote | decode, M/s | encode, M/s | DBN + zstd | raw + LZ4 | Parquet + zstd | CSV + gzip | file |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (string path in paths) Run(path, rounds);
    }

    private static void Run(string path, int rounds)
    {
        (string decode, string encode) = rounds > 0 ? Rates(path, rounds) : ("-", "-");
        using TapeReader tape = TapeReader.Open(path);
        var symbols = new TickSymbols(tape.Definitions);
        var quotes = new QuoteTape();
        using Form dbn = new(stream => new DbnSink(stream)), lz4 = new(stream => new Lz4Sink(stream));
        using Form parquet = new(stream => new ParquetExport(stream, symbols));
        using Form csv = new(stream => new CsvExport(new GZipStream(stream, CompressionLevel.Optimal), symbols));
        using Form ofQuotes = new(_ => quotes);
        Feed(tape, dbn, lz4, parquet, csv, ofQuotes);
        double ticks = tape.TickCount;
        Console.Error.WriteLine(FormattableString.Invariant(
            $"Seconds: DBN {dbn.Seconds:0.0}, LZ4 {lz4.Seconds:0.0}, Parquet {parquet.Seconds:0.0}, CSV {csv.Seconds:0.0}, tape of quotes {ofQuotes.Seconds:0.0}."));
        Console.WriteLine(FormattableString.Invariant(
            $"| {tape.TickCount:#,0} | {quotes.Quotes:#,0} | {tape.SizeInBytes / ticks:0.00} | {(quotes.Quotes == 0 ? 0 : (double)quotes.Bytes / quotes.Quotes):0.00} | {decode} | {encode} | {dbn.Bytes / ticks:0.00} | {lz4.Bytes / ticks:0.00} | {parquet.Bytes / ticks:0.00} | {csv.Bytes / ticks:0.00} | {Path.GetFileName(path)} |"));
    }

    // A form that is behind holds the reader back. One that has failed takes no more, and its failure ends the run.
    private static void Feed(TapeReader tape, params ReadOnlySpan<Form> forms)
    {
        var failed = false;
        for (int count = 1; count > 0 && !failed;)
        {
            var batch = new Tick[Batch];
            count = tape.Read(batch);
            foreach (Form form in forms) failed |= count > 0 && !form.TryAdd(batch.AsMemory(0, count));
        }
        foreach (Form form in forms) form.Complete();
    }

    private static (string Decode, string Encode) Rates(string path, int rounds)
    {
        using TapeReader tape = TapeReader.Open(path);
        var some = new Tick[Math.Min(tape.TickCount, TimedTicks)];
        for (int read = 0; read < some.Length;) read += tape.Read(some.AsSpan(read));
        string target = Path.Combine(InMemory, $"dealerflow-sizes-{Environment.ProcessId}.dftape");
        double encode = Encode(tape, some, target, rounds);
        double decode = Decode(File.ReadAllBytes(target), path, rounds);
        File.Delete(target);
        return (decode.ToString("0", CultureInfo.InvariantCulture), encode.ToString("0", CultureInfo.InvariantCulture));
    }

    private static string InMemory => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static double Decode(byte[] bytes, string path, int rounds)
    {
        using TapeReader tape = TapeReader.Open(bytes, path);
        // As many ticks as the engine takes at once; they stay in the cache.
        var buffer = new Tick[1_024];
        var rates = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (rates.Count < rounds)
        {
            tape.Rewind();
            long ticks = 0, start = Stopwatch.GetTimestamp();
            for (int count = tape.Read(buffer); count > 0; count = tape.Read(buffer)) ticks += count;
            if (Stopwatch.GetElapsedTime(begin) > WarmUp) rates.Add(ticks / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6);
        }
        return Median(rates);
    }

    // Into a file in memory: what is timed is columns, LZ4 and checksums, not a disk.
    private static double Encode(TapeReader tape, Tick[] some, string target, int rounds)
    {
        var rates = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (rates.Count < rounds)
        {
            long start = Stopwatch.GetTimestamp();
            using (TapeWriter writer = TapeWriter.Create(target, tape.Definitions, tape.Metadata, overwrite: true))
            {
                writer.Append(some);
                writer.Complete();
            }
            if (Stopwatch.GetElapsedTime(begin) > WarmUp) rates.Add(some.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6);
        }
        return Median(rates);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>One form of the ticks, and the thread that makes it.</summary>
    private sealed class Form : IDisposable
    {
        private readonly BlockingCollection<ReadOnlyMemory<Tick>> _batches = new(BatchesAhead);
        private readonly CountingStream _counted = new();
        private readonly Task _making;
        private readonly Stopwatch _work = new();

        public Form(Func<Stream, ITickExport> begin) => _making = Task.Factory.StartNew(() => Make(begin), TaskCreationOptions.LongRunning);

        public long Bytes => _counted.Bytes;

        public double Seconds => _work.Elapsed.TotalSeconds;

        public bool TryAdd(ReadOnlyMemory<Tick> ticks)
        {
            while (!_batches.TryAdd(ticks, millisecondsTimeout: 100))
                if (_making.IsCompleted) return false;
            return true;
        }

        public void Complete()
        {
            _batches.CompleteAdding();
            _making.GetAwaiter().GetResult();
        }

        public void Dispose()
        {
            _batches.Dispose();
            _counted.Dispose();
        }

        private void Make(Func<Stream, ITickExport> begin)
        {
            using ITickExport export = begin(_counted);
            foreach (ReadOnlyMemory<Tick> ticks in _batches.GetConsumingEnumerable())
            {
                _work.Start();
                export.Write(ticks.Span);
                _work.Stop();
            }
            _work.Start();
            export.Complete();
            _work.Stop();
        }
    }

    /// <summary>A tape of the quotes alone, definitions and metadata left out.</summary>
    private sealed class QuoteTape : ITickExport
    {
        private readonly string _path;
        private readonly TapeWriter _writer;
        private readonly List<Tick> _quotes = new(Batch);

        public QuoteTape()
        {
            _path = Path.Combine(InMemory, $"dealerflow-quotes-{Environment.ProcessId}.dftape");
            _writer = TapeWriter.Create(_path, [], new Dictionary<string, string>(), overwrite: true);
        }

        public long Quotes { get; private set; }

        public long Bytes { get; private set; }

        public void Write(ReadOnlySpan<Tick> ticks)
        {
            _quotes.Clear();
            foreach (ref readonly Tick tick in ticks) if (tick.Kind == TickKind.Quote) _quotes.Add(tick);
            _writer.Append(CollectionsMarshal.AsSpan(_quotes));
            Quotes += _quotes.Count;
        }

        public void Complete()
        {
            _writer.Complete();
            Bytes = new FileInfo(_path).Length;
        }

        public void Dispose()
        {
            _writer.Dispose();
            File.Delete(_path);
        }
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
