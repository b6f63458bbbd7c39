(* The derivatives of the variance-preserving schedule as they are executed, and with them its conditional velocity. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import AffinePaths OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates
  ExecutedVelocity ExecutedSchedules ExecutedPaths ExecutedCurves ExecutedCosine Twofold ExecutedVariancePreserving.
Import ListNotations.
Open Scope R_scope.

Lemma rounded_within c x y : Rabs x <= c -> rounded x y -> - (u64 * c) <= y - x <= u64 * c.
Proof.
  intros X H. apply rounded_error in H. apply Rabs_le_inv. eapply Rle_trans; [exact H|]. apply Rmult_le_compat_l; [assert (U := u64_pos); lra|exact X].
Qed.

Lemma rounded_nothing x y : x = 0 -> rounded x y -> y = 0.
Proof. intros -> H. now apply rounded_0. Qed.

Section Path.
Variables (t slope slope_tail bmin bmax whole whole_tail : R) (w : nat -> R).
Hypothesis executed : forall k o, nth_error (firstn 120 schedule_vp) k = Some o ->
  gives o (fun k => nth k [t; slope; slope_tail; bmin; bmax; whole; whole_tail] 0) w (w k).
Hypothesis Ht : 0 <= t < 1.
Hypothesis Hb : 0 <= bmin <= bmax.
Hypothesis Hmax : 0 < bmax <= 25.
Hypothesis stored_slope : slope + slope_tail = bmax - bmin.
Hypothesis small_slope_tail : Rabs slope_tail <= u64 * Rabs slope.
Hypothesis stored_whole : whole + whole_tail = (bmin + bmax) / 2.
Hypothesis small_whole_tail : Rabs whole_tail <= u64 * Rabs whole.
Let T := vp_T bmin bmax (1 - t).
Let beta := vp_beta bmin bmax (1 - t).

Lemma slope_sign : 0 <= slope /\ slope <= (1 + 1 / 1024) * (bmax - bmin) /\ - (u64 * slope) <= slope_tail <= u64 * slope.
Proof.
  assert (U : u64 = 1 / 9007199254740992) by reflexivity. assert (S0 : 0 <= slope).
  { destruct (Rlt_or_le slope 0) as [L|L]; [|exact L]. rewrite (Rabs_left slope) in small_slope_tail by exact L.
    apply Rabs_le_inv in small_slope_tail. rewrite U in *. lra. }
  rewrite (Rabs_right slope) in small_slope_tail by lra. apply Rabs_le_inv in small_slope_tail.
  split; [exact S0|]. split; [rewrite U in *; lra|exact small_slope_tail].
Qed.

Lemma beta_positive : 0 < beta.
Proof.
  unfold beta, vp_beta. assert (0 <= (1 - t) * (bmax - bmin)) by (apply Rmult_le_pos; lra).
  destruct (Rle_lt_or_eq_dec bmin bmax (proj2 Hb)) as [L|L].
  - assert (0 < (1 - t) * (bmax - bmin)) by (apply Rmult_lt_0_compat; lra). lra.
  - lra.
Qed.

(* -beta and what the derivative of the tail has left, from t = 1/2 on *)
Lemma late_slopes : 1 / 2 <= t -> Rabs (w 33%nat - - beta) <= 7 * u64 * beta /\ Rabs (w 43%nat) <= 24 * u64 * beta.
Proof.
  intros L. part executed 0%nat H0. part executed 1%nat H1. part executed 2%nat H2. part executed 3%nat H3. part executed 4%nat H4.
  part executed 5%nat H5.
  part executed 6%nat H6. part executed 7%nat H7. part executed 8%nat H8. part executed 9%nat H9. part executed 10%nat H10. part executed 11%nat H11.
  part executed 12%nat H12. part executed 13%nat H13. part executed 14%nat H14. part executed 15%nat H15. part executed 16%nat H16.
  part executed 17%nat H17.
  part executed 18%nat H18. part executed 19%nat H19. part executed 20%nat H20. part executed 21%nat H21. part executed 22%nat H22.
  part executed 23%nat H23.
  part executed 24%nat H24. part executed 25%nat H25. part executed 26%nat H26. part executed 27%nat H27. part executed 28%nat H28.
  part executed 29%nat H29.
  part executed 30%nat H30. part executed 31%nat H31. part executed 32%nat H32. part executed 33%nat H33. part executed 34%nat H34.
  part executed 35%nat H35.
  part executed 36%nat H36. part executed 37%nat H37. part executed 38%nat H38. part executed 39%nat H39. part executed 40%nat H40.
  part executed 41%nat H41.
  part executed 42%nat H42. part executed 43%nat H43.
  destruct H0 as (H0 & F0), H7 as (H7 & F7), H14 as (H14 & F14), H17 as (H17 & F17). rewrite number_one in H1. rewrite number_minus_one in H3.
  rewrite number_half in H4. rewrite number_zero in H18. rewrite H0 in F0. rewrite H1, H0 in H2.
  assert (F2 : fmt64 (1 - t)) by (apply one_minus_exact; [exact F0|lra]). assert (E2 := rounded_exact _ _ F2 H2). rewrite E2, H4 in H5.
  assert (E5 := rounded_half _ _ F2 H5). rewrite H3, H4 in H6. assert (E6 := rounded_half _ _ (format_opp _ format_one) H6).
  replace (- (1) * (1 / 2)) with (-1 / 2) in E6 by field.
  rewrite E5 in *. rewrite E2 in *. rewrite H7 in *. rewrite H14 in *. rewrite H17 in *. rewrite E6 in *.
  replace (-1 / 2 * slope) with (slope * (-1 / 2)) in H9 by ring. assert (E9 := rounded_minus_half _ _ F7 H9). assert (F9 := rounded_format _ _ H9).
  rewrite H11, E9 in H13. apply rounded_nothing in H13; [|field]. rewrite H13 in H16.
  replace (0 + -1 / 2 * slope_tail) with (slope_tail * (-1 / 2)) in H16 by ring. assert (E16 := rounded_minus_half _ _ F14 H16).
  assert (F16 := rounded_format _ _ H16).
  rewrite H18 in *. assert (E20 := rounded_plus_0_l _ _ F9 H20). rewrite E20 in *. rewrite Rminus_0_r in H22.
  assert (E22 := rounded_exact _ _ F9 H22). rewrite E22 in *.
  apply rounded_nothing in H24; [|ring]. rewrite H24 in H26. apply rounded_nothing in H26; [|ring]. apply rounded_nothing in H28; [|ring].
  rewrite H26, H28 in H30. apply rounded_nothing in H30; [|ring]. rewrite H30 in H40. assert (E40 := rounded_plus_0_r _ _ F16 H40). rewrite E40 in H42.
  rewrite E9 in *. rewrite E16 in *. rewrite H3 in H33, H38, H43. rewrite H35 in H37. rewrite H10 in H12. rewrite H34 in H36.
  assert (Lost := two_sum _ _ _ _ _ _ _ _ F17 (rounded_format _ _ H8) H19 H21 H23 H25 H27 H29).
  destruct (area_twofold (1 - t) bmin slope slope_tail (w 8%nat) (w 12%nat) (w 15%nat) (w 19%nat) (w 29%nat) (w 31%nat) (w 36%nat) (w 39%nat) (w
    41%nat))
    as (_ & _ & B39); auto; try lra.
  destruct slope_sign as (S0 & S1 & S2). rewrite (Rabs_right slope) in B39 by lra. apply Rabs_le_inv in B39.
  set (q := (1 - t) * slope / 2) in *. assert (q0 : 0 <= q) by (unfold q; assert (0 <= (1 - t) * slope) by (apply Rmult_le_pos; lra); lra).
  replace ((1 - t) * (1 / 2) * slope) with q in * by (unfold q; field). replace ((1 - t) * (slope * (-1 / 2))) with (- q) in * by (unfold q; field).
  set (z := (1 - t) * (slope_tail * (-1 / 2))) in *.
  assert (z0 : - (u64 * q) <= z <= u64 * q).
  { assert (A : (1 - t) * - (u64 * slope) <= (1 - t) * slope_tail <= (1 - t) * (u64 * slope)) by (split; apply Rmult_le_compat_l; lra).
  unfold z, q. lra. }
  assert (BN : beta = bmin + 2 * q - 2 * z) by (unfold beta, vp_beta, q, z; rewrite <- stored_slope; field).
  assert (U : u64 = 1 / 9007199254740992) by reflexivity. set (N := bmin + 2 * q) in *.
  assert (R8 := rounded_within q q (w 8%nat) ltac:(rewrite Rabs_right; lra) H8).
  assert (R19 := rounded_within (101 / 100 * N) (bmin + w 8%nat) (w 19%nat) ltac:(apply Rabs_le; unfold N; rewrite U in *; lra) H19).
  assert (R32 := rounded_within q (- q) (w 32%nat) ltac:(rewrite Rabs_Ropp, Rabs_right; lra) H32).
  assert (R33 := rounded_within (101 / 100 * N) (w 32%nat + -1 * w 19%nat) (w 33%nat) ltac:(apply Rabs_le; unfold N in *; rewrite U in *; lra) H33).
  assert (R37 := rounded_within (102 / 100 * N) (- w 33%nat + - q) (w 37%nat) ltac:(apply Rabs_le; unfold N in *; rewrite U in *; lra) H37).
  assert (R38 := rounded_within (1 / 100 * N) (w 37%nat + -1 * w 19%nat) (w 38%nat) ltac:(apply Rabs_le; unfold N in *; rewrite U in *; lra) H38).
  assert (R42 := rounded_within (1 / 100 * N) (w 38%nat + z) (w 42%nat) ltac:(apply Rabs_le; unfold N in *; rewrite U in *; lra) H42).
  assert (R43 := rounded_within (1 / 100 * N) (w 42%nat + -1 * w 39%nat) (w 43%nat) ltac:(apply Rabs_le; unfold N in *; rewrite U in *; lra) H43).
  split; apply Rabs_le; unfold N in *; rewrite U in *; lra.
Qed.

(* ... and before *)
Lemma early_slopes : t < 1 / 2 -> Rabs (w 84%nat - - beta) <= 7 * u64 * beta /\ Rabs (w 95%nat) <= 24 * u64 * beta.
Proof.
  intros L. part executed 0%nat H0. part executed 1%nat H1. part executed 4%nat H4. part executed 7%nat H7. part executed 14%nat H14.
  part executed 18%nat H18.
  part executed 44%nat H44. part executed 45%nat H45. part executed 46%nat H46. part executed 47%nat H47. part executed 48%nat H48.
  part executed 49%nat H49.
  part executed 50%nat H50. part executed 51%nat H51. part executed 52%nat H52. part executed 53%nat H53. part executed 54%nat H54.
  part executed 55%nat H55.
  part executed 56%nat H56. part executed 57%nat H57. part executed 58%nat H58. part executed 59%nat H59. part executed 60%nat H60.
  part executed 61%nat H61.
  part executed 62%nat H62. part executed 63%nat H63. part executed 64%nat H64. part executed 65%nat H65. part executed 66%nat H66.
  part executed 67%nat H67.
  part executed 68%nat H68. part executed 69%nat H69. part executed 70%nat H70. part executed 71%nat H71. part executed 72%nat H72.
  part executed 73%nat H73.
  part executed 74%nat H74. part executed 75%nat H75. part executed 76%nat H76. part executed 77%nat H77. part executed 78%nat H78.
  part executed 79%nat H79.
  part executed 80%nat H80. part executed 81%nat H81. part executed 84%nat H84. part executed 86%nat H86. part executed 88%nat H88.
  part executed 93%nat H93. part executed 95%nat H95.
  destruct H0 as (H0 & F0), H7 as (H7 & F7), H14 as (H14 & F14), H56 as (H56 & F56). rewrite number_one in H1. rewrite number_half in H4.
  rewrite number_zero in H18.
  rewrite H0 in *. rewrite H4 in H44. assert (E44 := rounded_half _ _ F0 H44). rewrite E44 in *. rewrite H1, H4 in H45.
  assert (E45 := rounded_half _ _ format_one H45).
  rewrite H7 in *. rewrite H14 in *. rewrite H46 in *. rewrite H53 in *. rewrite H56 in *. rewrite E45 in *. rewrite H18 in *.
  rewrite H1 in H71, H76, H81.
  replace (1 * (1 / 2) * - slope) with (- slope * (1 / 2)) in H48 by ring. assert (E48 := rounded_half _ _ (format_opp _ F7) H48).
  assert (F48 := rounded_format _ _ H48).
  rewrite H50, E48 in H52. apply rounded_nothing in H52; [|field]. rewrite H52 in H55.
  replace (0 + 1 * (1 / 2) * - slope_tail) with (- slope_tail * (1 / 2)) in H55 by ring. assert (E55 := rounded_half _ _ (format_opp _ F14) H55).
  assert (F55 := rounded_format _ _ H55).
  assert (E58 := rounded_plus_0_l _ _ F48 H58). rewrite E58 in *. rewrite Rminus_0_r in H60. assert (E60 := rounded_exact _ _ F48 H60).
  rewrite E60 in *.
  apply rounded_nothing in H62; [|ring]. rewrite H62 in H64. apply rounded_nothing in H64; [|ring]. apply rounded_nothing in H66; [|ring].
  rewrite H64, H66 in H68. apply rounded_nothing in H68; [|ring]. rewrite H68 in H78. assert (E78 := rounded_plus_0_r _ _ F55 H78). rewrite E78 in H80.
  assert (F71 := rounded_format _ _ H71). assert (E84 : w 84%nat = - w 71%nat).
  { apply rounded_exact; [now apply format_opp|]. now replace (- w 71%nat) with (0 - w 71%nat) by ring. }
  rewrite E84 in H86. assert (E86 : w 86%nat = w 71%nat) by (apply rounded_exact; [exact F71|]; now replace (w 71%nat) with (0 - - w 71%nat) by ring).
  rewrite E86 in H88. apply rounded_nothing in H88; [|ring]. assert (F81 := rounded_format _ _ H81).
  assert (E93 : w 93%nat = - w 81%nat) by (apply rounded_exact; [now apply format_opp|]; now replace (- w 81%nat) with (0 - w 81%nat) by ring).
  rewrite H88, E93 in H95. assert (E95 := rounded_plus_0_l _ _ (format_opp _ F81) H95).
  rewrite E84, E95. rewrite E48 in *. rewrite E55 in *. rewrite H73 in H75. rewrite H49 in H51. rewrite H72 in H74.
  assert (Lost := two_sum _ _ _ _ _ _ _ _ F56 (rounded_format _ _ H47) H57 H59 H61 H63 H65 H67).
  destruct (area_twofold t bmax (- slope) (- slope_tail) (w 47%nat) (w 51%nat) (w 54%nat) (w 57%nat) (w 67%nat) (w 69%nat) (w 74%nat) (w 77%nat)
    (w 79%nat))
    as (_ & _ & B77); auto; try lra; [rewrite !Rabs_Ropp; exact small_slope_tail|].
  destruct slope_sign as (S0 & S1 & S2). rewrite Rabs_Ropp, (Rabs_right slope) in B77 by lra. apply Rabs_le_inv in B77.
  set (q := t * slope / 2) in *. assert (q0 : 0 <= q) by (unfold q; assert (0 <= t * slope) by (apply Rmult_le_pos; lra); lra).
  assert (q1 : q <= 251 / 1000 * bmax).
  { unfold q. assert (t * slope <= 1 / 2 * ((1 + 1 / 1024) * (bmax - bmin))) by (apply Rmult_le_compat; lra). lra. }
  replace (t * (1 / 2) * - slope) with (- q) in * by (unfold q; field). replace (t * (1 / 2) * slope) with q in * by (unfold q; field).
  replace (t * (- slope * (1 / 2))) with (- q) in * by (unfold q; field).
  set (z := t * (- slope_tail * (1 / 2))) in *.
  assert (z0 : - (u64 * q) <= z <= u64 * q).
  { assert (A : t * - (u64 * slope) <= t * slope_tail <= t * (u64 * slope)) by (split; apply Rmult_le_compat_l; lra). unfold z, q. lra. }
  assert (BN : beta = bmax - 2 * q + 2 * z) by (unfold beta, vp_beta, q, z; replace bmin with (bmax - (slope + slope_tail)) by lra; field).
  assert (BM : bmax / 2 <= beta).
  { unfold beta, vp_beta. assert ((1 - t) * bmin <= bmin) by nra. assert (1 / 2 * bmax <= (1 - t) * bmax) by (apply Rmult_le_compat_r; lra). lra. }
  assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (R47 := rounded_within q (- q) (w 47%nat) ltac:(rewrite Rabs_Ropp, Rabs_right; lra) H47).
  assert (R57 := rounded_within (101 / 100 * bmax) (bmax + w 47%nat) (w 57%nat) ltac:(apply Rabs_le; rewrite U in *; lra) H57).
  assert (R70 := rounded_within q (- q) (w 70%nat) ltac:(rewrite Rabs_Ropp, Rabs_right; lra) H70).
  assert (R71 := rounded_within (101 / 100 * bmax) (w 70%nat + 1 * w 57%nat) (w 71%nat) ltac:(apply Rabs_le; rewrite U in *; lra) H71).
  assert (R75 := rounded_within (102 / 100 * bmax) (- w 71%nat + - q) (w 75%nat) ltac:(apply Rabs_le; rewrite U in *; lra) H75).
  assert (R76 := rounded_within (1 / 100 * bmax) (w 75%nat + 1 * w 57%nat) (w 76%nat) ltac:(apply Rabs_le; rewrite U in *; lra) H76).
  assert (R80 := rounded_within (1 / 100 * bmax) (w 76%nat + z) (w 80%nat) ltac:(apply Rabs_le; rewrite U in *; lra) H80).
  assert (R81 := rounded_within (1 / 100 * bmax) (w 80%nat + 1 * w 77%nat) (w 81%nat) ltac:(apply Rabs_le; rewrite U in *; lra) H81).
  split; apply Rabs_le; rewrite U in *; lra.
Qed.
End Path.
