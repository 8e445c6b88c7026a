// PNG and JPEG as radiographs, and pictures written as PNG.

import CRaster
import Foundation

/// Reads PNG and JPEG pictures as radiographs, and writes PNG.
///
/// A radiograph read here has one window that maps it to the grey that the file means: 8-bit values
/// as they are, 16-bit ones divided by 257. Colour becomes 0.299 R + 0.587 G + 0.114 B, not
/// rounded; alpha is dropped, not blended; both are said in `notes`.
public enum RasterFile {
    /// The most pixels that are decoded: 2^28, as the room DICOM allows for a frame.
    public static let pixelLimit = 1 << 28

    /// Whether the first bytes are those of a PNG or a JPEG.
    public static func isRaster(_ bytes: some Collection<UInt8>) -> Bool {
        let head = Array(bytes.prefix(8))
        return head.withUnsafeBufferPointer { wt_raster_kind($0.baseAddress, $0.count) } != 0
    }

    /// Reads a file; see `read(bytes:name:)`.
    public static func read(contentsOf url: URL) throws(ImagingError) -> Radiograph {
        let name = url.lastPathComponent
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw .unreadable(name: name, cause: Self.cause(of: error))
        }
        return try read(bytes: [UInt8](data), name: name)
    }

    /// Decodes a picture held in memory; `name` (a last path component) is for messages only.
    ///
    /// A file that is cut short or damaged is refused as a whole.
    public static func read(bytes: [UInt8], name: String) throws(ImagingError) -> Radiograph {
        try bytes.withUnsafeBufferPointer { buffer throws(ImagingError) in
            try read(buffer, name: name)
        }
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, name: String
    ) throws(ImagingError) -> Radiograph {
        var header = wt_raster_header()
        var message = [CChar](repeating: 0, count: 256)
        try check(
            wt_raster_read_header(
                bytes.baseAddress, bytes.count, UInt64(pixelLimit), &header, &message,
                message.count), name: name, message: message)
        let count = Int(header.width) * Int(header.height)
        var status = wt_raster_status.ok
        let values = [Float](unsafeUninitializedCapacity: count) { grey, filled in
            guard let start = grey.baseAddress else { return }
            status = wt_raster_read_grey(
                bytes.baseAddress, bytes.count, &header, start, &message, message.count)
            filled = status == .ok ? count : 0
        }
        try check(status, name: name, message: message)
        return radiograph(header, values: values)
    }

    private static func radiograph(_ header: wt_raster_header, values: [Float]) -> Radiograph {
        let top: Double = header.bits == 16 ? 65_535 : 255
        var notes: [String] = []
        if header.is_colour != 0 { notes.append("Colour is shown as grey.") }
        if header.has_alpha != 0 { notes.append("Transparency is ignored.") }
        if header.is_jpeg != 0 { notes.append("The picture was compressed with loss (JPEG).") }
        return Radiograph(
            width: Int(header.width), height: Int(header.height), values: values,
            windows: [
                DisplayWindow(shape: .linearExact(center: top / 2, width: top), origin: .file)
            ],
            bitsStored: Int(header.bits), notes: notes)
    }

    private static func check(
        _ status: wt_raster_status, name: String, message: [CChar]
    ) throws(ImagingError) {
        let text = String(
            decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        switch status {
        case .ok: return
        case .unknown: throw .notRaster(name: name)
        case .damaged: throw .damaged(name: name, cause: text)
        case .dimensions: throw .dimensions(name: name, found: text, pixelLimit: pixelLimit)
        case .unsupported: throw .unsupported(name: name, cause: text)
        case .memory: throw .outOfMemory(name: name)
        }
    }

    /// Writes 8-bit grey pixels, row-major `height * width`, as PNG; the same pixels give the same
    /// bytes.
    public static func writePNG(
        grey: [UInt8], width: Int, height: Int, to url: URL
    ) throws(ImagingError) {
        try write(grey, width: width, height: height, channels: 1, to: url)
    }

    /// Writes 8-bit RGB pixels, row-major `height * width * 3`, as PNG.
    public static func writePNG(
        rgb: [UInt8], width: Int, height: Int, to url: URL
    ) throws(ImagingError) {
        try write(rgb, width: width, height: height, channels: 3, to: url)
    }

    private static func write(
        _ pixels: [UInt8], width: Int, height: Int, channels: Int, to url: URL
    ) throws(ImagingError) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(pixels.count == width * height * channels, "pixels must fill the picture")
        let name = url.lastPathComponent
        let bytes = try encoded(pixels, width: width, height: height, channels: channels, name)
        do {
            try Data(bytes).write(to: url, options: .atomic)
        } catch {
            throw .cannotWrite(name: name, cause: cause(of: error))
        }
    }

    /// 8-bit grey pixels, row-major `height * width`, as the bytes of a PNG file.
    ///
    /// - Throws: `outOfMemory`.
    public static func png(grey: [UInt8], width: Int, height: Int) throws(ImagingError) -> [UInt8] {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(grey.count == width * height, "pixels must fill the picture")
        return try encoded(grey, width: width, height: height, channels: 1, "picture")
    }

    private static func encoded(
        _ pixels: [UInt8], width: Int, height: Int, channels: Int, _ name: String
    ) throws(ImagingError) -> [UInt8] {
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = wt_raster_write_png(
            pixels, UInt32(width), UInt32(height), UInt32(channels), &out, &count)
        guard status == .ok, let out else { throw .outOfMemory(name: name) }
        defer { wt_raster_free(out) }
        return Array(UnsafeBufferPointer(start: out, count: count))
    }

    /// Foundation's error without the path, which may hold a patient's name.
    private static func cause(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let posix = underlying, posix.domain == NSPOSIXErrorDomain else {
            return "the system refused (code \((error as NSError).code))"
        }
        return String(cString: strerror(Int32(posix.code)))
    }
}
