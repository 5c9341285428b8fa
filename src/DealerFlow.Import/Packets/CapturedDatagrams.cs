using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>The UDP datagrams of a capture (pcap, pcapng), one after the other.</summary>
public static class CapturedDatagrams
{
    /// <summary>Takes what one datagram carries.</summary>
    /// <param name="payload">The bytes behind the UDP header, valid during the call.</param>
    /// <param name="capturedNanos">When it was captured, UTC nanoseconds; 0 = not known.</param>
    public delegate void Taker(ReadOnlySpan<byte> payload, long capturedNanos);

    /// <summary>Whether a file begins like a capture.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) => PcapReader.Recognizes(head);

    /// <summary>Hands over every whole datagram; packets of another kind are passed over.</summary>
    /// <exception cref="InputFormatException">The file is no capture, or ends within a packet.</exception>
    public static void Read(ImportFile file, Taker take)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(take);
        var reader = new PcapReader(file.Content, file.Path);
        while (reader.TryRead(out ReadOnlySpan<byte> packet))
            if (UdpDatagram.TryPayload(packet, reader.LinkType, out ReadOnlySpan<byte> payload)) take(payload, reader.CapturedNanos);
        if (reader.Damage is string damage) throw new InputFormatException(file.Path, 0, $"packet {reader.Number}: {damage}");
    }
}
