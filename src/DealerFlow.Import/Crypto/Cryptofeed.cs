using System.Buffers.Text;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// Options on coins as the cryptofeed library records them: what came over the wire, a message a line, with the second of its arrival. Both
/// of its spellings are read, the bare lines and those that are JSON themselves.
/// </summary>
/// <remarks>
/// Deribit's <c>ticker</c> and <c>trades</c> of options on BTC, ETH and other coins that are settled in the coin give ticks; futures and
/// what is settled in dollars is of other instruments; books, whose best the ticker has, are of another kind. Instruments come from their
/// names: expiry at 08:00 UTC, European, one coin a contract.
/// <para>
/// Prices are in coin. The premium in dollars is the price times the underlying price of the expiry, which the same ticker has, rounded to
/// 0.0001; a trade takes the last underlying price that a ticker gave for its expiry, and the index that it carries itself before there
/// is one. Deribit is the only source, so its best is the national best.
/// </para>
/// <para>
/// Amounts are in coin and often fractional: sizes, quantities and open interest are rounded to the nearest whole contract, half a
/// contract up, and a trade of less than half a contract is passed over as empty. Open interest moves all day with the trades, which the
/// tape has anyway, so that of the first ticker of a New York day is given. The index is given when it changes.
/// </para>
/// <para>
/// Delta's recordings are recognized, and what they say of its options is rejected: see <see cref="DeltaMessages"/>.
/// </para>
/// </remarks>
public sealed class Cryptofeed : ITickFormat
{
    /// <inheritdoc/>
    public string Name => "cryptofeed";

    /// <inheritdoc/>
    public string Description => "recordings of the cryptofeed library: Deribit's ticker and trades of options on coins";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, string fileName)
    {
        int end = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = end < 0 ? head : head[..end];
        return (first.StartsWith("wss://"u8) && first.IndexOf(" <-> "u8) > 0)
            || (first.StartsWith("https://"u8) && first.IndexOf(" -> "u8) > 0)
            || (first.StartsWith("{\"t\":\"header\""u8) && first.IndexOf("\"exchange\""u8) > 0);
    }

    /// <inheritdoc/>
    public void Read(ImportFile file, TickImport import)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        var lines = new RecordedLines(file.Content);
        var messages = new DeribitMessages(import);
        while (lines.TryRead(out ReadOnlyMemory<byte> line, out bool isCut))
        {
            if (line.IsEmpty) continue;
            import.BeginRow(lines.Number);
            ReadLine(line, isCut, messages, import);
        }
    }

    private static void ReadLine(ReadOnlyMemory<byte> line, bool isCut, DeribitMessages messages, TickImport import)
    {
        ReadOnlySpan<byte> bytes = line.Span;
        if (bytes[0] == '{')
        {
            if (isCut) import.Pass(ImportPass.OtherKind);    // only lists of instruments and books are that long
            else messages.ReadEnvelope(line);
            return;
        }
        if (bytes.StartsWith("wss://"u8) || bytes.StartsWith("https://"u8) || bytes.StartsWith("configuration:"u8))
        {
            import.Pass(ImportPass.Administrative);
            return;
        }
        if (!Utf8Parser.TryParse(bytes, out decimal seconds, out int length) || !bytes[length..].StartsWith(": "u8))
            import.Reject(ImportRejection.Malformed, "the line begins neither with an address nor with a time and a colon");
        else if (isCut) import.Pass(ImportPass.OtherKind);
        else messages.Read(line[(length + 2)..], seconds);
    }
}
