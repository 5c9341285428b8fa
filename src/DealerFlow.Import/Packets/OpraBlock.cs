namespace DealerFlow.Import;

/// <summary>Walks over the blocks of captured packets of OPRA; one that was seen among the last ones is passed over whole.</summary>
internal sealed class OpraBlock(TickImport import)
{
    // Both lines are captured within milliseconds of each other; the busiest second has some hundred thousand blocks.
    private const int MaxRemembered = 65_536;

    private readonly OpraPackets _packets = new(import);
    private readonly HashSet<(ulong, ulong)> _seen = [];
    private readonly Queue<(ulong, ulong)> _oldest = [];

    /// <summary>Reads one datagram.</summary>
    public void Read(ReadOnlySpan<byte> payload, long number, long capturedNanos)
    {
        if (!OpraBlockHeader.TryRead(payload, out OpraBlockHeader header, out ImportRejection reason, out string? trouble))
        {
            import.BeginRow(number);
            // A capture holds other datagrams beside the blocks.
            if (!OpraBlockHeader.IsFeed(payload)) import.Pass(ImportPass.Administrative);
            else import.Reject(reason, trouble!);
            return;
        }
        if (!Remember(payload) || header.Count == 0)
        {
            import.BeginRow(number);
            import.Pass(header.Count == 0 ? ImportPass.Administrative : ImportPass.Repeated);
            return;
        }
        _packets.Read(payload, in header, number, PacketFile.DelayNanos(header.Nanos, capturedNanos));
    }

    private bool Remember(ReadOnlySpan<byte> payload)
    {
        (ulong, ulong) block = OpraBlockHeader.Identity(payload);
        if (!_seen.Add(block)) return false;
        _oldest.Enqueue(block);
        if (_oldest.Count > MaxRemembered) _seen.Remove(_oldest.Dequeue());
        return true;
    }
}
