using System.Text;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class PlainCsvTests
{
    private const string Header = "ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size\n";
    private const long Ten = 1_795_532_400_000_000_000;      // 2026-11-24 15:00 UTC

    [Fact]
    public void Every_kind_is_read_to_the_tick_that_it_names()
    {
        (TickImport import, List<Tick> ticks) = Import(Header
            + $"{Ten},S,SPX,,,,,6800.12346,\n"
            + $"{Ten},O,SPXW  261124C06800000,,,,,,1500\n"
            + $"{Ten + 1},Q,SPXW261124C06800000,10.5,10.7,3,100000,,\n"
            + $"{Ten + 2},Q,O:SPXW261124P06800000,,0.05,,7,,\n"
            + $"{Ten + 3},T,SPXW261124P06800000,,,,,1e1,7\n");
        Assert.Equal((5, 5, 0), (import.Report.Rows, import.Report.Taken, import.Report.RejectedTotal));
        Assert.Equal(3, import.Definitions.Length);
        InstrumentDefinition call = import.Definitions[1];
        Assert.Equal(("SPXW", 6_800_000L, 20_261_124, 100u, (byte)4, InstrumentKind.Call, SettlementKind.PM, ExerciseKind.European, 0u),
            (call.Root.ToString(), call.StrikeMills, call.ExpiryDate, call.Multiplier, call.PriceDecimals, call.Kind, call.Settlement, call.Exercise, call.UnderlyingId));
        Assert.Equal(NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 24), new TimeOnly(16, 0)), call.SettlementNanos);
        Assert.Equal(
        [
            Tick.Spot(Ten, 0, 68_001_235),
            Tick.OpenInterest(Ten, 1, 1_500),
            Tick.Quote(Ten + 1, 1, 105_000, 107_000, 3, ushort.MaxValue, 0, TickFlags.NationalBest),
            Tick.Quote(Ten + 2, 2, 0, 500, 0, 7, 0, TickFlags.NationalBest),
            Tick.Trade(Ten + 3, 2, 100_000, 7, 0, TickFlags.None),
        ], ticks);
    }

    [Fact]
    public void Columns_may_stand_in_any_order_and_others_beside_them()
    {
        (TickImport import, List<Tick> ticks) = Import($"note,SIZE,price,ask_size,bid_size,ask,bid,symbol,kind,ts_ns\nx,1,2.5,,,,,QQQ261218C00500000,T,{Ten}\n");
        Assert.Equal(1, import.Report.Taken);
        Assert.Equal([Tick.Trade(Ten, 1, 25_000, 1, 0, TickFlags.None)], ticks);
    }

    [Theory]
    [InlineData("x,T,QQQ261218C00500000,,,,,1,1", ImportRejection.BadTime)]
    [InlineData("-5,T,QQQ261218C00500000,,,,,1,1", ImportRejection.BadTime)]
    [InlineData("0,T,QQQ261218C00500000,,,,,1,1", ImportRejection.BadTime)]
    [InlineData("9223372036854775807,T,QQQ261218C00500000,,,,,1,1", ImportRejection.BadTime)]
    [InlineData("TIME,Z,QQQ261218C00500000,,,,,1,1", ImportRejection.Malformed)]
    [InlineData("TIME,T,QQQ261218C00500000", ImportRejection.Malformed)]
    [InlineData("TIME,T,\"QQQ261218C00500000,,,,,1,1", ImportRejection.Malformed)]
    [InlineData("TIME,T,QQQ,,,,,1,1", ImportRejection.UnknownContract)]
    [InlineData("TIME,S,TOOLONGSYMBOL,,,,,1,1", ImportRejection.UnknownContract)]
    [InlineData("TIME,T,QQQ991218C00500000,,,,,1,1", ImportRejection.NoCalendar)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,-1,1", ImportRejection.BadPrice)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,NaN,1", ImportRejection.BadPrice)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,1e999,1", ImportRejection.BadPrice)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,0.00005,1", ImportRejection.BadPrice)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,214748.3648,1", ImportRejection.BadPrice)]
    [InlineData("TIME,S,QQQ,,,,,0,1", ImportRejection.BadPrice)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,1,0", ImportRejection.BadQuantity)]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,1,1.5", ImportRejection.BadQuantity)]
    [InlineData("TIME,O,QQQ261218C00500000,,,,,,4294967296", ImportRejection.BadQuantity)]
    [InlineData("TIME,Q,QQQ261218C00500000,1,2,-1,1,,", ImportRejection.BadQuantity)]
    public void A_bad_row_is_counted_by_its_reason_and_the_rest_is_read(string row, ImportRejection reason)
    {
        string good = $"{Ten},T,QQQ261218C00500000,,,,,1,1\n";
        (TickImport import, List<Tick> ticks) = Import(Header + good + row.Replace("TIME", $"{Ten}", StringComparison.Ordinal) + "\n" + good);
        Assert.Equal((3, 2, 1), (import.Report.Rows, import.Report.Taken, import.Report.Rejected(reason)));
        Assert.True(import.Report.AddsUp);
        Assert.Equal(2, ticks.Count);
        ImportIssue issue = Assert.Single(import.Report.Issues);
        Assert.Equal(("ticks.csv", 3L, reason), (issue.Source, issue.Place, issue.Rejection));
    }

    [Fact]
    public void K5_a_line_of_a_gigabyte_costs_one_row_and_no_memory()
    {
        string good = $"{Ten},T,QQQ261218C00500000,,,,,1,1\n";
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var content = new Repeated(Encoding.ASCII.GetBytes(Header + good), (byte)'1', 1_000_000_000, Encoding.ASCII.GetBytes("\n" + good));
        (TickImport import, List<Tick> ticks) = Import(content);
        Assert.Equal((3, 2, 1), (import.Report.Rows, import.Report.Taken, import.Report.Rejected(ImportRejection.Malformed)));
        Assert.Equal(2, ticks.Count);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
    }

    // Numbers that other readers take: not a number, infinities, decimal commas, digits of other scripts.
    [Theory]
    [InlineData("NaN")]
    [InlineData("-NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("\"1,5\"")]
    [InlineData("\"1.000,5\"")]
    [InlineData("0x10")]
    [InlineData("\u0661")]
    [InlineData("$1")]
    [InlineData("--1")]
    public void K5_a_text_that_is_no_number_costs_its_row(string number)
    {
        string good = $"{Ten},T,QQQ261218C00500000,,,,,1,1\n";
        (TickImport import, List<Tick> ticks) = Import($"{Header}{good}{Ten},T,QQQ261218C00500000,,,,,{number},1\n{Ten},T,QQQ261218C00500000,,,,,1,{number}\n{good}");
        Assert.Equal((4, 2, 1, 1), (
            import.Report.Rows, import.Report.Taken, import.Report.Rejected(ImportRejection.BadPrice), import.Report.Rejected(ImportRejection.BadQuantity)));
        Assert.Equal(2, ticks.Count);
    }

    // "1\0" is the number 1 to the framework.
    [Theory]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,1\0,1")]
    [InlineData("TIME\0,T,QQQ261218C00500000,,,,,1,1")]
    [InlineData("TIME,T,QQQ261218C00500000,,,,,1,1\0")]
    [InlineData("TIME,T,QQQ261218C00500000\0,,,,,1,1")]
    [InlineData("\0")]
    public void K5_a_row_with_a_zero_byte_is_malformed(string row)
    {
        string good = $"{Ten},T,QQQ261218C00500000,,,,,1,1\n";
        (TickImport import, List<Tick> ticks) = Import(Header + good + row.Replace("TIME", $"{Ten}", StringComparison.Ordinal) + "\n" + good);
        Assert.Equal((3, 2, 1), (import.Report.Rows, import.Report.Taken, import.Report.Rejected(ImportRejection.Malformed)));
        Assert.Equal(2, ticks.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ts_ns,kind\n")]
    [InlineData("\0\0\0\0")]
    public void A_file_without_the_columns_is_refused(string text) =>
        Assert.Contains("name the columns", Assert.Throws<InputFormatException>(() => Import(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void K5_a_byte_order_mark_is_no_part_of_the_first_name()
    {
        (TickImport import, _) = Import("\uFEFF" + Header + $"{Ten},S,SPX,,,,,1,\n");
        Assert.Equal(1, import.Report.Taken);
    }

    [Fact]
    public void Gzip_and_Zstandard_are_taken_off_and_bombs_are_refused()
    {
        byte[] text = Encoding.ASCII.GetBytes(Header + $"{Ten},S,SPX,,,,,1,\n");
        using var zipped = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text);
        byte[] whole = zipped.ToArray();
        (TickImport import, _) = Import(new MemoryStream(whole));
        Assert.Equal(1, import.Report.Taken);

        // Gzip reaches 1,000:1 at most, Zstandard more: a frame of one block that is repeated.
        using var bomb = new MemoryStream(new ZstdSharp.Compressor(19).Wrap(new byte[400_000_000]).ToArray());
        Assert.Contains("no tick file does", Assert.Throws<InputFormatException>(() => Import(bomb)).Message, StringComparison.Ordinal);
        whole[20] ^= 0x55;
        Assert.ThrowsAny<InputFormatException>(() => Import(new MemoryStream(whole)));
    }

    private static (TickImport Import, List<Tick> Ticks) Import(string text) => Import(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static (TickImport Import, List<Tick> Ticks) Import(Stream content)
    {
        var sink = new ListSink();
        var import = new TickImport(sink);
        using ImportFile file = ImportFile.Open(content, "ticks.csv");
        import.Begin("ticks.csv");
        new PlainCsv().Read(file, import);
        import.End();
        return (import, sink.Ticks);
    }

    private sealed class ListSink : ITickSink
    {
        public List<Tick> Ticks { get; } = [];

        public void Add(in Tick tick) => Ticks.Add(tick);
    }

    /// <summary>A head, one byte many times, a tail.</summary>
    private sealed class Repeated(byte[] head, byte filler, long times, byte[] tail) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Span<byte> room = buffer.AsSpan(offset, count);
            int written = 0;
            while (written < room.Length)
            {
                long at = _position - head.Length;
                if (at < 0)
                {
                    room[written++] = head[_position++];
                }
                else if (at < times)
                {
                    int some = (int)Math.Min(times - at, room.Length - written);
                    room.Slice(written, some).Fill(filler);
                    written += some;
                    _position += some;
                }
                else if (at - times < tail.Length)
                {
                    room[written++] = tail[at - times];
                    _position++;
                }
                else
                {
                    break;
                }
            }
            return written;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
