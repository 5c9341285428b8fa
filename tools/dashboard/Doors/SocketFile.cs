using System.Net.Sockets;

namespace DealerFlow.Dashboard;

/// <summary>The file of a Unix socket to listen at.</summary>
internal static class SocketFile
{
    /// <summary>Takes away what a server that is gone has left; refuses what is alive or no socket.</summary>
    /// <exception cref="IOException">Something else is there.</exception>
    public static void MakeRoom(string path)
    {
        if (!Path.Exists(path)) return;
        if (Directory.Exists(path) || new FileInfo(path).Attributes.HasFlag(FileAttributes.Normal)) throw new IOException($"{path} is there already and no socket; choose another path.");
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            throw new IOException($"{path} is there already and no socket; choose another path.");
        }
        throw new IOException($"Somebody listens at {path} already; stop that, or choose another path.");
    }
}
