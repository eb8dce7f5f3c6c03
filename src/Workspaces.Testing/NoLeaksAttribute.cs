using System.Reflection;
using Workspaces.Memory.Tracking;
using Xunit.Sdk;

namespace Workspaces.Testing;

/// <summary>
/// On an xunit test, or on a class for all its tests: the test fails when it leaves something behind, or when the leak detector warns meanwhile, with the codes, the
/// names and the remedies.
/// <code>
///   [Fact, NoLeaks]
///   public void A_step_gives_everything_back() { … }
/// </code>
/// </summary>
/// <remarks>
/// It sees what the test method and the tasks that it starts take: leases, managers, memory that outlives passes. What the constructor of the class takes, and tests that
/// run at the same time, are not its business. See <see cref="LeakScope"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class NoLeaksAttribute : BeforeAfterTestAttribute
{
    // One attribute object may serve several tests at the same time, each in a flow of its own.
    private readonly AsyncLocal<LeakScope?> _scope = new();

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest) => _scope.Value = LeakScope.Begin();

    /// <inheritdoc/>
    /// <exception cref="LeakException">The test has left something behind.</exception>
    public override void After(MethodInfo methodUnderTest)
    {
        if (_scope.Value is not { } scope) return;
        _scope.Value = null;
        using (scope) scope.AssertNoLeaks();
    }
}
