using System.Net.Sockets;
using System.Text;

namespace DealerFlow.Dashboard;

/// <summary>The socket of a replay that takes commands: a line there, a line back, a connection each.</summary>
internal sealed class ReplaySocket(string path) : IDisposable
{
    private const int MaxAnswer = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Says a line. The answer begins with <c>ok</c> or <c>no</c>; a replay that is not there is a <c>no</c> too.</summary>
    public async Task<string> AskAsync(string line, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Patience);
            return await AskOnce(line, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"no: the replay at {path} has not answered for {Patience.TotalSeconds:0} seconds.";
        }
        catch (SocketException refused)
        {
            return $"no: nobody listens at {path} ({refused.Message}); start 'dealerflow replay TAPE --control {path}'.";
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<string> AskOnce(string line, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
        byte[] question = Encoding.UTF8.GetBytes(line + "\n");
        for (int sent = 0; sent < question.Length;) sent += await socket.SendAsync(question.AsMemory(sent), stop);
        byte[] answer = new byte[MaxAnswer];
        int length = 0;
        while (length < answer.Length)
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length), stop);
            if (read == 0) break;
            length += read;
            if (answer.AsSpan(0, length).Contains((byte)'\n')) break;
        }
        return length == 0 ? "no: the replay has left." : Encoding.UTF8.GetString(answer, 0, length).Trim();
    }
}
