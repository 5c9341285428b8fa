using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// What stands before the records: which feed, which schema, and which instruments the ids stand for on which days. Read piece by
/// piece; a length or count that cannot be is refused before anything is made of it.
/// </summary>
internal sealed class DbnMetadata
{
    /// <summary>Newest version that is read.</summary>
    public const int NewestVersion = 3;

    /// <summary>Schema of captures that mix several.</summary>
    public const ushort NoSchema = ushort.MaxValue;

    /// <summary>Prints, each with the quote before it.</summary>
    public const ushort TbboSchema = 3;

    /// <summary>Longest metadata that are read. A request for all options of SPY has 6 MB.</summary>
    public const uint MaxLength = 1u << 29;

    private const int FixedLength = 100;
    private const int ListCount = 4;   // symbols, partial, not found, mappings
    private const int SymbolLengthOfVersion1 = 22;
    private const int MaxSymbolLength = byte.MaxValue;
    private const byte ByInstrumentId = 0;

    private DbnMetadata()
    {
    }

    /// <summary>Magic and version stand in the first four bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "DBN"u8;

    /// <summary>The format before this one: its metadata are a part of a Zstandard file that decoders skip.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> head) => head.Length > 8
        && (BinaryPrimitives.ReadUInt32LittleEndian(head) & ~0xFu) == 0x184D2A50 && head[8..].StartsWith("DBZ"u8);

    public int Version { get; private set; }

    /// <summary>The feed: <c>OPRA.PILLAR</c>.</summary>
    public string Dataset { get; private set; } = "";

    /// <summary>What was asked for, by number; <see cref="NoSchema"/> = several.</summary>
    public ushort Schema { get; private set; }

    public ulong StartNanos { get; private set; }

    /// <summary>End of what was asked for; <see cref="DbnRecord.NoTime"/> = open.</summary>
    public ulong EndNanos { get; private set; }

    /// <summary>Most records that were asked for; 0 = all.</summary>
    public ulong Limit { get; private set; }

    /// <summary>How instruments were asked for: 0 by id, 1 by symbol, 4 by underlying, 255 mixed.</summary>
    public byte SymbolsIn { get; private set; }

    /// <summary>How they are answered.</summary>
    public byte SymbolsOut { get; private set; }

    /// <summary>Every record has eight bytes more: when it was sent.</summary>
    public bool HasSendTime { get; private set; }

    /// <summary>Symbols that were asked for, only partly there, not found.</summary>
    public (uint Asked, uint Partial, uint NotFound) SymbolCounts { get; private set; }

    /// <summary>Symbols that have days and ids.</summary>
    public uint MappingCount { get; private set; }

    /// <summary>Which symbol an id stands for on a day.</summary>
    public DbnMappings Mappings { get; } = new();

    /// <summary>Reads all of it; the first record is next.</summary>
    /// <param name="bytes">The file, from its first byte on.</param>
    /// <param name="source">The file, as the caller named it.</param>
    /// <param name="maxMappings">Days of symbols that may be kept.</param>
    /// <exception cref="InputFormatException">The file is none of these, is newer, or is damaged.</exception>
    public static DbnMetadata Read(DbnBytes bytes, string source, int maxMappings)
    {
        const int prefix = 8;
        ReadOnlySpan<byte> start = bytes.Peek(prefix);
        if (!start.StartsWith(Magic)) Throw.NotOne(source, bytes.Peek(FixedLength));
        if (start.Length < prefix) Throw.Ends(source, bytes.Taken + start.Length);
        int version = start[Magic.Length];
        if (version is 0 or > NewestVersion) Throw.Version(source, version);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        if (length is < FixedLength + ((1 + ListCount) * sizeof(uint)) or > MaxLength) Throw.Length(source, length);
        bytes.Take(prefix);
        var read = new DbnMetadata { Version = version };
        read.ReadRest(new Section(bytes, source, length), maxMappings);
        return read;
    }

    private void ReadRest(Section section, int maxMappings)
    {
        ReadOnlySpan<byte> head = section.Take(FixedLength, "the fixed part");
        Dataset = DbnText.Of(DbnText.UntilZero(head[..16]));
        Schema = BinaryPrimitives.ReadUInt16LittleEndian(head[16..]);
        StartNanos = BinaryPrimitives.ReadUInt64LittleEndian(head[18..]);
        EndNanos = BinaryPrimitives.ReadUInt64LittleEndian(head[26..]);
        Limit = BinaryPrimitives.ReadUInt64LittleEndian(head[34..]);
        ReadOnlySpan<byte> kinds = head[(Version == 1 ? 50 : 42)..];   // version 1 has a count of records before them
        (SymbolsIn, SymbolsOut, HasSendTime) = (kinds[0], kinds[1], kinds[2] != 0);
        int symbolLength = Version == 1 ? SymbolLengthOfVersion1 : BinaryPrimitives.ReadUInt16LittleEndian(kinds[3..]);
        if (symbolLength is 0 or > MaxSymbolLength) Throw.SymbolLength(section.Source, symbolLength);

        section.Skip(section.Count("bytes of a schema's definition", 1), "a schema's definition");
        uint asked = section.SkipList("symbols", symbolLength);
        uint partial = section.SkipList("partial symbols", symbolLength);
        SymbolCounts = (asked, partial, section.SkipList("symbols not found", symbolLength));
        ReadMappings(section, symbolLength, maxMappings);
        section.Skip(section.Left, "the end of the metadata");   // version 3 fills up to a multiple of eight
    }

    private void ReadMappings(Section section, int symbolLength, int maxMappings)
    {
        const int intervalDates = 2 * sizeof(uint);
        MappingCount = section.Count("mappings", symbolLength + sizeof(uint));
        Span<byte> name = stackalloc byte[MaxSymbolLength];
        for (uint i = 0; i < MappingCount; i++)
        {
            ReadOnlySpan<byte> asked = DbnText.UntilZero(section.Take(symbolLength, "a mapping"));
            asked.CopyTo(name);
            ReadOnlySpan<byte> kept = name[..asked.Length];
            uint intervals = section.Count("days of a mapping", symbolLength + intervalDates);
            for (uint k = 0; k < intervals; k++)
            {
                int from = section.Day();
                int until = section.Day();
                ReadOnlySpan<byte> answer = DbnText.UntilZero(section.Take(symbolLength, "a mapping"));
                // One of the two is the id, in decimal; asked for by id, the answer is the symbol.
                bool isById = SymbolsIn == ByInstrumentId && SymbolsOut != ByInstrumentId;
                ReadOnlySpan<byte> id = isById ? kept : answer;
                if (!uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)) continue;
                if (Mappings.Count == maxMappings) Throw.TooManyMappings(section.Source, maxMappings);
                Mappings.Add(number, from, until, isById ? answer : kept);
            }
        }
        Mappings.Sort();
    }

    /// <summary>The metadata, of which no more can be taken than their length says, whatever the counts in them say.</summary>
    private sealed class Section(DbnBytes bytes, string source, uint length)
    {
        public string Source => source;

        public uint Left { get; private set; } = length;

        public ReadOnlySpan<byte> Take(int count, string what)
        {
            if (count > Left) Throw.TooShort(source, bytes.Taken, what);
            ReadOnlySpan<byte> taken = bytes.Peek(count);
            if (taken.Length < count) Throw.Ends(source, bytes.Taken + taken.Length);
            bytes.Take(count);
            Left -= (uint)count;
            return taken;
        }

        public void Skip(uint count, string what)
        {
            for (uint left = count; left > 0;)
            {
                int piece = (int)Math.Min(left, DbnBytes.MostAtOnce);
                Take(piece, what);
                left -= (uint)piece;
            }
        }

        /// <summary>How many of something follow; no more than there is room for.</summary>
        public uint Count(string what, int bytesOfOne)
        {
            uint count = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));
            if ((ulong)count * (uint)bytesOfOne > Left) Throw.TooMany(source, bytes.Taken - sizeof(uint), count, what, Left);
            return count;
        }

        public uint SkipList(string what, int symbolLength)
        {
            uint count = Count(what, symbolLength);
            Skip(count * (uint)symbolLength, what);
            return count;
        }

        /// <summary>A date YYYYMMDD as days since 1970.</summary>
        public int Day()
        {
            uint date = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), "a mapping"));
            (uint year, uint month, uint day) = (date / 10_000, date / 100 % 100, date % 100);
            if (year is < 1 or > 9_999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month))
                Throw.NoDate(source, bytes.Taken - sizeof(uint), date);
            return new DateOnly((int)year, (int)month, (int)day).DayNumber - DbnMappings.EpochDay;
        }
    }

    private static class Throw
    {
        private const string FetchAgain = "the file is damaged, fetch another copy.";

        [DoesNotReturn]
        public static void NotOne(string source, ReadOnlySpan<byte> start) => throw new InputFormatException(source, 0, IsLegacy(start)
            ? "this is the legacy DBZ format; convert it to DBN with the vendor's command line tool."
            : "the file does not begin with DBN; records without their metadata (.frag) do not say their version and ids, fetch the whole file.");

        [DoesNotReturn]
        public static void Version(string source, int version) => throw new InputFormatException(source, 0, version == 0
            ? "the file says that it is DBN version 0, which never was; " + FetchAgain
            : $"the file is DBN version {version}, newer than {NewestVersion}; fetch it in version {NewestVersion}, or use a newer DealerFlow.");

        [DoesNotReturn]
        public static void Length(string source, uint length) => throw new InputFormatException(
            source, 0, $"the metadata say they have {length:#,0} bytes, which cannot be; {FetchAgain}");

        [DoesNotReturn]
        public static void SymbolLength(string source, int length) => throw new InputFormatException(
            source, 0, $"the metadata say that a symbol has {length:#,0} bytes, not 1 to {MaxSymbolLength}; {FetchAgain}");

        [DoesNotReturn]
        public static void Ends(string source, long place) => throw new InputFormatException(
            source, 0, $"the file ends within its metadata, at byte {place:#,0}; fetch a whole copy.");

        [DoesNotReturn]
        public static void TooShort(string source, long place, string what) => throw new InputFormatException(
            source, 0, $"the metadata end within {what}, at byte {place:#,0}; {FetchAgain}");

        [DoesNotReturn]
        public static void TooMany(string source, long place, uint count, string what, uint left) => throw new InputFormatException(
            source, 0, $"at byte {place:#,0} the metadata announce {count:#,0} {what}, and {left:#,0} bytes are left of them; {FetchAgain}");

        [DoesNotReturn]
        public static void TooManyMappings(string source, int most) => throw new InputFormatException(
            source, 0, $"the metadata name more than {most:#,0} days of symbols; ask for fewer symbols or days.");

        [DoesNotReturn]
        public static void NoDate(string source, long place, uint date) => throw new InputFormatException(
            source, 0, $"at byte {place:#,0} the metadata say {date}, which is no date YYYYMMDD; {FetchAgain}");
    }
}
