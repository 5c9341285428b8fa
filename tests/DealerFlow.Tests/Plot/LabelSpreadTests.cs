using CsCheck;
using DealerFlow.Cli.Plot;
using Xunit;

namespace DealerFlow.Tests;

public sealed class LabelSpreadTests
{
    private const float Low = 10, High = 1_000, Gap = 6;

    private static readonly Gen<(float Wanted, float Length)[]> Labels = Gen.Select(Gen.Float[Low, High], Gen.Float[10, 90]).Array[1, 8];

    [Fact]
    public void Labels_never_overlap_and_stay_on_their_line() => Labels.Sample(labels =>
    {
        float[] placed = Place(labels);
        int[] order = [.. Enumerable.Range(0, labels.Length).OrderBy(i => placed[i])];
        for (int i = 0; i < order.Length; i++)
        {
            int at = order[i];
            if (placed[at] - (labels[at].Length / 2) < Low - 0.01f || placed[at] + (labels[at].Length / 2) > High + 0.01f) return false;
            if (i > 0 && Start(at) - End(order[i - 1]) < Gap - 0.01f) return false;
        }
        return true;

        float Start(int i) => placed[i] - (labels[i].Length / 2);
        float End(int i) => placed[i] + (labels[i].Length / 2);
    });

    [Fact]
    public void Labels_keep_the_order_of_what_they_name() => Labels.Sample(labels =>
    {
        float[] placed = Place(labels);
        return Enumerable.Range(0, labels.Length).All(i => Enumerable.Range(0, labels.Length).All(
            j => labels[i].Wanted >= labels[j].Wanted || placed[i] < placed[j]));
    });

    [Fact]
    public void A_label_that_is_in_nobodys_way_stands_where_it_belongs() =>
        Assert.Equal([100f, 300f, 700f], LabelSpread.Place([100, 300, 700], [60, 60, 60], Gap, Low, High));

    [Fact]
    public void Two_labels_of_one_place_stand_on_either_side_of_it() =>
        Assert.Equal([467f, 533f], LabelSpread.Place([500, 500], [60, 60], Gap, Low, High));

    private static float[] Place((float Wanted, float Length)[] labels) =>
        LabelSpread.Place([.. labels.Select(label => label.Wanted)], [.. labels.Select(label => label.Length)], Gap, Low, High);
}
