using System.Buffers.Binary;
using System.Text;

namespace DealerFlow.Tape;

/// <summary>
/// Text pairs as bytes: per pair u32 key bytes, u32 value bytes, key, value, in UTF-8; pairs ascend by key (ordinal), so that equal
/// metadata gives equal bytes.
/// </summary>
internal static class TapeMetadata
{
    /// <summary>Bytes of all pairs at most.</summary>
    public const int MaxBytes = 1 << 20;

    private const int LengthBytes = 2 * sizeof(uint);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] ToBytes(IReadOnlyDictionary<string, string> metadata)
    {
        using var bytes = new MemoryStream();
        Span<byte> lengths = stackalloc byte[LengthBytes];
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (key.Length == 0) throw new ArgumentException("A metadata key is empty.", nameof(metadata));
            byte[] keyBytes = StrictUtf8.GetBytes(key), valueBytes = StrictUtf8.GetBytes(value);
            BinaryPrimitives.WriteUInt32LittleEndian(lengths, (uint)keyBytes.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(lengths[sizeof(uint)..], (uint)valueBytes.Length);
            bytes.Write(lengths);
            bytes.Write(keyBytes);
            bytes.Write(valueBytes);
            if (bytes.Length > MaxBytes) throw new ArgumentException($"Metadata takes more than {MaxBytes} bytes.", nameof(metadata));
        }
        return bytes.ToArray();
    }

    /// <summary>The pairs, or null when the bytes are not exactly <paramref name="count"/> of them.</summary>
    public static Dictionary<string, string>? FromBytes(ReadOnlySpan<byte> bytes, uint count)
    {
        if (count > (uint)bytes.Length / LengthBytes) return null;
        var metadata = new Dictionary<string, string>((int)count, StringComparer.Ordinal);
        for (uint pair = 0; pair < count; pair++)
        {
            if (bytes.Length < LengthBytes) return null;
            uint keyBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes), valueBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]);
            bytes = bytes[LengthBytes..];
            if (keyBytes == 0 || (ulong)keyBytes + valueBytes > (ulong)bytes.Length) return null;
            if (!TryText(bytes[..(int)keyBytes], out string key) || !TryText(bytes.Slice((int)keyBytes, (int)valueBytes), out string value)) return null;
            if (!metadata.TryAdd(key, value)) return null;
            bytes = bytes[(int)(keyBytes + valueBytes)..];
        }
        return bytes.IsEmpty ? metadata : null;
    }

    private static bool TryText(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        text = StrictUtf8.GetString(bytes);
        return true;
    }
}
