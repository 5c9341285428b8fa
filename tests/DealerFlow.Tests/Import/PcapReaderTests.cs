using DealerFlow.Import;
using DealerFlow.Market;
using Xunit;
using static DealerFlow.Tests.PacketFixture;

namespace DealerFlow.Tests;

public class PcapReaderTests
{
    private const ulong Micros = (Seconds * 1_000_000UL) + 250_000;

    private static (List<byte[]> Packets, List<long> Times, string? Damage) Read(byte[] bytes)
    {
        var reader = new PcapReader(new MemoryStream(bytes), "capture");
        var packets = new List<byte[]>();
        var times = new List<long>();
        while (reader.TryRead(out ReadOnlySpan<byte> packet))
        {
            packets.Add(packet.ToArray());
            times.Add(reader.CapturedNanos);
            Assert.Equal(packets.Count, reader.Number);
        }
        return (packets, times, reader.Damage);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Classic_captures_of_either_order_and_resolution_give_packets_and_times(bool isBigEndian, bool isNanos)
    {
        (List<byte[]> packets, List<long> times, string? damage) = Read(Pcap(isBigEndian, isNanos, [1, 2, 3], [], [4]));
        Assert.Equal<byte[]>([[1, 2, 3], [], [4]], packets);
        Assert.All(times, time => Assert.Equal((Seconds * 1_000_000_000L) + 900_000_000, time));
        Assert.Null(damage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sections_interfaces_and_both_kinds_of_packets_of_pcapng_are_read_and_other_blocks_skipped(bool isBigEndian)
    {
        byte[] unknown = Block(isBigEndian, 0x0000_0BAD, new byte[300]);
        byte[] nanosecondOption = isBigEndian ? [0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0] : [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
        byte[] bytes =
        [
            .. SectionBlock(isBigEndian), .. unknown, .. InterfaceBlock(isBigEndian), .. EnhancedBlock(isBigEndian, Micros, [1, 2, 3, 4, 5]),
            .. SimpleBlock(isBigEndian, [6]), .. unknown,
            .. SectionBlock(!isBigEndian), .. InterfaceBlock(!isBigEndian), .. EnhancedBlock(!isBigEndian, Micros, [7, 8]),
            .. SectionBlock(isBigEndian), .. InterfaceBlock(isBigEndian, nanosecondOption), .. EnhancedBlock(isBigEndian, Micros * 1_000, [9]),
        ];
        (List<byte[]> packets, List<long> times, string? damage) = Read(bytes);
        Assert.Equal<byte[]>([[1, 2, 3, 4, 5], [6], [7, 8], [9]], packets);
        long nanos = (long)Micros * 1_000;
        Assert.Equal([nanos, 0, nanos, nanos], times);
        Assert.Null(damage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("D4C3")]
    [InlineData("00000000000000000000")]
    [InlineData("D4C3B2A1020004000000")]                    // cut within the header
    [InlineData("0A0D0D0A")]
    [InlineData("0A0D0D0A1C0000004D3C2B1A")]                // section of 28 bytes, cut
    [InlineData("0A0D0D0A00000000123456780000000000000000")]    // no byte order
    [InlineData("0A0D0D0A000000004D3C2B1A0100000000000000")]    // section of no length
    [InlineData("0A0D0D0AFFFFFFFF4D3C2B1A0100000000000000")]    // section of 4 GiB
    public void What_is_no_capture_is_refused_in_a_sentence(string hex)
    {
        InputFormatException refusal = Assert.Throws<InputFormatException>(() => Read(Convert.FromHexString(hex)));
        Assert.StartsWith("capture: ", refusal.Message);
        Assert.EndsWith(".", refusal.Message);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(0xFFFF_FFFFu)]
    public void K1_the_stated_longest_packet_of_a_capture_is_not_believed(uint snapLength)
    {
        byte[] bytes = Pcap([1, 2, 3], [4]);
        UInt32(snapLength, isBigEndian: false).CopyTo(bytes, 16);
        (List<byte[]> packets, _, string? damage) = Read(bytes);
        Assert.Equal<byte[]>([[1, 2, 3], [4]], packets);
        Assert.Null(damage);
    }

    [Theory]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(0x7FFF_FFFF)]
    [InlineData(262_145)]
    public void K1_a_packet_of_impossible_length_ends_the_reading_and_is_said(uint length)
    {
        byte[] bytes = Pcap([1], [2]);
        UInt32(length, isBigEndian: false).CopyTo(bytes, 24 + 17 + 8);
        (List<byte[]> packets, _, string? damage) = Read(bytes);
        Assert.Single(packets);
        Assert.Contains("none that can be captured", damage);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(8u)]
    [InlineData(13u)]
    [InlineData(0xFFFF_FFFFu)]
    [InlineData(0xFFFF_FFFCu)]
    public void K1_a_block_of_impossible_length_ends_the_reading_and_is_said(uint length)
    {
        foreach (uint type in (uint[])[1, 3, 6, 0xBAD])
        {
            byte[] bytes =
            [
                .. SectionBlock(false), .. InterfaceBlock(false), .. EnhancedBlock(false, Micros, [1]),
                .. UInt32(type, false), .. UInt32(length, false), .. new byte[64],
            ];
            (List<byte[]> packets, _, string? damage) = Read(bytes);
            Assert.Single(packets);
            Assert.NotNull(damage);
        }
    }

    [Fact]
    public void A_packet_longer_than_its_block_or_of_no_interface_is_said()
    {
        byte[] longer = EnhancedBlock(false, Micros, [1, 2, 3, 4]);
        longer[8 + 12] = 5;
        Assert.Contains("longer than its block", Read([.. SectionBlock(false), .. InterfaceBlock(false), .. longer]).Damage);
        Assert.Contains("interface 0", Read([.. SectionBlock(false), .. EnhancedBlock(false, Micros, [1])]).Damage);
        Assert.Contains("before the description", Read([.. SectionBlock(false), .. SimpleBlock(false, [1])]).Damage);
    }

    [Fact]
    public void Two_lengths_of_a_block_that_differ_are_said()
    {
        byte[] block = EnhancedBlock(false, Micros, [1]);
        block[^4]++;
        Assert.Contains("differ", Read([.. SectionBlock(false), .. InterfaceBlock(false), .. block]).Damage);
    }

    [Fact]
    public void A_capture_cut_at_any_byte_gives_the_whole_packets_before_and_says_so_unless_it_is_between_them()
    {
        byte[] classic = Pcap([1, 2, 3], [4, 5]);
        int[] ends = [24, 24 + 19, 24 + 19 + 18];
        for (int length = 24; length <= classic.Length; length++)
        {
            (List<byte[]> packets, _, string? damage) = Read(classic[..length]);
            Assert.Equal(ends.Count(end => end <= length) - 1, packets.Count);
            Assert.Equal(!ends.Contains(length), damage is not null);
        }
    }

    [Fact]
    public void Udp_is_found_behind_tags_and_before_padding()
    {
        byte[] payload = [9, 8, 7];
        foreach (byte[] packet in (byte[][])[Udp(payload), Udp(payload, vlanTags: 1), Udp(payload, vlanTags: 2), Udp(payload, padding: 20)])
        {
            Assert.True(UdpDatagram.TryPayload(packet, 1, out ReadOnlySpan<byte> found));
            Assert.Equal(payload, found.ToArray());
        }
        Assert.True(UdpDatagram.TryPayload(Udp(payload).AsSpan(14), 101, out ReadOnlySpan<byte> bare));
        Assert.Equal(payload, bare.ToArray());
    }

    [Theory]
    [InlineData(14, 0x65)]      // IPv6
    [InlineData(14, 0x44)]      // header of 16 bytes
    [InlineData(14, 0x4F)]      // header of 60 bytes, beyond the packet
    [InlineData(17, 200)]       // total length beyond the packet
    [InlineData(17, 3)]         // total length within the header
    [InlineData(20, 0x20)]      // more fragments follow
    [InlineData(21, 0x01)]      // not the first fragment
    [InlineData(23, 6)]         // TCP
    [InlineData(39, 200)]       // UDP length beyond the packet
    [InlineData(39, 7)]         // UDP length within its header
    [InlineData(13, 0x06)]      // ARP
    public void Anything_but_a_whole_udp_datagram_has_no_payload(int offset, byte value)
    {
        byte[] packet = Udp([9, 8, 7]);
        Assert.True(UdpDatagram.TryPayload(packet, 1, out _));
        packet[offset] = value;
        Assert.False(UdpDatagram.TryPayload(packet, 1, out _));
    }

    [Fact]
    public void A_datagram_cut_at_any_byte_has_no_payload_and_breaks_nothing()
    {
        byte[] packet = Udp([9, 8, 7], vlanTags: 2);
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(UdpDatagram.TryPayload(packet.AsSpan(0, length), 1, out _));
            Assert.False(UdpDatagram.TryPayload(packet.AsSpan(0, length), 113, out _));
            Assert.False(UdpDatagram.TryPayload(packet.AsSpan(0, length), 147, out _));
        }
    }

    [Fact]
    public void Real_captures_of_other_feeds_are_of_no_packet_format_and_give_nothing()
    {
        string folder = Repository.RealData("exchange_pcap/omi");
        string[] files = Directory.GetFiles(folder, "*.pcap", SearchOption.AllDirectories);
        int others = 0;
        foreach (string path in files.Where(path => !path.Contains("/Siac/") && !path.Contains("/Iex/")))
        {
            others++;
            foreach (ITickFormat format in (ITickFormat[])[new OpraPcap(), new IexTops()])
            {
                using ImportFile file = ImportFile.Open(path);
                Assert.False(format.Recognizes(file.Head.Span, file.FileName), $"{format.Name} takes {path} for its own");
                ImportRun run = Run(format, File.ReadAllBytes(path));
                Assert.Empty(run.Ticks);
                Assert.True(run.Report.Rows >= 1);
            }
        }
        Assert.Equal((26, 11), (files.Length, others));
    }
}
