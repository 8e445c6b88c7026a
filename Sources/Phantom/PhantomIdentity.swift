// Identifiers and names that nobody can take for real ones.

import Radiology

/// Unique identifiers of phantom objects.
///
/// Form: `2.25.` and a UUID in decimal (PS3.5 annex B.2). The UUIDs are of version 8 (RFC 9562):
/// the upper half spells `WETREA`, the version and `D!`'s low twelve bits, the lower half is the
/// variant and 62 bits that follow from seed and purpose. So all of them begin with
/// `2.25.11600281435707628`.
public enum PhantomUID {
    /// The upper half of each UUID: "WETREA", version 8, 0x421.
    private static let root: UInt64 = 0x5745_5452_4541_8421

    /// The identifier of an object of a phantom.
    public static func uid(seed: UInt64, purpose: String) -> String {
        var random = PhantomRandom(seed: seed, purpose: "uid \(purpose)")
        let lower = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return "2.25.\(UInt128(root) << 64 | UInt128(lower))"
    }

    /// Whether an identifier is one of a phantom.
    public static func isPhantom(_ uid: String) -> Bool {
        guard uid.hasPrefix("2.25."), let number = UInt128(uid.dropFirst(5)) else { return false }
        return UInt64(truncatingIfNeeded: number >> 64) == root
    }
}

/// Names of plants, as no patient has them.
enum PhantomNames {
    static let plants = [
        "ASTER", "BERGAMOT", "CLOVER", "DAHLIA", "ELDER", "FUCHSIA", "GORSE", "HEATHER", "IVY",
        "JUNIPER", "KALE", "LUPIN", "MYRTLE", "NETTLE", "OXLIP", "PEONY", "QUINCE", "ROWAN",
        "SORREL", "TANSY", "VETCH", "WILLOW", "YARROW", "ZINNIA",
    ]

    /// A family and a given plant; all pairs come once before any comes again.
    static func name(_ index: Int) -> PersonName {
        let family = plants[index % plants.count]
        let given = plants[(index / plants.count + 7 * index + 5) % plants.count]
        return PersonName(alphabetic: "\(family)^\(given)")
    }
}
