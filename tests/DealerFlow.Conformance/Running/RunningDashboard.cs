using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>A dashboard as a process on a free port, and what a browser, or somebody who pretends to be one, gets from it.</summary>
internal sealed class RunningDashboard : IDisposable
{
    private readonly HttpClient _http;

    public RunningDashboard(Workspace room, params string[] arguments)
    {
        string[] store = arguments.Contains("--store") ? [] : ["--store", room.Path("history")];
        Program = room.StartOther("dealerflow-dashboard", ["--port", "0", .. store, .. arguments]);
        Eventually.True(() => Program.OutputSoFar.Contains('\n', StringComparison.Ordinal), "the address of the dashboard", Program);
        var address = new Uri(Program.OutputSoFar.Trim());
        Port = address.Port;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public RunningProgram Program { get; }

    public int Port { get; }

    /// <summary>The origin of its own page.</summary>
    public string Origin => $"http://localhost:{Port}";

    /// <summary>Status and body.</summary>
    public (int Status, string Body) Get(string path)
    {
        using HttpResponseMessage answer = _http.GetAsync(path, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return ((int)answer.StatusCode, answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult());
    }

    /// <summary>The body of an answer that must be 200, as JSON.</summary>
    public JsonElement Json(string path)
    {
        (int status, string body) = Get(path);
        Assert.True(status == 200, $"{path}: {status} {body}");
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    /// <summary>The sentence of an answer that must be an error with this status.</summary>
    public string Refused(string path, int status)
    {
        (int given, string body) = Get(path);
        Assert.True(given == status, $"{path}: {given} {body}");
        using JsonDocument document = JsonDocument.Parse(body);
        string sentence = document.RootElement.GetProperty("error").GetString()!;
        Assert.EndsWith(".", sentence);
        Assert.DoesNotContain("Exception", sentence);
        return sentence;
    }

    /// <summary>A number of /metrics.</summary>
    public double Metric(string name, params string[] labels)
    {
        foreach (string line in Get("/metrics").Body.Split('\n'))
            if (line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
                return double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        return double.NaN;
    }

    /// <summary>Sends bytes as they are and reads until the server closes.</summary>
    public RawAnswer Send(string request)
    {
        using var client = new TcpClient();
        client.Connect("127.0.0.1", Port);
        using NetworkStream stream = client.GetStream();
        stream.ReadTimeout = 60_000;
        stream.Write(Encoding.UTF8.GetBytes(request));
        using var all = new MemoryStream();
        try { stream.CopyTo(all); }
        catch (IOException) { }     // cut off: what came before counts
        return new RawAnswer(Encoding.UTF8.GetString(all.ToArray()));
    }

    /// <summary>One request with these header lines, after which the connection is closed.</summary>
    public RawAnswer Send(string verb, string path, params string[] headers) =>
        Send($"{verb} {path} HTTP/1.1\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n");

    /// <summary>A stream of events.</summary>
    public EventReader Events(string query = "", int receiveBuffer = 0) => new(Port, "/api/v1/events" + query, receiveBuffer);

    /// <summary>Asks it to leave and waits until it has.</summary>
    public Outcome Stop()
    {
        Program.Terminate();
        return Program.WaitForEnd();
    }

    public void Dispose()
    {
        _http.Dispose();
        Program.Dispose();
    }
}

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(string Text)
{
    public int Status => Text.Length == 0 ? 0 : int.Parse(Text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public string Head => Text.Split("\r\n\r\n")[0];

    public string Body => Text.Contains("\r\n\r\n", StringComparison.Ordinal) ? Text[(Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..] : "";

    public string? Header(string name) => Head.Split("\r\n").Skip(1).FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}

/// <summary>One client of the event stream, over a socket of its own.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly StreamReader _lines;

    public EventReader(int port, string path, int receiveBuffer)
    {
        if (receiveBuffer > 0) _socket.ReceiveBufferSize = receiveBuffer;
        _socket.Connect("127.0.0.1", port);
        _socket.ReceiveTimeout = 60_000;
        _socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"));
        _lines = new StreamReader(new NetworkStream(_socket), Encoding.UTF8);
    }

    /// <summary>The next event; null when the server has closed the connection.</summary>
    public (string Name, string? Id, string Data)? Next()
    {
        string? name = null, id = null, data = null;
        while (true)
        {
            string? line;
            try { line = _lines.ReadLine(); }
            catch (IOException) { return null; }
            if (line is null) return null;
            // Lines of the head and of the chunks of HTTP are no lines of an event.
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else if (line.Length == 0 && data is not null) return (name!, id, data);
        }
    }

    /// <summary>The next event of a kind.</summary>
    public (string? Id, string Data)? Next(string kind)
    {
        while (Next() is { } found)
            if (found.Name == kind) return (found.Id, found.Data);
        return null;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _socket.Dispose();
    }
}
