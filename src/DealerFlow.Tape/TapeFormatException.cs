namespace DealerFlow.Tape;

/// <summary>A tape that cannot be read further: what is wrong, at which byte of which file, and what to do.</summary>
public sealed class TapeFormatException : FormatException
{
    /// <summary>For serializers and tests.</summary>
    public TapeFormatException() : this("", 0, "The tape is damaged.") { }

    /// <inheritdoc cref="TapeFormatException()"/>
    public TapeFormatException(string message) : this("", 0, message) { }

    /// <inheritdoc cref="TapeFormatException()"/>
    public TapeFormatException(string message, Exception innerException) : base(message, innerException) => Path = "";

    /// <summary><paramref name="sentence"/> says what, where and what to do; the path is put before it.</summary>
    public TapeFormatException(string path, long offset, string sentence) : base($"{path}: {sentence}")
    {
        Path = path;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Byte of the file at which the damage begins.</summary>
    public long Offset { get; }

    /// <summary>Number of the damaged block; −1 when the damage is not in a block.</summary>
    public long BlockNumber { get; init; } = -1;
}
