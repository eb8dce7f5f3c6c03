using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Workspaces.Memory;

namespace Workspaces.Hosting.Configuration;

/// <summary>
/// Creates components that configuration names: the key <c>Type</c> of a section chooses the registration, the other keys are bound
/// strictly into its options. Registering is not thread-safe; creating is.
/// </summary>
/// <typeparam name="T">What is created: layers, losses, optimizers.</typeparam>
[RequiresUnreferencedCode(Trimming.Options), RequiresDynamicCode(Trimming.Options)]
public sealed class ComponentRegistry<T>
    where T : notnull
{
    private const string TypeKey = "Type";

    private readonly string _kind;
    private readonly string[] _foreign;
    private readonly SortedDictionary<string, Binding> _bindings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A registry without entries.</summary>
    /// <param name="kind">The word that messages use, <c>layer</c>.</param>
    /// <param name="foreign">Keys in a component's section that somebody else reads: allowed, not bound.</param>
    public ComponentRegistry(string kind, params ReadOnlySpan<string> foreign)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        _kind = kind;
        _foreign = [TypeKey, .. foreign];
    }

    private delegate Func<ComponentContext, T> Binding(IConfigurationSection section, StrictBinder binder);

    /// <summary>The registered names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _bindings.Keys];

    /// <summary>Adds one component.</summary>
    /// <typeparam name="TOptions">Its options, as <see cref="StrictBinder"/> takes them, without <c>Type</c>.</typeparam>
    /// <param name="name">The value of <c>Type</c> that chooses it, in any case.</param>
    /// <param name="create">Creates it.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public ComponentRegistry<T> Register<TOptions>(string name, Func<TOptions, ComponentContext, T> create)
        where TOptions : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        if (!_bindings.TryAdd(name, Bind))
            throw new ArgumentException($"The {_kind} '{name}' is registered already. Choose another name.", nameof(name));
        return this;

        Func<ComponentContext, T> Bind(IConfigurationSection section, StrictBinder binder)
        {
            var options = binder.Bind<TOptions>(section, _foreign);
            return context => create(options, context);
        }
    }

    /// <summary>Adds a component that is made of others, which a list in its section describes.</summary>
    /// <typeparam name="TOptions">Its options, as <see cref="StrictBinder"/> takes them, without <c>Type</c> and the list.</typeparam>
    /// <param name="name">The value of <c>Type</c> that chooses it, in any case.</param>
    /// <param name="list">The key of the list, <c>Layers</c>; it must have an element.</param>
    /// <param name="create">Creates it of its options and the components of the list, which it takes over.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public ComponentRegistry<T> Register<TOptions>(string name, string list, Func<TOptions, IReadOnlyList<T>, ComponentContext, T> create)
        where TOptions : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(list);
        ArgumentNullException.ThrowIfNull(create);
        if (!_bindings.TryAdd(name, Bind))
            throw new ArgumentException($"The {_kind} '{name}' is registered already. Choose another name.", nameof(name));
        return this;

        Func<ComponentContext, T> Bind(IConfigurationSection section, StrictBinder binder)
        {
            var options = binder.Bind<TOptions>(section, [.. _foreign, list]);
            var inner = section.GetSection(list);
            var problems = new List<ConfigurationProblem>();
            var items = ConfigurationLists.Items(inner, problems) ?? [];
            if (items.Count == 0 && problems.Count == 0)
                problems.Add(new ConfigurationProblem(inner.Path, $"{name} without {list}", $"it is made of other {_kind}s", $"Write a list with a {_kind} or more: [ … ]"));
            binder.Add(problems);
            var factories = items.ConvertAll(item => this.Bind(item, binder));
            return context => create(options, CreateAll(items, factories, context.Run, shapesOnly: false), context);
        }
    }

    /// <summary>Creates the component of one section.</summary>
    /// <param name="section">The section with <c>Type</c> and the options.</param>
    /// <param name="run">The run, handed on to the factory.</param>
    /// <param name="shapesOnly">Whether only shapes are wanted, handed on to the factory.</param>
    /// <returns>The component.</returns>
    /// <exception cref="ConfigurationException">
    /// <c>Type</c> is missing or unknown (the message lists the known ones), options are wrong, or the factory refused them.
    /// </exception>
    public T Create(IConfigurationSection section, RunConfiguration? run = null, bool shapesOnly = false)
    {
        ArgumentNullException.ThrowIfNull(section);
        var binder = new StrictBinder();
        var create = Bind(section, binder);
        binder.ThrowIfInvalid();
        return Run(create!, section, new ComponentContext(section.Path, 0, run, shapesOnly));
    }

    /// <summary>Creates the components of a list in its order, after all of them have been checked.</summary>
    /// <param name="section">The list, <c>Model:Layers</c>; one that is not there is empty.</param>
    /// <param name="run">The run, handed on to the factories.</param>
    /// <param name="shapesOnly">Whether only shapes are wanted, handed on to the factories.</param>
    /// <returns>The components.</returns>
    /// <exception cref="ConfigurationException">
    /// Everything that is wrong in any element, or the first refusal of a factory; what had been created by then is disposed.
    /// </exception>
    public IReadOnlyList<T> CreateAll(IConfigurationSection section, RunConfiguration? run = null, bool shapesOnly = false)
    {
        ArgumentNullException.ThrowIfNull(section);
        var problems = new List<ConfigurationProblem>();
        var items = ConfigurationLists.Items(section, problems) ?? [];
        var binder = new StrictBinder();
        var factories = items.ConvertAll(item => Bind(item, binder));
        binder.Add(problems);
        binder.ThrowIfInvalid();
        return CreateAll(items, factories, run, shapesOnly);
    }

    private static List<T> CreateAll(List<IConfigurationSection> items, List<Func<ComponentContext, T>?> factories, RunConfiguration? run, bool shapesOnly)
    {
        var created = new List<T>(items.Count);
        try
        {
            for (var i = 0; i < items.Count; i++) created.Add(Run(factories[i]!, items[i], new ComponentContext(items[i].Path, i, run, shapesOnly)));
            return created;
        }
        catch
        {
            for (var i = created.Count - 1; i >= 0; i--) (created[i] as IDisposable)?.Dispose();
            throw;
        }
    }

    private Func<ComponentContext, T>? Bind(IConfigurationSection section, StrictBinder binder)
    {
        var type = section.GetSection(TypeKey);
        if (type.Value is { } name && _bindings.TryGetValue(name.Trim(), out var bind)) return bind(section, binder);
        var names = Names;
        binder.Add([string.IsNullOrWhiteSpace(type.Value)
            ? new ConfigurationProblem(
                type.Path,
                $"{_kind} without {TypeKey}",
                $"{TypeKey} chooses which {_kind} is made",
                $"Known are {string.Join(", ", names)}")
            : new ConfigurationProblem(
                type.Path, $"{TypeKey} = '{type.Value}'", $"there is no such {_kind}", Suggestion.For(type.Value, names))]);
        return null;
    }

    /// <summary>A factory that refuses its arguments, or finds no memory for what they ask, says why; the reader of the file also needs to know where.</summary>
    private static T Run(Func<ComponentContext, T> create, IConfigurationSection section, ComponentContext context)
    {
        try
        {
            return create(context);
        }
        catch (Exception error) when (error is ArgumentException or OutOfWorkspaceException or OverflowException)
        {
            throw RefusedOptions.At(context.Path, $"these options of {section[TypeKey]} together", error, "Change one of them");
        }
    }
}
