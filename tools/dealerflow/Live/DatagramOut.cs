using System.Net;
using System.Net.Sockets;

namespace DealerFlow.Cli.Live;

/// <summary>Where datagrams go out: to one address, or to several that are lines of the same stream.</summary>
internal sealed class DatagramOut : IDisposable
{
    private readonly Target[] _targets;

    public DatagramOut(ListenAddress[] addresses) => _targets = [.. addresses.Select(address => new Target(address))];

    /// <summary>Nobody holds a sender of UDP back: who sends faster than the receiver reads loses what it cannot hold.</summary>
    public bool CanLose => Array.Exists(_targets, target => target.Address.EndPoint is not null);

    public void Send(ReadOnlySpan<byte> datagram)
    {
        foreach (Target target in _targets) target.Send(datagram);
    }

    public void Dispose()
    {
        foreach (Target target in _targets) target.Dispose();
    }

    private sealed class Target : IDisposable
    {
        private readonly Socket? _socket;
        private readonly Stream? _output;

        public Target(ListenAddress address)
        {
            Address = address;
            if (address.IsStandardStream)
            {
                _output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
                return;
            }
            _socket = address.Path is null
                ? new Socket(address.EndPoint!.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            try
            {
                if (address.IsMulticast && address.Interface is { AddressFamily: AddressFamily.InterNetwork } through)
                    _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, through.GetAddressBytes());
                _socket.Connect(address.Path is { } path ? new UnixDomainSocketEndPoint(path) : address.EndPoint!);
            }
            catch (SocketException refused)
            {
                _socket.Dispose();
                throw new CliException(ExitCode.Failure, $"{address.Text} cannot be sent to: {refused.Message.TrimEnd('.')}; start 'dealerflow live --listen {address.Text}' first.");
            }
        }

        public ListenAddress Address { get; }

        public void Send(ReadOnlySpan<byte> datagram)
        {
            if (_output is not null)
            {
                _output.Write(datagram);
                return;
            }
            _socket!.Send(datagram, SocketFlags.None, out SocketError error);
            // Nobody listens to UDP for the moment: its sender does not care.
            if (error is SocketError.Success || (error is SocketError.ConnectionRefused && Address.EndPoint is not null)) return;
            throw new CliException(ExitCode.Failure, $"{Address.Text} does not take any more: {new SocketException((int)error).Message.TrimEnd('.')}.");
        }

        public void Dispose()
        {
            _output?.Dispose();
            _socket?.Dispose();
        }
    }
}
