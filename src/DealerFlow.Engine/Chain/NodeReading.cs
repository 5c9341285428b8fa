using DealerFlow.Kernels;

namespace DealerFlow.Engine;

/// <summary>One node at the mark in force.</summary>
/// <param name="Root">Option root.</param>
/// <param name="ExpiryDate">yyyymmdd.</param>
/// <param name="Strike">Strike.</param>
/// <param name="Status">What its out-of-the-money quote is.</param>
/// <param name="IsPriced">False when its expiry has no good node: the numbers are 0.</param>
/// <param name="IsInterpolated">w comes from its neighbours.</param>
/// <param name="TotalDeviation">w = σ√T at the mark.</param>
/// <param name="Gamma">∂²V/∂S² per share.</param>
/// <param name="CallGex">USD per 1 % move.</param>
/// <param name="PutGex">USD per 1 % move.</param>
/// <param name="Zone">What early exercise is worth on the side where it is worth more; None where contracts are treated as European.</param>
public readonly record struct NodeReading(
    string Root, int ExpiryDate, double Strike, QuoteStatus Status, bool IsPriced, bool IsInterpolated, double TotalDeviation, double Gamma,
    double CallGex, double PutGex, ExerciseZone Zone);
