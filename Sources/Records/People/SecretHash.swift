// Secrets as they are kept: never the secret, always scrypt.

import Crypto
import CryptoExtras
import Foundation

/// What scrypt (RFC 7914) costs: `N = 2^logRounds`, `r`, `p`.
package struct SecretCost: Hashable, Sendable {
    package var logRounds: Int
    package var blockSize: Int
    package var parallelism: Int

    /// 32 MiB and three passes: one of the settings that the OWASP Password Storage Cheat Sheet
    /// names as equal in strength, chosen for its memory beside a workstation of 150 MB.
    package static let standard = SecretCost(logRounds: 15, blockSize: 8, parallelism: 3)
    /// For tests that log in often; an account made with it keeps it.
    package static let cheap = SecretCost(logRounds: 4, blockSize: 8, parallelism: 1)
}

/// A salted scrypt hash, written `scrypt$15$8$3$<salt>$<hash>` (base 64).
struct SecretHash: Hashable, Sendable {
    private static let saltByteCount = 16
    private static let hashByteCount = 32

    let text: String

    /// The hash as a row keeps it.
    init(text: String) { self.text = text }

    /// Hashes a secret with a new salt.
    init(of secret: String, cost: SecretCost) throws {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        let hash = try Self.derive(secret, salt: salt, cost: cost)
        text = [
            "scrypt", "\(cost.logRounds)", "\(cost.blockSize)", "\(cost.parallelism)",
            Data(salt).base64EncodedString(), Data(hash).base64EncodedString(),
        ].joined(separator: "$")
    }

    /// True for the secret that was hashed; compares in constant time.
    func matches(_ secret: String) throws -> Bool {
        let parts = text.split(separator: "$").map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let logRounds = Int(parts[1]),
            let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
            (1...24).contains(logRounds), (1...64).contains(blockSize),
            (1...64).contains(parallelism), let salt = Data(base64Encoded: parts[4]),
            let expected = Data(base64Encoded: parts[5])
        else { throw RecordsError.damaged(task: .logIn, detail: "a secret's hash is unreadable") }
        let cost = SecretCost(
            logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        let found = try Self.derive(secret, salt: Array(salt), cost: cost)
        guard found.count == expected.count else { return false }
        return zip(found, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(
        _ secret: String, salt: [UInt8], cost: SecretCost
    ) throws -> [UInt8] {
        // One spelling for texts that look alike (SP 800-63B 3.1.1.2 asks for NFKC or NFC).
        let normal = secret.precomposedStringWithCanonicalMapping
        let key = try KDF.Scrypt.deriveKey(
            from: Array(normal.utf8), salt: salt, outputByteCount: hashByteCount,
            rounds: 1 << cost.logRounds, blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}

/// What a site asks of secrets, and how long wrong ones lock an account.
public struct SecretPolicy: Hashable, Sendable {
    /// The least number of characters.
    public var lengthMin: Int
    /// The greatest number of characters; scrypt takes any, this bounds the work.
    public var lengthMax: Int
    /// Wrong secrets that are borne before the account locks.
    public var failuresBorne: Int
    /// The first lock in seconds; each further failure doubles it.
    public var lockSeconds: Double
    /// The longest lock in seconds.
    public var lockSecondsMax: Double
    /// What scrypt costs for new secrets.
    package var cost: SecretCost

    /// Twelve characters, five failures, then 30 s doubling up to an hour.
    public static let standard = SecretPolicy(
        lengthMin: 12, lengthMax: 256, failuresBorne: 5, lockSeconds: 30, lockSecondsMax: 3600,
        cost: .standard)

    /// Why a secret may not be used, in words; nil where it may.
    ///
    /// No rules on kinds of characters: length is what counts (SP 800-63B 3.1.1.2).
    public func objection(to secret: String, account: String) -> String? {
        if secret.count < lengthMin { return "it has fewer than \(lengthMin) characters" }
        if secret.count > lengthMax { return "it has more than \(lengthMax) characters" }
        if Set(secret).count < 4 { return "it has fewer than four different characters" }
        if !account.isEmpty && secret.lowercased().contains(account.lowercased()) {
            return "it contains the account's name"
        }
        if secret.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "it contains a control character"
        }
        return nil
    }

    /// How long the account is locked after so many wrong secrets in a row; 0 for not at all.
    public func lockSeconds(afterFailures count: Int) -> Double {
        if count < failuresBorne { return 0 }
        let doublings = min(count - failuresBorne, 30)
        return min(lockSeconds * Double(1 << doublings), lockSecondsMax)
    }
}
