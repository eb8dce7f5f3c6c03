using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Workspaces.Data;
using Workspaces.Tests.IO;

namespace Workspaces.Tests.Data;

/// <summary>CSV files as data sets; the reference for fields and quotes is CsvHelper.</summary>
public sealed class CsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File(string text) => _folder.Write("table.csv", System.Text.Encoding.UTF8.GetBytes(text));

    private IDataSet Open(string text, CsvOptions? options = null) => DataSets.OpenCsv(File(text), options);

    private static float[] Row(IDataSet data, int index, out long label)
    {
        var features = new float[data.FeatureCount];
        data.CopySample(index, features, out label);
        return features;
    }

    private static (float[] Features, float[] Targets) Row(TargetSamples data, int index)
    {
        float[] features = new float[data.FeatureCount], targets = new float[data.TargetCount];
        data.CopySample(index, features, targets.AsSpan());
        return (features, targets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Features_and_classes_are_found_by_their_head(bool streaming)
    {
        var data = (LabeledSamples)Open("a,b,kind\n1,2.5,2\r\n\"-3\",1e3,0\n\n\n4,5,1.0", new CsvOptions { Streaming = streaming });
        Assert.Equal((3, 2, 3), (data.Count, data.FeatureCount, data.ClassCount));
        Assert.Equal([1f, 2.5f], Row(data, 0, out long label));
        Assert.Equal(2, label);
        Assert.Equal([-3f, 1000f], Row(data, 1, out label));
        Assert.Equal(0, label);
        Assert.Equal([4f, 5f], Row(data, 2, out label));
        Assert.Equal(1, label);
        data.Dispose();
        if (streaming) Assert.Throws<ObjectDisposedException>(() => Row(data, 0, out _));
    }

    [Fact]
    public void Words_are_classes_in_the_order_of_their_bytes_and_a_test_file_has_the_same_ones()
    {
        using var train = (LabeledSamples)Open("x,kind\n1,virginica\n2,setosa\n3,\"versi \"\"c\"\"\"\n4,setosa", new CsvOptions { Streaming = true });
        Assert.Equal(["setosa", "versi \"c\"", "virginica"], train.Classes);
        Row(train, 2, out long label);
        Assert.Equal(1, label);
        using var test = (LabeledSamples)DataSets.OpenCsv(_folder.Write("test.csv", "x,kind\n1,virginica"u8), new CsvOptions { Classes = train.Classes });
        Row(test, 0, out label);
        Assert.Equal((2, 3), (label, test.ClassCount));
        string unknown = _folder.Write("test2.csv", "x,kind\n1,rosa"u8);
        Assert.Contains("'rosa' in column 'kind'", Assert.Throws<InvalidDataException>(() => DataSets.OpenCsv(unknown, new CsvOptions { Classes = train.Classes })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_chosen_by_name_and_number_for_several_targets()
    {
        using var data = (TargetSamples)Open("7;a;8;9\n1;b;2;3", new CsvOptions { Header = false, Delimiter = ';', Task = CsvTask.Regression, Targets = ["-1", "0"], Features = ["2"] });
        Assert.Equal((2, 1, 2), (data.Count, data.FeatureCount, data.TargetCount));
        (float[] features, float[] targets) = Row(data, 0);
        Assert.Equal([8f], features);
        Assert.Equal([9f, 7f], targets);
    }

    [Fact]
    public void Missing_features_are_refused_or_filled_and_missing_targets_refused()
    {
        const string text = "a,b,y\n1,,0\n?,NaN,1\nna,2,1";
        Assert.Contains("row 2 has '' in column 'b'", Assert.Throws<InvalidDataException>(() => Open(text)).Message, StringComparison.Ordinal);
        IDataSet filled = Open(text, new CsvOptions { Missing = MissingValues.Fill, Fill = -1 });
        Assert.Equal([1f, -1f], Row(filled, 0, out _));
        Assert.Equal([-1f, -1f], Row(filled, 1, out _));
        Assert.Contains("row 2", Assert.Throws<InvalidDataException>(() => Open("a,y\n1,", new CsvOptions { Missing = MissingValues.Fill })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,y\n1,0\n1,0,5", "row 3 has 3 fields, and the first row has 2")]
    [InlineData("a,b,y\n1,0\n", "row 2 has 2 fields, and the first row has 3")]
    [InlineData("a,y\n1x,0", "'1x' in column 'a'")]
    [InlineData("a,y\n\"1,0", "quote that does not end")]
    [InlineData("a,y\n\"1\"2,0", "quote in or behind a field")]
    [InlineData("a,y\n1e999,0", "finite number")]
    [InlineData("a,y\n1,", "every sample has a class")]
    [InlineData("a,y\n", "has 1 rows, the head included")]
    [InlineData("", "has 0 rows")]
    [InlineData("a,y\n1 000,0", "'1 000'")]
    public void Rows_that_are_no_samples_are_refused_with_row_and_column(string text, string reason)
    {
        string message = Assert.Throws<InvalidDataException>(() => Open(text)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("table.csv", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Open("a,y\n1,0", new CsvOptions { Delimiter = '"' }));
        Assert.Throws<ArgumentException>(() => Open("a,y\n1,0", new CsvOptions { Targets = ["z"] }));
        Assert.Throws<ArgumentException>(() => Open("a,y\n1,0", new CsvOptions { Targets = ["a", "y"] }));
        Assert.Throws<ArgumentException>(() => Open("a,y\n1,0", new CsvOptions { Features = ["y"] }));
        Assert.Throws<ArgumentException>(() => Open("y\n1"));
        Assert.Throws<ArgumentException>(() => Open("a,y\n1,5", new CsvOptions { ClassCount = 3 }));
        Assert.Throws<FileNotFoundException>(() => DataSets.OpenCsv("no-such.csv"));
    }

    [Fact]
    public void Numbers_mean_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        try
        {
            CultureInfo.CurrentCulture = german;
            Assert.Equal([1.5f], Row(Open("a,y\n1.5,0"), 0, out _));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Random_tables_are_read_as_csvhelper_reads_them()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int columns = random.Next(2, 6), rows = random.Next(1, 40);
            string end = seed % 3 == 0 ? "\n" : seed % 3 == 1 ? "\r\n" : "\r", text = "";
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    string number = ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 6))).ToString("R", CultureInfo.InvariantCulture);
                    text += (column > 0 ? "," : "") + (random.Next(3) == 0 ? $"\"{number}\"" : number);
                }

                text += ",\"note, with \"\"quotes\"\"" + (random.Next(2) == 0 ? end : "") + "\"" + (row < rows - 1 || random.Next(2) == 0 ? end : "");
            }

            string[] features = [.. Enumerable.Range(0, columns - 1).Select(static i => i.ToString(CultureInfo.InvariantCulture))];
            var options = new CsvOptions
            {
                Header = false, Task = CsvTask.Regression, Features = features, Streaming = seed % 2 == 0,
                Targets = [(columns - 1).ToString(CultureInfo.InvariantCulture)],
            };
            using var data = (TargetSamples)Open(text, options);
            using var parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false });
            for (int row = 0; row < rows; row++)
            {
                Assert.True(parser.Read());
                (float[] found, float[] targets) = Row(data, row);
                for (int column = 0; column < columns; column++)
                    Assert.Equal(float.Parse(parser[column], CultureInfo.InvariantCulture), column < columns - 1 ? found[column] : targets[0]);
            }

            Assert.False(parser.Read());
            Assert.Equal(rows, data.Count);
        }
    }

    [Fact]
    public void A_mark_of_utf_8_and_rows_at_the_edge_of_the_buffer_are_read()
    {
        var text = new System.Text.StringBuilder("\uFEFFa,y\n");
        for (int i = 0; i < 30_000; i++) text.Append(CultureInfo.InvariantCulture, $"{i},{i % 3}\n");
        IDataSet data = Open(text.ToString(), new CsvOptions { Targets = ["y"], Features = ["a"], Streaming = true });
        Assert.Equal(30_000, data.Count);
        for (int i = 0; i < 30_000; i += 7)
        {
            Assert.Equal([(float)i], Row(data, i, out long label));
            Assert.Equal(i % 3, label);
        }

        ((IDisposable)data).Dispose();
    }

    [Fact]
    public void A_file_that_is_cut_off_while_it_is_read_is_an_error_and_no_fault()
    {
        using var data = (LabeledSamples)Open("a,y\n1,0\n2,1\n", new CsvOptions { Streaming = true });
        using (var stream = new FileStream(Path.Combine(_folder.Path, "table.csv"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) stream.SetLength(5);
        Assert.Contains("ends there", Assert.Throws<InvalidDataException>(() => Row(data, 1, out _)).Message, StringComparison.Ordinal);
    }
}
