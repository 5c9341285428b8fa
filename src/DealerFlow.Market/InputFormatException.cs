namespace DealerFlow.Market;

/// <summary>A text file that is refused as a whole: which file, which line, what is wrong and what to write instead.</summary>
public class InputFormatException : FormatException
{
    /// <summary>A refusal of <paramref name="source"/> at <paramref name="line"/> (0 = no line in particular).</summary>
    public InputFormatException(string source, int line, string reason, Exception? innerException = null)
        : base(line > 0 ? $"{source}, line {line}: {reason}" : $"{source}: {reason}", innerException)
    {
        SourceName = source;
        Line = line;
        Reason = reason;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string SourceName { get; }

    /// <summary>The line, counted from 1; 0 when the trouble is the file as a whole.</summary>
    public int Line { get; }

    /// <summary>What is wrong, and what would be right.</summary>
    public string Reason { get; }
}
