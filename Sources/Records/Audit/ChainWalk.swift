// One pass along the audit trail, with everything that it must agree with.

import Foundation
import Radiology

/// The checkpoints that a trail must agree with.
struct KnownCheckpoints {
    /// Hash by event number, of checkpoints whose signature is right.
    let hashes: [Int64: String]
    /// The last event that a checkpoint stands for.
    var last: Int64 { hashes.keys.max() ?? 0 }
    /// True where a stored checkpoint is forged, or not signed by the home's key.
    let hasForged: Bool

    /// Checks the signatures of the lines in the database and in the second file.
    ///
    /// A line of the second file that is no checkpoint is left aside: a write may have been cut
    /// off there.
    init(stored: [String], published: [String]?, publicKey: String?) {
        let parsed = Array(Set(stored + (published ?? []))).mappedInSlices { line in
            AuditCheckpoint(line: line)
        }
        var hashes: [Int64: String] = [:]
        var genuine: Set<String> = []
        for checkpoint in parsed.compactMap(\.self)
        where publicKey == nil || checkpoint.publicKey == publicKey {
            genuine.insert(checkpoint.line)
            // Two genuine ones that differ: the trail can agree with one of them only.
            if let other = hashes[checkpoint.sequence], other != checkpoint.hash {
                hashes[checkpoint.sequence] = ""
            } else {
                hashes[checkpoint.sequence] = checkpoint.hash
            }
        }
        self.hashes = hashes
        hasForged = !Set(stored).isSubset(of: genuine)
    }
}

/// One pass along the chain.
struct ChainWalk {
    private(set) var count: Int64 = 0
    private(set) var head = AuditChain.genesis
    /// Signed records that no event was met for yet.
    private var signOffs: [Int64: ContentHash]
    /// Signed records that are empty, with their studies: only retention may have emptied them.
    private let emptied: [Int64: Int64]
    private var removedStudies: Set<Int64> = []
    private let checkpoints: KnownCheckpoints

    init(
        signOffs: [Int64: ContentHash], emptied: [Int64: Int64], checkpoints: KnownCheckpoints
    ) {
        self.signOffs = signOffs
        self.emptied = emptied
        self.checkpoints = checkpoints
    }

    /// Checks the next event; gives what is wrong with it.
    mutating func step(
        _ content: AuditChain.Content, computed: ContentHash, stored hash: String
    ) -> AuditBreak.Cause? {
        if content.sequence != count + 1 {
            return content.sequence > count + 1 ? .missing(until: content.sequence) : .notFollowing
        }
        if computed.hexadecimal != hash { return .changed }
        if content.previous != head.hexadecimal { return .notFollowing }
        if content.kind == AuditEventKind.signed.rawValue {
            let record = signOffs.removeValue(forKey: content.sequence)
            guard let record, content.detail.contains("\"record_sha256\":\"\(record.hexadecimal)\"")
            else { return .signOffChanged }
        }
        if content.kind == AuditEventKind.removed.rawValue, let study = content.study,
            content.detail.contains("\"stage\":\"\(RetentionStage.records.rawValue)\"")
        {
            removedStudies.insert(study)
        }
        if let signed = checkpoints.hashes[content.sequence], signed != hash {
            return .checkpointDiffers
        }
        count += 1
        head = computed
        return nil
    }

    /// The result at the end of the events.
    func ended(recorded: Int64, recordedHash: String) -> AuditVerification {
        if recorded > count || checkpoints.last > count {
            return result(
                breakAt: count + 1, .truncated(recorded: max(recorded, checkpoints.last)))
        }
        if recorded < count {
            return result(breakAt: recorded + 1, .beyondEnd(recorded: recorded))
        }
        if recordedHash != head.hexadecimal { return result(breakAt: count, .headChanged) }
        let unexplained = emptied.filter { !removedStudies.contains($0.value) }.keys
        if let sequence = unexplained.min() { return result(breakAt: sequence, .signOffChanged) }
        if let orphan = signOffs.keys.min() {
            return result(breakAt: orphan, .signOffUnrecorded)
        }
        if checkpoints.hasForged { return result(breakAt: count, .checkpointForged) }
        return result(breakAt: nil, nil)
    }

    /// A result with a break, or without.
    func result(breakAt sequence: Int64?, _ cause: AuditBreak.Cause?) -> AuditVerification {
        var found: AuditBreak?
        if let sequence, let cause { found = AuditBreak(sequence: sequence, cause: cause) }
        return AuditVerification(eventCount: count, head: head, firstBreak: found)
    }
}

extension AuditChain {
    /// The hashes of events, computed on all cores.
    static func hashes(of contents: [Content]) -> [ContentHash] {
        contents.mappedInSlices { $0.hash }
    }
}
