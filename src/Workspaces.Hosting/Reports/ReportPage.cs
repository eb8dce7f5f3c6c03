using System.Net;
using System.Reflection;
using System.Text;
using Workspaces.Memory;

namespace Workspaces.Hosting.Reports;

/// <summary>The page: a template with style, script and data put in, so that it needs nothing beside it.</summary>
internal static class ReportPage
{
    private static readonly string[] Scripts = ["page.js", "plot.js", "panels.js", "charts.js"];

    internal static string Of(RunReport report)
    {
        if (!report.Passes.Any(static pass => pass.Blocks.Count > 0))
            throw new WorkspaceException(
                "draw a memory picture", nameof(RunReport), $"{report.Passes.Count} passes were given, and none of them asked for bytes",
                "record a pass that makes tensors, or train for a step at least");
        return Fill(Read("page.html"), name => name switch
        {
            "title" => WebUtility.HtmlEncode(report.Title),
            "style" => Read("page.css"),
            "script" => string.Concat(Scripts.Select(Read)),
            "data" => ReportJson.Of(report),
            _ => throw Defect($"fill in '{name}'", "the page knows no such part"),
        });
    }

    /// <summary>Puts texts where the template names them; what is put in is not looked at again.</summary>
    private static string Fill(string template, Func<string, string> part)
    {
        var page = new StringBuilder();
        int at = 0;
        for (int open; (open = template.IndexOf("{{", at, StringComparison.Ordinal)) >= 0;)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            page.Append(template, at, open - at).Append(part(template[(open + 2)..close]));
            at = close + 2;
        }

        return page.Append(template, at, template.Length - at).ToString();
    }

    private static string Read(string name)
    {
        Assembly assembly = typeof(ReportPage).Assembly;
        using Stream stream = assembly.GetManifestResourceStream($"Workspaces.Hosting.Reports.{name}")
            ?? throw Defect($"read the resource '{name}'", "it is not in the assembly");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static InvalidOperationException Defect(string asked, string numbers) =>
        new(WorkspaceException.Compose(asked, nameof(ReportPage), numbers, "report this defect"));
}
