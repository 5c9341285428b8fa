using System.Net.Sockets;
using System.Text;
using Xunit;

namespace DealerFlow.Conformance.Dashboard;

/// <summary>Who may ask the dashboard at all: every combination of Host, path and verb, Origins, and paths that try to break out. Raw sockets, for a well-bred client would not send most of it.</summary>
public sealed class DashboardHostTests(ServedMarket market) : IClassFixture<ServedMarket>
{
    private static readonly string[] Paths = ["/", "/api/v1/feeds", "/api/v1/levels", "/api/v1/events", "/metrics", "/learn/", "/x/../api/v1/feeds", "/nothing"];
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"];

    private readonly Workspace _room = market.Room;
    private readonly RunningDashboard _dashboard = market.Dashboard;

    [Fact]
    public void A_foreign_Host_is_refused_on_every_path_with_every_verb()
    {
        string[] foreign =
        [
            "evil.example", $"evil.example:{_dashboard.Port}", $"127.evil.example:{_dashboard.Port}", $"localhost.evil.example:{_dashboard.Port}", $"2130706433:{_dashboard.Port}",
            $"0x7f000001:{_dashboard.Port}", $"127.1:{_dashboard.Port}", $"0.0.0.0:{_dashboard.Port}", $"127.0.0.1.:{_dashboard.Port}", $"[::]:{_dashboard.Port}", "localhost", "localhost:1",
        ];
        var passed = new List<string>();
        foreach (string host in foreign)
            foreach (string path in Paths)
                foreach (string verb in Verbs)
                {
                    RawAnswer answer = _dashboard.Send(verb, path, "Host: " + host);
                    // A host that is none at all is refused before any program code sees it.
                    bool isRefused = answer.Status is 421 || (answer.Status == 400 && answer.Body.Length == 0);
                    if (!isRefused || answer.Text.Contains("Live", StringComparison.Ordinal)) passed.Add($"{verb} {path} of {host}: {answer.Status}");
                    if (answer.Status == 421) AssertGuarded(answer);
                }
        Assert.Empty(passed);
    }

    [Fact]
    public void A_request_without_a_Host_or_with_two_is_refused()
    {
        foreach (string path in Paths)
            foreach (string verb in Verbs)
            {
                Assert.Equal(400, _dashboard.Send(verb, path).Status);
                Assert.Equal(400, _dashboard.Send(verb, path, $"Host: localhost:{_dashboard.Port}", "Host: evil.example").Status);
                Assert.Equal(400, _dashboard.Send(verb, path, $"Host: localhost:{_dashboard.Port}", $"Host: localhost:{_dashboard.Port}").Status);
            }
        Assert.Equal(400, _dashboard.Send("GET / HTTP/1.0\r\n\r\n").Status);
        Assert.Equal(400, _dashboard.Send("GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n").Status);
        Assert.NotEqual(200, _dashboard.Send("GET", "http://evil.example/", $"Host: localhost:{_dashboard.Port}").Status);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public void Its_own_names_are_answered_and_only_to_GET_and_HEAD(string name)
    {
        string host = $"Host: {name}:{_dashboard.Port}";
        foreach (string verb in Verbs)
        {
            bool reads = verb is "GET" or "HEAD";
            foreach (string path in (ReadOnlySpan<string>)["/", "/api/v1/feeds", "/api/v1/levels", "/metrics", "/learn/", "/x/../api/v1/feeds"])
            {
                RawAnswer answer = _dashboard.Send(verb, path, host);
                Assert.True(answer.Status == (reads ? 200 : 405), $"{verb} {path}: {answer.Text}");
                AssertGuarded(answer);
                if (verb == "HEAD") Assert.Empty(answer.Body);
                if (!reads) Assert.Equal("GET, HEAD", answer.Header("Allow"));
            }
            Assert.Equal(reads ? 404 : 405, _dashboard.Send(verb, "/nothing", host).Status);
        }
        Assert.Equal(200, _dashboard.Send("HEAD", "/api/v1/events", host).Status);
    }

    [Fact]
    public void Every_answer_carries_the_policy_and_names_no_server()
    {
        string host = $"Host: localhost:{_dashboard.Port}";
        foreach (RawAnswer answer in (RawAnswer[])[_dashboard.Send("GET", "/", host), _dashboard.Send("GET", "/nothing", host), _dashboard.Send("POST", "/", host), _dashboard.Send("GET", "/api/v1/levels?feed=..", host), _dashboard.Send("GET", "/", "Host: evil.example")])
        {
            AssertGuarded(answer);
            Assert.Null(answer.Header("Server"));
            Assert.DoesNotContain("Access-Control-", answer.Head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Pages_of_other_sites_are_refused_by_their_Origin()
    {
        string host = $"Host: localhost:{_dashboard.Port}";
        foreach (string path in Paths)
        {
            foreach (string origin in (ReadOnlySpan<string>)["http://evil.example", "null", $"http://evil.example:{_dashboard.Port}", $"https://localhost:{_dashboard.Port}", "http://localhost", $"http://localhost:{_dashboard.Port}.evil.example", ""])
            {
                RawAnswer answer = _dashboard.Send("GET", path, host, "Origin: " + origin);
                Assert.True(answer.Status == 403, $"{path} from '{origin}': {answer.Status}");
                AssertGuarded(answer);
            }
        }
        Assert.Equal(200, _dashboard.Send("GET", "/", host, "Origin: " + _dashboard.Origin).Status);
        Assert.Equal(200, _dashboard.Send("GET", "/", host, $"Origin: http://127.0.0.1:{_dashboard.Port}").Status);
        Assert.Equal(403, _dashboard.Send("GET", "/", host, "Origin: " + _dashboard.Origin, "Origin: http://evil.example").Status);
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/..\\..\\etc\\passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/index.html/../../../../etc/passwd")]
    [InlineData("/learn/../../etc/passwd")]
    [InlineData("/learn/..%2f..%2fREADME")]
    [InlineData("/index.html%00.js")]
    public void No_path_leads_out_of_the_page(string path)
    {
        RawAnswer answer = _dashboard.Send("GET", path, $"Host: localhost:{_dashboard.Port}");
        Assert.Contains(answer.Status, (IEnumerable<int>)[400, 404]);
        Assert.DoesNotContain("root:", answer.Text);
    }

    [Fact]
    public void A_request_that_is_too_large_is_refused_and_the_next_one_answered()
    {
        string host = $"Host: localhost:{_dashboard.Port}";
        Assert.Equal(414, _dashboard.Send("GET", "/" + new string('a', 10_000), host).Status);
        Assert.Equal(431, _dashboard.Send("GET", "/", host, "X-Long: " + new string('a', 40_000)).Status);
        Assert.Equal(431, _dashboard.Send("GET", "/", [host, .. Enumerable.Range(0, 200).Select(i => $"X-{i}: 1")]).Status);
        Assert.Equal(200, _dashboard.Send("GET", "/", host).Status);
    }

    [Fact]
    public void With_a_token_nothing_is_told_to_one_who_does_not_show_it()
    {
        const string Token = "0123456789abcdef0123456789abcdef";
        string file = _room.Write("token", Token + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var guarded = new RunningDashboard(_room, "--token-file", file);
        string host = $"Host: localhost:{guarded.Port}";
        foreach (string path in Paths) Assert.Equal(401, guarded.Send("GET", path, host).Status);
        Assert.Equal(401, guarded.Send("GET", "/", host, "Authorization: Bearer " + Token[1..]).Status);
        Assert.Equal(401, guarded.Send("GET", "/?token=wrong", host).Status);
        Assert.Equal(421, guarded.Send("GET", "/", "Host: evil.example", "Authorization: Bearer " + Token).Status);
        Assert.Equal(200, guarded.Send("GET", "/api/v1/feeds", host, "Authorization: Bearer " + Token).Status);
        RawAnswer entry = guarded.Send("GET", "/?token=" + Token, host);
        Assert.Equal(302, entry.Status);
        Assert.Equal("/", entry.Header("Location"));
        string cookie = entry.Header("Set-Cookie")!;
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, guarded.Send("GET", "/api/v1/feeds", host, "Cookie: " + cookie.Split(';')[0]).Status);
    }

    [Fact]
    public void A_Unix_socket_is_of_its_user_alone_and_serves_the_same()
    {
        string path = _room.Path("page.sock");
        RunningProgram program = _room.StartOther("dealerflow-dashboard", "--listen", "unix:" + path, "--store", "none");
        Eventually.True(() => program.OutputSoFar.Contains("unix:" + path, StringComparison.Ordinal), "the address", program);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.StartsWith("HTTP/1.1 200", Ask("localhost"));
        Assert.StartsWith("HTTP/1.1 421", Ask("evil.example"));
        program.Terminate();
        Assert.Equal(0, program.WaitForEnd().ExitCode);
        Assert.False(Path.Exists(path));

        string Ask(string host)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(Encoding.ASCII.GetBytes($"GET /api/v1/feeds HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
            byte[] answer = new byte[4096];
            return Encoding.ASCII.GetString(answer, 0, socket.Receive(answer));
        }
    }

    private static void AssertGuarded(RawAnswer answer)
    {
        string policy = answer.Header("Content-Security-Policy") ?? "";
        foreach (string rule in (ReadOnlySpan<string>)["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:", "frame-ancestors 'none'", "base-uri 'none'"])
            Assert.Contains(rule, policy);
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
    }
}
