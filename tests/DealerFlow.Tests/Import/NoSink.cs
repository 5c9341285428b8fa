using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Fails at the first tick: for files that are refused before there is one.</summary>
internal sealed class NoSink : ITickSink
{
    public void Add(in Tick tick) => Assert.Fail("no tick was expected");
}
