// Transfer syntaxes: how a data set and its pixels are written (PS3.5 annex A, PS3.6 annex A).

import CDICOM

/// A transfer syntax: its UID and what this room knows of it.
public struct TransferSyntax: Hashable, Sendable {
    /// The UID, as in the file.
    public let uid: String

    /// Wraps a UID.
    public init(uid: String) { self.uid = uid }

    /// Implicit VR Little Endian, the default.
    public static let implicitLittle = TransferSyntax(uid: "1.2.840.10008.1.2")
    /// Explicit VR Little Endian.
    public static let explicitLittle = TransferSyntax(uid: "1.2.840.10008.1.2.1")
    /// Explicit VR Big Endian (retired).
    public static let explicitBig = TransferSyntax(uid: "1.2.840.10008.1.2.2")
    /// Deflated Explicit VR Little Endian.
    public static let deflated = TransferSyntax(uid: "1.2.840.10008.1.2.1.99")
    /// RLE Lossless.
    public static let rle = TransferSyntax(uid: "1.2.840.10008.1.2.5")
    /// JPEG Baseline (process 1), 8 bits, lossy.
    public static let jpegBaseline = TransferSyntax(uid: "1.2.840.10008.1.2.4.50")
    /// JPEG Extended (processes 2 and 4), up to 12 bits, lossy.
    public static let jpegExtended = TransferSyntax(uid: "1.2.840.10008.1.2.4.51")
    /// JPEG Lossless, first-order prediction (process 14, selection value 1).
    public static let jpegLossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.70")
    /// JPEG-LS Lossless.
    public static let jpegLSLossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.80")
    /// JPEG 2000, lossless only.
    public static let jpeg2000Lossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.90")

    /// The name that the standard gives, or the UID where there is none.
    public var name: String { Self.names[uid] ?? uid }

    /// PS3.6 annex A, with the process numbers where two names would be the same.
    private static let names = [
        "1.2.840.10008.1.2": "Implicit VR Little Endian",
        "1.2.840.10008.1.2.1": "Explicit VR Little Endian",
        "1.2.840.10008.1.2.1.98": "Encapsulated Uncompressed Explicit VR Little Endian",
        "1.2.840.10008.1.2.1.99": "Deflated Explicit VR Little Endian",
        "1.2.840.10008.1.2.2": "Explicit VR Big Endian",
        "1.2.840.10008.1.2.4.50": "JPEG Baseline (Process 1)",
        "1.2.840.10008.1.2.4.51": "JPEG Extended (Process 2 & 4)",
        "1.2.840.10008.1.2.4.53": "JPEG Spectral Selection (Process 6 & 8)",
        "1.2.840.10008.1.2.4.55": "JPEG Full Progression (Process 10 & 12)",
        "1.2.840.10008.1.2.4.57": "JPEG Lossless (Process 14)",
        "1.2.840.10008.1.2.4.70": "JPEG Lossless (Process 14, Selection Value 1)",
        "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
        "1.2.840.10008.1.2.4.81": "JPEG-LS Near-Lossless",
        "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
        "1.2.840.10008.1.2.4.91": "JPEG 2000",
        "1.2.840.10008.1.2.4.92": "JPEG 2000 Part 2 Multi-component Lossless",
        "1.2.840.10008.1.2.4.93": "JPEG 2000 Part 2 Multi-component",
        "1.2.840.10008.1.2.4.94": "JPIP Referenced",
        "1.2.840.10008.1.2.4.95": "JPIP Referenced Deflate",
        "1.2.840.10008.1.2.4.100": "MPEG-2 video, Main Profile",
        "1.2.840.10008.1.2.4.101": "MPEG-2 video, High Level",
        "1.2.840.10008.1.2.4.102": "MPEG-4 video, High Profile",
        "1.2.840.10008.1.2.4.103": "MPEG-4 video, BD-compatible",
        "1.2.840.10008.1.2.4.104": "MPEG-4 video, High Profile 4.2 (2D)",
        "1.2.840.10008.1.2.4.105": "MPEG-4 video, High Profile 4.2 (3D)",
        "1.2.840.10008.1.2.4.106": "MPEG-4 video, Stereo High Profile",
        "1.2.840.10008.1.2.4.107": "HEVC video, Main Profile",
        "1.2.840.10008.1.2.4.108": "HEVC video, Main 10 Profile",
        "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
        "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
        "1.2.840.10008.1.2.4.112": "JPEG XL",
        "1.2.840.10008.1.2.4.201": "HTJ2K Lossless",
        "1.2.840.10008.1.2.4.202": "HTJ2K Lossless (RPCL)",
        "1.2.840.10008.1.2.4.203": "HTJ2K",
        "1.2.840.10008.1.2.4.204": "JPIP HTJ2K Referenced",
        "1.2.840.10008.1.2.4.205": "JPIP HTJ2K Referenced Deflate",
        "1.2.840.10008.1.2.5": "RLE Lossless",
        "1.2.840.10008.1.2.7.1": "SMPTE ST 2110-20 video",
        "1.2.840.10008.1.2.7.2": "SMPTE ST 2110-20 interlaced video",
        "1.2.840.10008.1.2.7.3": "SMPTE ST 2110-30 audio",
        "1.2.840.10008.1.2.8.1": "Deflated Image Frame Compression",
        privateGE: "GE Private Implicit VR with Big Endian pixels",
    ]
}

extension TransferSyntax {
    /// How the pixels of a frame are coded.
    enum PixelCoding: Sendable {
        case native
        case encapsulatedNative
        case rle
        case jpeg
        case jpegLS
        case jpeg2000
        /// Known or not, not read.
        case unsupported
    }

    private static let prefix = "1.2.840.10008.1.2"

    var pixelCoding: PixelCoding {
        guard uid.hasPrefix(Self.prefix) else {
            // GE's private syntax: implicit little endian with big-endian pixels.
            return uid == Self.privateGE ? .native : .unsupported
        }
        switch uid.dropFirst(Self.prefix.count) {
        case "", ".1", ".2", ".1.99": return .native
        case ".1.98": return .encapsulatedNative
        case ".5": return .rle
        case ".4.50", ".4.51", ".4.53", ".4.55", ".4.57", ".4.70": return .jpeg
        case ".4.80", ".4.81": return .jpegLS
        case ".4.90", ".4.91", ".4.92", ".4.93", ".4.201", ".4.202", ".4.203": return .jpeg2000
        default: return .unsupported
        }
    }

    /// How the elements of the data set are written.
    var encoding: CDICOMEncoding {
        switch self {
        case .implicitLittle, TransferSyntax(uid: Self.privateGE): .implicitLittle
        case .explicitLittle, .deflated: .explicitLittle
        case .explicitBig: .explicitBig
        default: .encapsulated
        }
    }

    /// True where a coding may lose grey levels.
    var isLossy: Bool {
        [".4.50", ".4.51", ".4.53", ".4.55", ".4.81", ".4.91", ".4.93", ".4.203"]
            .contains { uid == Self.prefix + $0 }
    }

    /// True where a lossy coding can hold a picture without loss all the same.
    var mayBeLossless: Bool {
        [".4.81", ".4.91", ".4.93", ".4.203"].contains { uid == Self.prefix + $0 }
    }

    static let privateGE = "1.2.840.113619.5.2"
}
