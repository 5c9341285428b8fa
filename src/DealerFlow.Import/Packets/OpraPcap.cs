namespace DealerFlow.Import;

/// <summary>
/// The consolidated feed of the US option exchanges as it was captured: OPRA binary, version 6, in UDP packets. Every message of a block
/// is a row.
/// </summary>
/// <remarks>
/// A quote is one exchange's, and its indicator says what it does to the national best on either side: nothing; this quote is the best now;
/// another exchange's price, which is appended, is the best now; or there is none. The best bid and offer of every contract are kept, so a
/// message that moves one side is completed by what is known of the other. It gives a national best quote, of no exchange in particular,
/// once both sides are known, which takes one message for each. Until then, and where a message moves neither side, it gives the
/// exchange's own quote.
/// <para>
/// Captures often have both of the two lines on which everything is sent; a block that was seen among the last ones is passed over whole,
/// whatever line or retransmission it comes from. What the numbers of blocks count, blocks or messages, is learnt from the first of them
/// (<see cref="OpraNumbering"/>); from then on numbers that came on no line of their channel are counted as lost, and a gap of every
/// underlying of the channel stands in their place.
/// </para>
/// <para>Late, out of sequence and late opening prints are late; legs of complex orders are complex; all four cancels are cancels.</para>
/// </remarks>
public sealed class OpraPcap : ITickFormat
{
    /// <inheritdoc/>
    public string Name => "opra-pcap";

    /// <inheritdoc/>
    public string Description => "captured packets (pcap, pcapng) of the OPRA binary feed, version 6: quotes, last sales, open interest, index values";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) => PacketFile.Recognizes(head, OpraBlockHeader.IsOne);

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        var blocks = new OpraBlock(import);
        PacketFile.Read(file, import, blocks.Read);
        blocks.End();
    }
}
