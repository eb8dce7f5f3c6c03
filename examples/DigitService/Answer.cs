/// <summary>What a picture shows, and how sure the model is of it, 0 to 1.</summary>
internal sealed record Answer(int Digit, double Probability);
