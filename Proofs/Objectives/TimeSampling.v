(* Logit-normal sampling of the time: t = 1/(1 + exp(-(m + s z))) with z ~ N(0, 1). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField.
Open Scope R_scope.

Definition logit (t : R) := ln (t / (1 - t)).
Definition logistic (y : R) := 1 / (1 + exp (- y)).
(* phi((logit t - m)/s)/(s t (1-t)), written with the density N(.; m, s^2). *)
Definition logit_normal_density (m s t : R) := gauss m s (logit t) / (t * (1 - t)).

Lemma logistic_logit t : 0 < t < 1 -> logistic (logit t) = t.
Proof.
  intros H. unfold logistic, logit. rewrite exp_Ropp, exp_ln by (apply Rdiv_lt_0_compat; lra). field. lra.
Qed.

Lemma logit_logistic y : logit (logistic y) = y.
Proof.
  unfold logistic, logit. assert (P := exp_pos (- y)).
  replace (1 / (1 + exp (- y)) / (1 - 1 / (1 + exp (- y)))) with (/ exp (- y)) by (field; lra).
  rewrite <- exp_Ropp, Ropp_involutive. apply ln_exp.
Qed.

Lemma logit_derive t : 0 < t < 1 -> is_derive logit t (/ (t * (1 - t))).
Proof.
  intros H. unfold logit. eapply is_derive_eq.
  - apply (is_derive_ln_comp (fun t => t / (1 - t)) t (/ ((1 - t) * (1 - t)))); [|apply Rdiv_lt_0_compat; lra].
    auto_derive; [lra|]. field. lra.
  - cbv beta. field. lra.
Qed.

(* P(a < T <= b) for T = logistic(m + s z) is the integral of the stated density over [a, b]. *)
Theorem logit_normal_is_the_density m s a b : 0 < s -> 0 < a <= b -> b < 1 ->
  RInt (logit_normal_density m s) a b = RInt (gauss 0 1) ((logit a - m) / s) ((logit b - m) / s).
Proof.
  intros Hs Ha Hb.
  set (F := fun t => RInt (gauss 0 1) ((logit a - m) / s) ((logit t - m) / s)).
  assert (C : forall z, continuous (gauss 0 1) z) by (intros; apply gauss_continuous; lra).
  assert (D : forall t, 0 < t < 1 -> is_derive F t (logit_normal_density m s t)).
  { intros t Ht. unfold F. eapply is_derive_eq.
    - apply (is_derive_comp (fun z => RInt (gauss 0 1) ((logit a - m) / s) z) (fun t => (logit t - m) / s)).
      + apply (is_derive_RInt (gauss 0 1) _ ((logit a - m) / s)); [|apply C].
        apply filter_forall. intros z. apply (RInt_correct (V := R_CompleteNormedModule)).
        apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros; apply C.
      + apply (is_derive_times (fun t => logit t - m) t (/ (t * (1 - t))) (/ s)).
        eapply is_derive_eq; [apply (is_derive_minus logit (fun _ => m)); [now apply logit_derive|apply (is_derive_const m)]|].
        unfold minus, plus, opp, zero; simpl. ring.
    - unfold scal; simpl; unfold mult; simpl. unfold logit_normal_density.
      assert (P := axis_flow_pushes_density (fun _ => m) (fun _ => s) 0 ((logit t - m) / s) ltac:(lra)).
      cbv beta in P. unfold axis_flow in P.
      replace (s * ((logit t - m) / s) + m) with (logit t) in P by (field; lra).
      rewrite <- P. field. lra. }
  assert (I : is_RInt (logit_normal_density m s) a b (F b - F a)).
  { apply (is_RInt_derive F); rewrite Rmin_left, Rmax_right by lra.
    - intros t Ht. apply D. lra.
    - intros t Ht. apply (ex_derive_continuous (V := R_NormedModule) (logit_normal_density m s)).
      unfold logit_normal_density. apply ex_derive_div.
      + apply (ex_derive_comp (gauss m s) logit); [eexists; apply gauss_derive_x; lra|].
        eexists. apply logit_derive. lra.
      + auto_derive. easy.
      + nra. }
  rewrite (is_RInt_unique _ _ _ _ I). unfold F. rewrite (RInt_point ((logit a - m) / s)).
  unfold zero; simpl. apply Rminus_0_r.
Qed.

(* With m = 0 the density is symmetric about t = 1/2. *)
Theorem logit_normal_symmetric s t : 0 < s -> 0 < t < 1 ->
  logit_normal_density 0 s (1 - t) = logit_normal_density 0 s t.
Proof.
  intros Hs Ht. unfold logit_normal_density.
  assert (E : logit (1 - t) = - logit t).
  { unfold logit. replace (1 - (1 - t)) with t by ring.
    replace ((1 - t) / t) with (/ (t / (1 - t))) by (field; lra).
    apply ln_Rinv, Rdiv_lt_0_compat; lra. }
  rewrite E. unfold gauss. replace ((- logit t - 0)^2) with ((logit t - 0)^2) by ring.
  replace (1 - (1 - t)) with t by ring. field.
  repeat split; try lra. apply Rgt_not_eq, sqrt2pi_pos.
Qed.
