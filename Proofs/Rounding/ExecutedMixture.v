(* Density, denoiser, score and velocity of two components with one std on the line, as they are executed: the
   component m0 is the one that the other is seen from. The bounds are about traces/two_components.json. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees ExecutedVelocity.
Import ListNotations.
Open Scope R_scope.

(* The number that the library has for 2 pi. *)
Definition two_pi64 : R := 884279719003555 * powerRZ 2 (-47).

Section TwoComponents.
Variables (a v da dv x s m0 m1 lw0 w0 w1 : R) (c : nat -> R).
Hypothesis executed : run two_components [a; v; da; dv; x; s; m0; m1; lw0; w0; w1] c.
Hypothesis Hv : 0 < v.
Hypothesis Hw0 : 0 < w0.
Hypothesis Hw1 : 0 < w1.

Definition is_fused_or_not (p q r y : R) := rounded (p + q * r) y \/ exists z, rounded (q * r) z /\ rounded (p + z) y.

(* what is left of the operations without those on zeros *)
Lemma mixture_operations :
  rounded (a * s) (c 7%nat) /\ is_fused_or_not v (c 7%nat) (c 7%nat) (c 14%nat) /\
  rounded (v / c 14%nat) (c 15%nat) /\ rounded (c 7%nat * s) (c 16%nat) /\ rounded (c 16%nat / c 14%nat) (c 17%nat) /\
  is_fused_or_not x (- a) m0 (c 18%nat) /\ rounded (c 18%nat / c 14%nat) (c 19%nat) /\
  rounded (c 15%nat * m0) (c 20%nat) /\ is_fused_or_not (c 20%nat) (c 17%nat) x (c 21%nat) /\
  rounded (c 18%nat * c 19%nat) (c 22%nat) /\ rounded (c 14%nat * two_pi64) (c 29%nat) /\
  approximated (ln (c 29%nat)) (c 30%nat) /\ rounded (c 22%nat + c 30%nat) (c 32%nat) /\
  rounded (c 32%nat * (-1 / 2)) (c 33%nat) /\
  rounded (1 / c 14%nat) (c 35%nat) /\ rounded (a / c 14%nat) (c 36%nat) /\ rounded (c 36%nat * (-1 / 2)) (c 37%nat) /\
  rounded (m1 - m0) (c 41%nat) /\ rounded (c 19%nat + c 37%nat * c 41%nat) (c 42%nat) /\
  rounded (c 41%nat * c 42%nat) (c 43%nat) /\ rounded (c 43%nat * a) (c 45%nat) /\
  approximated 1 (c 46%nat) /\ approximated (exp (c 45%nat)) (c 47%nat) /\
  rounded (w1 / w0) (c 51%nat) /\ rounded (c 47%nat * c 51%nat) (c 52%nat) /\ rounded (c 46%nat + c 52%nat) (c 56%nat) /\
  rounded (c 52%nat * c 41%nat) (c 61%nat) /\ rounded (c 61%nat * c 35%nat) (c 66%nat) /\
  rounded (c 66%nat / c 56%nat) (c 86%nat) /\ rounded (c 21%nat + v * c 86%nat) (c 87%nat) /\
  rounded (c 19%nat + - a * c 86%nat) (c 88%nat) /\ rounded (dv * (1 / 2)) (c 90%nat) /\
  rounded (da * c 87%nat) (c 91%nat) /\ rounded (c 91%nat + c 90%nat * c 88%nat) (c 92%nat) /\
  approximated (ln (c 56%nat)) (c 82%nat) /\ rounded (lw0 + c 82%nat) (c 83%nat) /\ rounded (c 33%nat + c 83%nat) (c 84%nat).
Proof.
  unfold_run two_components executed.
  destruct executed as ((H0 & F0) & (H1 & F1) & (H2 & F2) & (H3 & F3) & H4 & (H5 & F5) & (H6 & F6) & H7 & H8 & H9
    & (H10 & F10) & (H11 & F11) & (H12 & F12) & H13 & H14 & H15 & H16 & H17 & H18 & H19 & H20 & H21 & H22 & H23 & H24
    & H25 & H26 & H27 & H28 & H29 & H30 & H31 & H32 & H33 & (H34 & F34) & H35 & H36 & H37 & H38 & H39 & H40 & H41 & H42
    & H43 & H44 & H45 & H46 & H47 & H48 & H49 & (H50 & F50) & H51 & H52 & (A53 & B53) & (A54 & B54) & H55 & H56 & H57
    & H58 & H59 & H60 & H61 & H62 & H63 & H64 & H65 & H66 & H67 & H68 & H69 & H70 & H71 & H72 & H73 & H74 & H75 & H76
    & H77 & H78 & H79 & H80 & H81 & H82 & H83 & H84 & H85 & H86 & H87 & H88 & H89 & H90 & H91 & H92 & _).
  rewrite number_zero in H4. rewrite number_one in H13. rewrite number_half in H89.
  assert (M : -1 * powerRZ 2 (-1) = -1 / 2) by (simpl; field). rewrite M in H9. clear M.
  fold two_pi64 in H28.
  rewrite H0, H6 in H7. rewrite H0 in H8. rewrite H5, H8, H10 in H18. rewrite H1 in H14, H15, H87. rewrite H6 in H16.
  rewrite H10 in H20. rewrite H5 in H21. rewrite H28 in H29. rewrite H9 in H33, H37. rewrite H13 in H31, H35.
  rewrite H0 in H36, H45. rewrite H10, Rminus_diag_eq in H38 by reflexivity. apply rounded_0 in H38. rewrite H10, H11 in H41.
  rewrite H38, Rmult_0_r in H39. assert (E39 := rounded_plus_0_r _ _ (rounded_format _ _ H19) H39).
  rewrite H38, H4, Rmult_0_l, Rplus_0_l in H40. apply rounded_0 in H40. rewrite H4, Rplus_0_l in H43.
  rewrite H40, Rmult_0_l in H44. apply rounded_0 in H44. rewrite H44, exp_0 in H46.
  rewrite H34 in H48. replace (w0 / w0) with 1 in H48 by (field; lra). apply (rounded_exact 1 _ format_one) in H48.
  rewrite H48, Rmult_1_r in H49. apply (rounded_exact _ _ (proj1 H46)) in H49.
  rewrite H50, H34 in H51.
  assert (P46 : 0 < c 46%nat) by (apply (near_pos (2 + 1 / 1024) 1); [lra|now apply approximated_near]).
  assert (P47 : 0 < c 47%nat) by (eapply near_pos; [apply exp_pos|apply approximated_near, H47]).
  assert (P51 : 0 < c 51%nat) by (eapply near_pos; [|apply rounded_near, H51]; now apply Rdiv_lt_0_compat).
  assert (P52 : 0 < c 52%nat) by (eapply near_pos; [|apply rounded_near, H52]; now apply Rmult_lt_0_compat).
  assert (E53 : c 53%nat = c 46%nat) by (rewrite B53, H49; [easy|rewrite H4, H49; lra]).
  assert (E54 : c 54%nat = c 52%nat) by (apply B54; rewrite H4; lra).
  rewrite H4, E53 in H55. apply (rounded_plus_0_l _ _ (proj1 H46)) in H55. rewrite H55, E54 in H56.
  assert (F56 := rounded_format _ _ H56). rewrite H4 in H57. apply (rounded_plus_0_r _ _ F56) in H57.
  rewrite H4, Rplus_0_l in H25. apply rounded_0 in H25. rewrite H57, H25 in H58. apply (rounded_plus_0_r _ _ F56) in H58.
  rewrite H4, H58 in H59. apply (rounded_plus_0_l _ _ F56) in H59.
  rewrite H38, Rmult_0_l in H60. apply rounded_0 in H60.
  assert (R61 : rounded (c 52%nat * c 41%nat) (c 61%nat)).
  { rewrite H60, E54 in H61. destruct H61 as [H61|(z & Z & H61)]; [now rewrite Rplus_0_l in H61|].
    apply (rounded_plus_0_l _ _ (rounded_format _ _ Z)) in H61. now rewrite H61. }
  rewrite H4, Rmult_0_r in H62. apply rounded_0 in H62.
  assert (E63 : c 63%nat = 0).
  { rewrite H62, H4, Rmult_0_l in H63. destruct H63 as [H63|(z & Z & H63)]; [rewrite Rplus_0_l in H63; now apply rounded_0|].
    apply rounded_0 in Z. rewrite Z, Rplus_0_l in H63. now apply rounded_0. }
  rewrite E63 in H64. apply (rounded_plus_0_r _ _ (rounded_format _ _ R61)) in H64.
  rewrite H4, H64 in H65. apply (rounded_plus_0_l _ _ (rounded_format _ _ R61)) in H65. rewrite H65 in H66.
  assert (F66 := rounded_format _ _ H66). rewrite H4 in H67. apply (rounded_plus_0_l _ _ F66) in H67.
  assert (minus_0 : forall p q, fmt64 p -> rounded (p - 0) q -> q = p).
  { intros p q F H. rewrite Rminus_0_r in H. now apply rounded_exact. }
  rewrite H67, H4 in H68. apply (minus_0 _ _ F66) in H68.
  rewrite H67, H68, Rminus_diag_eq in H69 by reflexivity. apply rounded_0 in H69.
  rewrite H4, H69, Rminus_0_r in H70. apply rounded_0 in H70.
  rewrite H68, Rminus_diag_eq in H71 by reflexivity. apply rounded_0 in H71.
  rewrite H70, H71, Rplus_0_l in H72. apply rounded_0 in H72. rewrite H4, H72, Rplus_0_l in H73. apply rounded_0 in H73.
  rewrite H4, H59 in H74. apply (rounded_plus_0_l _ _ F56) in H74.
  rewrite H74, H4 in H75. apply (minus_0 _ _ F56) in H75.
  rewrite H74, H75, Rminus_diag_eq in H76 by reflexivity. apply rounded_0 in H76.
  rewrite H4, H76, Rminus_0_r in H77. apply rounded_0 in H77.
  rewrite H59, H75, Rminus_diag_eq in H78 by reflexivity. apply rounded_0 in H78.
  rewrite H77, H78, Rplus_0_l in H79. apply rounded_0 in H79. rewrite H4, H79, Rplus_0_l in H80. apply rounded_0 in H80.
  rewrite H74, H80 in H81. apply (rounded_plus_0_r _ _ F56) in H81.
  rewrite H67, H73 in H85. apply (rounded_plus_0_r _ _ F66) in H85. rewrite H85, H81 in H86. rewrite H81 in H82. rewrite H12 in H83.
  assert (F22 := rounded_format _ _ H22). rewrite H4 in H23. apply (rounded_plus_0_l _ _ F22) in H23.
  rewrite H23, H4 in H24. apply (rounded_plus_0_r _ _ F22) in H24. rewrite H24, H25 in H26. apply (rounded_plus_0_r _ _ F22) in H26.
  rewrite H4, H26 in H27. apply (rounded_plus_0_l _ _ F22) in H27.
  rewrite Rmult_1_r in H31. apply (rounded_exact _ _ (proj1 H30)) in H31. rewrite H27, H31 in H32.
  rewrite H8 in H88. rewrite H3, H89 in H90. rewrite H2 in H91. rewrite H49 in *.
  assert (G18 : is_fused_or_not x (- a) m0 (c 18%nat)) by (left; exact H18).
  assert (G21 : is_fused_or_not (c 20%nat) (c 17%nat) x (c 21%nat)) by (left; exact H21).
  repeat (apply conj; [first [assumption | rewrite <- H8; assumption]|]). assumption.
Qed.

(* The exact quantities: V, the distance and its parts, the log ratio l of the shares, the second share p. *)
Let V := v + a * s * (a * s).
Let N := x - a * m0.
Let parts := Rabs N + Rabs (a * m0).
Let delta := m1 - m0.
Let g0 := N / V.
Let D0 := v / V * m0 + a * s * s / V * x.
Let D0_parts := Rabs (v / V * m0) + Rabs (a * s * s / V * x).
Let ratio := w1 / w0 * exp (a * (delta * (g0 + - (a / V / 2) * delta))).
Let W := ratio / (1 + ratio) * (delta / V).
(* How much the two logits are made of: their rounding error is in proportion to it. *)
Let steep := Rabs (a * delta) * (parts + Rabs (a * delta) / 2) / V.
Hypothesis Hsteep : steep <= 65536.

Lemma V_pos : 0 < V.
Proof. unfold V. assert (Q := Rle_0_sqr (a * s)). unfold Rsqr in Q. lra. Qed.

Lemma V_near : near 4 V (c 14%nat).
Proof.
  destruct mixture_operations as (H7 & H14 & _). apply rounded_near in H7. replace 4 with (1 + 1 + 2) by ring.
  apply near_trans with (v + c 7%nat * c 7%nat).
  - apply near_plus; [lra|apply Rle_0_sqr| |now apply near_mult]. apply near_weaken with 0; [lra|apply near_refl].
  - apply fused_or_not_near; [lra|apply Rle_0_sqr|exact H14].
Qed.

Lemma parts_bounds : 0 <= Rabs N <= parts /\ 0 <= Rabs (a * m0) <= parts.
Proof. assert (A := Rabs_pos N). assert (B := Rabs_pos (a * m0)). unfold parts. lra. Qed.

Lemma distance_error : Rabs (c 18%nat - N) <= u64 * (1 + u64) * parts.
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & H18 & _). apply fused_or_not_error in H18.
  replace (x + - a * m0) with N in H18 by (unfold N; ring). replace (- a * m0) with (- (a * m0)) in H18 by ring.
  rewrite Rabs_Ropp in H18. destruct parts_bounds as [A B]. unfold parts. unfold u64 in *. nra.
Qed.

Lemma distance_size : Rabs (c 18%nat) <= (1 + 2 * u64) * parts.
Proof.
  assert (E := distance_error). destruct parts_bounds as [A B]. replace (c 18%nat) with (N + (c 18%nat - N)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. unfold u64 in *. lra.
Qed.

Lemma Rabs_over_V z : Rabs (z / V) = Rabs z / V.
Proof.
  assert (I : 0 < / V) by (apply Rinv_0_lt_compat, V_pos). unfold Rdiv. now rewrite Rabs_mult, (Rabs_right (/ V)) by lra.
Qed.

(* g = (x - alpha m0)/V of the first component *)
Lemma score_error : Rabs (c 19%nat - g0) <= (6 + 1 / 1024) * u64 * (parts / V).
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & H19 & _). assert (VP := V_pos).
  assert (H : near (0 + 4 + 1) (c 18%nat / V) (c 19%nat)).
  { apply near_trans with (c 18%nat / c 14%nat); [|now apply rounded_near]. apply near_div; [apply near_refl|apply V_near]. }
  apply near_error in H; [|lra]. unfold g0.
  replace (c 19%nat - N / V) with ((c 19%nat - c 18%nat / V) + (c 18%nat - N) * / V) by (field; lra).
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_over_V in H.
  assert (I : 0 < / V) by now apply Rinv_0_lt_compat. rewrite Rabs_mult, (Rabs_right (/ V)) by lra.
  assert (E := distance_error). assert (S := distance_size). destruct parts_bounds as [A B].
  assert (E' : Rabs (c 18%nat - N) * / V <= u64 * (1 + u64) * parts * / V) by (apply Rmult_le_compat_r; lra).
  assert (S' : Rabs (c 18%nat) * / V <= (1 + 2 * u64) * parts * / V) by (apply Rmult_le_compat_r; lra).
  unfold Rdiv in *. assert (P : 0 <= parts * / V) by (apply Rmult_le_pos; lra).
  replace (u64 * (1 + u64) * parts * / V) with (u64 * (1 + u64) * (parts * / V)) in E' by ring.
  replace ((1 + 2 * u64) * parts * / V) with ((1 + 2 * u64) * (parts * / V)) in S' by ring.
  set (G := parts * / V) in *. unfold u64 in *. lra.
Qed.

(* E0 = (v/V) m0 + (alpha s^2/V) x *)
Lemma component_error : Rabs (c 21%nat - D0) <= (9 + 1 / 1024) * u64 * D0_parts.
Proof.
  destruct mixture_operations as (H7 & _ & H15 & H16 & H17 & _ & _ & H20 & H21 & _). assert (VN := V_near).
  assert (N20 : near (0 + 4 + 1 + 0 + 1) (v / V * m0) (c 20%nat)).
  { apply near_trans with (c 15%nat * m0); [|now apply rounded_near]. apply near_mult; [|apply near_refl].
    apply near_trans with (v / c 14%nat); [|now apply rounded_near]. apply near_div; [apply near_refl|exact VN]. }
  assert (N17 : near (1 + 0 + 1 + 4 + 1) (a * s * s / V) (c 17%nat)).
  { apply near_trans with (c 16%nat / c 14%nat); [|now apply rounded_near]. apply near_div; [|exact VN].
    apply near_trans with (c 7%nat * s); [|now apply rounded_near]. apply near_mult; [now apply rounded_near|apply near_refl]. }
  assert (N17x : near (1 + 0 + 1 + 4 + 1 + 0) (a * s * s / V * x) (c 17%nat * x)) by (apply near_mult; [exact N17|apply near_refl]).
  apply near_error in N20; [|lra]. apply near_error in N17x; [|lra]. apply fused_or_not_error in H21.
  set (p := v / V * m0) in *. set (q := a * s * s / V * x) in *. unfold D0. fold p q.
  assert (P0 := Rabs_pos p). assert (Q0 := Rabs_pos q). unfold D0_parts. fold p q.
  replace (c 21%nat - (p + q)) with ((c 21%nat - (c 20%nat + c 17%nat * x)) + ((c 20%nat - p) + (c 17%nat * x - q))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. assert (T := Rabs_triang (c 20%nat - p) (c 17%nat * x - q)).
  assert (S1 : Rabs (c 20%nat + c 17%nat * x) <= Rabs p + Rabs q + (Rabs (c 20%nat - p) + Rabs (c 17%nat * x - q))).
  { replace (c 20%nat + c 17%nat * x) with ((p + q) + ((c 20%nat - p) + (c 17%nat * x - q))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. assert (T2 := Rabs_triang p q). lra. }
  assert (S2 : Rabs (c 17%nat * x) <= Rabs q + Rabs (c 17%nat * x - q)).
  { replace (c 17%nat * x) with (q + (c 17%nat * x - q)) at 1 by ring. apply Rabs_triang. }
  unfold u64 in *. lra.
Qed.

(* the log ratio of the shares *)
Lemma logit_error : Rabs (c 45%nat - a * (delta * (g0 + - (a / V / 2) * delta))) <= (11 + 1 / 256) * u64 * steep.
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & H36 & H37 & H41 & H42 & H43 & H45 & _).
  assert (VP := V_pos). assert (I : 0 < / V) by now apply Rinv_0_lt_compat. assert (GE := score_error).
  assert (N41 : near 1 delta (c 41%nat)) by now apply rounded_near.
  assert (N37 : near (0 + 4 + 1 + 0 + 1) (- (a / V / 2)) (c 37%nat)).
  { apply near_trans with (c 36%nat * (-1 / 2)); [|now apply rounded_near].
    apply near_eq with (a / V * (-1 / 2)); [field; lra|]. apply near_mult; [|apply near_refl].
    apply near_trans with (a / c 14%nat); [|now apply rounded_near]. apply near_div; [apply near_refl|apply V_near]. }
  set (k := a / V / 2) in *. assert (N37d := near_mult _ _ _ _ _ _ N37 N41). apply near_error in N37d; [|lra].
  apply rounded_error in H42. set (h := g0 + - k * delta).
  set (G := parts / V) in *. assert (G0 : 0 <= G) by (apply Rmult_le_pos; [unfold parts; assert (A := Rabs_pos N); assert (B := Rabs_pos (a * m0)); lra|lra]).
  assert (g0G : Rabs g0 <= G).
  { unfold g0, G. rewrite Rabs_over_V. apply Rmult_le_compat_r; [lra|apply parts_bounds]. }
  set (K := Rabs (- k * delta)) in *. assert (K0 : 0 <= K) by apply Rabs_pos.
  assert (E42 : Rabs (c 42%nat - h) <= (7 + 1 / 512) * u64 * G + (8 + 1 / 512) * u64 * K).
  { replace (c 42%nat - h) with ((c 42%nat - (c 19%nat + c 37%nat * c 41%nat)) + ((c 19%nat - g0) + (c 37%nat * c 41%nat - - k * delta)))
      by (unfold h; ring).
    eapply Rle_trans; [apply Rabs_triang|]. assert (T := Rabs_triang (c 19%nat - g0) (c 37%nat * c 41%nat - - k * delta)).
    assert (S : Rabs (c 19%nat + c 37%nat * c 41%nat) <= G + K + (Rabs (c 19%nat - g0) + Rabs (c 37%nat * c 41%nat - - k * delta))).
    { replace (c 19%nat + c 37%nat * c 41%nat) with ((g0 + - k * delta) + ((c 19%nat - g0) + (c 37%nat * c 41%nat - - k * delta))) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. assert (T2 := Rabs_triang g0 (- k * delta)). fold K in T2. lra. }
    unfold u64 in *. lra. }
  assert (N45 : near (1 + 0 + 1 + 0 + 1) (a * (delta * c 42%nat)) (c 45%nat)).
  { apply near_eq with (delta * c 42%nat * a); [ring|]. apply near_trans with (c 43%nat * a); [|now apply rounded_near].
    apply near_mult; [|apply near_refl]. apply near_trans with (c 41%nat * c 42%nat); [|now apply rounded_near].
    apply near_mult; [exact N41|apply near_refl]. }
  apply near_error in N45; [|lra]. set (M := Rabs (a * delta)). assert (M0 : 0 <= M) by apply Rabs_pos.
  assert (E1 : Rabs (a * (delta * c 42%nat) - a * (delta * h)) <= M * ((7 + 1 / 512) * u64 * G + (8 + 1 / 512) * u64 * K)).
  { replace (a * (delta * c 42%nat) - a * (delta * h)) with (a * delta * (c 42%nat - h)) by ring. rewrite Rabs_mult.
    now apply Rmult_le_compat_l. }
  assert (H0 : Rabs h <= G + K) by (unfold h; eapply Rle_trans; [apply Rabs_triang|]; fold K; lra).
  assert (E2 : Rabs (a * (delta * c 42%nat)) <= M * (G + K + ((7 + 1 / 512) * u64 * G + (8 + 1 / 512) * u64 * K))).
  { replace (a * (delta * c 42%nat)) with (a * delta * (h + (c 42%nat - h))) by ring. rewrite Rabs_mult.
    apply Rmult_le_compat_l; [exact M0|]. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (ST : steep = M * (G + K)).
  { assert (EK : K = M / 2 / V).
    { unfold K. replace (- k * delta) with (- (a * delta * / 2) / V) by (unfold k; field; lra).
      rewrite Rabs_over_V, Rabs_Ropp, (Rabs_mult (a * delta)), (Rabs_right (/ 2)) by lra. reflexivity. }
    rewrite EK. unfold steep, G. fold M. field. lra. }
  rewrite ST. fold h.
  replace (c 45%nat - a * (delta * h)) with ((c 45%nat - a * (delta * c 42%nat)) + (a * (delta * c 42%nat) - a * (delta * h))) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (MG : 0 <= M * G) by now apply Rmult_le_pos. assert (MK : 0 <= M * K) by now apply Rmult_le_pos.
  unfold u64 in *. lra.
Qed.

Lemma steep_pos : 0 <= steep.
Proof.
  unfold steep. assert (VP := V_pos). assert (I : 0 < / V) by now apply Rinv_0_lt_compat.
  destruct parts_bounds as [[A1 A2] _]. assert (M := Rabs_pos (a * delta)).
  apply Rmult_le_pos; [apply Rmult_le_pos; [exact M|lra]|lra].
Qed.

Lemma ratio_pos : 0 < ratio.
Proof. unfold ratio. apply Rmult_lt_0_compat; [now apply Rdiv_lt_0_compat|apply exp_pos]. Qed.

Let off := 4 + 1 / 512 + (11 + 1 / 256) * steep.

Lemma share_near : near off ratio (c 52%nat).
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & H47 & H51 & H52 & _).
  apply near_weaken with (1 + ((11 + 1 / 256) * steep + (2 + 1 / 1024)) + 1); [unfold off; lra|].
  apply near_trans with (c 51%nat * c 47%nat); [|rewrite Rmult_comm; now apply rounded_near].
  unfold ratio. apply near_mult; [now apply rounded_near|].
  apply near_trans with (exp (c 45%nat)); [|now apply approximated_near].
  apply near_exp. assert (E := logit_error). lra.
Qed.

(* The mean W = p delta/V of what the components differ by. *)
Lemma mean_near : near (off + 13) W (c 86%nat).
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & H35 & _ & _ & H41 & _ & _ & _ & H46 & _ & _ & _ & H56
    & H61 & H66 & H86 & _).
  assert (SP := steep_pos). assert (RP := ratio_pos). assert (SN := share_near). apply approximated_near in H46.
  assert (P52 := near_pos _ _ _ RP SN). assert (P46 := near_pos _ _ _ Rlt_0_1 H46). assert (VP := V_pos).
  assert (N11 : near (off + (2 + 1 / 1024)) (ratio / (1 + ratio)) (c 52%nat / (c 46%nat + c 52%nat))).
  { replace (ratio / (1 + ratio)) with (/ (1 + 1 / ratio)) by (field; lra).
    replace (c 52%nat / (c 46%nat + c 52%nat)) with (/ (1 + c 46%nat / c 52%nat)) by (field; split; lra).
    apply near_inv. apply near_plus; [lra|left; apply Rdiv_lt_0_compat; lra| |].
    - apply near_weaken with 0; [unfold off; lra|apply near_refl].
    - rewrite Rplus_comm. now apply near_div. }
  assert (N66 : near (0 + 1 + 1 + (0 + 4 + 1) + 1) (c 52%nat * delta * (1 / V)) (c 66%nat)).
  { apply near_trans with (c 61%nat * c 35%nat); [|now apply rounded_near]. apply near_mult.
    - apply near_trans with (c 52%nat * c 41%nat); [|now apply rounded_near]. apply near_mult; [apply near_refl|now apply rounded_near].
    - apply near_trans with (1 / c 14%nat); [|now apply rounded_near]. apply near_div; [apply near_refl|apply V_near]. }
  apply near_weaken with (off + (2 + 1 / 1024) + 0 + (0 + 1 + 1 + (0 + 4 + 1) + 1 - 0 + 1 + 1)); [lra|].
  apply near_trans with (c 52%nat / (c 46%nat + c 52%nat) * (delta / V)); [apply near_mult; [exact N11|apply near_refl]|].
  apply near_trans with (c 66%nat / c 56%nat); [|now apply rounded_near].
  apply near_weaken with (0 + 1 + 1 + (0 + 4 + 1) + 1 + 1); [lra|].
  eapply near_eq; [|apply near_div; [exact N66|exact (rounded_near _ _ H56)]]. field. repeat split; lra.
Qed.

Lemma mean_error : Rabs (c 86%nat - W) <= (18 + 12 * steep) * u64 * Rabs W.
Proof.
  assert (N86 := mean_near). assert (SP := steep_pos).
  assert (B : 0 <= off + 13 <= 1048576) by (unfold off; lra).
  apply near_error in N86; [|exact B]. eapply Rle_trans; [exact N86|]. apply Rmult_le_compat_r; [apply Rabs_pos|].
  assert (1 + (off + 13) / 1048576 / 1048576 <= 1 + 1 / 1048576) by lra.
  apply Rle_trans with ((off + 13) * u64 * (1 + 1 / 1048576)).
  - apply Rmult_le_compat_l; [unfold u64; lra|lra].
  - unfold off, u64. lra.
Qed.

(* one fused operation on numbers with errors *)
Lemma fused_total p q r p' r' y ep er : rounded (p' + q * r') y -> Rabs (p' - p) <= ep -> Rabs (r' - r) <= er ->
  Rabs (y - (p + q * r)) <= u64 * Rabs (p + q * r) + (1 + u64) * (ep + Rabs q * er).
Proof.
  intros H P R_. apply rounded_error in H. assert (U := u64_pos). assert (Q := Rabs_pos q).
  assert (T : Rabs ((p' + q * r') - (p + q * r)) <= ep + Rabs q * er).
  { replace ((p' + q * r') - (p + q * r)) with ((p' - p) + q * (r' - r)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. assert (Rabs q * Rabs (r' - r) <= Rabs q * er) by (apply Rmult_le_compat_l; lra). lra. }
  assert (S : Rabs (p' + q * r') <= Rabs (p + q * r) + (ep + Rabs q * er)).
  { replace (p' + q * r') with ((p + q * r) + ((p' + q * r') - (p + q * r))) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  replace (y - (p + q * r)) with ((y - (p' + q * r')) + ((p' + q * r') - (p + q * r))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. assert (u64 * Rabs (p' + q * r') <= u64 * (Rabs (p + q * r) + (ep + Rabs q * er))) by (apply Rmult_le_compat_l; lra).
  lra.
Qed.

Let D := D0 + v * W.
Let g := g0 + - a * W.
Let D_error := Rabs D + 10 * D0_parts + (19 + 13 * steep) * Rabs (v * W).
Let g_error := Rabs g + 7 * (parts / V) + (19 + 13 * steep) * Rabs (a * W).

(* The denoiser D = E0 + v W of two components: its rounding error is at most u times |D|, 10 times the parts of the
   first component's mean, and (19 + 13 steep) times what the second adds. *)
Theorem mixture_denoiser_rounding : Rabs (c two_components_at_denoiser - D) <= u64 * D_error.
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _
    & _ & _ & _ & H87 & _).
  assert (E := fused_total _ _ _ _ _ _ _ _ H87 component_error mean_error). unfold D, D_error. change two_components_at_denoiser with 87%nat.
  eapply Rle_trans; [exact E|]. rewrite Rabs_mult. assert (SP := steep_pos). fold D.
  assert (P0 : 0 <= D0_parts) by (unfold D0_parts; assert (A := Rabs_pos (v / V * m0)); assert (B := Rabs_pos (a * s * s / V * x)); lra).
  set (Z := Rabs v * Rabs W). assert (Z0 : 0 <= Z) by (apply Rmult_le_pos; apply Rabs_pos).
  replace (Rabs v * ((18 + 12 * steep) * u64 * Rabs W)) with ((18 + 12 * steep) * u64 * Z) by (unfold Z; ring).
  assert (SZ : 0 <= steep * Z) by now apply Rmult_le_pos. unfold u64 in *. nra.
Qed.

(* g = -score = g0 - alpha W likewise. *)
Theorem mixture_score_rounding : Rabs (c two_components_at_negative_score - g) <= u64 * g_error.
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _
    & _ & _ & _ & _ & H88 & _).
  assert (E := fused_total _ _ _ _ _ _ _ _ H88 score_error mean_error). unfold g, g_error. change two_components_at_negative_score with 88%nat.
  eapply Rle_trans; [exact E|]. rewrite Rabs_mult, Rabs_Ropp. assert (SP := steep_pos). fold g.
  assert (P0 : 0 <= parts / V).
  { assert (I : 0 < / V) by (apply Rinv_0_lt_compat, V_pos). destruct parts_bounds as [[A1 A2] _]. apply Rmult_le_pos; lra. }
  set (Z := Rabs a * Rabs W). assert (Z0 : 0 <= Z) by (apply Rmult_le_pos; apply Rabs_pos).
  replace (Rabs a * ((18 + 12 * steep) * u64 * Rabs W)) with ((18 + 12 * steep) * u64 * Z) by (unfold Z; ring).
  assert (SZ : 0 <= steep * Z) by now apply Rmult_le_pos. unfold u64 in *. nra.
Qed.

(* The marginal velocity alpha' D + (v'/2) g. *)
Theorem mixture_velocity_rounding :
  Rabs (c two_components_at_velocity - (da * D + dv * (1 / 2) * g))
  <= u64 * (Rabs (da * D + dv * (1 / 2) * g) + (2 + 1 / 1024) * (Rabs da * D_error + Rabs (dv / 2) * g_error)).
Proof.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _ & _
    & _ & _ & _ & _ & _ & H90 & H91 & H92 & _).
  assert (DE := mixture_denoiser_rounding). assert (GE := mixture_score_rounding).
  change two_components_at_denoiser with 87%nat in DE. change two_components_at_negative_score with 88%nat in GE.
  change two_components_at_velocity with 92%nat.
  assert (SP := steep_pos). assert (U := u64_pos).
  assert (D1 : Rabs D <= D_error).
  { unfold D_error. assert (P0 : 0 <= D0_parts) by (unfold D0_parts; assert (A := Rabs_pos (v / V * m0)); assert (B := Rabs_pos (a * s * s / V * x)); lra).
    assert (Z := Rabs_pos (v * W)). nra. }
  assert (G1 : Rabs g <= g_error).
  { unfold g_error. assert (P0 : 0 <= parts / V).
    { assert (I : 0 < / V) by (apply Rinv_0_lt_compat, V_pos). destruct parts_bounds as [[A1 A2] _]. apply Rmult_le_pos; lra. }
    assert (Z := Rabs_pos (a * W)). nra. }
  assert (E90 := rounded_error _ _ H90). apply rounded_error in H91. apply rounded_error in H92.
  set (h := dv * (1 / 2)) in *. set (p := da * D). set (q := h * g).
  replace (dv / 2) with h by (unfold h; field).
  assert (A0 := Rabs_pos da). assert (h0 := Rabs_pos h). assert (D0' := Rabs_pos D). assert (g0' := Rabs_pos g).
  assert (DD : Rabs (c 87%nat) <= (1 + u64) * D_error).
  { replace (c 87%nat) with (D + (c 87%nat - D)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (GG : Rabs (c 88%nat) <= (1 + u64) * g_error).
  { replace (c 88%nat) with (g + (c 88%nat - g)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (E91 : Rabs (c 91%nat - p) <= u64 * (2 + 2 * u64) * (Rabs da * D_error)).
  { replace (c 91%nat - p) with ((c 91%nat - da * c 87%nat) + da * (c 87%nat - D)) by (unfold p; ring).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult in H91. rewrite Rabs_mult.
    assert (Rabs da * Rabs (c 87%nat) <= Rabs da * ((1 + u64) * D_error)) by (apply Rmult_le_compat_l; lra).
    assert (Rabs da * Rabs (c 87%nat - D) <= Rabs da * (u64 * D_error)) by (apply Rmult_le_compat_l; lra).
    unfold u64 in *. nra. }
  assert (EQ : Rabs (c 90%nat * c 88%nat - q) <= u64 * (2 + 4 * u64) * (Rabs h * g_error)).
  { replace (c 90%nat * c 88%nat - q) with ((c 90%nat - h) * c 88%nat + h * (c 88%nat - g)) by (unfold q; ring).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
    assert (Rabs (c 90%nat - h) * Rabs (c 88%nat) <= u64 * Rabs h * ((1 + u64) * g_error)) by (apply Rmult_le_compat; try apply Rabs_pos; lra).
    assert (Rabs h * Rabs (c 88%nat - g) <= Rabs h * (u64 * g_error)) by (apply Rmult_le_compat_l; lra).
    assert (0 <= Rabs h * g_error) by (apply Rmult_le_pos; lra). unfold u64 in *. nra. }
  set (A := Rabs da * D_error) in *. set (B := Rabs h * g_error) in *.
  assert (AP : 0 <= A) by (apply Rmult_le_pos; lra). assert (BP : 0 <= B) by (apply Rmult_le_pos; lra).
  assert (T := Rabs_triang (c 91%nat - p) (c 90%nat * c 88%nat - q)).
  assert (S : Rabs (c 91%nat + c 90%nat * c 88%nat) <= Rabs (p + q) + (u64 * (2 + 2 * u64) * A + u64 * (2 + 4 * u64) * B)).
  { replace (c 91%nat + c 90%nat * c 88%nat) with ((p + q) + ((c 91%nat - p) + (c 90%nat * c 88%nat - q))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. lra. }
  replace (c 92%nat - (p + q)) with ((c 92%nat - (c 91%nat + c 90%nat * c 88%nat)) + ((c 91%nat - p) + (c 90%nat * c 88%nat - q))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. assert (P0 := Rabs_pos (p + q)). unfold u64 in *. lra.
Qed.

Lemma near_ln n y z : 0 < y -> near n y z -> Rabs (ln z - ln y) <= n * u64.
Proof.
  intros Y (th & T & ->). rewrite ln_mult, ln_exp by (exact Y || apply exp_pos). replace (ln y + th - ln y) with th by ring. exact T.
Qed.

Lemma two_pi64_pos : 0 < two_pi64.
Proof. unfold two_pi64. apply Rmult_lt_0_compat; [lra|apply powerRZ_lt; lra]. Qed.

Let quadratic := N * g0.
Let volume := ln (V * two_pi64).
Let shared := lw0 + ln (1 + ratio).

(* The log density -(N^2/V + log(2 pi V))/2 + log(w_0/sum w) + log(1 + ratio), a sum of exponentials seen from its
   first term, 2 pi being the library's number. *)
Theorem mixture_log_density_rounding :
  let L := - (quadratic + volume) / 2 + shared in
  Rabs (c two_components_at_log_density - L)
  <= u64 * (1 + 1 / 1024) * (Rabs L + Rabs (quadratic + volume) + Rabs shared + Rabs volume + 2 * ln (1 + ratio)
       + 5 * (parts * parts / V) + 9 + 12 * steep).
Proof.
  intros L. change two_components_at_log_density with 84%nat.
  destruct mixture_operations as (_ & _ & _ & _ & _ & _ & _ & _ & _ & H22 & H29 & H30 & H32 & H33 & _ & _ & _ & _ & _ & _ & _ & H46 & _
    & _ & _ & H56 & _ & _ & _ & _ & _ & _ & _ & _ & H82 & H83 & H84).
  assert (U := u64_pos). assert (VP := V_pos). assert (TP := two_pi64_pos). assert (SP := steep_pos). assert (RP := ratio_pos).
  assert (I : 0 < / V) by now apply Rinv_0_lt_compat. destruct parts_bounds as [[A1 A2] _].
  set (G := parts / V) in *. assert (G0 : 0 <= G) by (apply Rmult_le_pos; lra).
  assert (EQ : parts * parts / V = parts * G) by (unfold G; field; lra). rewrite EQ.
  assert (PG : 0 <= parts * G) by (apply Rmult_le_pos; lra).
  assert (g0G : Rabs g0 <= G) by (unfold g0, G; rewrite Rabs_over_V; apply Rmult_le_compat_r; lra).
  assert (E18 := distance_error). assert (E19 := score_error). fold G in E19.
  (* N g *)
  assert (E22 : Rabs (c 22%nat - quadratic) <= (8 + 1 / 256) * u64 * (parts * G)).
  { apply rounded_error in H22.
    assert (Q1 : Rabs (c 18%nat * c 19%nat - quadratic) <= (7 + 1 / 512) * u64 * (parts * G)).
    { replace (c 18%nat * c 19%nat - quadratic) with ((c 18%nat - N) * c 19%nat + N * (c 19%nat - g0)) by (unfold quadratic; ring).
      eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
      assert (S19 : Rabs (c 19%nat) <= (1 + 7 * u64) * G).
      { replace (c 19%nat) with (g0 + (c 19%nat - g0)) by ring. eapply Rle_trans; [apply Rabs_triang|]. unfold u64 in *. lra. }
      assert (Rabs (c 18%nat - N) * Rabs (c 19%nat) <= u64 * (1 + u64) * parts * ((1 + 7 * u64) * G))
        by (apply Rmult_le_compat; try apply Rabs_pos; lra).
      assert (Rabs N * Rabs (c 19%nat - g0) <= parts * ((6 + 1 / 1024) * u64 * G))
        by (apply Rmult_le_compat; try apply Rabs_pos; lra).
      unfold u64 in *. nra. }
    assert (Q2 : Rabs (c 18%nat * c 19%nat) <= parts * G + (7 + 1 / 512) * u64 * (parts * G)).
    { replace (c 18%nat * c 19%nat) with (quadratic + (c 18%nat * c 19%nat - quadratic)) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|exact Q1]. unfold quadratic. rewrite Rabs_mult.
      apply Rmult_le_compat; try apply Rabs_pos; lra. }
    replace (c 22%nat - quadratic) with ((c 22%nat - c 18%nat * c 19%nat) + (c 18%nat * c 19%nat - quadratic)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. unfold u64 in *. nra. }
  (* log (2 pi V) *)
  assert (E30 : Rabs (c 30%nat - volume) <= u64 * (5 + 1 / 1024 + 2 * Rabs volume)).
  { assert (N29 : near (4 + 0 + 1) (V * two_pi64) (c 29%nat)).
    { apply near_trans with (c 14%nat * two_pi64); [|now apply rounded_near]. apply near_mult; [apply V_near|apply near_refl]. }
    apply near_ln in N29; [|now apply Rmult_lt_0_compat]. fold volume in N29.
    destruct H30 as (_ & e & E & ->). set (l := ln (c 29%nat)) in *.
    replace (l * (1 + e) - volume) with ((l - volume) + e * l) by ring. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
    assert (Rabs l <= Rabs volume + (4 + 0 + 1) * u64).
    { replace l with (volume + (l - volume)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
    assert (Rabs e * Rabs l <= 2 * u64 * (Rabs volume + (4 + 0 + 1) * u64)) by (apply Rmult_le_compat; try apply Rabs_pos; lra).
    unfold u64 in *. lra. }
  (* log of the sum of the shares *)
  assert (E82 : Rabs (c 82%nat - ln (1 + ratio)) <= u64 * ((off + 1) * (1 + 4 * u64) + 2 * ln (1 + ratio))).
  { assert (SN := share_near). apply approximated_near in H46.
    assert (N56 : near (off + 1) (1 + ratio) (c 56%nat)).
    { apply near_trans with (c 46%nat + c 52%nat); [|now apply rounded_near]. apply near_plus; [lra|lra| |exact SN].
      apply near_weaken with (2 + 1 / 1024); [unfold off; lra|exact H46]. }
    apply near_ln in N56; [|lra].
    assert (L0 : 0 <= ln (1 + ratio)) by (rewrite <- ln_1; left; apply ln_increasing; lra).
    destruct H82 as (_ & e & E & ->). set (l := ln (c 56%nat)) in *. set (t := ln (1 + ratio)) in *.
    replace (l * (1 + e) - t) with ((l - t) + e * l) by ring. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
    assert (Rabs l <= t + (off + 1) * u64).
    { replace l with (t + (l - t)) by ring. eapply Rle_trans; [apply Rabs_triang|]. rewrite (Rabs_right t) by lra. lra. }
    assert (Rabs e * Rabs l <= 2 * u64 * (t + (off + 1) * u64)) by (apply Rmult_le_compat; try apply Rabs_pos; lra).
    assert (0 <= off) by (unfold off; lra). unfold u64 in *. lra. }
  assert (L0 : 0 <= ln (1 + ratio)) by (rewrite <- ln_1; left; apply ln_increasing; lra).
  apply rounded_error in H32. apply rounded_error in H33. apply rounded_error in H83. apply rounded_error in H84.
  set (t := ln (1 + ratio)) in *. set (S := quadratic + volume) in *. set (X := Rabs volume) in *. assert (X0 : 0 <= X) by apply Rabs_pos.
  assert (O : 0 <= off <= 4 + 1 / 512 + 12 * steep) by (unfold off; lra).
  assert (E32a : Rabs (c 22%nat + c 30%nat - S) <= u64 * ((8 + 1 / 256) * (parts * G) + (5 + 1 / 1024 + 2 * X))).
  { replace (c 22%nat + c 30%nat - S) with ((c 22%nat - quadratic) + (c 30%nat - volume)) by (unfold S; ring).
    eapply Rle_trans; [apply Rabs_triang|]. lra. }
  set (e32 := u64 * ((8 + 1 / 256) * (parts * G) + (5 + 1 / 1024 + 2 * X))) in *.
  assert (R32 : Rabs (c 22%nat + c 30%nat) <= Rabs S + e32).
  { replace (c 22%nat + c 30%nat) with (S + (c 22%nat + c 30%nat - S)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (E32 : Rabs (c 32%nat - S) <= e32 + u64 * (Rabs S + e32)).
  { replace (c 32%nat - S) with ((c 32%nat - (c 22%nat + c 30%nat)) + (c 22%nat + c 30%nat - S)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. assert (u64 * Rabs (c 22%nat + c 30%nat) <= u64 * (Rabs S + e32)) by (apply Rmult_le_compat_l; lra). lra. }
  set (f32 := e32 + u64 * (Rabs S + e32)) in *.
  assert (R33 : Rabs (c 32%nat * (-1 / 2)) <= (Rabs S + f32) / 2).
  { rewrite Rabs_mult. replace (Rabs (-1 / 2)) with (1 / 2) by (rewrite Rabs_left; lra).
    assert (Rabs (c 32%nat) <= Rabs S + f32); [|lra]. replace (c 32%nat) with (S + (c 32%nat - S)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (E33 : Rabs (c 33%nat - - S / 2) <= f32 / 2 + u64 * ((Rabs S + f32) / 2)).
  { replace (c 33%nat - - S / 2) with ((c 33%nat - c 32%nat * (-1 / 2)) + (c 32%nat - S) * (-1 / 2)) by field.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite (Rabs_mult (c 32%nat - S)). replace (Rabs (-1 / 2)) with (1 / 2) by (rewrite Rabs_left; lra).
    assert (u64 * Rabs (c 32%nat * (-1 / 2)) <= u64 * ((Rabs S + f32) / 2)) by (apply Rmult_le_compat_l; lra). lra. }
  set (e82 := u64 * ((off + 1) * (1 + 4 * u64) + 2 * t)) in *.
  assert (R83 : Rabs (lw0 + c 82%nat) <= Rabs shared + e82).
  { replace (lw0 + c 82%nat) with (shared + (c 82%nat - t)) by (unfold shared, t; ring). eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (E83 : Rabs (c 83%nat - shared) <= e82 + u64 * (Rabs shared + e82)).
  { replace (c 83%nat - shared) with ((c 83%nat - (lw0 + c 82%nat)) + (c 82%nat - t)) by (unfold shared, t; ring).
    eapply Rle_trans; [apply Rabs_triang|]. assert (u64 * Rabs (lw0 + c 82%nat) <= u64 * (Rabs shared + e82)) by (apply Rmult_le_compat_l; lra). lra. }
  set (e33 := f32 / 2 + u64 * ((Rabs S + f32) / 2)) in *. set (e83 := e82 + u64 * (Rabs shared + e82)) in *.
  assert (E84 : Rabs (c 33%nat + c 83%nat - L) <= e33 + e83).
  { replace (c 33%nat + c 83%nat - L) with ((c 33%nat - - S / 2) + (c 83%nat - shared)) by (unfold L, S; field).
    eapply Rle_trans; [apply Rabs_triang|]. lra. }
  assert (R84 : Rabs (c 33%nat + c 83%nat) <= Rabs L + (e33 + e83)).
  { replace (c 33%nat + c 83%nat) with (L + (c 33%nat + c 83%nat - L)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  replace (c 84%nat - L) with ((c 84%nat - (c 33%nat + c 83%nat)) + (c 33%nat + c 83%nat - L)) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (F : u64 * Rabs (c 33%nat + c 83%nat) <= u64 * (Rabs L + (e33 + e83))) by (apply Rmult_le_compat_l; lra).
  assert (S0 := Rabs_pos S). assert (H0 := Rabs_pos shared). assert (L1 := Rabs_pos L).
  unfold e33, f32, e83, e32, e82, u64 in *. lra.
Qed.
End TwoComponents.
