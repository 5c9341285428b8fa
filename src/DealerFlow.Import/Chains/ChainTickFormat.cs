using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>A chain as a file of ticks: spot, then open interest and a national best quote of every contract, all at its instant.</summary>
internal sealed class ChainTickFormat(IChainFormat chain) : ITickFormat
{
    public string Name => chain.Name;

    public string Description => chain.Description;

    public bool Recognizes(ReadOnlySpan<byte> head, string fileName) => chain.Recognizes(head, fileName);

    public void Read(ImportFile file, TickImport import)
    {
        OptionChain read = chain.Read(file.Content, file.Path, import.Options.Calendar);
        long asOf = import.Options.AsOfNanos ?? read.AsOfNanos ?? throw new InputFormatException(file.Path, 0, read.DateText is null
            ? "the file does not say when its quotes are from; give --as-of, for example --as-of 2023-06-09T13:40-04:00."
            : $"the date '{read.DateText}' cannot be read; give --as-of, for example --as-of 2023-06-09T13:40-04:00.");
        if (read.Spot is double spot)
        {
            import.BeginRow(1);
            if (import.TryUnderlying(read.Underlying, out uint id)) import.Spot(asOf, id, InBillionths(spot));
        }
        foreach (ChainContract contract in read.Contracts)
        {
            import.BeginRow(contract.Line);
            var osi = new OsiContract(contract.Root, contract.Expiry, contract.Right, contract.StrikeMills);
            var terms = new RootTerms(
                contract.Root, read.Underlying, contract.Settlement, contract.Exercise, contract.Multiplier, contract.IsAdjusted);
            if (!import.TryContract(in osi, in terms, out uint id)) continue;
            _ = import.OpenInterest(asOf, id, contract.OpenInterest)
                && import.Quote(asOf, id, InBillionths(contract.Bid), InBillionths(contract.Ask), 0, 0, 0, isNationalBest: true);
        }
        foreach (ChainIssue issue in read.Issues)
        {
            import.BeginRow(issue.Line);
            import.Reject(ImportRejection.Malformed, issue.Reason);
        }
    }

    // Chains print at most four decimals; the double nearest to such a number is back on it after rounding.
    private static long InBillionths(double price) => (long)Math.Round(price * 1e5) is var steps && (double)steps / 1e5 == price
        ? steps * 10_000
        : (long)Math.Round(price * Billionths.PerOne);
}
