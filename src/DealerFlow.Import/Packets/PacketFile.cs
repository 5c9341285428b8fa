using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>What the formats of captured packets have in common: the walk over a file, and how a file is recognized.</summary>
internal static class PacketFile
{
    /// <summary>Reads what one datagram carries.</summary>
    /// <param name="payload">The bytes behind the UDP header, valid during the call.</param>
    /// <param name="number">Number of the packet in the file, counted from 1.</param>
    /// <param name="capturedNanos">When it was captured; 0 = not known.</param>
    /// <param name="destination">Where it was sent, a number for each address and port.</param>
    public delegate void PayloadReader(ReadOnlySpan<byte> payload, long number, long capturedNanos, ulong destination);

    /// <summary>Whether a datagram is of a kind.</summary>
    public delegate bool PayloadTest(ReadOnlySpan<byte> payload);

    /// <summary>
    /// Reads every packet. One that carries no whole UDP datagram is a row of its own and passed over; where the file is cut or damaged
    /// there is a last, rejected row.
    /// </summary>
    public static void Read(ImportFile file, TickImport import, PayloadReader read)
    {
        var reader = new PcapReader(file.Content, file.Path);
        while (reader.TryRead(out ReadOnlySpan<byte> packet))
        {
            if (UdpDatagram.TryPayload(packet, reader.LinkType, out ReadOnlySpan<byte> payload, out ulong destination))
            {
                read(payload, reader.Number, reader.CapturedNanos, destination);
                continue;
            }
            import.BeginRow(reader.Number);
            import.Pass(ImportPass.Administrative);
        }
        if (reader.Damage is not string damage) return;
        import.BeginRow(Math.Max(1, reader.Number));
        import.Reject(ImportRejection.Malformed, damage);
    }

    /// <summary>A capture that has a datagram of a kind among its first bytes.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head, PayloadTest test)
    {
        using var stream = new MemoryStream(head.ToArray(), writable: false);
        try
        {
            var reader = new PcapReader(stream, "head");
            while (reader.TryRead(out ReadOnlySpan<byte> packet))
                if (UdpDatagram.TryPayload(packet, reader.LinkType, out ReadOnlySpan<byte> payload) && test(payload)) return true;
        }
        catch (InputFormatException)
        {
            return false;
        }
        return false;
    }

    /// <summary>How long after an event it was captured, ns; 0 where the clocks contradict each other or one is not known.</summary>
    public static uint DelayNanos(long eventNanos, long capturedNanos) => capturedNanos == 0 || eventNanos < 0 || capturedNanos <= eventNanos
        ? 0
        : (uint)Math.Min(capturedNanos - eventNanos, uint.MaxValue);
}
