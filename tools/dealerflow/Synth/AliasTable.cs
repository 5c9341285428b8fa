using System.Runtime.CompilerServices;

namespace DealerFlow.Cli.Synth;

/// <summary>Draws an index with given weights in constant time, from one random number.</summary>
/// <remarks>Source: M. D. Vose, A linear algorithm for generating random numbers with a given distribution (1991).</remarks>
internal sealed class AliasTable
{
    private readonly Cell[] _cells;

    /// <param name="weights">Not negative, at least one positive.</param>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (double weight in weights) total += weight;
        if (!(total > 0)) throw new ArgumentException("No weight is positive, so nothing can be drawn.", nameof(weights));

        int count = weights.Length;
        _cells = new Cell[count];
        var share = new double[count];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < count; i++)
        {
            share[i] = weights[i] / total * count;
            (share[i] < 1 ? small : large).Push(i);
        }
        while (small.Count > 0 && large.Count > 0)
        {
            int poor = small.Pop(), rich = large.Pop();
            _cells[poor] = new Cell((uint)(share[poor] * uint.MaxValue), rich);
            share[rich] -= 1 - share[poor];
            (share[rich] < 1 ? small : large).Push(rich);
        }
        // What rounding left over is full but for its last bits.
        while (large.TryPop(out int i)) _cells[i] = new Cell(uint.MaxValue, i);
        while (small.TryPop(out int i)) _cells[i] = new Cell(uint.MaxValue, i);
    }

    /// <summary>An index, 0 … weights − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Draw(ref SynthRandom random)
    {
        ulong bits = random.Next();
        int index = (int)(((bits >> 32) * (ulong)_cells.Length) >> 32);
        ref readonly Cell cell = ref _cells[index];
        return (uint)bits < cell.Threshold ? index : cell.Other;
    }

    private readonly record struct Cell(uint Threshold, int Other);
}
