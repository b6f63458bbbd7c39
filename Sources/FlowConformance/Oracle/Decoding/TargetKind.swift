import FlowMatching

/// The kinds of targets that requests can name.
enum TargetKind: String, CaseIterable, Explained {
  case gaussianMixture = "gaussian_mixture"
  case pointCloud = "point_cloud"
  case uniformBoxes = "uniform_boxes"
  case ring
  case curve
  case density = "density_1d"
  case product
  case preset
  case defined
  case file

  /// One line.
  package var help: String {
    switch self {
    case .gaussianMixture: "Gaussians with weights, isotropic or with covariances, labels"
    case .pointCloud: "points with weights and labels"
    case .uniformBoxes: "uniform distributions on boxes with weights"
    case .ring: "a circle with Gaussian noise, in closed form"
    case .curve: "a named curve with Gaussian noise, by quadrature"
    case .density: "a named density on the line, by quadrature"
    case .product: "independent factors, each a target on axes of its own"
    case .preset: "a distribution known by a name"
    case .defined: "what an earlier request has defined"
    case .file: "the points of a file, with the option --allow-files"
    }
  }
}
