namespace Workspaces.Tests.RandomPrograms;

/// <summary>
/// A program of tensor steps, made of integers so that it is drawn, written down and shrunk easily: each code is one step, and steps that open a block take
/// codes after them as its body. The text of a program is the expression that makes it (<see cref="KnownPrograms"/>).
/// </summary>
/// <param name="Flavor">Chooses what holds for the whole program: sizes, what is read, how far passes deviate from each other.</param>
/// <param name="Codes">The steps.</param>
public sealed record TensorProgram(int Flavor, int[] Codes)
{
    /// <summary>Flavors there are.</summary>
    public const int Flavors = 5 * 2 * 4 * 2;

    /// <summary>Passes of a run.</summary>
    public const int Passes = 4;

    private static readonly (int Rows, int Columns)[] Sizes = [(3, 4), (4, 4), (2, 33), (5, 5), (3, 300)];

    /// <summary>Size of the first axis of every tensor on the stack.</summary>
    public int Rows => Sizes[Flavor % Sizes.Length].Rows;

    /// <summary>Size of the second axis.</summary>
    public int Columns => Sizes[Flavor % Sizes.Length].Columns;

    /// <summary>True to read everything at the end of a pass; otherwise a quarter, so that last uses come earlier.</summary>
    public bool ReadsAll => Flavor / Sizes.Length % 2 == 0;

    /// <summary>Steps of a hundred that are another in a later pass.</summary>
    public int Deviations => (Flavor / 10 % 4) switch { 0 or 1 => 0, 2 => 8, _ => 30 };

    /// <summary>True when parameters are updated after each pass.</summary>
    public bool Learns => Flavor / 40 % 2 == 1;

    /// <summary>The steps of one pass: those of the program with the deviations of that pass.</summary>
    public int[] CodesOf(int pass)
    {
        if (pass == 0 || Deviations == 0) return Codes;
        var random = new Random((Flavor * 31) + pass);
        var codes = new List<int>(Codes.Length + 8);
        foreach (int code in Codes)
        {
            bool deviates = random.Next(100) < Deviations;
            int kind = random.Next(3), other = random.Next();
            if (deviates && kind == 0) continue;
            codes.Add(deviates && kind == 1 ? other : code);
            if (deviates && kind == 2) codes.Add(other);
        }

        return [.. codes];
    }

    /// <summary>Smaller programs: without stretches of steps, without single ones, with simpler codes, with a simpler flavor.</summary>
    public IEnumerable<TensorProgram> Smaller()
    {
        for (int length = Codes.Length / 2; length >= 1; length /= 2)
        {
            for (int at = 0; at + length <= Codes.Length; at += length) yield return this with { Codes = [.. Codes[..at], .. Codes[(at + length)..]] };
        }

        foreach (int flavor in new[] { 0, Flavor % 40, Flavor % 10 })
        {
            if (flavor < Flavor) yield return this with { Flavor = flavor };
        }

        for (int at = 0; at < Codes.Length; at++)
        {
            foreach (int code in Simpler(Codes[at]))
            {
                int[] codes = [.. Codes];
                codes[at] = code;
                yield return this with { Codes = codes };
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"new({Flavor}, [{string.Join(", ", Codes.Select(ProgramStep.Expression))}])";

    /// <summary>The same step with simpler operands.</summary>
    private static IEnumerable<int> Simpler(int code)
    {
        int step = ProgramStep.Without(code);
        if (step < code) yield return step;
        int rest = ProgramStep.Rest(code);
        foreach (int simpler in new[] { rest % 10, rest / 2, rest - 1 })
        {
            if (simpler > 0 && simpler < rest) yield return ProgramStep.With(code, simpler);
        }
    }
}
