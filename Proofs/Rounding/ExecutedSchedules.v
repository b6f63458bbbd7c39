(* The numbers of a path at the time t that a caller gives, as they are executed: traces/schedule_*.json. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees ExecutedVelocity.
Import ListNotations.
Open Scope R_scope.

Lemma near_sqrt n x y : 0 < x -> near n x y -> near (n / 2) (sqrt x) (sqrt y).
Proof.
  intros X (th & T & ->). exists (th / 2). split.
  - unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_right (/ 2)) by lra. lra.
  - rewrite sqrt_mult by (lra || apply Rlt_le, exp_pos). f_equal.
    apply sqrt_lem_1; [apply Rlt_le, exp_pos|apply Rlt_le, exp_pos|]. rewrite <- exp_plus. f_equal. field.
Qed.

(* OT: alpha, alpha' and the tail are exact; sigma within 2 u, sigma' within u, v and v' within 6 u. *)
Theorem ot_schedule_rounding (t s : R) (w : nat -> R) : run schedule_ot [t; s] w ->
  0 <= s <= 1 -> 0 <= t <= 1 -> 0 < (1 - t) + s * t ->
  let sigma := (1 - t) + s * t in
  w schedule_ot_at_alpha = t /\ w schedule_ot_at_alpha_dot = 1 /\ w schedule_ot_at_alpha_tail = 0 /\
  w schedule_ot_at_sigma = rnd64 (rnd64 (1 - t) + s * t) /\
  Rabs (w schedule_ot_at_sigma - sigma) <= 2 * u64 * sigma /\
  Rabs (w schedule_ot_at_sigma_dot - - (1 - s)) <= u64 * (1 - s) /\
  Rabs (w schedule_ot_at_variance - sigma * sigma) <= 6 * u64 * (sigma * sigma) /\
  Rabs (w schedule_ot_at_variance_dot - 2 * sigma * - (1 - s)) <= 6 * u64 * (2 * sigma * (1 - s)).
Proof.
  intros executed Hs Ht Hsigma sigma. unfold_run schedule_ot executed.
  destruct executed as ((H0 & F0) & H1 & H2 & H3 & (H4 & F4) & H5 & H6 & H7 & H8 & H9 & H10 & _ & H12 & (A13 & B13) & _).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H12.
  rewrite H1, H0 in H2. rewrite H0, H4 in H5. rewrite H1, H3, H4 in H6. rewrite H0 in F0. rewrite H4 in F4.
  rewrite Rminus_diag_eq in H10 by reflexivity. apply rounded_0 in H10.
  assert (E5 : w 5%nat = rnd64 (rnd64 (1 - t) + s * t)).
  { destruct H5 as [-> _]. destruct H2 as [-> _]. now rewrite (Rmult_comm t s). }
  assert (N5 : near (1 + 1) sigma (w 5%nat)).
  { apply near_trans with (w 2%nat + t * s); [|now apply rounded_near]. unfold sigma. rewrite (Rmult_comm s t).
    apply near_plus; [lra|nra|now apply rounded_near|]. apply near_weaken with 0; [lra|apply near_refl]. }
  assert (N6 : near 1 (- (1 - s)) (w 6%nat)) by (apply near_eq with (-1 + 1 * s); [ring|now apply rounded_near]).
  assert (N7 : near (1 + 1 + (1 + 1) + 1) (sigma * sigma) (w 7%nat)).
  { apply near_trans with (w 5%nat * w 5%nat); [now apply near_mult|now apply rounded_near]. }
  assert (N9 : near (1 + 1 + 1 + (1 / 2 + 1 / 1024) + 1) (2 * sigma * - (1 - s)) (w 9%nat)).
  { apply near_trans with (w 8%nat + w 6%nat * w 5%nat); [|now apply rounded_near].
    apply near_trans with (2 * (w 5%nat * w 6%nat)).
    - apply near_eq with (2 * (sigma * - (1 - s))); [ring|]. apply near_scale. now apply near_mult.
    - replace (w 6%nat * w 5%nat) with (w 5%nat * w 6%nat) by ring. apply near_twice; [lra|now apply rounded_near]. }
  change schedule_ot_at_alpha with 0%nat. change schedule_ot_at_alpha_dot with 1%nat. change schedule_ot_at_alpha_tail with 13%nat.
  change schedule_ot_at_sigma with 5%nat. change schedule_ot_at_sigma_dot with 6%nat. change schedule_ot_at_variance with 7%nat.
  change schedule_ot_at_variance_dot with 9%nat. assert (U := u64_pos).
  refine (conj H0 (conj H1 (conj _ (conj E5 (conj _ (conj _ (conj _ _))))))).
  - destruct (Rlt_or_le (w 0%nat) (w 11%nat)) as [L|L]; [now rewrite (A13 L), H12|now rewrite (B13 L), H10].
  - rewrite E5. assert (Q := ot_sigma_fused64 s t F4 F0 Hs Ht). fold sigma in Q. unfold u64. lra.
  - apply rounded_error in H6. replace (-1 + 1 * s) with (- (1 - s)) in H6 by ring.
    rewrite Rabs_Ropp, (Rabs_right (1 - s)) in H6 by lra. exact H6.
  - apply near_error in N7; [|lra]. eapply Rle_trans; [exact N7|]. rewrite (Rabs_right (sigma * sigma)) by nra.
    apply Rmult_le_compat_r; [apply Rle_0_sqr|lra].
  - apply near_error in N9; [|lra]. eapply Rle_trans; [exact N9|].
    replace (2 * sigma * - (1 - s)) with (- (2 * sigma * (1 - s))) by ring. rewrite Rabs_Ropp.
    assert (S0 : 0 < sigma) by exact Hsigma.
    assert (P : 0 <= 2 * sigma * (1 - s)) by (apply Rmult_le_pos; lra). rewrite Rabs_right by lra.
    apply Rmult_le_compat_r; lra.
Qed.

(* VE: v = smin^2 (e^E - 1), E = 2 L (1 - t), within (5 + 2 E) u from t = 1/2 on; before, where it is
   smax^2 e^(-2 L t) (1 - e^-E), within (9 + 4 L t) u; alpha is 1, alpha' is 0. *)
Theorem ve_schedule_rounding (t L2 smin2 smax2 : R) (w : nat -> R) : run schedule_ve [t; L2; smin2; smax2] w ->
  0 <= t < 1 -> 0 < L2 <= 1048576 -> 0 < smin2 -> 0 < smax2 ->
  let E := L2 * (1 - t) in
  w schedule_ve_at_alpha = 1 /\ w schedule_ve_at_alpha_dot = 0 /\
  (1 / 2 <= t -> near (5 + 2 * E) ((exp E - 1) * smin2) (w schedule_ve_at_variance)) /\
  (t < 1 / 2 -> near (9 + 2 * (L2 * t)) (exp (- (L2 * t)) * (1 - exp (- E)) * smax2) (w schedule_ve_at_variance)) /\
  rounded (sqrt (w schedule_ve_at_variance)) (w schedule_ve_at_sigma).
Proof.
  intros executed Ht HL Hmin Hmax E. unfold_run schedule_ve executed.
  destruct executed as ((H0 & F0) & H1 & H2 & H3 & H4 & (H5 & F5) & H6 & H7 & H8 & _ & _ & (H11 & _) & H12 & _
    & H14 & H15 & _ & H17 & _ & H19 & _ & H21 & _ & _ & H24 & _ & H26 & _ & _ & H29 & (H30 & _) & H31 & _ & H33 & _ & H35 & _).
  rewrite number_one in H1. rewrite number_zero in H4. rewrite number_half in H29. rewrite H1, H0 in H2. rewrite H0 in F0.
  rewrite H0, H29 in H33. rewrite H5 in H6, H14. rewrite H11 in H12. rewrite H0, H14 in H15. rewrite H19 in H21. rewrite H30 in H31.
  change schedule_ve_at_alpha with 1%nat. change schedule_ve_at_alpha_dot with 4%nat. change schedule_ve_at_variance with 33%nat.
  change schedule_ve_at_sigma with 35%nat.
  assert (E0 : 0 < L2 * (1 - t)) by (apply Rmult_lt_0_compat; lra). fold E in E0.
  assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  refine (conj H1 (conj H4 (conj _ (conj _ H35)))).
  - intros T. destruct H33 as [_ H33]. rewrite (H33 T).
    rewrite (rounded_exact _ _ (one_minus_exact t F0 ltac:(lra)) H2) in H6.
    assert (N6 : near 1 E (w 6%nat)) by (apply near_eq with ((1 - t) * L2); [unfold E; ring|now apply rounded_near]).
    assert (P6 := near_pos _ _ _ E0 N6). assert (NB := near_one_minus_exp _ _ _ E0 N6).
    assert (NE : near (2 * E) (exp E) (exp (w 6%nat))).
    { apply near_exp. apply near_error in N6; [|lra]. rewrite (Rabs_right E) in N6 by lra. rewrite U in *. nra. }
    apply approximated_near in H8.
    apply near_weaken with (2 * E + 1 + (2 + 1 / 1024) + 0 + 1); [lra|].
    apply near_trans with (w 8%nat * smin2); [|now apply rounded_near]. apply near_mult; [|apply near_refl].
    apply near_trans with (exp (w 6%nat) - 1); [|exact H8].
    replace (exp E - 1) with (exp E * (1 - exp (- E))) by (rewrite Rmult_minus_distr_l, exp_inv; ring).
    replace (exp (w 6%nat) - 1) with (exp (w 6%nat) * (1 - exp (- w 6%nat))) by (rewrite Rmult_minus_distr_l, exp_inv; ring).
    now apply near_mult.
  - intros T. destruct H33 as [H33 _]. rewrite (H33 T).
    assert (N6 : near (1 + 0 + 1) E (w 6%nat)).
    { apply near_eq with ((1 - t) * L2); [unfold E; ring|]. apply near_trans with (w 2%nat * L2); [|now apply rounded_near].
      apply near_mult; [now apply rounded_near|apply near_refl]. }
    assert (NB := near_one_minus_exp _ _ _ E0 N6).
    assert (N15 : near (2 * (L2 * t)) (exp (- (L2 * t))) (exp (w 15%nat))).
    { apply near_exp. apply rounded_error in H15. replace (t * - L2) with (- (L2 * t)) in H15 by ring.
      assert (P : 0 <= L2 * t) by (apply Rmult_le_pos; lra). rewrite Rabs_Ropp, (Rabs_right (L2 * t)) in H15 by lra.
      assert (0 <= u64 * (L2 * t)) by (apply Rmult_le_pos; lra). lra. }
    apply approximated_near in H17. apply approximated_near in H21.
    apply near_weaken with (2 * (L2 * t) + (2 + 1 / 1024) + (1 + 0 + 1 + (2 + 1 / 1024)) + 1 + 0 + 1); [lra|].
    apply near_trans with (w 26%nat * smax2); [|now apply rounded_near]. apply near_mult; [|apply near_refl].
    apply near_trans with (w 17%nat * w 24%nat); [|now apply rounded_near]. apply near_mult.
    + apply near_trans with (exp (w 15%nat)); [exact N15|exact H17].
    + rewrite H24. apply near_trans with (1 - exp (- w 6%nat)); [exact NB|].
      apply near_eq with (- (exp (- w 6%nat) - 1)); [ring|]. now apply near_opp.
Qed.
