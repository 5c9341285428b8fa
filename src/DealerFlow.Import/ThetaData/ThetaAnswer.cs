using System.Globalization;
using System.Text;
using DealerFlow.Market;
using ZstdSharp;

namespace DealerFlow.Import;

/// <summary>
/// A captured protobuf answer of ThetaData: a message whose first field is a table, compressed or not; several one after the other are
/// read as several tables. Each table names its columns, then gives rows of values.
/// </summary>
internal static class ThetaAnswer
{
    private const int MaxBytes = 64 << 20;
    private const int MaxTableBytes = 1 << 28;
    private const int FreeBytes = 16 << 20;
    private const long MostPerByte = 200;
    private const int MaxWindowLog = 27;
    private const int MaxCellLength = 100;
    private const int PriceBias = 10;

    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>Whether a file looks like one: by its name, or by a first field that is compressed.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head, string fileName)
    {
        if (head.IsEmpty || head[0] != 0x0A) return false;
        if (fileName.EndsWith(".pb", StringComparison.OrdinalIgnoreCase) || fileName.EndsWith(".pb.zst", StringComparison.OrdinalIgnoreCase)) return true;
        int start = 1;
        while (start < Math.Min(head.Length, 6) && head[start] >= 0x80) start++;
        return start + 1 < head.Length && head[(start + 1)..].StartsWith(ZstdMagic);
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="InputFormatException">It is damaged, too large, or of no known kind.</exception>
    public static void Read(ImportFile file, TickImport import)
    {
        ReadOnlyMemory<byte> answer = ReadAll(file.Content, file.Path, MaxBytes);
        var message = new ProtobufReader(answer.Span);
        long place = 0;
        bool hasTable = false;
        while (message.Next())
        {
            if (message.Field != 1 || message.Content.IsEmpty) continue;
            hasTable = true;
            if (message.Content.StartsWith(ZstdMagic)) ReadTable(Unpack(message.Content, file.Path).Span, file.Path, import, ref place);
            else ReadTable(message.Content, file.Path, import, ref place);
        }
        if (message.IsDamaged || !hasTable) throw Damaged(file.Path);
    }

    private static void ReadTable(ReadOnlySpan<byte> table, string source, TickImport import, ref long place)
    {
        var names = new StringBuilder();
        var fields = new ProtobufReader(table);
        int columns = 0;
        while (fields.Next())
        {
            if (fields.Field != 1) continue;
            if (++columns > CsvHeader.MaxColumns || !TryAppend(names, Encoding.UTF8.GetString(fields.Content[..Math.Min(fields.Content.Length, MaxCellLength)])))
                throw Damaged(source);
        }
        if (fields.IsDamaged || columns == 0) throw Damaged(source);
        CsvHeader header = CsvHeader.Of(names.ToString(0, names.Length - 1)) ?? throw Damaged(source);
        var row = new ThetaRow(header, source);
        Span<Range> ranges = new Range[CsvHeader.MaxColumns];
        var line = new StringBuilder();
        fields = new ProtobufReader(table);
        while (fields.Next())
        {
            if (fields.Field != 2) continue;
            import.BeginRow(++place);
            var cells = new CsvFields(ranges);
            if (!TryLine(fields.Content, line, out int count) || count != columns || !cells.TrySplit(line.ToString(0, line.Length - 1)))
                import.Reject(ImportRejection.Malformed, $"the row has {count} values that can be read, the table {columns} columns");
            else row.Read(in cells, import);
        }
    }

    // The values as a CSV row would have them, so that both are read by one reader.
    private static bool TryLine(ReadOnlySpan<byte> row, StringBuilder line, out int count)
    {
        line.Clear();
        count = 0;
        var values = new ProtobufReader(row);
        while (values.Next())
        {
            if (values.Field != 1) continue;
            if (count == CsvHeader.MaxColumns || !TryValue(values.Content, out string text) || !TryAppend(line, text)) return false;
            count++;
        }
        return !values.IsDamaged && count > 0;
    }

    private static bool TryValue(ReadOnlySpan<byte> value, out string text)
    {
        text = "";
        var kinds = new ProtobufReader(value);
        if (!kinds.Next()) return !kinds.IsDamaged;
        switch (kinds.Field)
        {
            case 1:
                if (kinds.Content.Length > MaxCellLength) return false;
                text = Encoding.UTF8.GetString(kinds.Content);
                return true;
            case 2:
                text = kinds.Number.ToString(CultureInfo.InvariantCulture);
                return true;
            case 3:
                return TryPrice(kinds.Content, out text);
            case 4:
                (long millis, _, bool isTime) = Pair(kinds.Content);
                text = millis.ToString(CultureInfo.InvariantCulture);
                return isTime;
            default:
                return true;
        }
    }

    // value × 10^(type − 10); type 0 is a price of nothing.
    private static bool TryPrice(ReadOnlySpan<byte> price, out string text)
    {
        (long value, long type, bool isPair) = Pair(price);
        text = "0";
        if (!isPair || value is < int.MinValue or > int.MaxValue || type is < 0 or > 2 * PriceBias) return false;
        if (type == 0) return true;
        decimal number = value;
        for (long power = PriceBias; power < type; power++) number *= 10;
        for (long power = type; power < PriceBias; power++) number /= 10;
        text = number.ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static (long First, long Second, bool IsWhole) Pair(ReadOnlySpan<byte> message)
    {
        (long first, long second) = (0, 0);
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (fields.Field == 1) first = fields.Number;
            else if (fields.Field == 2) second = fields.Number;
        }
        return (first, second, !fields.IsDamaged);
    }

    private static bool TryAppend(StringBuilder line, string text)
    {
        if (text.AsSpan().ContainsAny(",\"\r\n")) return false;
        line.Append(text).Append(',');
        return true;
    }

    private static ReadOnlyMemory<byte> Unpack(ReadOnlySpan<byte> packed, string source)
    {
        using var stream = new DecompressionStream(new MemoryStream(packed.ToArray()));
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
        try
        {
            return ReadAll(stream, source, (int)Math.Min(MaxTableBytes, FreeBytes + (MostPerByte * packed.Length)));
        }
        catch (Exception failure) when (failure is ZstdException or EndOfStreamException or InvalidDataException)
        {
            throw new InputFormatException(source, 0, $"the table inside is damaged ({failure.Message}); fetch another copy.", failure);
        }
    }

    private static ReadOnlyMemory<byte> ReadAll(Stream content, string source, int most)
    {
        byte[] room = new byte[Math.Min(1 << 16, most)];
        int length = 0;
        while (true)
        {
            int read = content.Read(room, length, room.Length - length);
            if (read == 0) return room.AsMemory(0, length);
            length += read;
            if (length < room.Length) continue;
            if (length >= most) throw new InputFormatException(
                source, 0, string.Create(CultureInfo.InvariantCulture, $"the answer has more than {most:N0} bytes; ask for fewer days at once, or for CSV."));
            Array.Resize(ref room, (int)Math.Min(2L * room.Length, most));
        }
    }

    private static InputFormatException Damaged(string source) => new(source, 0, "this is no whole answer of ThetaData; fetch another copy.");
}
