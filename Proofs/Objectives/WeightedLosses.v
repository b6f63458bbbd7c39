(* Noise, data, score and v-prediction losses are the velocity loss with a weight. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation AffinePaths LogSNR LossEquality.
Open Scope R_scope.

Section Weights.
Variable d : nat.
Variables a s aDot sDot : R.               (* alpha, sigma and their derivatives *)
Let det := aDot * s - a * sDot.
Hypothesis Hs : s <> 0.
Hypothesis Hdet : det <> 0.
Variables x u w : vec.                     (* the point, a velocity target, a model's velocity *)

Definition gap (f g : vec) : R := norm2 d (fun i => f i - g i).
(* What a velocity says about the data point, the noise, the score and the v-prediction at x. *)
Definition as_denoiser (u : vec) : vec := fun i => (s * u i - sDot * x i) / det.
Definition as_noise (u : vec) : vec := fun i => (aDot * x i - a * u i) / det.
Definition as_score (u : vec) : vec := fun i => - as_noise u i / s.
Definition as_v (u : vec) : vec := fun i => a * as_noise u i - s * as_denoiser u i.

Lemma gap_scaled (f g h k : vec) c : (forall i, f i - g i = c * (h i - k i)) -> gap f g = c * c * gap h k.
Proof.
  intros E. unfold gap, norm2, dot. rewrite <- sumn_scal. apply sumn_ext. intros i _. rewrite E. ring.
Qed.

(* |eps - eps_hat|^2 = (alpha/det)^2 |u - u_hat|^2. *)
Theorem noise_loss_weight : gap (as_noise u) (as_noise w) = a / det * (a / det) * gap u w.
Proof.
  rewrite (gap_scaled _ _ u w (- (a / det))); [ring|]. intros i. unfold as_noise. now field.
Qed.

(* |x1 - x1_hat|^2 = (sigma/det)^2 |u - u_hat|^2. *)
Theorem denoiser_loss_weight : gap (as_denoiser u) (as_denoiser w) = s / det * (s / det) * gap u w.
Proof. apply gap_scaled. intros i. unfold as_denoiser. now field. Qed.

(* sigma^2 |score - score_hat|^2 = (alpha/det)^2 |u - u_hat|^2. *)
Theorem score_loss_weight : s * s * gap (as_score u) (as_score w) = a / det * (a / det) * gap u w.
Proof.
  rewrite (gap_scaled _ _ u w (a / (s * det))); [now field|]. intros i. unfold as_score, as_noise. now field.
Qed.

(* |v - v_hat|^2 = ((alpha^2 + sigma^2)/det)^2 |u - u_hat|^2. *)
Theorem v_loss_weight :
  gap (as_v u) (as_v w) = (a * a + s * s) / det * ((a * a + s * s) / det) * gap u w.
Proof.
  rewrite (gap_scaled _ _ u w (- ((a * a + s * s) / det))); [ring|].
  intros i. unfold as_v, as_noise, as_denoiser. now field.
Qed.

(* ScoreFlow: g^2 |score - score_hat|^2 with g^2 = 2 sigma det/alpha has weight 2 alpha/(sigma det). *)
Theorem score_flow_weight : a <> 0 ->
  2 * s * det / a * gap (as_score u) (as_score w) = 2 * a / (s * det) * gap u w.
Proof.
  intros Ha. rewrite (gap_scaled _ _ u w (a / (s * det))); [now field|].
  intros i. unfold as_score, as_noise. now field.
Qed.
End Weights.

(* ... which for VP is 4/beta. *)
Theorem vp_score_flow_weight bmin bmax t : 0 < bmin <= bmax -> 0 <= t < 1 ->
  let p := VariancePreservingPath bmin bmax in
  2 * alpha p t / (sigma p t * det p t) = 4 / vp_beta bmin bmax (1 - t).
Proof.
  intros Hb Ht p. unfold p. rewrite vp_det by (easy || lra).
  destruct (vp_regular bmin bmax t Hb ltac:(lra)) as (S & _).
  assert (A : 0 < alpha (VariancePreservingPath bmin bmax) t) by apply exp_pos.
  assert (B : 0 < vp_beta bmin bmax (1 - t)) by (unfold vp_beta; nra).
  field. lra.
Qed.
