using System.Text.RegularExpressions;

namespace Workspaces.Delivery.Tests.Docs;

/// <summary>A fenced block of a page, with what an invisible comment right before it says; docs/README.md explains these comments.</summary>
/// <param name="Page">The page, from the root.</param>
/// <param name="Line">The line of the opening fence, from 1.</param>
/// <param name="Language">What stands behind the fence; empty for nothing.</param>
/// <param name="Text">The lines between the fences.</param>
/// <param name="Words">The words of the comment's first line, <c>compiled</c>, <c>throws StaleAccessException</c>.</param>
/// <param name="Around">Code that the page does not show: ahead of the block, or around it where it says <c>$BLOCK</c>.</param>
internal sealed partial record CodeBlock(string Page, int Line, string Language, string Text, string Words, string Around)
{
    internal string Name => $"{Page}:{Line}";

    /// <summary>What stands behind a word of the comment, empty for nothing, null when the word is not there.</summary>
    internal string? Word(string word)
    {
        foreach (string part in Words.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part == word) return "";
            if (part.StartsWith($"{word} ", StringComparison.Ordinal)) return part[(word.Length + 1)..];
        }

        return null;
    }

    internal static IEnumerable<CodeBlock> Read(string page, string text)
    {
        foreach (Match fence in Fence().Matches(text.ReplaceLineEndings("\n")))
        {
            string comment = fence.Groups["comment"].Value, words = comment.Split('\n')[0];
            int line = 1 + text.AsSpan(0, fence.Groups["fence"].Index).Count('\n');
            yield return new CodeBlock(page, line, fence.Groups["language"].Value, fence.Groups["text"].Value, words.Trim(), comment[words.Length..].Trim('\n'));
        }
    }

    [GeneratedRegex(@"(?:^<!--\ block:(?<comment>(?:(?!-->)[\s\S])*)-->\n)?^(?<fence>```)(?<language>\w*)\n(?<text>[\s\S]*?)^```$", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
