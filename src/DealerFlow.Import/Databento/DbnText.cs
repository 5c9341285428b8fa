using System.Text;

namespace DealerFlow.Import;

/// <summary>Texts of fixed length, filled up with zeros.</summary>
internal static class DbnText
{
    /// <summary>The text before the first zero.</summary>
    public static ReadOnlySpan<byte> UntilZero(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    /// <summary>As a string; a byte that is no ASCII stays one character, so that nothing is lost in a message.</summary>
    public static string Of(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text);
}
