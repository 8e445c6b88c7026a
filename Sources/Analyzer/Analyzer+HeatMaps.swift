// Where in a radiograph the network's evidence for a label lies.

import CNN
import Imaging
import Radiology

extension ModelPackage {
    /// Whether the network ends so that its class activation maps are exact.
    public var hasExactHeatMaps: Bool { model.hasActivationMaps }
}

extension Analyzer {
    /// The exact class activation map of each label, on the network's last grid over the whole
    /// radiograph, dropout off; nil for a network that does not end in a global average.
    ///
    /// Preprocessing stretches the whole image onto the network's input, so that the map's corners
    /// are the image's. The sum of a map and its bias is the label's raw output before calibration
    /// (its logit): a map tells what speaks for a label compared with other places, not how
    /// probable the label is.
    public func heatMaps(_ radiograph: Radiograph) throws(AnalyzerError) -> [Pathology: HeatMap]? {
        let inputs = [package.description.input.name: preprocessed(radiograph)]
        do {
            guard
                let maps = try engine.activationMaps(
                    inputs, classes: Array(package.labels.indices))
            else { return nil }
            return Dictionary(zip(package.labels, maps)) { first, _ in first }
        } catch {
            throw .engine(package: package.folderName, error)
        }
    }
}
