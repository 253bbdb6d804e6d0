using System.Runtime.Versioning;

// One lab at a time: servers, clients and faults share the machine, and the deadlines are meant for one of each.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

[assembly: SupportedOSPlatform("linux")]
