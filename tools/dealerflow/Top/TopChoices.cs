using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>What the user has chosen to see. It lives in this program alone: nothing of it reaches the feed or its writer.</summary>
internal sealed class TopChoices
{
    // Spot may wander so many strikes from the middle of the ladder before the ladder follows, so that rows do not jump with every tick.
    private const int Leeway = 2;

    /// <summary>The position model to look at; null = the one that the feed's writer runs.</summary>
    public PositionModel? Model { get; set; }

    public ExposureBucket Bucket { get; set; }

    public bool ShowsExpiries { get; private set; }

    public bool ShowsHelp { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>The price in the middle of the ladder; 0 = none yet.</summary>
    public double Anchor { get; private set; }

    /// <summary>Whether the ladder keeps spot near its middle.</summary>
    public bool FollowsSpot { get; private set; } = true;

    public int FirstExpiry { get; private set; }

    public int FirstHelpLine { get; private set; }

    /// <summary>Rows by which PgUp and PgDn move: what the last screen had room for.</summary>
    public int Page { get; set; } = 10;

    /// <summary>Does what a key asks; true = leave.</summary>
    public bool Press(KeyPress press, TopState state)
    {
        switch (press.Key)
        {
            case Key.Up: Scroll(-1, state); break;
            case Key.Down: Scroll(1, state); break;
            case Key.PageUp: Scroll(1 - Math.Max(Page, 2), state); break;
            case Key.PageDown: Scroll(Math.Max(Page, 2) - 1, state); break;
            case Key.Home: Centre(); break;
            case Key.End: break;
            case Key.Escape: ShowsHelp = false; break;
            default: return Press(press.Character, state);
        }
        return false;
    }

    /// <summary>Lets the ladder follow spot where it is asked to. To be called before a screen is drawn.</summary>
    public void Follow(TopState state)
    {
        if (!FollowsSpot || !state.HasNumbers || !(state.Spot > 0)) return;
        ReadOnlySpan<StrikeRow> strikes = state.Market.Strikes;
        int away = Ladder.FirstAbove(strikes, state.Spot) - Ladder.FirstAbove(strikes, Anchor);
        if (Anchor == 0 || Math.Abs(away) > Leeway) Anchor = state.Spot;
    }

    private bool Press(char character, TopState state)
    {
        switch (character)
        {
            case 'q' or 'Q': return true;
            case '?' or 'h': (ShowsHelp, FirstHelpLine) = (!ShowsHelp, 0); break;
            case 'm': Model = (PositionModel)(((int)state.Model + 1) % PositionModels.Count); break;
            case 'M': Model = (PositionModel)(((int)state.Model + PositionModels.Count - 1) % PositionModels.Count); break;
            case >= '1' and <= '6': Model = (PositionModel)(character - '1'); break;
            case '0': Model = null; break;
            case 'b': Bucket = (ExposureBucket)(((int)Bucket + 1) % 3); break;
            case 'c': Centre(); break;
            case 'e': ShowsExpiries = !ShowsExpiries; break;
            case ' ': IsFrozen = !IsFrozen; break;
            case 'k': Scroll(-1, state); break;
            case 'j': Scroll(1, state); break;
        }
        return false;
    }

    private void Centre()
    {
        (FollowsSpot, Anchor) = (true, 0);
        (FirstExpiry, FirstHelpLine) = (0, 0);
    }

    // Down the screen is down in price, and further out in time.
    private void Scroll(int rows, TopState state)
    {
        if (ShowsHelp)
        {
            FirstHelpLine = Math.Clamp(FirstHelpLine + rows, 0, HelpPage.LastFirstLine(Page));
            return;
        }
        if (!state.HasNumbers) return;
        if (ShowsExpiries)
        {
            FirstExpiry = Math.Clamp(FirstExpiry + rows, 0, Math.Max(0, state.Market.Expiries.Length - Page));
            return;
        }
        ReadOnlySpan<StrikeRow> strikes = state.Market.Strikes;
        if (strikes.IsEmpty) return;
        FollowsSpot = false;
        Anchor = strikes[Math.Clamp(Ladder.FirstAbove(strikes, Anchor) - rows, 0, strikes.Length - 1)].Strike;
    }
}
