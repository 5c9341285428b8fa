using System.Net;

namespace DealerFlow.Dashboard;

/// <summary>Where a dashboard listens: both loopback addresses, one other address, or a Unix socket.</summary>
/// <param name="Address">The address; null = loopback, or the socket.</param>
/// <param name="Port">TCP port; 0 = any that is free.</param>
/// <param name="SocketPath">A Unix socket; null = TCP.</param>
internal sealed record ListenPlace(IPAddress? Address, int Port, string? SocketPath)
{
    /// <summary>True when no other machine can reach it.</summary>
    public bool IsLocal => SocketPath is not null || Address is null || IPAddress.IsLoopback(Address);

    public static ListenPlace Loopback(int port) => new(null, port, null);

    /// <summary>Reads <c>127.0.0.1</c>, <c>10.0.0.5</c>, <c>::</c>, <c>unix:PATH</c>; null without a meaning.</summary>
    public static ListenPlace? Parse(string text, int port)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = text.StartsWith("unix://", StringComparison.Ordinal) ? text[7..] : text[5..];
            return path.Length is > 0 and <= 100 ? new ListenPlace(null, 0, Path.GetFullPath(path)) : null;
        }
        // Four numbers or a colon: what the parser would take for an address otherwise, such as 2130706433, nobody means.
        bool looksLikeOne = text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3;
        return looksLikeOne && IPAddress.TryParse(text.Trim('[', ']'), out IPAddress? address) ? new ListenPlace(address, port, null) : null;
    }

    /// <summary>The names under which a browser that was not lied to calls this place, as they stand in its Host header.</summary>
    public IEnumerable<string> HostNames(int port)
    {
        string[] names = this switch
        {
            { SocketPath: not null } => ["localhost"],
            { Address: null } => ["localhost", "127.0.0.1", "[::1]"],
            { Address: { } address } when IPAddress.IsLoopback(address) => ["localhost", Literal(address)],
            { Address: { } address } when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => [],
            _ => [Literal(Address)],
        };
        foreach (string name in names)
        {
            if (SocketPath is null) yield return $"{name}:{port}";
            if (SocketPath is not null || port == 80) yield return name;
        }
    }

    private static string Literal(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
