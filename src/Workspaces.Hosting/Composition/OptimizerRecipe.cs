using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using Microsoft.Extensions.Configuration;
using Workspaces.Autograd;
using Workspaces.Hosting.Configuration;
using Workspaces.Memory;
using Workspaces.Optim;

namespace Workspaces.Hosting.Composition;

/// <summary>
/// What the section <c>Optimizer</c> says, read and checked before there is a model: the kind, the groups of parameters with numbers of their own, and the
/// schedule. A parameter belongs to the first group that it fits, else to the optimizer's own.
/// </summary>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
internal sealed class OptimizerRecipe
{
    private const string Section = "Optimizer";
    private readonly Func<IReadOnlyList<Parameter>, Optimizer> _make;
    private readonly (string Path, GroupOptions Options)[] _groups;
    private readonly Func<Optimizer, TrainingLength, ILearningRateScheduler>? _schedule;

    private OptimizerRecipe(
        Func<IReadOnlyList<Parameter>, Optimizer> make, (string Path, GroupOptions Options)[] groups, Func<Optimizer, TrainingLength, ILearningRateScheduler>? schedule)
    {
        _make = make;
        _groups = groups;
        _schedule = schedule;
    }

    /// <exception cref="ConfigurationException">Something in the section is wrong.</exception>
    internal static OptimizerRecipe Read(RunConfiguration run, Components components)
    {
        IConfigurationSection section = run.Root.GetSection(Section), schedule = section.GetSection(OptimizerComponents.Schedule);
        Func<IReadOnlyList<Parameter>, Optimizer> make = components.Optimizers.Create(section, run);
        return new OptimizerRecipe(
            make, ReadGroups(section.GetSection(OptimizerComponents.Groups)), schedule.Exists() ? components.Schedules.Create(schedule, run) : null);
    }

    /// <exception cref="ConfigurationException">A group has no parameters, or the optimizer refuses its options.</exception>
    internal Optimizer Make(IReadOnlyList<Parameter> parameters) => Refusable(Section, () => _groups.Length == 0 ? _make(parameters) : MakeGroups(parameters));

    /// <summary>The schedule, or null when none is written.</summary>
    /// <exception cref="ConfigurationException">It does not fit the length of the run.</exception>
    internal ILearningRateScheduler? ScheduleOf(Optimizer optimizer, TrainingLength length) =>
        Refusable($"{Section}:{OptimizerComponents.Schedule}", () => _schedule?.Invoke(optimizer, length));

    private Optimizer MakeGroups(IReadOnlyList<Parameter> parameters)
    {
        List<Parameter>[] members = Divide(parameters);
        List<Parameter> rest = members[^1];
        int first = rest.Count > 0 ? -1 : 0; // without parameters of its own the optimizer begins with the first group
        Optimizer optimizer = _make(first < 0 ? rest : members[0]);
        try
        {
            if (first == 0) Refusable(_groups[0].Path, () => Changed(optimizer.Groups[0], _groups[0].Options));
            for (int i = first + 1; i < _groups.Length; i++)
            {
                (string path, GroupOptions options) = _groups[i];
                List<Parameter> its = members[i];
                Refusable(path, () => optimizer.AddGroup(its, options.LearningRate, options.WeightDecay, options.Numbers()));
            }

            return optimizer;
        }
        catch
        {
            optimizer.Dispose();
            throw;
        }
    }

    private static ParameterGroup Changed(ParameterGroup group, GroupOptions options)
    {
        group.LearningRate = options.LearningRate ?? group.LearningRate;
        group.WeightDecay = options.WeightDecay ?? group.WeightDecay;
        foreach ((string name, double value) in options.Numbers()) group[name] = value;
        return group;
    }

    /// <summary>What refuses its numbers says why; the reader of the file also needs to know where.</summary>
    private static T Refusable<T>(string path, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (ArgumentException error)
        {
            throw RefusedOptions.At(path, "these options together", error, "Change one of them");
        }
    }

    private static (string Path, GroupOptions Options)[] ReadGroups(IConfigurationSection section)
    {
        var problems = new List<ConfigurationProblem>();
        List<IConfigurationSection> items = ConfigurationLists.Items(section, problems) ?? [];
        var binder = new StrictBinder();
        (string, GroupOptions)[] groups = [.. items.Select(item => (item.Path, binder.Bind<GroupOptions>(item)))];
        binder.Add(problems);
        binder.ThrowIfInvalid();
        return groups;
    }

    /// <summary>The parameters of each group, and at the end the rest.</summary>
    private List<Parameter>[] Divide(IReadOnlyList<Parameter> parameters)
    {
        var members = new List<Parameter>[_groups.Length + 1];
        for (int i = 0; i < members.Length; i++) members[i] = [];
        foreach (Parameter parameter in parameters)
        {
            int group = Array.FindIndex(_groups, group => Fits(group.Options, parameter));
            members[group < 0 ? _groups.Length : group].Add(parameter);
        }

        ConfigurationProblem[] empty =
        [
            .. _groups.Where((_, i) => members[i].Count == 0).Select(group => new ConfigurationProblem(
                group.Path, "a group of parameters", $"none of the model's {parameters.Count} parameters is left for it",
                $"Name some of {string.Join(", ", parameters.Take(6).Select(static parameter => parameter.Name))}, or take the group away")),
        ];
        if (empty.Length > 0) throw new ConfigurationException(empty);
        return members;
    }

    private static bool Fits(GroupOptions group, Parameter parameter) =>
        (group.Parameters is not { } names || FileSystemName.MatchesSimpleExpression(names, parameter.Name, ignoreCase: false))
        && (group.MaxRank is not { } rank || parameter.Value.Shape.Rank <= rank);
}
