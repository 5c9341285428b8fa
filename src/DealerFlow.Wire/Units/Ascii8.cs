using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>Up to eight ASCII characters, zero padded: an option root or an underlying's symbol on the wire.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
public readonly struct Ascii8 : IEquatable<Ascii8>
{
    private readonly ulong _littleEndianBytes;

    private Ascii8(ulong littleEndianBytes) => _littleEndianBytes = littleEndianBytes;

    /// <summary>Packs a text; throws when it is longer than eight characters or not printable ASCII.</summary>
    public static Ascii8 From(ReadOnlySpan<char> text)
    {
        if (text.Length > 8) throw new ArgumentException($"'{text}' has more than eight characters.", nameof(text));
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is < '!' or > '~') throw new ArgumentException($"'{text}' is not printable ASCII.", nameof(text));
            bytes[i] = (byte)text[i];
        }
        return new Ascii8(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    /// <summary>The text, without padding. Bytes that are not printable ASCII come back as '?'.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[8];
        int length = 0;
        for (ulong rest = _littleEndianBytes; rest != 0 && length < 8; rest >>= 8)
        {
            char c = (char)(rest & 0xFF);
            text[length++] = c is >= '!' and <= '~' ? c : '?';
        }
        return new string(text[..length]);
    }

    /// <inheritdoc/>
    public bool Equals(Ascii8 other) => _littleEndianBytes == other._littleEndianBytes;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Ascii8 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _littleEndianBytes.GetHashCode();

    /// <summary>Same bytes.</summary>
    public static bool operator ==(Ascii8 left, Ascii8 right) => left.Equals(right);

    /// <summary>Other bytes.</summary>
    public static bool operator !=(Ascii8 left, Ascii8 right) => !left.Equals(right);
}
