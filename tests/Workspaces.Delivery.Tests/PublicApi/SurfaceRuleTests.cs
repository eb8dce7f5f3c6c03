using System.Reflection;
using System.Runtime.CompilerServices;
using Workspaces.Memory;

namespace Workspaces.Delivery.Tests.PublicApi;

/// <summary>Rules that hold for everything that users see, whatever it is.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SurfaceRuleTests
{
    /// <summary>Properties that are changed while the object is in use, each for a reason that its documentation gives; all others are given once.</summary>
    private static readonly string[] Settable =
    [
        "LearningRateScheduler.Position", "Optimizer.LearningRate", "ParameterGroup.Item", "ParameterGroup.LearningRate", "ParameterGroup.WeightDecay",
        "PassRecording.HasDetails", "TensorElements`1.Item", "WorkspaceHostOptions.Manager", "WorkspaceHostOptions.Top", "WorkspaceTensor`1.Item",
    ];

    private static readonly Type[] Public =
        [.. PublicApiTests.Names.SelectMany(static name => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")).GetExportedTypes())];

    private static IEnumerable<MethodBase> Callables => Public.Where(static type => !type.IsEnum && !typeof(Delegate).IsAssignableFrom(type)).SelectMany(static type =>
        type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).OfType<MethodBase>());

    [Fact]
    public void No_field_is_mutable() => Assert.Empty(
        Public.SelectMany(static type => type.GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static field => !field.IsLiteral && !field.IsInitOnly && !field.IsSpecialName).Select(Name));

    [Fact]
    public void Properties_are_given_once_except_those_that_change_in_use()
    {
        IEnumerable<string> found = Public.SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static one => !one.DeclaringType!.Name.StartsWith('<') && one.SetMethod is { IsPublic: true } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            .Select(Name);
        Assert.Equal(Settable.Order(StringComparer.Ordinal), found.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tokens_of_cancellation_come_last_and_have_the_usual_name() => Assert.Empty(
        Callables.Where(static method => !IsRecord(method.DeclaringType!)).SelectMany(static method => method.GetParameters())
            .Where(static one => one.ParameterType == typeof(CancellationToken)
                && (one.Name != "cancellationToken" || one.Position != one.Member switch { MethodBase method => method.GetParameters().Length - 1, _ => 0 }))
            .Select(static one => $"{Name(one.Member)}({one.Name})"));

    [Fact]
    public void What_is_awaited_can_be_cancelled() => Assert.Empty(
        Callables.OfType<MethodInfo>()
            .Where(static method => method.ReturnType.Name.StartsWith("Task", StringComparison.Ordinal) || method.ReturnType.Name.StartsWith("ValueTask", StringComparison.Ordinal))
            .Where(static method => method.GetParameters().All(static one => one.ParameterType != typeof(CancellationToken))).Select(Name));

    /// <summary>Null where the signature does not allow it is an error that says so, and never accepted, nor a fault somewhere inside.</summary>
    [Fact]
    public void Null_is_refused_by_every_constructor_and_static_method()
    {
        var wrong = new List<string>();
        int calls = 0;
        foreach (MethodBase method in Callables.Where(static one => one is ConstructorInfo { IsStatic: false } or MethodInfo { IsStatic: true, IsSpecialName: false }))
        {
            if (!CanBeCalledWithNulls(method)) continue;
            calls++;
            object?[] arguments = [.. method.GetParameters().Select(static one => Default(one.ParameterType))];
            try
            {
                if (method is ConstructorInfo constructor) constructor.Invoke(arguments);
                else method.Invoke(null, arguments);
                wrong.Add($"{Name(method)}: accepted");
            }
            catch (TargetInvocationException error) when (error.InnerException is ArgumentException or WorkspaceException)
            {
            }
            catch (TargetInvocationException error)
            {
                wrong.Add($"{Name(method)}: {error.InnerException!.GetType().Name}");
            }
        }

        Assert.InRange(calls, 100, 1000);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    /// <summary>Handles are structs, and arrays of them begin with default values.</summary>
    [Fact]
    public void Disposing_a_default_handle_does_nothing()
    {
        foreach (Type type in Public.Where(static type => type.IsValueType && !type.IsByRefLike && !type.ContainsGenericParameters && typeof(IDisposable).IsAssignableFrom(type)))
        {
            var handle = (IDisposable)Activator.CreateInstance(type)!;
            handle.Dispose();
            handle.Dispose();
        }
    }

    /// <summary>True for what takes a reference that may not be null; <c>by</c> is who asks, for the text of an error.</summary>
    private static bool CanBeCalledWithNulls(MethodBase method)
    {
        Type type = method.DeclaringType!;
        if ((type.IsAbstract && method is ConstructorInfo) || type.ContainsGenericParameters || method.ContainsGenericParameters || IsRecord(type)) return false;
        if (type.IsSubclassOf(typeof(Exception)) || method.Name == nameof(WorkspaceException.Compose)) return false; // an error about an error helps nobody
        ParameterInfo[] parameters = method.GetParameters();
        var context = new NullabilityInfoContext();
        return parameters.All(static one => !Plain(one.ParameterType).IsByRefLike)
            && parameters.Any(one => one.Name != "by" && !Plain(one.ParameterType).IsValueType && context.Create(one).WriteState == NullabilityState.NotNull);
    }

    private static object? Default(Type type) => Plain(type).IsValueType ? RuntimeHelpers.GetUninitializedObject(Plain(type)) : null;

    private static Type Plain(Type type) => type.IsByRef ? type.GetElementType()! : type;

    /// <summary>Records say what they hold and check nothing; whoever takes one does.</summary>
    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static string Name(MemberInfo member) => $"{member.DeclaringType!.Name}.{member.Name.Split('.')[^1]}";
}
