// The model packages that are installed, found by the network that made an analysis.

import Analyzer
import CNN
import Foundation
import Imaging
import Radiology
import Records
import Synchronization
import Workstation

/// Model cards and heat maps, by the SHA-256 of the network.
final class ModelShelf: Sendable {
    private let names: [String]
    private let models: URL
    private let cards: Mutex<[ContentHash: ModelCard]> = Mutex([:])
    private let analyzers: Mutex<[ContentHash: Analyzer]> = Mutex([:])

    /// A shelf with the configured package and those that ship.
    init(configuration: Configuration) {
        names = [configuration.model] + ModelPackage.bundledNames
        models = configuration.models
    }

    /// What is known of a model; nil where it is not installed, or not read yet.
    func card(of hash: ContentHash) -> ModelCard? { cards.withLock { $0[hash] } }

    /// Reads every package once: megabytes each, so not when a study is being opened.
    func read() {
        for name in Set(names) {
            guard let package = try? ModelPackage.find(name, models: models) else { continue }
            let card = ModelCard(package, hasHeatMaps: package.hasExactHeatMaps)
            cards.withLock { $0[package.identity.sha256] = card }
        }
    }

    /// The heat maps of an image by the model that made an analysis.
    func heatMaps(of radiograph: Radiograph, hash: ContentHash) throws -> [Pathology: HeatField] {
        guard let package = package(of: hash) else {
            throw CommandFailure(
                .unavailable,
                "the model of this analysis (SHA-256 \(hash.short)) is not installed here; heat maps "
                    + "need the very network that gave the numbers")
        }
        guard let maps = try analyzer(package).heatMaps(radiograph) else { return [:] }
        return maps.compactMapValues { map in
            map.width > 0 && map.height > 0
                ? HeatField(columns: map.width, rows: map.height, values: map.values) : nil
        }
    }

    private func package(of hash: ContentHash) -> ModelPackage? {
        for name in names {
            if let package = try? ModelPackage.find(name, models: models),
                package.identity.sha256 == hash
            {
                return package
            }
        }
        return nil
    }

    private func analyzer(_ package: ModelPackage) throws -> Analyzer {
        if let known = analyzers.withLock({ $0[package.identity.sha256] }) { return known }
        let analyzer = try Analyzer(package: package, threads: 1)
        analyzers.withLock { $0[package.identity.sha256] = analyzer }
        return analyzer
    }
}

extension ModelCard {
    /// The card of a package.
    init(_ package: ModelPackage, hasHeatMaps: Bool) {
        self.init(
            areas: package.worth.mapValues {
                MeasuredAUC(
                    value: $0.auc, interval: $0.interval, positiveCount: $0.positiveCount)
            },
            measuredOn: package.measuredOn, calibration: package.calibrationWords,
            limits: package.limits, hasHeatMaps: hasHeatMaps)
    }
}
