namespace DealerFlow.Import;

/// <summary>What the first bytes of a file say of its JSON.</summary>
internal static class JsonHead
{
    /// <summary>The first character is a brace.</summary>
    public static bool IsObject(ReadOnlySpan<byte> head) => First(head) == '{';

    /// <summary>The first character is a bracket.</summary>
    public static bool IsList(ReadOnlySpan<byte> head) => First(head) == '[';

    private static char First(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        head = head.TrimStart(" \t\r\n"u8);
        return head.IsEmpty ? '\0' : (char)head[0];
    }
}
