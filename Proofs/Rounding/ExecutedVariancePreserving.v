(* The variance-preserving path as it is executed, from the time t that a caller gives: T held as the sum of two numbers keeps
   alpha and v within 3 u, whatever beta. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import AffinePaths OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates
  ExecutedVelocity ExecutedSchedules ExecutedPaths ExecutedCurves Twofold.
Import ListNotations.
Open Scope R_scope.

Lemma number_minus_half : -1 * powerRZ 2 (-1) = -1 / 2.
Proof. simpl. field. Qed.

Lemma rounded_minus_half x y : fmt64 x -> rounded (x * (-1 / 2)) y -> y = x * (-1 / 2).
Proof.
  intros F (-> & H). replace (x * (-1 / 2)) with (- (x * (1 / 2))) in * by field. rewrite round_NE_opp. f_equal.
  apply (rounded_half x (rnd64 (x * (1 / 2))) F). split; [reflexivity|]. rewrite Rabs_Ropp in H.
  destruct H as [H|H]; [left; lra|now right].
Qed.

(* The fact about place k of the part that is executed. *)
Ltac part executed k H := assert (H := executed k _ eq_refl); cbn [gives nth] in H.

Section Path.
Variables (t slope slope_tail bmin bmax whole whole_tail : R) (w : nat -> R).
(* the operations that the schedule and the conditional velocity share: alpha, v and their derivatives *)
Hypothesis executed : forall k o, nth_error (firstn 120 schedule_vp) k = Some o ->
  gives o (fun k => nth k [t; slope; slope_tail; bmin; bmax; whole; whole_tail] 0) w (w k).
Hypothesis Ht : 0 <= t < 1.
Hypothesis Hb : 0 <= bmin <= bmax.
Hypothesis Hmax : 0 < bmax <= 4096.
(* what the path stores: the difference and the mean of the two betas, each as a number and what its rounding lost *)
Hypothesis stored_slope : slope + slope_tail = bmax - bmin.
Hypothesis small_slope_tail : Rabs slope_tail <= u64 * Rabs slope.
Hypothesis stored_whole : whole + whole_tail = (bmin + bmax) / 2.
Hypothesis small_whole_tail : Rabs whole_tail <= u64 * Rabs whole.
Let T := vp_T bmin bmax (1 - t).

Lemma T_positive : 0 < T.
Proof.
  unfold T, vp_T. assert (0 < (1 - t) * (1 - t)) by (apply Rmult_lt_0_compat; lra).
  assert (0 <= (1 - t) * bmin) by (apply Rmult_le_pos; lra). assert (0 <= (1 - t) * (1 - t) * (bmax - bmin)) by (apply Rmult_le_pos; lra).
  destruct (Rle_lt_or_eq_dec bmin bmax (proj2 Hb)) as [L|L].
  - assert (0 < (1 - t) * (1 - t) * (bmax - bmin)) by (apply Rmult_lt_0_compat; lra). lra.
  - assert (0 < (1 - t) * bmin) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma T_bounded : T <= 4096.
Proof.
  unfold T, vp_T. set (r := 1 - t). assert (R0 : 0 <= r <= 1) by (unfold r; lra).
  assert (r * bmin <= 1 * bmin) by (apply Rmult_le_compat_r; lra). assert (r * r <= 1 * 1) by (apply Rmult_le_compat; lra).
  assert (r * r * (bmax - bmin) <= 1 * (bmax - bmin)) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Lemma slope_bound : Rabs slope <= (1 + 1 / 1024) * (bmax - bmin).
Proof.
  assert (Q : Rabs slope <= Rabs (bmax - bmin) + Rabs slope_tail).
  { replace slope with ((bmax - bmin) + - slope_tail) by lra. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  rewrite (Rabs_right (bmax - bmin)) in Q by lra. assert (U : u64 = 1 / 9007199254740992) by reflexivity. rewrite U in *. lra.
Qed.

Lemma whole_bounds : Rabs whole_tail <= 101 / 100 * u64 * bmax /\ Rabs (whole - (bmin + bmax) / 2) <= 101 / 100 * u64 * bmax.
Proof.
  assert (Q : Rabs whole <= Rabs ((bmin + bmax) / 2) + Rabs whole_tail).
  { replace whole with ((bmin + bmax) / 2 + - whole_tail) by lra. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  rewrite (Rabs_right ((bmin + bmax) / 2)) in Q by lra. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (W : Rabs whole_tail <= 101 / 100 * u64 * bmax) by (rewrite U in *; lra). split; [exact W|].
  replace (whole - (bmin + bmax) / 2) with (- whole_tail) by lra. now rewrite Rabs_Ropp.
Qed.

(* from t = 1/2 on: the area over the distance 1 - t from the data *)
Lemma late_twofold : 1 / 2 <= t -> twofold T (w 31%nat) (w 41%nat).
Proof.
  intros L. part executed 0%nat H0. part executed 1%nat H1. part executed 2%nat H2. part executed 4%nat H4. part executed 5%nat H5.
  part executed 7%nat H7. part executed 8%nat H8. part executed 10%nat H10. part executed 12%nat H12. part executed 14%nat H14.
  part executed 15%nat H15. part executed 17%nat H17. part executed 19%nat H19. part executed 21%nat H21. part executed 23%nat H23.
  part executed 25%nat H25. part executed 27%nat H27. part executed 29%nat H29. part executed 31%nat H31. part executed 34%nat H34.
  part executed 36%nat H36. part executed 39%nat H39. part executed 41%nat H41.
  destruct H0 as (H0 & F0), H7 as (H7 & F7), H14 as (H14 & F14), H17 as (H17 & F17). rewrite number_one in H1. rewrite number_half in H4.
  rewrite H0 in F0. rewrite H1, H0 in H2. assert (F2 : fmt64 (1 - t)) by (apply one_minus_exact; [exact F0|lra]).
  assert (E2 := rounded_exact _ _ F2 H2). rewrite E2, H4 in H5. assert (E5 := rounded_half _ _ F2 H5).
  rewrite E5 in *. rewrite E2 in *. rewrite H7 in *. rewrite H14 in *. rewrite H17 in *. rewrite H10 in H12. rewrite H34 in H36.
  assert (Lost := two_sum _ _ _ _ _ _ _ _ F17 (rounded_format _ _ H8) H19 H21 H23 H25 H27 H29).
  destruct (area_twofold (1 - t) bmin slope slope_tail (w 8%nat) (w 12%nat) (w 15%nat) (w 19%nat) (w 29%nat) (w 31%nat) (w 36%nat) (w 39%nat) (w 41%nat))
    as (A & B & _); auto; try lra.
  rewrite stored_slope in A. set (h := (1 - t) * (1 / 2)) in *. set (K := (1 - t) * (bmin + h * Rabs slope)) in *.
  assert (K1 : K <= (1 + 1 / 1024) * T).
  { unfold K. replace ((1 + 1 / 1024) * T) with ((1 - t) * ((1 + 1 / 1024) * bmin + h * ((1 + 1 / 1024) * (bmax - bmin)))) by (unfold T, vp_T, h; field).
    apply Rmult_le_compat_l; [lra|]. assert (S := slope_bound). assert (h0 : 0 <= h) by (unfold h; lra).
    assert (h * Rabs slope <= h * ((1 + 1 / 1024) * (bmax - bmin))) by now apply Rmult_le_compat_l. lra. }
  assert (K0 : 0 <= K).
  { unfold K. apply Rmult_le_pos; [lra|]. assert (0 <= h * Rabs slope) by (apply Rmult_le_pos; [unfold h; lra|apply Rabs_pos]). lra. }
  replace ((1 - t) * (bmin + h * (bmax - bmin))) with T in A by (unfold T, vp_T, h; field).
  assert (P := T_positive). assert (U : u64 = 1 / 9007199254740992) by reflexivity. split; rewrite U in *; lra.
Qed.

(* before: the whole less the area over the distance t from the noise *)
Lemma early_twofold : t < 1 / 2 -> twofold T (w 83%nat) (w 94%nat).
Proof.
  intros L. part executed 0%nat H0. part executed 4%nat H4. part executed 7%nat H7. part executed 14%nat H14. part executed 44%nat H44.
  part executed 46%nat H46. part executed 47%nat H47. part executed 49%nat H49. part executed 51%nat H51. part executed 53%nat H53.
  part executed 54%nat H54. part executed 56%nat H56. part executed 57%nat H57. part executed 59%nat H59. part executed 61%nat H61.
  part executed 63%nat H63. part executed 65%nat H65. part executed 67%nat H67. part executed 69%nat H69. part executed 72%nat H72.
  part executed 74%nat H74. part executed 77%nat H77. part executed 79%nat H79. part executed 82%nat H82. part executed 83%nat H83.
  part executed 85%nat H85. part executed 87%nat H87. part executed 91%nat H91. part executed 92%nat H92. part executed 94%nat H94.
  destruct H0 as (H0 & F0), H7 as (H7 & F7), H14 as (H14 & F14), H56 as (H56 & F56), H82 as (H82 & F82), H91 as (H91 & F91).
  rewrite number_half in H4. rewrite H0 in *. rewrite H4 in H44. assert (E44 := rounded_half _ _ F0 H44). rewrite E44 in *.
  rewrite H7 in H46. rewrite H14 in H53. rewrite H46 in *. rewrite H53 in *. rewrite H56 in *. rewrite H82 in *. rewrite H91 in *.
  rewrite H49 in H51. rewrite H72 in H74.
  assert (Lost := two_sum _ _ _ _ _ _ _ _ F56 (rounded_format _ _ H47) H57 H59 H61 H63 H65 H67).
  destruct (area_twofold t bmax (- slope) (- slope_tail) (w 47%nat) (w 51%nat) (w 54%nat) (w 57%nat) (w 67%nat) (w 69%nat) (w 74%nat) (w 77%nat) (w 79%nat))
    as (A & B & _); auto; try lra; [rewrite !Rabs_Ropp; exact small_slope_tail|].
  replace (- slope + - slope_tail) with (- (bmax - bmin)) in A by lra. rewrite Rabs_Ropp in A, B.
  set (h := t * (1 / 2)) in *. set (E := t * (bmax + h * - (bmax - bmin))) in *. set (K := t * (bmax + h * Rabs slope)) in *.
  assert (U : u64 = 1 / 9007199254740992) by reflexivity. assert (S := slope_bound). assert (S0 := Rabs_pos slope).
  destruct whole_bounds as (W1 & W2).
  assert (K1 : K <= 64 / 100 * bmax).
  { assert (h1 : 0 <= h <= 1 / 4) by (unfold h; lra). assert (h * Rabs slope <= 1 / 4 * ((1 + 1 / 1024) * bmax)) by (apply Rmult_le_compat; lra).
    unfold K. apply Rle_trans with (1 / 2 * (bmax + h * Rabs slope)); [|lra]. apply Rmult_le_compat_r; [|lra].
    assert (0 <= h * Rabs slope) by (apply Rmult_le_pos; lra). lra. }
  assert (TE : T = (bmin + bmax) / 2 - E) by (unfold T, vp_T, E, h; field).
  assert (T8 : bmax / 8 <= T).
  { unfold T, vp_T. set (r := 1 - t). assert (R0 : 1 / 2 <= r <= 1) by (unfold r; lra). assert (r2 : 1 / 4 <= r * r) by nra.
    replace (r * bmin + r * r * (bmax - bmin) / 2) with (r * r * bmax / 2 + (r - r * r / 2) * bmin) by field.
    assert (0 <= (r - r * r / 2) * bmin) by (apply Rmult_le_pos; nra). assert (1 / 4 * bmax <= r * r * bmax) by (apply Rmult_le_compat_r; lra). lra. }
  assert (E0 : 0 <= E).
  { unfold E. apply Rmult_le_pos; [lra|]. assert (h * (bmax - bmin) <= 1 / 4 * bmax) by (apply Rmult_le_compat; unfold h; lra). lra. }
  apply Rabs_le_inv in A, B. assert (W2' := Rabs_le_inv _ _ W2). assert (W1' := Rabs_le_inv _ _ W1).
  (* the area's head is below the whole *)
  assert (A69 : Rabs (w 69%nat) <= Rabs whole).
  { rewrite (Rabs_right whole) by (rewrite U in *; lra). apply Rabs_le. rewrite U in *. lra. }
  assert (Fast := fast_two_sum _ _ _ _ _ F82 (rounded_format _ _ H69) A69 H83 H85 H87).
  apply rounded_error in H83, H92, H94.
  assert (B87 : Rabs (w 87%nat) <= 21 / 10 * u64 * bmax).
  { replace (w 87%nat) with (- (w 83%nat - (whole - w 69%nat))) by lra. rewrite Rabs_Ropp. eapply Rle_trans; [exact H83|].
    assert (Rabs (whole - w 69%nat) <= 2 * bmax) by (apply Rabs_le; rewrite U in *; lra). rewrite U in *. lra. }
  assert (B92 : Rabs (whole_tail - w 79%nat) <= 68 / 10 * u64 * bmax) by (apply Rabs_le; rewrite U in *; lra).
  assert (R92 : Rabs (w 92%nat - (whole_tail - w 79%nat)) <= 68 / 10 * u64 * u64 * bmax) by (rewrite U in *; lra).
  apply Rabs_le_inv in B87, B92, R92.
  assert (B94 : Rabs (w 87%nat + w 92%nat) <= 9 * u64 * bmax) by (apply Rabs_le; rewrite U in *; lra).
  assert (R94 : Rabs (w 94%nat - (w 87%nat + w 92%nat)) <= 9 * u64 * u64 * bmax) by (rewrite U in *; lra).
  apply Rabs_le_inv in B94, R94. split; apply Rabs_le; rewrite U in *; lra.
Qed.

Lemma twofold_T : twofold T (w 89%nat) (w 96%nat).
Proof.
  part executed 0%nat H0. part executed 4%nat H4. part executed 89%nat H89. part executed 96%nat H96. destruct H0 as (H0 & _).
  rewrite number_half in H4. rewrite H0, H4 in H89, H96. destruct H89 as (A & B), H96 as (C & D).
  destruct (Rlt_or_le t (1 / 2)) as [Q|Q]; [rewrite (A Q), (C Q); now apply early_twofold|rewrite (B Q), (D Q); now apply late_twofold].
Qed.

Lemma head_format : fmt64 (w 89%nat).
Proof.
  part executed 31%nat H31. part executed 83%nat H83. part executed 89%nat H89. destruct H89 as (A & B).
  destruct (Rlt_or_le (w 0%nat) (w 4%nat)) as [Q|Q]; [rewrite (A Q)|rewrite (B Q)]; eapply rounded_format; eassumption.
Qed.

Lemma alpha_and_variance : near (301 / 100) (exp (- T / 2)) (w 105%nat) /\ near (301 / 100) (1 - exp (- T)) (w 117%nat).
Proof.
  assert (TF := twofold_T). assert (P := T_positive). assert (M := T_bounded). assert (F89 := head_format).
  part executed 1%nat H1. part executed 98%nat H98. part executed 99%nat H99. part executed 101%nat H101. part executed 103%nat H103.
  part executed 105%nat H105. part executed 108%nat H108. part executed 110%nat H110. part executed 113%nat H113. part executed 115%nat H115.
  part executed 117%nat H117.
  rewrite number_one in H1. rewrite number_minus_half in H98. rewrite H98 in H99, H103. rewrite H108 in H110. rewrite H113 in H117. rewrite H1 in H115.
  split.
  - apply (twofold_exponential T (w 89%nat) (w 96%nat) (w 99%nat) (w 101%nat) (w 103%nat)); auto; [lra|]. now apply rounded_minus_half.
  - apply (twofold_variance T (w 89%nat) (w 96%nat) (w 110%nat) (w 115%nat)); auto; lra.
Qed.
End Path.

(* alpha = exp(-T/2), v = 1 - exp(-T) and sigma, its root: within 3.01 u, 3.01 u and 2.51 u at every time. What the path stores
   of the two betas is assumed to be their difference and their mean, each as a number and what its rounding lost. *)
Theorem vp_schedule_rounding (t slope slope_tail bmin bmax whole whole_tail : R) (w : nat -> R) :
  run schedule_vp [t; slope; slope_tail; bmin; bmax; whole; whole_tail] w ->
  0 <= t < 1 -> 0 <= bmin <= bmax -> 0 < bmax <= 4096 ->
  slope + slope_tail = bmax - bmin -> Rabs slope_tail <= u64 * Rabs slope ->
  whole + whole_tail = (bmin + bmax) / 2 -> Rabs whole_tail <= u64 * Rabs whole ->
  near (301 / 100) (alpha (VariancePreservingPath bmin bmax) t) (w schedule_vp_at_alpha) /\
  near (301 / 100) (variance (VariancePreservingPath bmin bmax) t) (w schedule_vp_at_variance) /\
  near (251 / 100) (sigma (VariancePreservingPath bmin bmax) t) (w schedule_vp_at_sigma).
Proof.
  intros executed Ht Hb Hmax S1 S2 W1 W2.
  assert (part := run_part 120 schedule_vp schedule_vp [t; slope; slope_tail; bmin; bmax; whole; whole_tail] [] w executed eq_refl eq_refl).
  destruct (alpha_and_variance t slope slope_tail bmin bmax whole whole_tail w part Ht Hb Hmax S1 S2 W1 W2) as (A & V).
  place executed 120%nat H120. set (T := vp_T bmin bmax (1 - t)) in *.
  assert (P : 0 < T) by exact (T_positive t bmin bmax Ht Hb Hmax).
  assert (V0 : 0 < 1 - exp (- T)) by now apply one_minus_exp_pos.
  assert (E : variance (VariancePreservingPath bmin bmax) t = 1 - exp (- T)) by (apply sqrt_sqrt, Rlt_le; exact V0).
  refine (conj A (conj _ _)).
  - rewrite E. exact V.
  - apply near_weaken with (301 / 100 / 2 + 1); [lra|]. apply near_trans with (sqrt (w 117%nat)); [|now apply rounded_near].
    now apply near_sqrt.
Qed.
