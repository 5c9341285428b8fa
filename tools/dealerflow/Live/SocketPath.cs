using System.Net.Sockets;

namespace DealerFlow.Cli.Live;

/// <summary>The file of a Unix socket: of the user alone from its first moment, and taken over only from a run that is gone.</summary>
internal static class SocketPath
{
    /// <summary>Binds a socket to a path; one of connections listens before anybody can see it.</summary>
    /// <exception cref="CliException">Something else is there, or somebody listens there.</exception>
    public static void Bind(Socket socket, string path, int backlog = 0)
    {
        if (Path.Exists(path))
        {
            if (CanBeOpened(path)) throw new CliException(ExitCode.Failure, $"{path} is there already and no socket; choose another path.");
            if (IsAlive(path, socket.SocketType)) throw new CliException(ExitCode.Failure, $"Somebody listens at {path} already; stop that, or choose another path.");
            File.Delete(path);
        }
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) throw new CliException(ExitCode.Usage, $"The folder {folder} does not exist; make it first.");
        // Under a folder that nobody else can enter, then moved: there is no moment in which others could connect.
        string hidden = Path.Combine(folder, $".{Environment.ProcessId}.{Path.GetRandomFileName()[..4]}");
        CreatePrivate(hidden);
        try
        {
            string bound = Path.Combine(hidden, "s");
            socket.Bind(new UnixDomainSocketEndPoint(bound));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(bound, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (backlog > 0) socket.Listen(backlog);
            File.Move(bound, path);
        }
        finally
        {
            Directory.Delete(hidden, recursive: true);
        }
    }

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static bool IsAlive(string path, SocketType type)
    {
        using var probe = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

    // A socket cannot be opened as a file.
    private static bool CanBeOpened(string path)
    {
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite).Dispose();
            return true;
        }
        catch (IOException)
        {
            return Directory.Exists(path);
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }
}
