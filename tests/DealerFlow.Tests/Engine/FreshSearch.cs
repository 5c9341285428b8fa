using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>A search for zero gamma that remembers nothing, at the mark in force.</summary>
internal static class FreshSearch
{
    public static ZeroGammaTable Of(Calculation calculation, out ProfileBook book)
    {
        NodeTable nodes = calculation.Nodes;
        book = new ProfileBook(nodes, nodes.Deviation, PositionColumn.OpenInterest, ModelView.Columns);
        var search = new ZeroGammaSearch(book, LaneDispatch.Best);
        double[] gross = new double[3 * ModelView.Columns];
        foreach (PositionColumn column in Enum.GetValues<PositionColumn>())
        {
            foreach (ExpirySegment segment in nodes.Segments)
            {
                double expiry = calculation.Book.Expiry(column, segment.Index).Of(new ModelView(column, 1, 1)).GrossUsd;
                gross[(3 * (int)column) + (int)ExposureBucket.All] += expiry;
                gross[(3 * (int)column) + (int)(segment.IsZeroDte ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte)] += expiry;
            }
        }
        book.Refresh();
        search.Run(calculation.MarkSpot, gross);
        return search.Roots;
    }
}
