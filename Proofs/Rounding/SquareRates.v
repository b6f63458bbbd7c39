(* What the schedules and conditional velocities of all paths share: the rate v'/(2 v) of a square v, and the last steps
   alpha' x1 + rate (x - alpha x1). *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core Relative.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees.
Open Scope R_scope.

(* Twice a number that is not subnormal rounds to twice what it rounds to. *)
Lemma rnd64_twice x : x = 0 \/ bpow radix2 (-1022) <= Rabs x -> rnd64 (x * 2) = rnd64 x * 2.
Proof.
  intros [->|H]; [rewrite Rmult_0_l, round_0 by apply valid_rnd_N; ring|].
  assert (N : x <> 0) by (intros ->; rewrite Rabs_R0 in H; assert (P := bpow_gt_0 radix2 (-1022)); lra).
  assert (M : (-1021 <= mag radix2 x)%Z) by (apply (mag_ge_bpow radix2 x (-1021)); exact H).
  assert (M2 : mag radix2 (x * 2) = (mag radix2 x + 1)%Z :> Z) by (change 2 with (bpow radix2 1); now apply mag_mult_bpow).
  assert (C : cexp radix2 (FLT_exp (-1074) 53) (x * 2) = (cexp radix2 (FLT_exp (-1074) 53) x + 1)%Z)
    by (unfold cexp, FLT_exp; rewrite M2; lia).
  unfold round, scaled_mantissa. rewrite C. unfold F2R; simpl Fnum; simpl Fexp.
  replace (x * 2 * bpow radix2 (- (cexp radix2 (FLT_exp (-1074) 53) x + 1))) with (x * bpow radix2 (- cexp radix2 (FLT_exp (-1074) 53) x)).
  - rewrite bpow_plus. change (bpow radix2 1) with 2. ring.
  - rewrite Z.opp_add_distr, bpow_plus. change (bpow radix2 (- (1))) with (/ 2). field.
Qed.

(* x rounded, and x added once more: exactly twice the first, as x + y lies between 2 x and 2 y. *)
Lemma rounded_doubling x y z : rounded x y -> rounded (y + x) z -> z = y * 2.
Proof.
  intros (-> & H) (-> & _). assert (V : Valid_exp (FLT_exp (-1074) 53)) by (apply FLT_exp_valid; reflexivity).
  assert (W : Valid_rnd ZnearestE) by apply valid_rnd_N.
  assert (F : fmt64 (rnd64 x * 2)) by (apply format_twice, generic_format_round; auto).
  assert (L : rnd64 (rnd64 x * 2) = rnd64 x * 2) by (apply round_generic; auto). assert (T := rnd64_twice x H).
  destruct (Rle_or_lt x (rnd64 x)) as [Q|Q]; apply Rle_antisym.
  - apply Rle_trans with (rnd64 (rnd64 x * 2)); [apply round_le; auto; lra|right; exact L].
  - apply Rle_trans with (rnd64 (x * 2)); [right; now rewrite T|apply round_le; auto; lra].
  - apply Rle_trans with (rnd64 (x * 2)); [apply round_le; auto; lra|right; exact T].
  - apply Rle_trans with (rnd64 (rnd64 x * 2)); [right; now rewrite L|apply round_le; auto; lra].
Qed.

(* From a relative error to the logarithmic scale. *)
Lemma near_of_error n x y : 0 <= n <= 64 -> Rabs (y - x) <= n * u64 * Rabs x -> near (n + 1 / 1024) x y.
Proof.
  intros N H. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  destruct (Req_dec x 0) as [->|X].
  { rewrite Rabs_R0, Rmult_0_r, Rminus_0_r in H. assert (Y : y = 0) by (apply Rabs_le_inv in H; lra). rewrite Y.
    exists 0. rewrite Rabs_R0. split; [rewrite U; nra|ring]. }
  set (e := (y - x) / x). assert (E : Rabs e <= n * u64).
  { unfold e, Rdiv. rewrite Rabs_mult, Rabs_inv. assert (P := Rabs_pos_lt x X). apply Rmult_le_reg_r with (Rabs x); [exact P|].
    rewrite Rmult_assoc, Rinv_l by lra. lra. }
  apply Rabs_le_inv in E. assert (K : near (n + 1 / 1024) 1 (1 + e)).
  { apply near_between; [lra|]. rewrite !Rmult_1_l. set (z := (n + 1 / 1024) * u64).
    assert (A := exp_ge z). assert (I := exp_inv z). assert (P := exp_pos (- z)).
    assert (NU : 0 <= n * u64 <= 64 * u64) by (rewrite U; nra).
    assert (Z0 : z = n * u64 + u64 / 1024) by (unfold z; field). assert (Z1 : 0 <= z <= 65 * u64) by (rewrite U in *; lra).
    split; [|rewrite U in *; lra]. assert (n * u64 * z <= u64 / 1024) by (rewrite U in *; nra).
    assert (exp (- z) * (1 + z) <= 1) by (rewrite <- I; rewrite (Rmult_comm (exp z)); apply Rmult_le_compat_l; lra).
    assert (1 <= (1 - n * u64) * (1 + z)) by nra. assert (exp (- z) <= 1 - n * u64) by nra. lra. }
  destruct K as (th & T & Q). exists th. split; [exact T|]. replace (exp th) with (1 + e) by lra. unfold e. field. exact X.
Qed.

(* v = s s and v' = s s' + s' s, each operation rounded: v' is exactly twice its first product, so the rate v'/(2 v) is
   within 3 u of s'/s. *)
Lemma square_rate s e v p dv v2 rate : s <> 0 -> rounded (s * s) v -> rounded (s * e) p -> rounded (p + e * s) dv ->
  rounded (v * 2) v2 -> rounded (dv / v2) rate -> near 3 (e / s) rate.
Proof.
  intros S0 Hv Hp Hd H2 Hr.
  assert (D : dv = p * 2).
  { apply (rounded_doubling (s * e) p dv Hp). now replace (p + s * e) with (p + e * s) by ring. }
  assert (V2 : v2 = v * 2) by (apply rounded_exact; [apply format_twice; now apply (rounded_format (s * s))|exact H2]).
  apply rounded_near in Hv, Hp, Hr. rewrite D, V2 in Hr.
  assert (V0 : v <> 0).
  { destruct Hv as (th & _ & ->). assert (P := exp_pos th). intros Z. apply Rmult_integral in Z. destruct Z as [Z|Z]; [|lra].
    apply Rmult_integral in Z. destruct Z; auto. }
  apply near_weaken with (1 + 1 + 1); [lra|]. apply near_trans with (p / v).
  - apply near_eq with (s * e / (s * s)); [field; exact S0|]. now apply near_div.
  - apply near_eq with (p * 2 / (v * 2)); [field; exact V0|exact Hr].
Qed.

(* rate within n u, alpha exact: the end of every conditional velocity with alpha' = 1. *)
Lemma velocity_within n rate t x x1 r difference y : 0 <= n <= 32 -> rate <= 0 -> 0 <= t -> near n rate r ->
  rounded (x + - t * x1) difference -> rounded (x1 + r * difference) y ->
  Rabs (y - (x1 + rate * (x - t * x1)))
  <= ((n + 2) / 2 + 1 / 1024) * u64 * (Rabs (x1 + rate * (x - t * x1)) + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  intros Hn Hr Ht R Hd Hy. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  set (Q := rate * (x - t * x1)). set (v := x1 + Q).
  assert (NQ : near (n + 1) Q (r * difference)).
  { apply near_mult; [exact R|]. apply near_eq with (x + - t * x1); [ring|now apply rounded_near]. }
  assert (E1 := near_error (n + 1) Q (r * difference) ltac:(lra) NQ).
  assert (E2 := near_error 1 (x1 + r * difference) y ltac:(lra) (rounded_near _ _ Hy)).
  set (A := Rabs (rate * x)). set (D := Rabs (rate * t * x1)).
  assert (B : Rabs ((1 - rate * t) * x1) = Rabs x1 + D).
  { unfold D. rewrite !Rabs_mult, (Rabs_left1 rate), (Rabs_right t) by lra. rewrite Rabs_right by nra. ring. }
  rewrite B.
  assert (Q1 : Rabs Q <= Rabs v + Rabs x1).
  { replace Q with (v + - x1) by (unfold v; ring). eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  assert (Q2 : Rabs Q <= A + D).
  { unfold Q, A, D. replace (rate * (x - t * x1)) with (rate * x + - (rate * t * x1)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  assert (T : Rabs (x1 + r * difference) <= Rabs v + Rabs (r * difference - Q)).
  { replace (x1 + r * difference) with (v + (r * difference - Q)) by (unfold v; ring). apply Rabs_triang. }
  assert (Q0 := Rabs_pos Q). assert (V0 := Rabs_pos v). assert (X0 := Rabs_pos x1).
  assert (A0 : 0 <= A) by apply Rabs_pos. assert (D0 : 0 <= D) by apply Rabs_pos.
  replace (y - v) with ((y - (x1 + r * difference)) + (r * difference - Q)) by (unfold v; ring).
  eapply Rle_trans; [apply Rabs_triang|].
  assert (M : Rabs (r * difference - Q) <= ((n + 1) + 1 / 1048576) * u64 * Rabs Q).
  { eapply Rle_trans; [exact E1|]. apply Rmult_le_compat_r; [exact Q0|].
    rewrite U. assert ((n + 1) * ((n + 1) / 1048576 / 1048576) <= 1 / 1048576) by nra. nra. }
  assert (M2 : Rabs (y - (x1 + r * difference)) <= (1 + 1 / 1048576) * u64 * (Rabs v + Rabs (r * difference - Q))).
  { eapply Rle_trans; [exact E2|]. apply Rmult_le_compat; try (rewrite U; lra); [apply Rabs_pos|exact T]. }
  assert (M3 : Rabs (r * difference - Q) <= 1 / 1024 / 1024 * Rabs Q).
  { eapply Rle_trans; [exact M|]. apply Rmult_le_compat_r; [exact Q0|]. rewrite U. lra. }
  (* (1 + 2^-20) |v| + (n + 1 + 2^-19) |Q|, with |Q| at most half of |v| + |x1| + A + D and at most |v| + |x1|, A + D *)
  set (e := Rabs (r * difference - Q)) in *. set (w := Rabs v) in *. set (q := Rabs Q) in *.
  assert (G : (1 + 1 / 1048576) * (w + e) + ((n + 1) + 1 / 1048576) * q <= ((n + 2) / 2 + 1 / 1024) * (w + (A + (Rabs x1 + D)))).
  { assert (q + w <= w + A + D) by lra. 
    assert (e <= 1 / 1024 / 1024 * q) by exact M3.
    assert (N1 : (n + 1) * q <= (n + 1) / 2 * (w + Rabs x1 + A + D)) by (assert (2 * q <= w + Rabs x1 + A + D) by lra; nra).
    assert (N2 : w <= (w + (A + (Rabs x1 + D))) / 2 + (w - (A + Rabs x1 + D)) / 2) by lra.
    destruct (Rle_or_lt w (A + Rabs x1 + D)) as [L|L]; [lra|].
    assert (N3 : (n + 1) * q <= (n + 1) * (A + D)) by (apply Rmult_le_compat_l; lra).
    assert (N4 : 0 <= n * (w - (A + Rabs x1 + D))) by (apply Rmult_le_pos; lra).
    assert (N5 : 0 <= n * Rabs x1) by (apply Rmult_le_pos; lra). nra. }
  assert (F : Rabs (y - (x1 + r * difference)) + e <= u64 * ((1 + 1 / 1048576) * (w + e) + ((n + 1) + 1 / 1048576) * q)) by lra.
  eapply Rle_trans; [exact F|]. rewrite (Rmult_comm _ u64), Rmult_assoc. apply Rmult_le_compat_l; [rewrite U; lra|exact G].
Qed.
