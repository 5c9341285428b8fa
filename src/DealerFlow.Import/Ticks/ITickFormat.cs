namespace DealerFlow.Import;

/// <summary>
/// A file format that holds ticks. It has no state: everything about one file lives in <see cref="Read"/>. Start at
/// <see cref="TickFormats"/> for all of them, at <see cref="TickImport"/> for what they tell.
/// </summary>
public interface ITickFormat
{
    /// <summary>As the command line names it: <c>dbn</c>.</summary>
    string Name { get; }

    /// <summary>What people call it, and which of its variants are read, in one line.</summary>
    string Description { get; }

    /// <summary>Whether a file looks like one of these.</summary>
    /// <param name="head">The first bytes, at most <see cref="ImportFile.HeadBytes"/>, after gzip or Zstandard was taken off.</param>
    /// <param name="fileName">Name without the folder and without the ending of a compression.</param>
    bool Recognizes(ReadOnlySpan<byte> head, string fileName);

    /// <summary>Reads a file from its first byte to its last and tells every row. Memory does not grow with the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="import">Takes rows, contracts and ticks.</param>
    /// <exception cref="DealerFlow.Market.InputFormatException">The file as a whole cannot be read: what, where, what to do.</exception>
    void Read(ImportFile file, TickImport import);
}
