using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>A file format that holds one option chain: every contract once, at one instant.</summary>
public interface IChainFormat
{
    /// <summary>As the command line names it: <c>quotedata</c>.</summary>
    string Name { get; }

    /// <summary>What people call it.</summary>
    string Description { get; }

    /// <summary>Whether a file looks like one of these, by its first bytes and its name.</summary>
    bool Recognizes(ReadOnlySpan<byte> head, string fileName);

    /// <summary>Reads the chain.</summary>
    /// <param name="content">The file, decompressed.</param>
    /// <param name="source">How messages name it.</param>
    /// <param name="calendar">Gives the settlement instants.</param>
    /// <exception cref="ChainFormatException">The file is no such chain.</exception>
    OptionChain Read(Stream content, string source, SessionCalendar calendar);
}
