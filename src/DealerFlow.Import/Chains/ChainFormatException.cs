using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>A file that cannot be read as an option chain at all: which file, which line, why.</summary>
public sealed class ChainFormatException : InputFormatException
{
    /// <summary>A refusal of <paramref name="source"/> at <paramref name="line"/> (0 = no line in particular).</summary>
    public ChainFormatException(string source, int line, string reason, Exception? innerException = null)
        : base(source, line, reason, innerException)
    {
    }
}
