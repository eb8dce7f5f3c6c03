using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Workspaces.Memory;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>Every C# block of every page compiles, runs, and breaks no rule, unless the comment before it says what it does instead.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class CSharpBlockTests
{
    private static readonly string[] KnownWords = ["after", "compiled", "throws", "finds", "fragment", "prints"];

    public static TheoryData<string> Blocks => Pages.Named("csharp");

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task A_block_does_what_its_page_says(string name)
    {
        CodeBlock block = Pages.Block(name);
        if (block.Word("fragment") is not null) return; // its reason is asked for below
        CSharpCompilation compilation = BlockCompiler.Compile(BlockProgram.Of(block));
        Assert.Empty(BlockCompiler.Errors(compilation));
        string[] findings = await BlockCompiler.FindingsAsync(compilation);
        if (block.Word("finds") is { } rule) Assert.Contains(findings, finding => finding.Contains(rule, StringComparison.Ordinal));
        else if (block.Word("throws") is null) Assert.Empty(findings);
        if (block.Word("compiled") is not null) return;
        string printed = await RunAsync(compilation, block.Text + block.Around, block.Word("throws"));
        if (block.Word("prints") is not null) Assert.Matches(Expected(block), printed.ReplaceLineEndings("\n").Trim());
    }

    /// <summary>A word that nobody knows would leave its block untested or unwarned.</summary>
    [Fact]
    public void Comments_before_blocks_use_known_words_and_fragments_give_a_reason()
    {
        IEnumerable<string> wrong = Pages.Blocks.Where(static block => block.Words.Length > 0)
            .Where(static block => block.Words.Split(',', StringSplitOptions.TrimEntries).Any(static part => !KnownWords.Contains(part.Split(' ')[0])) || block.Word("fragment") == "")
            .Select(static block => $"{block.Name}: {block.Words}");
        Assert.Empty(wrong);
    }

    /// <summary>A comment that is not right before a fence, or that is spelled otherwise, would say nothing.</summary>
    [Fact]
    public void Every_comment_stands_before_a_block() => Assert.DoesNotContain(Pages.All, static page =>
        Pages.Text(page).Split("<!-- block").Length - 1 != Pages.Blocks.Count(block => block.Page == page && (block.Words.Length > 0 || block.Around.Length > 0))
        && page != "docs/README.md"); // which shows them

    [Fact]
    public void Most_blocks_run()
    {
        CodeBlock[] all = [.. Pages.Blocks.Where(static block => block.Language == "csharp")];
        Assert.True(all.Count(static block => block.Word("compiled") is null && block.Word("fragment") is null) > 0.8 * all.Length);
    }

    private static async Task<string> RunAsync(CSharpCompilation compilation, string program, string? error)
    {
        using var folder = new TemporaryFolder();
        string here = Directory.GetCurrentDirectory();
        TextWriter console = Console.Out;
        Directory.SetCurrentDirectory(folder.Path);
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            // A flow of its own: what a block leaves open is not ambient for the next one.
            Exception? thrown = await Task.Run(async () =>
            {
                using Stage stage = BlockCompiler.Load(compilation);
                return await Record.ExceptionAsync(stage.RunAsync);
            });
            if (error is null) Assert.Null(thrown);
            else Assert.Equal(error, thrown?.GetType().Name);
            return printed.ToString();
        }
        finally
        {
            Console.SetOut(console);
            Directory.SetCurrentDirectory(here);
            foreach (Match named in Named().Matches(program + "Name = \"step\"")) WorkspaceManager.Default.Destroy(named.Groups["name"].Value);
        }
    }

    /// <summary>The block behind it, in which … stands for anything.</summary>
    private static string Expected(CodeBlock block)
    {
        CodeBlock output = Pages.Blocks.First(other => other.Page == block.Page && other.Line > block.Line);
        Assert.Contains(output.Language, (string[])["", "text"]);
        return $"^{Regex.Escape(output.Text.Trim()).Replace("…", ".*", StringComparison.Ordinal)}$";
    }

    /// <summary>Workspaces that a block names; other blocks use the same names with other configurations.</summary>
    [GeneratedRegex("Name = \"(?<name>[^\"]+)\"")]
    private static partial Regex Named();
}
