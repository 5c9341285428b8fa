using System.IO.Pipelines;
using System.Net.Sockets;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>Who takes turns when the feed is measured alone.</summary>
internal enum Competitor
{
    /// <summary>The feed: checksum, copy, version, number, sign of life.</summary>
    Feed,

    /// <summary>A copy of the same bytes into shared memory; where a reader waits for it, between two looks at a version.</summary>
    Copy,

    /// <summary>The checksum of the same bytes, and nothing else.</summary>
    Crc,

    /// <summary>A Unix stream socket whose reader blocks.</summary>
    Socket,

    /// <summary>A Unix stream socket whose reader asks again and again.</summary>
    SocketPolled,

    /// <summary>System.IO.Pipelines over a Unix stream socket, at both ends.</summary>
    Pipelines,
}

/// <summary>One way to send; a struct, so that the loop around it has no call to look up.</summary>
internal interface IFeedOnlySender
{
    /// <summary>Sends the message as it stands.</summary>
    void Send(FeedOnlyMessage message);
}

/// <summary>As an engine publishes.</summary>
internal readonly struct FeedSender(FeedPublisher publisher) : IFeedOnlySender
{
    /// <summary>
    /// Words beside the payload: version, length and checksum of the slot; number, event sequence, event time, progress and heartbeat of the entry.
    /// </summary>
    public const int Words = 8;

    public void Send(FeedOnlyMessage message)
    {
        if (message.Kind == MessageKind.Headline) publisher.PublishHeadline(in message.Headline, in message.Run);
        else publisher.Publish(message.Section, in message.Run);
    }
}

/// <summary>A shared page with nothing in it but a version and one payload.</summary>
internal sealed class SharedPage(MappedFile file) : IDisposable
{
    // The version has lines of its own, as in a slot of the feed.
    private const int PayloadAt = SlotHeader.SizeInBytes;

    public static long BytesFor(int payloadBytes) => PayloadAt + payloadBytes;

    public ref readonly ulong Version => ref file.Read<ulong>(0);

    public ref ulong OwnVersion => ref file.Write<ulong>(0);

    public ReadOnlySpan<byte> Payload(int bytes) => file.Read(PayloadAt, bytes);

    public Span<byte> OwnPayload(int bytes) => file.Write(PayloadAt, bytes);

    public void Dispose() => file.Dispose();
}

/// <summary>The copy alone: nobody could tell when it is whole.</summary>
internal readonly struct CopySender(SharedPage page) : IFeedOnlySender
{
    public void Send(FeedOnlyMessage message) => message.Payload.CopyTo(page.OwnPayload(message.PayloadBytes));
}

/// <summary>The copy between two stores of one word, the least that a reader needs.</summary>
internal readonly struct GuardedCopySender(SharedPage page) : IFeedOnlySender
{
    public void Send(FeedOnlyMessage message)
    {
        ulong number = FeedOnlyMessage.NumberOf(message.Payload);
        SlotVersion.BeginWrite(ref page.OwnVersion, number);
        message.Payload.CopyTo(page.OwnPayload(message.PayloadBytes));
        SlotVersion.EndWrite(ref page.OwnVersion, number);
    }
}

/// <summary>The checksum alone.</summary>
internal struct CrcSender : IFeedOnlySender
{
    public uint Last { get; private set; }

    public void Send(FeedOnlyMessage message) => Last = FoldedCrc32.HashToUInt32(message.Payload);
}

/// <summary>One call of the kernel for a message.</summary>
internal readonly struct SocketSender(Socket socket) : IFeedOnlySender
{
    public void Send(FeedOnlyMessage message)
    {
        for (ReadOnlySpan<byte> left = message.Framed; left.Length > 0;) left = left[socket.Send(left)..];
    }
}

/// <summary>Copied into the pipe, then flushed to the socket.</summary>
internal readonly struct PipeSender(PipeWriter pipe, TimeSpan patience) : IFeedOnlySender
{
    public void Send(FeedOnlyMessage message)
    {
        ReadOnlySpan<byte> framed = message.Framed;
        framed.CopyTo(pipe.GetSpan(framed.Length));
        pipe.Advance(framed.Length);
        ValueTask<FlushResult> flush = pipe.FlushAsync();
        if (flush.IsCompletedSuccessfully) _ = flush.Result;
        else _ = flush.AsTask().WaitAsync(patience).GetAwaiter().GetResult();
    }
}
