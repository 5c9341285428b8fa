namespace DealerFlow.Feed;

/// <summary>The points of a publication between any two of which a writer may die; tests stop it at each.</summary>
internal enum PublishStep
{
    BeforeOdd,
    AfterOdd,
    MidPayload,
    BeforeEven,
    BeforePublished,
    AfterPublished,
}
