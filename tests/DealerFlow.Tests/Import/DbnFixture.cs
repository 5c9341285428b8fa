using System.Buffers.Binary;
using System.Text;
using DealerFlow.Import;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>Makes files of the format by hand, and reads files of it.</summary>
internal static class DbnFixture
{
    public const ulong NoTime = ulong.MaxValue;
    public const long NoPrice = long.MaxValue;

    /// <summary>2025-02-20T14:30:01Z.</summary>
    public const ulong At = 1_740_061_801_000_000_000;

    public const ulong NanosPerDay = 86_400_000_000_000;
    public const uint Id = 16_783_963;
    public const string Symbol = "AAPL  250221C00250000";

    public static (string Asked, (uint From, uint Until, string Answer)[] Days)[] Mapped { get; } =
        [(Symbol, [(20250220, 20250221, "16783963")])];

    /// <summary>What becomes of a file.</summary>
    public static DbnReading Read(byte[] file, string name = "hand.dbn", ImportOptions? options = null)
    {
        var reading = new DbnReading(options);
        reading.Read(file, name);
        return reading;
    }

    public static byte[] File(byte[] metadata, params byte[][] records) => [.. metadata, .. records.SelectMany(record => record)];

    /// <summary>Metadata in front of hand-made records: OPRA, version 3, one option.</summary>
    public static byte[] Metadata(
        int version = 3, string dataset = "OPRA.PILLAR", ushort schema = ushort.MaxValue, bool hasSendTime = false, byte symbolsIn = 1,
        byte symbolsOut = 0, (string Asked, (uint From, uint Until, string Answer)[] Days)[]? mappings = null)
    {
        int symbolLength = version == 1 ? 22 : 71;
        var body = new List<byte>();
        byte[] fixedPart = new byte[100];
        Encoding.ASCII.GetBytes(dataset, fixedPart);
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart.AsSpan(16), schema);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart.AsSpan(18), At);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart.AsSpan(26), NoTime);
        int kinds = version == 1 ? 50 : 42;
        (fixedPart[kinds], fixedPart[kinds + 1], fixedPart[kinds + 2]) = (symbolsIn, symbolsOut, hasSendTime ? (byte)1 : (byte)0);
        if (version > 1) BinaryPrimitives.WriteUInt16LittleEndian(fixedPart.AsSpan(kinds + 3), (ushort)symbolLength);
        body.AddRange(fixedPart);
        body.AddRange(new byte[16]);   // no schema definition, no symbols, none partial, none not found
        mappings ??= Mapped;
        body.AddRange(U32((uint)mappings.Length));
        foreach ((string asked, (uint From, uint Until, string Answer)[] days) in mappings)
        {
            body.AddRange(Text(asked, symbolLength));
            body.AddRange(U32((uint)days.Length));
            foreach ((uint from, uint until, string answer) in days) body.AddRange([.. U32(from), .. U32(until), .. Text(answer, symbolLength)]);
        }
        if (version == 3) body.AddRange(new byte[(8 - (body.Count % 8)) % 8]);
        return [.. "DBN"u8, (byte)version, .. U32((uint)body.Count), .. body];
    }

    public static byte[] Record(int kind, int length, ushort publisher, uint id, ulong happened, Action<Span<byte>>? fill = null, ulong? sent = null)
    {
        byte[] record = new byte[length + (sent is null ? 0 : 8)];
        record[0] = (byte)(record.Length / 4);
        record[1] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(2), publisher);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), id);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), happened);
        fill?.Invoke(record);
        if (sent is ulong time) BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(length), time);
        return record;
    }

    public static byte[] Trade(
        long price, uint size, ushort publisher = 23, uint id = Id, ulong happened = At, ulong received = At + 1_000, ulong? sent = null) =>
        Record(0x00, 48, publisher, id, happened, body => Order(body, price, size, 'T', received), sent);

    public static byte[] Quote(
        int kind, long bid, long ask, uint bidSize = 10, uint askSize = 20, ushort publisher = 30, char action = 'A', long price = NoPrice,
        uint size = 0, uint id = Id, ulong happened = At, ulong received = At + 1_000, ulong? sent = null) =>
        Record(kind, 80, publisher, id, happened, body =>
        {
            Order(body, price, size, action, received);
            BinaryPrimitives.WriteInt64LittleEndian(body[48..], bid);
            BinaryPrimitives.WriteInt64LittleEndian(body[56..], ask);
            BinaryPrimitives.WriteUInt32LittleEndian(body[64..], bidSize);
            BinaryPrimitives.WriteUInt32LittleEndian(body[68..], askSize);
        }, sent);

    public static byte[] Statistic(
        int version, ushort kind, long quantity, byte update = 1, uint id = Id, ulong happened = At, ulong received = At + 1_000) =>
        Record(0x18, version < 3 ? 64 : 80, 24, id, happened, body =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body[16..], received);
            BinaryPrimitives.WriteUInt64LittleEndian(body[24..], NoTime);
            BinaryPrimitives.WriteInt64LittleEndian(body[32..], NoPrice);
            if (version < 3) BinaryPrimitives.WriteInt32LittleEndian(body[40..], quantity == long.MaxValue ? int.MaxValue : (int)quantity);
            else BinaryPrimitives.WriteInt64LittleEndian(body[40..], quantity);
            BinaryPrimitives.WriteUInt16LittleEndian(body[(version < 3 ? 52 : 56)..], kind);
            body[version < 3 ? 56 : 60] = update;
        });

    public static byte[] Definition(int version, string symbol, char instrumentClass, uint id = Id, ulong happened = At) =>
        Record(0x13, version switch { 1 => 360, 2 => 400, _ => 520 }, 30, id, happened, body =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body[16..], happened);
            Encoding.ASCII.GetBytes(symbol, body[(version == 3 ? 238 : 200)..]);
            body[version switch { 1 => 325, 2 => 374, _ => 487 }] = (byte)instrumentClass;
        });

    public static byte[] SymbolMapping(int version, string from, string to, uint id = Id, ulong happened = At) =>
        Record(0x16, version == 1 ? 80 : 176, 0, id, happened, body =>
        {
            Encoding.ASCII.GetBytes(from, body[(version == 1 ? 16 : 17)..]);
            Encoding.ASCII.GetBytes(to, body[(version == 1 ? 38 : 89)..]);
        });

    public static byte[] U32(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Text(string text, int length)
    {
        byte[] bytes = new byte[length];
        Encoding.ASCII.GetBytes(text, bytes);
        return bytes;
    }

    private static void Order(Span<byte> body, long price, uint size, char action, ulong received)
    {
        BinaryPrimitives.WriteInt64LittleEndian(body[16..], price);
        BinaryPrimitives.WriteUInt32LittleEndian(body[24..], size);
        (body[28], body[29], body[30]) = ((byte)action, (byte)'N', 194);
        BinaryPrimitives.WriteUInt64LittleEndian(body[32..], received);
    }
}

/// <summary>Reads files of the format and keeps what they gave.</summary>
internal sealed class DbnReading : ITickSink
{
    private readonly TickImport _import;

    public DbnReading(ImportOptions? options = null) => _import = new TickImport(this, options);

    public List<Tick> Ticks { get; } = [];

    public ImportReport Report => _import.Report;

    public ReadOnlySpan<InstrumentDefinition> Definitions => _import.Definitions;

    public void Add(in Tick tick) => Ticks.Add(tick);

    public void Read(byte[] bytes, string name) => Read(new MemoryStream(bytes), name);

    public void Read(Stream stream, string name)
    {
        using ImportFile file = ImportFile.Open(stream, name);
        _import.Begin(name);
        try
        {
            new DbnFormat().Read(file, _import);
        }
        finally
        {
            _import.End();
        }
    }
}
