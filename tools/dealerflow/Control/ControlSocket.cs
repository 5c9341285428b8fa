using System.Net.Sockets;
using System.Text;
using DealerFlow.Cli.Live;

namespace DealerFlow.Cli.Control;

/// <summary>
/// Commands to a running engine through a Unix socket of the user alone: a line each, and a line for an answer, which begins with
/// <c>ok</c> or <c>no</c>. One client at a time.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const int MaxLine = 4_096;
    private const int PatienceMilliseconds = 10_000;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly Func<string, string> _answer;

    /// <param name="path">Where the socket is.</param>
    /// <param name="answer">Carries out a line and says what came of it; a <see cref="CliException"/> is an answer too.</param>
    public ControlSocket(string path, Func<string, string> answer)
    {
        _path = path;
        _answer = answer;
        try
        {
            SocketPath.Bind(_listener, path, backlog: 4);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        new Thread(Serve) { Name = "control", IsBackground = true }.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private void Serve()
    {
        while (true)
        {
            try
            {
                using Socket client = _listener.Accept();
                client.ReceiveTimeout = client.SendTimeout = PatienceMilliseconds;
                Converse(client);
            }
            catch (SocketException)
            {
                // The client went away, or said nothing for too long.
                if (!_listener.IsBound) return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Converse(Socket client)
    {
        byte[] line = new byte[MaxLine];
        int length = 0;
        while (true)
        {
            int read = client.Receive(line.AsSpan(length));
            if (read == 0) return;
            length += read;
            for (int end = line.AsSpan(0, length).IndexOf((byte)'\n'); end >= 0; end = line.AsSpan(0, length).IndexOf((byte)'\n'))
            {
                string answer = Answer(Encoding.UTF8.GetString(line, 0, end).Trim());
                client.Send(Encoding.UTF8.GetBytes(answer.ReplaceLineEndings(" ") + "\n"));
                line.AsSpan(end + 1, length - end - 1).CopyTo(line);
                length -= end + 1;
            }
            if (length < line.Length) continue;
            client.Send("no: the line is too long.\n"u8);
            return;
        }
    }

    private string Answer(string line)
    {
        try
        {
            return _answer(line);
        }
        catch (Exception refused) when (refused is CliException or FormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "no: " + refused.Message;
        }
    }
}
