using System.Buffers.Binary;
using System.Threading.Channels;
using DealerFlow.Import;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>
/// Datagrams one behind the other on standard input; where one ends follows from its header. A thread of its own waits for them, and hands
/// them over in a bounded channel.
/// </summary>
internal sealed class StreamPort : DatagramPort
{
    private const int Waiting = 256;

    private readonly Channel<byte[]> _datagrams = Channel.CreateBounded<byte[]>(Waiting);
    private readonly Stream _input;

    public StreamPort(ListenAddress address)
        : this(address, Console.OpenStandardInput())
    {
    }

    public StreamPort(ListenAddress address, Stream input)
        : base(address)
    {
        _input = input;
        // Background: a run that ends does not wait for input.
        new Thread(ReadAll) { Name = "stdin", IsBackground = true }.Start();
    }

    public override System.Net.Sockets.Socket? Socket => null;

    public override int Receive(Span<byte> room)
    {
        if (!_datagrams.Reader.TryRead(out byte[]? datagram))
        {
            if (!_datagrams.Reader.Completion.IsCompleted) return Nothing;
            _datagrams.Reader.Completion.GetAwaiter().GetResult();
            return Ended;
        }
        datagram.CopyTo(room);
        return datagram.Length;
    }

    public override void Dispose() => _input.Dispose();

    private void ReadAll()
    {
        try
        {
            byte[] head = new byte[TickDatagramHeader.SizeInBytes];
            while (true)
            {
                int needed = OpraBlockHeader.SizeInBytes;
                int read = _input.ReadAtLeast(head.AsSpan(0, needed), needed, throwOnEndOfStream: false);
                if (read == 0) break;
                if (read < needed) throw CutOff();
                int length = LengthOf(head, ref read);
                byte[] datagram = new byte[length];
                head.AsSpan(0, read).CopyTo(datagram);
                if (_input.ReadAtLeast(datagram.AsSpan(read), length - read, throwOnEndOfStream: false) < length - read) throw CutOff();
                _datagrams.Writer.WriteAsync(datagram).AsTask().GetAwaiter().GetResult();
            }
            _datagrams.Writer.TryComplete();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _datagrams.Writer.TryComplete(failure);
        }
    }

    private int LengthOf(byte[] head, ref int read)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) == TickDatagramHeader.ExpectedMagic)
        {
            int rest = head.Length - read;
            if (_input.ReadAtLeast(head.AsSpan(read), rest, throwOnEndOfStream: false) < rest) throw CutOff();
            read = head.Length;
            var header = System.Runtime.InteropServices.MemoryMarshal.Read<TickDatagramHeader>(head);
            if (header.Count <= TickDatagramHeader.MaxTicks) return header.Bytes;
        }
        else if (head[3] == (byte)'O' && BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(1)) is var bytes and >= OpraBlockHeader.SizeInBytes)
        {
            return bytes;
        }
        throw new IOException(
            "Standard input holds something that is neither a datagram of ticks nor a block of OPRA, and where the next one begins cannot be told; send with 'dealerflow send TAPE --to -'.");
    }

    private static IOException CutOff() => new("Standard input ends within a datagram; what was whole before it has been taken.");
}
