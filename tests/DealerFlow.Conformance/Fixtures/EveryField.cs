using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using DealerFlow.Wire;

namespace DealerFlow.Conformance;

/// <summary>
/// Every field of wire structs as lines of text, by reflection over the C# structs; and a C program that prints the same lines through the
/// C structs. Whole numbers in decimal, doubles as their bits, text as it is.
/// </summary>
internal static partial class EveryField
{
    /// <summary>The lines of one struct in bytes.</summary>
    public static void Append(StringBuilder lines, string path, Type type, ReadOnlySpan<byte> bytes)
    {
        if (type == typeof(Ascii8))
        {
            Line(lines, path, Encoding.ASCII.GetString(bytes[..8]).TrimEnd('\0'));
            return;
        }
        if (ElementOf(type) is { } element)
        {
            int size = SizeOf(element);
            for (int i = 0; i * size < SizeOf(type); i++) Append(lines, $"{path}.{i}", element, bytes[(i * size)..]);
            return;
        }
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        switch (Type.GetTypeCode(type))
        {
            case TypeCode.Byte: Line(lines, path, bytes[0].ToString()); break;
            case TypeCode.SByte: Line(lines, path, ((sbyte)bytes[0]).ToString()); break;
            case TypeCode.UInt16: Line(lines, path, BinaryPrimitives.ReadUInt16LittleEndian(bytes).ToString()); break;
            case TypeCode.Int32: Line(lines, path, BinaryPrimitives.ReadInt32LittleEndian(bytes).ToString()); break;
            case TypeCode.UInt32: Line(lines, path, BinaryPrimitives.ReadUInt32LittleEndian(bytes).ToString()); break;
            case TypeCode.Int64: Line(lines, path, BinaryPrimitives.ReadInt64LittleEndian(bytes).ToString()); break;
            case TypeCode.UInt64: Line(lines, path, BinaryPrimitives.ReadUInt64LittleEndian(bytes).ToString()); break;
            case TypeCode.Double: Line(lines, path, BinaryPrimitives.ReadUInt64LittleEndian(bytes).ToString("x16")); break;
            default:
                foreach (FieldInfo field in FieldsOf(type)) Append(lines, $"{path}.{Snake(field.Name)}", field.FieldType, bytes[OffsetOf(field)..]);
                break;
        }
    }

    /// <summary>A program that prints snapshot and headline of the feed DIRECTORY NAME in the same way.</summary>
    public static string CProgram()
    {
        var program = new StringBuilder("#include \"dealerflow_feed.h\"\n");
        var written = new HashSet<Type>();
        foreach (Type type in (Type[])[typeof(MarketSection), typeof(StrikeRow), typeof(ExpiryRow), typeof(RuntimeSection), typeof(HeadlineSection), typeof(LevelChange)])
            AppendPrinter(program, written, type);
        program.Append("""
            int main(int argc, char **argv)
            {
                static df_feed feed;
                df_headline headline;
                df_snapshot snapshot;
                char path[64];
                if (argc < 3 || !df_open(&feed, argv[1], argv[2], NULL, DF_MAPPED) || !df_snapshot_create(&snapshot, &feed)) return 1;
                if (df_read_snapshot(&feed, &snapshot) != DF_SNAPSHOT_READ_STATUS_OK) return 2;
                if (df_read_headline(&feed, &headline) != DF_SNAPSHOT_READ_STATUS_OK) return 3;
                print_market_section("market", df_market(&snapshot));
                print_runtime_section("runtime", df_runtime(&snapshot));
                print_headline_section("headline", &headline.section);
                print_runtime_section("headline_runtime", &headline.runtime);
                for (uint32_t i = 0; i < df_market(&snapshot)->strike_count; i++) {
                    snprintf(path, sizeof path, "strikes.%u", i);
                    print_strike_row(path, &df_strikes(&snapshot)[i]);
                }
                for (uint32_t i = 0; i < df_market(&snapshot)->expiry_count; i++) {
                    snprintf(path, sizeof path, "expiries.%u", i);
                    print_expiry_row(path, &df_expiries(&snapshot)[i]);
                }
                df_level_change change;
                uint64_t position = 0, missed;
                for (uint32_t i = 0; position < df_change_number(&feed); i++) {
                    if (df_read_change(&feed, &position, &change, &missed) != DF_SNAPSHOT_READ_STATUS_OK) return 4;
                    snprintf(path, sizeof path, "changes.%u", i);
                    print_level_change(path, &change);
                }
                df_snapshot_free(&snapshot);
                df_close(&feed);
                return 0;
            }

            """);
        return program.ToString();
    }

    // One function per struct, those of its fields before it.
    private static void AppendPrinter(StringBuilder program, HashSet<Type> written, Type type)
    {
        if (!written.Add(type)) return;
        var body = new StringBuilder();
        foreach (FieldInfo field in FieldsOf(type))
        {
            string name = Snake(field.Name), format;
            Type scalar = field.FieldType;
            string index = "";
            if (ElementOf(scalar) is { } element)
            {
                body.Append($"    for (int i = 0; i < {SizeOf(scalar) / SizeOf(element)}; i++) {{\n    ");
                (scalar, index) = (element, "[i]");
            }
            string path = index.Length == 0 ? $"\"%s.{name}\"" : $"\"%s.{name}.%d\"", arguments = index.Length == 0 ? "path" : "path, i";
            string value = $"value->{name}{index}";
            if (scalar.IsEnum) scalar = Enum.GetUnderlyingType(scalar);
            if (scalar == typeof(Ascii8)) format = $"printf({path} \" %.8s\\n\", {arguments}, {value});";
            else if (scalar == typeof(double)) format = $"{{ uint64_t bits; memcpy(&bits, &{value}, 8); printf({path} \" %016llx\\n\", {arguments}, (unsigned long long)bits); }}";
            else if (scalar == typeof(ulong)) format = $"printf({path} \" %llu\\n\", {arguments}, (unsigned long long){value});";
            else if (scalar.IsPrimitive) format = $"printf({path} \" %lld\\n\", {arguments}, (long long){value});";
            else
            {
                AppendPrinter(program, written, scalar);
                format = $"{{ char inner[256]; snprintf(inner, sizeof inner, {path}, {arguments}); print_{Snake(scalar.Name)}(inner, &{value}); }}";
            }
            body.Append($"    {format}\n").Append(index.Length == 0 ? "" : "    }\n");
        }
        program.Append($"static void print_{Snake(type.Name)}(const char *path, const df_{Snake(type.Name)} *value)\n{{\n{body}}}\n\n");
    }

    private static void Line(StringBuilder lines, string path, string value) => lines.Append(path).Append(' ').Append(value).Append('\n');

    private static IEnumerable<FieldInfo> FieldsOf(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Instance).OrderBy(OffsetOf);

    private static int OffsetOf(FieldInfo field) => field.GetCustomAttribute<FieldOffsetAttribute>()!.Value;

    private static Type? ElementOf(Type type) =>
        type.IsDefined(typeof(InlineArrayAttribute), false) ? type.GetFields(BindingFlags.NonPublic | BindingFlags.Instance).Single().FieldType : null;

    private static int SizeOf(Type type) => type.IsEnum ? SizeOf(Enum.GetUnderlyingType(type))
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static string Snake(string name) => WordStart().Replace(name, "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex WordStart();
}
