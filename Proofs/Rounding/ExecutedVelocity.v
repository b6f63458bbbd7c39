(* The conditional velocity as it is executed, from the time t that a caller gives: the bounds are about the
   operation trees in traces/*.json, every rounding IEEE's, that of 1 - t included. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates.
Import ListNotations.
Open Scope R_scope.

(* The numbers of a run, one equation for each operation. *)
Ltac unfold_run program H := unfold run, program in H; cbn [run_from gives nth] in H.

Lemma number_one : 1 * powerRZ 2 0 = 1.
Proof. simpl. ring. Qed.
Lemma number_minus_one : -1 * powerRZ 2 0 = -1.
Proof. simpl. ring. Qed.
Lemma number_two : 1 * powerRZ 2 1 = 2.
Proof. simpl. ring. Qed.
Lemma number_half : 1 * powerRZ 2 (-1) = 1 / 2.
Proof. simpl. field. Qed.
Lemma number_zero : 0 * powerRZ 2 0 = 0.
Proof. ring. Qed.

(* 1 - t: exact from 1/2 on, one rounding before. *)
Lemma remaining_near t r : fmt64 t -> 0 <= t <= 1 -> rounded (1 - t) r ->
  near (if Rle_dec (1 / 2) t then 0 else 1) (1 - t) r.
Proof.
  intros F T H. destruct (Rle_dec (1 / 2) t) as [G|G].
  - rewrite (rounded_exact _ _ (one_minus_exact t F ltac:(lra)) H). apply near_refl.
  - now apply rounded_near.
Qed.

(* 2 v is exact, and so v'/(2 v) is rounded once. *)
Lemma halved_quotient n m a b p q v2 rate : fmt64 q -> near n a p -> near m b q -> rounded (q * 2) v2 ->
  rounded (p / v2) rate -> near (n + m + 1) (a / (b * 2)) rate.
Proof.
  intros F P Q H1 H2. rewrite (rounded_exact _ _ (format_twice q F) H1) in H2. apply rounded_near in H2.
  apply near_trans with (p / (q * 2)); [|exact H2]. apply near_div; [exact P|].
  replace m with (m + 0) by ring. apply near_mult; [exact Q|apply near_refl].
Qed.

(* x1' P + rate w with errors in the second term alone, one rounding at the end. *)
Lemma fused_error n P Q Q' y : 0 <= n <= 1024 -> near n Q Q' -> rounded (P + Q') y ->
  Rabs (y - (P + Q)) <= u64 * (1 + 1 / 1048576) * Rabs (P + Q) + n * u64 * (1 + 1 / 1048576) * Rabs Q.
Proof.
  intros N H1 H2. apply rounded_near in H2. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (E1 := near_error n Q Q' ltac:(lra) H1).
  assert (E2 := near_error 1 (P + Q') y ltac:(lra) H2).
  assert (Q0 := Rabs_pos Q). assert (S0 := Rabs_pos (P + Q)).
  assert (T : Rabs (P + Q') <= Rabs (P + Q) + Rabs (Q' - Q)).
  { replace (P + Q') with ((P + Q) + (Q' - Q)) by ring. apply Rabs_triang. }
  replace (y - (P + Q)) with ((y - (P + Q')) + (Q' - Q)) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (E3 : Rabs (Q' - Q) <= n * u64 * (1 + 1 / 1073741824) * Rabs Q).
  { eapply Rle_trans; [exact E1|]. apply Rmult_le_compat_r; [exact Q0|].
    apply Rmult_le_compat_l; [rewrite U; lra|]. lra. }
  assert (n * u64 * Rabs Q <= Rabs Q * (n * u64)) by lra.
  assert (NQ : 0 <= n * Rabs Q) by (apply Rmult_le_pos; lra).
  rewrite U in *. nra.
Qed.

(* Up to 1, or no further beyond it than u/2, a number is rounded by at most u/2. *)
Lemma rounded_in_unit x : 0 <= x <= 1 + u64 / 2 -> Rabs (rnd64 x - x) <= u64 / 2.
Proof.
  intros X. assert (V : Valid_exp (FLT_exp (-1074) 53)) by (apply FLT_exp_valid; reflexivity).
  destruct (Rlt_or_le x 1) as [L|L].
  - destruct (Req_dec x 0) as [->|N].
    { rewrite round_0 by apply valid_rnd_N. rewrite Rminus_0_r, Rabs_R0. assert (U := u64_pos). lra. }
    eapply Rle_trans; [apply error_le_half_ulp; exact V|]. rewrite ulp_neq_0 by exact N.
    assert (M : (mag radix2 x <= 0)%Z) by (apply mag_le_bpow; [exact N|]; change (bpow radix2 0) with 1; rewrite Rabs_right; lra).
    assert (B : bpow radix2 (cexp radix2 (FLT_exp (-1074) 53) x) <= bpow radix2 (-53)) by (apply bpow_le; unfold cexp, FLT_exp; lia).
    assert (E : bpow radix2 (-53) = u64) by (unfold u64; simpl; lra). rewrite E in B. lra.
  - destruct (round_N_pt radix2 (FLT_exp (-1074) 53) (fun z => negb (Z.even z)) x) as (_ & H).
    eapply Rle_trans; [exact (H 1 format_one)|]. rewrite Rabs_left1 by lra. lra.
Qed.

Section OptimalTransport.
Variables (t s x x1 : R) (w : nat -> R).
Hypothesis executed : run velocity_ot [t; s; x; x1] w.
Hypothesis Hs : 0 <= s <= 1.
Hypothesis Ht : 0 <= t <= 1.
Let sigma := (1 - t) + s * t.
Hypothesis Hsigma : 0 < sigma.
Let rate := - (1 - s) / sigma.
Let y := ((x1 - x) + s * x) / sigma.

(* sigma'/sigma from the two numbers that are rounded: where 1 - t is rounded, sigma and 1 - s are not both at their worst. *)
Lemma ot_ratio_executed : near (5 / 2 + 1 / 256) rate (w 6%nat / w 5%nat).
Proof.
  unfold_run velocity_ot executed.
  destruct executed as ((H0 & F0) & H1 & H2 & H3 & (H4 & F4) & H5 & H6 & _).
  rewrite number_one in H1. rewrite number_minus_one in H3.
  rewrite H1, H0 in H2. rewrite H0, H4 in H5. rewrite H1, H3, H4 in H6. rewrite H0 in F0.
  assert (N6 : near 1 (- (1 - s)) (w 6%nat)) by (apply near_eq with (-1 + 1 * s); [ring|now apply rounded_near]).
  assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  destruct (Rle_or_lt (1 / 2) t) as [T|T].
  - apply near_weaken with (1 + 1); [lra|]. unfold rate. apply near_div; [exact N6|].
    rewrite (rounded_exact _ _ (one_minus_exact t F0 ltac:(lra)) H2) in H5.
    apply near_eq with (1 - t + t * s); [unfold sigma; ring|now apply rounded_near].
  - set (z := 1 - s). assert (Z : 0 <= z <= 1) by (unfold z; lra). assert (S1 : sigma = 1 - z * t) by (unfold sigma, z; ring).
    assert (S2 : 1 - z / 2 <= sigma) by (rewrite S1; nra).
    assert (E2 : Rabs (w 2%nat - (1 - t)) <= u64 / 2) by (destruct H2 as [-> _]; apply rounded_in_unit; rewrite U; lra).
    apply Rabs_le_inv in E2.
    assert (E5 : Rabs (w 5%nat - sigma) <= u64).
    { destruct H5 as [-> _]. assert (P : 0 <= t * s <= t) by nra.
      assert (Q := rounded_in_unit (w 2%nat + t * s) ltac:(rewrite U in *; lra)). apply Rabs_le_inv in Q. apply Rabs_le. unfold sigma. lra. }
    assert (N5 : near (1 / sigma + 1 / 1024) sigma (w 5%nat)).
    { apply near_of_error.
      - assert (I : / sigma <= 2) by (rewrite <- (Rinv_inv 2); apply Rinv_le_contravar; lra).
        assert (0 < / sigma) by now apply Rinv_0_lt_compat. lra.
      - rewrite (Rabs_right sigma) by lra. replace (1 / sigma * u64 * sigma) with u64 by (field; lra). exact E5. }
    assert (I : forall c, 0 < c -> c <= sigma -> 1 / sigma <= / c).
    { intros c C0 C. unfold Rdiv. rewrite Rmult_1_l. now apply Rinv_le_contravar. }
    destruct (Rle_or_lt (1 / 2) z) as [L|L].
    + assert (E6 : Rabs (w 6%nat - - z) <= u64 / 2).
      { destruct H6 as [-> _]. replace (-1 + 1 * s) with (- z) by (unfold z; ring). rewrite round_NE_opp.
        replace (- rnd64 z - - z) with (- (rnd64 z - z)) by ring. rewrite Rabs_Ropp. apply rounded_in_unit. rewrite U. lra. }
      assert (N6' : near (1 / (2 * z) + 1 / 1024) (- z) (w 6%nat)).
      { apply near_of_error.
        - assert (J : / (2 * z) <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
          assert (0 < / (2 * z)) by (apply Rinv_0_lt_compat; lra). lra.
        - rewrite Rabs_Ropp, (Rabs_right z) by lra. replace (1 / (2 * z) * u64 * z) with (u64 / 2) by (field; lra). exact E6. }
      apply near_weaken with (1 / (2 * z) + 1 / 1024 + (1 / sigma + 1 / 1024)); [|unfold rate; fold z; now apply near_div].
      assert (K := I (1 - z / 2) ltac:(lra) S2). assert (G : 1 / (2 * z) + / (1 - z / 2) <= 5 / 2); [|lra].
      apply Rmult_le_reg_r with (2 * z * (1 - z / 2)); [nra|].
      replace ((1 / (2 * z) + / (1 - z / 2)) * (2 * z * (1 - z / 2))) with (1 - z / 2 + 2 * z) by (field; lra). nra.
    + apply near_weaken with (1 + (1 / sigma + 1 / 1024)); [|unfold rate; fold z; now apply near_div].
      assert (K := I (3 / 4) ltac:(lra) ltac:(lra)). lra.
Qed.

(* The rate v'/(2 v) = -(1 - s)/sigma, at its place. *)
Lemma ot_rate_executed : near (11 / 2 + 1 / 256) rate (w 14%nat).
Proof.
  assert (R := ot_ratio_executed). assert (S5 : w 5%nat <> 0).
  { unfold_run velocity_ot executed. destruct executed as ((H0 & F0) & H1 & H2 & H3 & (H4 & F4) & H5 & _).
    rewrite number_one in H1. rewrite H1, H0 in H2. rewrite H0, H4 in H5. apply rounded_near in H2, H5.
    apply Rgt_not_eq. apply (near_pos 1 (w 2%nat + t * s)); [|exact H5].
    assert (N2 : 0 <= w 2%nat) by (apply (near_sign 1 (1 - t)); [lra|exact H2]). assert (P : 0 <= t * s) by nra.
    destruct (Rlt_or_le t 1) as [T|T].
    - assert (Q : 0 < w 2%nat) by (apply (near_pos 1 (1 - t)); [lra|exact H2]). lra.
    - assert (E : t = 1) by lra. unfold sigma in Hsigma. rewrite E in *. lra. }
  unfold_run velocity_ot executed.
  destruct executed as (_ & _ & _ & _ & _ & _ & _ & H7 & H8 & H9 & _ & _ & H12 & H13 & H14 & _).
  rewrite number_two in H12. rewrite H12 in H13.
  apply near_weaken with (5 / 2 + 1 / 256 + 3); [lra|]. apply near_trans with (w 6%nat / w 5%nat); [exact R|].
  now apply (square_rate (w 5%nat) (w 6%nat) (w 7%nat) (w 8%nat) (w 9%nat) (w 13%nat)).
Qed.

(* u = x1 + rate (x - t x1). *)
Lemma ot_velocity_split : y = x1 + rate * (x - t * x1).
Proof.
  unfold y, rate. replace (x1 - x + s * x) with (x1 * sigma - (1 - s) * (x - t * x1)) by (unfold sigma; ring).
  field. lra.
Qed.

(* OT: the promise 4 u (|y| + sensitivity) at every time, 1 - t rounded; the sensitivity is |x du/dx| + |x1 du/dx1|. *)
Theorem ot_velocity_rounding :
  Rabs (w velocity_ot_at_velocity - y) <= 4 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  assert (R14 := ot_rate_executed). rewrite ot_velocity_split.
  unfold_run velocity_ot executed.
  destruct executed as ((H0 & _) & H1 & _ & _ & _ & _ & _ & _ & _ & _ & (H10 & F10) & (H11 & F11) & _ & _ & _ & H15 & H16 & H17 & H18 & _).
  rewrite number_one in H1. rewrite H1, Rmult_1_l in H15. rewrite H0 in H16. rewrite H10, H11, H16 in H17.
  assert (E15 : w 15%nat = x1) by (rewrite (rounded_exact _ _ F11 H15); exact H11). rewrite E15 in H18.
  assert (Hr : rate <= 0).
  { unfold rate, Rdiv. assert (0 < / sigma) by now apply Rinv_0_lt_compat. nra. }
  eapply Rle_trans; [exact (velocity_within (11 / 2 + 1 / 256) rate t x x1 _ _ _ ltac:(lra) Hr (proj1 Ht) R14 H17 H18)|].
  apply Rmult_le_compat_r.
  - repeat apply Rplus_le_le_0_compat; apply Rabs_pos.
  - unfold u64. lra.
Qed.
End OptimalTransport.

Section VarianceExploding.
Variables (t L2 smin2 smax2 x x1 : R) (w : nat -> R).
Hypothesis executed : run velocity_ve [t; L2; smin2; smax2; x; x1] w.
Hypothesis Ht : 0 <= t < 1.
Hypothesis HL : 0 < L2.
Hypothesis Hmin : 0 < smin2.
Hypothesis Hmax : 0 < smax2.
Let B := 1 - exp (- (L2 * (1 - t))).

Lemma one_minus_exp_pos z : 0 < z -> 0 < 1 - exp (- z).
Proof. intros Z. assert (E := exp_ge z). assert (I := exp_inv z). assert (P := exp_pos (- z)). nra. Qed.

Lemma ve_gap_pos : 0 < B.
Proof. apply one_minus_exp_pos. apply Rmult_lt_0_compat; lra. Qed.

(* from t = 1/2 on: v = smin^2 expm1(E), E = 2 L (1 - t) *)
Lemma ve_rate_late : 1 / 2 <= t -> near (9 + 3 / 1024) (- (L2 / 2) / B) (w 39%nat).
Proof.
  intros T. assert (BP := ve_gap_pos). unfold_run velocity_ve executed.
  destruct executed as ((H0 & F0) & H1 & H2 & H3 & _ & (H5 & F5) & H6 & H7 & H8 & H9 & H10 & (H11 & _) & H12 & H13
    & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & H29 & _ & _ & _ & H33 & H34 & _ & _ & H37 & H38 & H39 & _).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_half in H29. rewrite number_two in H37.
  rewrite H1, H0 in H2. rewrite H0 in F0. rewrite H5 in F5. rewrite H3, H5 in H7. rewrite H11 in H12, H13. rewrite H37 in H38.
  rewrite H0, H29 in H33, H34. destruct H33 as [_ H33]. destruct H34 as [_ H34].
  rewrite (H33 T) in H38. rewrite (H34 T) in H39.
  rewrite (rounded_exact _ _ (one_minus_exact t F0 ltac:(lra)) H2) in H6. rewrite H5 in H6.
  assert (E7 : w 7%nat = - L2).
  { rewrite (rounded_exact (- L2) (w 7%nat)); [reflexivity|now apply format_opp|]. replace (- L2) with (-1 * L2) by ring. exact H7. }
  rewrite E7 in H10.
  assert (N6 : near 1 (L2 * (1 - t)) (w 6%nat)) by (apply near_eq with ((1 - t) * L2); [ring|now apply rounded_near]).
  assert (E0 : 0 < L2 * (1 - t)) by (apply Rmult_lt_0_compat; lra). assert (P6 := near_pos _ _ _ E0 N6).
  apply approximated_near in H8. apply approximated_near in H9.
  assert (N12 : near (2 + 1 / 1024 + 0 + 1) ((exp (w 6%nat) - 1) * smin2) (w 12%nat)).
  { apply near_trans with (w 8%nat * smin2); [|now apply rounded_near]. apply near_mult; [exact H8|apply near_refl]. }
  assert (N13 : near (2 + 1 / 1024 + 0 + 1 + 0 + 1) (exp (w 6%nat) * - L2 * smin2) (w 13%nat)).
  { apply near_trans with (w 10%nat * smin2); [|now apply rounded_near]. apply near_mult; [|apply near_refl].
    apply near_trans with (w 9%nat * - L2); [|now apply rounded_near]. apply near_mult; [exact H9|apply near_refl]. }
  assert (Q := halved_quotient _ _ _ _ _ _ _ _ (rounded_format _ _ H12) N13 N12 H38 H39).
  assert (B6 := one_minus_exp_pos _ P6). assert (I := exp_inv (w 6%nat)). assert (X := exp_pos (w 6%nat)).
  assert (NB := near_one_minus_exp _ _ _ E0 N6). fold B in NB.
  apply near_weaken with (0 + 1 + (2 + 1 / 1024 + 0 + 1 + 0 + 1 + (2 + 1 / 1024 + 0 + 1) + 1)); [lra|].
  apply near_trans with (- (L2 / 2) / (1 - exp (- w 6%nat))); [apply near_div; [apply near_refl|exact NB]|].
  eapply near_eq; [|exact Q].
  replace (exp (w 6%nat) - 1) with (exp (w 6%nat) * (1 - exp (- w 6%nat))) by (rewrite Rmult_minus_distr_l, I; ring).
  field. repeat split; lra.
Qed.

(* before: v = smax^2 exp(-2 L t) (-expm1(-E)), where the two terms of v' have one sign *)
Lemma ve_rate_early : t < 1 / 2 -> near (13 + 3 / 1024) (- (L2 / 2) / B) (w 39%nat).
Proof.
  intros T. assert (BP := ve_gap_pos). unfold_run velocity_ve executed.
  destruct executed as ((H0 & F0) & H1 & H2 & H3 & _ & (H5 & F5) & H6 & H7 & _ & _ & _ & _ & _ & _
    & H14 & H15 & H16 & H17 & H18 & H19 & H20 & H21 & H22 & H23 & H24 & H25 & H26 & H27 & H28 & H29 & (H30 & _) & H31 & H32
    & H33 & H34 & _ & _ & H37 & H38 & H39 & _).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_half in H29. rewrite number_two in H37.
  rewrite H1, H0 in H2. rewrite H5 in F5. rewrite H3, H5 in H7. rewrite H30 in H31, H32. rewrite H37 in H38.
  rewrite H0, H29 in H33, H34. destruct H33 as [H33 _]. destruct H34 as [H34 _].
  rewrite (H33 T) in H38. rewrite (H34 T) in H39. rewrite H5 in H6, H14. rewrite H1, H14 in H16.
  assert (E7 : w 7%nat = - L2).
  { rewrite (rounded_exact (- L2) (w 7%nat)); [reflexivity|now apply format_opp|]. replace (- L2) with (-1 * L2) by ring. exact H7. }
  assert (E16 : w 16%nat = - L2).
  { rewrite (rounded_exact (- L2) (w 16%nat)); [reflexivity|now apply format_opp|]. replace (- L2) with (1 * - L2) by ring. exact H16. }
  rewrite E7 in H20. rewrite E16 in H18. rewrite H19 in H21, H22. rewrite H20 in H23.
  replace (- - L2) with L2 in H23 by ring.
  assert (N6 : near (1 + 0 + 1) (L2 * (1 - t)) (w 6%nat)).
  { apply near_eq with ((1 - t) * L2); [ring|]. apply near_trans with (w 2%nat * L2); [|now apply rounded_near].
    apply near_mult; [now apply rounded_near|apply near_refl]. }
  assert (E0 : 0 < L2 * (1 - t)) by (apply Rmult_lt_0_compat; lra). assert (P6 := near_pos _ _ _ E0 N6).
  set (c := exp (- w 6%nat)) in *. assert (C0 : 0 < c) by apply exp_pos. assert (C1 := one_minus_exp_pos _ P6). fold c in C1.
  set (e := w 17%nat) in *. assert (EP : 0 < e).
  { apply approximated_near in H17. eapply near_pos; [apply exp_pos|exact H17]. }
  apply approximated_near in H21. apply approximated_near in H22.
  (* b = 1 - e^-E and the two terms of -v'/e *)
  assert (N24 : near (2 + 1 / 1024) (1 - c) (w 24%nat)).
  { rewrite H24. apply near_eq with (- (c - 1)); [ring|]. now apply near_opp. }
  assert (N26 : near (0 + (2 + 1 / 1024) + 1) (e * (1 - c)) (w 26%nat)).
  { apply near_trans with (e * w 24%nat); [|now apply rounded_near]. apply near_mult; [apply near_refl|exact N24]. }
  assert (N31 : near (0 + (2 + 1 / 1024) + 1 + 0 + 1) (e * (1 - c) * smax2) (w 31%nat)).
  { apply near_trans with (w 26%nat * smax2); [|now apply rounded_near]. apply near_mult; [exact N26|apply near_refl]. }
  assert (N27 : near (4 + 1 / 1024) (e * L2 * c) (- w 27%nat)).
  { apply near_weaken with (0 + (2 + 1 / 1024 + 0 + 1) + 1); [lra|].
    apply near_eq with (- (e * - (c * L2))); [ring|]. apply near_opp. apply near_trans with (e * w 25%nat); [|now apply rounded_near].
    apply near_mult; [apply near_refl|]. rewrite H25. apply near_opp. apply near_trans with (w 22%nat * L2); [|now apply rounded_near].
    apply near_mult; [exact H22|apply near_refl]. }
  assert (N18 : near (4 + 1 / 1024) (e * L2 * (1 - c)) (- (w 18%nat * w 24%nat))).
  { apply near_weaken with (1 + (2 + 1 / 1024)); [lra|].
    replace (- (w 18%nat * w 24%nat)) with (- w 18%nat * w 24%nat) by ring. apply near_mult; [|exact N24].
    apply near_eq with (- (e * - L2)); [ring|]. apply near_opp. now apply rounded_near. }
  assert (EL : 0 < e * L2) by now apply Rmult_lt_0_compat.
  assert (N28 : near (4 + 1 / 1024 + 1) (- (e * L2)) (w 28%nat)).
  { apply near_trans with (w 27%nat + w 18%nat * w 24%nat); [|now apply rounded_near].
    replace (w 27%nat + w 18%nat * w 24%nat) with (- (- w 27%nat + - (w 18%nat * w 24%nat))) by ring. apply near_opp.
    apply near_eq with (e * L2 * c + e * L2 * (1 - c)); [ring|].
    apply near_plus; [apply Rmult_le_pos; lra|apply Rmult_le_pos; lra|exact N27|exact N18]. }
  assert (N32 : near (4 + 1 / 1024 + 1 + 0 + 1) (- (e * L2) * smax2) (w 32%nat)).
  { apply near_trans with (w 28%nat * smax2); [|now apply rounded_near]. apply near_mult; [exact N28|apply near_refl]. }
  assert (Q := halved_quotient _ _ _ _ _ _ _ _ (rounded_format _ _ H31) N32 N31 H38 H39).
  assert (NB := near_one_minus_exp _ _ _ E0 N6). fold B c in NB.
  apply near_weaken with (0 + (1 + 0 + 1) + (4 + 1 / 1024 + 1 + 0 + 1 + (0 + (2 + 1 / 1024) + 1 + 0 + 1) + 1)); [lra|].
  apply near_trans with (- (L2 / 2) / (1 - c)); [apply near_div; [apply near_refl|exact NB]|].
  eapply near_eq; [|exact Q]. field. repeat split; lra.
Qed.

(* VE, u = -(L/(1 - e^-E)) (x - x1): within 12 u of its size from t = 1/2 on, 16 u before. *)
Theorem ve_velocity_rounding :
  let y := - (L2 / 2) / B * (x - x1) in
  Rabs (w velocity_ve_at_velocity - y) <= (if Rle_dec (1 / 2) t then 12 else 16) * u64 * Rabs y.
Proof.
  intros y. assert (R39 : near (if Rle_dec (1 / 2) t then 9 + 3 / 1024 else 13 + 3 / 1024) (- (L2 / 2) / B) (w 39%nat)).
  { destruct (Rle_dec (1 / 2) t) as [T|T]; [now apply ve_rate_late|apply ve_rate_early; lra]. }
  unfold_run velocity_ve executed.
  destruct executed as (_ & H1 & _ & _ & H4 & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _
    & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & (H35 & _) & (H36 & _) & _ & _ & _ & H40 & H41 & H42 & H43 & _).
  rewrite number_one in H1. rewrite number_zero in H4. rewrite H4, H36, Rmult_0_l in H40. rewrite H1 in H41. rewrite H35, H36, H41 in H42.
  assert (E40 : w 40%nat = 0) by (apply (rounded_exact 0); [apply format_zero|exact H40]).
  change velocity_ve_at_velocity with 43%nat. rewrite E40, Rplus_0_l in H43.
  replace (x + Ropp 1 * x1) with (x - x1) in H42 by ring.
  assert (N : near ((if Rle_dec (1 / 2) t then 9 + 3 / 1024 else 13 + 3 / 1024) + 1 + 1) y (w 43%nat)).
  { apply near_trans with (w 39%nat * w 42%nat); [|now apply rounded_near]. apply near_mult; [exact R39|now apply rounded_near]. }
  assert (Y0 := Rabs_pos y). assert (U := u64_pos).
  destruct (Rle_dec (1 / 2) t) as [T|T]; (eapply Rle_trans; [apply (fun H => near_error _ _ _ H N); lra|]);
    apply Rmult_le_compat_r; try exact Y0; lra.
Qed.
End VarianceExploding.
