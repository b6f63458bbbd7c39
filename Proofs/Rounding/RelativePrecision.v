(* Errors on the logarithmic scale: `near n x y` says y = x e^th with |th| <= n u, u = 2^-53. Errors of factors
   add, those of a sum of one sign are at most the larger one, and no term of second order is left out. *)
Require Import Reals Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import VariancePreserving.
Open Scope R_scope.

Definition u64 : R := 1 / 9007199254740992.

Definition near (n x y : R) : Prop := exists th, Rabs th <= n * u64 /\ y = x * exp th.

Lemma u64_pos : 0 < u64.
Proof. unfold u64. lra. Qed.

Lemma near_refl x : near 0 x x.
Proof. exists 0. rewrite Rabs_R0, exp_0. split; [lra|ring]. Qed.

Lemma near_weaken n m x y : n <= m -> near n x y -> near m x y.
Proof. intros H (th & A & B). exists th. split; [|exact B]. assert (U := u64_pos). nra. Qed.

Lemma near_eq n x x' y : x = x' -> near n x' y -> near n x y.
Proof. now intros ->. Qed.

Lemma near_trans n m x y z : near n x y -> near m y z -> near (n + m) x z.
Proof.
  intros (a & A & ->) (b & B & ->). exists (a + b). split; [|rewrite exp_plus; ring].
  eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma near_sym n x y : near n x y -> near n y x.
Proof.
  intros (a & A & ->). exists (- a). rewrite Rabs_Ropp. split; [exact A|].
  rewrite Rmult_assoc, exp_inv. ring.
Qed.

Lemma near_opp n x y : near n x y -> near n (- x) (- y).
Proof. intros (a & A & ->). exists a. split; [exact A|ring]. Qed.

Lemma near_mult n m x x' y y' : near n x x' -> near m y y' -> near (n + m) (x * y) (x' * y').
Proof.
  intros (a & A & ->) (b & B & ->). exists (a + b). split; [|rewrite exp_plus; ring].
  eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma near_inv n x y : near n x y -> near n (/ x) (/ y).
Proof.
  intros (a & A & ->). exists (- a). rewrite Rabs_Ropp. split; [exact A|].
  rewrite Rinv_mult, exp_Ropp. ring.
Qed.

Lemma near_div n m x x' y y' : near n x x' -> near m y y' -> near (n + m) (x / y) (x' / y').
Proof. intros A B. apply near_mult; [exact A|now apply near_inv]. Qed.

Lemma near_scale n c x y : near n x y -> near n (c * x) (c * y).
Proof. intros (a & A & ->). exists a. split; [exact A|ring]. Qed.

(* For positive numbers it is a matter of order. *)
Lemma near_between n x y : 0 < x -> x * exp (- (n * u64)) <= y <= x * exp (n * u64) -> near n x y.
Proof.
  intros X [L U]. assert (P := exp_pos (- (n * u64))). assert (Y : 0 < y) by nra.
  assert (Q : 0 < y / x) by now apply Rdiv_lt_0_compat.
  exists (ln (y / x)). split; [|rewrite exp_ln by exact Q; field; lra].
  assert (M : forall a b, 0 < a -> a <= b -> ln a <= ln b).
  { intros a b A [B| ->]; [left; now apply ln_increasing|right; reflexivity]. }
  apply Rabs_le. split.
  - rewrite <- (ln_exp (- (n * u64))). apply M; [apply exp_pos|].
    apply Rmult_le_reg_l with x; [lra|]. replace (x * (y / x)) with y by (field; lra). exact L.
  - rewrite <- (ln_exp (n * u64)). apply M; [exact Q|].
    apply Rmult_le_reg_l with x; [lra|]. replace (x * (y / x)) with y by (field; lra). exact U.
Qed.

Lemma exp_le x y : x <= y -> exp x <= exp y.
Proof. intros [H| ->]; [left; now apply exp_increasing|right; reflexivity]. Qed.

Lemma near_bounds n x y : 0 <= x -> near n x y -> x * exp (- (n * u64)) <= y <= x * exp (n * u64).
Proof.
  intros X (a & A & ->). apply Rabs_le_inv in A.
  split; apply Rmult_le_compat_l; try exact X; apply exp_le; lra.
Qed.

Lemma near_sign n x y : 0 <= x -> near n x y -> 0 <= y.
Proof. intros X (a & A & ->). apply Rmult_le_pos; [exact X|left; apply exp_pos]. Qed.

Lemma near_pos n x y : 0 < x -> near n x y -> 0 < y.
Proof. intros X (a & A & ->). apply Rmult_lt_0_compat; [exact X|apply exp_pos]. Qed.

(* A sum of two numbers of one sign is no worse than the worse of the two. *)
Lemma near_plus n x x' y y' : 0 <= x -> 0 <= y -> near n x x' -> near n y y' -> near n (x + y) (x' + y').
Proof.
  intros X Y A B. destruct (Rle_lt_or_eq_dec 0 (x + y)) as [S|S]; [lra| |].
  - apply near_between; [exact S|]. apply near_bounds in A; [|exact X]. apply near_bounds in B; [|exact Y]. lra.
  - assert (x = 0) by lra. assert (y = 0) by lra. subst x y. destruct A as (a & A & ->). exists a.
    destruct B as (b & B & ->). split; [exact A|ring].
Qed.

(* The mean of a number and one near it is half as far. *)
Lemma near_twice n x y : 0 <= n <= 1024 -> near n x y -> near (n / 2 + 1 / 1024) (2 * x) (y + x).
Proof.
  intros N (d & D & ->). assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (D1 : Rabs d <= 1024 * u64) by (assert (Z := u64_pos); nra).
  assert (D2 := Rabs_le_inv _ _ D1). assert (S : d * d <= u64 / 1024).
  { replace (d * d) with (Rabs d * Rabs d) by (rewrite <- Rabs_mult; apply Rabs_right; nra).
    assert (P := Rabs_pos d). rewrite U in *. nra. }
  assert (G : near (n / 2 + 1 / 1024) 1 ((1 + exp d) / 2)).
  { assert (B : Rabs (d / 2) + d * d <= (n / 2 + 1 / 1024) * u64).
    { unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_right (/ 2)) by lra. lra. }
    assert (B1 : d / 2 <= Rabs (d / 2)) by apply RRle_abs.
    assert (B2 : - (d / 2) <= Rabs (d / 2)) by (rewrite <- Rabs_Ropp; apply RRle_abs).
    apply near_between; [lra|]. rewrite !Rmult_1_l. split.
    - apply Rle_trans with (exp (- (Rabs (d / 2) + d * d))); [apply exp_le; lra|].
      assert (E := exp_ge d).
      assert (K := exp_ge (Rabs (d / 2) + d * d)). assert (I := exp_inv (Rabs (d / 2) + d * d)).
      assert (P := exp_pos (- (Rabs (d / 2) + d * d))).
      set (z := exp (- (Rabs (d / 2) + d * d))) in *. set (a := Rabs (d / 2)) in *.
      assert (AA : a * a = d * d / 4) by (unfold a; rewrite <- Rabs_mult, Rabs_right; [field|nra]).
      assert (A0 : 0 <= a) by apply Rabs_pos.
      assert (A1 : a <= 1 / 16) by (rewrite U in *; unfold a, Rdiv; rewrite Rabs_mult, (Rabs_right (/ 2)) by lra; lra).
      assert (z * (1 + (a + d * d)) <= 1) by nra.
      assert (1 <= (1 - a) * (1 + (a + d * d))) by nra.
      assert (1 - a <= (1 + exp d) / 2) by lra. nra.
    - apply Rle_trans with (exp (Rabs (d / 2) + d * d)); [|apply exp_le; lra].
      apply Rle_trans with (1 + (Rabs (d / 2) + d * d)); [|apply exp_ge].
      assert (E := exp_ge (- d)). assert (I := exp_inv d). assert (P := exp_pos d).
      assert (D3 : -1/4 <= d <= 1/4) by (rewrite U in *; lra).
      assert (exp d <= 1 + d + 2 * (d * d)).
      { assert (exp d * (1 - d) <= 1) by nra. assert (1 <= (1 - d) * (1 + d + 2 * (d * d))) by nra. nra. }
      lra. }
  destruct G as (th & T & E). exists th. split; [exact T|].
  replace (x * exp d + x) with (2 * x * ((1 + exp d) / 2)) by field. rewrite E. ring.
Qed.

(* e^a for an argument that is off by m u. *)
Lemma near_exp m a b : Rabs (b - a) <= m * u64 -> near m (exp a) (exp b).
Proof. intros H. exists (b - a). split; [exact H|]. rewrite <- exp_plus. f_equal. ring. Qed.

(* |e^th - 1| <= |th| (1 + |th|), and so a bound in the usual form. *)
Lemma exp_minus_one th : Rabs th <= 1 / 2 -> Rabs (exp th - 1) <= Rabs th * (1 + 2 * Rabs th).
Proof.
  intros H. assert (B := Rabs_le_inv _ _ H). assert (E := exp_ge th). assert (F := exp_ge (- th)).
  assert (I := exp_inv th). assert (P := exp_pos th).
  assert (exp th * (1 - th) <= 1) by nra.
  assert (exp th <= 1 + th + 2 * (th * th)).
  { assert (1 <= (1 - th) * (1 + th + 2 * (th * th))) by nra. nra. }
  destruct (Rle_or_lt 0 th) as [T|T].
  - rewrite (Rabs_right th), Rabs_right by lra. nra.
  - rewrite (Rabs_left th) by lra. apply Rabs_le. nra.
Qed.

Lemma near_error n x y : 0 <= n <= 1048576 -> near n x y -> Rabs (y - x) <= n * u64 * (1 + n / 1048576 / 1048576) * Rabs x.
Proof.
  intros N (th & T & ->). assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  replace (x * exp th - x) with ((exp th - 1) * x) by ring. rewrite Rabs_mult.
  apply Rmult_le_compat_r; [apply Rabs_pos|].
  assert (T1 : Rabs th <= 1 / 2) by (rewrite U in T; nra).
  eapply Rle_trans; [now apply exp_minus_one|]. assert (P := Rabs_pos th).
  assert (NU : 0 <= n * u64) by (rewrite U; nra).
  apply Rle_trans with (n * u64 * (1 + 2 * (n * u64))).
  - apply Rmult_le_compat; nra.
  - apply Rmult_le_compat_l; [exact NU|]. rewrite U. nra.
Qed.

(* 1 - e^-x is no further off than x. *)
Lemma near_one_minus_exp n x y : 0 < x -> near n x y -> near n (1 - exp (- x)) (1 - exp (- y)).
Proof.
  intros X (a & A & ->). set (c := exp a). assert (C : 0 < c) by apply exp_pos.
  assert (F : forall z, 0 < z -> 0 < 1 - exp (- z)).
  { intros z Z. assert (E := exp_ge z). assert (I := exp_inv z). assert (P := exp_pos (- z)). nra. }
  (* f(k z) <= k f(z) for k >= 1 *)
  assert (G : forall z k, 0 < z -> 1 <= k -> 1 - exp (- z) <= 1 - exp (- (z * k)) <= k * (1 - exp (- z))).
  { intros z k Z K. assert (M := exp_le (- (z * k)) (- z) ltac:(nra)). split; [lra|].
    assert (Q := expm1_cond z (k - 1) (Rlt_le _ _ Z) ltac:(lra)).
    replace (z * (1 + (k - 1))) with (z * k) in Q by ring.
    apply Rabs_le_inv in Q. rewrite (Rabs_right (k - 1)) in Q by lra. lra. }
  assert (L := F x X). assert (XC : 0 < x * c) by nra. assert (LC := F (x * c) XC).
  assert (EA : exp a <= exp (n * u64)) by (apply exp_le; apply Rabs_le_inv in A; lra).
  assert (EB : exp (- (n * u64)) <= exp a) by (apply exp_le; apply Rabs_le_inv in A; lra).
  assert (E0 : 0 <= n * u64) by (eapply Rle_trans; [apply Rabs_pos|exact A]).
  assert (E1 : 1 <= exp (n * u64)) by (rewrite <- exp_0; apply exp_le; exact E0).
  assert (E2 : exp (- (n * u64)) <= 1) by (rewrite <- exp_0; apply exp_le; lra).
  fold c in EA, EB. apply near_between; [exact L|].
  destruct (Rle_or_lt 1 c) as [K|K].
  - destruct (G x c X K) as [G1 G2]. split; nra.
  - assert (IC : 1 <= / c) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
    destruct (G (x * c) (/ c) XC IC) as [G1 G2].
    replace (x * c * / c) with x in * by (field; lra). split.
    + apply Rle_trans with (c * (1 - exp (- x))); [nra|].
      apply Rmult_le_reg_l with (/ c); [now apply Rinv_0_lt_compat|]. rewrite <- Rmult_assoc, Rinv_l by lra. lra.
    + nra.
Qed.
