/// The kinds of targets that requests can name.
enum TargetKind: String, CaseIterable {
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
}
