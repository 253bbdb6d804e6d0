using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Tests.Json;

public class JsonFieldsTests
{
    [Fact]
    public void Keys_match_without_case_and_the_last_one_wins()
    {
        JsonFields fields = Fields("""{"name":"a","NAME":"b","port":1,"Port":2}""");
        Assert.Equal("b", fields.String("Name"));
        Assert.Equal(2, fields.Int("Port"));
        Assert.Null(fields.Finish());
    }

    [Fact]
    public void Null_counts_as_absent()
    {
        JsonFields fields = Fields("""{"S":null,"I":null,"B":null,"L":null,"M":null,"D":null,"O":null}""");
        Assert.Equal("", fields.String("S"));
        Assert.Equal(0, fields.Int("I"));
        Assert.False(fields.Bool("B"));
        Assert.Null(fields.Strings("L"));
        Assert.Null(fields.StringMap("M"));
        Assert.Equal(0, fields.DurationNs("D"));
        Assert.Null(fields.Object("O"));
        Assert.Null(fields.Finish());
    }

    [Fact]
    public void Unknown_field_is_refused_by_its_own_spelling()
    {
        JsonFields fields = Fields("""{"Name":"a","boGus":1}""");
        _ = fields.String("Name");
        Assert.Equal("json: unknown field \"boGus\"", fields.Finish());
        Assert.Null(Fields("""{"boGus":1}""").Lenient().Finish());
    }

    [Fact]
    public void Null_can_be_told_from_absent()
    {
        JsonFields fields = Fields("""{"L":null,"M":[]}""");
        Assert.Equal([true, false, false], [fields.IsNull("L"), fields.IsNull("M"), fields.IsNull("N")]);
    }

    [Theory]
    [InlineData("""{"V":1}""", "json: cannot unmarshal number into Go struct field T.V of type string")]
    [InlineData("""{"V":[]}""", "json: cannot unmarshal array into Go struct field T.V of type string")]
    [InlineData("""{"V":{}}""", "json: cannot unmarshal object into Go struct field T.V of type string")]
    [InlineData("""{"V":true}""", "json: cannot unmarshal bool into Go struct field T.V of type string")]
    public void Wrong_type_for_a_string_is_told(string body, string expected)
    {
        JsonFields fields = Fields(body);
        _ = fields.String("V");
        Assert.Equal(expected, fields.Finish());
    }

    [Theory]
    [InlineData("""{"V":"x"}""", "json: cannot unmarshal string into Go struct field T.V of type int")]
    [InlineData("""{"V":1.5}""", "json: cannot unmarshal number 1.5 into Go struct field T.V of type int")]
    public void Wrong_type_for_a_number_is_told(string body, string expected)
    {
        JsonFields fields = Fields(body);
        _ = fields.Int("V");
        Assert.Equal(expected, fields.Finish());
    }

    [Fact]
    public void The_first_fault_in_document_order_wins_whatever_the_order_of_reading()
    {
        JsonFields fields = Fields("""{"A":1,"Unknown":2,"B":3}""");
        _ = fields.String("B");
        _ = fields.String("A");
        Assert.Equal("json: cannot unmarshal number into Go struct field T.A of type string", fields.Finish());

        fields = Fields("""{"Unknown":2,"B":3}""");
        _ = fields.String("B");
        Assert.Equal("json: unknown field \"Unknown\"", fields.Finish());
    }

    [Fact]
    public void Nested_faults_surface()
    {
        JsonFields fields = Fields("""{"Weights":{"Passing":1,"Bogus":2}}""");
        _ = fields.Nested("Weights", RecordInput.Weights, "Weights");
        Assert.Equal("json: unknown field \"Bogus\"", fields.Finish());
    }

    [Theory]
    [InlineData("\"10s\"", 10_000_000_000)]
    [InlineData("\"0.001s\"", 1_000_000)]
    [InlineData("\"1ms\"", 1_000_000)]
    [InlineData("15", 15)]
    [InlineData("\"1h30m\"", 5_400_000_000_000)]
    public void Durations_are_texts_or_nanoseconds(string value, long expected)
    {
        JsonFields fields = Fields($$"""{"D":{{value}}}""");
        Assert.Equal(expected, fields.DurationNs("D"));
        Assert.Null(fields.Finish());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void Duration_of_another_kind_is_zero_or_a_fault_when_strict(string value)
    {
        JsonFields fields = Fields($$"""{"D":{{value}}}""");
        Assert.Equal(0, fields.DurationNs("D"));
        Assert.Null(fields.Finish());
        fields = Fields($$"""{"D":{{value}}}""").StrictDurations();
        Assert.Equal(0, fields.DurationNs("D"));
        Assert.Equal($"strconv.ParseFloat: parsing \"{value}\": invalid syntax", fields.Finish());
    }

    [Fact]
    public void Bad_duration_is_told()
    {
        JsonFields fields = Fields("""{"D":"10x"}""");
        _ = fields.DurationNs("D");
        Assert.Equal("time: unknown unit \"x\" in duration \"10x\"", fields.Finish());
    }

    [Theory]
    [InlineData("YQ==", "a", null)]
    [InlineData("YW\\nI=", "ab", null)]
    [InlineData("YWI=\\n", "ab", null)]
    [InlineData("YR==", "a", null)]
    [InlineData("", "", null)]
    [InlineData("YQ=", null, 3)]
    [InlineData("YQ", null, 0)]
    [InlineData("YWJj!", null, 4)]
    [InlineData("YQ==x", null, 4)]
    [InlineData("YW I=", null, 2)]
    [InlineData("YQ=x", null, 2)]
    [InlineData("Y===", null, 1)]
    [InlineData("YWJjZA=", null, 7)]
    [InlineData("YWJj=", null, 4)]
    public void Base64_is_standard_and_padded(string text, string? expected, int? faultAt)
    {
        JsonFields fields = Fields($$"""{"V":"{{text}}"}""");
        byte[]? bytes = fields.Bytes("V");
        Assert.Equal(faultAt is null ? null : $"illegal base64 data at input byte {faultAt}", fields.Finish());
        if (expected is not null) Assert.Equal(expected, Encoding.UTF8.GetString(bytes!));
    }

    [Fact]
    public void A_body_that_is_no_object_is_told() =>
        Assert.Equal("json: cannot unmarshal array into Go value of type T", new JsonFields(JsonElement.Parse("[]"), "T").Finish());

    private static JsonFields Fields(string body)
    {
        Assert.True(JsonInput.TryParse(Encoding.UTF8.GetBytes(body), out JsonElement root, out string error), error);
        return new JsonFields(root, "T");
    }
}
