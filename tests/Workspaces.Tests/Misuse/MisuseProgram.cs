namespace Workspaces.Tests.Misuse;

/// <summary>A few lines that use the library wrongly, and the end that they must come to: an exception, a finding, or the right values after all.</summary>
/// <param name="Name">The misuse as a phrase; it stands in the first column of docs/safety.md.</param>
/// <param name="Ends">The name of the exception's type, the code of the finding, or <see cref="Right"/>.</param>
/// <param name="Says">A piece of the message that the user sees; for what is right, what happens instead.</param>
/// <param name="Run">The lines. They throw, leave a finding in the world's manager, or assert values.</param>
internal sealed record MisuseProgram(string Name, string Ends, string Says, Action<MisuseWorld> Run)
{
    internal const string Right = "right";

    /// <summary>The row of the program on the page.</summary>
    internal string Row => Ends == Right ? $"| {Name} | right | {Says} |" : $"| {Name} | `{Ends}` | `{Says}` |";

    internal static MisuseProgram Throws<T>(string name, string says, Action<MisuseWorld> run)
        where T : Exception => new(name, typeof(T).Name, says, run);

    internal static MisuseProgram Finds(string name, string code, string says, Action<MisuseWorld> run) => new(name, code, says, run);

    internal static MisuseProgram IsRight(string name, string instead, Action<MisuseWorld> run) => new(name, Right, instead, run);
}
