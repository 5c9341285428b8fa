using System.Text;

namespace DealerFlow.Cli.Layout;

/// <summary>The layout as the part of the Python reader between its two markers.</summary>
internal static class PythonLayout
{
    /// <summary>The first line of the printed part.</summary>
    public const string Begin = "# --- layout: printed by 'dealerflow layout --lang python' from the C# structs; do not edit ---";

    /// <summary>The last line of the printed part.</summary>
    public const string End = "# --- end of layout ---";

    // Reserved words of the language cannot be attributes.
    private static readonly string[] Reserved =
        ["and", "as", "assert", "class", "def", "del", "elif", "else", "except", "for", "from", "global", "if", "import", "in", "is", "lambda", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield"];

    public static string Print()
    {
        var text = new StringBuilder();
        text.Append(Begin).Append("\n\n");
        foreach (FeedConstant constant in FeedStructs.Constants) AppendConstant(text, constant);
        foreach (Type type in FeedStructs.Enums) AppendEnum(text, type);
        text.Append("\n\n# Struct: size, then its fields: name, type, count (0: no array), offset, words.\nSTRUCTS = {\n");
        foreach (FeedStruct type in FeedStructs.All) AppendStruct(text, type);
        text.Append("}\n\n").Append(End).Append('\n');
        return text.ToString();
    }

    private static void AppendConstant(StringBuilder text, FeedConstant constant)
    {
        string value = constant.Value > uint.MaxValue ? $"0x{constant.Value:X16}" : constant.Value.ToString();
        text.Append($"{FeedStructs.Screaming(constant.Name)} = {value}");
        text.Append(constant.Meaning.Length == 0 ? "\n" : $"  # {constant.Meaning}\n");
    }

    private static void AppendEnum(StringBuilder text, Type type)
    {
        bool flags = FeedStructs.IsFlags(type);
        text.Append($"\n\nclass {type.Name}({(flags ? "enum.IntFlag" : "Word")}):\n");
        foreach ((string member, ulong value) in FeedStructs.MembersOf(type))
            text.Append($"    {FeedStructs.Screaming(member)} = {value}{(flags ? "" : $", \"{member}\"")}\n");
    }

    private static void AppendStruct(StringBuilder text, FeedStruct type)
    {
        text.Append($"    \"{type.Name}\": ({type.Size}, (\n");
        foreach (FeedField field in type.Fields)
        {
            string name = FeedStructs.Snake(field.Name), words = field.Enum?.Name ?? "None";
            if (Reserved.Contains(name)) name += "_";
            text.Append($"        (\"{name}\", \"{field.Type}\", {field.Count}, {field.Offset}, {words}),\n");
        }
        text.Append("    )),\n");
    }
}
