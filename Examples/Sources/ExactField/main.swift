// The exact field of eight Gaussians on the path of optimal transport: at one point, and at many.
import FlowMatching

let field = MarginalField(
  path: try OptimalTransportPath(), target: try Preset.eightGaussians())
let half = try Time(0.5)

let x = [1.0, 0.5]
print("u      ", try field.value(of: .velocity, at: half, of: x))
print("log p  ", try field.value(of: .logDensity, at: half, of: x)[0], "nats")
print("E[x1|x]", try field.value(of: .denoiser, at: half, of: x))

// Near the data the score grows like 1/sigma; the digits stay.
let late = try Time(remaining: 1e-9)
print("score  ", try field.value(of: .score, at: late, of: [4.1, 0]), "at 1 - t = 1e-9")

// A thousand points at once: the same bits for every number of threads.
let noise = RandomStream(seed: 1).normals(2000, at: 0)
let velocities = try field.values(of: .velocity, at: [half], of: noise)
print("mean |u|^2 over a thousand points:", velocities.reduce(0) { $0 + $1 * $1 } / 1000)
