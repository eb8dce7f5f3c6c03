using System.Runtime.ExceptionServices;

namespace Workspaces.Tests.Memory;

/// <summary>Runs code on a fresh thread that inherits nothing of this flow, and brings back its result or failure.</summary>
internal static class Outside
{
    public static T? Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public static void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Waits for tasks whose end another part of the test has made sure of, and throws what they threw.</summary>
    public static void Join(params Task[] tasks)
    {
        Task.WhenAll(tasks).GetAwaiter().GetResult();
    }
}
