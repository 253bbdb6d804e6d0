using System.Runtime.Versioning;

// Agents and their load share the machine: one class at a time keeps the deadlines honest.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

[assembly: SupportedOSPlatform("linux")]
