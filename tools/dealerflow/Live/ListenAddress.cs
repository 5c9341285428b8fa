using System.Globalization;
using System.Net;

namespace DealerFlow.Cli.Live;

/// <summary>Where datagrams come in or go out: <c>udp://ADDR:PORT</c>, <c>unix://PATH</c>, or <c>-</c> for standard input or output.</summary>
internal sealed record ListenAddress
{
    private const string Udp = "udp://";
    private const string Unix = "unix://";

    // Of sockaddr_un, the closing zero left out.
    private const int MaxUnixPath = 107;

    private ListenAddress(string text) => Text = text;

    /// <summary>As the user gave it.</summary>
    public string Text { get; }

    /// <summary>Of UDP.</summary>
    public IPEndPoint? EndPoint { get; private init; }

    /// <summary>UDP: the interface whose multicast group is joined; null = the system chooses.</summary>
    public IPAddress? Interface { get; private init; }

    /// <summary>Of a Unix socket.</summary>
    public string? Path { get; private init; }

    public bool IsStandardStream => EndPoint is null && Path is null;

    /// <summary>Whether the address is one that many may listen to.</summary>
    public bool IsMulticast => EndPoint is { } end && IsGroup(end.Address);

    /// <summary>Addresses of one option: redundant lines of the same stream, with commas between them.</summary>
    public static ListenAddress[] ParseLines(string text, string option) => [.. text.Split(',').Select(each => Parse(each, option))];

    public static ListenAddress Parse(string text, string option)
    {
        if (text == "-") return new ListenAddress(text);
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            string path = text[Unix.Length..];
            if (path.Length == 0) throw Refusal(text, option, "has no path");
            if (System.Text.Encoding.UTF8.GetByteCount(path) > MaxUnixPath) throw Refusal(text, option, $"has a path of more than {MaxUnixPath} bytes, which no socket can have");
            return new ListenAddress(text) { Path = path };
        }
        if (!text.StartsWith(Udp, StringComparison.Ordinal)) throw Refusal(text, option, "is no address");
        string[] parts = text[Udp.Length..].Split('@');
        IPAddress? through = null;
        if (parts.Length > 2 || (parts.Length == 2 && !IPAddress.TryParse(parts[1], out through))) throw Refusal(text, option, "names no interface behind the @");
        int colon = parts[0].LastIndexOf(':');
        if (colon < 0 || !IPAddress.TryParse(parts[0][..colon].Trim('[', ']'), out IPAddress? address)) throw Refusal(text, option, "has no IP address");
        if (!ushort.TryParse(parts[0][(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
            throw Refusal(text, option, "has no port from 1 to 65535");
        return new ListenAddress(text) { EndPoint = new IPEndPoint(address, port), Interface = through };
    }

    private static bool IsGroup(IPAddress address) => address.IsIPv6Multicast
        || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and <= 239);

    private static CliException Refusal(string text, string option, string what) => new(
        ExitCode.Usage, $"'{text}' of {option} {what}; write udp://233.43.202.1:45001, udp://127.0.0.1:9000, unix:///run/ticks.sock or - .");
}
