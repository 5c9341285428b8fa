using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>The contract that an object of a JSON chain names by its option symbol.</summary>
internal static class JsonContract
{
    private const int MaxSymbolLength = 40;

    /// <summary>Reads the symbol; one that is none is left out of the chain and counted.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="name">Name of the member that holds the symbol.</param>
    /// <param name="place">Number of the object within the file, counted from 1.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="contract">The contract.</param>
    public static bool TryRead(ref JsonFields fields, string name, int place, ChainAssembly chain, out OsiContract contract)
    {
        contract = default;
        string? symbol = fields.Text(name);
        if (symbol?.Length <= MaxSymbolLength && OsiSymbol.TryParse(symbol, chain.LikelyRoot, out contract)) return true;
        chain.Skip(place, fields.Trouble ?? $"{name} is '{Printable.Of(symbol)}', which is no option symbol");
        return false;
    }
}
