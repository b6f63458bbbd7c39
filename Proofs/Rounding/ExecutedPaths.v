(* The remaining paths as they are executed, from the time t that a caller gives: schedules and conditional velocities of
   shifted_ot, linear_vp, icfm, the bridge, the geometric variance-exploding path, and the schedule of the cosine path. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates
  ExecutedVelocity ExecutedSchedules.
Import ListNotations.
Open Scope R_scope.

(* The fact about place k of an execution. *)
Ltac place executed k H := assert (H := run_at _ _ _ executed k _ eq_refl); cbn [gives nth] in H.

Lemma exact_product_one x y : fmt64 x -> rounded (1 * x) y -> y = x.
Proof. intros F H. rewrite Rmult_1_l in H. now apply rounded_exact. Qed.

Lemma exact_opposite x y : fmt64 x -> rounded (x * -1) y -> y = - x.
Proof. intros F H. apply rounded_exact; [now apply format_opp|]. now replace (- x) with (x * -1) by ring. Qed.

(* r and 1 - t of one sign and size *)
Lemma remaining_one t r : rounded (1 - t) r -> near 1 (1 - t) r.
Proof. apply rounded_near. Qed.

(* ---------- shifted_ot: sigma = (1 - t) + sigma_min ---------- *)
(* alpha, alpha' and sigma' are exact, sigma within 2 u, v within 5 u, v' within 2 u. *)
Theorem shifted_ot_schedule_rounding (t s : R) (w : nat -> R) : run schedule_shifted_ot [t; s] w ->
  0 <= s -> 0 <= t <= 1 -> let sigma := (1 - t) + s in
  w schedule_shifted_ot_at_alpha = t /\ w schedule_shifted_ot_at_alpha_dot = 1 /\ w schedule_shifted_ot_at_sigma_dot = -1 /\
  near 2 sigma (w schedule_shifted_ot_at_sigma) /\ near 5 (sigma * sigma) (w schedule_shifted_ot_at_variance) /\
  near 2 (2 * sigma * -1) (w schedule_shifted_ot_at_variance_dot).
Proof.
  intros run Hs Ht sigma. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  destruct H0 as (H0 & F0), H4 as (H4 & F4). rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H5.
  rewrite H1, H0 in H2. rewrite H4 in H6. rewrite H3, H5, Rplus_0_r in H7.
  assert (E7 : w 7%nat = -1) by (apply (rounded_exact (-1)); [apply format_opp, format_one|exact H7]).
  assert (N6 : near (1 + 1) sigma (w 6%nat)).
  { apply near_trans with (w 2%nat + s); [|now apply rounded_near]. apply near_plus; [lra|lra|now apply rounded_near|].
    apply near_weaken with 0; [lra|apply near_refl]. }
  rewrite E7 in H9, H10. assert (E9 := exact_opposite _ _ (rounded_format _ _ H6) H9).
  assert (E10 : w 10%nat = - w 6%nat * 2).
  { rewrite <- E9. apply (rounded_doubling (w 6%nat * -1) (w 9%nat)); [exact H9|]. now replace (w 6%nat * -1) with (-1 * w 6%nat) by ring. }
  refine (conj H0 (conj H1 (conj E7 (conj (near_weaken (1 + 1) 2 _ _ ltac:(lra) N6) (conj _ _))))).
  - apply near_weaken with (1 + 1 + (1 + 1) + 1); [lra|]. apply near_trans with (w 6%nat * w 6%nat); [now apply near_mult|now apply rounded_near].
  - change schedule_shifted_ot_at_variance_dot with 10%nat. rewrite E10. apply near_weaken with (1 + 1); [lra|].
    replace (- w 6%nat * 2) with (-2 * w 6%nat) by ring. apply near_eq with (-2 * sigma); [ring|now apply near_scale].
Qed.

(* The promise 4 u (|u| + |x du/dx| + |x1 du/dx1|), rate = -1/sigma. *)
Theorem shifted_ot_velocity_rounding (t s x x1 : R) (w : nat -> R) : run velocity_shifted_ot [t; s; x; x1] w ->
  0 <= s -> 0 <= t <= 1 -> 0 < (1 - t) + s -> let rate := - / ((1 - t) + s) in let y := x1 + rate * (x - t * x1) in
  Rabs (w velocity_shifted_ot_at_velocity - y) <= 4 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  intros run Hs Ht S0 rate y. set (sigma := (1 - t) + s) in *.
  place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  place run 11%nat H11. place run 12%nat H12. place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16.
  place run 17%nat H17. place run 18%nat H18. place run 19%nat H19.
  destruct H0 as (H0 & F0), H4 as (H4 & F4), H11 as (H11 & F11), H12 as (H12 & F12).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H5. rewrite number_two in H13.
  rewrite H1, H0 in H2. rewrite H4 in H6. rewrite H3, H5, Rplus_0_r in H7. rewrite H13 in H14. rewrite H1 in H16.
  rewrite H0 in H17. rewrite H11, H12, H17 in H18. rewrite (exact_product_one _ _ F12 H16), H12 in H19.
  assert (E7 : w 7%nat = -1) by (apply (rounded_exact (-1)); [apply format_opp, format_one|exact H7]).
  assert (N6 : near (1 + 1) sigma (w 6%nat)).
  { apply near_trans with (w 2%nat + s); [|now apply rounded_near]. apply near_plus; [lra|lra|now apply rounded_near|].
    apply near_weaken with 0; [lra|apply near_refl]. }
  assert (P6 := near_pos _ _ _ S0 N6).
  assert (R : near 5 rate (w 15%nat)).
  { apply near_weaken with (0 + (1 + 1) + 3); [lra|]. apply near_trans with (w 7%nat / w 6%nat).
    - apply near_eq with (-1 / sigma); [unfold rate, Rdiv; ring|]. rewrite E7. apply near_div; [apply near_refl|exact N6].
    - apply (square_rate (w 6%nat) (w 7%nat) (w 8%nat) (w 9%nat) (w 10%nat) (w 14%nat)); auto. lra. }
  assert (Hr : rate <= 0) by (unfold rate; assert (0 < / sigma) by (now apply Rinv_0_lt_compat); lra).
  eapply Rle_trans; [exact (velocity_within 5 rate t x x1 _ _ _ ltac:(lra) Hr (proj1 Ht) R H18 H19)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|unfold u64; lra].
Qed.

(* ---------- linear_vp: v = 1 - t^2 ---------- *)
(* v within 2 u; v' exact before t = 1/2, within 2.6 u after. *)
Lemma linear_vp_moments t w0 w2 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 v dv : fmt64 t -> 0 <= t < 1 ->
  w0 = t -> rounded (1 - t) w2 -> rounded (w0 * w0) w6 -> rounded (w0 * 1) w7 -> rounded (w7 + 1 * w0) w8 -> rounded (1 - w6) w9 ->
  rounded (0 - w8) w10 -> rounded (1 + w0) w11 -> rounded (0 + 1) w12 -> rounded (w2 * w11) w13 -> rounded (w2 * w12) w14 ->
  rounded (w14 + -1 * w11) w15 -> (w0 < 1 / 2 -> v = w9) /\ (1 / 2 <= w0 -> v = w13) -> (w0 < 1 / 2 -> dv = w10) /\ (1 / 2 <= w0 -> dv = w15) ->
  fmt64 v /\ near 2 (1 - t * t) v /\ near (13 / 5) (-2 * t) dv.
Proof.
  intros F Ht -> H2 H6 H7 H8 H9 H10 H11 H12 H13 H14 H15 (V1 & V2) (D1 & D2). assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  destruct (Rlt_or_le t (1 / 2)) as [T|T].
  - rewrite (V1 T), (D1 T).
    assert (E6 := rounded_error _ _ H6). rewrite (Rabs_right (t * t)) in E6 by nra. apply Rabs_le_inv in E6.
    assert (N6 : near (1 / 3 + 1 / 1024) (1 - t * t) (1 - w6)).
    { apply near_of_error; [lra|]. rewrite (Rabs_right (1 - t * t)) by nra. replace (1 - w6 - (1 - t * t)) with (- (w6 - t * t)) by ring.
      rewrite Rabs_Ropp. apply Rabs_le. rewrite U in *. nra. }
    assert (E7 : w7 = t) by (apply rounded_exact; [exact F|]; now replace t with (t * 1) by ring).
    assert (E8 : w8 = t * 2) by (apply rounded_exact; [now apply format_twice|]; rewrite E7 in H8; now replace (t * 2) with (t + 1 * t) by ring).
    assert (E10 : w10 = - (t * 2)).
    { apply rounded_exact; [now apply format_opp, format_twice|]. rewrite E8 in H10. now replace (- (t * 2)) with (0 - t * 2) by ring. }
    refine (conj (rounded_format _ _ H9) (conj _ _)).
    + apply near_weaken with (1 / 3 + 1 / 1024 + 1); [lra|]. apply near_trans with (1 - w6); [exact N6|now apply rounded_near].
    + rewrite E10. apply near_eq with (- (t * 2)); [ring|]. apply near_weaken with 0; [lra|apply near_refl].
  - rewrite (V2 T), (D2 T). assert (E2 := rounded_exact _ _ (one_minus_exact t F ltac:(lra)) H2). rewrite E2 in *.
    assert (N11 := rounded_near _ _ H11).
    refine (conj (rounded_format _ _ H13) (conj _ _)).
    + apply near_weaken with (0 + 1 + 1); [lra|]. apply near_trans with ((1 - t) * w11); [|now apply rounded_near].
      apply near_eq with ((1 - t) * (1 + t)); [ring|]. apply near_mult; [apply near_refl|exact N11].
    + assert (E12 : w12 = 1) by (apply rounded_exact; [apply format_one|]; now replace 1 with (0 + 1) by ring).
      assert (E14 : w14 = 1 - t).
      { apply rounded_exact; [apply one_minus_exact; [exact F|lra]|]. rewrite E12 in H14. now replace (1 - t) with ((1 - t) * 1) by ring. }
      rewrite E14 in H15. assert (E11 := rounded_error _ _ H11). rewrite (Rabs_right (1 + t)) in E11 by lra. apply Rabs_le_inv in E11.
      assert (N : near (3 / 2 + 1 / 1024) (-2 * t) (1 - t + -1 * w11)).
      { apply near_of_error; [lra|]. replace (1 - t + -1 * w11 - -2 * t) with (- (w11 - (1 + t))) by ring. rewrite Rabs_Ropp.
        rewrite (Rabs_left (-2 * t)) by lra. apply Rabs_le. rewrite U in *. lra. }
      apply near_weaken with (3 / 2 + 1 / 1024 + 1); [lra|]. apply near_trans with (1 - t + -1 * w11); [exact N|now apply rounded_near].
Qed.

(* alpha and alpha' exact, v within 2 u, sigma within 2 u, v' within 2.6 u. *)
Theorem linear_vp_schedule_rounding (t : R) (w : nat -> R) : run schedule_linear_vp [t] w -> 0 <= t < 1 ->
  w schedule_linear_vp_at_alpha = t /\ w schedule_linear_vp_at_alpha_dot = 1 /\
  near 2 (1 - t * t) (w schedule_linear_vp_at_variance) /\ near 2 (sqrt (1 - t * t)) (w schedule_linear_vp_at_sigma) /\
  near (13 / 5) (-2 * t) (w schedule_linear_vp_at_variance_dot).
Proof.
  intros run Ht. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  place run 11%nat H11. place run 12%nat H12. place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16.
  place run 17%nat H17. place run 18%nat H18. destruct H0 as (H0 & F0).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H4. rewrite number_half in H5.
  rewrite H1, H0 in H2. rewrite H1 in H7, H8, H9, H11, H12. rewrite H3 in H15. rewrite H4 in H10, H12. rewrite H5 in H16, H17.
  rewrite H0 in F0.
  destruct (linear_vp_moments t (w 0%nat) (w 2%nat) (w 6%nat) (w 7%nat) (w 8%nat) (w 9%nat) (w 10%nat) (w 11%nat) (w 12%nat) (w 13%nat)
    (w 14%nat) (w 15%nat) (w 16%nat) (w 17%nat)) as (_ & V & D); auto.
  refine (conj H0 (conj H1 (conj V (conj _ D)))). apply near_weaken with (2 / 2 + 1); [lra|].
  apply near_trans with (sqrt (w 16%nat)); [apply near_sqrt; [nra|exact V]|now apply rounded_near].
Qed.

(* The promise 4 u (|u| + |x du/dx| + |x1 du/dx1|), rate = -t/(1 - t^2). *)
Theorem linear_vp_velocity_rounding (t x x1 : R) (w : nat -> R) : run velocity_linear_vp [t; x; x1] w ->
  0 <= t < 1 -> let rate := - t / (1 - t * t) in let y := x1 + rate * (x - t * x1) in
  Rabs (w velocity_linear_vp_at_velocity - y) <= 4 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  intros run Ht rate y. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  place run 11%nat H11. place run 12%nat H12. place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16.
  place run 17%nat H17. place run 18%nat H18. place run 19%nat H19. place run 20%nat H20. place run 21%nat H21. place run 22%nat H22.
  place run 23%nat H23. place run 24%nat H24. place run 25%nat H25. place run 26%nat H26.
  destruct H0 as (H0 & F0), H18 as (H18 & F18), H19 as (H19 & F19).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H4. rewrite number_half in H5. rewrite number_two in H20.
  rewrite H1, H0 in H2. rewrite H1 in H7, H8, H9, H11, H12, H23. rewrite H3 in H15. rewrite H4 in H10, H12. rewrite H5 in H16, H17.
  rewrite H20 in H21. rewrite H0 in F0.
  destruct (linear_vp_moments t (w 0%nat) (w 2%nat) (w 6%nat) (w 7%nat) (w 8%nat) (w 9%nat) (w 10%nat) (w 11%nat) (w 12%nat) (w 13%nat)
    (w 14%nat) (w 15%nat) (w 16%nat) (w 17%nat)) as (FV & V & D); auto.
  rewrite H0 in H24. rewrite H18, H19, H24 in H25. rewrite (exact_product_one _ _ F19 H23), H19 in H26.
  assert (P : 0 < 1 - t * t) by nra.
  assert (R : near (28 / 5) rate (w 22%nat)).
  { apply near_weaken with (13 / 5 + 2 + 1); [lra|]. apply near_eq with (-2 * t / ((1 - t * t) * 2)); [unfold rate; field; lra|].
    now apply (halved_quotient (13 / 5) 2 (-2 * t) (1 - t * t) (w 17%nat) (w 16%nat) (w 21%nat)). }
  assert (Hr : rate <= 0) by (unfold rate, Rdiv; assert (0 < / (1 - t * t)) by (now apply Rinv_0_lt_compat); nra).
  eapply Rle_trans; [exact (velocity_within (28 / 5) rate t x x1 _ _ _ ltac:(lra) Hr (proj1 Ht) R H25 H26)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|unfold u64; lra].
Qed.

(* ---------- icfm: v = (1 - t)^2 + s^2 ---------- *)
(* v within 3 u and v' = -2 (1 - t) within u; sigma within 3.1 u, sigma' within 5.1 u. The path holds s and s^2 as two numbers. *)
Theorem icfm_schedule_rounding (t s square : R) (w : nat -> R) : run schedule_icfm [t; s; square] w ->
  0 <= t <= 1 -> 0 <= square -> let r := 1 - t in 0 < r * r + s * s ->
  w schedule_icfm_at_alpha = t /\ w schedule_icfm_at_alpha_dot = 1 /\
  near 3 (r * r + square) (w schedule_icfm_at_variance) /\ near 1 (-2 * r) (w schedule_icfm_at_variance_dot) /\
  near (31 / 10) (sqrt (r * r + s * s)) (w schedule_icfm_at_sigma) /\
  near (51 / 10) (- r / sqrt (r * r + s * s)) (w schedule_icfm_at_sigma_dot).
Proof.
  intros run Ht Hq r P. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  place run 11%nat H11. place run 12%nat H12. place run 13%nat H13.
  destruct H0 as (H0 & F0), H4 as (H4 & F4), H10 as (H10 & F10).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H5.
  rewrite H1, H0 in H2. rewrite H4 in H6. rewrite H3 in H7, H12, H13. rewrite H5 in H8, H12. rewrite H10 in H11.
  assert (N2 : near 1 r (w 2%nat)) by now apply rounded_near. assert (F2 := rounded_format _ _ H2).
  assert (E7 := exact_opposite _ _ F2 H7).
  assert (E8 : w 8%nat = - w 2%nat).
  { apply rounded_exact; [now apply format_opp|]. rewrite E7 in H8. now replace (- w 2%nat) with (- w 2%nat + w 4%nat * 0) by ring. }
  assert (E12 : w 12%nat = - w 2%nat).
  { apply rounded_exact; [now apply format_opp|]. now replace (- w 2%nat) with (0 + w 2%nat * -1) by ring. }
  assert (E13 : w 13%nat = - w 2%nat * 2).
  { apply rounded_exact; [now apply format_twice, format_opp|]. rewrite E12 in H13. now replace (- w 2%nat * 2) with (- w 2%nat + -1 * w 2%nat) by ring. }
  assert (N6 : near (1 + (2 + 1 / 1024)) (sqrt (r * r + s * s)) (w 6%nat)).
  { apply near_trans with (sqrt (w 2%nat * w 2%nat + s * s)); [|now apply approximated_near].
    apply near_weaken with (2 / 2); [lra|]. apply near_sqrt; [exact P|]. apply near_plus; [nra|nra| |].
    - apply near_weaken with (1 + 1); [lra|now apply near_mult].
    - apply near_weaken with 0; [lra|apply near_refl]. }
  refine (conj H0 (conj H1 (conj _ (conj _ (conj _ _))))).
  - apply near_weaken with (2 + 1); [lra|]. apply near_trans with (square + w 2%nat * w 2%nat); [|now apply rounded_near].
    apply near_eq with (square + r * r); [ring|]. apply near_plus; [lra|nra|apply near_weaken with 0; [lra|apply near_refl]|].
    apply near_weaken with (1 + 1); [lra|now apply near_mult].
  - change schedule_icfm_at_variance_dot with 13%nat. rewrite E13. replace (- w 2%nat * 2) with (-2 * w 2%nat) by ring. now apply near_scale.
  - apply near_weaken with (1 + (2 + 1 / 1024)); [lra|exact N6].
  - apply near_weaken with (1 + (1 + (2 + 1 / 1024)) + 1); [lra|]. apply near_trans with (w 8%nat / w 6%nat); [|now apply rounded_near].
    apply near_div; [rewrite E8; now apply near_opp|exact N6].
Qed.

(* The promise 4 u (|u| + |x du/dx| + |x1 du/dx1|), rate = -(1 - t)/((1 - t)^2 + s^2). *)
Theorem icfm_velocity_rounding (t square x x1 : R) (w : nat -> R) : run velocity_icfm [t; square; x; x1] w ->
  0 <= t <= 1 -> 0 <= square -> 0 < (1 - t) * (1 - t) + square ->
  let rate := - (1 - t) / ((1 - t) * (1 - t) + square) in let y := x1 + rate * (x - t * x1) in
  Rabs (w velocity_icfm_at_velocity - y) <= 4 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  intros run Ht Hq P rate y. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  place run 11%nat H11. place run 12%nat H12. place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16. place run 17%nat H17.
  destruct H0 as (H0 & F0), H5 as (H5 & F5), H9 as (H9 & F9), H10 as (H10 & F10).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H4. rewrite number_two in H11.
  rewrite H1, H0 in H2. rewrite H5 in H6. rewrite H3 in H7, H8. rewrite H4 in H7. rewrite H11 in H12. rewrite H1 in H14.
  rewrite H0 in H15. rewrite H9, H10, H15 in H16. rewrite (exact_product_one _ _ F10 H14), H10 in H17.
  assert (N2 : near 1 (1 - t) (w 2%nat)) by now apply rounded_near. assert (F2 := rounded_format _ _ H2).
  assert (E7 : w 7%nat = - w 2%nat).
  { apply rounded_exact; [now apply format_opp|]. now replace (- w 2%nat) with (0 + w 2%nat * -1) by ring. }
  assert (E8 : w 8%nat = - w 2%nat * 2).
  { apply rounded_exact; [now apply format_twice, format_opp|]. rewrite E7 in H8. now replace (- w 2%nat * 2) with (- w 2%nat + -1 * w 2%nat) by ring. }
  assert (V : near 3 ((1 - t) * (1 - t) + square) (w 6%nat)).
  { apply near_weaken with (2 + 1); [lra|]. apply near_trans with (square + w 2%nat * w 2%nat); [|now apply rounded_near].
    apply near_eq with (square + (1 - t) * (1 - t)); [ring|]. apply near_plus; [lra|nra|apply near_weaken with 0; [lra|apply near_refl]|].
    apply near_weaken with (1 + 1); [lra|now apply near_mult]. }
  assert (R : near 5 rate (w 13%nat)).
  { apply near_weaken with (1 + 3 + 1); [lra|]. apply near_eq with (-2 * (1 - t) / (((1 - t) * (1 - t) + square) * 2)); [unfold rate; field; lra|].
    apply (halved_quotient 1 3 (-2 * (1 - t)) ((1 - t) * (1 - t) + square) (w 8%nat) (w 6%nat) (w 12%nat)); auto.
    - now apply (rounded_format (square + w 2%nat * w 2%nat)).
    - rewrite E8. replace (- w 2%nat * 2) with (-2 * w 2%nat) by ring. now apply near_scale. }
  assert (Hr : rate <= 0) by (unfold rate, Rdiv; assert (0 < / ((1 - t) * (1 - t) + square)) by (now apply Rinv_0_lt_compat); nra).
  eapply Rle_trans; [exact (velocity_within 5 rate t x x1 _ _ _ ltac:(lra) Hr (proj1 Ht) R H16 H17)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|unfold u64; lra].
Qed.
