using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>Makes a C# block of a page a class that can be compiled: statements become the body of its method, types stand beside it.</summary>
internal static partial class BlockProgram
{
    internal const string ClassName = "PageBlock";
    private const string Place = "$BLOCK";

    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks",
        "Workspaces.Memory", "Workspaces.Tensors", "Workspaces.Autograd", "Workspaces.Ops", "Workspaces.NN", "Workspaces.Optim", "Workspaces.Data", "Workspaces.Train",
    ];

    internal static CSharpParseOptions Options { get; } = new(LanguageVersion.CSharp14);

    /// <summary>The program, whose messages name lines of the page.</summary>
    internal static string Of(CodeBlock block)
    {
        string shown = string.Create(CultureInfo.InvariantCulture, $"#line {block.Line + 1} \"{block.Page}\"\n{WithoutDots(block.Text)}\n#line default\n");
        string whole = block.Around.Contains(Place, StringComparison.Ordinal)
            ? block.Around.Replace(Place, $"\n{shown}", StringComparison.Ordinal)
            : $"{block.Around}\n{shown}";
        string usings = string.Join('\n', UsingLine().Matches(whole).Select(static match => match.Value));
        CompilationUnitSyntax unit = CSharpSyntaxTree.ParseText(UsingLine().Replace(whole, ""), Options).GetCompilationUnitRoot();
        var body = new StringBuilder();
        var types = new StringBuilder();
        bool waits = false;
        foreach (MemberDeclarationSyntax member in unit.Members)
        {
            if (member is GlobalStatementSyntax statement)
            {
                body.Append(statement.ToFullString());
                waits |= statement.DescendantNodes(static node => node is not (LambdaExpressionSyntax or LocalFunctionStatementSyntax))
                    .Any(static node => node is AwaitExpressionSyntax || node.ChildTokens().Any(static token => token.IsKind(SyntaxKind.AwaitKeyword)));
            }
            else
            {
                types.Append(member.ToFullString());
            }
        }

        string rest = unit.EndOfFileToken.LeadingTrivia.ToFullString();
        return $$"""
            {{string.Join('\n', Usings.Select(static name => $"global using {name};"))}}
            {{usings}}
            public sealed class {{ClassName}} : Workspaces.Delivery.Tests.Docs.Stage
            {
                {{(waits ? "" : "public override Task RunAsync() { Body(); return Task.CompletedTask; }")}}

                {{(waits ? "public override async Task RunAsync()" : "private void Body()")}}
                {
            {{body}}
            {{rest}}
                }
            }
            {{types}}
            """;
    }

    /// <summary>A lonely … stands for anything the reader would write there, and so for nothing.</summary>
    private static string WithoutDots(string text) =>
        string.Join('\n', text.Split('\n').Select(static line =>
        {
            int comment = line.IndexOf("//", StringComparison.Ordinal);
            string code = comment < 0 ? line : line[..comment];
            if (code.Trim() == "…") return comment < 0 ? "" : line[comment..];
            return code.Replace("{ … }", "{ }", StringComparison.Ordinal) + (comment < 0 ? "" : line[comment..]);
        }));

    /// <summary>Directives, which may stand in the shown and in the hidden part; not declarations.</summary>
    [GeneratedRegex(@"^using (?:static )?[A-Z][\w.]*(?: = [\w.]+)?;[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
