using DealerFlow.Tape;

namespace DealerFlow.Cli.Pipeline;

/// <summary>A file that a verb is about to make.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a name that cannot be made, or that would replace a file unasked.</summary>
    public static void Check(string path, bool force)
    {
        if (Directory.Exists(path)) throw new CliException(ExitCode.Usage, $"{path} is a folder; name a file.");
        if (File.Exists(path) && !force) throw new CliException(ExitCode.Usage, $"{path} exists already; name another file or add --force.");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) throw new CliException(ExitCode.Usage, $"The folder {folder} does not exist; make it first.");
    }

    /// <summary>Writes a file that has its name only once it is whole, or to stdout where the name is <c>-</c>.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        if (path == "-")
        {
            using Stream output = Console.OpenStandardOutput();
            // Some forms are read back and forth while they are written, which a pipe cannot be.
            using var whole = new MemoryStream();
            write(whole);
            output.Write(whole.ToArray());
            return;
        }
        string partial = path + TapeWriter.PartialSuffix;
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16)) write(stream);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Bytes as such a file.</summary>
    public static void Write(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));
}
