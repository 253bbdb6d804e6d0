namespace Consul.Fast.Net.MsgPack;

/// <summary>What kind of object comes next, for data whose shape is not known beforehand.</summary>
public enum MsgPackKind
{
    /// <summary>The end of the input or an unused code.</summary>
    None,
    Nil,
    Bool,

    /// <summary>Fixints and the signed encodings.</summary>
    SignedInteger,
    UnsignedInteger,
    Float,

    /// <summary>Text or bytes of the old dialect; the two are not told apart.</summary>
    Raw,

    /// <summary>Byte strings of the newer dialect.</summary>
    Bin,
    Array,
    Map,

    /// <summary>A typed byte string of the newer dialect.</summary>
    Extension,
}
