using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>What stands before the ticks of a datagram, 32 bytes.</summary>
/// <remarks>
/// <code>
/// offset
///  0      Magic (u32, the characters DFTK)
///  4      Version (u8)
///  5      Flags (u8)
///  6      Count (u16)
///  8      Session (u64)
/// 16      Sequence (u64)
/// 24      Channel (u16)
/// 26      zeros
/// 32      ticks
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TickDatagramHeader
{
    /// <summary>Size of the header.</summary>
    public const int SizeInBytes = 32;

    /// <summary>The characters <c>DFTK</c>.</summary>
    public const uint ExpectedMagic = 0x4B_54_46_44;

    /// <summary>The version that is written and read.</summary>
    public const byte CurrentVersion = 1;

    /// <summary>Ticks of a datagram at most; 45 fit an Ethernet frame of 1,500 bytes.</summary>
    public const int MaxTicks = 2_000;

    /// <summary><see cref="ExpectedMagic"/>.</summary>
    [FieldOffset(0)] public uint Magic;

    /// <summary><see cref="CurrentVersion"/>.</summary>
    [FieldOffset(4)] public byte Version;

    /// <summary>Marks on the datagram.</summary>
    [FieldOffset(5)] public TickDatagramFlags Flags;

    /// <summary>Ticks behind the header.</summary>
    [FieldOffset(6)] public ushort Count;

    /// <summary>What numbering this is: another, larger number begins anew.</summary>
    [FieldOffset(8)] public ulong Session;

    /// <summary>Number of the first tick; the next datagram of the channel goes on behind the last.</summary>
    [FieldOffset(16)] public ulong Sequence;

    /// <summary>An independently numbered stream of this sender.</summary>
    [FieldOffset(24)] public ushort Channel;

    /// <summary>Bytes of the datagram, header and ticks.</summary>
    public readonly int Bytes => SizeInBytes + (Count * Tick.SizeInBytes);

    /// <summary>Writes a datagram and says how long it is.</summary>
    public static int Write(
        ulong session, ushort channel, ulong sequence, ReadOnlySpan<Tick> ticks, TickDatagramFlags flags, Span<byte> datagram)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ticks.Length, MaxTicks);
        var header = new TickDatagramHeader
        {
            Magic = ExpectedMagic,
            Version = CurrentVersion,
            Flags = flags,
            Count = (ushort)ticks.Length,
            Session = session,
            Sequence = sequence,
            Channel = channel,
        };
        MemoryMarshal.Write(datagram, in header);
        MemoryMarshal.AsBytes(ticks).CopyTo(datagram[SizeInBytes..]);
        return header.Bytes;
    }

    /// <summary>Whether bytes begin like a datagram of ticks, of whatever version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= SizeInBytes && Unsafe.ReadUnaligned<uint>(in datagram[0]) == ExpectedMagic;

    /// <summary>Reads the header of a datagram that is whole; otherwise says what is wrong with it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out TickDatagramHeader header, out string? trouble)
    {
        header = default;
        trouble = null;
        if (datagram.Length < SizeInBytes)
        {
            trouble = $"{datagram.Length} bytes are fewer than the {SizeInBytes} of a header";
            return false;
        }
        header = MemoryMarshal.Read<TickDatagramHeader>(datagram);
        trouble = header.Magic != ExpectedMagic ? "it does not begin with DFTK"
            : header.Version != CurrentVersion ? $"it is of version {header.Version}; version {CurrentVersion} is read"
            : header.Count > MaxTicks ? $"it says {header.Count:#,0} ticks, more than {MaxTicks:#,0}"
            : header.Bytes != datagram.Length ? $"it says {header.Count} ticks, which are {header.Bytes} bytes, where there are {datagram.Length}"
            : null;
        return trouble is null;
    }

    /// <summary>The ticks of a datagram that <see cref="TryRead"/> has read, aligned or not.</summary>
    public static void CopyTicks(ReadOnlySpan<byte> datagram, Span<Tick> ticks) =>
        datagram[SizeInBytes..].CopyTo(MemoryMarshal.AsBytes(ticks));
}

/// <summary>Marks on a datagram of ticks.</summary>
[Flags]
public enum TickDatagramFlags : byte
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>Nothing follows on this channel.</summary>
    End = 1,
}
