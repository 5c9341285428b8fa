using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Memory;

namespace DealerFlow.Cli.Bench;

/// <summary>The reading process and everything that leads to it, as the sending one sees them. No wait for it is without a limit.</summary>
internal sealed class FeedOnlyPartner : IDisposable
{
    // Longer than the reader waits, which can say more.
    private static readonly TimeSpan Patience = FeedOnlyReader.Patience + TimeSpan.FromSeconds(5);

    private readonly FeedPublisher _publisher;
    private readonly SharedPage _page;
    private readonly Process _process;
    private readonly Socket _blocking, _polled, _piped;
    private readonly PipeWriter _pipe;

    public FeedOnlyPartner(string feedName, FeedOnlyPlan plan)
    {
        string directory = FeedDirectory.Default;
        _publisher = FeedPublisher.Create(directory, feedName, plan.Strikes, plan.Expiries);
        int most = Math.Max(plan.MessageOf(MessageKind.Headline).PayloadBytes, plan.MessageOf(MessageKind.Snapshot).PayloadBytes);
        // In the folder of the feed, so that both are the same kind of memory, and private; gone from it as soon as the reader has them.
        string pagePath = Path.Combine(directory, $".{feedName}.{Environment.ProcessId}.page"), socketPath = Path.ChangeExtension(pagePath, "s");
        try
        {
            _page = MakePage(pagePath, SharedPage.BytesFor(most));
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(socketPath));
            listener.Listen(3);
            _process = OwnProcess.Start(
                ["bench-reader", "--feed", feedName, "--page", pagePath, "--socket", socketPath, "--strikes", $"{plan.Strikes}", "--expiries", $"{plan.Expiries}"], takesErrors: true);
            if (Hear() != "ready") throw Ended();
            // It has connected to all, in this order.
            (_blocking, _polled, _piped) = (listener.Accept(), listener.Accept(), listener.Accept());
            _blocking.SendTimeout = _polled.SendTimeout = (int)Patience.TotalMilliseconds;
            _pipe = PipeWriter.Create(new NetworkStream(_piped));
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            File.Delete(pagePath);
            File.Delete(socketPath);
        }
    }

    public FeedSender Feed => new(_publisher);

    public CopySender Copy => new(_page);

    public GuardedCopySender GuardedCopy => new(_page);

    public SocketSender Blocking => new(_blocking);

    public SocketSender Polled => new(_polled);

    public PipeSender Pipe => new(_pipe, Patience);

    /// <summary>Hands the reader a turn, and waits until it is ready for the first message.</summary>
    public void Prepare(in FeedOnlyTurn turn)
    {
        Tell(turn.ToLine());
        if (Hear() != "ready") throw Ended();
    }

    /// <summary>Tells it when the first message of a paced turn is due.</summary>
    public void Begin(long start) => Tell(start.ToString(CultureInfo.InvariantCulture));

    /// <summary>What it has seen of the turn.</summary>
    public JsonElement Answer()
    {
        using JsonDocument answer = JsonDocument.Parse(Hear());
        return answer.RootElement.Clone();
    }

    /// <summary>What it sees of the last message of a turn that it took no part in.</summary>
    public JsonElement Look(in FeedOnlyTurn turn)
    {
        Tell(turn.ToLine());
        return Answer();
    }

    /// <summary>What became of it, after a send has failed.</summary>
    public CliException Lost()
    {
        if (_process.WaitForExit(1_000)) return Ended();
        return new CliException(ExitCode.Failure, $"The reading process has taken nothing for {Patience.TotalSeconds:0} seconds; nothing was measured. Check that two processes may run here at once.");
    }

    public void Dispose()
    {
        // With a reason it leaves what was not sent, which after a failure nobody takes.
        _pipe?.Complete(new OperationCanceledException());
        foreach (Socket? socket in (ReadOnlySpan<Socket?>)[_blocking, _polled, _piped]) socket?.Dispose();
        if (_process is { } process)
        {
            try
            {
                process.StandardInput.Close();
                if (!process.WaitForExit(1_000)) process.Kill();
            }
            catch (Exception gone) when (gone is InvalidOperationException or IOException) { }
            process.Dispose();
        }
        _page?.Dispose();
        _publisher.Dispose();
    }

    private void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    private string Hear()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        if (!line.Wait(Patience))
            throw new CliException(ExitCode.Failure, $"The reading process has not answered for {Patience.TotalSeconds:0} seconds; nothing was measured. Check that two processes may run here at once.");
        return line.Result ?? throw Ended();
    }

    private CliException Ended()
    {
        string? said = null;
        if (_process.WaitForExit(1_000)) said = _process.StandardError.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Split("dealerflow: ", 2)[^1].Trim();
        return new CliException(ExitCode.Failure, $"The reading process ended too early; nothing was measured.{(said is null ? "" : " It said: " + said)}");
    }

    private static SharedPage MakePage(string path, long bytes)
    {
        Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        try
        {
            // Every page is there before it is mapped: a store into one that memory has no room for would end the process.
            RandomAccess.Write(file, new byte[bytes], 0);
            return new SharedPage(MappedFile.MapReadWrite(file, bytes));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
