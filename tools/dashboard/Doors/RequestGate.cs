using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace DealerFlow.Dashboard;

/// <summary>
/// Who may ask at all, before any route is looked at. The names in Host and Origin are compared as they stand, so that a foreign name which
/// points to this machine (DNS rebinding) is refused, whatever path or verb it comes with.
/// </summary>
internal sealed class RequestGate
{
    private const string TokenCookie = "dealerflow-token";

    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;
    private readonly string _wanted;
    private readonly byte[]? _token;

    /// <param name="hosts">Names that Host may have, each with its port.</param>
    /// <param name="token">What a caller must show; null = nothing.</param>
    public RequestGate(IEnumerable<string> hosts, string? token)
    {
        _hosts = new HashSet<string>(hosts, StringComparer.Ordinal);
        _origins = [.. _hosts.Select(host => "http://" + host)];
        _wanted = string.Join(", ", _hosts);
        _token = token is null ? null : Digest(token);
    }

    /// <summary>Answers a request that may not pass; false = it may.</summary>
    public async Task<bool> RefusesAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        StringValues host = request.Headers.Host;
        if (host.Count != 1 || string.IsNullOrEmpty(host[0]))
            return await Refuse(context, StatusCodes.Status400BadRequest, "The request must have one Host header.");
        if (!_hosts.Contains(host[0]!))
            return await Refuse(context, StatusCodes.Status421MisdirectedRequest, $"This server is not called that; it answers to {_wanted}.");
        StringValues origin = request.Headers.Origin;
        if (origin.Count > 1 || (origin.Count == 1 && !_origins.Contains(origin[0] ?? "")))
            return await Refuse(context, StatusCodes.Status403Forbidden, "Pages of other sites may not ask here.");
        bool isControl = HttpMethods.IsPost(request.Method) && request.Path == Routes.Control;
        if (isControl && origin.Count == 0)
            return await Refuse(context, StatusCodes.Status403Forbidden, "A command must carry the Origin of this server's own page.");
        if (!isControl && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = request.Path == Routes.Control ? "GET, HEAD, POST" : "GET, HEAD";
            return await Refuse(context, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are answered here.");
        }
        return _token is not null && await AsksForToken(context, _token);
    }

    private static async Task<bool> AsksForToken(HttpContext context, byte[] token)
    {
        HttpRequest request = context.Request;
        // A browser cannot add a header to an event stream, so the token that an address brought is kept in a cookie of this site alone.
        if (request.Query["token"] is [{ } given] && Same(given, token))
        {
            context.Response.Cookies.Append(TokenCookie, given, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            if (HttpMethods.IsGet(request.Method) && request.Path == "/")
            {
                context.Response.Redirect("/");
                return true;
            }
            return false;
        }
        if (request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal) && Same(header[7..], token)) return false;
        if (request.Cookies[TokenCookie] is { } kept && Same(kept, token)) return false;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return await Refuse(context, StatusCodes.Status401Unauthorized, "This server wants its token: open /?token=… once, or send Authorization: Bearer ….");
    }

    // Digests of one length, compared in one time: how much of a guess was right cannot be measured.
    private static bool Same(string given, byte[] token) => CryptographicOperations.FixedTimeEquals(Digest(given), token);

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static async Task<bool> Refuse(HttpContext context, int status, string sentence)
    {
        await Answer.ErrorAsync(context, status, sentence);
        return true;
    }
}
