using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>Checks the validation attributes of bound options, and their own <see cref="IValidatableObject"/>.</summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal static class OptionRules
{
    internal static void Check(object target, OptionProperty[] properties, string path, List<ConfigurationProblem> problems)
    {
        foreach (var property in properties) CheckProperty(target, property, path, problems);
        if (target is not IValidatableObject validatable) return;
        foreach (var result in validatable.Validate(new ValidationContext(target)))
        {
            var key = result.MemberNames.FirstOrDefault();
            problems.Add(new ConfigurationProblem(
                key is null ? path : $"{path}:{key}",
                key is null ? "these keys together" : $"{key} = {Shown(target, properties, key)}",
                Sentence(result.ErrorMessage),
                "Change one of them"));
        }
    }

    private static void CheckProperty(object target, OptionProperty property, string path, List<ConfigurationProblem> problems)
    {
        var full = $"{path}:{property.Name}";
        // A text that could not be read has its problem already; the default in its place says nothing.
        if (problems.Exists(problem => problem.Path.Equals(full, StringComparison.OrdinalIgnoreCase))) return;
        var value = property.Get(target);
        foreach (var rule in property.Member.GetCustomAttributes<ValidationAttribute>(inherit: true))
        {
            var context = new ValidationContext(target) { MemberName = property.Name, DisplayName = property.Name };
            if (rule.GetValidationResult(value, context) is not { } failure) continue;
            problems.Add(new ConfigurationProblem(
                full, $"{property.Name} = {SimpleValues.Format(value, property.IsSize)}", Sentence(failure.ErrorMessage), Remedy(rule)));
        }
    }

    private static string Remedy(ValidationAttribute rule) => rule switch
    {
        RequiredAttribute => "Write the key",
        RangeAttribute { Maximum: double.MaxValue } range => string.Create(CultureInfo.InvariantCulture, $"Write a value from {range.Minimum} on"),
        RangeAttribute range => string.Create(
            CultureInfo.InvariantCulture, $"Write a value from {range.Minimum} {(range.MaximumIsExclusive ? "to below" : "to")} {range.Maximum}"),
        StringLengthAttribute { MinimumLength: 1, MaximumLength: 1 } => "Write one character",
        _ => "Change the value",
    };

    private static string Shown(object target, OptionProperty[] properties, string key)
    {
        var property = Array.Find(properties, candidate => candidate.Name == key);
        return property is null ? "(not a key)" : SimpleValues.Format(property.Get(target), property.IsSize);
    }

    private static string Sentence(string? message) => (message ?? "the value is refused").TrimEnd('.');
}
