(* The conditional velocity where alpha itself is rounded, and with it that of the cosine path. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates
  ExecutedVelocity ExecutedSchedules ExecutedPaths ExecutedCurves.
Import ListNotations.
Open Scope R_scope.

(* alpha' x1 + rate (x - alpha x1) with alpha within m u, alpha' within k u, the rate within n u; rate <= 0 <= alpha, alpha'. *)
Lemma velocity_of_rounded_alpha m k n a da rate x x1 a' da' r first difference y :
  0 <= m <= 32 -> 0 <= k <= 64 -> 0 <= n <= 64 -> m <= k + 1 -> 0 <= a -> 0 <= da -> rate <= 0 ->
  near m a a' -> near k da da' -> near n rate r ->
  rounded (da' * x1) first -> rounded (x + - a' * x1) difference -> rounded (first + r * difference) y ->
  Rabs (y - (da * x1 + rate * (x - a * x1)))
  <= (k + 1 + (n + 1) / 2 + 1 / 512) * u64 * (Rabs (da * x1 + rate * (x - a * x1)) + (Rabs (rate * x) + Rabs ((da - rate * a) * x1))).
Proof.
  intros Hm Hk Hn Hmk Ha Hda Hr NA ND NR H1 H2 H3. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  set (P := da * x1). set (G := rate * (a * x1)). set (Q := rate * (x - a * x1)). set (v := P + Q).
  assert (T : forall b c, Rabs (b + c) <= Rabs b + Rabs c) by apply Rabs_triang.
  (* alpha' x1 *)
  assert (NP : near (k + 1) P first).
  { apply near_trans with (da' * x1); [|now apply rounded_near]. replace k with (k + 0) by ring. apply near_mult; [exact ND|apply near_refl]. }
  assert (EP := near_error (k + 1) P first ltac:(lra) NP).
  (* rate (x - alpha x1): alpha's error is an error of G *)
  assert (N1 : near (n + 1) (rate * (x - a' * x1)) (r * difference)).
  { apply near_mult; [exact NR|]. apply near_eq with (x + - a' * x1); [ring|now apply rounded_near]. }
  assert (E1 := near_error (n + 1) _ _ ltac:(lra) N1).
  assert (NG : near m G (rate * (a' * x1))).
  { unfold G. apply near_scale. replace m with (m + 0) by ring. apply near_mult; [exact NA|apply near_refl]. }
  assert (EG := near_error m G _ ltac:(lra) NG).
  assert (E3 := near_error 1 _ _ ltac:(lra) (rounded_near _ _ H3)).
  assert (P0 := Rabs_pos P). assert (G0 := Rabs_pos G). assert (Q0 := Rabs_pos Q). assert (V0 := Rabs_pos v).
  set (A := Rabs (rate * x)). assert (A0 : 0 <= A) by apply Rabs_pos.
  assert (B : Rabs ((da - rate * a) * x1) = Rabs P + Rabs G).
  { unfold P, G. replace (rate * (a * x1)) with (rate * a * x1) by ring. rewrite !Rabs_mult, (Rabs_left1 rate), (Rabs_right da), (Rabs_right a) by lra.
    rewrite Rabs_right by nra. ring. }
  rewrite B. assert (Q1 : Rabs Q <= Rabs v + Rabs P).
  { replace Q with (v + - P) by (unfold v; ring). eapply Rle_trans; [apply T|]. rewrite Rabs_Ropp. lra. }
  assert (Q2 : Rabs Q <= A + Rabs G).
  { unfold Q, A, G. replace (rate * (x - a * x1)) with (rate * x + - (rate * (a * x1))) by ring. eapply Rle_trans; [apply T|]. rewrite Rabs_Ropp. lra. }
  assert (FP : Rabs (first - P) <= (k + 1 + 1 / 1048576) * u64 * Rabs P).
  { eapply Rle_trans; [exact EP|]. apply Rmult_le_compat_r; [exact P0|]. rewrite U. assert ((k + 1) * ((k + 1) / 1048576 / 1048576) <= 1 / 1048576) by nra. nra. }
  assert (FG : Rabs (rate * (a' * x1) - G) <= (m + 1 / 1048576) * u64 * Rabs G).
  { eapply Rle_trans; [exact EG|]. apply Rmult_le_compat_r; [exact G0|]. rewrite U. assert (m * (m / 1048576 / 1048576) <= 1 / 1048576) by nra. nra. }
  set (eG := Rabs (rate * (a' * x1) - G)) in *. set (eP := Rabs (first - P)) in *.
  assert (R1 : Rabs (rate * (x - a' * x1)) <= Rabs Q + eG).
  { replace (rate * (x - a' * x1)) with (Q + - (rate * (a' * x1) - G)) by (unfold Q, G; ring). eapply Rle_trans; [apply T|]. rewrite Rabs_Ropp. unfold eG. lra. }
  assert (F1 : Rabs (r * difference - rate * (x - a' * x1)) <= (n + 1 + 1 / 1048576) * u64 * (Rabs Q + eG)).
  { eapply Rle_trans; [exact E1|]. apply Rmult_le_compat; [rewrite U; nra|apply Rabs_pos| |exact R1].
    rewrite U. assert ((n + 1) * ((n + 1) / 1048576 / 1048576) <= 1 / 1048576) by nra. nra. }
  set (e1 := Rabs (r * difference - rate * (x - a' * x1))) in *.
  assert (D : Rabs (first + r * difference - v) <= eP + e1 + eG).
  { replace (first + r * difference - v) with ((first - P) + ((r * difference - rate * (x - a' * x1)) + - (rate * (a' * x1) - G))) by (unfold v, Q, G; ring).
    eapply Rle_trans; [apply T|]. assert (X := T (r * difference - rate * (x - a' * x1)) (- (rate * (a' * x1) - G))). rewrite Rabs_Ropp in X.
    unfold eP, e1, eG. lra. }
  assert (R3 : Rabs (first + r * difference) <= Rabs v + (eP + e1 + eG)).
  { replace (first + r * difference) with (v + (first + r * difference - v)) by ring. eapply Rle_trans; [apply T|]. lra. }
  assert (F3 : Rabs (y - (first + r * difference)) <= (1 + 1 / 1048576) * u64 * (Rabs v + (eP + e1 + eG))).
  { eapply Rle_trans; [exact E3|]. apply Rmult_le_compat; try (rewrite U; lra); [apply Rabs_pos|exact R3]. }
  replace (y - v) with ((y - (first + r * difference)) + (first + r * difference - v)) by ring. eapply Rle_trans; [apply T|].
  (* everything is small beside what carries it *)
  set (p := Rabs P) in *. set (g := Rabs G) in *. set (q := Rabs Q) in *. set (w := Rabs v) in *.
  assert (sG : eG <= 1 / 1048576 * g) by (eapply Rle_trans; [exact FG|]; apply Rmult_le_compat_r; [exact G0|rewrite U; lra]).
  assert (sP : eP <= 1 / 1048576 * p) by (eapply Rle_trans; [exact FP|]; apply Rmult_le_compat_r; [exact P0|rewrite U; lra]).
  assert (eG0 : 0 <= eG) by apply Rabs_pos.
  assert (s1 : e1 <= 1 / 1048576 * (q + eG)) by (eapply Rle_trans; [exact F1|]; apply Rmult_le_compat_r; [lra|rewrite U; lra]).
  assert (L1 : e1 <= u64 * ((n + 1 + 1 / 1048576) * q + 66 * eG)).
  { eapply Rle_trans; [exact F1|]. rewrite (Rmult_comm _ u64), Rmult_assoc. apply Rmult_le_compat_l; [rewrite U; lra|]. nra. }
  assert (L2 : eP <= u64 * ((k + 1 + 1 / 1048576) * p)) by lra. assert (L3 : eG <= u64 * ((m + 1 / 1048576) * g)) by lra.
  assert (L4 : Rabs (y - (first + r * difference)) <= u64 * ((1 + 1 / 1048576) * (w + (eP + e1 + eG)))) by lra.
  assert (Goal1 : Rabs (y - (first + r * difference)) + Rabs (first + r * difference - v)
    <= u64 * ((1 + 1 / 1048576) * (w + (eP + e1 + eG)) + (k + 1 + 1 / 1048576) * p + ((n + 1 + 1 / 1048576) * q + 66 * eG) + (m + 1 / 1048576) * g)) by lra.
  eapply Rle_trans; [exact Goal1|]. rewrite (Rmult_comm _ u64), Rmult_assoc. apply Rmult_le_compat_l; [rewrite U; lra|].
  assert (M1 : (n + 1) * q <= (n + 1) / 2 * (w + p + A + g)) by (assert (2 * q <= w + p + A + g) by lra; nra).
  assert (M2 : m * g <= (k + 1) * g) by (apply Rmult_le_compat_r; lra).
  assert (M3 : w <= (k + 1) * w) by (assert (0 <= k * w) by (apply Rmult_le_pos; lra); lra).
  assert (M4 : 0 <= (k + 1) * A) by (apply Rmult_le_pos; lra). lra.
Qed.

(* The cosine path with the library's number for pi: within 11.3 u of |u| + |x du/dx| + |x1 du/dx1|. *)
Theorem cosine_velocity_rounding (t x x1 : R) (w : nat -> R) : run velocity_cosine [t; x; x1] w -> 0 <= t < 1 ->
  let a := sin (PI * t / 2) in let da := pi64 / 2 * cos (PI * t / 2) in let rate := - (pi64 / 2) * (sin (PI * t / 2) / cos (PI * t / 2)) in
  let y := da * x1 + rate * (x - a * x1) in
  Rabs (w velocity_cosine_at_velocity - y) <= 113 / 10 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((da - rate * a) * x1))).
Proof.
  intros run Ht a da rate y. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10. place run 11%nat H11. place run 12%nat H12.
  place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16. place run 17%nat H17. place run 18%nat H18. place run 19%nat H19.
  place run 20%nat H20. place run 21%nat H21. place run 22%nat H22. place run 23%nat H23. place run 24%nat H24. place run 25%nat H25.
  place run 26%nat H26. place run 27%nat H27. place run 28%nat H28. place run 29%nat H29. place run 30%nat H30. place run 31%nat H31. place run 32%nat H32.
  place run 33%nat H33. place run 34%nat H34. place run 35%nat H35. place run 36%nat H36. place run 37%nat H37. place run 38%nat H38.
  destruct H0 as (H0 & F0), H31 as (H31 & F31), H32 as (H32 & F32). rewrite H0 in F0.
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_half in H4. rewrite number_two in H30. fold pi64 in H9.
  assert (H16' : w 16%nat = - pi64) by (rewrite H16; unfold pi64; ring). clear H16.
  rewrite H1, H0 in H2. rewrite H0, H4 in H5. rewrite H1, H4 in H6. rewrite H4 in H12. rewrite H3, H4 in H13.
  assert (E5 := rounded_half _ _ F0 H5). assert (E6 := rounded_half _ _ format_one H6). assert (E13 := rounded_half _ _ (format_opp _ format_one) H13).
  rewrite E5 in H7, H8. apply turned_near in H7, H8, H14, H15. rewrite H9 in H10, H23. rewrite H16' in H17, H21.
  rewrite E6 in H11, H22. rewrite E13 in H18, H24. rewrite H0, H4 in H19, H20, H25, H26.
  destruct H19 as (A19 & B19), H20 as (A20 & B20), H25 as (A25 & B25), H26 as (A26 & B26).
  replace (PI * (t * (1 / 2))) with (PI * t / 2) in H7, H8 by field.
  assert (Mult : forall c b e f h g, near (5 / 2 + 1 / 1024) c b -> rounded (b * e) f -> rounded (f * h) g -> near (46 / 10) (c * e * h) g).
  { intros c b e f h g Na Hf Hg. apply near_weaken with (5 / 2 + 1 / 1024 + 0 + 1 + 0 + 1); [lra|]. apply near_trans with (f * h); [|now apply rounded_near].
    apply near_mult; [|apply near_refl]. apply near_trans with (b * e); [|now apply rounded_near]. apply near_mult; [exact Na|apply near_refl]. }
  assert (Q := PI_RGT_0). assert (C0 : 0 < cos (PI * t / 2)) by (apply cos_gt_0; nra). assert (S0 : 0 <= sin (PI * t / 2)) by (apply sin_ge_0; nra).
  assert (G : near (26 / 10) a (w 19%nat) /\ near (26 / 10) (cos (PI * t / 2)) (w 25%nat) /\
    near (46 / 10) da (w 20%nat) /\ near (46 / 10) (- (pi64 / 2) * sin (PI * t / 2)) (w 26%nat)).
  { unfold a, da. destruct (Rlt_or_le t (1 / 2)) as [T|T].
    - rewrite (A19 T), (A20 T), (A25 T), (A26 T).
      refine (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H7) (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H8) (conj _ _))).
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H8 H10 H11)]. field.
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H7 H21 H22)]. field.
    - assert (F2 : fmt64 (1 - t)) by (apply one_minus_exact; [exact F0|lra]).
      rewrite (rounded_exact _ _ F2 H2) in H12. rewrite (rounded_half _ _ F2 H12) in H14, H15.
      assert (C : cos (PI * ((1 - t) * (1 / 2))) = sin (PI * t / 2)) by (rewrite <- cos_shift; f_equal; field).
      assert (S : sin (PI * ((1 - t) * (1 / 2))) = cos (PI * t / 2)) by (rewrite <- sin_shift; f_equal; field).
      rewrite C in H14. rewrite S in H15. rewrite (B19 T), (B20 T), (B25 T), (B26 T).
      refine (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H14) (conj (near_weaken (5 / 2 + 1 / 1024) (26 / 10) _ _ ltac:(lra) H15) (conj _ _))).
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H15 H17 H18)]. field.
      + eapply near_eq; [|exact (Mult _ _ _ _ _ _ H14 H23 H24)]. field. }
  destruct G as (GA & GS & GD & GE). assert (P25 := near_pos _ _ _ C0 GS).
  assert (R : near (46 / 10 + 26 / 10 + 3) rate (w 34%nat)).
  { apply near_trans with (w 26%nat / w 25%nat).
    - unfold rate. apply near_eq with (- (pi64 / 2) * sin (PI * t / 2) / cos (PI * t / 2)); [unfold Rdiv; ring|]. now apply near_div.
    - rewrite H30 in H33. apply (square_rate (w 25%nat) (w 26%nat) (w 27%nat) (w 28%nat) (w 29%nat) (w 33%nat)); auto. lra. }
  assert (pi0 : 0 < pi64) by (unfold pi64; apply Rmult_lt_0_compat; [lra|apply powerRZ_lt; lra]).
  assert (Hr : rate <= 0).
  { unfold rate. assert (0 <= sin (PI * t / 2) / cos (PI * t / 2)) by (apply Rmult_le_pos; [exact S0|left; now apply Rinv_0_lt_compat]). nra. }
  rewrite H32 in H35. rewrite H36, H31, H32 in H37.
  eapply Rle_trans; [exact (velocity_of_rounded_alpha (26 / 10) (46 / 10) (46 / 10 + 26 / 10 + 3) a da rate x x1 _ _ _ _ _ _
    ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) S0 ltac:(unfold da; nra) Hr GA GD R H35 H37 H38)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|unfold u64; lra].
Qed.
