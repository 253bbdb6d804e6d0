using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.History;

/// <summary>Histories to try the checker on.</summary>
internal static class HistoryMaker
{
    /// <summary>A good history: clients of a real register, each operation taking effect somewhere in its time, or late or never.</summary>
    public static List<Operation> Make(int seed, int clients, int operations, int unknownPerMille)
    {
        Random random = new(seed);
        List<Operation> history = [];
        PriorityQueue<Action, long> events = new();
        string? value = null;
        int made = 0;
        for (int client = 0; client < clients; client++) Plan(client, random.Next(10));
        while (events.TryDequeue(out Action? next, out _)) next();
        return history;

        void Plan(int client, long at) => events.Enqueue(() => Invoke(client, at), at);

        void Invoke(int client, long at)
        {
            if (made++ >= operations) return;
            long effect = at + random.Next(1, 10);
            long end = effect + random.Next(1, 10);
            bool unknown = random.Next(1000) < unknownPerMille;
            OperationKind kind = (OperationKind)random.Next(3);
            string fresh = $"v{made}";
            string? expected = random.Next(2) == 0 ? value : "other";
            if (unknown) effect += random.Next(3) == 0 ? random.Next(1000) : 0;
            if (!unknown || random.Next(2) == 0) events.Enqueue(Effect, effect);
            if (unknown) history.Add(new Operation(client, kind, "k", fresh, kind == OperationKind.CompareAndSet ? expected : null, true, at, Operation.Never));
            Plan(unknown ? client + clients : client, end + 1);

            void Effect()
            {
                string? read = value;
                bool succeeded = kind != OperationKind.CompareAndSet || value == expected;
                if (kind != OperationKind.Read && succeeded) value = fresh;
                if (unknown) return;
                string? shown = kind == OperationKind.Read ? read : fresh;
                history.Add(new Operation(client, kind, "k", shown, kind == OperationKind.CompareAndSet ? expected : null, succeeded, at, end));
            }
        }
    }

    /// <summary>Up to seven operations with few values and any answers: good or bad.</summary>
    public static Operation[] MakeAnything(int seed)
    {
        Random random = new(seed);
        string?[] values = [null, "a", "b", "c"];
        return
        [
            .. Enumerable.Range(0, random.Next(2, 8)).Select(client =>
            {
                OperationKind kind = (OperationKind)random.Next(3);
                long invoked = random.Next(12);
                bool unknown = random.Next(4) == 0;
                bool isSet = kind == OperationKind.CompareAndSet;
                return new Operation(
                    client, kind, "k", values[random.Next(4)], isSet ? values[random.Next(4)] : null,
                    !isSet || unknown || random.Next(3) > 0, invoked, unknown ? Operation.Never : invoked + random.Next(10));
            }),
        ];
    }
}
