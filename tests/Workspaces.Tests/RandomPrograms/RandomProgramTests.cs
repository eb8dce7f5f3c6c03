using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Workspaces.Tests.Soak;
using Xunit.Abstractions;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>
/// Random programs of dozens of ops, views, writes in place, nested scopes of two workspaces, moves, lanes, segments that run twice, exceptions, early
/// disposal and hops between threads, in passes that differ. Wherever memory lies, values, gradients and refusals are bit for bit those of the plain run.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class RandomProgramTests(ITestOutputHelper output)
{
    private const int StepsOfTheSoak = 1_000_000, ProgramsATest = 25, ProgramsATurn = 50, Longest = 60;

    public static TheoryData<string> Names => [.. Surroundings.All.Select(static where => where.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Programs_show_the_same_wherever_they_run(string where) =>
        Prop.ForAll(Programs(), program => Check(program, Named(where))).Check(Config.QuickThrowOnFailure.WithMaxTest(ProgramsATest).WithEndSize(Longest));

    [Theory]
    [MemberData(nameof(KnownPrograms.All), MemberType = typeof(KnownPrograms))]
    public void Programs_that_once_showed_something_else_do_not_any_more(string reason, string where, TensorProgram program)
    {
        output.WriteLine(reason);
        Check(program, Named(where));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void A_million_steps_show_the_same_wherever_they_run()
    {
        long[] steps = new long[Surroundings.All.Length];
        var watch = Stopwatch.StartNew();
        for (int turn = 0; steps.Sum() < StepsOfTheSoak || SoakTime.GoesOn(watch); turn++)
        {
            int at = turn % steps.Length;
            Prop.ForAll(Programs(), program => steps[at] += Check(program, Surroundings.All[at]))
                .Check(Config.QuickThrowOnFailure.WithMaxTest(ProgramsATurn).WithEndSize(Longest));
        }

        output.WriteLine(string.Join(", ", Surroundings.All.Select((where, at) => $"{where.Name}: {steps[at]}")));
    }

    [Fact]
    public void A_program_is_written_as_the_expression_that_makes_it_and_shrinks_to_the_steps_that_matter()
    {
        var program = new TensorProgram(57, [.. Enumerable.Range(0, 40).Select(static i => i * 12_345)]);
        int wanted = ProgramStep.Without(program.Codes[17]);
        bool Fails(TensorProgram candidate) => candidate.Codes.Any(code => ProgramStep.Without(code) == wanted);
        while (program.Smaller().FirstOrDefault(Fails) is { } smaller) program = smaller;
        Assert.Equal($"new(0, [{ProgramStep.Expression(wanted)}])", program.ToString());
    }

    [Fact]
    public void Every_op_and_every_action_gives_a_result_in_some_program()
    {
        foreach ((string name, ProgramOp _) in ProgramOps.All)
        {
            ProgramRun run = ProgramRun.Of(new TensorProgram(0, [ProgramStep.Of(name, 1)]), Surroundings.Plain);
            Assert.False(run.Log.Exists(static seen => seen is { What: "op", Refusal: not null }), name);
        }

        foreach (ProgramAction action in Enum.GetValues<ProgramAction>())
        {
            bool works = Enumerable.Range(0, 5).Any(rest =>
                ProgramRun.Of(new TensorProgram(0, [ProgramStep.Of("Tanh"), ProgramStep.Of(action, rest), ProgramStep.Of("Add")]), Surroundings.Plain).Log
                    .TrueForAll(seen => seen.What != action.ToString()));
            Assert.True(works, action.ToString());
        }
    }

    [Fact]
    public void In_a_ring_programs_read_what_the_pass_before_has_made()
    {
        var program = new TensorProgram(0, [.. Enumerable.Range(0, 60).Select(static i => ProgramStep.Of(ProgramAction.Read, i))]);
        int Refusals(Surroundings where) => ProgramRun.Of(program, where).Log.Count(static seen => seen.Refusal == "stale");
        Assert.NotEqual(0, Refusals(Surroundings.Plain));
        Assert.Equal(0, Refusals(Array.Find(Surroundings.All, static where => where.Name == "ring")!));
    }

    private static Surroundings Named(string name) => Array.Find(Surroundings.All, known => known.Name == name)!;

    private static int Check(TensorProgram program, Surroundings where)
    {
        ProgramRun expected = ProgramRun.Of(program, where.Against ?? Surroundings.Plain), actual = ProgramRun.Of(program, where);
        if (Seen.Difference(expected.Log, actual.Log, where.MayRefuse) is { } difference)
            Assert.Fail($"{where.Name}, {program}: {difference}");
        return actual.Steps;
    }

    private static Arbitrary<TensorProgram> Programs() =>
        Arb.From(
            from flavor in Gen.Choose(0, TensorProgram.Flavors - 1)
            from codes in Gen.Choose(0, int.MaxValue - 1).ArrayOf()
            select new TensorProgram(flavor, codes),
            static program => program.Smaller());
}
