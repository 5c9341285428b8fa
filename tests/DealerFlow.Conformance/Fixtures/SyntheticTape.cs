using DealerFlow.Conformance;
using Xunit;

[assembly: AssemblyFixture(typeof(SyntheticTape))]

namespace DealerFlow.Conformance;

/// <summary>One tape of 1.2 s of a whole synthetic market, as the verb <c>synth</c> writes it; made once for all tests.</summary>
public sealed class SyntheticTape : IDisposable
{
    private readonly Workspace _room = new();

    public SyntheticTape()
    {
        Path = _room.Path("market.dftape");
        _room.Run("synth", "--seed", "7", "--minutes", "0.02", "--out", Path).Succeeded();
    }

    public string Path { get; }

    public void Dispose() => _room.Dispose();
}
