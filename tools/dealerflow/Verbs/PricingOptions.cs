using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary>The options that decide what the numbers mean; the same for every verb that computes levels.</summary>
internal sealed class PricingOptions
{
    private readonly Option<PositionModel> _model = new("--model")
    {
        Description = "Dealers' assumed position, of which strikes and expiries are printed; all six are in every snapshot.",
        DefaultValueFactory = _ => PositionModel.OpenInterest,
        CustomParser = ParseModel,
    };

    private readonly Option<ForwardMode> _forward = new("--forward")
    {
        Description = "Forwards: parity, which is the default (from put-call parity per expiry), or carry (from spot, rate and dividend).",
        CustomParser = ParseForward,
    };

    private readonly Option<double> _rate = new("--rate") { Description = "Interest rate per year, continuously compounded: 0.05 is 5 %." };

    private readonly Option<GivenDividends?> _dividend = new("--dividend") { HelpName = "YIELD", Arity = ArgumentArity.OneOrMore };

    private readonly Option<double> _liquidity = new("--liquidity")
    {
        Description = "USD of one-sided flow that moves the underlying by 100 %; gives the squeeze gain.",
    };

    private readonly Option<string?> _positions = new("--positions")
    {
        Description = "What customers hold, one 'symbol,net' a line; dealers hold the opposite. Needed by --model OpenClose.",
        HelpName = "FILE",
    };

    private readonly Option<double> _stickiness = new("--stickiness")
    {
        Description = "Skew-stickiness R of the repriced profile: 1, which is the default, holds volatility per strike.",
        HelpName = "R",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _calendar = new("--calendar")
    {
        Description = "Calendar overrides, one a line: '2026-11-27 close 13:00', '2025-01-09 closed', '2020-03-18 open 09:45 SPX'.",
        HelpName = "FILE",
    };

    private readonly bool _takesCash;

    /// <param name="takesCash">Whether dividends in cash mean anything to the verb.</param>
    public PricingOptions(bool takesCash = false)
    {
        _takesCash = takesCash;
        _dividend.CustomParser = ParseDividends;
        _dividend.Description = "Dividend yield per year, continuously compounded.";
        if (!takesCash) return;
        _dividend.HelpName = "YIELD|DATE:AMOUNT";
        _dividend.Description = "Dividend yield per year, continuously compounded, or one dividend in cash and its ex-date: 2023-09-15:1.58. Repeatable.";
    }

    public void AddTo(Command command)
    {
        _model.HelpName = string.Join('|', Enum.GetNames<PositionModel>());
        _forward.HelpName = "parity|carry";
        command.Options.Add(_model);
        command.Options.Add(_forward);
        command.Options.Add(_rate);
        command.Options.Add(_dividend);
        command.Options.Add(_liquidity);
        command.Options.Add(_positions);
        command.Options.Add(_stickiness);
        command.Options.Add(_calendar);
    }

    /// <summary>The model if one was asked for.</summary>
    public PositionModel? GivenModel(ParseResult parsed) => parsed.GetResult(_model) is { Implicit: false } ? parsed.GetValue(_model) : null;

    /// <summary>The first option other than the model that was given; null = none.</summary>
    public string? FirstGiven(ParseResult parsed) => new Option[] { _forward, _rate, _dividend, _liquidity, _positions, _stickiness, _calendar }
        .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    public Pricing Read(ParseResult parsed)
    {
        // First, for the options ask the hardware themselves unless told.
        LaneWidth lanes = VectorWidth.Chosen;
        GivenDividends dividends = parsed.GetValue(_dividend) ?? new GivenDividends(0, []);
        PositionModel model = parsed.GetValue(_model);
        string? positions = parsed.GetValue(_positions), calendar = parsed.GetValue(_calendar);
        if (model == PositionModel.OpenClose && positions is null)
            throw new CliException(ExitCode.Usage, "--model OpenClose needs positions from outside; give --positions FILE, one 'symbol,net' a line.");
        var options = new EngineOptions
        {
            Model = model,
            ForwardMode = parsed.GetValue(_forward),
            Rate = parsed.GetValue(_rate),
            Dividend = dividends.Yield,
            Dividends = dividends.Cash,
            LiquidityUsd = parsed.GetValue(_liquidity),
            Stickiness = parsed.GetValue(_stickiness),
            Calendar = calendar is null ? SessionCalendar.Embedded : new SessionCalendar(CalendarOverrides.Read(calendar)),
            Lanes = lanes,
        };
        return new Pricing(options, positions is null ? null : PositionsFile.Read(positions), calendar);
    }

    private GivenDividends? ParseDividends(ArgumentResult result)
    {
        double? yield = null;
        var cash = new List<ScheduledDividend>();
        foreach (Token token in result.Tokens)
        {
            string[] parts = token.Value.Split(':');
            if (parts.Length == 1)
            {
                if (!double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double given))
                    return Refuse(result, $"'{token.Value}' is no value for --dividend; give a number{(_takesCash ? ", or DATE:AMOUNT such as 2023-09-15:1.58" : "")}.");
                if (yield is not null) return Refuse(result, "--dividend has two yields; give one, or dividends in cash as DATE:AMOUNT.");
                yield = given;
                continue;
            }
            if (!_takesCash) return Refuse(result, $"'{token.Value}' is a dividend in cash, which only 'levels' takes into account; give a yield per year.");
            if (parts.Length != 2 || !DateOnly.TryParseExact(parts[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly exDate))
                return Refuse(result, $"'{token.Value}' has no ex-date; write --dividend like 2023-09-15:1.58.");
            if (!double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double amount) || !(amount > 0 && double.IsFinite(amount)))
                return Refuse(result, $"'{parts[1]}' is no amount of --dividend {token.Value}; give a positive number of currency per share.");
            if (cash.Exists(other => other.ExNanos == ExNanos(exDate)))
                return Refuse(result, $"--dividend {parts[0]} is given twice; add the two amounts up.");
            cash.Add(new ScheduledDividend(ExNanos(exDate), amount));
        }
        return new GivenDividends(yield ?? 0, [.. cash.OrderBy(dividend => dividend.ExNanos)]);
    }

    // From the first instant of the ex-date, New York, the buyer of a share gets no dividend.
    private static long ExNanos(DateOnly exDate) => NewYorkTime.ToUnixNanos(exDate, TimeOnly.MinValue);

    private static GivenDividends? Refuse(ArgumentResult result, string reason)
    {
        result.AddError(reason);
        return null;
    }

    public static PositionModel ParseModel(ArgumentResult result)
    {
        string text = result.Tokens[0].Value.Replace("-", "", StringComparison.Ordinal);
        if (text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out PositionModel model)) return model;
        string[] names = Enum.GetNames<PositionModel>();
        result.AddError($"'{result.Tokens[0].Value}' is not a position model; use {string.Join(", ", names[..^1])} or {names[^1]}.");
        return default;
    }

    private static ForwardMode ParseForward(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text is "parity" or "carry") return text == "parity" ? ForwardMode.Parity : ForwardMode.Carry;
        result.AddError($"'{text}' is not a forward mode; use parity or carry.");
        return default;
    }

    private sealed record GivenDividends(double Yield, IReadOnlyList<ScheduledDividend> Cash);
}
