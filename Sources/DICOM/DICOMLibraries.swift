// The libraries behind this room, for `wetread doctor`.

import CDICOM

/// Which libraries decode, and whether they are whole.
public enum DICOMLibraries {
    /// Names and versions as one line.
    public static var versions: String { String(cString: wt_library_versions()) }

    /// Entries of DCMTK's data dictionary; 0 where its file is missing, and nothing is read then.
    public static var dictionaryEntryCount: Int { Int(wt_library_prepare()) }
}
