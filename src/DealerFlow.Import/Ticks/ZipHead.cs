using System.IO.Compression;
using System.Text;

namespace DealerFlow.Import;

/// <summary>What the first bytes of a zip archive say of its first entry: formats are told apart before an archive is read.</summary>
internal static class ZipHead
{
    private const int MethodOffset = 8;
    private const int NameLengthOffset = 26;
    private const int ExtraLengthOffset = 28;
    private const int NameOffset = 30;
    private const int Stored = 0;
    private const int Deflated = 8;

    /// <summary>Name and beginning of the first entry; the beginning is empty where it lies behind the first bytes or is packed in an unknown way.</summary>
    /// <returns>False when this is no archive or the name is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> head, out string name, out ReadOnlySpan<byte> text)
    {
        name = "";
        text = default;
        if (!head.StartsWith(BoundedZip.Magic) || head.Length < NameOffset) return false;
        int nameLength = U16(head, NameLengthOffset), start = NameOffset + nameLength + U16(head, ExtraLengthOffset);
        if (NameOffset + nameLength > head.Length) return false;
        name = Encoding.Latin1.GetString(head.Slice(NameOffset, nameLength));
        if (start >= head.Length) return true;
        text = U16(head, MethodOffset) switch
        {
            Stored => head[start..],
            Deflated => Inflate(head[start..]),
            _ => default,
        };
        return true;
    }

    // The packed bytes end in the middle of the entry, which is no damage here.
    private static ReadOnlySpan<byte> Inflate(ReadOnlySpan<byte> packed)
    {
        byte[] room = new byte[ImportFile.HeadBytes];
        int length = 0;
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
            for (int read = -1; read != 0 && length < room.Length; length += read) read = inflater.Read(room, length, room.Length - length);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            // What was unpacked before is the beginning all the same.
        }
        return room.AsSpan(0, length);
    }

    private static int U16(ReadOnlySpan<byte> bytes, int offset) => bytes[offset] | (bytes[offset + 1] << 8);
}
