namespace DealerFlow.Cli.Plot;

/// <summary>Labels beside each other that must not overlap: each as near to where it belongs as the others let it.</summary>
internal static class LabelSpread
{
    /// <summary>Places labels along a line.</summary>
    /// <param name="wanted">Where the middle of each belongs.</param>
    /// <param name="lengths">How much room each takes.</param>
    /// <param name="gap">Least distance between two.</param>
    /// <param name="low">Where the line begins.</param>
    /// <param name="high">Where it ends; labels that need more room than there is run over it.</param>
    /// <returns>The middle of each label, in the order in which they were given.</returns>
    public static float[] Place(ReadOnlySpan<float> wanted, ReadOnlySpan<float> lengths, float gap, float low, float high)
    {
        int[] order = new int[wanted.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        float[] keys = wanted.ToArray();
        // Stable: labels that belong to the same place keep their order.
        order = [.. order.OrderBy(i => keys[i])];

        // Labels that touch move together as one block, which stands where its members are nearest to their places on average.
        var blocks = new List<Block>();
        foreach (int i in order)
        {
            var block = new Block([i], lengths[i], wanted[i] - (lengths[i] / 2), low, high);
            while (blocks.Count > 0 && blocks[^1].Start + blocks[^1].Length + gap > block.Start)
            {
                Block before = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                int[] members = [.. before.Members, .. block.Members];
                float start = 0, offset = 0;
                foreach (int member in members)
                {
                    start += wanted[member] - (lengths[member] / 2) - offset;
                    offset += lengths[member] + gap;
                }
                block = new Block(members, offset - gap, start / members.Length, low, high);
            }
            blocks.Add(block);
        }

        float[] placed = new float[wanted.Length];
        foreach (Block block in blocks)
        {
            float at = block.Start;
            foreach (int member in block.Members)
            {
                placed[member] = at + (lengths[member] / 2);
                at += lengths[member] + gap;
            }
        }
        return placed;
    }

    private sealed class Block(int[] members, float length, float wanted, float low, float high)
    {
        public int[] Members => members;

        public float Length => length;

        public float Start { get; } = Math.Max(low, Math.Min(wanted, high - length));
    }
}
