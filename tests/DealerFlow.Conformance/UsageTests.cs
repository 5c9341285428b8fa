using Xunit;

namespace DealerFlow.Conformance;

/// <summary>What was typed wrongly: exit code 2, one sentence, nothing done.</summary>
public sealed class UsageTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("", "replay, live, send, snapshot, top, dashboard, demo, feeds, clean, levels, plot, report, synth, import, export, inspect, verify, greeks, layout or bench")]
    [InlineData("replai", "did you mean 'replay'")]
    [InlineData("replay", "TAPE")]
    [InlineData("replay TAPE --sped max", "did you mean '--speed'")]
    [InlineData("replay TAPE --speed fast", "max, or a multiple such as 1x or 10x")]
    [InlineData("replay TAPE --speed 0x", "max, or a multiple such as 1x or 10x")]
    [InlineData("replay TAPE --speed -1x", "-1x")]
    [InlineData("replay TAPE --feed", "--feed")]
    [InlineData("replay TAPE --feed ../elsewhere", "../elsewhere")]
    [InlineData("replay TAPE --model Guess", "OpenInterest, ShortBoth, Tape, OpenInterestPlusTape, OpenClose or Gross")]
    [InlineData("replay TAPE --model 4", "OpenClose or Gross")]
    [InlineData("replay TAPE --model OpenClose", "give --positions FILE")]
    [InlineData("replay TAPE --model open-close", "give --positions FILE")]
    [InlineData("replay TAPE --stickiness 6", "between -5 and 5")]
    [InlineData("replay TAPE --stickiness NaN", "between -5 and 5")]
    [InlineData("replay TAPE --stickiness much", "--stickiness; give a number")]
    [InlineData("replay TAPE --positions", "--positions")]
    [InlineData("replay TAPE --mark 0", "0.001 to 60000")]
    [InlineData("replay TAPE --mark 10 --publish 1", "not below --mark")]
    [InlineData("replay TAPE --hold", "needs --control")]
    [InlineData("replay TAPE --step 5 --control s", "--step and --control")]
    [InlineData("dashboard --port 70000", "0 to 65535")]
    [InlineData("dashboard --feed ../elsewhere", "../elsewhere")]
    [InlineData("demo --speed 0x", "max, or a multiple")]
    [InlineData("replay TAPE --calender x", "did you mean '--calendar'")]
    [InlineData("levels chain.csv --model OpenClose", "give --positions FILE")]
    [InlineData("levels chain.csv --expiries -3", "--expiries")]
    [InlineData("replay TAPE --forward back", "parity or carry")]
    [InlineData("replay TAPE --rate abc", "--rate")]
    [InlineData("replay TAPE --rate 5", "0.05 is five per cent")]
    [InlineData("replay TAPE --dividend NaN", "dividend")]
    [InlineData("replay TAPE --liquidity -1", "liquidity")]
    [InlineData("snapshot here", "here")]
    [InlineData("snapshot --feed a/b", "a/b")]
    [InlineData("snapshot --watch --every soon", "give 0.001 to 3600 seconds")]
    [InlineData("snapshot --watch --every 0", "give 0.001 to 3600 seconds")]
    [InlineData("top", "'top' needs a terminal")]
    [InlineData("top --feed ../elsewhere", "../elsewhere")]
    [InlineData("top --hz 0", "give 1 to 60 pictures a second")]
    [InlineData("top --hz 61", "give 1 to 60 pictures a second")]
    [InlineData("top --hz NaN", "give 1 to 60 pictures a second")]
    [InlineData("top --hz fast", "give 1 to 60 pictures a second")]
    [InlineData("top --model Guess", "OpenInterest, ShortBoth, Tape, OpenInterestPlusTape, OpenClose or Gross")]
    [InlineData("top --bucket weekly", "use all, 0dte or ex-0dte")]
    [InlineData("top --modell Gross", "did you mean '--model'")]
    [InlineData("levels", "CHAIN")]
    [InlineData("levels chain.csv --spot abc", "--spot")]
    [InlineData("levels chain.csv --spot -1", "positive price")]
    [InlineData("levels chain.csv --as-of yesterday", "2023-06-09T13:40-04:00")]
    [InlineData("levels chain.csv --exercise american", "european")]
    [InlineData("levels chain.csv --dividend 1.5 --dividend 2", "two yields")]
    [InlineData("levels chain.csv --dividend much", "2023-09-15:1.58")]
    [InlineData("levels chain.csv --dividend 2023-02-30:1", "no ex-date")]
    [InlineData("levels chain.csv --dividend 15.9.2023:1", "no ex-date")]
    [InlineData("levels chain.csv --dividend 2023-09-15:-1", "positive number")]
    [InlineData("levels chain.csv --dividend 2023-09-15:NaN", "positive number")]
    [InlineData("levels chain.csv --dividend 2023-09-15:1:2", "no ex-date")]
    [InlineData("levels chain.csv --dividend 2023-09-15:1 --dividend 2023-09-15:2", "given twice")]
    [InlineData("replay TAPE --dividend 2023-09-15:1.58", "only 'levels'")]
    [InlineData("levels chain.csv --strikes -3", "--strikes")]
    [InlineData("plot", "--out")]
    [InlineData("plot strikes", "--out")]
    [InlineData("plot candles TAPE -o new.png", "strikes, profile, levels, heat or expiries")]
    [InlineData("plot strikes TAPE -o new.png --size 9x9", "1200x700")]
    [InlineData("plot strikes TAPE -o new.png --theme pink", "light or dark")]
    [InlineData("plot strikes TAPE -o new.png --bucket week", "all, 0dte or ex0dte")]
    [InlineData("plot strikes TAPE -o new.png --range 0", "0.1 to 90")]
    [InlineData("plot strikes TAPE -o new.png --spot 5", "--spot is for chain files")]
    [InlineData("plot strikes TAPE -o new.jpg", ".png or .svg")]
    [InlineData("report TAPE", "--out")]
    [InlineData("report TAPE --out missing/new.html", "does not exist")]
    [InlineData("synth", "--out")]
    [InlineData("synth --minutes 0 --out new", "--minutes 0")]
    [InlineData("synth --minutes soon --out new", "--minutes")]
    [InlineData("synth --seed -1 --out new", "--seed")]
    [InlineData("synth --date 2026-11-15 --out new", "no trading day")]
    [InlineData("synth --out missing/new", "does not exist")]
    [InlineData("synth --out TAPE", "--force")]
    [InlineData("greeks", "IN.csv")]
    [InlineData("greeks in.csv out.csv more.csv", "more.csv")]
    public void A_command_line_that_cannot_be_meant_is_refused(string arguments, string told)
    {
        string[] words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string sentence = _room.Run([.. words.Select(word => word == "TAPE" ? tape.Path : word)]).Refused(2);
        Assert.Contains(told, sentence);
        Assert.Empty(Directory.GetFiles(_room.Folder));
        Assert.Empty(Directory.GetFiles(_room.FeedDirectory));
    }

    [Fact]
    public void A_vector_width_that_does_not_exist_is_refused()
    {
        string sentence = _room.RunWith("DEALERFLOW_LANES", "16", "replay", tape.Path).Refused(2);
        Assert.Contains("DEALERFLOW_LANES is '16'", sentence);
        Assert.Contains("1, 2, 4 or 8", sentence);
    }
}
