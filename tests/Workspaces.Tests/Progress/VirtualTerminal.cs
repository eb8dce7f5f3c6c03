using System.Globalization;
using System.Text;

namespace Workspaces.Tests.Progress;

/// <summary>
/// A terminal with as many rows as it needs: characters, automatic wrapping that waits for the next character, carriage return, line feed, cursor up, and erasing
/// to the end. Anything else is an error of the test.
/// </summary>
internal sealed class VirtualTerminal(int columns) : TextWriter(CultureInfo.InvariantCulture)
{
    private readonly List<StringBuilder> _rows = [new()];
    private readonly StringBuilder _all = new();
    private int _row;
    private int _column;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>What it shows, with all that has scrolled away.</summary>
    internal string[] Rows
    {
        get
        {
            lock (_all) return [.. _rows.Select(static row => row.ToString().TrimEnd())];
        }
    }

    /// <summary>All that was written to it.</summary>
    internal string Written
    {
        get
        {
            lock (_all) return _all.ToString();
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (_all)
        {
            _all.Append(value);
            for (int i = 0; i < value!.Length; i++)
            {
                if (value[i] == '\x1b') i = Control(value, i + 1);
                else if (value[i] == '\r') _column = 0;
                else if (value[i] == '\n') Down();
                else Put(value[i]);
            }
        }
    }

    private void Put(char character)
    {
        if (_column == columns)
        {
            _column = 0;
            Down();
        }

        StringBuilder row = _rows[_row];
        while (row.Length <= _column) row.Append(' ');
        row[_column++] = character;
    }

    private void Down()
    {
        if (++_row == _rows.Count) _rows.Add(new());
    }

    private int Control(string text, int at)
    {
        Assert.Equal('[', text[at]);
        int end = at + 1;
        while (char.IsAsciiDigit(text[end]) || text[end] == ';') end++;
        string number = text[(at + 1)..end];
        switch (text[end])
        {
            case 'A':
                _row -= int.Parse(number, CultureInfo.InvariantCulture);
                Assert.True(_row >= 0);
                break;
            case 'J':
                Assert.Equal("", number);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                _rows[_row].Length = Math.Min(_rows[_row].Length, _column);
                break;
            default:
                Assert.Equal('m', text[end]); // colours
                break;
        }

        return end;
    }
}
