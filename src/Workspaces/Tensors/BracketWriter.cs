using System.Text;

namespace Workspaces.Tensors;

/// <summary>
/// Sets formatted elements into nested brackets: rows wrap at the line width, other axes put 1, 2, … line feeds between
/// their parts, and summarised axes show <c>...</c> in their middle. The layout rules are those of NumPy's printing.
/// </summary>
internal sealed class BracketWriter
{
    private const string Ellipsis = "...";

    private readonly StringBuilder _text = new();
    private readonly string[] _words;
    private readonly Shape _shape;
    private readonly int _edgeItems; // int.MaxValue when nothing is left out
    private readonly int _lineWidth;
    private int _nextWord;

    /// <summary>Prepares to write a tensor of rank 1 or more without empty axes.</summary>
    /// <param name="words">The printed elements in row-major order.</param>
    /// <param name="shape">The whole tensor's shape.</param>
    /// <param name="summarise">Whether long axes show their edges only.</param>
    /// <param name="options">Edge items and line width.</param>
    public BracketWriter(string[] words, Shape shape, bool summarise, TensorFormatOptions options)
    {
        _words = words;
        _shape = shape;
        _edgeItems = summarise ? options.EdgeItems : int.MaxValue;
        _lineWidth = options.LineWidth;
    }

    /// <summary>Writes the tensor.</summary>
    public string Write()
    {
        WriteAxis(0);
        return _text.ToString();
    }

    private void WriteAxis(int axis)
    {
        _text.Append('[');
        if (axis == _shape.Rank - 1)
            WriteRow(axis);
        else
            WriteParts(axis);
        _text.Append(']');
    }

    private void WriteParts(int axis)
    {
        long size = _shape[axis];
        bool cut = size > 2L * _edgeItems;
        for (long index = 0; index < size; index++)
        {
            if (index > 0)
                BreakLines(axis);
            if (cut && index == _edgeItems)
            {
                _text.Append(Ellipsis);
                BreakLines(axis);
                index = size - _edgeItems;
            }

            WriteAxis(axis + 1);
        }
    }

    // Parts of axis k lie rank - 1 - k line feeds apart and start under the first one, behind k + 1 brackets.
    private void BreakLines(int axis) => _text.Append('\n', _shape.Rank - 1 - axis).Append(' ', axis + 1);

    private void WriteRow(int axis)
    {
        int indent = axis + 1;
        int width = _lineWidth - _shape.Rank; // room for the closing brackets
        int column = indent;
        long size = _shape[axis];
        bool cut = size > 2L * _edgeItems;
        for (long index = 0; index < size; index++)
        {
            if (cut && index == _edgeItems)
            {
                column = AppendWord(Ellipsis, column, indent, width);
                index = size - _edgeItems;
            }

            column = AppendWord(_words[_nextWord++], column, indent, width);
        }
    }

    // The separating blank counts as part of the line before the word, and a word never wraps from an empty line.
    private int AppendWord(string word, int column, int indent, int width)
    {
        bool first = column == indent;
        int start = first ? column : column + 1;
        if (!first && start + word.Length > width)
        {
            TrimLine();
            _text.Append('\n').Append(' ', indent);
            start = indent;
        }
        else if (!first)
        {
            _text.Append(' ');
        }

        _text.Append(word);
        return start + word.Length;
    }

    // Wrapped lines lose the blanks that align their last column.
    private void TrimLine()
    {
        int end = _text.Length;
        while (_text[end - 1] == ' ')
            end--;
        _text.Length = end;
    }
}
