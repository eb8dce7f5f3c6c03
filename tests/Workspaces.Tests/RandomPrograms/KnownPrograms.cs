using static Workspaces.Tests.RandomPrograms.ProgramStep;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>Programs that failed once, with what was wrong, as their text gives them.</summary>
public static class KnownPrograms
{
    /// <summary>What was wrong, where the program runs, and the program.</summary>
    public static TheoryData<string, string, TensorProgram> All => new()
    {
        { "nothing: the empty program", "enabled", new(0, []) },
        {
            "a gradient of a parameter that was moved away stayed in the books", "enabled",
            new(0, [Of(ProgramAction.PushGradient), Of("MaxPool1d"), Of("Tile"), Of(ProgramAction.MoveToOther, 1300553), Of("Reciprocal", 6)])
        },
        {
            "a gradient of a parameter that was disposed stayed in the books", "enabled",
            new(0, [Of("Concat"), Of("MaxPool1d"), Of(ProgramAction.PushGradient), Of("MultiplyNumber"), Of(ProgramAction.Dispose, 925614), Of("Relu"), Of("MeanColumns", 1252731)])
        },
        {
            "a saved view was rewound, its header served another tensor, and the parameter under the view was held for ever", "enabled",
            new(0, [Of(ProgramAction.Rewind, 2), Of("Where"), Of("Softmax"), Of("Einsum", 5), Of("LeakyRelu", 4)])
        },
        {
            "as the one before, with lanes", "capped, reallocated",
            new(0,
            [
                Of(ProgramAction.PushGradient), Of(ProgramAction.Lanes, 5674860), Of(ProgramAction.PushGradient), Of("Pow"), Of(ProgramAction.Lanes),
                Of("BinaryCrossEntropy", 3), Of("LogSumExp"), Of("Sin"), Of("KlDivergence", 9), Of(ProgramAction.MoveToOther, 6811669),
            ])
        },
        {
            "what its last use had ended could be asked for its gradient after a rewind", "last use",
            new(0,
            [
                Of("ArgMax"), Of("Fmod"), Of(ProgramAction.Rewind), Of(ProgramAction.Lanes), Of("Silu", 957030), Of("CumSum"), Of("Var"), Of(ProgramAction.Recompute),
                Of(ProgramAction.ReadGradient, 498618),
            ])
        },
        {
            "nothing: a gradient that was written in place is held by its op, whose walk back failed, until nobody knows it", "everything spilled",
            new(0,
            [
                Of("Subtract"), Of("Gather"), Of("Add"), Of(ProgramAction.BackwardRetained, 7), Of(ProgramAction.AddInPlace, 6921492), Of("MaxWithIndices"),
                Of("Every second"), Of("Sort"), Of(ProgramAction.ReluInPlace, 4941386), Of(ProgramAction.PushGradient),
            ])
        },
    };
}
