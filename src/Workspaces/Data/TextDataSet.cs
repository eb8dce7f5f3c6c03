using System.Text;
using Workspaces.Memory;

namespace Workspaces.Data;

/// <summary>
/// Text as windows of characters, for models that predict the next one:
/// <code>
///   text    I n   t h e   b e g i n n i n g …      length 8
///   sample  I n _ t h e _ b                        its labels are the characters one place on: n _ t h e _ b e
///   next                    e g i n n i n g        windows follow each other without gaps
/// </code>
/// The vocabulary is all characters of the file, in order of their codes, also those of a part that is kept aside.
/// </summary>
public sealed class TextDataSet : ITokenDataSet
{
    private readonly ushort[] _tokens;
    private readonly long[] _featureShape;
    private readonly string _vocabulary;

    private TextDataSet(string name, ushort[] tokens, string vocabulary, int length)
    {
        Name = name;
        _tokens = tokens;
        _vocabulary = vocabulary;
        _featureShape = [length];
        Count = (tokens.Length - 1) / length;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Windows in the text.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<long> FeatureShape => _featureShape;

    /// <summary>Characters in a window.</summary>
    public int FeatureCount => (int)_featureShape[0];

    /// <summary>Characters in the vocabulary.</summary>
    public int ClassCount => _vocabulary.Length;

    /// <summary>All characters; a token is a position in it.</summary>
    public string Vocabulary => _vocabulary;

    /// <summary>Reads a UTF-8 file and keeps its end aside.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Characters in a window, at least 1.</param>
    /// <param name="validationFraction">Part of the text, at its end, to validate on; from 0 to below 1.</param>
    /// <returns>The text to train on, and the one to validate on, or null when the fraction is 0.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no UTF-8 text, or too short for one window.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static (TextDataSet Train, TextDataSet? Validation) Load(string path, int length, double validationFraction = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException(WorkspaceException.Compose(
                $"read the text '{path}'", nameof(TextDataSet), $"there is no such file (looked for '{Path.GetFullPath(path)}')",
                "correct the path; a relative one starts at the current directory, or in a run file at the folder of that file"), path);
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException(WorkspaceException.Compose(
                $"read the text '{path}'", nameof(TextDataSet), $"byte {error.Index} is no UTF-8", "save the file as UTF-8 text"), error);
        }

        return Of(Path.GetFileName(path), text, length, validationFraction);
    }

    /// <summary>Takes a text apart and keeps its end aside.</summary>
    /// <param name="name">What errors and logs call it.</param>
    /// <param name="text">The text.</param>
    /// <param name="length">Characters in a window, at least 1.</param>
    /// <param name="validationFraction">Part of the text, at its end, to validate on; from 0 to below 1.</param>
    /// <returns>The text to train on, and the one to validate on, or null when the fraction is 0.</returns>
    /// <exception cref="InvalidDataException">A part is too short for one window.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static (TextDataSet Train, TextDataSet? Validation) Of(string name, string text, int length, double validationFraction = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        if (!(validationFraction is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationFraction), WorkspaceException.Compose(
                $"keep {validationFraction} of the text '{name}' aside", nameof(TextDataSet), "a fraction lies from 0 to below 1", "give e.g. 0.1"));
        char[] letters = [.. text.Distinct().Order()];
        var numbers = new Dictionary<char, ushort>(letters.Length);
        for (int i = 0; i < letters.Length; i++) numbers.Add(letters[i], (ushort)i);
        ushort[] tokens = Array.ConvertAll(text.ToCharArray(), letter => numbers[letter]);
        int aside = (int)(tokens.Length * validationFraction);
        string vocabulary = new(letters);
        return (Part(name, tokens[..^aside], vocabulary, length), validationFraction > 0 ? Part($"{name} (validation)", tokens[^aside..], vocabulary, length) : null);
    }

    /// <inheritdoc/>
    public void CopyTokens(int index, Span<long> tokens, Span<long> labels)
    {
        int length = FeatureCount;
        if ((uint)index >= (uint)Count) DataErrors.ThrowIndex(Name, index, Count);
        if (tokens.Length != length) DataErrors.ThrowFeatureLength(Name, length, tokens.Length);
        if (labels.Length != length) DataErrors.ThrowFeatureLength(Name, length, labels.Length);
        ReadOnlySpan<ushort> window = _tokens.AsSpan(index * length, length + 1);
        for (int i = 0; i < length; i++)
        {
            tokens[i] = window[i];
            labels[i] = window[i + 1];
        }
    }

    /// <inheritdoc/>
    public void CopySample(int index, Span<float> features, out long label)
    {
        int length = FeatureCount;
        if ((uint)index >= (uint)Count) DataErrors.ThrowIndex(Name, index, Count);
        if (features.Length != length) DataErrors.ThrowFeatureLength(Name, length, features.Length);
        ReadOnlySpan<ushort> window = _tokens.AsSpan(index * length, length + 1);
        for (int i = 0; i < length; i++) features[i] = window[i];
        label = window[length];
    }

    /// <summary>The characters of tokens.</summary>
    /// <param name="tokens">Each 0 to <see cref="ClassCount"/> − 1.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is out of range.</exception>
    public string Decode(ReadOnlySpan<long> tokens)
    {
        var text = new StringBuilder(tokens.Length);
        foreach (long token in tokens)
        {
            if ((ulong)token >= (ulong)ClassCount)
                throw new ArgumentOutOfRangeException(nameof(tokens), WorkspaceException.Compose(
                    $"write token {token}", Name, $"the vocabulary has {ClassCount} characters", "give tokens of this vocabulary"));
            text.Append(_vocabulary[(int)token]);
        }

        return text.ToString();
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Characters of the vocabulary.</param>
    /// <returns>One token a character.</returns>
    /// <exception cref="ArgumentException">A character is not in the vocabulary.</exception>
    public long[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new long[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            tokens[i] = _vocabulary.IndexOf(text[i], StringComparison.Ordinal);
            if (tokens[i] < 0)
                throw new ArgumentException(WorkspaceException.Compose(
                    $"read '{text[i]}'", Name, $"it is none of the {ClassCount} characters of the vocabulary", "use characters that the text has"), nameof(text));
        }

        return tokens;
    }

    private static TextDataSet Part(string name, ushort[] tokens, string vocabulary, int length)
    {
        if (tokens.Length <= length)
            throw new InvalidDataException(WorkspaceException.Compose(
                $"cut '{name}' into windows of {length} characters", nameof(TextDataSet), $"it has {tokens.Length}, and a window needs one more for its last label",
                "give a longer text, shorter windows, or another fraction to validate on"));
        return new TextDataSet(name, tokens, vocabulary, length);
    }
}
