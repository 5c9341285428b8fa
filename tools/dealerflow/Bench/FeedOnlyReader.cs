using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>
/// The other end when the feed is measured alone, in a process of its own: takes a turn a line from stdin, reads what is sent and answers on stdout.
/// It ends with its input.
/// </summary>
internal sealed class FeedOnlyReader : IDisposable
{
    /// <summary>How long it waits for a message.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FeedSubscriber _feed;
    private readonly SnapshotBuffer _snapshot;
    private readonly SharedPage _page;
    private readonly FeedOnlyMessage[] _messages;
    private readonly byte[] _copy;
    private readonly Socket _blocking, _polled, _piped;
    private readonly FrameBuffer _blockingFrames, _polledFrames;
    private readonly PipeReader _pipe;

    private FeedOnlyReader(string feedName, string pagePath, string socketPath, int strikes, int expiries)
    {
        _messages = [new FeedOnlyMessage(MessageKind.Headline, strikes, expiries), new FeedOnlyMessage(MessageKind.Snapshot, strikes, expiries)];
        int most = _messages.Max(message => message.PayloadBytes);
        _copy = new byte[most];
        _feed = FeedSubscriber.Open(FeedDirectory.Default, feedName);
        _snapshot = _feed.CreateBuffer();
        _page = new SharedPage(MappedFile.MapReadOnly(File.OpenHandle(pagePath), SharedPage.BytesFor(most)));
        (_blocking, _polled, _piped) = (Connect(socketPath), Connect(socketPath), Connect(socketPath));
        _blocking.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        // A socket that has once not blocked is not what it was before: each has its own.
        _polled.Blocking = false;
        int frame = most + FeedOnlyMessage.PrefixBytes;
        (_blockingFrames, _polledFrames) = (new FrameBuffer(2 * frame), new FrameBuffer(2 * frame));
        // Room for a whole message, so that one read can do.
        _pipe = PipeReader.Create(new NetworkStream(_piped), new StreamPipeReaderOptions(bufferSize: frame));
    }

    public static int Run(string feedName, string pagePath, string socketPath, int strikes, int expiries)
    {
        // Ctrl-C is for the process that sends; this one ends when its input does.
        using var signals = new StopSignals();
        try
        {
            using var reader = new FeedOnlyReader(feedName, pagePath, socketPath, strikes, expiries);
            Say("ready");
            while (Console.ReadLine() is { } line) reader.Take(FeedOnlyTurn.Parse(line));
        }
        catch (Exception lost) when (lost is SocketException or TimeoutException)
        {
            throw new CliException(ExitCode.Failure, $"No message came for {Patience.TotalSeconds:0} seconds.");
        }
        return ExitCode.Success;
    }

    public void Dispose()
    {
        _pipe.Complete();
        _piped.Dispose();
        _polled.Dispose();
        _blocking.Dispose();
        _page.Dispose();
        _feed.Dispose();
    }

    private void Take(FeedOnlyTurn turn)
    {
        var sight = new Sight(turn, _messages[(int)turn.Kind]);
        if (turn.Task == FeedOnlyTask.Look)
        {
            Look(sight);
        }
        else
        {
            (ulong headline, ulong snapshot, ulong retries) = (_feed.HeadlineNumber, _feed.PublishNumber, _feed.Retries);
            Say("ready");
            if (turn.Task == FeedOnlyTask.Time) sight.Start = long.Parse(Console.ReadLine()!, CultureInfo.InvariantCulture);
            switch (turn.Competitor)
            {
                case Competitor.Feed when turn.Kind == MessageKind.Headline: WatchHeadlines(sight, headline); break;
                case Competitor.Feed: WatchSnapshots(sight, snapshot); break;
                case Competitor.Copy: WatchPage(sight); break;
                case Competitor.Socket: Receive(sight); break;
                case Competitor.SocketPolled: Poll(sight); break;
                case Competitor.Pipelines: ReceiveAsync(sight).WaitAsync(Patience + TimeSpan.FromSeconds(turn.Count * turn.Nanos * 1e-9)).GetAwaiter().GetResult(); break;
                default: throw new CliException(ExitCode.Usage, $"{turn.Competitor} has no reader.");
            }
            sight.Retries += _feed.Retries - retries;
        }
        Terminal.Json(sight.Write);
    }

    private void WatchHeadlines(Sight sight, ulong published)
    {
        while (!sight.IsOver)
        {
            if (_feed.HeadlineNumber == published)
            {
                sight.KeepWaiting();
                continue;
            }
            if (_feed.TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime) != SnapshotReadStatus.Ok) continue;
            long now = FeedClock.System.MonotonicNanos;
            published = runtime.PublishNumber;
            sight.SeenSection(MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)), in runtime, now);
        }
    }

    private void WatchSnapshots(Sight sight, ulong published)
    {
        while (!sight.IsOver)
        {
            if (_feed.PublishNumber == published)
            {
                sight.KeepWaiting();
                continue;
            }
            if (_feed.TryRead(_snapshot) != SnapshotReadStatus.Ok) continue;
            long now = FeedClock.System.MonotonicNanos;
            published = _snapshot.Runtime.PublishNumber;
            sight.SeenSection(_snapshot.MarketBytes, in _snapshot.Runtime, now);
        }
    }

    private void WatchPage(Sight sight)
    {
        Span<byte> copy = _copy.AsSpan(0, sight.Message.PayloadBytes);
        ulong seen = sight.Turn.First;
        while (!sight.IsOver)
        {
            ulong version = Volatile.Read(in _page.Version), number = version / 2;      // the copy below acquires
            if (number <= seen || !SlotVersion.IsWhole(in _page.Version, number))
            {
                sight.KeepWaiting();
                continue;
            }
            _page.Payload(copy.Length).CopyTo(copy);
            if (!SlotVersion.IsStillWhole(in _page.Version, number))
            {
                sight.Retries++;
                continue;
            }
            long now = FeedClock.System.MonotonicNanos;
            seen = number;
            sight.SeenPayload(copy, now);
        }
    }

    private void Receive(Sight sight)
    {
        while (!sight.IsOver)
        {
            while (!_blockingFrames.HasFrame) _blockingFrames.Came(OrEnded(_blocking.Receive(_blockingFrames.Room)));
            sight.SeenPayload(_blockingFrames.Next(), sight.Now);
        }
    }

    private void Poll(Sight sight)
    {
        while (!sight.IsOver)
        {
            while (!_polledFrames.HasFrame)
            {
                int count = _polled.Receive(_polledFrames.Room, SocketFlags.None, out SocketError error);
                if (error == SocketError.WouldBlock) sight.KeepWaiting();
                else if (error != SocketError.Success) throw new SocketException((int)error);
                else _polledFrames.Came(OrEnded(count));
            }
            sight.SeenPayload(_polledFrames.Next(), sight.Now);
        }
    }

    private async Task ReceiveAsync(Sight sight)
    {
        while (!sight.IsOver)
        {
            ReadResult read = await _pipe.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (TryNext(ref rest, out ReadOnlySequence<byte> payload))
            {
                // It is whole now; a program may read it in place, and the copy is for the comparison alone.
                long now = sight.Now;
                payload.CopyTo(_copy);
                sight.SeenPayload(_copy.AsSpan(0, (int)payload.Length), now);
            }
            _pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted && !sight.IsOver) OrEnded(0);
        }
    }

    private bool TryNext(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (rest.Length < FeedOnlyMessage.PrefixBytes) return false;
        Span<byte> prefix = stackalloc byte[FeedOnlyMessage.PrefixBytes];
        rest.Slice(0, prefix.Length).CopyTo(prefix);
        int length = FrameBuffer.LengthOf(prefix, _copy.Length);
        if (rest.Length < prefix.Length + length) return false;
        payload = rest.Slice(prefix.Length, length);
        rest = rest.Slice(payload.End);
        return true;
    }

    private void Look(Sight sight)
    {
        FeedOnlyMessage message = sight.Message;
        // Only the number is new in every message of a run flat out.
        bool isThere = sight.Turn.Competitor switch
        {
            Competitor.Copy => FeedOnlyMessage.NumberOf(_page.Payload(message.PayloadBytes)) == sight.Turn.Last,
            Competitor.Feed when message.Kind == MessageKind.Headline =>
                _feed.TryReadHeadline(out HeadlineSection headline, out _) == SnapshotReadStatus.Ok && headline.EventSequence == sight.Turn.Last,
            _ => _feed.TryRead(_snapshot) == SnapshotReadStatus.Ok && _snapshot.Market.Head.EventSequence == sight.Turn.Last,
        };
        sight.SeenLast(isThere);
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static int OrEnded(int count) => count > 0 ? count : throw new SocketException((int)SocketError.ConnectionReset);

    private static void Say(string word)
    {
        Console.Out.WriteLine(word);
        Console.Out.Flush();
    }

    /// <summary>Messages of a stream as they come: bytes in, whole messages out.</summary>
    private sealed class FrameBuffer(int capacity)
    {
        private readonly byte[] _bytes = new byte[capacity];
        private int _begin, _end;

        public Span<byte> Room
        {
            get
            {
                // What is left is part of a message at most, so that there is room for the rest of it.
                _bytes.AsSpan(_begin, _end - _begin).CopyTo(_bytes);
                (_begin, _end) = (0, _end - _begin);
                return _bytes.AsSpan(_end);
            }
        }

        public bool HasFrame => _end - _begin >= FeedOnlyMessage.PrefixBytes && _end - _begin >= FeedOnlyMessage.PrefixBytes + Length;

        private int Length => LengthOf(_bytes.AsSpan(_begin), _bytes.Length - FeedOnlyMessage.PrefixBytes);

        public static int LengthOf(ReadOnlySpan<byte> prefix, int most)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            return length > 0 && length <= most ? length : throw new CliException(ExitCode.Failure, $"A message of {length} bytes came, which nobody sent.");
        }

        public void Came(int count) => _end += count;

        public ReadOnlySpan<byte> Next()
        {
            ReadOnlySpan<byte> payload = _bytes.AsSpan(_begin + FeedOnlyMessage.PrefixBytes, Length);
            _begin += FeedOnlyMessage.PrefixBytes + payload.Length;
            return payload;
        }
    }

    /// <summary>What has been seen in a turn, and when.</summary>
    private sealed class Sight(FeedOnlyTurn turn, FeedOnlyMessage message)
    {
        private readonly LatencyHistogram _latencies = new();
        private ulong _seen = turn.First;
        private long _read, _wrong;
        private uint _idle;
        private long _idleSince;

        public FeedOnlyTurn Turn => turn;

        public FeedOnlyMessage Message => message;

        /// <summary>When the first message is to be sent, by the clock that all processes share.</summary>
        public long Start { get; set; }

        public ulong Retries { get; set; }

        public bool IsOver => _seen >= turn.Last;

        /// <summary>The clock, where it is wanted.</summary>
        public long Now => turn.Task == FeedOnlyTask.Time ? FeedClock.System.MonotonicNanos : 0;

        // The clock is looked at only now and then: the poll is to be short.
        public void KeepWaiting()
        {
            if ((++_idle & 0xFFFF) != 0) return;
            long now = FeedClock.System.MonotonicNanos;
            if (_idleSince == 0) _idleSince = now;
            else if (now - _idleSince > Patience.TotalNanoseconds) throw new TimeoutException();
        }

        public void SeenSection(ReadOnlySpan<byte> section, in RuntimeSection run, long now)
        {
            ulong number = FeedOnlyMessage.NumberOf(section);
            Seen(number, now);
            if (!message.IsSection(section, number) || !FeedOnlyMessage.IsRun(in run, number)) _wrong++;
        }

        public void SeenPayload(ReadOnlySpan<byte> payload, long now)
        {
            ulong number = FeedOnlyMessage.NumberOf(payload);
            Seen(number, now);
            if (turn.Task == FeedOnlyTask.Time && !message.IsPayload(payload, number)) _wrong++;
        }

        public void SeenLast(bool isThere)
        {
            _read++;
            if (!isThere) _wrong++;
        }

        public void Write(System.Text.Json.Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WritePropertyName("latencies");
            _latencies.Write(json);
            json.WriteNumber("read", _read);
            json.WriteNumber("wrong", _wrong);
            json.WriteNumber("retries", Retries);
            json.WriteEndObject();
        }

        // Whoever has this message is up to date with all before it.
        private void Seen(ulong number, long now)
        {
            _idleSince = 0;
            _read++;
            if (number <= _seen || number > turn.Last) _wrong++;
            ulong until = Math.Min(number, turn.Last);
            if (turn.Task == FeedOnlyTask.Time)
                for (ulong each = _seen + 1; each <= until; each++) _latencies.Add(now - Start - turn.IntendedNanos(each));
            _seen = Math.Max(_seen, until);
        }
    }
}
