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
}
