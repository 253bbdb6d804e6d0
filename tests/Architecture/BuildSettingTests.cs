using System.Xml.Linq;

namespace Consul.Fast.Architecture.Tests;

/// <summary>The settings that the native binary and the strictness of the build depend on.</summary>
public sealed class BuildSettingTests
{
    [Theory]
    [InlineData("nativeaot.props", "PublishAot", "true")]
    [InlineData("nativeaot.props", "OptimizationPreference", "Speed")]
    [InlineData("nativeaot.props", "ServerGarbageCollection", "false")]
    [InlineData("nativeaot.props", "InvariantGlobalization", "true")]
    [InlineData("nativeaot.props", "StackTraceSupport", "true")]
    [InlineData("nativeaot.props", "JsonSerializerIsReflectionEnabledByDefault", "false")]
    [InlineData("nativeaot.props", "IlcTreatWarningsAsErrors", "true")]
    [InlineData("nativeaot.props", "TrimmerSingleWarn", "false")]
    [InlineData("src/Directory.Build.props", "IsAotCompatible", "true")]
    [InlineData("Directory.Build.props", "Nullable", "enable")]
    [InlineData("Directory.Build.props", "TreatWarningsAsErrors", "true")]
    [InlineData("Directory.Build.props", "EnforceCodeStyleInBuild", "true")]
    public void A_setting_stands(string path, string property, string value) =>
        Assert.Equal([value], XDocument.Parse(Repository.Read(path)).Descendants(property).Select(element => element.Value));

    [Fact]
    public void No_project_turns_a_setting_off()
    {
        string[] fixedSettings = ["IsAotCompatible", "Nullable", "TreatWarningsAsErrors", "PublishAot", "TrimmerSingleWarn"];
        Offences.None(
            from path in Repository.Files("*.csproj")
            from element in XDocument.Parse(Repository.Read(path)).Descendants()
            where fixedSettings.Contains(element.Name.LocalName)
            select $"{path}: sets {element.Name.LocalName}");
    }

    [Fact]
    public void The_daemon_is_published_with_the_native_settings() =>
        Assert.Contains("nativeaot.props", Repository.Read("src/Daemon/Consul.Fast.Daemon.csproj"), StringComparison.Ordinal);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("Consul.Fast.sln").Replace('\\', '/');
        Offences.None(Repository.Files("*.csproj").Where(path => !solution.Contains(path, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_source_project_has_tests()
    {
        string[] tests = [.. Repository.Files("*.csproj").Where(path => path.StartsWith("tests/", StringComparison.Ordinal))];
        Offences.None(
            from path in Repository.Files("*.csproj")
            where path.StartsWith("src/", StringComparison.Ordinal)
            let project = path.Split('/')[1]
            where !tests.Any(test => test.StartsWith($"tests/{project}.Tests/", StringComparison.Ordinal))
            select $"{path}: no tests/{project}.Tests");
    }
}
