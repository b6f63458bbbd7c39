// A path of one's own is two functions; derivatives, log-SNR, its inverse and every field follow.
import FlowMatching

struct SmoothStepPath: AffinePath {
  let kind = "smooth_step"
  func alpha<S: Scalar>(_ time: Time<S>) -> S { time.t * time.t * (S(3) - time.t.scaled(by: 2)) }
  func sigma<S: Scalar>(_ time: Time<S>) -> S {
    time.remaining * time.remaining * (S(1) + time.t.scaled(by: 2))
  }
}

let path = SmoothStepPath()
let schedule = path.schedule(at: try Time(0.25))
print("alpha, sigma  ", schedule.alpha, schedule.sigma)
print("alpha', sigma'", schedule.alphaDot, schedule.sigmaDot)
print("log-SNR is 0 at t =", try path.time(atLogSNR: 0).t)

// The residual of the continuity equation, by dual numbers: rounding noise if the path is consistent.
let field = MarginalField(path: path, target: try Preset.twoMoons())
let residuals = try field.continuityResiduals(
  at: [try Time(0.7)], of: [0.3, 0.2, -0.5, 0.8], method: .automatic)
for (residual, scale) in residuals { print("residual", residual, "of terms of size", scale) }
