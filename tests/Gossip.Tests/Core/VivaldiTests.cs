using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Coordinates;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Core;

/// <summary>The reference run of the specification, digit by digit, and what keeps a coordinate sane.</summary>
public sealed class VivaldiTests
{
    private static readonly Coordinate A = Make([0.01, 0.02, -0.03, 0.04, 0, 0.001, -0.002, 0.003], 0.7, 0.0002, 0.0005);
    private static readonly Coordinate B = Make([-0.02, 0.005, 0.01, 0, 0.03, -0.004, 0.002, 0.001], 0.3, 0.0002, 0.0001);

    [Fact]
    public void Reference_run_is_met()
    {
        VivaldiClient client = new(new SeededRandom(1));
        PeerPlace a = default, b = default;
        Step(client, ref a, A, 25, 1.4530221, -0.0006298077742674442, 0.00001, 0.0009503835458120393, 0.003801534183248157, 49.762504, 39.052827);
        Step(client, ref b, B, 12, 1.5, -0.0011767286833495952, 0.00001, -0.0020324906325576175, 0.003260278583750535, 51.282069, 32.900108);
        Step(client, ref a, A, 90, 1.3176475965909091, -0.0003998158488828287, 0.000075041490435569, -0.00356702182264016, -0.001425225130221149, 58.723669, 31.575783);
        Step(client, ref a, A, 26, 1.3080076045737292, -0.0010880206401652787, 0.000022388152571697328, -0.0023247651285309453, 0.002367850566172671, 52.640171, 32.498657);
        Step(client, ref b, B, 13.5, 1.3282011619760463, -0.0014882894595929315, 0.00001, -0.0043776838316856624, 0.0020928319635301167, 53.827478, 28.222465);
        Assert.Equal(0, client.Resets);
    }

    [Fact]
    public void Measurements_that_cannot_be_are_refused()
    {
        VivaldiClient client = new(new SeededRandom(1));
        PeerPlace place = default;
        Coordinate broken = A;
        broken.Vec[3] = double.NaN;
        Assert.False(client.TryUpdate(ref place, broken, TimeSpan.FromMilliseconds(5)));
        Assert.False(client.TryUpdate(ref place, A, TimeSpan.FromMilliseconds(-1)));
        Assert.False(client.TryUpdate(ref place, A, TimeSpan.FromSeconds(10.1)));
        Assert.True(client.TryUpdate(ref place, A, TimeSpan.Zero));
        Assert.True(client.TryUpdate(ref place, A, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Two_nodes_at_one_place_are_pushed_apart()
    {
        VivaldiClient client = new(new SeededRandom(1));
        PeerPlace place = default;
        Assert.True(client.TryUpdate(ref place, CoordinateMath.Origin, TimeSpan.FromMilliseconds(20)));
        Assert.True(CoordinateMath.RawDistance(client.Own, CoordinateMath.Origin) > 0.001);
    }

    [Fact]
    public void Coordinate_that_became_meaningless_starts_over()
    {
        VivaldiClient client = new(new SeededRandom(1));
        PeerPlace place = default;
        Coordinate far = A;
        far.Vec[0] = double.MaxValue;
        Assert.True(client.TryUpdate(ref place, far, TimeSpan.FromMilliseconds(5)));
        Assert.Equal(1, client.Resets);
        Assert.True(CoordinateMath.IsValid(client.Own));
    }

    private static void Step(
        VivaldiClient client, ref PeerPlace place, in Coordinate other, double ms, double error, double adjustment, double height,
        double first, double fourth, double toA, double toB)
    {
        Assert.True(client.TryUpdate(ref place, other, TimeSpan.FromMilliseconds(ms)));
        Coordinate own = client.Own;
        Assert.Equal(error, own.Error, 1e-15);
        Assert.Equal(adjustment, own.Adjustment, 1e-15);
        Assert.Equal(height, own.Height, 1e-15);
        Assert.Equal(first, own.Vec[0], 1e-15);
        Assert.Equal(fourth, own.Vec[3], 1e-15);
        Assert.Equal(toA, CoordinateMath.DistanceSeconds(own, A) * 1e3, 1e-9);
        Assert.Equal(toB, CoordinateMath.DistanceSeconds(own, B) * 1e3, 1e-9);
    }

    private static Coordinate Make(double[] vec, double error, double adjustment, double height)
    {
        Coordinate coordinate = new() { Error = error, Adjustment = adjustment, Height = height };
        for (int i = 0; i < vec.Length; i++) coordinate.Vec[i] = vec[i];
        return coordinate;
    }
}
