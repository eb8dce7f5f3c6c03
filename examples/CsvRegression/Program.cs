// Learns prices of houses from a table, and says what one costs that is not in it. Settings: configs/csv-regression.json, or another file as first argument; other
// arguments are settings, e.g. Training:Epochs=10. It prints
//
//   600 houses; always saying the mean price is wrong by 1.50
//   after 1200 steps the model is wrong by 0.2… on houses kept aside
//   120 m², 4 rooms, of 1985, 5 km out, 200 m² of garden: 3.…
//   the same with other years: 1930: 3.…, 1985: 3.…, 2025: 3.…
//
// Prices count 100,000. The root of the mean squared error is what "wrong by" means.
using System.Globalization;
using Workspaces.Hosting.Composition;
using Workspaces.Hosting.Configuration;
using Workspaces.Seams;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RunConfiguration configuration = Example.Load(args, "csv-regression.json");

// What a model has to be better than: the mean of the table.
DataOptions data = configuration.GetOptions<DataOptions>(DataOptions.Section);
var table = (ITargetDataSet)DataSets.OpenCsv(configuration.GetPath("Data:File")!, new CsvOptions { Task = CsvTask.Regression, Targets = data.Targets });
double sum = 0, squares = 0;
var features = new float[table.FeatureCount];
var price = new float[1];
for (int row = 0; row < table.Count; row++)
{
    table.CopySample(row, features, price);
    sum += price[0];
    squares += price[0] * price[0];
}

double mean = sum / table.Count;
Console.WriteLine($"{table.Count} houses; always saying the mean price is wrong by {Math.Sqrt((squares / table.Count) - (mean * mean)):F2}");

// The first layer, a BatchNorm1d, learns mean and deviation of each column, so that the model takes the numbers as they stand in the table.
using TrainingRun run = TrainingRun.Create(configuration);
TrainResult result = run.Train();
Console.WriteLine($"after {result.Steps} steps the model is wrong by {Math.Sqrt(result.TestLoss!.Value):F2} on houses kept aside");

// A house that is not in the table. The callable runs each call in a workspace of its own name, from a plan.
using WorkspaceModel model = run.Model.InWorkspace();
Console.WriteLine($"120 m², 4 rooms, of 1985, 5 km out, 200 m² of garden: {Price(1985):F2}");
Console.WriteLine($"the same with other years: 1930: {Price(1930):F2}, 1985: {Price(1985):F2}, 2025: {Price(2025):F2}");

float Price(int year)
{
    Span<float> answer = stackalloc float[1];
    model.Run<float, float>([120, 4, year, 5, 200], new Shape(1, 5), answer);
    return answer[0];
}
