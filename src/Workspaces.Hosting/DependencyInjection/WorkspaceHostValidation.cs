using Microsoft.Extensions.Options;

namespace Workspaces.Hosting.DependencyInjection;

/// <summary>Refuses options that no host can be made of, with all problems and their paths.</summary>
internal sealed class WorkspaceHostValidation : IValidateOptions<WorkspaceHostOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkspaceHostOptions options)
    {
        string[] problems = [.. options.Validate().Select(static problem => problem.ToString())];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
