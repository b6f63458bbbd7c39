(* Velocity, score, noise, denoiser and v-prediction are one vector in five coordinates. The two facts
   x = a D + s N and u = a' D + s' N hold for a pair (x1, eps) and, taken in expectation, for the
   posterior means (D, N): so one set of conversions serves conditional and marginal quantities. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian AffinePaths PosteriorMoments.
Open Scope R_scope.

Section Convert.
Variables a s aDot sDot : R.           (* alpha, sigma and their derivatives *)
Variables D N x u : R.                 (* denoiser, noise, point, velocity *)
Hypothesis Hx : x = a * D + s * N.
Hypothesis Hu : u = aDot * D + sDot * N.
Let det := aDot * s - a * sDot.

(* x1 = (sigma u - sigma' x)/det. *)
Theorem denoiser_from_velocity : det <> 0 -> D = (s * u - sDot * x) / det.
Proof. intros H. unfold det in *. rewrite Hx, Hu. now field. Qed.

(* eps = (alpha' x - alpha u)/det. *)
Theorem noise_from_velocity : det <> 0 -> N = (aDot * x - a * u) / det.
Proof. intros H. unfold det in *. rewrite Hx, Hu. now field. Qed.

(* score = -eps/sigma = (alpha u - alpha' x)/(sigma det). *)
Theorem score_from_velocity : det <> 0 -> s <> 0 -> - N / s = (a * u - aDot * x) / (s * det).
Proof. intros H H0. unfold det in *. rewrite Hx, Hu. now field. Qed.

(* u = (alpha'/alpha) x + (sigma det/alpha) score. *)
Theorem velocity_from_score : a <> 0 -> s <> 0 -> u = aDot / a * x + s * det / a * (- N / s).
Proof. intros Ha Hs. unfold det. rewrite Hx, Hu. now field. Qed.

(* u = (alpha' - (sigma'/sigma) alpha) x1 + (sigma'/sigma) x. *)
Theorem velocity_from_denoiser : s <> 0 -> u = (aDot - sDot / s * a) * D + sDot / s * x.
Proof. intros Hs. rewrite Hx, Hu. now field. Qed.

(* u = (alpha'/alpha) x - (det/alpha) eps. *)
Theorem velocity_from_noise : a <> 0 -> u = aDot / a * x - det / a * N.
Proof. intros Ha. unfold det. rewrite Hx, Hu. now field. Qed.

(* Tweedie: x1 = (x + sigma^2 score)/alpha. *)
Theorem denoiser_from_score : a <> 0 -> s <> 0 -> D = (x + s * s * (- N / s)) / a.
Proof. intros Ha Hs. rewrite Hx. now field. Qed.

(* v-prediction, v = alpha eps - sigma x1: x1 = (alpha x - sigma v)/(alpha^2 + sigma^2) and
   eps = (sigma x + alpha v)/(alpha^2 + sigma^2), for every path and not only variance-preserving ones. *)
Theorem v_prediction_inverse : a * a + s * s <> 0 ->
  D = (a * x - s * (a * N - s * D)) / (a * a + s * s) /\
  N = (s * x + a * (a * N - s * D)) / (a * a + s * s).
Proof. intros H. rewrite Hx. split; now field. Qed.
End Convert.

(* ---------- the coefficient table of the code ---------- *)
(* other = (x * cx + value * cv)/divisor with half = sigma sigma', w = alpha' v - alpha half (= sigma det),
   energy = alpha^2 + v, energyRate = alpha alpha' + half: the twenty entries, wherever the divisor is not 0. *)
Section Table.
Variables a s aDot sDot : R.
Variables x1 eps : R.
Let x := a * x1 + s * eps.
Let velocity := aDot * x1 + sDot * eps.
Let score := - eps / s.
Let v := a * eps - s * x1.
Let half := s * sDot.
Let variance := s * s.
Let w := aDot * variance - a * half.
Let energy := a * a + variance.
Let energyRate := a * aDot + half.
Let determinant := aDot * s - a * sDot.
Definition converts (value cx cv divisor other : R) := divisor <> 0 -> other = (x * cx + value * cv) / divisor.

Lemma converts_by value cx cv divisor other : x * cx + value * cv = other * divisor -> converts value cx cv divisor other.
Proof. intros E H. rewrite E. now field. Qed.

(* Every entry of Parameterisation's table, in the order of the code. *)
Theorem conversion_table : s <> 0 ->
  converts velocity (- half) variance w x1 /\
  converts velocity (s * aDot) (- s * a) w eps /\
  converts velocity (- aDot) a w score /\
  converts velocity (s * energyRate) (- s * energy) w v /\
  converts x1 half w variance velocity /\
  converts x1 1 (- a) s eps /\
  converts x1 (-1) a variance score /\
  converts x1 a (- energy) s v /\
  converts eps aDot (- determinant) a velocity /\
  converts eps 1 (- s) a x1 /\
  converts eps 0 (-1) s score /\
  converts eps (- s) energy a v /\
  converts score aDot w a velocity /\
  converts score 1 variance a x1 /\
  converts score 0 (- s) 1 eps /\
  converts score (- s) (- s * energy) a v /\
  converts v energyRate (- determinant) energy velocity /\
  converts v a (- s) energy x1 /\
  converts v s a energy eps /\
  converts v (- s) (- a) (s * energy) score.
Proof.
  intros Hs. unfold x, velocity, score, v, half, variance, w, energy, energyRate, determinant.
  repeat match goal with |- _ /\ _ => split end; apply converts_by; unfold x, half, variance; now field.
Qed.
End Table.

(* On the angle path alpha = cos, sigma = sin the v-prediction is the velocity in the angle. *)
Theorem v_prediction_is_angular_velocity th x1 eps :
  is_derive (fun f => cos f * x1 + sin f * eps) th (cos th * eps - sin th * x1).
Proof. auto_derive; [easy|]. ring. Qed.

(* The exact field of a mixture stands in all of these coordinates: with N = sigma g,
   x = alpha D + sigma N and u = alpha' D + sigma' N. *)
Theorem mixture_moments_convert p d n q m s t x i :
  (forall k, (k < n)%nat -> 0 <= q k) -> (exists k, (k < n)%nat /\ 0 < q k) -> regular p t ->
  let D := denoiser p d n q m s t x i in
  let N := sigma p t * negative_score p d n q m s t x i in
  x i = alpha p t * D + sigma p t * N /\
  mixture_velocity p d n q m s t x i = alphaDot p t * D + sigmaDot p t * N.
Proof.
  intros Hq Hq0 Hp D N. assert (Hp' := Hp). destruct Hp' as (H0 & _). split.
  - unfold D, N. rewrite (moments_consistent p d n q m s Hq Hq0 t Hp x i) at 1. unfold variance. ring.
  - unfold mixture_velocity, D, N, sigmaDot. field. lra.
Qed.

(* Running time backwards: a trajectory of u becomes, at s = 1 - t, a trajectory of -u(1 - s). *)
Theorem time_reversal (X : R -> R) (u : R -> R -> R) (s : R) :
  is_derive X (1 - s) (u (1 - s) (X (1 - s))) ->
  is_derive (fun r => X (1 - r)) s (- u (1 - s) (X (1 - s))).
Proof. apply is_derive_reversed. Qed.
