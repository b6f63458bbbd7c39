(* As they are executed, from the time t that a caller gives: the bridge, the geometric variance-exploding path, and the
   schedule of the cosine path. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core Mult_error.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates
  ExecutedVelocity ExecutedSchedules ExecutedPaths.
Import ListNotations.
Open Scope R_scope.

(* ---------- the bridge: v = r (r + s^2 t), r = 1 - t, v' = -(r (1 - s^2) + (r + s^2 t)), for s^2 <= 1 ---------- *)
Lemma bridge_moments k t s2 w2 w5 w6 w7 w8 w9 : 0 <= k <= 1 -> 0 <= t < 1 -> 0 <= s2 <= 1 -> near k (1 - t) w2 ->
  rounded (w2 + t * s2) w5 -> rounded (-1 + 1 * s2) w6 -> rounded (w2 * w5) w7 -> rounded (w2 * w6) w8 -> rounded (w8 + -1 * w5) w9 ->
  near (2 * k + 2) ((1 - t) * ((1 - t) + s2 * t)) w7 /\ near (k + 3) (- ((1 - t) * (1 - s2) + ((1 - t) + s2 * t))) w9.
Proof.
  intros K Ht Hs N2 H5 H6 H7 H8 H9.
  assert (N5 : near (k + 1) ((1 - t) + s2 * t) w5).
  { apply near_trans with (w2 + t * s2); [|now apply rounded_near]. rewrite (Rmult_comm s2 t).
    apply near_plus; [lra|nra|exact N2|]. apply near_weaken with 0; [lra|apply near_refl]. }
  assert (N6 : near 1 (- (1 - s2)) w6) by (apply near_eq with (-1 + 1 * s2); [ring|now apply rounded_near]).
  split.
  - apply near_weaken with (k + (k + 1) + 1); [lra|]. apply near_trans with (w2 * w5); [now apply near_mult|now apply rounded_near].
  - apply near_weaken with ((k + 1 + 1) + 1); [lra|]. apply near_trans with (w8 + -1 * w5); [|now apply rounded_near].
    replace (w8 + -1 * w5) with (- (- w8 + w5)) by ring. apply near_opp. apply near_plus; [nra|nra| |].
    + apply near_eq with (- ((1 - t) * - (1 - s2))); [ring|]. apply near_opp. apply near_trans with (w2 * w6); [now apply near_mult|now apply rounded_near].
    + apply near_weaken with (k + 1); [lra|exact N5].
Qed.

(* alpha and alpha' exact, v and v' within 4 u, sigma within 3 u. *)
Theorem bridge_schedule_rounding (t s2 : R) (w : nat -> R) : run schedule_schrodinger_bridge [t; s2] w -> 0 <= t < 1 -> 0 <= s2 <= 1 ->
  let v := (1 - t) * ((1 - t) + s2 * t) in
  w schedule_schrodinger_bridge_at_alpha = t /\ w schedule_schrodinger_bridge_at_alpha_dot = 1 /\
  near 4 v (w schedule_schrodinger_bridge_at_variance) /\ near 3 (sqrt v) (w schedule_schrodinger_bridge_at_sigma) /\
  near 4 (- ((1 - t) * (1 - s2) + ((1 - t) + s2 * t))) (w schedule_schrodinger_bridge_at_variance_dot).
Proof.
  intros run Ht Hs v. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  destruct H0 as (H0 & F0), H4 as (H4 & F4). rewrite number_one in H1. rewrite number_minus_one in H3.
  rewrite H1, H0 in H2. rewrite H0, H4 in H5. rewrite H1, H3, H4 in H6. rewrite H3 in H9.
  destruct (bridge_moments 1 t s2 (w 2%nat) (w 5%nat) (w 6%nat) (w 7%nat) (w 8%nat) (w 9%nat)) as (V & D); auto; try lra.
  { now apply rounded_near. }
  fold v in V. assert (P : 0 < v) by (unfold v; apply Rmult_lt_0_compat; nra).
  refine (conj H0 (conj H1 (conj (near_weaken (2 * 1 + 2) 4 _ _ ltac:(lra) V) (conj _ (near_weaken (1 + 3) 4 _ _ ltac:(lra) D))))).
  apply near_weaken with ((2 * 1 + 2) / 2 + 1); [lra|]. apply near_trans with (sqrt (w 7%nat)); [now apply near_sqrt|now apply rounded_near].
Qed.

(* |u| + |x du/dx| + |x1 du/dx1| times 4 u from t = 1/2 on, 5.5 u before, where 1 - t is rounded. *)
Theorem bridge_velocity_rounding (t s2 x x1 : R) (w : nat -> R) : run velocity_schrodinger_bridge [t; s2; x; x1] w ->
  0 <= t < 1 -> 0 <= s2 <= 1 ->
  let rate := - ((1 - t) * (1 - s2) + ((1 - t) + s2 * t)) / (2 * ((1 - t) * ((1 - t) + s2 * t))) in let y := x1 + rate * (x - t * x1) in
  Rabs (w velocity_schrodinger_bridge_at_velocity - y)
  <= (if Rle_dec (1 / 2) t then 4 + 1 / 512 else 11 / 2 + 1 / 512) * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  intros run Ht Hs rate y. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10.
  place run 11%nat H11. place run 12%nat H12. place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16.
  place run 17%nat H17. place run 18%nat H18.
  destruct H0 as (H0 & F0), H4 as (H4 & F4), H10 as (H10 & F10), H11 as (H11 & F11).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_two in H12.
  rewrite H1, H0 in H2. rewrite H0, H4 in H5. rewrite H1, H3, H4 in H6. rewrite H3 in H9. rewrite H12 in H13. rewrite H1 in H15.
  rewrite H0 in F0, H16. rewrite H10, H11, H16 in H17. rewrite (exact_product_one _ _ F11 H15), H11 in H18.
  set (k := if Rle_dec (1 / 2) t then 0 else 1). assert (K : 0 <= k <= 1) by (unfold k; destruct (Rle_dec (1 / 2) t); lra).
  destruct (bridge_moments k t s2 (w 2%nat) (w 5%nat) (w 6%nat) (w 7%nat) (w 8%nat) (w 9%nat)) as (V & D); auto.
  { apply remaining_near; [exact F0|lra|exact H2]. }
  set (v := (1 - t) * ((1 - t) + s2 * t)) in *. set (dv := (1 - t) * (1 - s2) + ((1 - t) + s2 * t)) in *.
  assert (P : 0 < v) by (unfold v; apply Rmult_lt_0_compat; nra). assert (DV : 0 <= dv) by (unfold dv; nra).
  assert (R : near (3 * k + 6) rate (w 14%nat)).
  { apply near_weaken with (k + 3 + (2 * k + 2) + 1); [lra|]. apply near_eq with (- dv / (v * 2)); [unfold rate; fold dv v; field; lra|].
    apply (halved_quotient (k + 3) (2 * k + 2) (- dv) v (w 9%nat) (w 7%nat) (w 13%nat)); auto.
    now apply (rounded_format (w 2%nat * w 5%nat)). }
  assert (Hr : rate <= 0).
  { unfold rate. fold dv v. unfold Rdiv. assert (0 < / (2 * v)) by (apply Rinv_0_lt_compat; lra). nra. }
  eapply Rle_trans; [exact (velocity_within (3 * k + 6) rate t x x1 _ _ _ ltac:(lra) Hr (proj1 Ht) R H17 H18)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|].
  unfold u64, k. destruct (Rle_dec (1 / 2) t); lra.
Qed.

(* ---------- ve_geometric: alpha = 1, sigma = smax e^(-L t) = smin e^(L (1 - t)) ---------- *)
(* sigma within (3.1 + L t) u of smax e^(-L t) before t = 1/2, within (3.1 + L (1 - t)) u of smin e^(L (1 - t)) from there on. *)
Theorem ve_geometric_schedule_rounding (t L smax smin : R) (w : nat -> R) : run schedule_ve_geometric [t; L; smax; smin] w ->
  0 <= t <= 1 -> 0 < L ->
  w schedule_ve_geometric_at_alpha = 1 /\ w schedule_ve_geometric_at_alpha_dot = 0 /\
  (t < 1 / 2 -> near (31 / 10 + L * t) (exp (- (L * t)) * smax) (w schedule_ve_geometric_at_sigma)) /\
  (1 / 2 <= t -> near (31 / 10 + L * (1 - t)) (exp (L * (1 - t)) * smin) (w schedule_ve_geometric_at_sigma)) /\
  rounded (w schedule_ve_geometric_at_sigma * w schedule_ve_geometric_at_sigma) (w schedule_ve_geometric_at_variance).
Proof.
  intros run Ht HL. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4. place run 5%nat H5.
  place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 10%nat H10. place run 12%nat H12. place run 13%nat H13.
  place run 15%nat H15. place run 17%nat H17. place run 19%nat H19. place run 20%nat H20. place run 22%nat H22. place run 24%nat H24.
  destruct H0 as (H0 & F0), H6 as (H6 & F6), H12 as (H12 & F12), H19 as (H19 & F19), H22 as (A22 & B22).
  rewrite number_one in H1. rewrite number_zero in H4. rewrite number_half in H5. rewrite H0, H5 in A22, B22. rewrite H6 in H7, H15.
  rewrite H1, H0 in H2. rewrite H0, H7 in H8. rewrite H12 in H13. rewrite H19 in H20. rewrite H0 in F0. apply approximated_near in H10, H17.
  refine (conj H1 (conj H4 (conj _ (conj _ H24)))).
  - intros T. change schedule_ve_geometric_at_sigma with 22%nat. rewrite (A22 T).
    apply near_weaken with (L * t + (2 + 1 / 1024) + 0 + 1); [lra|]. apply near_trans with (w 10%nat * smax); [|now apply rounded_near].
    apply near_mult; [|apply near_refl]. apply near_trans with (exp (w 8%nat)); [|exact H10]. apply near_exp.
    apply rounded_error in H8. replace (t * - L) with (- (L * t)) in H8 by ring.
    rewrite Rabs_Ropp, (Rabs_right (L * t)) in H8 by nra. lra.
  - intros T. change schedule_ve_geometric_at_sigma with 22%nat. rewrite (B22 T).
    rewrite (rounded_exact _ _ (one_minus_exact t F0 ltac:(lra)) H2) in H15.
    apply near_weaken with (L * (1 - t) + (2 + 1 / 1024) + 0 + 1); [lra|]. apply near_trans with (w 17%nat * smin); [|now apply rounded_near].
    apply near_mult; [|apply near_refl]. apply near_trans with (exp (w 15%nat)); [|exact H17]. apply near_exp.
    apply rounded_error in H15. replace ((1 - t) * L) with (L * (1 - t)) in H15 by ring.
    rewrite (Rabs_right (L * (1 - t))) in H15 by (apply Rle_ge, Rmult_le_pos; lra). lra.
Qed.

(* u = -L (x - x1) within 8.1 u of its size. *)
Theorem ve_geometric_velocity_rounding (t L smax smin x x1 : R) (w : nat -> R) : run velocity_ve_geometric [t; L; smax; smin; x; x1] w ->
  0 <= t <= 1 -> 0 < L -> 0 < smax -> 0 < smin -> let y := - L * (x - x1) in
  Rabs (w velocity_ve_geometric_at_velocity - y) <= 81 / 10 * u64 * Rabs y.
Proof.
  intros run Ht HL Hmax Hmin y. place run 0%nat H0. place run 1%nat H1. place run 3%nat H3. place run 4%nat H4. place run 5%nat H5.
  place run 6%nat H6. place run 7%nat H7. place run 9%nat H9. place run 10%nat H10. place run 11%nat H11. place run 12%nat H12.
  place run 13%nat H13. place run 14%nat H14. place run 16%nat H16. place run 17%nat H17. place run 18%nat H18. place run 19%nat H19.
  place run 20%nat H20. place run 21%nat H21. place run 22%nat H22. place run 23%nat H23. place run 24%nat H24. place run 25%nat H25.
  place run 26%nat H26. place run 27%nat H27. place run 28%nat H28. place run 29%nat H29. place run 30%nat H30. place run 31%nat H31.
  place run 32%nat H32. place run 33%nat H33. place run 34%nat H34. place run 35%nat H35.
  destruct H0 as (H0 & F0), H6 as (H6 & F6), H12 as (H12 & F12), H19 as (H19 & F19), H22 as (A22 & B22), H23 as (A23 & B23),
    H27 as (H27 & F27), H28 as (H28 & F28).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_zero in H4. rewrite number_two in H29.
  rewrite H6 in F6, H7. assert (FL : fmt64 (- L)) by now apply format_opp.
  assert (E9 : w 9%nat = - L) by (rewrite H1, H7 in H9; now apply exact_product_one).
  assert (E16 : w 16%nat = - L).
  { rewrite H3, H6 in H16. apply rounded_exact; [exact FL|]. now replace (- L) with (-1 * L) by ring. }
  rewrite E9 in H11. rewrite E16 in H18. rewrite H12 in H13, H14. rewrite H19 in H20, H21. rewrite H29 in H30.
  rewrite H4, Rmult_0_l in H32. apply rounded_0 in H32. rewrite H32, Rplus_0_l in H35. rewrite H1 in H33. rewrite H27, H28, H33 in H34.
  apply approximated_near in H10, H17. assert (P10 := near_pos _ _ _ (exp_pos _) H10). assert (P17 := near_pos _ _ _ (exp_pos _) H17).
  (* sigma' over sigma, in either form *)
  assert (ratio : forall e f c S D, 0 < e -> 0 < c -> rounded (e * - L) f -> rounded (e * c) S -> rounded (f * c) D -> S <> 0 /\ near 3 (- L) (D / S)).
  { intros e f c S D E C Hf HS HD. apply rounded_near in Hf, HS, HD. assert (EC : 0 < e * c) by now apply Rmult_lt_0_compat.
    assert (S0 := near_pos _ _ _ EC HS). split; [lra|]. apply near_weaken with (1 + 0 + 1 + 1); [lra|].
    apply near_eq with (e * - L * c / (e * c)); [field; lra|]. apply near_div; [|exact HS].
    apply near_trans with (f * c); [|exact HD]. apply near_mult; [exact Hf|apply near_refl]. }
  assert (Q : w 22%nat <> 0 /\ near 3 (- L) (w 23%nat / w 22%nat)).
  { destruct (Rlt_or_le (w 0%nat) (w 5%nat)) as [T|T].
    - rewrite (A22 T), (A23 T). now apply (ratio (w 10%nat) (w 11%nat) smax).
    - rewrite (B22 T), (B23 T). now apply (ratio (w 17%nat) (w 18%nat) smin). }
  destruct Q as (S0 & Q).
  assert (R : near (3 + 3) (- L) (w 31%nat)).
  { apply near_trans with (w 23%nat / w 22%nat); [exact Q|].
    now apply (square_rate (w 22%nat) (w 23%nat) (w 24%nat) (w 25%nat) (w 26%nat) (w 30%nat)). }
  assert (N : near (3 + 3 + 1 + 1) y (w 35%nat)).
  { apply near_trans with (w 31%nat * w 34%nat); [|now apply rounded_near]. apply near_mult; [exact R|].
    apply near_eq with (x + Ropp 1 * x1); [ring|now apply rounded_near]. }
  change velocity_ve_geometric_at_velocity with 35%nat. eapply Rle_trans; [apply (near_error (3 + 3 + 1 + 1)); [lra|exact N]|].
  apply Rmult_le_compat_r; [apply Rabs_pos|unfold u64; lra].
Qed.

(* ---------- cosine: alpha = sin(pi t/2), sigma = cos(pi t/2) ---------- *)
(* A half is exact where it is no subnormal number. *)
Lemma rounded_half x y : fmt64 x -> rounded (x * (1 / 2)) y -> y = x * (1 / 2).
Proof.
  intros F H. apply rounded_exact; [|exact H]. destruct H as (_ & [Z|N]); [rewrite Z; apply format_zero|].
  replace (1 / 2) with (bpow radix2 (-1)) in * by (simpl; lra).
  assert (B : bpow radix2 (-1021) <= Rabs x).
  { rewrite Rabs_mult, (Rabs_right (bpow radix2 (-1))) in N by (apply Rle_ge, bpow_ge_0).
    apply Rmult_le_reg_r with (bpow radix2 (-1)); [apply bpow_gt_0|]. rewrite <- bpow_plus. exact N. }
  apply mult_bpow_exact_FLT; [exact F|]. assert (M := mag_ge_bpow radix2 x (-1020) B). lia.
Qed.

Definition pi64 : R := 884279719003555 * powerRZ 2 (-48).

(* alpha and sigma within 2.6 u, v within 6.1 u; with pi64, the library's number for pi: alpha' and sigma' within 4.6 u. *)
Theorem cosine_schedule_rounding (t : R) (w : nat -> R) : run schedule_cosine [t] w -> 0 <= t <= 1 ->
  near (26 / 10) (sin (PI * t / 2)) (w schedule_cosine_at_alpha) /\ near (26 / 10) (cos (PI * t / 2)) (w schedule_cosine_at_sigma) /\
  near (62 / 10) (cos (PI * t / 2) * cos (PI * t / 2)) (w schedule_cosine_at_variance) /\
  near (46 / 10) (pi64 / 2 * cos (PI * t / 2)) (w schedule_cosine_at_alpha_dot) /\
  near (46 / 10) (- (pi64 / 2) * sin (PI * t / 2)) (w schedule_cosine_at_sigma_dot).
Proof.
  intros run Ht. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10. place run 11%nat H11. place run 12%nat H12.
  place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16. place run 17%nat H17. place run 18%nat H18. place run 19%nat H19.
  place run 20%nat H20. place run 21%nat H21. place run 22%nat H22. place run 23%nat H23. place run 24%nat H24. place run 25%nat H25.
  place run 26%nat H26. place run 27%nat H27. place run 28%nat H28. destruct H0 as (H0 & F0). rewrite H0 in F0.
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_half in H4. fold pi64 in H10.
  assert (H17' : w 17%nat = - pi64) by (rewrite H17; unfold pi64; ring). clear H17.
  rewrite H1, H0 in H2. rewrite H0, H4 in H6. rewrite H1, H4 in H7. rewrite H4 in H13. rewrite H3, H4 in H14.
  assert (E6 := rounded_half _ _ F0 H6). assert (E7 := rounded_half _ _ format_one H7).
  assert (E14 := rounded_half _ _ (format_opp _ format_one) H14).
  rewrite E6 in H8, H9. apply turned_near in H8, H9, H15, H16. rewrite H10 in H11, H24. rewrite H17' in H18, H22.
  rewrite E7 in H12, H23. rewrite E14 in H19, H25. rewrite H0, H4 in H20, H21, H26, H27.
  destruct H20 as (A20 & B20), H21 as (A21 & B21), H26 as (A26 & B26), H27 as (A27 & B27).
  replace (PI * (t * (1 / 2))) with (PI * t / 2) in H8, H9 by field.
  assert (Mult : forall c a e f h g, near (5 / 2 + 1 / 1024) c a -> rounded (a * e) f -> rounded (f * h) g -> near (46 / 10) (c * e * h) g).
  { intros c a e f h g Na Hf Hg. apply near_weaken with (5 / 2 + 1 / 1024 + 0 + 1 + 0 + 1); [lra|]. apply near_trans with (f * h); [|now apply rounded_near].
    apply near_mult; [|apply near_refl]. apply near_trans with (a * e); [|now apply rounded_near]. apply near_mult; [exact Na|apply near_refl]. }
  change schedule_cosine_at_alpha with 20%nat. change schedule_cosine_at_sigma with 26%nat. change schedule_cosine_at_variance with 28%nat.
  change schedule_cosine_at_alpha_dot with 21%nat. change schedule_cosine_at_sigma_dot with 27%nat.
  assert (G : near (26 / 10) (sin (PI * t / 2)) (w 20%nat) /\ near (26 / 10) (cos (PI * t / 2)) (w 26%nat) /\
    near (46 / 10) (pi64 / 2 * cos (PI * t / 2)) (w 21%nat) /\ near (46 / 10) (- (pi64 / 2) * sin (PI * t / 2)) (w 27%nat)).
  { destruct (Rlt_or_le t (1 / 2)) as [T|T].
    - rewrite (A20 T), (A21 T), (A26 T), (A27 T).
      refine (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H8) (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H9) (conj _ _))).
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H9 H11 H12)]. field.
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H8 H22 H23)]. field.
    - assert (F2 : fmt64 (1 - t)) by (apply one_minus_exact; [exact F0|lra]).
      rewrite (rounded_exact _ _ F2 H2) in H13. rewrite (rounded_half _ _ F2 H13) in H15, H16.
      assert (C : cos (PI * ((1 - t) * (1 / 2))) = sin (PI * t / 2)) by (rewrite <- cos_shift; f_equal; field).
      assert (S : sin (PI * ((1 - t) * (1 / 2))) = cos (PI * t / 2)) by (rewrite <- sin_shift; f_equal; field).
      rewrite C in H15. rewrite S in H16. rewrite (B20 T), (B21 T), (B26 T), (B27 T).
      refine (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H15) (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H16) (conj _ _))).
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H16 H18 H19)]. field.
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H15 H24 H25)]. field. }
  destruct G as (GA & GS & GD & GE). refine (conj GA (conj GS (conj _ (conj GD GE)))).
  apply near_weaken with (26 / 10 + 26 / 10 + 1); [lra|]. apply near_trans with (w 26%nat * w 26%nat); [now apply near_mult|now apply rounded_near].
Qed.
