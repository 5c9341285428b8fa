using System.Text;
using DealerFlow.Cli.Plot;

namespace DealerFlow.Cli.Report;

/// <summary>The style sheet of a report: for a desk, a telephone and paper, light and dark.</summary>
internal static class ReportStyle
{
    public static string Sheet { get; } = Build();

    private static string Build()
    {
        PlotTheme light = PlotTheme.Light, dark = PlotTheme.Dark;
        string Variables(PlotTheme theme, string card, string line) =>
            $"--bg:{theme.Background};--fg:{theme.Text};--muted:{theme.Muted};--line:{line};--card:{card};--pos:{theme.Calls};--neg:{theme.Puts};--doubt:{theme.Doubt}";
        var sheet = new StringBuilder();
        sheet.Append(":root{color-scheme:light dark;").Append(Variables(light, "#F2F5F8", "#DCE2E8")).Append("}\n");
        sheet.Append(
            """
            *{box-sizing:border-box}
            body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%}
            main{max-width:1112px;margin:0 auto;padding:24px 16px 48px}
            h1{font-size:1.6rem;line-height:1.25;margin:0}
            h2{font-size:1.12rem;margin:36px 0 4px}
            p{margin:4px 0}
            .origin,.reading,footer,.models{color:var(--muted)}
            .origin{overflow-wrap:anywhere}
            .summary{border-left:5px solid var(--muted);background:var(--card);padding:12px 16px;margin:18px 0;border-radius:4px}
            .summary.positive{border-color:var(--pos)}
            .summary.negative{border-color:var(--neg)}
            .sign{font-size:1.12rem;font-weight:600}
            .doubt{color:var(--doubt)}
            .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px 18px;margin:14px 0 2px}
            .cards div{border-top:1px solid var(--line);padding-top:6px}
            .cards dt{color:var(--muted);font-size:.85rem}
            .cards dd{margin:0;font-size:1.22rem;font-weight:600;font-variant-numeric:tabular-nums}
            .cards small{display:block;font-size:.8rem;font-weight:400;color:var(--muted)}
            figure{margin:22px 0;border:1px solid var(--line);border-radius:6px;overflow:hidden;break-inside:avoid}
            figure svg{display:block;width:100%;height:auto}
            .narrow{display:none}
            .scroll{overflow-x:auto}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
            th,td{padding:4px 10px;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
            thead th{color:var(--muted);font-weight:500}
            tbody th{font-weight:500}
            .number{text-align:right}
            .negative{color:var(--neg)}
            tr.chosen{background:var(--card)}
            tr.chosen th{font-weight:700}
            .models,section ul{padding-left:20px;font-size:.92rem}
            footer{margin-top:40px;font-size:.85rem}
            @media (max-width:640px){.wide{display:none}.narrow{display:block}main{padding:16px 12px 32px}h1{font-size:1.3rem}.cards{grid-template-columns:repeat(2,1fr)}
            .scroll thead th:first-child,.scroll tbody th{position:sticky;left:0;background:var(--bg)}tr.chosen th{background:var(--card)}}

            """);
        sheet.Append("@media screen and (prefers-color-scheme:dark){:root{").Append(Variables(dark, "#1C2229", "#2C353F")).Append('}');
        // The pictures are drawn in the light theme; each of its colours stands for one meaning, which has another colour in the dark.
        foreach ((string from, string to) in light.Colours.Concat(Shades(light)).Zip(dark.Colours.Concat(Shades(dark))))
            sheet.Append($"svg [fill=\"{from}\"]{{fill:{to}}}svg [stroke=\"{from}\"]{{stroke:{to}}}");
        sheet.Append("}\n");
        sheet.Append(
            """
            @media print{@page{size:A4;margin:14mm}:root{color-scheme:light}body{font-size:10.5pt}main{max-width:none;padding:0}section{break-inside:avoid}.scroll{overflow:visible}
            table{font-size:8.5pt}th,td{padding:2px 5px}.wide{display:block}.narrow{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
            """);
        return sheet.ToString();
    }

    private static IEnumerable<string> Shades(PlotTheme theme) =>
        Enumerable.Range(-HeatPicture.Steps, (2 * HeatPicture.Steps) + 1).Where(step => Math.Abs(step) is > 0 and < HeatPicture.Steps).Select(step => theme.Shade((double)step / HeatPicture.Steps));
}
