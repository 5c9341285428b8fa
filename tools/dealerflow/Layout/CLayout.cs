using System.Text;

namespace DealerFlow.Cli.Layout;

/// <summary>The layout as a C header, for C11 and C++17.</summary>
internal static class CLayout
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["u8"] = "uint8_t",
        ["i8"] = "int8_t",
        ["char"] = "char",
        ["u16"] = "uint16_t",
        ["i16"] = "int16_t",
        ["u32"] = "uint32_t",
        ["i32"] = "int32_t",
        ["u64"] = "uint64_t",
        ["i64"] = "int64_t",
        ["f64"] = "double",
    };

    // Reserved words of C and C++ cannot be members.
    private static readonly string[] Reserved =
        ["auto", "bool", "break", "case", "char", "class", "const", "continue", "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "float", "for", "friend", "goto", "if",
         "inline", "int", "long", "mutable", "namespace", "new", "operator", "private", "protected", "public", "register", "return", "short", "signed", "sizeof", "static", "struct", "switch", "template",
         "this", "throw", "try", "typedef", "union", "unsigned", "using", "virtual", "void", "volatile", "while"];

    public static string Print()
    {
        var text = new StringBuilder(
            """
            /* The bytes of a DealerFlow feed: structs, enums and constants.
             *
             * Printed by 'dealerflow layout --lang c' from the C# structs; do not edit. 'dealerflow layout --write src/readers' prints it anew.
             * What the fields mean is in docs/wire-format.md. Money is in 1/1024 USD. Text is ASCII, zero padded, without an end mark.
             */
            #ifndef DEALERFLOW_LAYOUT_H
            #define DEALERFLOW_LAYOUT_H

            #include <stddef.h>
            #include <stdint.h>

            #ifdef __cplusplus
            #define DF_STATIC_ASSERT(condition, text) static_assert(condition, text)
            #else
            #define DF_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
            #endif


            """);
        foreach (FeedConstant constant in FeedStructs.Constants) AppendConstant(text, constant);
        foreach (Type type in FeedStructs.Enums) AppendEnum(text, type);
        foreach (FeedStruct type in FeedStructs.All) AppendStruct(text, type);
        text.Append("\n#endif\n");
        return text.ToString();
    }

    private static string NameOf(string type) => Types.TryGetValue(type, out string? scalar) ? scalar : "df_" + FeedStructs.Snake(type);

    private static string MemberOf(FeedField field) => FeedStructs.Snake(field.Name) is var name && Reserved.Contains(name) ? name + "_" : FeedStructs.Snake(field.Name);

    private static void AppendConstant(StringBuilder text, FeedConstant constant)
    {
        string value = constant.Value > uint.MaxValue ? $"UINT64_C(0x{constant.Value:X16})" : constant.Value.ToString();
        text.Append($"#define DF_{FeedStructs.Screaming(constant.Name)} {value}");
        text.Append(constant.Meaning.Length == 0 ? "\n" : $" /* {constant.Meaning} */\n");
    }

    // With the name of every member as text, so that programs in all languages print the same words.
    private static void AppendEnum(StringBuilder text, Type type)
    {
        string name = "df_" + FeedStructs.Snake(type.Name), prefix = name.ToUpperInvariant();
        var members = FeedStructs.MembersOf(type).ToList();
        text.Append($"\ntypedef enum {name} {{\n");
        foreach ((string member, ulong value) in members) text.Append($"    {prefix}_{FeedStructs.Screaming(member)} = {value},\n");
        text.Append($"}} {name};\n");
        if (FeedStructs.IsFlags(type)) return;
        text.Append($"\nstatic inline const char *{name}_name(uint64_t value)\n{{\n    switch (value) {{\n");
        foreach ((string member, ulong value) in members) text.Append($"    case {value}: return \"{member}\";\n");
        text.Append("    default: return \"?\";\n    }\n}\n");
    }

    private static void AppendStruct(StringBuilder text, FeedStruct type)
    {
        string name = NameOf(type.Name);
        text.Append($"\ntypedef struct {name} {{\n");
        int end = 0;
        foreach (FeedField field in type.Fields)
        {
            AppendGap(text, end, field.Offset);
            string array = field.Count == 0 ? "" : $"[{field.Count}]";
            string comment = field.Enum is null ? "" : $" /* df_{FeedStructs.Snake(field.Enum.Name)} */";
            text.Append($"    {NameOf(field.Type)} {MemberOf(field)}{array};{comment}\n");
            end = field.Offset + (SizeOf(field.Type) * Math.Max(field.Count, 1));
        }
        AppendGap(text, end, type.Size);
        text.Append($"}} {name};\n\n");
        text.Append($"DF_STATIC_ASSERT(sizeof({name}) == {type.Size}, \"{name} has another size\");\n");
        foreach (FeedField field in type.Fields)
        {
            string member = MemberOf(field);
            text.Append($"DF_STATIC_ASSERT(offsetof({name}, {member}) == {field.Offset}, \"{name}.{member} lies elsewhere\");\n");
        }
    }

    private static void AppendGap(StringBuilder text, int from, int to)
    {
        if (to > from) text.Append($"    uint8_t reserved_{from}[{to - from}];\n");
    }

    private static int SizeOf(string type) =>
        FeedStructs.Scalars.TryGetValue(type, out int size) ? size : FeedStructs.All.Single(other => other.Name == type).Size;
}
