(* The exact flow of a Gaussian target, axis by axis. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian ContinuityEquation AffinePaths
  PosteriorMoments.
Open Scope R_scope.

Section Flow.
Variable p : path.
Variables (d : nat) (m s : nat -> R) (t0 : R).

Definition target_variance (t : R) (i : nat) := alpha p t * alpha p t * (s i * s i) + variance p t.

(* alpha m + sqrt(V_t/V_0) (x - alpha_0 m). *)
Definition gaussian_flow (t : R) (x : vec) : vec := fun i =>
  alpha p t * m i + sqrt (target_variance t i / target_variance t0 i) * (x i - alpha p t0 * m i).

Definition gaussian_velocity (t : R) (x : vec) : vec :=
  mixture_velocity p d 1 (fun _ => 1) (fun _ => m) (fun _ => s) t x.

Hypothesis H0 : regular p t0.

Lemma single_weight_velocity t x i : regular p t ->
  gaussian_velocity t x i = alphaDot p t * m i
    + (alpha p t * alphaDot p t * (s i * s i) + halfVarianceDot p t) / target_variance t i
      * (x i - alpha p t * m i).
Proof.
  intros Hp.
  assert (V : 0 < target_variance t i) by exact (component_variance_pos p (fun _ => s) t Hp 0 i).
  assert (P := mixture_density_pos p d 1 (fun _ => 1) (fun _ => m) (fun _ => s) (fun _ _ => Rle_0_1)
                 (ex_intro _ 0%nat (conj Nat.lt_0_1 Rlt_0_1)) t Hp x).
  unfold mixture_density in P. simpl in P.
  unfold gaussian_velocity, mixture_velocity, denoiser, negative_score, average; simpl.
  set (w := weight _ _ _ _ _ _ _ 0%nat) in *.
  unfold component_denoiser, component_score.
  change (component_variance p (fun _ => s) t 0 i) with (target_variance t i). field. lra.
Qed.

(* phi_t0(x) = x and d/dt phi_t(x) = u_t(phi_t(x)). *)
Theorem gaussian_flow_solves t x i : regular p t ->
  gaussian_flow t0 x i = x i /\
  is_derive (fun r => gaussian_flow r x i) t (gaussian_velocity t (gaussian_flow t x) i).
Proof.
  intros Hp.
  assert (V0 : 0 < target_variance t0 i) by exact (component_variance_pos p (fun _ => s) t0 H0 0 i).
  assert (V : 0 < target_variance t i) by exact (component_variance_pos p (fun _ => s) t Hp 0 i).
  assert (DV : is_derive (fun r => target_variance r i) t
                 (2 * (alpha p t * alphaDot p t * (s i * s i) + halfVarianceDot p t)))
    by exact (component_variance_derive p (fun _ => s) t Hp 0 i).
  split.
  - unfold gaussian_flow. replace (target_variance t0 i / target_variance t0 i) with 1 by (field; lra).
    rewrite sqrt_1. ring.
  - rewrite single_weight_velocity by easy. unfold gaussian_flow.
    set (h := alpha p t * alphaDot p t * (s i * s i) + halfVarianceDot p t) in *.
    assert (Q : 0 < target_variance t i / target_variance t0 i) by now apply Rdiv_lt_0_compat.
    assert (QQ := sqrt_sqrt _ (Rlt_le _ _ Q)). assert (Q0 := sqrt_lt_R0 _ Q).
    eapply is_derive_eq.
    + apply is_derive_sum; [exact (is_derive_times (alpha p) t (alphaDot p t) _ (proj1 (proj2 Hp)))|]. apply is_derive_times.
      apply (is_derive_root (fun r => target_variance r i / target_variance t0 i) t (h / target_variance t0 i));
        [|exact Q].
      eapply is_derive_eq; [apply (is_derive_times (fun r => target_variance r i)); exact DV|]. field. lra.
    + set (r := sqrt (target_variance t i / target_variance t0 i)) in *.
      replace (target_variance t i) with (r * r * target_variance t0 i) by (rewrite QQ; field; lra).
      field. lra.
Qed.

(* The flow is increasing on every axis: in one dimension it carries quantiles to quantiles, which is the
   optimal transport between the two normals. *)
Theorem gaussian_flow_monotone t x y i : regular p t -> x i < y i ->
  gaussian_flow t x i < gaussian_flow t y i.
Proof.
  intros Hp H.
  assert (V0 : 0 < target_variance t0 i) by exact (component_variance_pos p (fun _ => s) t0 H0 0 i).
  assert (V : 0 < target_variance t i) by exact (component_variance_pos p (fun _ => s) t Hp 0 i).
  assert (Q := sqrt_lt_R0 _ (Rdiv_lt_0_compat _ _ V V0)). unfold gaussian_flow.
  apply Rplus_lt_compat_l, Rmult_lt_compat_l; lra.
Qed.
End Flow.
