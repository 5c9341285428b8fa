namespace DealerFlow.Import;

/// <summary>
/// Prices of shares as IEX sends them, captured: TOPS (best quotes and trades) and DEEP (depth and trades), both over the same transport in
/// UDP packets. A trade is a price of an underlying; every message is a row.
/// </summary>
/// <remarks>
/// Quotes of one stock exchange are passed over: the engine follows trades of an underlying, and IEX is rarely alone at the best price.
/// Depth, auctions, official prices and trade breaks are passed over too. Messages are numbered: where numbers are missing there is a
/// rejected row that says how many, and a number that was there before is passed over as repeated, so that a capture with both lines
/// gives every trade once.
/// </remarks>
public sealed class IexTops : ITickFormat
{
    /// <inheritdoc/>
    public string Name => "iex-tops";

    /// <inheritdoc/>
    public string Description => "captured packets (pcap, pcapng) of IEX TOPS 1.5 and 1.6, and of DEEP 1.0: trades of shares as prices of underlyings";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) => PacketFile.Recognizes(head, IexSegment.IsOne);

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        var segments = new IexSegment(import);
        PacketFile.Read(file, import, (payload, number, capturedNanos, _) => segments.Read(payload, number, capturedNanos));
    }
}
