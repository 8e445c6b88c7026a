// The libraries behind this room, for `wetread doctor`.

import CDICOM

/// Which libraries decode, and whether they are whole.
public enum DICOMLibraries {
    /// Names and versions as one line.
    public static var versions: String { String(cString: wt_library_versions()) }

    /// Loads the dictionary and registers the codecs (about 20 ms, once for the process).
    ///
    /// The first file does it by itself; called early on another thread it hides the time.
    public static func prepare() { _ = wt_library_prepare() }

    /// Entries of DCMTK's data dictionary; 0 where its file is missing, and nothing is read then.
    public static var dictionaryEntryCount: Int { Int(wt_library_prepare()) }
}
