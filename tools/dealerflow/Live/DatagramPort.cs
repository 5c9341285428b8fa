using System.Net;
using System.Net.Sockets;

namespace DealerFlow.Cli.Live;

/// <summary>Where datagrams come in.</summary>
internal abstract class DatagramPort(ListenAddress address) : IDisposable
{
    /// <summary>Nothing is there for the moment.</summary>
    public const int Nothing = -1;

    /// <summary>Nothing will come any more.</summary>
    public const int Ended = -2;

    public ListenAddress Address => address;

    /// <summary>The next datagram and how long it is, or <see cref="Nothing"/>, or <see cref="Ended"/>; does not wait.</summary>
    public abstract int Receive(Span<byte> room);

    /// <summary>What can be waited for together with others; null = it is asked again.</summary>
    public abstract Socket? Socket { get; }

    public abstract void Dispose();

    public static DatagramPort Open(ListenAddress address) => address.IsStandardStream ? new StreamPort(address) : new SocketPort(address);

    /// <summary>UDP, or a datagram socket of this machine.</summary>
    private sealed class SocketPort : DatagramPort
    {
        // A burst waits here while the run is busy; the system grants what it allows.
        private const int BufferBytes = 64 << 20;

        private readonly Socket _socket;

        public SocketPort(ListenAddress address)
            : base(address)
        {
            _socket = address.Path is null
                ? new Socket(address.EndPoint!.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            try
            {
                _socket.ReceiveBufferSize = BufferBytes;
                if (OperatingSystem.IsLinux()) TryForceBuffer();
                if (address.Path is { } path) SocketPath.Bind(_socket, path);
                else BindUdp(address);
                _socket.Blocking = false;
            }
            catch (SocketException refused)
            {
                _socket.Dispose();
                throw new CliException(ExitCode.Failure, $"{address.Text} cannot be listened to: {Reason(refused)}");
            }
            catch
            {
                _socket.Dispose();
                throw;
            }
        }

        public override Socket Socket => _socket;

        public override int Receive(Span<byte> room)
        {
            int read = _socket.Receive(room, SocketFlags.None, out SocketError error);
            return error switch
            {
                SocketError.Success => read,
                // A datagram longer than the room is cut: nothing that is read here is that long.
                SocketError.MessageSize => room.Length,
                SocketError.WouldBlock or SocketError.Interrupted or SocketError.ConnectionReset or SocketError.ConnectionRefused => Nothing,
                _ => throw new IOException($"{Address.Text} cannot be read any more: {new SocketException((int)error).Message}."),
            };
        }

        public override void Dispose()
        {
            _socket.Dispose();
            if (Address.Path is { } path) File.Delete(path);
        }

        /// <summary>Beyond what the system grants everybody, where this user may.</summary>
        private void TryForceBuffer()
        {
            const int SolSocket = 1, ForceReceiveBuffer = 33;
            try
            {
                _socket.SetRawSocketOption(SolSocket, ForceReceiveBuffer, BitConverter.GetBytes(BufferBytes));
            }
            catch (SocketException)
            {
                // What was granted has to do; what does not fit is seen by its numbers.
            }
        }

        private void BindUdp(ListenAddress address)
        {
            if (!address.IsMulticast)
            {
                _socket.Bind(address.EndPoint!);
                return;
            }
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            // Bound to the group, so that datagrams of other groups on the port stay out.
            _socket.Bind(address.EndPoint!);
            if (address.EndPoint!.AddressFamily == AddressFamily.InterNetworkV6)
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(address.EndPoint.Address, address.Interface?.ScopeId ?? 0));
            else
                _socket.SetSocketOption(
                    SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(address.EndPoint.Address, address.Interface ?? IPAddress.Any));
        }

        private static string Reason(SocketException refused) => refused.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "somebody listens there already; stop that, or choose another.",
            SocketError.AddressNotAvailable => "no interface of this machine has that address.",
            SocketError.AccessDenied => "that is not allowed; choose a port above 1023, or a folder of your own.",
            _ => refused.Message.TrimEnd('.') + ".",
        };
    }
}
