namespace DealerFlow.Import;

/// <summary>
/// Messages of OPRA's blocks into ticks, block after block; keeps the best bid and offer of every contract. For a stream: which blocks
/// are read, and which of their messages, the caller decides.
/// </summary>
public sealed class OpraPackets
{
    private readonly TickImport _import;
    private readonly OpraMessages _messages;

    /// <param name="import">Takes rows, contracts and ticks.</param>
    public OpraPackets(TickImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        _import = import;
        _messages = new OpraMessages(import);
    }

    /// <summary>Whether a block says that block numbers begin anew behind it.</summary>
    public static bool IsReset(ReadOnlySpan<byte> payload, in OpraBlockHeader header)
    {
        const int TypeOffset = OpraBlockHeader.SizeInBytes + 2;
        return header.Count == 1 && header.Bytes > TypeOffset && payload[TypeOffset - 1] == (byte)'H' && payload[TypeOffset] == (byte)'K';
    }

    /// <summary>Reads the messages of a block, each of which is a row.</summary>
    /// <param name="payload">The datagram.</param>
    /// <param name="header">What <see cref="OpraBlockHeader.TryRead"/> read of it.</param>
    /// <param name="number">Place of the row, for issues.</param>
    /// <param name="delayNanos">How long after it was sent it was received.</param>
    /// <param name="skips">Messages that are stepped over without a row, by their place in the block; shorter, or empty = none.</param>
    public void Read(ReadOnlySpan<byte> payload, in OpraBlockHeader header, long number, uint delayNanos, ReadOnlySpan<bool> skips = default)
    {
        ReadOnlySpan<byte> rest = payload[OpraBlockHeader.SizeInBytes..header.Bytes];
        for (int i = 1; i <= header.Count; i++)
        {
            bool isSkipped = i <= skips.Length && skips[i - 1];
            if (!isSkipped) _import.BeginRow(number);
            int length = OpraMessages.LengthOf(rest);
            if (length == 0 || length > rest.Length)
            {
                if (isSkipped) _import.BeginRow(number);
                _import.Reject(ImportRejection.Malformed, length == 0
                    ? $"message {i} of the block's {header.Count} is of no known kind; the rest of the block cannot be read"
                    : $"the block ends within message {i} of {header.Count}");
                return;
            }
            if (!isSkipped) _messages.Read(rest[..length], header.Nanos, delayNanos);
            rest = rest[length..];
        }
        if (rest.Length <= 1) return;    // a block is padded to an even length
        _import.BeginRow(number);
        _import.Reject(ImportRejection.Malformed, $"{rest.Length} bytes stand behind the block's {header.Count} messages");
    }
}
