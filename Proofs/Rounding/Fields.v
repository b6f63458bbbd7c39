(* Rounding of the field formulas in the standard model: every operation returns its exact result times
   (1 + e) with |e| <= u, no overflow or underflow. *)
Require Import Reals Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import VariancePreserving.
Open Scope R_scope.

Lemma Rabs_bounds e u : Rabs e <= u -> - u <= e <= u.
Proof. intros H. apply Rabs_le_inv. exact H. Qed.

(* The conditional velocity as coded, fma(alpha' x1, rate, w) with w = fma(x, -alpha, x1), from a schedule
   whose rate v'/(2v) is off by at most rho: P = alpha' x1 exact up to one rounding, Q = rate w. *)
Theorem conditional_velocity_rounding (P rate w u rho e1 e2 e3 er : R) :
  0 <= u -> 0 <= rho -> Rabs e1 <= u -> Rabs e2 <= u -> Rabs e3 <= u -> Rabs er <= rho ->
  Rabs ((P * (1 + e1) + (rate * (1 + er)) * (w * (1 + e2))) * (1 + e3) - (P + rate * w))
  <= u * Rabs (P + rate * w) + (1 + u) * (u * Rabs P + (rho + u + rho * u) * Rabs (rate * w)).
Proof.
  intros Hu Hr H1 H2 H3 H4.
  replace ((P * (1 + e1) + (rate * (1 + er)) * (w * (1 + e2))) * (1 + e3) - (P + rate * w))
    with (e3 * (P + rate * w) + (1 + e3) * (P * e1 + rate * w * (er + e2 + er * e2))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
  assert (A : Rabs (1 + e3) <= 1 + u).
  { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_R1. lra. }
  assert (B : Rabs (er + e2 + er * e2) <= rho + u + rho * u).
  { eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat.
    - eapply Rle_trans; [apply Rabs_triang|]. lra.
    - rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. }
  apply Rplus_le_compat; [apply Rmult_le_compat_r; [apply Rabs_pos|exact H3]|].
  apply Rmult_le_compat; auto using Rabs_pos.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult. apply Rplus_le_compat.
  - rewrite Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|exact H1].
  - rewrite Rmult_comm. rewrite <- Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|exact B].
Qed.

(* e^x - 1 for growing x (the VE variance): |expm1(x (1 + e)) - expm1(x)| <= |e| (1 + x) e^(x |e|) expm1(x). *)
Theorem expm1_growing_cond (x e : R) : 0 <= x ->
  Rabs ((exp (x * (1 + e)) - 1) - (exp x - 1)) <= Rabs e * (1 + x) * exp (x * Rabs e) * (exp x - 1).
Proof.
  intros Hx.
  replace (x * (1 + e)) with (x + x * e) by ring. rewrite exp_plus.
  replace (exp x * exp (x * e) - 1 - (exp x - 1)) with (exp x * (exp (x * e) - 1)) by ring.
  rewrite Rabs_mult, (Rabs_right (exp x)) by (apply Rle_ge, Rlt_le, exp_pos).
  assert (Y : 0 <= x * Rabs e) by (apply Rmult_le_pos; [easy|apply Rabs_pos]).
  assert (G : forall y, Rabs (exp y - 1) <= Rabs y * exp (Rabs y)).
  { intros y. assert (A := exp_ge y). assert (I := exp_inv y). assert (P := exp_pos y). assert (P' := exp_pos (- y)).
    assert (B := exp_ge (- y)). destruct (Rle_or_lt 0 y) as [H|H].
    - rewrite (Rabs_right y) by lra. rewrite Rabs_right by lra. nra.
    - rewrite (Rabs_left y) by lra. rewrite Rabs_left1 by nra. nra. }
  specialize (G (x * e)). rewrite Rabs_mult, (Rabs_right x) in G by lra.
  assert (M : exp x * x <= (1 + x) * (exp x - 1)) by (assert (A := exp_ge x); nra).
  assert (E0 := exp_pos x). assert (E1 := exp_pos (x * Rabs e)). assert (R0 := Rabs_pos e).
  apply Rle_trans with (exp x * (x * Rabs e * exp (x * Rabs e))).
  - apply Rmult_le_compat_l; lra.
  - replace (exp x * (x * Rabs e * exp (x * Rabs e))) with (Rabs e * exp (x * Rabs e) * (exp x * x)) by ring.
    replace (Rabs e * (1 + x) * exp (x * Rabs e) * (exp x - 1))
      with (Rabs e * exp (x * Rabs e) * ((1 + x) * (exp x - 1))) by ring.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|exact M].
Qed.

Lemma ln_1_plus_lipschitz x y : 0 <= x -> 0 <= y -> Rabs (ln (1 + y) - ln (1 + x)) <= Rabs (y - x).
Proof.
  assert (G : forall x y, 0 <= x -> x <= y -> ln (1 + y) - ln (1 + x) <= y - x /\ 0 <= ln (1 + y) - ln (1 + x)).
  { intros a b Ha Hab. split.
    - assert (L : ln (1 + b) <= (b - a) + ln (1 + a)).
      { rewrite <- (ln_exp ((b - a) + ln (1 + a))). 
        assert (X : 1 + b <= exp ((b - a) + ln (1 + a))).
        { rewrite exp_plus, exp_ln by lra. assert (Z := exp_ge (b - a)). nra. }
        destruct X as [X|X]; [left; apply ln_increasing; lra|rewrite <- X; lra]. }
      lra.
    - destruct Hab as [Hab| ->]; [|lra]. assert (ln (1 + a) < ln (1 + b)) by (apply ln_increasing; lra). lra. }
  intros Hx Hy. destruct (Rle_or_lt x y) as [H|H].
  - destruct (G x y Hx H). rewrite !Rabs_right; lra.
  - destruct (G y x Hy ltac:(lra)). rewrite !Rabs_left1; lra.
Qed.

(* log(e^a + e^b) = m + log1p(e^-d) with m the larger and d >= 0 the difference: errors w in d, in exp and
   in log1p leave the correction within 4 w, and the sum within u |L| + 4 w (1 + u). *)
Theorem log_add_exp_rounding (m d u w e0 e1 e2 e3 : R) :
  0 <= d -> 0 <= u -> w <= 1 / 8 -> Rabs e0 <= w -> Rabs e1 <= w -> Rabs e2 <= w -> Rabs e3 <= u ->
  let L := m + ln (1 + exp (- d)) in
  let computed := (m + ln (1 + exp (- (d * (1 + e0))) * (1 + e1)) * (1 + e2)) * (1 + e3) in
  Rabs (computed - L) <= u * Rabs L + 4 * w * (1 + u).
Proof.
  intros Hd Hu Hw H0 H1 H2 H3 L computed.
  set (x := exp (- d)). set (y := exp (- (d * (1 + e0))) * (1 + e1)).
  assert (B0 := Rabs_bounds _ _ H0). assert (B1 := Rabs_bounds _ _ H1).
  assert (B2 := Rabs_bounds _ _ H2). assert (B3 := Rabs_bounds _ _ H3).
  assert (W0 : 0 <= w) by (assert (Z := Rabs_pos e0); lra).
  assert (X0 : 0 < x) by apply exp_pos.
  assert (X1 : x <= 1).
  { unfold x. assert (A := exp_ge d). assert (I := exp_inv d). assert (P := exp_pos (- d)). nra. }
  (* exp(-d) d <= 1: the argument's error is damped *)
  assert (S : Rabs (exp (- (d * (1 + e0))) - x) <= 8 / 7 * w).
  { assert (E : exp (- (d * (1 + e0))) = x * exp (- (d * e0))).
    { unfold x. rewrite <- exp_plus. f_equal. ring. }
    assert (G1 := exp_ge (- (d * e0))). assert (G2 := exp_ge (d * e0)).
    assert (I := exp_inv (d * e0)). assert (P := exp_pos (d * e0)). assert (P' := exp_pos (- (d * e0))).
    assert (Q : x * (1 + d) <= 1).
    { unfold x. assert (A := exp_ge d). assert (J := exp_inv d). assert (PP := exp_pos (- d)). nra. }
    assert (T : exp (- (d * (1 + e0))) * (1 + d * (7 / 8)) <= 1).
    { assert (A := exp_ge (d * (1 + e0))). assert (J := exp_inv (d * (1 + e0))).
      assert (PP := exp_pos (- (d * (1 + e0)))).
      assert (1 + d * (7 / 8) <= exp (d * (1 + e0))) by nra. nra. }
    set (z := exp (- (d * (1 + e0)))) in *.
    assert (Z0 : 0 < z) by apply exp_pos.
    assert (ZD : z * d <= 8 / 7) by nra. assert (XD : x * d <= 1) by nra.
    assert (XZ : x = z * exp (d * e0)).
    { rewrite E. rewrite Rmult_assoc, (Rmult_comm (exp (- (d * e0)))), I. ring. }
    apply Rabs_le. split.
    - (* z - x >= - x d e0 *)
      assert (z - x >= - (x * (d * e0))) by (rewrite E; nra).
      assert (x * d * e0 <= x * d * w) by (apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|lra]). nra.
    - assert (z - x <= - (z * (d * e0))) by (rewrite XZ; nra).
      assert (- (z * d * e0) <= z * d * w) by (assert (0 <= z * d) by (apply Rmult_le_pos; lra); nra). nra. }
  assert (D : Rabs (y - x) <= 17 / 7 * w).
  { unfold y. replace (exp (- (d * (1 + e0))) * (1 + e1) - x)
      with ((exp (- (d * (1 + e0))) - x) * (1 + e1) + x * e1) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_right x) by lra.
    assert (A : Rabs (1 + e1) <= 9 / 8) by (apply Rabs_le; lra).
    assert (R1 := Rabs_pos (exp (- (d * (1 + e0))) - x)). assert (R2 := Rabs_pos e1). assert (R3 := Rabs_pos (1 + e1)).
    assert (Rabs (exp (- (d * (1 + e0))) - x) * Rabs (1 + e1) <= 8 / 7 * w * (9 / 8)) by (apply Rmult_le_compat; lra).
    assert (x * Rabs e1 <= 1 * w) by (apply Rmult_le_compat; lra). lra. }
  assert (Y0 : 0 <= y) by (apply Rmult_le_pos; [apply Rlt_le, exp_pos|lra]).
  assert (K := ln_1_plus_lipschitz x y ltac:(lra) Y0).
  assert (L0 : 0 <= ln (1 + x) <= 1).
  { split; [left; rewrite <- ln_1; apply ln_increasing; lra|].
    apply Rle_trans with (ln (exp 1)); [|rewrite ln_exp; lra].
    assert (Z := exp_ineq1 1 ltac:(lra)). left. apply ln_increasing; lra. }
  assert (C : Rabs (ln (1 + y) * (1 + e2) - ln (1 + x)) <= 4 * w).
  { replace (ln (1 + y) * (1 + e2) - ln (1 + x))
      with ((ln (1 + y) - ln (1 + x)) * (1 + e2) + ln (1 + x) * e2) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_right (ln (1 + x))) by lra.
    assert (A : Rabs (1 + e2) <= 9 / 8) by (apply Rabs_le; lra).
    assert (R1 := Rabs_pos (ln (1 + y) - ln (1 + x))). assert (R2 := Rabs_pos e2). assert (R3 := Rabs_pos (1 + e2)).
    assert (Rabs (ln (1 + y) - ln (1 + x)) * Rabs (1 + e2) <= 17 / 7 * w * (9 / 8)) by (apply Rmult_le_compat; lra).
    assert (ln (1 + x) * Rabs e2 <= 1 * w) by (apply Rmult_le_compat; lra). lra. }
  unfold computed, L. fold x y.
  replace ((m + ln (1 + y) * (1 + e2)) * (1 + e3) - (m + ln (1 + x)))
    with (e3 * (m + ln (1 + x)) + (ln (1 + y) * (1 + e2) - ln (1 + x)) * (1 + e3)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
  assert (A : Rabs (1 + e3) <= 1 + u).
  { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_R1. lra. }
  apply Rplus_le_compat.
  - apply Rmult_le_compat_r; [apply Rabs_pos|exact H3].
  - apply Rmult_le_compat; auto using Rabs_pos.
Qed.
