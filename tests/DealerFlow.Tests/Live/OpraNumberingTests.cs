using DealerFlow.Import;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What the numbers of blocks count is learnt from the blocks.</summary>
public class OpraNumberingTests
{
    [Fact]
    public void Numbers_that_go_up_by_one_count_blocks()
    {
        var numbering = new OpraNumbering();
        for (uint i = 0; i < 4; i++) Learn(numbering, 100 + i, 5);
        Assert.Equal(OpraUnit.Block, numbering.Unit);
    }

    [Fact]
    public void Numbers_that_go_up_by_the_messages_count_messages()
    {
        var numbering = new OpraNumbering();
        uint sequence = uint.MaxValue - 4;      // and wrap meanwhile
        foreach (int count in (ReadOnlySpan<int>)[3, 7, 2, 4])
        {
            Learn(numbering, sequence, count);
            sequence = unchecked(sequence + (uint)count);
        }
        Assert.Equal(OpraUnit.Message, numbering.Unit);
    }

    [Fact]
    public void Blocks_of_one_message_and_losses_decide_nothing()
    {
        var numbering = new OpraNumbering();
        for (uint i = 0; i < 50; i++) Learn(numbering, i, 1);
        for (uint i = 100; i < 5_000; i += 97) Learn(numbering, i, 5);
        Assert.Equal(OpraUnit.NotKnown, numbering.Unit);
    }

    [Fact]
    public void Copies_are_told_by_their_content_while_nothing_is_known()
    {
        var numbering = new OpraNumbering();
        numbering.Learn(new OpraBlockHeader(7, 2, 1, 100), (1, 1), out bool isCopy);
        Assert.False(isCopy);
        numbering.Learn(new OpraBlockHeader(7, 2, 1, 100), (1, 1), out isCopy);
        Assert.True(isCopy);
    }

    private static void Learn(OpraNumbering numbering, uint sequence, int count) =>
        numbering.Learn(new OpraBlockHeader(sequence, count, 1, 100), (sequence, (ulong)count), out _);
}
