using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>The range of every level over several books.</summary>
internal static class LevelBands
{
    /// <summary>Bands over the position models that are live and have a sign.</summary>
    public static void AddModels(ref MarketSection head)
    {
        foreach (PositionModel model in ModelView.Models)
        {
            ref readonly ModelSection section = ref head.Models[(int)model];
            if (section.Status != ModelStatus.Live || !ModelView.HasSign(model)) continue;
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
                Add(ref head.ModelBands, bucket, (int)model, in section.Buckets[(int)bucket], in section.Pin);
        }
    }

    /// <summary>No pin was looked for in these books.</summary>
    public static void ForgetPins(ref BandTable bands)
    {
        foreach (ExposureBucket bucket in ZeroGammaTable.Buckets) Row(ref bands, bucket, BandedLevels.Pin) = default;
    }

    /// <summary>Adds the levels of book <paramref name="number"/> to the bands.</summary>
    public static void Add(ref BandTable bands, ExposureBucket bucket, int number, in BucketSection section, in PinSection pin)
    {
        for (int level = 0; level < BandedLevels.ZeroGamma; level++)
            Add(ref Row(ref bands, bucket, level), number, section.Levels[level].Strike, section.Levels[level].Present != 0);
        Add(ref Row(ref bands, bucket, BandedLevels.ZeroGamma), number, section.ZeroGamma.Value, section.ZeroGamma.Status == ZeroGammaStatus.Found);
        Add(ref Row(ref bands, bucket, BandedLevels.NetGex), number, MoneyGrid.ToUsd(section.NetGex), isPresent: true);
        if (bucket != ExposureBucket.ExZeroDte) Add(ref Row(ref bands, bucket, BandedLevels.Pin), number, pin.Strike, pin.Present != 0);
    }

    private static ref BandRow Row(ref BandTable bands, ExposureBucket bucket, int level) =>
        ref bands.Rows[((int)bucket * BandedLevels.Count) + level];

    private static void Add(ref BandRow row, int number, double value, bool isPresent)
    {
        if (!isPresent)
        {
            row.Missing |= 1u << number;
            return;
        }
        row.Low = row.Present == 0 ? value : Math.Min(row.Low, value);
        row.High = row.Present == 0 ? value : Math.Max(row.High, value);
        row.Present |= 1u << number;
    }
}
