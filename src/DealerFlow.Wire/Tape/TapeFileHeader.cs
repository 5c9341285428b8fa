using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>The first bytes of a tape. Blocks follow at once; a tape ends with a <see cref="TapeFooter"/>.</summary>
/// <remarks>
/// <code>
/// offset  field
///  0      Magic (u64)             "DFTAPE\r\n": the line end shows a file that went through a text-mode copy
///  8      MajorVersion (u16)      another major version is refused
/// 10      MinorVersion (u16)      a newer minor version may add block kinds; they are skipped
/// 12      MaxTicksPerBlock (u32)  1 … 262,144
/// 16      FileId (u64)            XxHash3 of metadata and definitions; repeated in every block
/// 24      MetadataCount (u32)
/// 28      DefinitionCount (u32)
/// 32      Reserved (u32)          0
/// 36      Crc (u32)               CRC-32 (zlib polynomial) of bytes 0 … 35
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TapeFileHeader
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 40;

    /// <summary>Bytes that <see cref="Crc"/> covers.</summary>
    public const int CheckedBytes = 36;

    /// <summary>"DFTAPE\r\n", first character in the lowest byte.</summary>
    public const ulong ExpectedMagic = 0x0A0D_4550_4154_4644;

    /// <summary>The major version that this code writes and reads.</summary>
    public const ushort CurrentMajorVersion = 1;

    /// <summary>The minor version that this code writes.</summary>
    public const ushort CurrentMinorVersion = 0;

    /// <summary>Definitions that a tape may hold: three times the series of the US market.</summary>
    public const int MaxDefinitions = 1 << 22;

    /// <summary><see cref="ExpectedMagic"/>.</summary>
    [FieldOffset(0)] public ulong Magic;

    /// <summary>Readers refuse another major version.</summary>
    [FieldOffset(8)] public ushort MajorVersion;

    /// <summary>Readers accept a newer minor version.</summary>
    [FieldOffset(10)] public ushort MinorVersion;

    /// <summary>No block of this tape holds more ticks.</summary>
    [FieldOffset(12)] public uint MaxTicksPerBlock;

    /// <summary>Identity of the tape, from its metadata and definitions: two tapes made from the same input agree in every byte.</summary>
    [FieldOffset(16)] public ulong FileId;

    /// <summary>Pairs in the metadata block.</summary>
    [FieldOffset(24)] public uint MetadataCount;

    /// <summary>Records in all definition blocks.</summary>
    [FieldOffset(28)] public uint DefinitionCount;

    /// <summary>0.</summary>
    [FieldOffset(32)] public uint Reserved;

    /// <summary>CRC-32 of the <see cref="CheckedBytes"/> before it.</summary>
    [FieldOffset(36)] public uint Crc;
}
