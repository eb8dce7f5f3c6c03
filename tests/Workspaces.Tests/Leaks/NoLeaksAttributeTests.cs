using System.Reflection;
using Workspaces.Memory;
using Workspaces.Memory.Tracking;
using Workspaces.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Workspaces.Tests.Leaks;

/// <summary>[NoLeaks], run by xunit's own invoker: a test that leaks fails with the finding.</summary>
public sealed class NoLeaksAttributeTests
{
    [Fact]
    [NoLeaks]
    public void A_test_that_gives_everything_back_passes()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new() { Name = "clean" });
        using Pass pass = workspace.Enter();
        Assert.True(workspace.MemoryManager.Allocate(8).IsAlive);
    }

    [Fact]
    [NoLeaks]
    public async Task An_asynchronous_one_too()
    {
        using var manager = new WorkspaceManager();
        await Task.Yield();
        using Workspace workspace = manager.Lease(new() { Name = "clean" });
        await Task.Run(() => Assert.Equal(1, workspace.PassCount));
    }

    [Theory]
    [InlineData(nameof(Programs.Good), null)]
    [InlineData(nameof(Programs.LeavesWorkspace), "WSF030")]
    [InlineData(nameof(Programs.LeavesWorkspaceAfterAwait), "WSF030")]
    [InlineData(nameof(Programs.LeavesPass), "WSF001")]
    [InlineData(nameof(Programs.LeavesManager), "WSF004")]
    [InlineData(nameof(Programs.LeavesModel), "WSF005")]
    public async Task A_test_that_leaks_fails_with_the_finding(string name, string? code)
    {
        using var programs = new Programs();
        Exception? failure = await Run(programs, typeof(Programs).GetMethod(name)!);
        if (code is null) Assert.Null(failure);
        else Assert.Equal(code, Assert.IsType<LeakException>(failure).Leaks[0].Code);
    }

    [Fact]
    public async Task The_failure_of_the_test_itself_is_kept()
    {
        using var programs = new Programs();
        var both = Assert.IsType<AggregateException>(await Run(programs, typeof(Programs).GetMethod(nameof(Programs.FailsAndLeaks))!));
        Assert.Collection(both.InnerExceptions, static first => Assert.IsType<InvalidTimeZoneException>(first), static second => Assert.IsType<LeakException>(second));
    }

    private static async Task<Exception?> Run(Programs programs, MethodInfo method)
    {
        var assembly = new TestAssembly(Reflector.Wrap(method.DeclaringType!.Assembly));
        var collection = new TestCollection(assembly, null, "programs");
        var testClass = new TestClass(collection, Reflector.Wrap(method.DeclaringType!));
        var testMethod = new TestMethod(testClass, Reflector.Wrap(method));
        using var bus = new Silent();
        using var testCase = new XunitTestCase(bus, TestMethodDisplay.Method, TestMethodDisplayOptions.None, testMethod);
        using var stop = new CancellationTokenSource();
        var failures = new ExceptionAggregator();
        var invoker = new Invoker(programs, new XunitTest(testCase, method.Name), bus, method, [new NoLeaksAttribute()], failures, stop);
        await invoker.RunAsync();
        return failures.ToException();
    }

    private sealed class Invoker(
        Programs programs, ITest test, IMessageBus bus, MethodInfo method, IReadOnlyList<BeforeAfterTestAttribute> attributes, ExceptionAggregator failures,
        CancellationTokenSource stop)
        : XunitTestInvoker(test, bus, method.DeclaringType, [], method, [], attributes, failures, stop)
    {
        protected override object CreateTestClass() => programs;
    }

    private sealed class Silent : LongLivedMarshalByRefObject, IMessageBus, IMessageSink
    {
        public bool QueueMessage(IMessageSinkMessage message) => true;

        public bool OnMessage(IMessageSinkMessage message) => true;

        public void Dispose()
        {
        }
    }

    /// <summary>Programs with and without leaks; what they leave is given back when they are disposed.</summary>
    internal sealed class Programs : IDisposable
    {
        private readonly WorkspaceManager _manager = new();
        private WorkspaceManager? _left;

        public void Dispose()
        {
            _manager.Dispose();
            _left?.Dispose();
        }

        public void Good()
        {
            using Workspace workspace = _manager.Lease(new() { Name = "good" });
            using Pass pass = workspace.Enter();
        }

        public void LeavesWorkspace() => _manager.Lease(new() { Name = "left" });

        public async Task LeavesWorkspaceAfterAwait()
        {
            await Task.Yield();
            _manager.Lease(new() { Name = "left" });
        }

        public void LeavesPass()
        {
            using Workspace workspace = _manager.Lease(new() { Name = "left" });
            workspace.Enter();
        }

        public void LeavesManager() => _left = new WorkspaceManager();

        public void LeavesModel() => Workspaces.Tests.Memory.RawBlock.From(_manager.Persistent.Parameters, 64, op: "weight");

        public void FailsAndLeaks()
        {
            LeavesWorkspace();
            throw new InvalidTimeZoneException("from the test");
        }
    }
}
