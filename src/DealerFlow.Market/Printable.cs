namespace DealerFlow.Market;

/// <summary>Text from a file, made fit for a message: control characters become '?', long text is cut.</summary>
public static class Printable
{
    private const int MaxLength = 100;

    /// <summary>At most 100 characters, none of them a control character.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        string cut = text.Length <= MaxLength ? text.ToString() : $"{text[..(MaxLength - 1)]}…";
        return string.Create(cut.Length, cut, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? '?' : from[i];
        });
    }
}
