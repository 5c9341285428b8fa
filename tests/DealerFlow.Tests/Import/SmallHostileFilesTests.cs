using System.Buffers.Binary;
using System.IO.Compression;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// Fuzzers have broken readers of archives with files of 38 to 98 bytes, and made 384 MB of memory out of 31. Such files, with the
/// beginnings by which each format is known, plain, in gzip and in Zstandard.
/// </summary>
public class SmallHostileFilesTests
{
    private const int Rounds = 2_000;
    private const int LongestTail = 120;
    private const long BoundedBytes = 16L << 20;

    private static readonly uint[] Interesting = [0, 1, 2, 4, 16, 255, 65_535, 65_536, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    private static readonly byte[][] Beginnings =
    [
        [],
        [.. "DBN\u0001"u8],
        [.. "DBN\u0003"u8, 100, 0, 0, 0],
        [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0],
        [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0],
        [.. "PK\u0003\u0004"u8],
        [.. "PK\u0005\u0006"u8],
        [0x1F, 0x8B, 8, 0],
        [0x28, 0xB5, 0x2F, 0xFD],
        [.. "{\"data\":{\"options\":[{\"option\":\"SPX240119C04700000\","u8],
        [.. "{\"results\":[{\"details\":{\"ticker\":\"O:SPX240119C04700000\""u8],
        [.. "[["u8],
        [.. "ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size\n1795532400000000000,T,"u8],
        [.. "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,sequence_number,sip_timestamp\nO:SPY"u8],
        [.. "underlying_symbol,quote_datetime,sequence_number,root,expiration,strike,option_type\n"u8],
        [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
    ];

    public static TheoryData<string> Formats => [.. TickFormats.All.Select(format => format.Name)];

    [Theory, MemberData(nameof(Formats))]
    public void K8_a_few_bytes_are_refused_or_read_and_cost_little(string name)
    {
        ITickFormat format = TickFormats.Named(name)!;
        var random = new SplitMix(38);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] content = Content(random, Beginnings[round % Beginnings.Length]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? failure = Record.Exception(() =>
            {
                using ImportFile file = ImportFile.Open(new MemoryStream(content), "small");
                format.Recognizes(file.Head.Span, file.FileName);
                var import = new TickImport(new Nowhere());
                import.Begin("small");
                try
                {
                    format.Read(file, import);
                }
                finally
                {
                    import.End();
                    Assert.True(import.Report.AddsUp);
                }
            });
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(failure is null or InputFormatException, $"{Convert.ToHexString(content)}: {failure}");
            Assert.True(allocated < BoundedBytes, $"{allocated:N0} bytes for {Convert.ToHexString(content)}");
            if (failure is not null) refused++;
        }
        Assert.True(refused > 0, "none was refused");
    }

    private static byte[] Content(SplitMix random, byte[] beginning)
    {
        byte[] content = [.. beginning, .. new byte[random.NextBits() % LongestTail]];
        bool isText = beginning.Length > 0 && beginning[0] is (byte)'{' or (byte)'[' or (byte)'t' or (byte)'u';
        for (int at = beginning.Length; at < content.Length; at++) content[at] = isText ? (byte)(' ' + (random.NextBits() % 95)) : (byte)random.NextBits();
        for (int changes = (int)(random.NextBits() % 3); changes > 0 && content.Length > sizeof(uint); changes--)
        {
            int at = (int)(random.NextBits() % (ulong)(content.Length - sizeof(uint)));
            BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(at), Interesting[random.NextBits() % (ulong)Interesting.Length]);
        }
        switch (random.NextBits() % 6)
        {
            case 0:
                using (var zstd = new ZstdSharp.Compressor()) return [.. zstd.Wrap(content)];
            case 1:
                using (var packed = new MemoryStream())
                {
                    using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
                    return packed.ToArray();
                }
            default:
                return content;
        }
    }

    private sealed class Nowhere : ITickSink
    {
        public void Add(in Tick tick)
        {
        }
    }
}
