using System.Runtime.InteropServices;

namespace DealerFlow.Import;

/// <summary>
/// Walks over the blocks of captured packets of OPRA; one that was seen among the last ones is passed over whole. Each destination is a
/// line; two that carry the same block are lines of one channel.
/// </summary>
internal sealed class OpraBlock(TickImport import)
{
    // Both lines are captured within milliseconds of each other; the busiest second has some hundred thousand blocks.
    private const int MaxRemembered = 65_536;

    private readonly OpraPackets _packets = new(import);
    private readonly Dictionary<(ulong, ulong), OpraChannel> _seen = [];
    private readonly Dictionary<ulong, OpraChannel> _channelOfLine = [];
    private readonly Queue<(ulong, ulong)> _oldest = [];

    /// <summary>Reads one datagram.</summary>
    public void Read(ReadOnlySpan<byte> payload, long number, long capturedNanos, ulong destination)
    {
        if (!OpraBlockHeader.TryRead(payload, out OpraBlockHeader header, out ImportRejection reason, out string? trouble))
        {
            import.BeginRow(number);
            // A capture holds other datagrams beside the blocks.
            if (!OpraBlockHeader.IsFeed(payload)) import.Pass(ImportPass.Administrative);
            else import.Reject(reason, trouble!);
            return;
        }
        if (!_channelOfLine.TryGetValue(destination, out OpraChannel? channel)) _channelOfLine.Add(destination, channel = new OpraChannel(import));
        bool isNew = Remember(payload, ref channel);
        if (isNew) channel.Take(payload, in header);
        else if (header.Count > 0) Join(destination, channel);
        if (!isNew || header.Count == 0)
        {
            import.BeginRow(number);
            import.Pass(header.Count == 0 ? ImportPass.Administrative : ImportPass.Repeated);
            return;
        }
        import.UnderlyingsTold = channel.Underlyings;
        _packets.Read(payload, in header, number, PacketFile.DelayNanos(header.Nanos, capturedNanos));
        import.UnderlyingsTold = null;
    }

    /// <summary>The file has ended.</summary>
    public void End()
    {
        foreach (OpraChannel channel in _channelOfLine.Values) channel.TellLost();
    }

    private void Join(ulong destination, OpraChannel channel)
    {
        ref OpraChannel line = ref CollectionsMarshal.GetValueRefOrAddDefault(_channelOfLine, destination, out _)!;
        if (line == channel) return;
        channel.Underlyings.UnionWith(line.Underlyings);
        channel.Forget();
        line = channel;
    }

    // Of a block that has been here, the channel that it came on.
    private bool Remember(ReadOnlySpan<byte> payload, ref OpraChannel channel)
    {
        (ulong, ulong) block = OpraBlockHeader.Identity(payload);
        ref OpraChannel? first = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, block, out bool isKnown);
        if (isKnown)
        {
            channel = first!;
            return false;
        }
        first = channel;
        _oldest.Enqueue(block);
        if (_oldest.Count > MaxRemembered) _seen.Remove(_oldest.Dequeue());
        return true;
    }
}
