using DealerFlow.Cli.Synth;
using Xunit;

namespace DealerFlow.Tests;

public sealed class SynthRandomTests
{
    // Written down from an independent implementation in Python, arbitrary-precision integers masked to 64 bits.
    public static TheoryData<ulong, int, ulong[]> Streams => new()
    {
        { 1, 1, [0x54bb305d7741eaab, 0x9f4b8af5b5bf190f, 0x4505f524d793805d] },
        { 1, 2, [0x84f02f195ab5fd66, 0x46ff6f0daaf44911, 0x8276408e60c29367] },
        { ulong.MaxValue, 9, [0x5d52b3761d13bca2, 0xfe7c3665f83fb47f, 0xc0caaeccc285ca66] },
    };

    [Theory, MemberData(nameof(Streams))]
    public void The_first_numbers_of_a_stream_never_change(ulong seed, int stream, ulong[] expected)
    {
        var random = new SynthRandom(seed, (RandomStream)stream);
        foreach (ulong number in expected) Assert.Equal(number, random.Next());
    }

    [Fact]
    public void Normals_and_exponentials_have_their_moments()
    {
        var random = new SynthRandom(5, RandomStream.Path);
        const int Draws = 100_000;
        double[] normals = [.. Enumerable.Range(0, Draws).Select(_ => random.NextNormal())];
        double[] waits = [.. Enumerable.Range(0, Draws).Select(_ => random.NextExponential())];

        Assert.Equal(0, normals.Average(), 2);
        Assert.Equal(1, normals.Average(z => z * z), 1);
        Assert.InRange(normals.Average(z => z * z * z * z), 2.9, 3.1);
        Assert.Equal(1, waits.Average(), 1);
        Assert.InRange(waits.Count(wait => wait > 2) / (double)Draws, 0.13, 0.14);      // e⁻² = 0.1353
        Assert.True(waits.Min() > 0);
    }

    [Fact]
    public void An_alias_table_draws_each_index_by_its_weight()
    {
        double[] weights = [5, 0, 1, 3, 1];
        var table = new AliasTable(weights);
        var random = new SynthRandom(7, RandomStream.Contracts);
        var counts = new int[weights.Length];
        const int Draws = 200_000;
        for (int draw = 0; draw < Draws; draw++) counts[table.Draw(ref random)]++;

        Assert.Equal(0, counts[1]);
        for (int i = 0; i < weights.Length; i++) Assert.InRange(counts[i], (0.1 * weights[i] * Draws) - 1_000, (0.1 * weights[i] * Draws) + 1_000);
        Assert.Throws<ArgumentException>(() => new AliasTable([0, 0]));
    }
}
