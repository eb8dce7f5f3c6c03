using System.Diagnostics;
using System.Reflection;
using Xunit.Sdk;

namespace Workspaces.Tests.Mutation;

/// <summary>One test with its arguments, run without a test host: a thread of its own, so that nothing of a thread outlives the test.</summary>
internal sealed class TestCase(Type type, MethodInfo method, object?[] arguments, string name)
{
    internal string Name { get; } = name;

    /// <summary>Every fact and theory of the wanted namespaces, but slow ones and those that want more than a plain constructor.</summary>
    internal static TestCase[] Find(string[] wanted, string[] skipped)
    {
        var found = new List<TestCase>();
        foreach (Type type in typeof(TestCase).Assembly.GetTypes().OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            if (type.IsAbstract || type.ContainsGenericParameters || type.GetConstructor(Type.EmptyTypes) is null) continue;
            foreach (MethodInfo method in type.GetMethods().Where(IsTest).OrderBy(static m => m.Name, StringComparer.Ordinal))
            {
                string name = $"{type.FullName}.{method.Name}";
                if (wanted.Any(w => name.Contains(w, StringComparison.Ordinal)) && !skipped.Any(s => name.Contains(s, StringComparison.Ordinal)))
                    found.AddRange(Cases(type, method, name));
            }
        }

        return [.. found];
    }

    /// <summary>Runs the test.</summary>
    /// <returns>Null when it passes, the error when not, and a <see cref="TimeoutException"/> when it does not end.</returns>
    /// <param name="limit">Work after which it does not; of the clock three times as much, because the machine may do other things too.</param>
    internal Exception? Run(TimeSpan limit)
    {
        Exception? error = null;
        var thread = new Thread(() => error = RunHere()) { IsBackground = true };
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(200)))
        {
            if (Environment.CpuUsage.TotalTime - before > limit || Stopwatch.GetElapsedTime(start) > 3 * limit) return new TimeoutException(Name);
        }

        return error;
    }

    private Exception? RunHere()
    {
        object? test = null;
        try
        {
            test = Activator.CreateInstance(type);
            if (method.Invoke(test, arguments) is Task task) task.GetAwaiter().GetResult();
            return null;
        }
        catch (Exception error)
        {
            return error is TargetInvocationException { InnerException: { } inner } ? inner : error;
        }
        finally
        {
            (test as IDisposable)?.Dispose();
        }
    }

    private static bool IsTest(MethodInfo method) =>
        method.GetCustomAttribute<FactAttribute>() is { Skip: null }
        && !method.GetCustomAttributesData().Any(static a => a.AttributeType == typeof(TraitAttribute) && a.ConstructorArguments[1].Value is "Slow" or "Long");

    private static IEnumerable<TestCase> Cases(Type type, MethodInfo method, string name)
    {
        DataAttribute[] data = [.. method.GetCustomAttributes<DataAttribute>()];
        if (data.Length == 0) return [new TestCase(type, method, [], name)];
        return data.SelectMany(d => d.GetData(method)).Select((row, i) => new TestCase(type, method, Fill(method, row), $"{name}#{i}"));
    }

    private static object?[] Fill(MethodInfo method, object?[] row) =>
        [.. method.GetParameters().Select((p, i) => i >= row.Length ? p.DefaultValue : p.ParameterType.IsEnum && row[i] is int n ? Enum.ToObject(p.ParameterType, n) : row[i])];
}
