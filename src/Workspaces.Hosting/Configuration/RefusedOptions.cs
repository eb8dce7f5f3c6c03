using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>Says where in a file the options stand that a component has refused: its own numbers and remedy, without what only a programmer can use.</summary>
internal static class RefusedOptions
{
    private const string Mark = ". Remedy: ";

    /// <param name="path">The key.</param>
    /// <param name="asked">What was asked.</param>
    /// <param name="error">What the component threw.</param>
    /// <param name="remedy">What to do where the error does not say it.</param>
    internal static ConfigurationException At(string path, string asked, Exception error, string remedy)
    {
        string said = error.Message;
        int end = error is ArgumentException { ParamName: not null } ? said.IndexOf(" (Parameter '", StringComparison.Ordinal) : -1;
        said = (end < 0 ? said : said[..end]).TrimEnd('.');
        int mark = said.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark > 0 && mark + Mark.Length < said.Length)
        {
            string own = said[(mark + Mark.Length)..];
            remedy = char.ToUpperInvariant(own[0]) + own[1..];
            said = said[..mark];
        }

        return new ConfigurationException([new ConfigurationProblem(path, asked, said, remedy)], error);
    }
}
