using DealerFlow.Cli.Output;
using DealerFlow.Wire;
using ScottPlot;

namespace DealerFlow.Cli.Plot;

/// <summary>The gamma profile: net GEX if the underlying stood elsewhere at the same instant, with its roots.</summary>
internal static class ProfilePicture
{
    // Farther than this from spot the same instant is an odd assumption; --range shows more.
    private const double Narrowest = 0.02, Widest = 0.1;

    public static void Draw(PictureSheet sheet, PictureSubject subject, double? range)
    {
        PlotTheme theme = sheet.Theme;
        MarketSection head = subject.View.Head;
        ProfileSection profile = head.Profile;
        sheet.Head($"{subject.Symbol} gamma profile", subject.When, subject.Assumption);
        sheet.Doubts(Words.Doubts(in head));
        string age = profile.MarkTimeNanos == head.MarkTimeNanos || profile.MarkTimeNanos == 0
            ? "" : $" The curve was made {Names.Age(head.MarkTimeNanos - profile.MarkTimeNanos)} earlier, with spot at {Names.Price(profile.Spot)}.";
        sheet.Foot(PictureSubject.Caveat($"What dealers would hold if spot stood there now, every option repriced; neither time nor volatility moves.{age}"));
        if (profile.MarkTimeNanos == 0 || head.Models[(int)subject.Model].Status != ModelStatus.Live)
        {
            sheet.Text("There is no profile to draw: nothing is priced under this model.", sheet.Margin, sheet.Top + (40 * sheet.Scale), 16 * sheet.Scale, theme.Muted);
            return;
        }

        BucketSection totals = subject.Totals;
        PriceWindow window = Window(head.Spot, in profile, in totals, range);
        (double[] spots, double[] main) = Curve(in profile, subject.Model, subject.Bucket, window);
        bool splits = subject.Bucket == ExposureBucket.All;
        double[] zeroDte = splits ? Curve(in profile, subject.Model, ExposureBucket.ZeroDte, window).Values : [];
        double[] rest = splits ? Curve(in profile, subject.Model, ExposureBucket.ExZeroDte, window).Values : [];
        splits &= zeroDte.Any(value => value != 0);
        UsdScale scale = UsdScale.Of(main.Concat(splits ? zeroDte.Concat(rest) : []).Max(Math.Abs));

        if (splits) sheet.Legend([(theme.Net, "all expiries"), (theme.Calls, "0DTE"), (theme.Puts, "all but 0DTE")]);
        float row = sheet.Take(sheet.LabelRow);
        var panel = new PicturePanel(sheet, sheet.Top, sheet.Bottom, left: 74 * sheet.Scale, right: sheet.Margin, below: 42 * sheet.Scale);
        double low = Math.Min(0, main.Min()), high = Math.Max(0, main.Max());
        if (splits) (low, high) = (Math.Min(low, Math.Min(zeroDte.Min(), rest.Min())), Math.Max(high, Math.Max(zeroDte.Max(), rest.Max())));
        double room = high == low ? scale.Unit : (high - low) * 0.07;
        panel.Plot.Axes.SetLimits(window.Low, window.High, (low - room) / scale.Unit, (high + room) / scale.Unit);
        panel.LeftTicks(UsdScale.Tick, $"net, {scale.Name} per 1 %");
        panel.BottomPrices();
        panel.Plot.Axes.Bottom.Label.Text = "if spot stood at";

        List<Mark> levels = subject.Levels(theme);
        foreach (Mark level in levels) panel.Vertical(level.At, level.Colour, 1.4f, level.Name == "spot" ? LinePattern.Solid : LinePattern.Dashed);
        double[] Scaled(double[] values) => [.. values.Select(value => value / scale.Unit)];
        if (splits)
        {
            panel.Line(spots, Scaled(rest), theme.Puts, 1.6f, LinePattern.DenselyDashed);
            panel.Line(spots, Scaled(zeroDte), theme.Calls, 1.6f, LinePattern.Dotted);
        }
        // A solid line leaves no pattern behind that the filled curve would inherit.
        panel.Horizontal(0, theme.Axis, 1.4f);
        ScottPlot.Plottables.Scatter curve = panel.Plot.Add.Scatter(spots, Scaled(main), PicturePanel.Colour(theme.Net));
        (curve.MarkerSize, curve.LineWidth, curve.FillY) = (0, 2.4f * sheet.Scale, true);
        (curve.FillYAboveColor, curve.FillYBelowColor) = (PicturePanel.Colour(theme.Calls, 0.16), PicturePanel.Colour(theme.Puts, 0.16));
        panel.Draw();
        panel.Inside(() =>
        {
            for (int i = 0; i < Math.Min(totals.ZeroGamma.RootCount, ZeroGammaSection.RootCapacity); i++)
                sheet.Ring(theme.ZeroGamma, panel.X(totals.ZeroGamma.Roots[i]), panel.Y(0), 4.2f);
            sheet.Ring(theme.Spot, panel.X(head.Spot), panel.Y(MoneyGrid.ToUsd(totals.NetGex) / scale.Unit), 4.2f);
        });
        sheet.LabelsAbove([.. levels.Select(level => StrikesPicture.Placed(level, window, panel))], row, panel.Data.Top);
        if (totals.ZeroGamma.RootCount > 1)
            sheet.Text($"{totals.ZeroGamma.RootCount} roots; zero gamma is the one nearest to spot", panel.Data.Left + (8 * sheet.Scale), panel.Data.Bottom - (8 * sheet.Scale), sheet.TextSize, theme.ZeroGamma);
    }

    private static PriceWindow Window(double spot, in ProfileSection profile, in BucketSection totals, double? range)
    {
        double half = range / 100 ?? Narrowest;
        if (range is null)
        {
            foreach (StrikeLevel level in (ReadOnlySpan<StrikeLevel>)[StrikeLevel.PutWall, StrikeLevel.CallWall])
                if (totals.Levels[(int)level].Present != 0) half = Math.Max(half, 1.15 * Math.Abs((totals.Levels[(int)level].Strike / spot) - 1));
            if (totals.ZeroGamma.Status == ZeroGammaStatus.Found) half = Math.Max(half, 1.3 * Math.Abs((totals.ZeroGamma.Value / spot) - 1));
            half = Math.Min(half, Widest);
        }
        // The curve ends somewhere.
        return new PriceWindow(Math.Max(spot * (1 - half), profile.Rows[0].Spot), Math.Min(spot * (1 + half), profile.Rows[ProfileSection.Points - 1].Spot));
    }

    /// <summary>The points within a window, and those beside it, so that the line runs to its edge.</summary>
    private static (double[] Spots, double[] Values) Curve(in ProfileSection profile, PositionModel model, ExposureBucket bucket, PriceWindow window)
    {
        List<double> spots = [], values = [];
        for (int i = 0; i < ProfileSection.Points; i++)
        {
            bool isBeside = (i > 0 && window.Holds(profile.Rows[i - 1].Spot)) || (i + 1 < ProfileSection.Points && window.Holds(profile.Rows[i + 1].Spot));
            if (!window.Holds(profile.Rows[i].Spot) && !isBeside) continue;
            spots.Add(profile.Rows[i].Spot);
            values.Add(profile.Rows[i].NetGex(model, bucket));
        }
        return ([.. spots], [.. values]);
    }
}
