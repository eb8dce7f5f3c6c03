using FsCheck;
using FsCheck.Fluent;
using Workspaces.Memory;
using Workspaces.Memory.Planning;
using Workspaces.Memory.Tracking;

namespace Workspaces.Tests.Tracking;

/// <summary>Recorded passes as CSV: what is written, and that the reader of traces makes the same problem of it.</summary>
public sealed class PassTraceCsvTests
{
    [Fact]
    public void A_pass_is_written_as_it_was_recorded()
    {
        var trace = new PassTrace();
        trace.Begin(default);
        int first = trace.Request(100, 1, "MatMul");    // time 0
        trace.Request(1024, PassTrace.ScratchTag, "scratch"); // 1
        trace.Request(0, 1, "Empty");                   // 2: not written
        trace.Use(first);                               // 3
        trace.Release(first);                           // 4
        trace.Request(8, 1, null);                      // 5: lives to the end
        trace.End();

        Assert.Equal(
            """
            id,lower,upper,size,last_use,kind,op,name,shape
            0,0,4,100,3,block,MatMul,,
            1,1,2,1024,1,scratch,scratch,,
            3,5,6,8,5,block,,,

            """.ReplaceLineEndings("\n"),
            Write(trace, 3));
    }

    [Fact]
    public void The_reader_makes_the_same_problem_of_what_was_written() =>
        Prop.ForAll(Traces().ToArbitrary(), trace =>
        {
            List<PlanBuffer> expected = [];
            for (int i = 0; i < trace.Count; i++)
            {
                TraceEntry entry = trace.Entries[i];
                long end = entry.Death >= 0 && (entry.Marks & TraceMarks.Exposed) == 0 ? entry.Death : entry.Tag == PassTrace.ScratchTag ? entry.Birth + 1 : trace.Events;
                if (entry.Bytes > 0) expected.Add(new PlanBuffer(i, entry.Birth, end, entry.Bytes));
            }

            string text = Write(trace, expected.Count);
            if (expected.Count == 0) return;
            PlanningProblem read = TraceCsv.Read(new StringReader(text), "trace");
            Assert.Equal(expected, read.Buffers.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_pass_of_a_workspace_comes_back_with_its_buffers()
    {
        using var manager = new WorkspaceManager();
        using Workspace workspace = manager.Lease(new WorkspaceConfiguration());
        Assert.Null(PassTraceCsv.LastOfThisFlow());
        using (workspace.Enter())
        {
            Block first = workspace.MemoryManager.Allocate(1000);
            workspace.MemoryManager.Allocate(0);
            first.Dispose();
            workspace.MemoryManager.Allocate(64);
        }

        PassTrace trace = PassTraceCsv.LastOfThisFlow()!;
        Assert.Same(workspace.LastTrace, trace);
        PlanningProblem problem = TraceCsv.Read(new StringReader(Write(trace, 2)), "trace");
        Assert.Equal([1000, 64], problem.Buffers.ToArray().Select(buffer => buffer.Size));
        Assert.Equal(1024, problem.LowerBound);
    }

    [Fact]
    public void A_pass_with_requests_that_were_not_recorded_is_refused()
    {
        var trace = new PassTrace();
        trace.Begin(default);
        for (int i = 0; i <= 1 << 20; i++) trace.Request(64, 0, null);
        var error = Assert.Throws<WorkspaceException>(() => PassTraceCsv.Write(TextWriter.Null, trace));
        Assert.Contains("1048576 requests were recorded and 1 more were not", error.Message, StringComparison.Ordinal);
    }

    private static string Write(PassTrace trace, int expected)
    {
        var text = new StringWriter();
        Assert.Equal(expected, PassTraceCsv.Write(text, trace));
        return text.ToString();
    }

    /// <summary>Requests, uses, releases and exposures in any order; ops with commas, quotes, line breaks and blanks.</summary>
    private static Gen<PassTrace> Traces()
    {
        Gen<string?> ops = Gen.Elements<string?>(null, "", "Add", "a,b", "say \"x\"", "\"", "two\nlines", "\r\n", " padded ", ",", "ε→δ");
        var step = from kind in Gen.Choose(0, 5)
                   from bytes in Gen.Frequency((1, Gen.Constant(0)), (4, Gen.Choose(1, 100_000)))
                   from op in ops
                   from pick in Gen.Choose(0, 1000)
                   select (kind, bytes, op, pick);
        return from steps in step.ListOf() from ended in Gen.Elements(true, false) select Record(steps, ended);
    }

    private static PassTrace Record(IEnumerable<(int Kind, int Bytes, string? Op, int Pick)> steps, bool ended)
    {
        var trace = new PassTrace();
        trace.Begin(default);
        var live = new List<int>();
        foreach ((int kind, int bytes, string? op, int pick) in steps)
        {
            if (kind <= 1 || (kind > 2 && live.Count == 0)) live.Add(trace.Request(bytes, 7, op));
            else if (kind == 2) trace.Request(bytes, PassTrace.ScratchTag, op);
            else if (kind == 3) trace.Use(live[pick % live.Count]);
            else if (kind == 4) trace.Expose(live[pick % live.Count]);
            else
            {
                trace.Release(live[pick % live.Count]);
                live.RemoveAt(pick % live.Count);
            }
        }

        if (ended) trace.End();
        return trace;
    }
}
