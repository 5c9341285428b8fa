using System.Net;
using System.Net.Sockets;

namespace DealerFlow.Dashboard;

/// <summary>A TCP port that is free on every address on which the dashboard would listen.</summary>
internal static class FreePort
{
    /// <summary>Whether this machine has [::1].</summary>
    public static bool HasLoopback6 { get; } = TryBind(IPAddress.IPv6Loopback, 0, out _);

    public static int Find(ListenPlace place)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            if (!TryBind(place.Address ?? IPAddress.Loopback, 0, out int port)) break;
            if (place.Address is not null || !HasLoopback6 || TryBind(IPAddress.IPv6Loopback, port, out _)) return port;
        }
        throw new IOException("No free port was found; give one with --port.");
    }

    private static bool TryBind(IPAddress address, int port, out int bound)
    {
        bound = 0;
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            bound = ((IPEndPoint)socket.LocalEndPoint!).Port;
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
