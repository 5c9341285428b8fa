using System.Buffers.Binary;
using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Makes captures by hand and runs an import over bytes.</summary>
internal static class PacketFixture
{
    /// <summary>2023-11-29T20:56:44Z, the second of the real OPRA captures.</summary>
    public const uint Seconds = 0x6567A58C;

    /// <summary>Reads bytes with a format and asserts that every row has one outcome.</summary>
    public static ImportRun Run(ITickFormat format, byte[] bytes, ImportOptions? options = null)
    {
        using ImportFile file = ImportFile.Open(new MemoryStream(bytes), "capture");
        return Run(format, file, options);
    }

    /// <summary>Reads a file with the format that recognizes it, which must be <paramref name="format"/>.</summary>
    public static ImportRun RunRecognized(string format, string path)
    {
        using ImportFile file = ImportFile.Open(path);
        ITickFormat recognized = TickFormats.Of(file);
        Assert.Equal(format, recognized.Name);
        return Run(recognized, file, null);
    }

    /// <summary>A classic capture of Ethernet packets: little endian, microseconds.</summary>
    public static byte[] Pcap(params byte[][] packets) => Pcap(isBigEndian: false, isNanos: false, packets);

    public static byte[] Pcap(bool isBigEndian, bool isNanos, params byte[][] packets)
    {
        var file = new MemoryStream();
        void Put(uint value) => file.Write(UInt32(value, isBigEndian));
        Put(isNanos ? 0xA1B23C4Du : 0xA1B2C3D4u);
        file.Write(isBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]);
        Put(0);
        Put(0);
        Put(65_535);
        Put(1);
        foreach (byte[] packet in packets)
        {
            Put(Seconds);
            Put(isNanos ? 900_000_000u : 900_000u);
            Put((uint)packet.Length);
            Put((uint)packet.Length);
            file.Write(packet);
        }
        return file.ToArray();
    }

    /// <summary>A block of pcapng with its body padded.</summary>
    public static byte[] Block(bool isBigEndian, uint type, params byte[][] body)
    {
        byte[] whole = [.. body.SelectMany(part => part)];
        int padded = (whole.Length + 3) & ~3;
        byte[] length = UInt32((uint)padded + 12, isBigEndian);
        return [.. UInt32(type, isBigEndian), .. length, .. whole, .. new byte[padded - whole.Length], .. length];
    }

    public static byte[] SectionBlock(bool isBigEndian) => Block(
        isBigEndian, 0x0A0D0D0A, UInt32(0x1A2B3C4D, isBigEndian), isBigEndian ? [0, 1, 0, 0] : [1, 0, 0, 0], [255, 255, 255, 255, 255, 255, 255, 255]);

    public static byte[] InterfaceBlock(bool isBigEndian, params byte[] options) =>
        Block(isBigEndian, 1, isBigEndian ? [0, 1, 0, 0] : [1, 0, 0, 0], UInt32(0, isBigEndian), options);

    public static byte[] EnhancedBlock(bool isBigEndian, ulong units, byte[] packet) => Block(
        isBigEndian, 6, UInt32(0, isBigEndian), UInt32((uint)(units >> 32), isBigEndian), UInt32((uint)units, isBigEndian),
        UInt32((uint)packet.Length, isBigEndian), UInt32((uint)packet.Length, isBigEndian), packet);

    public static byte[] SimpleBlock(bool isBigEndian, byte[] packet) => Block(isBigEndian, 3, UInt32((uint)packet.Length, isBigEndian), packet);

    /// <summary>Ethernet, IPv4, UDP around a payload; <paramref name="line"/> ends the multicast address.</summary>
    public static byte[] Udp(byte[] payload, int vlanTags = 0, int padding = 0, byte line = 1)
    {
        var packet = new List<byte>(new byte[12]);
        for (int tag = 0; tag < vlanTags; tag++) packet.AddRange([0x81, 0x00, 0x00, 0x07]);
        packet.AddRange([0x08, 0x00]);
        packet.AddRange([0x45, 0, .. UInt16(28 + payload.Length), 0, 0, 0, 0, 4, 17, 0, 0, 10, 0, 0, 1, 224, 0, 0, line]);
        packet.AddRange([0x30, 0x39, 0x30, 0x39, .. UInt16(8 + payload.Length), 0, 0]);
        packet.AddRange(payload);
        packet.AddRange(new byte[padding]);
        return [.. packet];
    }

    public static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] UInt32(uint value, bool isBigEndian = true)
    {
        byte[] bytes = new byte[4];
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static ImportRun Run(ITickFormat format, ImportFile file, ImportOptions? options)
    {
        var sink = new ListSink();
        var import = new TickImport(sink, options);
        import.Begin("capture");
        format.Read(file, import);
        import.End();
        Assert.True(import.Report.AddsUp, $"{import.Report.Rows} rows do not add up");
        return new ImportRun(import, sink.Ticks);
    }

    private sealed class ListSink : ITickSink
    {
        public List<Tick> Ticks { get; } = [];

        public void Add(in Tick tick) => Ticks.Add(tick);
    }
}

/// <summary>What an import told.</summary>
internal sealed record ImportRun(TickImport Import, List<Tick> Ticks)
{
    public ImportReport Report => Import.Report;

    public InstrumentDefinition this[Tick tick] => Import.Definitions[(int)tick.InstrumentId];

    /// <summary>Root, expiry, C or P, strike.</summary>
    public string Name(Tick tick)
    {
        InstrumentDefinition definition = this[tick];
        return definition.Kind == InstrumentKind.Underlying
            ? definition.Root.ToString()
            : $"{definition.Root} {definition.ExpiryDate} {(char)definition.Kind} {definition.StrikeMills}";
    }
}
