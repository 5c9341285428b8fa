using System.Globalization;
using DealerFlow.Tests;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>greeks</c>: a CSV file of prices becomes the same file with implied volatilities and Greeks.</summary>
public sealed class GreeksTests : IDisposable
{
    private const string Header = "spot,forward,strike,years,discount,right,price";
    private const string Added = "status,iv,delta,gamma,vega,theta,vanna,charm,vomma,speed,zomma,color";
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Volatility_and_gamma_match_published_values()
    {
        string[] rows =
        [
            // Haug (1998), p. 39: S 55, K 60, r 0.10, b 0.10, T 0.75, sigma 0.30: gamma 0.0278.
            Row(55, 55 * Math.Exp(0.10 * 0.75), 60, 0.75, Math.Exp(-0.10 * 0.75), isCall: true, volatility: 0.30),
            // An in-the-money call on which Newton's method is known to fail; sigma by 60-digit arithmetic.
            string.Create(CultureInfo.InvariantCulture,
                $"4753.63,{4753.63 * Math.Exp(0.0525 * 0.13870843734533175):R},4085,0.13870843734533175,{Math.Exp(-0.0525 * 0.13870843734533175):R},C,701.3994"),
        ];
        string[][] answers = Solve(rows);
        Assert.Equal(0.30, Number(answers[0], "iv"), 1e-13);
        Assert.Equal(0.0278, Number(answers[0], "gamma"), 0.00005);
        Assert.Equal("Ok", answers[1][7]);
        Assert.Equal(0.215179753507, Number(answers[1], "iv"), 1e-11);
    }

    [Theory]
    [InlineData(6000, 6010, 6100, 0.05, 0.995, 0.14)]
    [InlineData(6000, 5990, 5200, 0.5, 0.97, 0.25)]
    [InlineData(100, 103, 100, 2, 0.9, 0.6)]
    [InlineData(6000, 6000.5, 6003, 0.0005, 0.99999, 0.2)]
    public void Greeks_are_the_derivatives_of_the_price(double spot, double forward, double strike, double years, double discount, double volatility)
    {
        string[][] answers = Solve(
            Row(spot, forward, strike, years, discount, isCall: true, volatility), Row(spot, forward, strike, years, discount, isCall: false, volatility));
        double rate = -Math.Log(discount) / years, carry = Math.Log(forward / spot) / years;
        for (int i = 0; i < 2; i++)
        {
            bool isCall = i == 0;
            double Price(double s, double sigma, double t) =>
                ScalarBlack.Price(isCall, s * Math.Exp(carry * t), strike, Math.Exp(-rate * t), sigma * Math.Sqrt(t));
            double ds = spot * 1e-4 * Math.Sqrt(years), dv = 1e-4, dt = years * 1e-4;
            double Delta(double sigma, double t) => (Price(spot + ds, sigma, t) - Price(spot - ds, sigma, t)) / (2 * ds);
            Assert.Equal("Ok", answers[i][7]);
            Near(volatility, Number(answers[i], "iv"), 1e-9);
            Near(Delta(volatility, years), Number(answers[i], "delta"), 1e-5);
            Near((Price(spot + ds, volatility, years) - (2 * Price(spot, volatility, years)) + Price(spot - ds, volatility, years)) / (ds * ds),
                Number(answers[i], "gamma"), 1e-3);
            Near((Price(spot, volatility + dv, years) - Price(spot, volatility - dv, years)) / (2 * dv), Number(answers[i], "vega"), 1e-5);
            Near(-(Price(spot, volatility, years + dt) - Price(spot, volatility, years - dt)) / (2 * dt), Number(answers[i], "theta"), 1e-5);
            Near((Delta(volatility + dv, years) - Delta(volatility - dv, years)) / (2 * dv), Number(answers[i], "vanna"), 1e-4);
            Near(-(Delta(volatility, years + dt) - Delta(volatility, years - dt)) / (2 * dt), Number(answers[i], "charm"), 1e-4);
        }
        foreach (string same in (ReadOnlySpan<string>)["gamma", "vega", "vanna"]) Near(Number(answers[0], same), Number(answers[1], same), 1e-9);
    }

    [Theory]
    [InlineData("100,100,50,1,1,C,49", "BelowIntrinsic")]
    [InlineData("100,100,50,1,1,C,50", "BelowIntrinsic")]
    [InlineData("100,100,50,1,1,C,101", "AboveMax")]
    [InlineData("100,100,150,1,1,C,100", "AboveMax")]
    [InlineData("100,100,50,1,1,C,50.0000000001", "IllConditioned")]
    [InlineData("100,100,50,0,1,C,51", "Expired")]
    [InlineData("100,100,50,-1,1,C,51", "Expired")]
    [InlineData("100,NaN,50,1,1,C,51", "Invalid")]
    [InlineData("100,100,-50,1,1,C,51", "Invalid")]
    [InlineData("100,100,50,1,1,C,1e999", "Invalid")]
    [InlineData("100,100,50,1,0,C,51", "Invalid")]
    public void A_row_without_an_answer_has_a_status_and_empty_cells(string row, string status)
    {
        string[] answer = Solve(row)[0];
        Assert.Equal(row, string.Join(',', answer[..7]));
        Assert.Equal(status, answer[7]);
        Assert.All(answer[8..], cell => Assert.Equal("", cell));
        Assert.Equal(19, answer.Length);
    }

    [Fact]
    public void Rows_keep_their_bits_in_any_company()
    {
        // More than one block of columns, and no multiple of a vector: each row alone and in the crowd.
        string[] rows = [.. Enumerable.Range(0, 5003).Select(i => Row(100, 101, 60 + (i % 83), 0.01 + (i % 7), 0.99, i % 2 == 0, 0.1 + (i % 11 * 0.05)))];
        string[][] crowd = Solve(rows);
        Assert.Equal(rows.Length, crowd.Length);
        int[] some = [0, 1, 7, 8, 4095, 4096, 4097, 5002];
        string[][] few = Solve([.. some.Select(i => rows[i])]);
        for (int i = 0; i < some.Length; i++) Assert.Equal(crowd[some[i]], few[i]);
        // Round trip: what is printed is the shortest text of exactly that double.
        foreach (string cell in crowd.SelectMany(row => row[8..]).Where(cell => cell.Length > 0))
            Assert.Equal(cell, double.Parse(cell, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_pipe_is_as_good_as_a_file()
    {
        string row = Row(100, 101, 110, 0.5, 0.99, isCall: true, 0.2);
        string[][] fromFile = Solve(row);
        string piped = _room.RunReading($"{Header}\n{row}\n", "greeks", "-", "-").Succeeded();
        Assert.Equal($"{Header},{Added}\n{string.Join(',', fromFile[0])}\n", piped);
    }

    [Theory]
    [InlineData("spot,strike\n", "line 1")]
    [InlineData("", "line 1")]
    [InlineData(Header + "\n100,100,100,1,1,C,8\n100,100,100,1,1,X,8\n", "line 3: right is 'X'")]
    [InlineData(Header + "\n100,100,100,1,1,C,8\n\n100,100,100,1,1,C\n", "line 4: 6 cells")]
    [InlineData(Header + "\n100,100,hundred,1,1,C,8\n", "line 2: strike is 'hundred'; write a number")]
    public void A_file_that_cannot_be_read_is_refused_and_nothing_is_written(string text, string told)
    {
        string sentence = _room.Run("greeks", _room.Write("in.csv", text), "out.csv").Refused(1);
        Assert.Contains("in.csv, ", sentence);
        Assert.Contains(told, sentence);
        Assert.Equal(["in.csv"], Directory.GetFiles(_room.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void An_answer_is_not_overwritten_unless_asked()
    {
        string input = _room.Write("in.csv", $"{Header}\n{Row(100, 101, 110, 0.5, 0.99, true, 0.2)}\n");
        _room.Write("out.csv", "precious");
        Assert.Contains("--force", _room.Run("greeks", input, "out.csv").Refused(2));
        Assert.Equal("precious", File.ReadAllText(_room.Path("out.csv")));
        _room.Run("greeks", input, "out.csv", "--force").Succeeded();
        Assert.StartsWith(Header, File.ReadAllText(_room.Path("out.csv")));
        Assert.Contains("missing.csv does not exist", _room.Run("greeks", "missing.csv", "new.csv").Refused(1));
    }

    private string[][] Solve(params string[] rows)
    {
        string input = _room.Write("in.csv", $"{Header}\n{string.Concat(rows.Select(row => row + "\n"))}");
        Assert.Equal("", _room.Run("greeks", input, "out.csv", "--force").Succeeded());
        string[] lines = File.ReadAllLines(_room.Path("out.csv"));
        Assert.Equal($"{Header},{Added}", lines[0]);
        return [.. lines[1..].Select(line => line.Split(','))];
    }

    private static string Row(double spot, double forward, double strike, double years, double discount, bool isCall, double volatility)
    {
        double price = ScalarBlack.Price(isCall, forward, strike, discount, volatility * Math.Sqrt(years));
        return string.Create(CultureInfo.InvariantCulture, $"{spot:R},{forward:R},{strike:R},{years:R},{discount:R},{(isCall ? 'C' : 'P')},{price:R}");
    }

    private static double Number(string[] answer, string column) =>
        double.Parse(answer[7 + Array.IndexOf(Added.Split(','), column)], CultureInfo.InvariantCulture);

    private static void Near(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Max(Math.Abs(expected), 1e-6), $"expected {expected:R}, found {actual:R}");
}
