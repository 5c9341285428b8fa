using System.Globalization;
using System.Reflection;
using System.Text;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Layout;

/// <summary>One field: scalars by their name in the layout text, structs by theirs; Count is 0 where it is no array.</summary>
internal sealed record FeedField(string Name, string Type, int Count, int Offset, Type? Enum)
{
    public bool IsText => Type == "char";
}

/// <summary>One struct of the feed file.</summary>
internal sealed record FeedStruct(string Name, int Size, IReadOnlyList<FeedField> Fields);

/// <summary>One constant that readers need beside the structs.</summary>
internal sealed record FeedConstant(string Name, ulong Value, string Meaning);

/// <summary>
/// What a reader in another language has to know of the bytes: every struct of <see cref="FeedLayout.Text"/>, the enums of their fields
/// and of the answers that a reader gives, and a few constants. What another language is given is printed from here, so that nothing
/// is typed twice.
/// </summary>
internal static class FeedStructs
{
    /// <summary>The scalars of the layout text and their sizes.</summary>
    public static readonly IReadOnlyDictionary<string, int> Scalars = new Dictionary<string, int>
    {
        ["u8"] = 1,
        ["i8"] = 1,
        ["char"] = 1,
        ["u16"] = 2,
        ["i16"] = 2,
        ["u32"] = 4,
        ["i32"] = 4,
        ["u64"] = 8,
        ["i64"] = 8,
        ["f64"] = 8,
    };

    // Enums that no field has as its type: the indexes of tables, and what readers answer.
    private static readonly Type[] MoreEnums =
    [
        typeof(FeedWriterState), typeof(ExposureBucket), typeof(StrikeLevel), typeof(TradeBucket), typeof(RollOff), typeof(HedgeScenario), typeof(Rejection),
        typeof(FeedState), typeof(SnapshotReadStatus), typeof(FeedError),
    ];

    /// <summary>Every struct, those that are used by others before them.</summary>
    public static IReadOnlyList<FeedStruct> All { get; } = InOrderOfUse(Parse(FeedLayout.Text));

    /// <summary>Every enum, by name.</summary>
    public static IReadOnlyList<Type> Enums { get; } =
        [.. All.SelectMany(type => type.Fields).Select(field => field.Enum).OfType<Type>().Concat(MoreEnums).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Constants that are not in any struct.</summary>
    public static IReadOnlyList<FeedConstant> Constants { get; } =
    [
        new("Magic", FeedLayout.Magic, "the characters DFLWFEED"),
        new("EndianMark", FeedLayout.EndianMark, "in the byte order of the writer"),
        new("Version", FeedLayout.Version, "of the protocol"),
        new("LayoutHash", FeedLayout.Hash, "of every struct below"),
        new("ConstantBytes", FeedHeader.ConstantBytes, "of the header and of an entry, which never change"),
        new("CheckedBytes", FeedHeader.CheckedConstantBytes, "of the header and of an entry, which its checksum covers"),
        new("MaxEntries", FeedHeader.MaxEntries, "of a directory"),
        new("RegionAlignment", FeedGeometry.RegionAlignment, "regions start on a multiple of this and are multiples of it"),
        new("SlotAlignment", CacheLine.Stride, "slots are whole multiples of this"),
        new("MinSlots", FeedGeometry.MinSlots, ""),
        new("MaxSlots", FeedGeometry.MaxSlots, ""),
        new("MaxStrikes", FeedGeometry.MaxStrikes, ""),
        new("MaxExpiries", FeedGeometry.MaxExpiries, ""),
        new("HeadlineSlots", FeedGeometry.HeadlineSlots, ""),
        new("ChangeSlots", FeedGeometry.ChangeSlots, "notices of the change stream that a file has slots for"),
        new("MaxNameLength", FeedDirectory.MaxNameLength, "of a feed, characters"),
        new("MaxAttempts", FeedSubscriber.MaxAttempts, "of a read that the writer overtakes"),
        new("UnitsPerUsd", (ulong)MoneyGrid.UnitsPerUsd, "money is in 1/1024 USD"),
        new("PositionModels", PositionModels.Count, ""),
        new("HedgeScenarios", HedgeScenarios.Count, "rows of a bucket of flows"),
        new("BandedLevels", BandedLevels.Count, "rows of a bucket of bands: strike levels, then the three below"),
        new("BandZeroGamma", BandedLevels.ZeroGamma, ""),
        new("BandPin", BandedLevels.Pin, ""),
        new("BandNetGex", BandedLevels.NetGex, ""),
    ];

    /// <summary>EventTimeNanos as event_time_nanos.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = char.IsAsciiLetterUpper(name[i]) && i > 0
                && (!char.IsAsciiLetterUpper(name[i - 1]) || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1])));
            if (begins) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <summary>EventTimeNanos as EVENT_TIME_NANOS.</summary>
    public static string Screaming(string name) => Snake(name).ToUpperInvariant();

    /// <summary>Names and numbers of an enum.</summary>
    public static IEnumerable<(string Name, ulong Value)> MembersOf(Type type) =>
        Enum.GetNames(type).Zip(Enum.GetValuesAsUnderlyingType(type).Cast<object>(), (name, value) => (name, Convert.ToUInt64(value, CultureInfo.InvariantCulture)));

    /// <summary>True for bits that are set beside each other, which have no name of their own together.</summary>
    public static bool IsFlags(Type type) => type.IsDefined(typeof(FlagsAttribute), inherit: false);

    // Lines are "name size" for a struct, "offset type name" for a field.
    private static List<FeedStruct> Parse(string text)
    {
        var structs = new List<FeedStruct>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words.Length == 2) structs.Add(new FeedStruct(words[0], int.Parse(words[1], CultureInfo.InvariantCulture), new List<FeedField>()));
            else ((List<FeedField>)structs[^1].Fields).Add(ParseField(structs[^1].Name, words));
        }
        return structs;
    }

    private static FeedField ParseField(string owner, string[] words)
    {
        int offset = int.Parse(words[0], CultureInfo.InvariantCulture), count = 0;
        string type = words[1];
        if (type.IndexOf('[', StringComparison.Ordinal) is > 0 and int bracket)
        {
            count = int.Parse(type[(bracket + 1)..^1], CultureInfo.InvariantCulture);
            type = type[..bracket];
        }
        return new FeedField(words[2], type, count, offset, EnumOf(owner, words[2]));
    }

    private static Type? EnumOf(string owner, string field)
    {
        Type type = typeof(FeedLayout).Assembly.GetType($"{typeof(FeedLayout).Namespace}.{owner}") ?? throw NotThere(owner, field);
        FieldInfo info = type.GetField(field) ?? throw NotThere(owner, field);
        return info.FieldType.IsEnum ? info.FieldType : null;
    }

    private static List<FeedStruct> InOrderOfUse(List<FeedStruct> structs)
    {
        var ordered = new List<FeedStruct>();
        foreach (FeedStruct one in structs) Add(one);
        return ordered;

        void Add(FeedStruct one)
        {
            if (ordered.Contains(one)) return;
            foreach (FeedField field in one.Fields)
                if (!Scalars.ContainsKey(field.Type)) Add(structs.Single(other => other.Name == field.Type));
            ordered.Add(one);
        }
    }

    private static InvalidOperationException NotThere(string owner, string field) =>
        new($"FeedLayout.Text names {owner}.{field}, which is no field of a struct of the same name.");
}
